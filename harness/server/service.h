/* service.h: what is said on a connection. A service looks at what has come in and prepares what goes out; it knows
 * neither sockets nor waiting. */
#pragma once
#include "harness/server/exchange.h"

struct service {
    const char *name;
    void (*answer)(struct exchange *);  /* called after bytes have come: moves them, or an answer, from in to out */
};

const struct service *service_named(const char *name);  /* NULL: there is none of that name */
const char *service_names(void);                        /* "echo|..." for messages */
