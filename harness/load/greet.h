/* greet.h: bring connections up, and find out which of them the server really serves.
 *
 * That connect returned says little: the kernel shakes hands for a listener whose program never comes to accept. So
 * each connection sends a request, the ping, and is served once the answer is back and right. A server that looks after
 * one client at a time serves 1 of 64, and that must be seen before anything is timed.
 *
 * Not all at once: the queue of the listener is finite, and whoever finds it full tries again only after a second. At
 * most 64 are under way, half of the shortest usual backlog. They have `patience_ms` in which none of them need get
 * further, four times as long before the first is served or where the machine is busy; who is still unserved then is
 * closed.
 *
 * Between two addresses there are only as many connections as there are ports (28,000, as Linux comes), and from the
 * half on the kernel searches long for each: it tries all odd ports before the even ones. On loopback 12,000 come from
 * one address, or fewer if its ports run out, and the next from another: all of 127.0.0.0/8 is this machine. */
#pragma once
#include "harness/load/conn.h"
#include "harness/load/pace.h"
#include <signal.h>

/* Addresses of ours in use, and connections from the last of them. Zero: none yet. */
struct sources { int used, from_last; };

struct greeting {
    struct pace *pace;
    struct dialogue *dialogue;
    const struct sockaddr_in *address;
    int patience_ms;
    bool has_served;                     /* somebody before these */
    const volatile sig_atomic_t *stop;   /* or NULL */
    struct sources *sources;
    char *trouble;   /* both DIALOGUE_SAYS long: why the first unserved one is not served, */
    char *failure;   /* and the first wrong answer, which ends the greeting */
};

/* The served are CONN_FREE, the others CONN_CLOSED. How many are served; each has answered once. */
int greet(const struct greeting *g, struct conn *conns, int count);
