/* The stage: the poll loop, and what can be seen. */
#define _GNU_SOURCE
#include "harness/scene/stage.h"
#include "harness/child/clock.h"
#include "harness/child/socket.h"
#include "harness/meter/meter.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { LOOK_MS = 20, COUNT_MS = 250, CLIENTS_MOST = SCENE_GROUPS * SCENE_GROUP_MOST + 1 };    /* and the visitor */

/* -- The loop ---------------------------------------------------------------------------------------------------- */

/* For all members that are named; what cannot be seen is taken to hold. */
static bool holds_now(struct stage *stage, const struct scene_test *test)
{
    struct scene_value value;
    for (int i = 0; test->seen.of_server ? i == 0 : stage_member(stage, &test->seen.client, i) != NULL; i++)
        if (stage_see(stage, &test->seen, i, &stage->before, &value) && !stage_compare(stage, test, value)) {
            stage_say(stage, test, value, stage->broken_got, stage->broken_want);
            return false;
        }
    return true;
}

void stage_look_at_always(struct stage *stage)
{
    for (int i = 0; i < stage->always_count && !stage->broken && !stage->server.asked_to_end; i++)
        if (!holds_now(stage, &stage->always[i]->test))
            stage->broken = stage->always[i];
}

void stage_note_clients(struct stage *stage)
{
    int clients = 0;
    for (int i = 0; i < stage->group_count; i++)
        clients += stage->groups[i].count;
    if (clients > stage->clients_most)
        stage->clients_most = clients;
}

/* A server may be busy with a client's end when that client has left long ago. */
static int most_tasks(const struct stage *stage) { return STAGE_FORKS + stage->clients_most; }

static void end_births(struct stage *stage, struct child *child, struct tree *tree)
{
    stage->forks = true;
    child_freeze(child);
    child_tree(child, tree);
    stage->tasks = meter_threads(tree);
}

/* Small, or frozen: nobody counts a tree that grows as fast as it is counted. */
static struct tree *tree_of(struct stage *stage, struct child *child)
{
    static struct tree tree;
    if (stage->forks)
        child_tree(child, &tree);
    else if (child_tree_above(child, &tree, most_tasks(stage)))
        end_births(stage, child, &tree);
    return &tree;
}

static struct tree *tree_now(struct stage *stage) { return tree_of(stage, &stage->server); }

void stage_look_for_births(struct stage *stage)
{
    struct tree *tree = tree_now(stage);
    if (!stage->forks && meter_threads(tree) > most_tasks(stage))
        end_births(stage, &stage->server, tree);
    if (!stage->forks && stage->has_twin)
        tree_of(stage, &stage->twin);
}

/* To count a tree is dear, to ask how many the machine has is not. */
static bool many_were_born(const struct stage *stage)
{
    return tree_tasks_of_machine() - stage->tasks_of_machine > STAGE_FORKS / 2;
}

bool stage_may_go_on(const struct stage *stage)
{
    return !stage->broken && !stage->forks && !*stage->options->interrupted && now_ms() < stage->end_ms;
}

static int all_clients(struct stage *stage, struct client **clients)
{
    int count = 0;
    for (int i = 0; i < stage->group_count; i++)
        for (int j = 0; j < stage->groups[i].count; j++)
            clients[count++] = &stage->groups[i].members[j];
    if (stage->visitor.fd >= 0)
        clients[count++] = &stage->visitor;
    return count;
}

/* The scene's name of a connection, A or C3; what is none of the scene's keeps its letter. */
static void name_after_client(const struct stage *stage, struct fd_who connection)
{
    char name[2 * SCENE_NAME];
    for (int i = 0; i < stage->group_count; i++)
        for (int j = 0; j < stage->groups[i].count; j++)
            if (connection.port && stage->groups[i].members[j].port == connection.port) {
                bool alone = stage->groups[i].count == 1;
                snprintf(name, sizeof name, "%s%.0d", stage->groups[i].name, alone ? 0 : j + 1);
                fd_rename(connection.number, name);
            }
}

