#define _GNU_SOURCE
#include "harness/scene/braces.h"
#include "harness/scene/counted.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t braces_at(const char *text, char name[BRACES_MOST])
{
    int length = 0;
    return *text == '{' && sscanf(text, "{%63[^}]}%n", name, &length) == 1 ? (size_t)length : 0;
}

bool braces_of_line(const char *name)
{
    static const char *const of_line[] = {"got", "want", "ok", "of"};
    for (size_t i = 0; i < sizeof of_line / sizeof *of_line; i++)
        if (strcmp(of_line[i], name) == 0)
            return true;
    return false;
}

/* "A got", "C3 got", "server exit", "twin exit", "server said(KEY)", or "cpu" alone, which is the server's. */
bool braces_read(const char *words, struct scene_observation *seen)
{
    char who[SCENE_NAME], what[SCENE_NAME];
    bool of_server;
    *seen = (struct scene_observation){.of_server = true};
    int count = sscanf(words, "%31s %31s", who, what);
    seen->of_twin = count == 2 && strcmp(who, "twin") == 0;
    if (count == 2 && !seen->of_twin && strcmp(who, "server") != 0) {
        char *digits = who + strcspn(who, "0123456789");
        long number = strtol(digits, NULL, 10);
        seen->of_server = false;
        seen->client.first = seen->client.last = number > SCENE_GROUP_MOST ? SCENE_GROUP_MOST + 1 : (int)number;
        *digits = '\0';
        snprintf(seen->client.name, sizeof seen->client.name, "%s", who);
    }
    const char *name = count == 2 ? what : who;
    if (seen->of_server && (strcmp(name, "said") == 0 || sscanf(name, "said(%31[^)])", seen->word) == 1)) {
        seen->what = SEE_SAID;
        return true;
    }
    const char *wrong = NULL;
    if (seen->of_server && !seen->of_twin && counted_read(words + (name == what) * strlen("server "), seen, &wrong))
        return !wrong;
    return count > 0 && scene_observation_named(name, &seen->what, &of_server) && of_server == seen->of_server;
}
