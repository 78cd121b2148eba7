/* service.h: what is said on a connection. A service looks at what has come in and prepares what goes out; it knows
 * neither sockets nor waiting. */
#pragma once
#include "harness/server/exchange.h"

struct service {
    const char *name;
    const char *example[3];     /* how a person tries it, around host and port: {"curl http://", ":", "/"} */
    bool same_bytes;            /* what goes out is what came in: the books must balance */

    void (*begin)(const char *model);   /* once, before the first client; or NULL */

    /* Called when nothing is owed: after bytes have come, and after all that was owed has been sent while some wait in
     * `in`. Moves them, or an answer, from in to out; leaves a half request where it is, but never a full buffer. */
    void (*answer)(struct exchange *);
};

const struct service *service_named(const char *name);  /* NULL: there is none of that name */
const char *service_names(void);                        /* "echo|..." for messages */