void stage_tell_events(struct stage *stage)
{
    const struct play_watcher *watcher = stage->options->watcher;
    if (!stage->trace || !watcher)
        return;
    for (const struct trace_event *event; (event = trace_next(stage->trace));) {
        if (event->made.kind == FD_CONNECTION)
            name_after_client(stage, event->made);
        watcher->event(watcher->context, event);
    }
}

bool stage_turn(struct stage *stage, double ms)
{
    static struct client *clients[CLIENTS_MOST];
    static struct pollfd wishes[CLIENTS_MOST];
    int count = all_clients(stage, clients);
    double now = now_ms(), until = now + (ms < LOOK_MS ? ms : LOOK_MS);
    for (int i = 0; i < count; i++)
        wishes[i] = client_wish(clients[i], &until);
    double left = until - now;
    struct timespec timeout = {0, left > 0 ? (long)(left * 1e6) : 0};
    ppoll(wishes, (nfds_t)count, &timeout, NULL);
    for (int i = 0; i < count; i++)
        if (wishes[i].fd >= 0)
            client_turn(clients[i], wishes[i].revents);
    stage_tell_events(stage);
    now = now_ms();
    if (now >= stage->next_look_ms) {
        stage_look_at_always(stage);
        stage->next_look_ms = now + LOOK_MS;
        if (now >= stage->next_count_ms || many_were_born(stage)) {
            stage_look_for_births(stage);
            stage->next_count_ms = now_ms() + COUNT_MS;
        }
    }
    return stage_may_go_on(stage);
}

/* -- Names ------------------------------------------------------------------------------------------------------- */

struct group *stage_group(struct stage *stage, const char *name)
{
    for (int i = 0; i < stage->group_count; i++)
        if (strcmp(stage->groups[i].name, name) == 0)
            return &stage->groups[i];
    return NULL;
}

struct client *stage_member(struct stage *stage, const struct scene_name *name, int member)
{
    struct group *group = stage_group(stage, name->name);
    int at = (name->first ? name->first - 1 : 0) + member;
    int end = name->last ? name->last : group ? group->count : 0;
    return group && at < end && at < group->count ? &group->members[at] : NULL;
}

const struct levels *stage_mark(const struct stage *stage, const char *name)
{
    for (int i = 0; i < stage->mark_count; i++)
        if (strcmp(stage->marks[i].name, name) == 0)
            return &stage->marks[i].levels;
    return NULL;
}

/* -- What is seen of the server ---------------------------------------------------------------------------------- */

/* The server's end of that client's connection. */
static bool find_end(const struct stage *stage, const struct client *client, struct socket_seen *socket)
{
    return client->port && socket_find(&stage->server.address, client->port, socket);
}

int64_t stage_unread(const struct stage *stage, const struct client *client)
{
    struct socket_seen socket;
    return find_end(stage, client, &socket) ? socket.unread : 0;
}

static int accept_queue(const struct stage *stage)
{
    struct socket_seen listener;
    return socket_find(&stage->server.address, 0, &listener) ? (int)listener.unread : 0;
}

static int64_t sleeps(const struct tree *tree)
{
    int64_t voluntary, involuntary;
    meter_switches(tree, &voluntary, &involuntary);
    return voluntary;
}

struct levels stage_pulse(struct stage *stage)
{
    const struct tree *tree = tree_now(stage);
    return (struct levels){.at_ms = now_ms(), .cpu_ns = meter_cpu_ns(tree), .sleeps = sleeps(tree),
                           .traced = stage->trace ? trace_position(stage->trace) : 0};
}

struct levels stage_levels(struct stage *stage)
{
    struct levels levels = stage_pulse(stage);
    const struct tree *tree = tree_now(stage);
    levels.rss = meter_rss(tree);
    levels.fds = meter_fds(tree);
    levels.threads = meter_threads(tree);
    levels.processes = meter_processes(tree);
    levels.zombies = meter_zombies(tree);
    levels.accept_queue = accept_queue(stage);
    return levels;
}

