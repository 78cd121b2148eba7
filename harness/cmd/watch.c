/* iolab watch: a server runs, traced, and what it does is told while it does it. Somebody types in another terminal. */
#define _GNU_SOURCE
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/child/socket.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/screen.h"
#include "harness/figure/wrap.h"
#include "harness/trace/narrate.h"
#include "harness/trace/trace.h"
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 64, CALLS_MOST_SHOWN = 1024, TURN_MS = 10, STATUS_MS = 100, READY_MS = 5000, CALM_MS = 50,
       START_MS = 1000, END_MS = 5000, USUAL_WIDTH = 80, BIRTHS_MOST = 1000 };

struct wish { const char *model, *service; int port; char *argv[WORDS_MOST + 1]; };

struct watch {
    struct child server;
    struct trace *trace;
    struct narrator *narrator;
    bool live, colour;              /* stdout is a terminal: a line below all others tells what is true now */
    int columns;
    double status_at_ms;
    bool stopped;                   /* by SIGSTOP, say */
    long tasks_of_machine;          /* when it began */
    bool forks;                     /* without end: it is frozen */
    int64_t lost, seen_ns;          /* seen_ns: when there was something to see, or to miss, last */
};

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab watch MODEL [--port N] [--service echo|http] [-- OPTION...]\n"
            "       iolab watch [--port N] -- COMMAND [WORD]...\n\n"
            "Runs a server, and tells in plain words what it does while somebody types to it\n"
            "in another terminal: who came, what was read, who sleeps in which call, and what\n"
            "woke it. Ctrl-C ends it.\n\n"
            "  --port N      listen there (8080); 0 takes a free port\n"
            "  --service S   what is spoken: echo, or http\n"
            "  -- OPTION...  more options for the server: -- --read-size 4\n"
            "  COMMAND       any program: {port} in a word stands for the port\n\n"
            "Example: iolab watch epoll-et\n"
            "         iolab watch nonblocking -- --nap 500\n"
            "         iolab watch -- socat TCP-LISTEN:{port},fork,reuseaddr EXEC:cat\n");
}

/* -- Lines on the screen ----------------------------------------------------------------------------------------- */

static int64_t now_ns(void) { return (int64_t)(now_ms() * 1e6); }

static void clear_status(const struct watch *watch)
{
    if (watch->live)
        fputs("\r\033[K", stdout);
}

/* What woke is bold and what sleeps is dim: the words say the same. */
static void on_line(void *context, enum narrate_tone tone, const char *line)
{
    static const char *const colours[] = {
        [NARRATE_PLAIN] = "", [NARRATE_ASLEEP] = "\033[2m", [NARRATE_WOKE] = "\033[1m", [NARRATE_ASIDE] = "\033[2m"};
    const struct watch *watch = context;
    bool colour = watch->colour && *colours[tone];
    clear_status(watch);
    printf("%s%s%s\n", colour ? colours[tone] : "", line, colour ? "\033[m" : "");
    fflush(stdout);
}

static void show_status(struct watch *watch, const struct trace_event *calls, int count)
{
    char text[400];
    if (!watch->live || now_ms() < watch->status_at_ms)
        return;
    watch->status_at_ms = now_ms() + STATUS_MS;
    narrate_status(watch->narrator, calls, count, now_ns(), text, sizeof text);
    int shown = wrap_cut(text, screen_width(USUAL_WIDTH) - (int)strlen("now: ") - 1);
    printf("\r\033[Know: %.*s%s", shown, text, text[shown] ? "..." : "");
    fflush(stdout);
}

/* -- Watching ---------------------------------------------------------------------------------------------------- */

/* A server that forks without end is stopped while that can be done. To ask how many the machine has is cheap. */
static void look_for_births(struct watch *watch)
{
    static struct tree tree;
    if (watch->forks || tree_tasks_of_machine() - watch->tasks_of_machine < BIRTHS_MOST)
        return;
    watch->forks = child_tree_above(&watch->server, &tree, BIRTHS_MOST);
    if (watch->forks)
        child_freeze(&watch->server);
}

