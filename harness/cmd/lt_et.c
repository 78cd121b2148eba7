/* iolab lt-et: the same scenes on level-triggered and on edge-triggered epoll, in two columns. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/lt_et.h"
#include "harness/cmd/screen.h"
#include "harness/figure/wrap.h"
#include "harness/trace/trace.h"
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

enum { SCENES_MOST = 16, WORDS = 1000, NARROWEST = 40, WIDEST = 160 };

static const char lt_et_scenes[] = "05_epoll_lt_et/lt_et.scene";

struct wish { const char *only, *out; bool csv; };

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab lt-et [OPTION]...\n\n"
            "Plays the scenes of 05_epoll_lt_et/lt_et.scene against epoll-lt and against\n"
            "epoll-et, and sets side by side which calls each of them made when a client did\n"
            "something. The heading of a column is what the kernel says of the client's\n"
            "descriptor (/proc/PID/fdinfo), and how the server reads when it is woken.\n"
            "Stranded are bytes that lie unread in the kernel while the server sleeps, as the\n"
            "kernel counts them (sock_diag).\n\n"
            "  --only ID    this scene alone\n"
            "  --csv        the counts, as CSV\n"
            "  --out DIR    write them, and the columns, into this folder: lt_et.csv,\n"
            "               lt_et_events.csv\n\n"
            "A terminal with fewer than 72 columns (COLUMNS) gets one server under the other.\n"
            "Where tracing is denied, the counts are those of the servers' own books, and the\n"
            "calls are skipped.\n\n"
            "Example: iolab lt-et --only burst\n");
}

/* -- Playing ----------------------------------------------------------------------------------------------------- */

struct evening {
    struct scene_file *file;
    struct lt_et_finding findings[SCENES_MOST];
    int count;
    char denied[400];           /* why no calls can be told; "" */
};

static void progress(const struct scene *scene, int done, int all)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%3d of %d  %s", done + 1, all, scene->id);
}

/* False: there is nothing to play. */
static bool play_all(struct evening *evening, const char *only)
{
    if (!(evening->file = scene_read(cmd_house_path(lt_et_scenes), stderr)))
        return false;
    if (trace_is_possible(evening->denied, sizeof evening->denied))
        evening->denied[0] = '\0';
    for (int i = 0; i < evening->file->count && evening->count < SCENES_MOST && !cmd_interrupted; i++) {
        const struct scene *scene = &evening->file->scenes[i];
        if (only && strcmp(only, scene->id) != 0)
            continue;
        progress(scene, i, evening->file->count);
        lt_et_play(evening->file, scene, !evening->denied[0], &evening->findings[evening->count]);
        evening->count++;
        if (cmd_interrupted)        /* half a scene shows nothing */
            lt_et_forget(&evening->findings[--evening->count]);
    }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    return evening->count > 0;
}

static void forget(struct evening *evening)
{
    for (int i = 0; i < evening->count; i++)
        lt_et_forget(&evening->findings[i]);
    if (evening->file)
        scene_free(evening->file);
}

/* -- Result files ------------------------------------------------------------------------------------------------ */

static void write_counts(const struct evening *evening, FILE *to)
{
    fputs(LT_ET_CSV_HEADER, to);
    for (int i = 0; i < evening->count; i++)
        lt_et_print_csv(&evening->findings[i], to);
}

static void write_events(const struct evening *evening, FILE *to)
{
    char text[WORDS];
    fputs(LT_ET_EVENTS_HEADER, to);
    lt_et_answer(evening->findings, evening->count, text, sizeof text);
    lt_et_print_word("answer", text, to);
    if (evening->denied[0]) {
        lt_et_why_skipped(evening->denied, text, sizeof text);
        lt_et_print_word("skipped", text, to);
    }
    for (int i = 0; i < evening->count; i++)
        lt_et_print_events(&evening->findings[i], to);
}

static bool write_file(const struct evening *evening, const char *folder, const char *name,
                       void (*contents)(const struct evening *, FILE *), char *why, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *to = fopen(path, "we");
    if (to)
        contents(evening, to);
    if (cmd_close(to))
        return true;
    snprintf(why, size, "%s: %s", path, strerror(errno));
    return false;
}

