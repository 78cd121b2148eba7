/* Are the phases of a request found in a trace, whoever waits, and do text, drawing and file tell the same of it? Each
 * server is a few events made by hand: the client sends at 100 ms. */
#define _GNU_SOURCE
#include "harness/figure/phases.h"
#include "harness/figure/text.h"
#include "harness/tests/check.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { US = 1000, SEND = 100000 * US, MAIN = 10, OTHER = 11 };

static struct trace_event events[64];
static int count;

/* -- Events by hand: in microseconds from when the client sends --------------------------------------------------- */

static struct trace_event *call(pid_t tid, long number, int from_us, int to_us, int64_t result)
{
    struct trace_event *event = &events[count++];
    *event = (struct trace_event){.kind = TRACE_CALL, .pid = MAIN, .tid = tid, .number = number, .result = result,
                                  .entered_ns = SEND + from_us * US, .returned_ns = SEND + to_us * US, .fd = -1,
                                  .error = result < 0 ? EAGAIN : 0};
    return event;
}

static struct trace_event *about(pid_t tid, long number, int from_us, int to_us, int64_t result)
{
    struct trace_event *event = call(tid, number, from_us, to_us, result);
    event->fd = 5;
    event->who = (struct fd_who){.kind = FD_CONNECTION, .number = 1};
    return event;
}

static struct trace_event *blocking(struct trace_event *event)
{
    event->may_block = true;
    event->waited = event->returned_ns - event->entered_ns > TRACE_WAIT_US * US;
    return event;
}

static void waits(pid_t tid, long number, int from_us, int to_us)
{
    struct trace_event *event = blocking(call(tid, number, from_us, to_us, 1));
    event->ready_count = 1;
    event->ready[0] = (struct trace_ready){{.kind = FD_CONNECTION, .number = 1}, 5, POLLIN};
    event->signal_number = SIGRTMIN;
}

static struct figure find(const char *model)
{
    const struct figure_stamps stamps = {SEND, SEND + 30 * US, SEND + 50000 * US};
    struct figure figure;
    figure_find(&figure, model, MAIN, events, count, &stamps);
    return figure;
}

/* -- The ways to wait -------------------------------------------------------------------------------------------- */

static struct figure like_blocking(void)
{
    count = 0;
    blocking(about(MAIN, SYS_read, -50000, 24, 6));
    about(MAIN, SYS_write, 30, 40, 6);
    return find("blocking");
}

static struct figure like_nonblocking(void)
{
    count = 0;
    for (int i = 0; i < 20; i++) {
        call(MAIN, SYS_accept4, -50000 + 1000 * i, -49990 + 1000 * i, -1);
        about(MAIN, SYS_read, -49980 + 1000 * i, -49970 + 1000 * i, -1);
    }
    about(MAIN, SYS_read, -5, 12, 6);       /* held up between its entry and the kernel's work: it never waits */
    about(MAIN, SYS_write, 30, 40, 6);
    return find("nonblocking");
}

static struct figure like_poll(void)
{
    count = 0;
    waits(MAIN, SYS_ppoll, -50000, 31);
    about(MAIN, SYS_read, 50, 58, 6);
    call(MAIN, SYS_futex, 60, 65, 0);
    about(MAIN, SYS_write, 70, 80, 6);
    about(MAIN, SYS_write, 90, 95, 6);      /* of no interest any more, as the futex */
    return find("poll");
}

static struct figure like_epoll_et(void)
{
    count = 0;
    struct trace_event *add = about(MAIN, SYS_epoll_ctl, -50100, -50090, 0);
    add->args[1] = EPOLL_CTL_ADD;
    add->wanted = EPOLLIN | EPOLLET;
    about(MAIN, SYS_read, -50080, -50070, -1);
    waits(MAIN, SYS_epoll_pwait, -50000, 31);
    about(MAIN, SYS_read, 50, 58, 6);
    return find("epoll-et");
}

static struct figure like_signal_io(void)
{
    count = 0;
    struct trace_event *ask = about(MAIN, SYS_fcntl, -50100, -50090, 0);
    ask->args[1] = F_SETFL;
    ask->args[2] = O_ASYNC;
    waits(MAIN, SYS_rt_sigtimedwait, -50000, 31);
    about(MAIN, SYS_read, 50, 58, 6);
    return find("signal-io");
}