/* Who sleeps is looked at first: if an event of theirs comes behind, they do not any more. */
static void turn(struct watch *watch)
{
    static struct trace_event calls[CALLS_MOST_SHOWN];
    int64_t now = now_ns(), lost = trace_lost(watch->trace);
    int count = trace_under_way(watch->trace, calls, CALLS_MOST_SHOWN);
    for (const struct trace_event *event; (event = trace_next(watch->trace));) {
        if (event->kind == TRACE_STOPPED || event->kind == TRACE_CONTINUED)
            watch->stopped = event->kind == TRACE_STOPPED;
        watch->seen_ns = now;
        narrate_event(watch->narrator, event);
    }
    if (lost > watch->lost)
        watch->seen_ns = now;
    narrate_lost(watch->narrator, lost - watch->lost);
    watch->lost = lost;
    narrate_under_way(watch->narrator, calls, count, now);
    look_for_births(watch);
    show_status(watch, calls, count);
    pause_ms(TURN_MS);
}

static void watch_until_end(struct watch *watch, double deadline_ms)
{
    while (child_alive(&watch->server) && !watch->forks && !cmd_interrupted && !ferror(stdout) &&
           now_ms() < deadline_ms)
        turn(watch);
}

/* It has made ready what it has to when it makes no more calls; one that never rests is ready, too. */
static void await_calm(struct watch *watch)
{
    for (double end = now_ms() + START_MS; now_ms() < end && !cmd_interrupted && child_alive(&watch->server);) {
        turn(watch);
        if (now_ns() - watch->seen_ns > (int64_t)CALM_MS * 1000000)
            return;
    }
}

/* -- Beginning --------------------------------------------------------------------------------------------------- */

