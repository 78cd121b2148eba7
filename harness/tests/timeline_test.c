/* Does a timeline say what it does not tell? Events made by hand. */
#define _GNU_SOURCE
#include "harness/cmd/timeline.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* Its first line, of one call, where so many events were lost. */
static void sums_up(int64_t lost, const char *want)
{
    char *text = NULL;
    size_t size = 0;
    struct timeline timeline;
    CHECK(timeline_begin(&timeline, "poll", "/dev/null", &(struct scene){0}, true), "/dev/null cannot be read");
    timeline_add_event(&timeline, &(struct trace_event){.number = SYS_close, .pid = 7, .tid = 7, .fd = -1,
                                                        .entered_ns = 1, .returned_ns = 2});
    timeline.lost = lost;
    timeline_finish(&timeline);
    FILE *to = open_memstream(&text, &size);
    timeline_sum_up(&timeline, to);
    fclose(to);
    CHECK(strncmp(text, want, strlen(want)) == 0, "\"%s\", want \"%s\"", text, want);
    free(text);
    timeline_free(&timeline);
}

static void polls(struct timeline *timeline, int64_t from_ms, int64_t to_ms)
{
    timeline_add_event(timeline, &(struct trace_event){.number = SYS_ppoll, .pid = 7, .tid = 7, .fd = -1,
                                                       .may_block = true, .waited = true,
                                                       .entered_ns = from_ms * 1000000,
                                                       .returned_ns = to_ms * 1000000});
}

/* A scene from 100 to 200 ms, and waits before it, across its beginning, within, and across its end. */
static void counts_what_lies_within(int64_t last_returns_ms)
{
    static const char *const want = "poll made 3 calls, and waited in 3 of them, 90 of 100 ms:\n  3 poll\n";
    char *text = NULL;
    size_t size = 0;
    struct timeline timeline;
    const struct scene_line begin = {.line = 1};
    CHECK(timeline_begin(&timeline, "poll", "/dev/null", &(struct scene){0}, false), "/dev/null cannot be read");
    polls(&timeline, 10, 20);
    polls(&timeline, 20, 130);
    timeline_add_line(&timeline, &begin, 100000000);
    polls(&timeline, 135, 165);
    timeline_add_line(&timeline, NULL, 200000000);
    polls(&timeline, 170, last_returns_ms);
    timeline_finish(&timeline);
    FILE *to = open_memstream(&text, &size);
    timeline_sum_up(&timeline, to);
    fclose(to);
    CHECK(strcmp(text, want) == 0, "\"%s\", want \"%s\"", text, want);
    free(text);
    timeline_free(&timeline);
}

/* Each has a name of its own, however many they are. */
static void names_all(int threads)
{
    struct timeline timeline;
    char name[24], want[24];
    CHECK(timeline_begin(&timeline, "thread", "/dev/null", &(struct scene){0}, true), "/dev/null cannot be read");
    for (int i = 0; i < threads; i++)
        timeline_add_event(&timeline, &(struct trace_event){.number = SYS_close, .pid = 7, .tid = 7 + i, .fd = -1,
                                                            .entered_ns = 1 + i, .returned_ns = 2 + i});
    timeline_finish(&timeline);
    int last = timeline_lane(&timeline, &(struct trace_event){.pid = 7, .tid = 6 + threads});
    timeline_lane_name(&timeline, last, name, sizeof name);
    snprintf(want, sizeof want, "thread %d", threads);
    CHECK(strcmp(name, want) == 0, "the last of %d is \"%s\", want \"%s\"", threads, name, want);
    timeline_free(&timeline);
}

int main(void)
{
    names_all(300);
    counts_what_lies_within(250);
    counts_what_lies_within(0);
    sums_up(0, "poll made 1 call, ");
    sums_up(5, "poll made at least 1 call, ");
    return checks_failed();
}