static struct figure like_aio(void)
{
    count = 0;
    call(MAIN, SYS_clone, -50100, -50050, OTHER);
    blocking(about(OTHER, SYS_read, -50000, 41, 6));
    call(OTHER, SYS_rt_sigqueueinfo, 50, 60, 0);
    waits(MAIN, SYS_rt_sigtimedwait, -49990, 74);
    about(OTHER, SYS_write, 150, 160, 6);
    return find("aio");
}

static struct figure like_thread(void)
{
    count = 0;
    call(MAIN, SYS_clone, -50100, -50050, OTHER);
    blocking(about(OTHER, SYS_read, -50000, 32, 6));
    about(OTHER, SYS_write, 50, 60, 6);
    blocking(call(MAIN, SYS_accept4, -49990, 0, 0))->returned_ns = 0;
    return find("thread");
}

static struct figure like_fork(void)
{
    struct figure figure = like_thread();
    for (int i = 0; i < count; i++)
        events[i].pid = events[i].tid;
    figure = find("fork");
    return figure;
}

static struct figure like_uring(void)
{
    count = 0;
    waits(MAIN, SYS_io_uring_enter, -50000, 53);
    waits(MAIN, SYS_io_uring_enter, 60, 62);
    return find("uring");
}

static struct figure (*const makers[])(void) = {like_blocking, like_nonblocking, like_poll, like_epoll_et,
                                                like_signal_io, like_aio, like_thread, like_fork, like_uring};
enum { MAKERS = sizeof makers / sizeof *makers };

/* -- Phases ------------------------------------------------------------------------------------------------------ */

static void phases_are(const struct figure *figure, enum figure_way way, int wait_us, int copy_us, int done_us)
{
    struct figure_phases phases = figure_phases(figure);
    int64_t copied_ns = phases.copy_to_ns - phases.copy_from_ns;
    CHECK(!*figure->cannot, "%s: %s", figure->model, figure->cannot);
    CHECK(phases.way == way, "%s waits in way %d, want %d", figure->model, (int)phases.way, (int)way);
    CHECK(phases.wait_ns == wait_us * US, "%s: waited %lld ns for data", figure->model, (long long)phases.wait_ns);
    CHECK(copied_ns == copy_us * US, "%s: copied in at most %lld ns", figure->model, (long long)copied_ns);
    CHECK(phases.done_ns == done_us * US, "%s: has it after %lld ns", figure->model, (long long)phases.done_ns);
}

static void says(const struct figure *figure, const char *want)
{
    char text[400];
    figure_say(figure, text, sizeof text);
    CHECK(strcmp(text, want) == 0, "%s", text);
}

static void test_phases(void)
{
    struct figure figure = like_blocking();
    phases_are(&figure, FIGURE_INSIDE, 50000, 24, 24);
    says(&figure, "blocking waits in read itself: 50.0 ms for data, then at most 24 us to wake up and copy it.");
    figure = like_nonblocking();
    phases_are(&figure, FIGURE_ASKS, 49980, 12, 12);
    says(&figure, "nonblocking never waits: in 50.0 ms it asks 20 times in vain (untraced, more often), then takes at "
                  "most 12 us to copy the data.");
    figure = like_poll();
    phases_are(&figure, FIGURE_READINESS, 50000, 8, 58);
    says(&figure, "poll waits in poll, not in read: 50.0 ms for data, then at most 8 us to copy it.");
    figure = like_epoll_et();
    phases_are(&figure, FIGURE_READINESS, 50100, 8, 58);
    figure = like_signal_io();
    phases_are(&figure, FIGURE_BY_SIGNAL, 50100, 8, 58);
    says(&figure, "signal-io waits for a signal, not in read: 50.1 ms for data, then at most 8 us to copy it.");
}