static bool write_files(const struct evening *evening, const char *folder, char *why, size_t size)
{
    return write_file(evening, folder, "lt_et.csv", write_counts, why, size) &&
           write_file(evening, folder, "lt_et_events.csv", write_events, why, size);
}

bool lt_et_record(const char *folder, char *why, size_t size)
{
    static struct evening evening;
    snprintf(why, size, "%s: the scenes cannot be read", cmd_house_path(lt_et_scenes));
    bool written = play_all(&evening, NULL) && write_files(&evening, folder, why, size);
    forget(&evening);
    return written;
}

/* -- The command ------------------------------------------------------------------------------------------------- */

static void tell(const struct evening *evening, const struct wish *wish)
{
    int screen = screen_width(100), width = screen < NARROWEST ? NARROWEST : screen > WIDEST ? WIDEST : screen;
    char text[WORDS];
    if (wish->csv) {
        write_counts(evening, stdout);
        return;
    }
    lt_et_answer(evening->findings, evening->count, text, sizeof text);
    wrap_print(stdout, text, 0, 0, width);
    if (evening->denied[0]) {
        lt_et_why_skipped(evening->denied, text, sizeof text);
        putchar('\n');
        wrap_print(stdout, text, 0, 0, width);
    }
    for (int i = 0; i < evening->count; i++) {
        putchar('\n');
        lt_et_print(&evening->findings[i], width, stdout);
    }
}

static void tell_failures(const struct evening *evening)
{
    for (int i = 0; i < evening->count; i++)
        for (int j = 0; j < 2; j++) {
            const struct lt_et_side *side = &evening->findings[i].side[j];
            if (side->outcome.verdict == PLAY_FAIL)
                fprintf(stderr, "iolab lt-et: %s failed in the scene %s: %s: %s\n", side->model,
                        evening->findings[i].scene->id, side->outcome.code, side->outcome.message);
        }
}

/* As of scenes: one that failed, or all that were skipped. */
static int status_of(const struct evening *evening)
{
    int failed = 0, skipped = 0;
    for (int i = 0; i < evening->count; i++)
        for (int j = 0; j < 2; j++) {
            enum play_verdict verdict = evening->findings[i].side[j].outcome.verdict;
            failed += verdict == PLAY_FAIL;
            skipped += verdict == PLAY_SKIP || verdict == PLAY_NOT_APPLICABLE;
        }
    return cmd_interrupted ? 130 : failed > 0 ? 1 : skipped == 2 * evening->count ? 77 : 0;
}

static int no_such_scene(const struct evening *evening, const char *id)
{
    fprintf(stderr, "iolab lt-et: no scene \"%s\"; there are:", id);
    for (int i = 0; i < evening->file->count; i++)
        fprintf(stderr, " %s", evening->file->scenes[i].id);
    fprintf(stderr, "\n");
    return 2;
}

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {{"only", required_argument, NULL, 'o'},
                                            {"out", required_argument, NULL, 'd'},
                                            {"csv", no_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'o': wish->only = optarg; break;
        case 'd': wish->out = optarg; break;
        case 'c': wish->csv = true; break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    if (optind == argc)
        return -1;
    help(stderr);
    fprintf(stderr, "\niolab lt-et: want options only, not \"%s\"\n", argv[optind]);
    return 2;
}

int cmd_lt_et(int argc, char **argv)
{
    static struct evening evening;
    struct wish wish = {0};
    char why[4608];
    int status = parse(argc, argv, &wish);
    if (status >= 0)
        return status;
    cmd_heed_interrupts();
    if (!play_all(&evening, wish.only) && !cmd_interrupted) {
        status = evening.file ? no_such_scene(&evening, wish.only) : 2;
    } else {
        if (evening.count > 0)
            tell(&evening, &wish);
        fflush(stdout);
        tell_failures(&evening);
        if (cmd_interrupted)
            fprintf(stderr, "iolab lt-et: interrupted\n");
        status = status_of(&evening);
        if (wish.out && !write_files(&evening, wish.out, why, sizeof why)) {
            fprintf(stderr, "iolab lt-et: %s\n", why);
            status = 1;
        }
    }
    forget(&evening);
    return status;
}
