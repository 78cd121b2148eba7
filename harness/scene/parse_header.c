/* The headers of a scene: its server, and to whom it applies. */
#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <stdlib.h>
#include <string.h>

static void add_option(struct scene *scene, const char *word)
{
    scene->options = grown(scene->options, scene->option_count, 2 * sizeof *scene->options);  /* with a NULL behind */
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

static void read_limit(struct parser *p)
{
    struct scene_limits *limits = &p->scene->limits;
    long *limit = take(p, "nofile") ? &limits->nofile : take(p, "sigpending") ? &limits->sigpending :
                  take(p, "nproc") ? &limits->nproc : NULL;
    if (!limit)
        fail(p, "want nofile, sigpending or nproc");
    else if (*limit)
        fail(p, "want each limit once");
    else
        *limit = want_count(p, 1, 1 << 20);
}

static void read_inherit(struct parser *p)
{
    struct scene_limits *limits = &p->scene->limits;
    want(p, "fds");
    if (limits->inherit_last)
        fail(p, "want `server inherit fds` once");
    limits->inherit_first = want_count(p, 3, 1 << 16);
    want(p, "to");
    limits->inherit_last = want_count(p, limits->inherit_first, 1 << 16);
}

static void read_server_header(struct parser *p)
{
    if (take(p, "service")) {
        if (p->served)
            fail(p, "want `server service` once");
        p->served = true;
        read_service(p);
    } else if (take(p, "traced")) {
        p->scene->traced = true;
    } else if (take(p, "limit")) {
        read_limit(p);
    } else if (take(p, "inherit")) {
        read_inherit(p);
    } else {
        read_options(p);
    }
}

/* The models of one word: "select", "select," or "select,poll". */
static void add_models(struct parser *p, FILE *list)
{
    const struct word *word = peek(p);
    size_t n, names = 0;
    if (!word || word->quoted || strcmp(word->text, "because") == 0)
        fail(p, "want a model's name");
    for (const char *at = p->failed ? "" : word->text; *at; at += n + (at[n] == ',')) {
        n = strcspn(at, ",");
        if (n >= SCENE_NAME || (n == 0 && names == 0))
            fail(p, "want a model's name");
        else if (n > 0)
            fprintf(list, "%.*s,", (int)n, at);
        names++;
    }
    p->at++;
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
    do
        add_models(p, list);
    while (!p->failed && p->statement->words[p->at - 1].text[p->statement->words[p->at - 1].length - 1] == ',');
    fclose(list);
    want(p, "because");
    scene->because = want_text(p, "the reason", NULL);
}

static void read_time_limit(struct parser *p)
{
    enum { MOST_MS = 3600000 };
    if (p->limited)
        fail(p, "want `limit` once");
    p->limited = true;
    p->scene->limit_ms = want_time(p);
    if (!p->failed && (p->scene->limit_ms <= 0 || p->scene->limit_ms > MOST_MS)) {
        p->at--;
        fail(p, "want a time above 0, and at most %d s", MOST_MS / 1000);
    }
}

static bool is_among(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

bool next_is_header(const struct parser *p)
{
    static const char *const first[] = {"only", "not", "vary", "ask", "limit", NULL};
    static const char *const second[] = {"service", "traced", "limit", "inherit", NULL};
    const struct word *word = peek(p), *next = p->at + 1 < p->statement->count ? word + 1 : NULL;
    if (!word || word->quoted)
        return false;
    if (strcmp(word->text, "server") != 0)
        return is_among(word->text, first);
    return next && !next->quoted && (strncmp(next->text, "--", 2) == 0 || is_among(next->text, second));
}

void read_header(struct parser *p)
{
    if (take_both(p, "only", "for"))
        read_models(p, true);
    else if (take_both(p, "not", "for"))
        read_models(p, false);
    else if (take(p, "vary"))
        p->at = p->statement->count;        /* it was looked for before (parse_vary.h) */
    else if (take(p, "ask"))
        read_ask(p);
    else if (take(p, "limit"))
        read_time_limit(p);
    else if (take(p, "server"))
        read_server_header(p);
}