static void test_helpers(void)
{
    struct figure figure = like_aio();
    phases_are(&figure, FIGURE_HELPED, 50000, 41, 74);
    says(&figure, "aio does not read: a hidden thread waits in read for 50.0 ms, wakes up and copies the data in at "
                  "most 41 us, and tells main.");
    figure = like_thread();
    phases_are(&figure, FIGURE_INSIDE, 50000, 32, 32);
    says(&figure, "thread waits in read, in a thread that serves this client alone: 50.0 ms for data, then at most 32 "
                  "us to wake up and copy it.");
    figure = like_fork();
    phases_are(&figure, FIGURE_INSIDE, 50000, 32, 32);
    CHECK(strcmp(figure.lane[1], "process") == 0, "%s", figure.lane[1]);
    events[count - 2] = events[count - 1];
    count--;
    figure = find("thread, without an answer");
    phases_are(&figure, FIGURE_INSIDE, 50000, 32, 32);
    like_thread();
    events[count - 1].returned_ns = SEND + 300 * US;
    figure = find("thread, with a newcomer behind the answer");
    phases_are(&figure, FIGURE_INSIDE, 50000, 32, 32);
    figure = like_uring();
    phases_are(&figure, FIGURE_NOBODY, 50000, 53, 53);
    says(&figure, "With uring nobody calls read: 50.0 ms for data, and at most 53 us later the kernel has copied it.");
}

static void test_no_figure(void)
{
    count = 0;
    waits(MAIN, SYS_ppoll, -50000, 31);
    struct figure figure = find("deaf");
    says(&figure, "deaf cannot be shown: nobody was seen to read what the client sent");
    about(MAIN, SYS_read, 50, 58, 6);
    events[0] = events[--count];
    figure = find("late");
    CHECK(figure_phases(&figure).way == FIGURE_LATE, "who asks after the data came waits in way %d",
          (int)figure_phases(&figure).way);
}

/* -- Text -------------------------------------------------------------------------------------------------------- */

static char *text_of(const struct figure *figures, int number, int width, bool plain)
{
    char *text;
    size_t size;
    struct text_look look = {open_memstream(&text, &size), width, plain};
    if (number == 1)
        text_figure(&look, figures);
    else
        text_figures(&look, figures, number);
    fclose(look.to);
    return text;
}

static void shows(const struct figure *figure, const char *want)
{
    char *text = text_of(figure, 1, 60, true);
    CHECK(strstr(text, want), "not this:\n%s\nbut:\n%s", want, text);
    free(text);
}

static void test_text(void)
{
    struct figure poll_like = like_poll(), aio = like_aio();
    shows(&poll_like, "           application                kernel\n"
                      " -50.0 ms  #- poll ------------------>| \\ wait for data\n"
                      "           # asleep                   | | 50.0 ms\n"
                      "        0  #               data comes o /\n"
                      "   +31 us  |<- A in ------------------|\n"
                      "   +50 us  |- read A ---------------->| \\ copy to the user\n"
                      "           |                copies it o | <= 8 us\n"
                      "   +58 us  |<- 6 bytes ---------------| /\n"
                      "   +80 us  o write A: 6 bytes         |\n");
    shows(&aio, "           main         hidden thread kernel\n");
    shows(&aio, "        0  #            #  data comes o /\n"
                "           #            #   copies it o \\ copy to the user\n"
                "   +41 us  #            |<- 6 bytes --| / <= 41 us\n");
    shows(&aio, "   +74 us  |<= SIGRTMIN for A (in) ===|\n");
    shows(&aio, " -50.0 ms  o clone: the reader        |\n");
    char *text = text_of(&poll_like, 1, 60, true);
    CHECK(text[strlen(text) - 2] == '|' && strstr(text, "write A") == strrchr(text, 'w'), "more than that:\n%s", text);
    free(text);
}

/* What has no room is cut, and the kernel stays in its column. */
static void test_long_words(void)
{
    like_poll();
    events[0].result = events[0].ready_count = 4;
    for (int i = 1; i < 4; i++)
        events[0].ready[i] = events[0].ready[0];
    struct figure figure = find("poll");
    shows(&figure, "   +31 us  |<- A in; A in; A in; A.. -|\n");
    figure = like_epoll_et();
    shows(&figure, " -50.1 ms  o epoll_ctl: add A (in, .. |");
}

/* The widest line, in characters. */
static int width_of(const char *text)
{
    int widest = 0, width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80;
        widest = *text != '\n' && width > widest ? width : widest;
        width = *text == '\n' ? 0 : width;
    }
    return widest;
}

static void test_widths(void)
{
    struct figure figures[MAKERS];
    for (int i = 0; i < MAKERS; i++)
        figures[i] = makers[i]();
    for (int width = TEXT_NARROWEST; width <= TEXT_WIDEST; width++) {
        char *text = text_of(figures, MAKERS, width, width % 2);
        CHECK(width_of(text) <= width, "%d columns in %d:\n%s", width_of(text), width, text);
        free(text);
        for (int i = 0; i < MAKERS; i++) {
            text = text_of(&figures[i], 1, width, width % 2);
            CHECK(width_of(text) <= width, "%d columns in %d:\n%s", width_of(text), width, text);
            free(text);
        }
    }
}

