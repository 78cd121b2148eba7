#define _GNU_SOURCE
#include "harness/cmd/servers.h"
#include "harness/child/split.h"
#include "harness/cmd/cmd.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 24 };
static struct { const char *name; char **words; } servers[SERVERS_MOST];
static int server_count;

const char *servers_name(int i) { return i < server_count ? servers[i].name : NULL; }

char *const *servers_command(const char *name)
{
    for (int i = 0; i < server_count; i++)
        if (strcmp(servers[i].name, name) == 0)
            return servers[i].words;
    return NULL;
}

static bool may_be_called(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    size_t length = strlen(name);
    return length > 0 && length <= NAME_MOST && strspn(name, letters) == length && !cmd_is_model(name) &&
           !servers_command(name);
}

static int wrong(const char *command, const char *value, const char *want)
{
    fprintf(stderr, "iolab %s: --server %s: want %s\n", command, value, want);
    return 2;
}

int servers_take(const char *command, char *text)
{
    char *equals = strchr(text, '=');
    if (!equals || !strstr(equals, "{port}"))
        return wrong(command, text, "NAME='CMD {port}', {port} where the port belongs");
    *equals = '\0';
    if (!may_be_called(text))
        return wrong(command, text, "another name: up to 24 letters, digits, - and ., that nothing has yet");
    if (server_count == SERVERS_MOST)
        return wrong(command, text, "four of them at most");
    servers[server_count].name = text;
    servers[server_count].words = split_words(equals + 1);
    if (!servers[server_count++].words)
        return wrong(command, equals + 1, errno == EINVAL ? "each quote closed" : "more memory");
    return -1;
}