/* Traced, it may stand still until the tracer lets it go on, and that one waits for a CPU. */
bool stage_runs(struct stage *stage)
{
    return meter_any_running(tree_now(stage)) || (stage->trace && meter_is_running(trace_pid(stage->trace)));
}

/* Does a thread wait in the call, and, if a client is named, on that client's descriptor? Of a group one
 * is enough. */
static bool is_blocked(struct stage *stage, const struct scene_observation *seen, const struct tree *tree)
{
    const char *name;
    struct client *client;
    struct socket_seen socket;
    if (!seen->client.name[0])
        return meter_blocked_in(tree, seen->word, -1, &name);
    for (int i = 0; (client = stage_member(stage, &seen->client, i)); i++) {
        int fd = find_end(stage, client, &socket) ? meter_fd_of_socket(tree, socket.inode) : -1;
        if (fd >= 0 && meter_blocked_in(tree, seen->word, fd, &name))
            return true;
    }
    return false;
}

static struct scene_value words(const char *text)
{
    struct scene_value value;
    if (!scene_value_read(text, &value))
        value.unit = UNIT_WORD;
    return value;
}

static struct scene_value numbers(enum scene_unit unit, double number)
{
    return (struct scene_value){.unit = unit, .number = number};
}

static bool see_rate(struct stage *stage, enum scene_what what, const struct levels *since, struct scene_value *value)
{
    const struct tree *tree = tree_now(stage);
    double ms = now_ms() - since->at_ms;
    if (!child_alive(&stage->server) || ms < 1)
        return false;
    *value = what == SEE_CPU ? numbers(UNIT_PERCENT, (double)(meter_cpu_ns(tree) - since->cpu_ns) / ms / 1e4)
                             : numbers(UNIT_COUNT, (double)(sleeps(tree) - since->sleeps) * 1000 / ms);
    return true;
}

static bool see_counted(struct stage *stage, const struct scene_observation *seen, const struct levels *since,
                        struct scene_value *value)
{
    if (!stage->trace)
        return false;
    bool bytes = seen->what == SEE_BYTES;
    int64_t n = bytes ? trace_bytes_since(stage->trace, since->traced, seen->word, seen->in_handler)
                      : trace_count_since(stage->trace, since->traced, seen->word, seen->error, seen->in_handler);
    *value = numbers(bytes ? UNIT_BYTES : UNIT_COUNT, (double)n);
    return n >= 0;
}

/* A foreign twin is ready when the listener is its own, not the server's that is still there. */
static bool is_ready(struct stage *stage, struct child *child)
{
    struct socket_seen listener;
    if (!child_alive(child) || !child_is_ready(child))
        return false;
    return !child->foreign || (socket_find(&child->address, 0, &listener) &&
                               meter_fd_of_socket(tree_of(stage, child), listener.inode) >= 0);
}

static bool see_said(const struct child *child, const struct scene_observation *seen, struct scene_value *value)
{
    double number = 0;
    bool printed = seen->text ? child_printed(child, seen->text, seen->text_length)
                              : child_said(child, seen->word, &number);
    *value = numbers(UNIT_COUNT, seen->text ? printed : number);
    return seen->text || printed;
}

