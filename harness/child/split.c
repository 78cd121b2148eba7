#include "harness/child/split.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* Copies one word to `to`, with a NUL behind it, and moves both on. False: its quote is never closed. */
static bool take_word(const char **from, char **to)
{
    char quote = '\0';
    for (; **from && (quote || !blank(**from)); ++*from) {
        if (**from == quote)
            quote = '\0';
        else if (!quote && (**from == '\'' || **from == '"'))
            quote = **from;
        else
            *(*to)++ = **from;
    }
    *(*to)++ = '\0';
    return quote == '\0';
}

/* There are at most half as many words as characters; their letters stand behind the array. */
char **split_words(const char *text)
{
    size_t length = strlen(text), most = length / 2 + 2, count = 0;
    char **words = malloc(most * sizeof *words + length + 1);
    char *letters = words ? (char *)(words + most) : NULL;
    while (words) {
        while (blank(*text))
            text++;
        words[count] = *text ? letters : NULL;
        if (!words[count++])
            break;
        if (!take_word(&text, &letters)) {
            free(words);
            words = NULL;
            errno = EINVAL;
        }
    }
    return words;
}
