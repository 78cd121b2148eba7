#define _GNU_SOURCE
#include "harness/scene/inbox.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* -- In and out -------------------------------------------------------------------------------------------------- */

static void make_room(struct inbox *inbox, size_t n)
{
    size_t room = inbox->room ? inbox->room : 1024;
    while (room < n)
        room *= 2;
    if (room == inbox->room)
        return;
    inbox->bytes = realloc(inbox->bytes, room);
    inbox->room = room;
    if (!inbox->bytes) {
        perror("realloc");
        exit(1);
    }
}

void inbox_add(struct inbox *inbox, const char *bytes, size_t n)
{
    make_room(inbox, inbox->length + n);
    memcpy(inbox->bytes + inbox->length, bytes, n);
    inbox->length += n;
    if (inbox->length <= 2 * INBOX_MOST)
        return;
    inbox_take(inbox, inbox->length - INBOX_MOST);
    inbox->cut = true;
}

void inbox_take(struct inbox *inbox, size_t n)
{
    inbox->length -= n;
    if (inbox->length > 0)
        memmove(inbox->bytes, inbox->bytes + n, inbox->length);
    inbox->cut &= n == 0;
}

void inbox_free(struct inbox *inbox)
{
    free(inbox->bytes);
    *inbox = (struct inbox){0};
}

/* -- What is there ----------------------------------------------------------------------------------------------- */

static const char *find(const char *from, const char *to, const char *text, size_t n)
{
    return from ? memmem(from, (size_t)(to - from), text, n) : NULL;
}

bool inbox_find(const struct inbox *inbox, const char *text, size_t n, size_t *end)
{
    const char *found = find(inbox->bytes, inbox->bytes + inbox->length, text, n);
    *end = found ? (size_t)(found - inbox->bytes) + n : 0;
    return found || n == 0;
}

/* The value of Content-Length between the two; -1: there is none. An empty line stands at `to`, and ends the number. */
static long long content_length(const char *from, const char *to)
{
    static const char name[] = "\r\nContent-Length:";
    for (const char *at = from; at < to; at++)
        if (strncasecmp(at, name, sizeof name - 1) == 0)
            return strtoll(at + sizeof name - 1, NULL, 10);
    return -1;
}

bool inbox_find_answer(const struct inbox *inbox, bool connection_ended, size_t *end)
{
    static const char status[] = "HTTP/1.1 200", empty_line[] = "\r\n\r\n";
    const char *last = inbox->bytes + inbox->length;
    const char *begin = find(inbox->bytes, last, status, sizeof status - 1);
    const char *body = find(begin, last, empty_line, sizeof empty_line - 1);
    if (!body)
        return false;
    long long length = content_length(begin, body);
    body += sizeof empty_line - 1;
    *end = length < 0 ? inbox->length : (size_t)(body - inbox->bytes) + (size_t)length;
    return length < 0 ? connection_ended : length <= last - body;
}

/* -- In words ---------------------------------------------------------------------------------------------------- */

/* As it stands in a scene; returns its length. */
static int escape(unsigned char byte, char to[5])
{
    switch (byte) {
    case '\n': return snprintf(to, 5, "\\n");
    case '\r': return snprintf(to, 5, "\\r");
    case '\t': return snprintf(to, 5, "\\t");
    case '"': case '\\': return snprintf(to, 5, "\\%c", byte);
    default: return snprintf(to, 5, byte < ' ' || byte > '~' ? "\\x%02x" : "%c", byte);
    }
}

void inbox_show_text(const char *bytes, size_t n, char *to, size_t size)
{
    static const char rest[] = "...\"";
    size_t at = (size_t)snprintf(to, size, "\""), i = 0;
    for (; i < n && at + 4 + sizeof rest < size; i++)
        at += (size_t)escape((unsigned char)bytes[i], to + at);
    snprintf(to + at, size - at, "%s", i < n ? rest : "\"");
}

void inbox_show(const struct inbox *inbox, char *to, size_t size)
{
    if (inbox->length > 0 && !inbox->cut)
        inbox_show_text(inbox->bytes, inbox->length, to, size);
    else
        snprintf(to, size, inbox->cut ? "more than %d KiB" : "nothing", INBOX_MOST / 1024);
}