static bool see_server(struct stage *stage, const struct scene_observation *seen, const struct levels *since,
                       struct scene_value *value)
{
    struct child *child = seen->of_twin ? &stage->twin : &stage->server;
    const char *name;
    if (seen->of_twin && !stage->has_twin)
        return false;
    switch (seen->what) {
    case SEE_CPU: case SEE_SLEEPS: return see_rate(stage, seen->what, since, value);
    case SEE_RSS: *value = numbers(UNIT_BYTES, (double)meter_rss(tree_of(stage, child))); return true;
    case SEE_FDS: *value = numbers(UNIT_COUNT, meter_fds(tree_of(stage, child))); return true;
    case SEE_THREADS: *value = numbers(UNIT_COUNT, meter_threads(tree_of(stage, child))); return true;
    case SEE_PROCESSES: *value = numbers(UNIT_COUNT, meter_processes(tree_of(stage, child))); return true;
    case SEE_ZOMBIES: *value = numbers(UNIT_COUNT, meter_zombies(tree_of(stage, child))); return true;
    case SEE_ACCEPT_QUEUE: *value = numbers(UNIT_COUNT, accept_queue(stage)); return true;
    case SEE_SIGNAL_QUEUE: *value = numbers(UNIT_COUNT, meter_signal_queue(tree_of(stage, child))); return true;
    case SEE_ALIVE: *value = numbers(UNIT_COUNT, child_alive(child)); return true;
    case SEE_READY: *value = numbers(UNIT_COUNT, is_ready(stage, child)); return true;
    case SEE_EXIT:
        child_alive(child);
        *value = words(child_exit_word(child));
        return true;
    case SEE_BLOCKED_IN:
        if (seen->word[0]) {
            *value = numbers(UNIT_COUNT, is_blocked(stage, seen, tree_of(stage, child)));
            return true;
        }
        meter_blocked_in(tree_of(stage, child), NULL, -1, &name);
        *value = words(name);
        return true;
    case SEE_SAID: return see_said(child, seen, value);
    case SEE_CALLS: case SEE_BYTES: return see_counted(stage, seen, since, value);
    default: return false;
    }
}

/* -- What is seen of a client ------------------------------------------------------------------------------------ */

/* How epoll was asked to watch the server's end: <sys/epoll.h>'s bits, as the kernel shows them. What was reported once
 * under EPOLLONESHOT has no event left but these bits. */
static const char *watch_name(uint32_t events)
{
    const uint32_t modes = EPOLLET | EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLWAKEUP;
    if (events == 0)
        return "no";
    if (events & EPOLLONESHOT)
        return events & ~modes ? "oneshot" : "disarmed";
    return events & EPOLLET ? "edge-triggered" : "level-triggered";
}

static bool see_end(struct stage *stage, enum scene_what what, const struct client *client,
                    struct scene_value *value)
{
    struct socket_seen socket;
    uint32_t events;
    if (!find_end(stage, client, &socket))
        return false;
    int fd = socket.inode ? meter_fd_of_socket(tree_now(stage), socket.inode) : -1;
    if (what == SEE_FD)
        *value = numbers(UNIT_COUNT, fd);
    else if (fd >= 0 && meter_watched(tree_now(stage), socket.inode, &events))
        *value = words(watch_name(events));
    else
        return false;
    return fd >= 0;
}

static bool see_client(struct stage *stage, enum scene_what what, const struct client *client,
                       struct scene_value *value)
{
    double end_ms = client_is_over(client) ? client->ended_ms : now_ms();
    switch (what) {
    case SEE_GOT: *value = numbers(UNIT_BYTES, (double)client->got); return true;
    case SEE_SENT: *value = numbers(UNIT_BYTES, (double)client->sent); return true;
    case SEE_IN_FLIGHT: *value = numbers(UNIT_BYTES, (double)client_in_flight(client)); return true;
    case SEE_UNREAD: *value = numbers(UNIT_BYTES, (double)stage_unread(stage, client)); return true;
    case SEE_WRONG_BYTE: *value = numbers(UNIT_COUNT, (double)client->wrong_byte); return true;
    case SEE_STATE: *value = words(client_state_name(client)); return true;
    case SEE_WATCHED: case SEE_FD: return see_end(stage, what, client, value);
    case SEE_LIFETIME: *value = numbers(UNIT_MS, end_ms - client->began_ms); return true;
    case SEE_CONNECT_TIME:
        *value = numbers(UNIT_MS, client->connected_ms - client->began_ms);
        return client->connected_ms > 0;
    case SEE_ANSWER_TIME:
        *value = numbers(UNIT_MS, client->last_got_ms - client->last_sent_ms);
        return client->got > 0 && (client->compares ? client_has_all(client) : value->number >= 0);
    case SEE_MEAN_PING: *value = numbers(UNIT_MS, client->ping_total_ms / client->pings); return client->pings > 0;
    case SEE_WORST_PING: *value = numbers(UNIT_MS, client->ping_worst_ms); return client->pings > 0;
    default: return false;
    }
}

