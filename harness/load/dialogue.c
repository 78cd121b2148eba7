#define _GNU_SOURCE
#include "harness/load/dialogue.h"
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STRAY = 10000 };

/* -- Beginning and end ------------------------------------------------------------------------------------------- */

bool dialogue_echo(struct dialogue *d, size_t size_max, uint64_t seed)
{
    *d = (struct dialogue){0};
    return message_init(&d->message, size_max, seed);
}

void dialogue_http(struct dialogue *d, const struct sockaddr_in *host)
{
    char address[INET_ADDRSTRLEN];
    *d = (struct dialogue){.http = true};
    inet_ntop(AF_INET, &host->sin_addr, address, sizeof address);
    d->request_size = (size_t)snprintf(d->request, sizeof d->request, "GET / HTTP/1.1\r\nHost: %s:%d\r\n\r\n", address,
                                       ntohs(host->sin_port));
}

void dialogue_free(struct dialogue *d)
{
    message_free(&d->message);
    http_page_free(&d->page);
}

void dialogue_begin(const struct dialogue *d, struct turn *t)
{
    t->sequence++;
    t->sent = t->heard = 0;
    if (d->http)
        t->size = d->request_size;
}

void dialogue_end(struct turn *t) { http_own_free(&t->own); }

const unsigned char *dialogue_request(struct dialogue *d, const struct turn *t)
{
    const unsigned char *request =
        d->http ? (unsigned char *)d->request : message_at(&d->message, t->connection, t->sequence);
    return request + t->sent;
}

/* -- Sentences --------------------------------------------------------------------------------------------------- */

/* "connection 3, sequence 17" and what the format adds. */
__attribute__((format(printf, 3, 4))) static void say(const struct turn *t, char says[DIALOGUE_SAYS],
                                                       const char *format, ...)
{
    int length = snprintf(says, DIALOGUE_SAYS, "connection %" PRIu32 ", sequence %" PRIu32, t->connection, t->sequence);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(says + length, (size_t)(DIALOGUE_SAYS - length), format, arguments);
    va_end(arguments);
}

size_t dialogue_answer_size(const struct dialogue *d, const struct turn *t) { return d->http ? d->page.size : t->size; }

void dialogue_surplus(const struct dialogue *d, const struct turn *t, unsigned char byte, char says[DIALOGUE_SAYS])
{
    say(t, says, ": a surplus byte after all %zu: 0x%02x", dialogue_answer_size(d, t), byte);
}

void dialogue_missing(const struct dialogue *d, const struct turn *t, const char *how, char says[DIALOGUE_SAYS])
{
    size_t size = dialogue_answer_size(d, t);
    if (*says == 0 && size > 0)
        say(t, says, ", byte %zu of %zu: missing, %s", t->heard, size, how);
    else if (*says == 0)
        say(t, says, ": an answer of %zu bytes is not whole, %s", t->heard, how);
}

/* -- Hearing ----------------------------------------------------------------------------------------------------- */

size_t dialogue_room(const struct dialogue *d, const struct turn *t, size_t most)
{
    size_t owed = t->size - t->heard;
    return d->http || owed >= most ? most : owed + 1;
}

/* Bytes at random make a stamp of small numbers once in 2^30: then the guess would mislead. */
static void wrong_echo(struct dialogue *d, const struct turn *t, const unsigned char *bytes, size_t n, size_t right,
                       char says[DIALOGUE_SAYS])
{
    size_t at = t->heard + right;
    unsigned char want = message_at(&d->message, t->connection, t->sequence)[at];
    uint32_t whose = UINT32_MAX, which = 0;
    char guess[80] = "";
    if (t->heard == 0 && n >= MESSAGE_STAMP)
        message_whose(bytes, &whose, &which);
    if (whose <= UINT16_MAX && which <= t->sequence + STRAY)
        snprintf(guess, sizeof guess, " (these bytes are connection %" PRIu32 "'s, sequence %" PRIu32 ")", whose,
                 which);
    say(t, says, ", byte %zu: wanted 0x%02x, got 0x%02x%s", at, want, bytes[right], guess);
}

static enum heard hear_echo(struct dialogue *d, struct turn *t, const unsigned char *bytes, size_t n,
                            char says[DIALOGUE_SAYS])
{
    size_t owed = t->size - t->heard, mine = n < owed ? n : owed;
    size_t right = message_right(&d->message, t->connection, t->sequence, t->heard, bytes, mine);
    if (right < mine) {
        wrong_echo(d, t, bytes, n, right, says);
        return HEARD_WRONG;
    }
    t->heard += mine;
    if (n > mine) {
        dialogue_surplus(d, t, bytes[mine], says);
        return HEARD_WRONG;
    }
    return t->heard == t->size ? HEARD_ALL : HEARD_PART;
}

static enum heard hear_http(struct dialogue *d, struct turn *t, const unsigned char *bytes, size_t n,
                            char says[DIALOGUE_SAYS])
{
    char why[DIALOGUE_SAYS];
    enum http_verdict verdict = http_hear(&d->page, &t->own, t->heard, bytes, n, why, sizeof why);
    t->heard += n;
    if (verdict == HTTP_WRONG)
        say(t, says, ": %s", why);
    return verdict == HTTP_WRONG ? HEARD_WRONG : verdict == HTTP_WHOLE ? HEARD_ALL : HEARD_PART;
}

enum heard dialogue_hear(struct dialogue *d, struct turn *t, const unsigned char *bytes, size_t n,
                         char says[DIALOGUE_SAYS])
{
    return (d->http ? hear_http : hear_echo)(d, t, bytes, n, says);
}
