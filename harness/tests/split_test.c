/* Does a command become the words that its author meant, and no more than that? */
#define _GNU_SOURCE
#include "harness/child/split.h"
#include "harness/tests/check.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* `want` has a | behind each word. */
static void splits(const char *text, const char *want)
{
    char got[200] = "";
    char **words = split_words(text);
    for (int i = 0; words && words[i]; i++) {
        strcat(got, words[i]);
        strcat(got, "|");
    }
    CHECK(words && strcmp(got, want) == 0, "<%s> became <%s>, want <%s>", text, got, want);
    free(words);
}

int main(void)
{
    splits("socat TCP-LISTEN:{port},fork EXEC:cat", "socat|TCP-LISTEN:{port},fork|EXEC:cat|");
    splits("  a\t b\n", "a|b|");
    splits("a", "a|");
    splits("", "");
    splits("   ", "");
    splits("nginx -g 'daemon off; user root;' -c f", "nginx|-g|daemon off; user root;|-c|f|");
    splits("\"it's\" 'a \"b\"'", "it's|a \"b\"|");
    splits("one'wo'rd\"s\"", "onewords|");
    splits("'' a", "|a|");
    splits("$HOME `id` * ~ \\ a\\'b' ;", "$HOME|`id`|*|~|\\|a\\b|;|");
    splits("a b c d e f g", "a|b|c|d|e|f|g|");
    errno = 0;
    CHECK(!split_words("a 'b c") && errno == EINVAL, "a quote that is never closed was taken");
    CHECK(!split_words("a \"b' c") && errno == EINVAL, "a quote that is closed by the other kind was taken");
    return checks_failed();
}
