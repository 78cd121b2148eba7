#define _GNU_SOURCE
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/child/socket.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_CHILDREN = 16, OTHERS_MOST = MOST_CHILDREN + 2, OUTPUT_MOST = 16 << 20,
    LOOK_MS = 1, COUNT_MS = 10, FREEZE_MS = 2000, KILL_MS = 10000
};

static struct child *children[MOST_CHILDREN];
static pid_t spared;

/* -- Starting ---------------------------------------------------------------------------------------------------- */

/* Whatever else is open here, by us or by who started us, is not the program's. */
static void close_others(int report)
{
#ifdef SYS_close_range
    syscall(SYS_close_range, 3u, (unsigned)report - 1, 0);
    syscall(SYS_close_range, (unsigned)report + 1, ~0u, 0);
#else
    (void)report;
#endif
}

/* Who has no terminal cannot write beside us on it, either. */
static void leave_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) {
        ioctl(terminal, TIOCNOTTY);
        close(terminal);
    }
}

/* Where memory ends, the kernel kills this one, and not somebody's editor (proc(5), oom_score_adj). */
static void go_first(void)
{
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        ssize_t written = write(score, "1000", 4);
        (void)written;
        close(score);
    }
}

/* What is to do in the child, between fork and exec: async-signal-safe calls only. Returns the call that failed. */
static const char *prepare(const struct child_options *options, const struct child *child, pid_t parent, int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int signal_number = 1; signal_number < NSIG; signal_number++)
        signal(signal_number, SIG_DFL);     /* what we ignore, exec would hand on: SIGPIPE, say */
    setpgid(0, 0);              /* a Ctrl-C at our terminal is ours to pass on */
    leave_terminal();
    go_first();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    const char *failed = options->before_exec ? options->before_exec(options->context) : NULL;
    if (failed)
        return failed;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (options->cpu >= 0) {
        CPU_SET((size_t)options->cpu, &cpus);
        sched_setaffinity(0, sizeof cpus, &cpus);
    }
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(child->out, 1) < 0 || dup2(child->err, 2) < 0)
        return "dup2";
    close_others(report);
    for (int fd = options->inherit_first; fd > 0 && fd <= options->inherit_last; fd++)
        if (dup2(0, fd) < 0)
            return "dup2 (a descriptor to inherit)";
    struct rlimit output = {OUTPUT_MOST, OUTPUT_MOST};
    struct rlimit files = {(rlim_t)options->nofile, (rlim_t)options->nofile};
    struct rlimit signals = {(rlim_t)options->sigpending, (rlim_t)options->sigpending};
    struct rlimit processes = {(rlim_t)options->nproc, (rlim_t)options->nproc};
    setrlimit(RLIMIT_FSIZE, &output);
    if (options->nofile && setrlimit(RLIMIT_NOFILE, &files) < 0)
        return "setrlimit (nofile)";
    if (options->sigpending && setrlimit(RLIMIT_SIGPENDING, &signals) < 0)
        return "setrlimit (sigpending)";
    if (options->nproc && setrlimit(RLIMIT_NPROC, &processes) < 0)
        return "setrlimit (nproc)";
    return NULL;
}

struct failure { int error; char call[60]; };

/* The pipe closes by itself when exec succeeds: an empty read is success. */
static bool fork_and_exec(struct child *child, const struct child_options *options, char **argv,
                          struct failure *failure)
{
    int report[2];
    pid_t parent = getpid();
    if (pipe2(report, O_CLOEXEC) < 0) {
        *failure = (struct failure){errno, "pipe2"};
        return false;
    }
    if ((child->pid = fork()) < 0) {
        *failure = (struct failure){errno, "fork"};
        close(report[0]);
        close(report[1]);
        return false;
    }
    if (child->pid == 0) {
        int high = fcntl(report[1], F_DUPFD_CLOEXEC, options->inherit_last + 3);
        const char *call = "fcntl (a descriptor above those to inherit)";
        if (high >= 0)
            call = prepare(options, child, parent, high);
        else
            high = report[1];
        if (!call)
            execvp(argv[0], argv);
        struct failure mine = {.error = errno};
        snprintf(mine.call, sizeof mine.call, "%s", call ? call : argv[0]);
        _exit(write(high, &mine, sizeof mine) < 0 ? 126 : 127);
    }
    close(report[1]);
    bool failed = read(report[0], failure, sizeof *failure) == (ssize_t)sizeof *failure;
    close(report[0]);
    if (failed)
        waitpid(child->pid, NULL, 0);
    return !failed;
}

/* A port that was free a moment ago, in network order; 0 if none could be had. */
static in_port_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0 || bind(probe, (struct sockaddr *)&address, size) < 0 ||
        getsockname(probe, (struct sockaddr *)&address, &size) < 0)
        address.sin_port = 0;
    if (probe >= 0)
        close(probe);
    return address.sin_port;
}

