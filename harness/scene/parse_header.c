/* The headers of a scene: its server, and to whom it applies. */
#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <stdlib.h>
#include <string.h>

static void add_option(struct scene *scene, const char *word)
{
    scene->options = realloc(scene->options, ((size_t)scene->option_count + 2) * sizeof *scene->options);
    scene->options[scene->option_count++] = strdup(word);
    scene->options[scene->option_count] = NULL;
}

static void read_options(struct parser *p)
{
    const struct word *word;
    if (next_is(p, "--service"))
        fail(p, "want `server service http`, so that the clients know, too");
    while ((word = peek(p)) && !word->quoted) {
        if (strchr(word->text, '{'))
            fail(p, "want no braces but those that `vary NAME VALUE...` fills");
        add_option(p->scene, word->text);
        p->at++;
    }
}

/* Echo is what a server does unless it is told: no option, so that any echo can be played. */
static void read_service(struct parser *p)
{
    if (take(p, "echo"))
        return;
    want(p, "http");
    p->scene->http = true;
    add_option(p->scene, "--service");
    add_option(p->scene, "http");
}

/* After `server`. False: it is no header. */
static bool read_server_header(struct parser *p)
{
    struct scene_limits *limits = &p->scene->limits;
    const struct word *word = peek(p);
    if (word && strncmp(word->text, "--", 2) == 0) {
        read_options(p);
        return true;
    }
    if (take(p, "service")) {
        read_service(p);
        return true;
    }
    if (take(p, "traced"))
        return p->scene->traced = true;
    if (take(p, "limit")) {
        long *limit = take(p, "nofile") ? &limits->nofile : take(p, "sigpending") ? &limits->sigpending :
                      take(p, "nproc") ? &limits->nproc : NULL;
        if (!limit)
            fail(p, "want nofile, sigpending or nproc");
        else
            *limit = want_count(p, 1, 1 << 20);
        return true;
    }
    if (take_both(p, "inherit", "fds")) {
        limits->inherit_first = want_count(p, 3, 1 << 16);
        want(p, "to");
        limits->inherit_last = want_count(p, limits->inherit_first, 1 << 16);
        return true;
    }
    return false;
}

static void read_models(struct parser *p, bool only)
{
    struct scene *scene = p->scene;
    FILE *list;
    size_t size;
    if (scene->models) {
        fail(p, "want `only for` or `not for` once in a scene");
        return;
    }
    if (!(list = open_memstream(&scene->models, &size)))
        return;
    scene->only = only;
    fputc(',', list);
    do {
        char word[SCENE_NAME];
        want_short(p, word, "a model's name");
        word[strcspn(word, ",")] = '\0';
        fprintf(list, "%s,", word);
    } while (!p->failed && p->at > 0 && strchr(p->statement->words[p->at - 1].text, ','));
    fclose(list);
    want(p, "because");
    scene->because = want_text(p, "the reason", NULL);
}

bool read_header(struct parser *p)
{
    int before = p->at;
    if (take_both(p, "only", "for")) {
        read_models(p, true);
    } else if (take_both(p, "not", "for")) {
        read_models(p, false);
    } else if (take(p, "vary")) {
        p->at = p->statement->count;        /* it was looked for before (parse_vary.h) */
    } else if (take(p, "ask")) {
        read_ask(p);
    } else if (take(p, "limit")) {
        p->scene->limit_ms = want_time(p);
    } else if (!(take(p, "server") && read_server_header(p))) {
        p->at = p->failed ? p->at : before;
        return p->failed;
    }
    return true;
}
