#define _GNU_SOURCE
#include "harness/report/models.h"
#include <string.h>

static const char blocking[] = "Blocking", nonblocking[] = "Non-blocking", multiplexing[] = "Multiplexing",
                  signals[] = "Signal-driven", asynchronous[] = "Asynchronous", processes[] = "Processes";

const struct model model_table[] = {
    {"blocking", blocking, {"ink", "", SVG_DISC}},
    {"nonblocking", nonblocking, {"purple", "", SVG_SQUARE}},
    {"select", multiplexing, {"blue", "2 3", SVG_TRIANGLE}},
    {"poll", multiplexing, {"blue", "7 3", SVG_SQUARE}},
    {"epoll-lt", multiplexing, {"blue", "", SVG_DISC}},
    {"epoll-et", multiplexing, {"blue", "9 3 2 3", SVG_DIAMOND}},
    {"signal-io", signals, {"orange", "", SVG_TRIANGLE}},
    {"aio", asynchronous, {"green", "7 3", SVG_WEDGE}},
    {"uring", asynchronous, {"green", "", SVG_DISC}},
    {"fork", processes, {"vermillion", "", SVG_CROSS}},
    {"prefork", processes, {"vermillion", "7 3", SVG_SQUARE}},
    {"thread", processes, {"vermillion", "2 3", SVG_WEDGE}},
    {"", "Others", {"ink", "7 3", SVG_DIAMOND}},
};

const struct model *model_find(const char *name)
{
    const struct model *model = model_table;
    while (*model->name && strcmp(model->name, name) != 0)
        model++;
    return model;
}