/* A copy of the words with {port} filled in; sets the child's port where it was. The words are freed with the array. */
static char **words_with_port(struct child *child, char *const *argv, int port)
{
    size_t count = 0;
    while (argv[count])
        count++;
    char **words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words && i < count; i++) {
        const char *at = strstr(argv[i], "{port}");
        if (at && !child->foreign)
            child->address.sin_port = port ? htons((in_port_t)port) : free_port();
        child->foreign |= at != NULL;
        int made = at ? asprintf(&words[i], "%.*s%d%s", (int)(at - argv[i]), argv[i], ntohs(child->address.sin_port),
                                 at + strlen("{port}"))
                      : asprintf(&words[i], "%s", argv[i]);
        if (made < 0)
            words[i] = NULL;
    }
    return words;
}

static void free_words(char **words)
{
    for (int i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

static void remember(struct child *child)
{
    for (int i = 0; i < MOST_CHILDREN; i++)
        if (!children[i]) {
            children[i] = child;
            return;
        }
}

bool child_start(struct child *child, const struct child_options *options, char *why, size_t size)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    *child = (struct child){.address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    child->out = memfd_create("stdout", MFD_CLOEXEC);
    child->err = memfd_create("stderr", MFD_CLOEXEC);
    char **words = words_with_port(child, options->argv, options->port);
    struct failure failure = {errno, "memfd_create"};
    bool started = child->out >= 0 && child->err >= 0 && words && words[0] &&
                   fork_and_exec(child, options, words, &failure);
    free_words(words);
    if (started) {
        remember(child);
        return true;
    }
    close(child->out);
    close(child->err);
    snprintf(why, size, "%s: %s%s", failure.call, strerror(failure.error),
             failure.error == ENOENT ? " (is it built? `make` builds the servers)" : "");
    return false;
}

/* -- What it printed --------------------------------------------------------------------------------------------- */

static ssize_t tail(int fd, char *text, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
    ssize_t n = pread(fd, text, size - 1, from);
    text[n > 0 ? n : 0] = '\0';
    return n;
}

/* NULL: it printed nothing. Its errors come first; without the newlines at the end. */
static char *last_printed(const struct child *child, char *text, size_t size)
{
    if (tail(child->err, text, size) <= 0 && tail(child->out, text, size) <= 0)
        return NULL;
    char *end = text + strlen(text);
    while (end > text && end[-1] == '\n')
        *--end = '\0';
    return text;
}

static const char *as_one_line(char *text)
{
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = *at == '\n' ? '|' : '?';
    return text;
}

const char *child_last_words(const struct child *child)
{
    static char text[400];
    return last_printed(child, text, sizeof text) ? as_one_line(text) : "it said nothing";
}

const char *child_last_lines(const struct child *child)
{
    enum { LINES = 2, SHOWN = 360 };
    static char text[4096];
    char *begin = last_printed(child, text, sizeof text);
    if (!begin)
        return "it said nothing";
    char *at = text + strlen(text);
    for (int lines = 0; at > text && lines < LINES; at--)
        lines += at[-1] == '\n';
    begin = *at == '\n' ? at + 1 : at;
    if (strlen(begin) > SHOWN + strlen(" ..."))
        strcpy(begin + SHOWN, " ...");
    return as_one_line(begin);
}

bool child_said(const struct child *child, const char *key, double *number)
{
    char text[8192];
    bool found = false;
    const int sources[] = {child->out, child->err};
    for (int i = 0; i < 2; i++) {
        tail(sources[i], text, sizeof text);
        for (char *at = text; (at = strstr(at, key)); at += strlen(key)) {
            char *digits = at + strlen(key) + strspn(at + strlen(key), " =:\t");
            char *end;
            double n = strtod(digits, &end);
            if (end > digits) {
                *number = n;
                found = true;
            }
        }
    }
    return found;
}

bool child_printed(const struct child *child, const char *bytes, size_t n)
{
    static char text[65536];
    const int sources[] = {child->out, child->err};
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        ssize_t length = tail(sources[i], text, sizeof text);
        found = length > 0 && memmem(text, (size_t)length, bytes, n);
    }
    return found;
}

/* glibc has sigabbrev_np only from 2.32 on. */
static const char *signal_name(int signal_number)
{
    static const struct { int number; const char *name; } known[] = {
        {SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGHUP, "SIGHUP"},
        {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"}, {SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"},
        {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},   {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGUSR1, "SIGUSR1"},
        {SIGUSR2, "SIGUSR2"}, {SIGXFSZ, "SIGXFSZ"}, {SIGIO, "SIGIO"}};
    static char other[24];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == signal_number)
            return known[i].name;
    if (signal_number == SIGRTMIN)
        return "SIGRTMIN";
    if (signal_number > SIGRTMIN && signal_number <= SIGRTMAX)
        snprintf(other, sizeof other, "SIGRTMIN+%d", signal_number - SIGRTMIN);
    else
        snprintf(other, sizeof other, "signal %d", signal_number);
    return other;
}

const char *child_exit_word(const struct child *child)
{
    static char word[24];
    if (!child->ended)
        return "running";
    if (!WIFEXITED(child->status))
        return signal_name(WTERMSIG(child->status));
    snprintf(word, sizeof word, "%d", WEXITSTATUS(child->status));
    return word;
}

/* -- Ready ------------------------------------------------------------------------------------------------------- */

