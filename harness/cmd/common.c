/* What commands share. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/screen.h"
#include "harness/figure/wrap.h"
#include "harness/report/models.h"
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUILT_MOST = 16 };

const char *cmd_model_path(const char *model)
{
    static char path[PATH_MAX + 64];
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    snprintf(path, sizeof path, "%s/%s", dirname(self), model);
    return path;
}

const char *cmd_house_path(const char *name)
{
    static char path[2 * PATH_MAX];
    char above[PATH_MAX + 64];
    snprintf(above, sizeof above, "%s", cmd_model_path("."));
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s/%s", above, name);
        if (access(path, R_OK) == 0)
            return realpath(path, above) ? strcpy(path, above) : path;
        if (strlen(above) + 4 < sizeof above)
            strcat(above, "/..");
    }
    snprintf(path, sizeof path, "%s", name);
    return path;
}

char *const *cmd_model_command(const char *model)
{
    static char path[PATH_MAX + 64];
    static char *const words[] = {path, (char *)"--port", (char *)"0", (char *)"--quiet", (char *)"{args}", NULL};
    snprintf(path, sizeof path, "%s", cmd_model_path(model));
    return words;
}

int cmd_words_before_command(int argc, char **argv)
{
    int end = 1;
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;
    return end;
}

static bool is_built(const char *model) { return access(cmd_model_path(model), X_OK) == 0; }

/* A program that the report's table does not name: a lab of one's own. */
static int is_other(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return name[0] != '.' && strcmp(name, "iolab") != 0 && !*model_find(name)->name && is_built(name);
}

static int add_others(const char **built, int count)
{
    struct dirent **others = NULL;
    int found = scandir(cmd_model_path("."), &others, is_other, alphasort);
    for (int i = 0; i < found && count < BUILT_MOST; i++)
        built[count++] = others[i]->d_name;     /* which stays, as the names in the table do */
    free(others);
    return count;
}

const char *const *cmd_models(void)
{
    static const char *built[BUILT_MOST + 1];
    static int count = -1;
    if (count >= 0)
        return built;
    count = 0;
    for (const struct model *model = model_table; *model->name && count < BUILT_MOST; model++)
        if (is_built(model->name))
            built[count++] = model->name;
    count = add_others(built, count);
    return built;
}

void cmd_print_from(int column, const char *text)
{
    enum { USUAL = 80, LEAST = 20 };
    int width = screen_width(USUAL);
    width = width > USUAL ? USUAL : width < column + LEAST ? column + LEAST : width;
    wrap_print(stdout, text, column, column, width);
}

bool cmd_close(FILE *to)
{
    bool written = to && !ferror(to);
    return to && fclose(to) == 0 && written;
}

bool cmd_is_model(const char *name)
{
    for (const char *const *model = cmd_models(); *model; model++)
        if (strcmp(*model, name) == 0)
            return true;
    return false;
}

int cmd_no_such_model(const char *command, const char *name)
{
    fprintf(stderr, "iolab %s: no model \"%s\"; there are:", command, name);
    for (const char *const *model = cmd_models(); *model; model++)
        fprintf(stderr, " %s", *model);
    fprintf(stderr, "\n");
    return 2;
}

volatile sig_atomic_t cmd_interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    cmd_interrupted = 1;
}

void cmd_heed_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}
