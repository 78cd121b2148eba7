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
    sums_up(0, "poll made 1 call, ");
    sums_up(5, "poll made at least 1 call, ");
    return checks_failed();
}