static bool said_ready(struct child *child)
{
    char text[256], host[64];
    int port;
    ssize_t n = pread(child->out, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    if (!strchr(text, '\n') || sscanf(text, "ready %31s %63[^:]:%d", child->model, host, &port) != 3)
        return false;
    child->address.sin_port = htons((in_port_t)port);
    if (inet_pton(AF_INET, host, &child->address.sin_addr) != 1 || child->address.sin_addr.s_addr == htonl(INADDR_ANY))
        child->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return true;
}

bool child_is_ready(struct child *child)
{
    struct socket_seen listener;
    return child->foreign ? socket_find(&child->address, 0, &listener) : said_ready(child);
}

enum child_verdict child_await_ready(struct child *child, int deadline_ms)
{
    static struct tree tree;
    double next_count = now_ms();
    for (double end = next_count + deadline_ms, now = next_count; now < end; pause_ms(LOOK_MS), now = now_ms()) {
        if (child_is_ready(child))
            return CHILD_READY;
        if (!child_alive(child))
            return CHILD_ENDED;
        if (now >= next_count && child_tree_above(child, &tree, CHILD_BIRTHS)) {
            child_freeze(child);
            return CHILD_FORKS;
        }
        next_count = now >= next_count ? now + COUNT_MS : next_count;
    }
    return CHILD_LATE;
}

/* -- The end ----------------------------------------------------------------------------------------------------- */

bool child_alive(struct child *child)
{
    if (!child->ended && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
        child->ended = true;
    return !child->ended;
}

void child_signal(struct child *child, int signal_number)
{
    if (signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGKILL)
        child->asked_to_end = true;
    if (child_alive(child))
        kill(child->pid, signal_number);
}

bool child_await_end(struct child *child, int deadline_ms)
{
    for (double end = now_ms() + deadline_ms; child_alive(child) && now_ms() < end;)
        pause_ms(LOOK_MS);
    return child->ended;
}

/* Children of this process that are not to be found with this one. */
static int others(const struct child *child, pid_t pids[OTHERS_MOST])
{
    int count = 0;
    pids[count++] = spared;
    pids[count++] = child->pid;         /* the root stands in the tree anyway */
    for (int i = 0; i < MOST_CHILDREN; i++)
        if (children[i] && children[i] != child)
            pids[count++] = children[i]->pid;
    return count;
}

void child_tree(const struct child *child, struct tree *tree)
{
    pid_t mine[OTHERS_MOST];
    tree_collect(tree, TREE_MOST, child->pid, mine, others(child, mine));
}

bool child_tree_above(const struct child *child, struct tree *tree, int most)
{
    pid_t mine[OTHERS_MOST];
    tree_collect(tree, most + 1, child->pid, mine, others(child, mine));
    return tree->count > most;
}

void child_spare(pid_t pid) { spared = pid; }

static bool same(const struct tree *a, const struct tree *b)
{
    return a->count == b->count && memcmp(a->pids, b->pids, (size_t)a->count * sizeof *a->pids) == 0;
}

/* The group that the server began in is stopped at once, however many they are. It is known by a member: the number of
 * the first process may be another group's when it is gone. */
static void stop_group(const struct child *child, const struct tree *tree)
{
    bool found = !child->ended;
    for (int i = 1; i < tree->count && !found; i++)
        found = getpgid(tree->pids[i]) == child->pid;
    if (found)
        kill(-child->pid, SIGSTOP);
}

/* Stops the tree until it holds nobody new: what is stopped cannot fork. A thousand that run share a CPU with us alike,
 * so we go first where we may, and the first call stops most of them. */
void child_freeze(struct child *child)
{
    static struct tree before, tree;
    pid_t mine[OTHERS_MOST];
    int count = others(child, mine), nice = getpriority(PRIO_PROCESS, 0);
    setpriority(PRIO_PROCESS, 0, -20);
    child_alive(child);
    tree.count = 0;
    double end = now_ms() + FREEZE_MS;
    do {
        before = tree;
        stop_group(child, &tree);
        tree_stop(&tree, child->pid, !child->ended, mine, count);
    } while (!same(&before, &tree) && now_ms() < end);
    setpriority(PRIO_PROCESS, 0, nice);
}

/* Those who ran through the sweep, being born and dead in between, are caught by one of the next. */
void child_kill(struct child *child)
{
    static struct tree tree;
    child->asked_to_end = true;
    child_alive(child);
    for (double end = now_ms() + KILL_MS; now_ms() < end;) {
        child_freeze(child);
        child_tree(child, &tree);
        for (int i = child->ended; i < tree.count; i++)
            kill(tree.pids[i], SIGKILL);
        if (!child->ended && waitpid(child->pid, &child->status, 0) == child->pid)
            child->ended = true;
        for (int i = 1; i < tree.count; i++)
            waitpid(tree.pids[i], NULL, 0);
        child_tree(child, &tree);
        if (child->ended && tree.count == 1)
            break;
    }
    for (int i = 0; i < MOST_CHILDREN; i++)
        if (children[i] == child)
            children[i] = NULL;
    close(child->out);
    close(child->err);
    child->out = child->err = -1;
}