static void test_all_at_once(void)
{
    struct figure figures[] = {like_blocking(), like_poll(), like_aio(), like_uring()};
    char *text = text_of(figures, 4, 80, true);
    CHECK(strstr(text, "... in read itself: blocking\n"), "%s", text);
    CHECK(strstr(text, "... until somebody else has read: aio and uring\n"), "%s", text);
    CHECK(!strstr(text, "again and again"), "nobody asks again and again:\n%s", text);
    free(text);
}

static void test_wakes_is_no_copy(void)
{
    struct figure figures[] = {like_blocking(), like_poll(), like_aio(), like_uring()};
    char *text = text_of(figures, 4, 80, true);
    const char *blocking = strstr(text, "\nblocking "), *poll = strstr(text, "\npoll ");
    CHECK(strcspn(blocking + 1, "%") < strcspn(blocking + 1, "\n") && strcspn(blocking + 1, "#") > strcspn(blocking + 1,
          "\n"), "who wakes up and copies is drawn as a copy alone:\n%s", text);
    CHECK(strcspn(poll + 1, "#") < strcspn(poll + 1, "\n"), "who only copies is not drawn as one:\n%s", text);
    CHECK(strstr(text, "= asleep  . asks  - on its way to read, or to main\n"), "the legend lacks a mark:\n%s", text);
    CHECK(strstr(text, "% wakes up and copies  # copies  o has the data\n"), "the legend lacks a mark:\n%s", text);
    const char *both = strstr(text, "wakes up and\n"), *alone = strstr(text, "\n\n             waits ");
    const char *row = strstr(text, "poll         in poll            50.0 ms      31 us      8 us\n");
    CHECK(both && alone && both < alone && row && alone < row, "poll does not stand with those who copy:\n%s", text);
    CHECK(strstr(both, "\naio          hidden: read       50.0 ms "), "who waits for aio is not told:\n%s", text);
    CHECK(!strstr(alone, "\nblocking "), "blocking stands with those who only copy:\n%s", text);
    free(text);
}

/* -- Drawings ---------------------------------------------------------------------------------------------------- */

static char *drawing_of(const struct figure *figures, int number, int width)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (width > 0)
        figure_draw_all(to, figures, number, "all", width, true);
    else
        figure_draw(to, figures, "one", true);
    fclose(to);
    return text;
}

struct label { double x, y, width; bool title; char text[100]; };

/* The labels of a drawing, and how wide they are at most in the sizes of its style. Returns how many. */
static int labels_of(const char *drawing, struct label *labels, int most)
{
    int found = 0;
    for (const char *at = drawing; found < most && (at = strstr(at, "<text x=")); at++) {
        struct label *label = &labels[found];
        char class[40];
        if (sscanf(at, "<text x=\"%lf\" y=\"%lf\" class=\"%39[^\"]\">%99[^<]", &label->x, &label->y, class,
                   label->text) != 4)
            continue;
        int characters = 0;
        for (const char *c = label->text; *c; c++)
            characters += ((unsigned char)*c & 0xc0) != 0x80;
        label->title = strstr(class, "title");
        label->width = characters * (strstr(class, "soft") ? 6.2 : 6.9);
        label->x -= strstr(class, "end") ? label->width : strstr(class, "mid") ? label->width / 2 : 0;
        found++;
    }
    return found;
}

static void check_labels(const char *drawing, const char *what, int width)
{
    enum { MOST = 200 };
    static struct label labels[MOST];
    int found = labels_of(drawing, labels, MOST);
    CHECK(found > 5, "%s has %d labels", what, found);
    for (int i = 0; i < found; i++) {
        const struct label *a = &labels[i];
        bool crosses = width == 560 && !a->title && a->x < 440 && a->x + a->width > 442;
        CHECK(!crosses, "%s: \"%s\" crosses the kernel's line", what, a->text);
        CHECK(a->x > -16 && a->x + a->width < width + 16, "%s, %d wide: \"%s\" is cut", what, width, a->text);
        for (int k = 0; k < i; k++) {
            const struct label *b = &labels[k];
            bool apart = fabs(a->y - b->y) >= 12 || a->x >= b->x + b->width || b->x >= a->x + a->width;
            CHECK(apart, "%s, %d wide: \"%s\" covers \"%s\"", what, width, a->text, b->text);
        }
    }
}

