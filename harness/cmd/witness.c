#define _GNU_SOURCE
#include "harness/cmd/witness.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/screen.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* -- Seeing ------------------------------------------------------------------------------------------------------ */

static void on_event(void *context, const struct trace_event *event)
{
    timeline_add_event(&((struct witness *)context)->timeline, event);
}

/* The player says when a line begins: a send is over when the next line does. */
static void on_line(void *context, const struct scene_line *line, int64_t at_ns)
{
    struct witness *witness = context;
    struct figure_stamps *stamps = &witness->stamps;
    if (stamps->send_ns && !stamps->sent_ns)
        stamps->sent_ns = at_ns;
    if (line && line->action == DO_SEND && !stamps->send_ns)
        stamps->send_ns = at_ns;
    if (!line)
        stamps->end_ns = at_ns;
    timeline_add_line(&witness->timeline, line, at_ns);
}

static void on_lost(void *context, int64_t events) { ((struct witness *)context)->timeline.lost = events; }

struct play_outcome witness_play(struct witness *witness, const char *who, const struct scene_file *file,
                                 const struct scene *scene, const struct play_options *options, bool all)
{
    const struct play_watcher watcher = {on_event, on_line, on_lost, witness};
    struct play_options watched = *options;
    struct play_outcome outcome = {.verdict = PLAY_SKIP};
    watched.watcher = &watcher;
    *witness = (struct witness){.stamps = {0}};
    if (!timeline_begin(&witness->timeline, who, file->path, scene, all)) {
        snprintf(outcome.message, sizeof outcome.message, "%s: %s", file->path, strerror(errno));
        return outcome;
    }
    outcome = play(scene, &watched);
    timeline_finish(&witness->timeline);
    return outcome;
}

bool witness_figure(const struct witness *witness, const char *model, struct figure *figure)
{
    const struct timeline *timeline = &witness->timeline;
    struct trace_event *events = calloc((size_t)timeline->count + 1, sizeof *events);
    int count = 0;
    if (!events)
        abort();
    for (int i = 0; i < timeline->count; i++)
        if (!timeline->steps[i].line)
            events[count++] = timeline->steps[i].event;
    bool found = figure_find(figure, model, timeline->first, events, count, &witness->stamps);
    free(events);
    return found;
}

/* -- Showing ----------------------------------------------------------------------------------------------------- */

struct text_look witness_look(void)
{
    int screen = screen_width(80);
    int width = screen < TEXT_NARROWEST ? TEXT_NARROWEST : screen > TEXT_WIDEST ? TEXT_WIDEST : screen;
    setlocale(LC_CTYPE, "");
    return (struct text_look){stdout, width, strcmp(nl_langinfo(CODESET), "UTF-8") != 0};
}

int witness_draw(const char *command, const char *path, const struct figure *figures, int count)
{
    FILE *to = fopen(path, "we");
    if (to && count == 1)
        figure_draw(to, figures, "figure", true);
    else if (to)
        figure_draw_all(to, figures, count, "models", 880, true);
    if (cmd_close(to))
        return 0;
    fprintf(stderr, "iolab %s: %s: %s\n", command, path, strerror(errno));
    return 1;
}
