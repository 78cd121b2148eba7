/* server.h: what every server needs and none should be about: flags, the listener, the limits, the stop, the books.
 *
 * The library waits for nothing (but at the limit of descriptors in the place of an accept that blocks). After `ready`
 * it makes system calls only to turn a client away, to stop, to be slow on purpose (--work), and to make a child forget
 * what is its parent's.
 *
 * Stopping. The first SIGTERM or SIGINT shuts the reading side of the listener and of every client: shutdown is
 * async-signal-safe (signal-safety(7)). The kernel then wakes whatever the model waits in, and each client looks as if
 * it had sent FIN: what it had sent is still read, what it is owed is still sent, and then it is closed by the ordinary
 * path. So a server needs no code for stopping, and no wake-up can be lost between a check and a wait. Two seconds
 * later SIGALRM shuts the writing sides too: who still owes is cut. A second signal: exit 1 at once. */
#pragma once
#include "harness/server/die.h"
#include "harness/server/exchange.h"

/* --reads-per-event all: until EAGAIN, but at most this many reads before the others get their turn. */
enum { READ_ALL = 128 };

/* A model sets its defaults before server_listen; the command line overrules them. */
struct server {
    const char *model;
    size_t read_size;           /* --read-size: at most this many bytes in one read */
    int reads_per_event;        /* --reads-per-event */
    int max_clients;            /* --max-clients; 0: as many as there can be descriptors */
    int nap_ms;                 /* --nap: the pause between rounds; -1: this model has none */
    int oneshot;                /* --oneshot: 1; -1: this model does not know it */
    void (*prepare)(void);      /* once, when the command line is read: what this machine may forbid; or NULL */

    /* Called in the handler, behind the shutting: SIGTERM at the stop, SIGALRM at the end of the grace, SIGKILL later.
     * Passes it on to the children, or wakes a model that no shutdown wakes. Async-signal-safe; or NULL. */
    void (*tell)(int signal_number);
};
extern struct server server;

/* -- Start and end: a call that fails here ends the program with a line that says why, exit 1 (usage: 2) --------- */

int server_listen(int argc, char **argv, const char *model, int flags);     /* for socket(2): 0 or SOCK_NONBLOCK */
int server_move_listener(int listener, int fd);     /* the same listener under another number: returns fd */
void *server_table(size_t size);                    /* zeroed, one entry of `size` per possible descriptor */
bool server_serving(void);                          /* until asked to stop and the last client has left */
int server_sum_up(void);                            /* prints the books; the exit status */

/* -- One client -------------------------------------------------------------------------------------------------- */

bool server_admit(int client, struct exchange *);   /* begins the exchange; at the limit refuses, and false */
void server_refuse(int client);                     /* closes and counts */
void server_leave(int client, struct exchange *);   /* ends the exchange and books it; close(client) is yours */

/* accept failed (errno): what that calls for has been done. MORE: try again. NONE: nobody waits. SHUT: nobody will. */
enum server_accept { ACCEPT_MORE, ACCEPT_NONE, ACCEPT_SHUT };
enum server_accept server_accept_failed(void);

bool server_not_now(void);                          /* errno is EAGAIN or EINTR: back to Wait */

/* -- A process for a client: the parent admits, the child serves and leaves, the parent buries ------------------- */

void server_refuse_after_all(int client, struct exchange *);    /* admitted, but there is no process or thread for it */
void server_in_child(void);                         /* SIGINT is the parent's to pass on, the dead are his to bury */
void server_in_parent(int client);                  /* the client is the child's to stop; close(client) is yours */
_Noreturn void server_child_exit(void);             /* its calls go into the books; exit 0 */
void server_child_ended(int status);                /* as waitpid told it; async-signal-safe */

/* -- A pool of processes: a worker admits, serves and leaves one client after the other, the supervisor buries ---- */

void server_pool(int workers);                      /* books for each of them, from 0 on; before the first is made */
void server_in_worker(int worker);                  /* server_in_child; the listener is the supervisor's to shut */
void server_worker_ended(int worker, int status);   /* what it booked is ours; the client of a killed one is lost */

/* -- A thread for a client: main admits, and alone hears signals; the thread serves and leaves ------------------- */

void server_thread_ends(void);                      /* its calls go into the books; its buffers are given up */
