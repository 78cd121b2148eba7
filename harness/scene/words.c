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

/* How long a word is in the file, at most: a text ends before the " without a backslash. */
static size_t span_of_word(const char *at)
{
    size_t n = 1;
    if (at[0] != '"')
        return strcspn(at, " \t\r\n");
    while (at[n] && at[n] != '"')
        n += at[n] == '\\' && at[n + 1] ? 2 : 1;
    return n;
}

/* Reads the next word of the line. False: none is left, or *fault says what is wrong. */
static bool read_word(const char **at, struct word *word, const char **fault)
{
    *at += strspn(*at, " \t\r\n");
    if (**at == '\0' || **at == '#')
        return false;
    size_t span = span_of_word(*at);
    *word = (struct word){.text = grown(NULL, 0, span + 1), .quoted = **at == '"'};
    if (word->quoted) {
        ++*at;
        *fault = read_quoted(at, word);
    } else {
        memcpy(word->text, *at, span);
        word->length = span;
        *at += span;
    }
    word->text[word->length] = '\0';
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

/* The length of the character that begins here, in UTF-8 (RFC 3629); 0: none does. */
static size_t character(const char *at)
{
    unsigned char first = (unsigned char)at[0];
    size_t n = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if (((unsigned char)at[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

/* What a line cannot hold, wherever it stands. NULL: fine. */
static const char *fault_of_bytes(const char *line, size_t length)
{
    size_t n = 1;
    if (strlen(line) < length)
        return "a NUL byte stands here: want text (in a text \\0 is one)";
    for (; *line && n > 0; line += n)
        n = character(line);
    return n > 0 ? NULL : "want UTF-8 (in a text \\xHH is any byte)";
}

/* Some editors begin a file with the byte order mark. */
static const char *skip_mark(const char *line)
{
    static const char mark[] = "\xEF\xBB\xBF";
    return line + (strncmp(line, mark, strlen(mark)) == 0 ? strlen(mark) : 0);
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
    for (ssize_t length; !fault && (length = getline(&line, &size, file)) >= 0;) {
        const char *at = number++ == 0 ? skip_mark(line) : line;
        fault = fault_of_bytes(line, (size_t)length);
        for (struct word word; !fault && read_word(&at, &word, &fault);) {
            word.line = number;
            add_word(all, word);
        }
    }
    bool good = !fault && !ferror(file);
    if (fault)
        fprintf(errors, "%s:%d: %s\n", path, number, fault);
    else if (!good)
        fprintf(errors, "%s: %s\n", path, strerror(errno));     /* a folder can be opened, and not read */
    free(line);
    fclose(file);
    if (!good)
        statements_free(all);
    return good;
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