bool stage_see(struct stage *stage, const struct scene_observation *seen, int member, const struct levels *since,
               struct scene_value *value)
{
    if (seen->of_server)
        return see_server(stage, seen, since, value);
    struct client *client = stage_member(stage, &seen->client, member);
    return client && see_client(stage, seen->what, client, value);
}

/* -- Comparing --------------------------------------------------------------------------------------------------- */

static double level_of(const struct levels *levels, enum scene_what what)
{
    switch (what) {
    case SEE_RSS: return (double)levels->rss;
    case SEE_FDS: return levels->fds;
    case SEE_THREADS: return levels->threads;
    case SEE_PROCESSES: return levels->processes;
    case SEE_ZOMBIES: return levels->zombies;
    default: return levels->accept_queue;
    }
}

static bool equal(struct scene_value a, struct scene_value b)
{
    if (a.unit == UNIT_WORD || b.unit == UNIT_WORD)
        return a.unit == b.unit && strcmp(a.word, b.word) == 0;
    return a.number >= b.number && a.number <= b.number;
}

void stage_say(struct stage *stage, const struct scene_test *test, struct scene_value seen, char got[STAGE_SAID],
               char want[STAGE_SAID])
{
    static const char *const words[] = {"", "not ", "below ", "above ", "at least ", "at most ", "", "", "", ""};
    const struct levels *mark = stage_mark(stage, test->mark);
    const char *value = scene_value_text(test->value), *upper = scene_value_text(test->upper);
    const char *level = mark ? scene_value_text(numbers(seen.unit, level_of(mark, test->seen.what))) : "?";
    snprintf(got, STAGE_SAID, "%s", test->relation == HOLDS ? "no" : scene_value_text(seen));
    switch (test->relation) {
    case HOLDS: snprintf(want, STAGE_SAID, "yes"); break;
    case AS_AT: snprintf(want, STAGE_SAID, "%s", level); break;
    case BETWEEN: snprintf(want, STAGE_SAID, "%s to %s", value, upper); break;
    case AT_MOST_ABOVE: snprintf(want, STAGE_SAID, "at most %s above %s", value, level); break;
    default: snprintf(want, STAGE_SAID, "%s%s", words[test->relation], value); break;
    }
}

bool stage_compare(struct stage *stage, const struct scene_test *test, struct scene_value seen)
{
    const struct levels *mark = stage_mark(stage, test->mark);
    double base = mark ? level_of(mark, test->seen.what) : 0;
    if (seen.unit == UNIT_WORD && test->relation != IS && test->relation != IS_NOT)
        return false;           /* SIGSEGV is not below 3 */
    switch (test->relation) {
    case IS: return equal(seen, test->value);
    case IS_NOT: return !equal(seen, test->value);
    case BELOW: return seen.number < test->value.number;
    case ABOVE: return seen.number > test->value.number;
    case AT_LEAST: return seen.number >= test->value.number;
    case AT_MOST: return seen.number <= test->value.number;
    case BETWEEN: return seen.number >= test->value.number && seen.number <= test->upper.number;
    case AS_AT: return equal(seen, numbers(seen.unit, base));
    case AT_MOST_ABOVE: return seen.number - base <= test->value.number;
    case HOLDS: return seen.number > 0;
    }
    return false;
}