static bool is_installed(const char *program)
{
    char folders[PATH_MAX], path[PATH_MAX + 64];
    snprintf(folders, sizeof folders, "%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    for (char *rest = folders, *folder; (folder = strsep(&rest, ":"));) {
        snprintf(path, sizeof path, "%s/%s", folder, program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* What to type: the first of these that is here. Our own driver is always, and says a line a second. */
static void say_what_to_type(const struct wish *wish, const char *host, int port)
{
    static const struct { const char *program, *service, *before, *between, *after; } ways[] = {
        {"curl", "http", "curl -i http://", ":", "/"},
        {"nc", "echo", "nc ", " ", ""},
        {"ncat", "echo", "ncat ", " ", ""},
        {"telnet", "echo", "telnet ", " ", ""},
        {"socat", "echo", "socat - TCP:", ":", ""},
        {"curl", "echo", "curl telnet://", ":", ""}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].service, wish->service) == 0 && is_installed(ways[i].program)) {
            printf("    %s%s%s%d%s\n", ways[i].before, host, ways[i].between, port, ways[i].after);
            return;
        }
    printf("    %s drive %s:%d -c 1 -r 1 --window 60000%s\n", cmd_model_path("iolab"), host, port,
           strcmp(wish->service, "http") == 0 ? " --http" : "");
}

static void introduce(const struct watch *watch, const struct wish *wish)
{
    char host[INET_ADDRSTRLEN], words[PATH_MAX];
    int port = ntohs(watch->server.address.sin_port);
    inet_ntop(AF_INET, &watch->server.address.sin_addr, host, sizeof host);
    snprintf(words, sizeof words, "%s listens on %s, port %d. In a second terminal:",
             *wish->model ? wish->model : wish->argv[0], host, port);
    wrap_print(stdout, words, 0, 0, watch->columns);
    putchar('\n');
    say_what_to_type(wish, host, port);
    putchar('\n');
    wrap_print(stdout, "Ctrl-C here ends it. Clients are called A, B, ... as they come. A \"has data\" when it can be "
               "read: bytes, or its last word. Who is watched is slower.", 0, 0, watch->columns);
    printf("\n       s    since  what happens\n");
    fflush(stdout);
}

static const char *be_traced(const void *trace) { return trace_me(trace); }

static bool is_port_taken(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    struct socket_seen listener;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return port > 0 && socket_find(&address, 0, &listener);
}

static int start(struct watch *watch, const struct wish *wish)
{
    char why[400];
    int cpu = trace_best_cpu();
    if (!*wish->model && is_port_taken(wish->port)) {
        fprintf(stderr, "iolab watch: another program listens on port %d: take another with --port N\n", wish->port);
        return 1;
    }
    if (!(watch->trace = trace_start(cpu, why, sizeof why))) {
        fprintf(stderr, "iolab watch: %s\n", why);
        return 1;
    }
    trace_forget(watch->trace);
    watch->tasks_of_machine = tree_tasks_of_machine();
    child_spare(trace_pid(watch->trace));
    const struct child_options options = {.argv = wish->argv, .cpu = cpu, .port = wish->port,
                                          .before_exec = be_traced, .context = watch->trace};
    if (child_start(&watch->server, &options, why, sizeof why))
        return 0;
    const char *denied = trace_denied(watch->trace);
    fprintf(stderr, "iolab watch: %s\n", denied ? denied : why);
    trace_end(watch->trace);
    return denied ? 77 : 1;
}

/* Above it may stand a page of usage. */
static const char *last_line(const struct child *server)
{
    static char text[400];
    off_t size = lseek(server->err, 0, SEEK_END), most = sizeof text - 1;
    ssize_t n = pread(server->err, text, (size_t)most, size > most ? size - most : 0);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    if (n <= 0)
        return child_last_words(server);
    text[n] = '\0';
    const char *before = strrchr(text, '\n');
    return before ? before + 1 : text;
}

/* What a server says of itself when it cannot serve is the cause, and holds the way out. */
static int tell_early_end(const struct watch *watch)
{
    const char *words = last_line(&watch->server);
    if (WIFEXITED(watch->server.status) && WEXITSTATUS(watch->server.status) > 0)
        fprintf(stderr, "iolab watch: %s\n", words);
    else
        fprintf(stderr, "iolab watch: the server has ended (%s) before it listened: %s\n",
                child_exit_word(&watch->server), words);
    int status = WIFEXITED(watch->server.status) ? WEXITSTATUS(watch->server.status) : 1;
    return status == 2 || status == 77 ? status : 1;
}

static int tell_births(void)
{
    fprintf(stderr, "iolab watch: it has more than %d processes, and was stopped: does each child end when its work "
                    "is done?\n", BIRTHS_MOST);
    return 1;
}

static int await_ready(struct watch *watch)
{
    for (double end = now_ms() + READY_MS; now_ms() < end && !cmd_interrupted;) {
        if (child_is_ready(&watch->server))
            return 0;
        if (!child_alive(&watch->server))
            return tell_early_end(watch);
        if (watch->forks)
            return tell_births();
        turn(watch);
    }
    if (cmd_interrupted)
        return 130;
    fprintf(stderr, "iolab watch: after %d s it has neither said `ready NAME ADDRESS:PORT` nor listened on port %d; "
                    "put {port} where it takes its port\n", READY_MS / 1000, ntohs(watch->server.address.sin_port));
    return 1;
}

/* -- The end ----------------------------------------------------------------------------------------------------- */

/* The books of our servers; whatever others print. In a file their lines are as they were. */
static void print_last_words(const struct watch *watch)
{
    const struct child *server = &watch->server;
    enum { MOST = 2000, UNBROKEN = 10000 };
    char text[MOST + 1];
    off_t size = lseek(server->err, 0, SEEK_END);
    ssize_t n = pread(server->err, text, MOST, size > MOST ? size - MOST : 0);
    if (n <= 0)
        return;
    text[n] = '\0';
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
        if (rest || *line)
            wrap_print(stdout, line, 0, 0, isatty(STDOUT_FILENO) ? watch->columns : UNBROKEN);
}

static void sum_up(const struct watch *watch, int64_t end_ns)
{
    char text[400];
    narrate_sum_up(watch->narrator, end_ns, text, sizeof text);
    putchar('\n');
    print_last_words(watch);
    wrap_print(stdout, text, 0, 0, watch->columns);
    fflush(stdout);
}

static void ask_to_end(struct watch *watch)
{
    child_signal(&watch->server, SIGTERM);
    if (watch->stopped)
        child_signal(&watch->server, SIGCONT);
    watch_until_end(watch, now_ms() + END_MS);
}

/* Ctrl-C: as it is ended by its own terminal. A second one, or five seconds: by force. */
static int end(struct watch *watch)
{
    bool by_itself = !child_alive(&watch->server);
    cmd_interrupted = 0;
    clear_status(watch);
    watch->live = false;
    if (!by_itself && !watch->forks)
        narrate_farewell(watch->narrator, now_ns());
    if (!watch->forks)
        ask_to_end(watch);
    for (double wait_ms = now_ms() + STATUS_MS; watch->server.ended && !trace_is_over(watch->trace) &&
         now_ms() < wait_ms;)
        turn(watch);
    turn(watch);
    int64_t end_ns = now_ns();
    narrate_finish(watch->narrator, end_ns);
    sum_up(watch, end_ns);
    bool well = watch->server.ended && watch->server.status == 0;
    if (watch->forks)
        tell_births();
    else if (by_itself)
        fprintf(stderr, "iolab watch: the server has ended by itself (%s)\n", child_exit_word(&watch->server));
    else if (!watch->server.ended)
        fprintf(stderr, "iolab watch: it did not end when it was told to, and was killed\n");
    return well && !by_itself ? 0 : 1;
}

/* What the kernel has of that client. Its last word, which counts as a byte there, is none. */
static int64_t unread_of(void *context, int port)
{
    const struct watch *watch = context;
    struct socket_seen end;
    if (!socket_find(&watch->server.address, (uint16_t)port, &end) || !end.inode)
        return -1;
    return end.unread - (end.ended && end.unread > 0);
}

static bool lives(pid_t tid) { return kill(tid, 0) == 0 || errno != ESRCH; }

static int watch(const struct wish *wish)
{
    static struct watch watch;
    const char *terminal = getenv("TERM");
    watch.live = isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    watch.colour = watch.live && !getenv("NO_COLOR");
    int status = start(&watch, wish);
    if (status)
        return status;
    watch.columns = watch.live ? screen_width(USUAL_WIDTH) : USUAL_WIDTH;
    watch.narrator = narrate_new((struct narrate_options){.columns = watch.columns, .tell = on_line, .context = &watch,
                                                          .lives = lives, .unread = unread_of});
    bool live = watch.live;
    watch.live = false;
    status = await_ready(&watch);
    if (!status) {
        await_calm(&watch);
        introduce(&watch, wish);
        watch.live = live;
        narrate_speak(watch.narrator, now_ns());
        watch_until_end(&watch, 1e18);
        status = end(&watch);
    }
    child_kill(&watch.server);
    child_spare(0);
    trace_end(watch.trace);
    narrate_free(watch.narrator);
    return status;
}

/* -- Options ----------------------------------------------------------------------------------------------------- */

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                            {"service", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        char *end = NULL;
        if (o == 'p')
            wish->port = (int)strtol(optarg, &end, 10);
        if (o == 'p' && (*end || end == optarg || wish->port < 0 || wish->port > 65535)) {
            fprintf(stderr, "iolab watch: --port %s: want a number from 0 to 65535\n", optarg);
            return 2;
        }
        if (o == 's')
            wish->service = optarg;
        if (o == 'h' || o == '?') {
            help(o == 'h' ? stdout : stderr);
            return o == 'h' ? 0 : 2;
        }
    }
    return -1;
}

