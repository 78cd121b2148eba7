/* The services. echo gives back the very buffer that came: what was heard is what is owed. */
#include "harness/server/service.h"
#include "harness/server/http.h"
#include <string.h>

static void echo_answer(struct exchange *talk)
{
    talk->out = talk->in;
    talk->in = NULL;
}

static const struct service echo = {
    .name = "echo", .example = {"nc ", " ", ""}, .same_bytes = true, .answer = echo_answer};

const struct service *service_named(const char *name)
{
    const struct service *const services[] = {&echo, &http_service};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (strcmp(name, services[i]->name) == 0)
            return services[i];
    return NULL;
}

const char *service_names(void) { return "echo|http"; }
