/* The options of bench, sweep and report. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/cmd/servers.h"
#include "harness/cmd/take.h"
#include <getopt.h>
#include <string.h>

static void note_command(struct measure *measure, const char *name, int argc, char **argv)
{
    bool swept = strcmp(name, "sweep") == 0;
    size_t length = (size_t)snprintf(measure->command, sizeof measure->command, "iolab %s%s%s", name, swept ? " " : "",
                                     swept ? argv[0] : "");
    for (int i = 1; i < argc && length < sizeof measure->command - 1; i++)
        length += (size_t)snprintf(measure->command + length, sizeof measure->command - length, " %s", argv[i]);
}

static int take_models(struct measure *measure, const char *name, int argc, char **argv)
{
    int count = 0;
    for (int i = optind; i < argc && count < SESSION_MODELS - SERVERS_MOST; i++) {
        if (!cmd_is_model(argv[i]))
            return cmd_no_such_model(name, argv[i]);
        measure->models[count++] = argv[i];
    }
    for (const char *const *model = cmd_models(); optind == argc && *model && count < SESSION_MODELS - SERVERS_MOST;)
        measure->models[count++] = *model++;
    for (int i = 0; servers_name(i); i++)
        measure->models[count++] = servers_name(i);
    measure->models[count] = NULL;
    measure->session.models = measure->models;
    return -1;
}

static int take_option(struct measure *measure, const char *name, const char *help, int option, const char *word)
{
    struct session_options *session = &measure->session;
    long n = 0;
    int status = -1;
    switch (option) {
    case 'q': session->quick = true; break;
    case 'T': session->thorough = true; break;
    case 'c': measure->csv = true; break;
    case 'o': return take_folder(name, measure->folder, sizeof measure->folder);
    case 'v': return servers_take(name, optarg);
    case 'p': return take_service(name, &session->http);
    case 'n':
        status = take_number(name, "--rounds", 1, SESSION_ROUNDS, &n);
        measure->rounds = (int)n;
        break;
    case 's':
        status = take_number(name, "--seed", 0, TAKE_SEED_MOST, &n);
        session->seed = (uint64_t)n;
        break;
    case 'r':
        status = take_number(name, "--rate", 1, 1000000, &n);
        session->offered = (double)n;
        break;
    }
    bool makes_sense = option == 'c'   ? measure->prints_table
                       : option == 'r' ? session->rate.rounds > 0
                       : option == 'T' ? measure->may_be_thorough
                                       : option != '?';
    if (makes_sense)
        return status;
    fprintf(stderr, "%s\niolab %s: unknown option, or its value is missing: %s\n", help, name, word);
    return 2;
}

static void choose_rounds(struct measure *measure)
{
    struct session_options *session = &measure->session;
    struct session_part *parts[] = {&session->closed, &session->rate, &session->idle, &session->along};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i]->rounds > 0 && measure->rounds > 0)
            parts[i]->rounds = measure->rounds;
        parts[i]->window_ms = session->quick ? 250 : parts[i] == &session->idle ? 500 : 1000;
    }
}

int measure_parse(struct measure *measure, int argc, char **argv, const char *name, const char *help)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},        {"csv", no_argument, NULL, 'c'},
        {"out", required_argument, NULL, 'o'},    {"seed", required_argument, NULL, 's'},
        {"rounds", required_argument, NULL, 'n'}, {"rate", required_argument, NULL, 'r'},
        {"server", required_argument, NULL, 'v'}, {"service", required_argument, NULL, 'p'},
        {"thorough", no_argument, NULL, 'T'},     {"help", no_argument, NULL, 'h'},
        {0}};
    take_default_folder(measure->folder, sizeof measure->folder);
    note_command(measure, name, argc, argv);
    measure->session.seed = 1;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        int status = take_option(measure, name, help, option, argv[optind - 1]);
        if (status >= 0)
            return status;
    }
    choose_rounds(measure);
    return take_models(measure, name, argc, argv);
}