/* The words of the command: ours with its options, or somebody's. */
static void fill_in(struct wish *wish, char *const *rest, int count)
{
    static char path[PATH_MAX + 64], port[16];
    int n = 0;
    if (*wish->model) {
        snprintf(path, sizeof path, "%s", cmd_model_path(wish->model));
        snprintf(port, sizeof port, "%d", wish->port);
        char *const own[] = {path, (char *)"--quiet", (char *)"--port", port, (char *)"--service",
                             (char *)wish->service};
        for (; n < (int)(sizeof own / sizeof *own); n++)
            wish->argv[n] = own[n];
    }
    for (int i = 0; i < count && n < WORDS_MOST; i++)
        wish->argv[n++] = rest[i];
}

/* A server that is asked for its help has nothing to be watched at: it answers, in place of iolab. */
static void answer_for_help(const struct wish *wish)
{
    for (int i = 1; *wish->model && wish->argv[i]; i++)
        if (strcmp(wish->argv[i], "--help") == 0)
            execv(wish->argv[0], wish->argv);
}

int cmd_watch(int argc, char **argv)
{
    struct wish wish = {.model = "", .service = "echo", .port = -1};
    int end = cmd_words_before_command(argc, argv);
    cmd_heed_interrupts();
    int status = parse(end, argv, &wish);
    if (status >= 0)
        return status;
    if (optind < end)
        wish.model = argv[optind++];
    if (optind < end || (!*wish.model && end >= argc - 1)) {
        help(stderr);
        fprintf(stderr, "\niolab watch: want one MODEL, or -- COMMAND\n");
        return 2;
    }
    if (*wish.model && !cmd_is_model(wish.model))
        return cmd_no_such_model("watch", wish.model);
    if (wish.port < 0)
        wish.port = *wish.model ? 8080 : 0;
    fill_in(&wish, argv + end + 1, argc - end - 1);
    answer_for_help(&wish);
    return watch(&wish);
}
