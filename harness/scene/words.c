#define _GNU_SOURCE
#include "harness/scene/words.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *grown(void *list, int count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return list;                    /* the room doubles at the powers of two */
    void *room = reallocarray(list, count ? (size_t)count * 2 : 1, size);
    if (!room) {
        perror("realloc");
        exit(1);
    }
    return room;
}

/* One escape behind the backslash at *at; moves *at behind it. -1: there is none such. */
static int unescape(const char **at)
{
    static const char names[] = "ntr0\\\"", values[] = "\n\t\r\0\\\"";
    char name = *(*at)++;
    if (name == 'x' && isxdigit((unsigned char)(*at)[0]) && isxdigit((unsigned char)(*at)[1])) {
        char digits[3] = {(*at)[0], (*at)[1], '\0'};
        *at += 2;
        return (int)strtol(digits, NULL, 16);
    }
    const char *found = name ? strchr(names, name) : NULL;
    return found ? (unsigned char)values[found - names] : -1;
}

/* Reads a quoted text; *at is behind the opening quote, and then behind the closing one. NULL: fine; else the fault. */
static const char *read_quoted(const char **at, struct word *word)
{
    while (**at != '"') {
        int byte = (unsigned char)**at;
        if (byte == '\0' || byte == '\n')
            return "the text has no closing \"";
        ++*at;
        if (byte == '\\' && (byte = unescape(at)) < 0)
            return "after \\ in a text: want n t r 0 \\ \" or xHH";
        word->text[word->length++] = (char)byte;
    }
    ++*at;
    return NULL;
}

/* Reads the next word of the line. False: none is left, or *fault says what is wrong. */
static bool read_word(const char **at, struct word *word, const char **fault)
{
    *at += strspn(*at, " \t\r\n");
    if (**at == '\0' || **at == '#')
        return false;
    *word = (struct word){.text = calloc(1, strlen(*at) + 1), .quoted = **at == '"'};
    if (!word->text)
        return false;
    if (word->quoted) {
        ++*at;
        *fault = read_quoted(at, word);
    } else {
        word->length = strcspn(*at, " \t\r\n");
        memcpy(word->text, *at, word->length);
        *at += word->length;
    }
    if (*fault)
        free(word->text);
    return !*fault;
}

static bool is_continuing(const struct word *word)
{
    return !word->quoted &&
           (strcmp(word->text, "else") == 0 || strcmp(word->text, "is") == 0 || strcmp(word->text, "choice") == 0);
}

static void add_word(struct statements *all, struct word word)
{
    bool continues = all->count > 0 && is_continuing(&word);
    struct statement *last = all->count > 0 ? &all->list[all->count - 1] : NULL;
    bool first_of_line = !last || last->words[last->count - 1].line != word.line;
    if (first_of_line && !continues) {
        all->list = grown(all->list, all->count, sizeof *all->list);
        last = &all->list[all->count++];
        *last = (struct statement){0};
    }
    last->words = grown(last->words, last->count, sizeof *last->words);
    last->words[last->count++] = word;
}

bool statements_read(const char *path, struct statements *all, FILE *errors)
{
    *all = (struct statements){0};
    FILE *file = fopen(path, "re");
    if (!file) {
        fprintf(errors, "%s: %s\n", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t size = 0;
    const char *fault = NULL;
    int number = 0;
    while (!fault && getline(&line, &size, file) >= 0) {
        const char *at = line;
        number++;
        for (struct word word; read_word(&at, &word, &fault);) {
            word.line = number;
            add_word(all, word);
        }
    }
    if (fault)
        fprintf(errors, "%s:%d: %s\n", path, number, fault);
    free(line);
    fclose(file);
    if (fault)
        statements_free(all);
    return !fault;
}

void statements_free(struct statements *all)
{
    for (int i = 0; i < all->count; i++) {
        for (int j = 0; j < all->list[i].count; j++)
            free(all->list[i].words[j].text);
        free(all->list[i].words);
    }
    free(all->list);
    *all = (struct statements){0};
}
