/* iolab: the harness of the lab, as one program with subcommands. */
#include "harness/cmd/cmd.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *says;
} commands[] = {
    {"bench", cmd_bench, "all models in one table"},
    {"compare", cmd_compare, "A against B: different, the same, or it cannot be told"},
    {"sweep", cmd_sweep, "CPU per request against silent clients"},
    {"scene", cmd_scene, "play scenes against a server: what does it do when ...?"},
    {"battery", cmd_battery, "play all behaviours against all models: which of them hold?"},
    {"trace", cmd_trace, "every system call of a server while a scene is played"},
    {"models", cmd_draw_models, "one request to each model, on one time axis: who waits, and where"},
    {"watch", cmd_watch, "a server tells what it does while you type to it"},
    {"lt-et", cmd_lt_et, "level-triggered and edge-triggered epoll, side by side"},
    {"claims", cmd_claims, "what tutorials say of all this, tried on this machine"},
    {"drive", cmd_drive, "put a load on any server of echo or http: drive HOST:PORT"},
    {"report", cmd_report, "measure this machine, and make a page of it"},
    {"exercise", cmd_exercise, "exercises that are checked by behaviour: list, start, check ..."},
    {"doctor", cmd_doctor, "what this machine can and cannot do"},
    {"help", cmd_help, "this list"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void list(FILE *to)
{
    fprintf(to, "usage: iolab COMMAND [OPTION]...\n\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].says);
    fprintf(to, "\n`iolab COMMAND --help` tells the rest. Example: iolab scene --help\n");
}

int cmd_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    list(stdout);
    return 0;
}

/* What is opened next would take the place of a stdin, stdout or stderr that somebody has closed. */
static void fill_first_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Ours, and the servers' that we start: as many descriptors as this user may have. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    fill_first_descriptors();
    raise_descriptors();
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (*name)
        fprintf(stderr, "iolab: no command \"%s\"\n", name);
    list(stderr);
    return 2;
}
