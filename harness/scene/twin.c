#define _GNU_SOURCE
#include "harness/scene/twin.h"
#include "harness/scene/words.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* A server that was told `--port 0` has chosen; its twin is told what. The array is to be freed, its words are not. */
static char **command_on(char *const *command, char *port)
{
    size_t count = 0;
    while (command[count])
        count++;
    char **words = grown(NULL, 0, (count + 1) * sizeof *words);
    for (size_t i = 0; i <= count; i++) {
        bool chosen = i > 0 && i < count && strcmp(command[i - 1], "--port") == 0 && strcmp(command[i], "0") == 0;
        words[i] = chosen ? port : command[i];
    }
    return words;
}

enum line_result twin_start(struct stage *stage)
{
    const struct scene_limits *limits = &stage->scene->limits;
    int number = ntohs(stage->server.address.sin_port);
    char port[16], why[200];
    snprintf(port, sizeof port, "%d", number);
    char **words = command_on(stage->command, port);
    const struct child_options options = {
        .argv = words, .cpu = stage->options->cpu, .nofile = limits->nofile, .sigpending = limits->sigpending,
        .nproc = limits->nproc, .inherit_first = limits->inherit_first, .inherit_last = limits->inherit_last,
        .port = number};
    stage->has_twin = child_start(&stage->twin, &options, why, sizeof why);
    free(words);
    if (stage->has_twin)
        return LINE_OK;
    snprintf(stage->got, sizeof stage->got, "%.60s", why);
    snprintf(stage->code, sizeof stage->code, "NOT_STARTED");
    return LINE_FAILED;
}