static void check_drawing(char *drawing, const char *what, int width)
{
    CHECK(strstr(drawing, "role=\"img\"") && strstr(drawing, "<title id=") && strstr(drawing, "<desc id="), "%s", what);
    CHECK(!strstr(drawing, "nan"), "%s has a number that is none:\n%s", what, drawing);
    for (const char *at = drawing; (at = strstr(at, " us")); at++)
        CHECK(at[-1] < '0' || at[-1] > '9', "%s has a plain unit: %.20s", what, at - 5);
    check_labels(drawing, what, width);
    free(drawing);
}

static void test_drawings(void)
{
    struct figure figures[MAKERS];
    for (int i = 0; i < MAKERS; i++) {
        figures[i] = makers[i]();
        check_drawing(drawing_of(&figures[i], 1, 0), figures[i].model, 560);
    }
    check_drawing(drawing_of(figures, MAKERS, 880), "all", 880);
    check_drawing(drawing_of(figures, MAKERS, 360), "all", 360);
    char *text = drawing_of(figures, MAKERS, 880);
    CHECK(strstr(text, "poll waits in poll, not in read: 50.0 ms for data, then at most 8 \xc2\xb5s to copy it."),
          "the alternative does not tell of poll: %s", text);
    CHECK(strstr(text, ">hidden: read; main: sigwaitinfo<"), "the thread is not told: %s", text);
    free(text);
    text = drawing_of(figures, MAKERS, 360);
    CHECK(!strstr(text, ">hidden: read; main: sigwaitinfo<"), "what has no room on the wait is told all the same");
    free(text);
}

/* A drawing of its own says what it is of, and has room for what a call said. */
static void test_drawn_alone(void)
{
    struct figure figure = like_aio();
    struct figure_step *step = &figure.steps[figure.step_count++];
    *step = (struct figure_step){FIGURE_CALL, 0, "sigwaitinfo", "no signal there (EAGAIN)", 80000, 90000, 1, true};
    char *text = drawing_of(&figure, 1, 0);
    CHECK(strstr(text, "class=\"title\">aio does not read: a hidden thread waits in read for"), "no title: %s", text);
    CHECK(strstr(text, ">sigwaitinfo: no signal there (EAGAIN)<"), "a label is cut where there is room: %s", text);
    free(text);
}

/* One who was held up does not press the others together. */
static void test_held_up(void)
{
    struct figure figures[] = {like_blocking(), like_poll(), like_aio(), like_uring()};
    CHECK(figure_axis_end(figures, 4) == 74 * US, "the axis ends at %lld ns", (long long)figure_axis_end(figures, 4));
    count = 0;
    waits(MAIN, SYS_ppoll, -50000, 6000);
    about(MAIN, SYS_read, 6010, 6020, 6);
    figures[1] = find("poll");
    CHECK(figure_axis_end(figures, 4) == 74 * US, "the axis ends at %lld ns", (long long)figure_axis_end(figures, 4));
    char *text = drawing_of(figures, 4, 880);
    CHECK(strstr(text, ">6.02 ms \xe2\x86\x92</text>"), "who ends outside is not told: %s", text);
    free(text);
    text = text_of(figures, 4, 80, true);
    CHECK(strstr(text, ">\naio"), "who ends outside does not show:\n%s", text);
    free(text);
}

/* Who never waits, and is told by a handler: there is a signal, and no wait that it ended. */
static void test_signal_without_wait(void)
{
    count = 0;
    about(MAIN, SYS_read, -50000, -49990, -1);
    struct trace_event *signal = call(MAIN, -1, 10, 10, 0);
    signal->kind = TRACE_SIGNAL;
    signal->handled = true;
    signal->signal_number = SIGIO;
    about(MAIN, SYS_read, 20, 30, 6);
    struct figure figure = find("handler");
    CHECK(figure_phases(&figure).way == FIGURE_BY_SIGNAL, "its way is %d", figure_phases(&figure).way);
    char *text = drawing_of(&figure, 1, 880);
    CHECK(strstr(text, ">handler</text>"), "it is not drawn: %s", text);
    free(text);
}

