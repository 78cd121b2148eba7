#define _GNU_SOURCE
#include "harness/report/models.h"
#include <string.h>

static const char blocking[] = "Blocking", nonblocking[] = "Non-blocking", multiplexing[] = "Multiplexing",
                  signals[] = "Signal-driven", asynchronous[] = "Asynchronous", processes[] = "Processes";

const struct model model_table[] = {
    {"blocking", blocking, {"ink", "", SVG_DISC}, "it serves one at a time"},
    {"nonblocking", nonblocking, {"purple", "", SVG_SQUARE}, NULL},
    {"select", multiplexing, {"blue", "2 3", SVG_TRIANGLE}, NULL},
    {"poll", multiplexing, {"blue", "7 3", SVG_SQUARE}, NULL},
    {"epoll-lt", multiplexing, {"blue", "", SVG_DISC}, NULL},
    {"epoll-et", multiplexing, {"blue", "9 3 2 3", SVG_DIAMOND}, NULL},
    {"signal-io", signals, {"orange", "", SVG_TRIANGLE}, NULL},
    {"aio", asynchronous, {"green", "7 3", SVG_WEDGE}, NULL},
    {"uring", asynchronous, {"green", "", SVG_DISC}, NULL},
    {"fork", processes, {"vermillion", "", SVG_CROSS}, NULL},
    {"prefork", processes, {"vermillion", "7 3", SVG_SQUARE}, "its pool has no more processes"},
    {"thread", processes, {"vermillion", "2 3", SVG_WEDGE}, NULL},
    {"", "Others", {"ink", "7 3", SVG_DIAMOND}, NULL},
};

const struct model *model_find(const char *name)
{
    const struct model *model = model_table;
    while (*model->name && strcmp(model->name, name) != 0)
        model++;
    return model;
}