/* Whatever a program does between the coming of the data and its read, the read is what the figure is about. */
static void test_many_calls_in_passing(void)
{
    count = 0;
    waits(MAIN, SYS_ppoll, -50000, 10);
    for (int i = 0; i < 40; i++)
        call(MAIN, SYS_getpid, 20 + i, 21 + i, 7);
    about(MAIN, SYS_read, 70, 80, 6);
    struct figure figure = find("busy");
    CHECK(figure_phases(&figure).way == FIGURE_READINESS, "the read was not found: its way is %d",
          figure_phases(&figure).way);
}

/* -- As a file --------------------------------------------------------------------------------------------------- */

static char path[] = "/tmp/iolab-figure-XXXXXX";

/* Writes the text below the header, and reads it; returns what figure_read does. */
static int read_back(const char *rows, struct figure *figures, int *fault)
{
    char why[4200];
    struct csv csv;
    FILE *to = fopen(path, "w");
    fprintf(to, "%s\n%s", figure_header, rows);
    fclose(to);
    if (csv_load(&csv, path, figure_header, why, sizeof why) < 0) {
        CHECK(false, "%s", why);
        return -1;
    }
    int number = figure_read(&csv, figures, fault);
    csv_free(&csv);
    return number;
}

static void test_file(void)
{
    static struct figure figures[FIGURES_MOST];
    char *rows;
    size_t size;
    int fault;
    FILE *to = open_memstream(&rows, &size);
    for (int i = 0; i < MAKERS; i++) {
        struct figure figure = makers[i]();
        figure_write(to, &figure);
    }
    figure_write(to, &(struct figure){.model = "denied", .cannot = "tracing, \"here\", is denied"});
    fclose(to);
    CHECK(read_back(rows, figures, &fault) == MAKERS + 1, "not all of them are read back, row %d:\n%s", fault, rows);
    for (int i = 0; i < MAKERS; i++) {
        struct figure figure = makers[i]();
        char *first = drawing_of(&figure, 1, 0), *again = drawing_of(&figures[i], 1, 0);
        CHECK(strcmp(first, again) == 0, "%s, read back, looks different", figure.model);
        free(first);
        free(again);
    }
    says(&figures[MAKERS], "denied cannot be shown: tracing, \"here\", is denied");
    free(rows);
}

static void test_damaged_file(void)
{
    static const char *const damaged[] = {
        "poll,copy,application,read A,6 bytes,1,2,1,1\n",                               /* of no figure */
        "poll,sent,client,,,0,9,1,1\n",                                                 /* no phases */
        "poll,sent,client,,,0,9,1,1\npoll,copy,nobody,read A,6 bytes,1,2,1,1\n",        /* a lane that is none */
        "poll,sent,client,,,0,9,1,1\npoll,lane,a,,,0,0,1,1\npoll,copy,a,read,6,2,1,1,1\n",      /* it ends before */
        "poll,sent,client,,,0,9,1,1\npoll,lane,a,,,0,0,1,1\n"
        "poll,copy,a,read,6,-9223372036854775808,1,1,1\n",                              /* nobody waits so long */
        "poll,sent,client,,,0,9,1,1\npoll,lane,a,,,0,0,1,1\npoll,copy,a,read,6,1,2,9223372036854775807,1\n",
        "poll,sent,client,,,0,9,1,1\npoll,lane,a,,,0,0,1,1\npoll,kopy,a,read,6,1,2,1,1\n",
        "poll,sent,client,,,0,9,1,1\npoll,lane,a,,,0,0,1,1\npoll,copy,a,read,6,1,2,1,1\n"
        "select,copy,a,read,6,1,2,1,1\n"};
    static struct figure figures[FIGURES_MOST];
    int fault;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        CHECK(read_back(damaged[i], figures, &fault) < 0, "taken for a figure:\n%s", damaged[i]);
}

int main(void)
{
    int fd = mkstemp(path);
    test_phases();
    test_helpers();
    test_no_figure();
    test_text();
    test_long_words();
    test_widths();
    test_all_at_once();
    test_wakes_is_no_copy();
    test_drawings();
    test_drawn_alone();
    test_held_up();
    test_signal_without_wait();
    test_many_calls_in_passing();
    test_file();
    test_damaged_file();
    unlink(path);
    close(fd);
    return checks_failed();
}
