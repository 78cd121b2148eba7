#define _GNU_SOURCE
#include "harness/load/http_answer.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void http_page_free(struct http_page *page)
{
    free(page->bytes);
    *page = (struct http_page){0};
}

void http_own_free(struct http_own *own)
{
    free(own->bytes);
    *own = (struct http_own){0};
}

/* -- As the pattern ---------------------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static size_t less(size_t a, size_t b) { return a > b ? a - b : 0; }

/* Are the n bytes from `at` on those of the pattern? The value of Date may be another, but no line ends in it. */
static bool as_pattern(const struct http_page *page, size_t at, const unsigned char *bytes, size_t n)
{
    if (n > less(page->size, at))
        return false;
    size_t before = least(n, less(page->date_at, at));
    size_t after = least(n, less(at + n, page->date_at + page->date_size));
    return memcmp(page->bytes + at, bytes, before) == 0 && !memchr(bytes + before, '\r', n - before - after) &&
           memcmp(page->bytes + at + n - after, bytes + n - after, after) == 0;
}

/* What is the same as the pattern was not kept, for there it is. */
static bool keep(const struct http_page *page, struct http_own *own, size_t heard, const unsigned char *bytes, size_t n)
{
    if (!own->bytes || heard + n > own->room) {
        size_t room = 2 * (heard + n);
        unsigned char *larger = realloc(own->bytes, room);
        if (!larger)
            return false;
        if (!own->bytes && heard > 0)
            memcpy(larger, page->bytes, heard);
        *own = (struct http_own){larger, room};
    }
    memcpy(own->bytes + heard, bytes, n);
    return true;
}

/* -- Reading a head ---------------------------------------------------------------------------------------------- */

struct head {
    size_t size, status, length;
    bool has_length;
    size_t date_at, date_size;
};

/* A field without the blanks around its value (RFC 9112, 5.1). */
struct field { const char *name, *value; size_t name_size, value_size; };

static bool field_is(const struct field *field, const char *name)
{
    return field->name_size == strlen(name) && strncasecmp(field->name, name, field->name_size) == 0;
}

static bool value_is(const struct field *field, const char *value)
{
    return field->value_size == strlen(value) && strncasecmp(field->value, value, field->value_size) == 0;
}

/* NULL, or what is wrong with it. Twice the same length is one length (RFC 9110, 8.6). */
static const char *read_length(const struct field *field, struct head *head)
{
    size_t length = 0;
    for (size_t i = 0; i < field->value_size; i++) {
        if (field->value[i] < '0' || field->value[i] > '9')
            return "its Content-Length is not a number";
        length = length * 10 + (size_t)(field->value[i] - '0');
        if (length > HTTP_BODY_MAX)
            return "its page is larger than 1 MiB, and the driver keeps no larger one";
    }
    if (field->value_size == 0)
        return "its Content-Length is empty";
    if (head->has_length && head->length != length)
        return "it has two Content-Lengths";
    head->has_length = true;
    head->length = length;
    return NULL;
}

static const char *read_field(const char *answer, const struct field *field, struct head *head)
{
    if (field_is(field, "content-length"))
        return read_length(field, head);
    if (field_is(field, "transfer-encoding"))
        return "it answers in chunks (Transfer-Encoding), and the driver wants a Content-Length";
    if (field_is(field, "connection") && value_is(field, "close"))
        return "it closes the connection after this answer (Connection: close), and the driver wants it kept; "
               "nginx: keepalive_requests";
    if (field_is(field, "date")) {
        head->date_at = (size_t)(field->value - answer);
        head->date_size = field->value_size;
    }
    return NULL;
}

static bool blank(char c) { return c == ' ' || c == '\t'; }

static const char *read_line(const char *answer, const char *line, size_t size, struct head *head)
{
    const char *colon = memchr(line, ':', size), *end = line + size;
    if (!colon)
        return "a line of its head has no colon";
    const char *value = colon + 1;
    while (value < end && blank(*value))
        value++;
    while (end > value && blank(end[-1]))
        end--;
    const struct field field = {line, value, (size_t)(colon - line), (size_t)(end - value)};
    return read_field(answer, &field, head);
}

/* The head ends with an empty line, which is in it. NULL, or what is wrong. */
static const char *read_head(const char *answer, struct head *head)
{
    const char *end = answer + head->size - 2, *line = memmem(answer, head->size, "\r\n", 2);
    head->status = (size_t)(line - answer);
    if (head->status < 13 || memcmp(answer + 8, " 200 ", 5) != 0)
        return "want status 200";
    for (line += 2; line < end;) {
        size_t size = (size_t)((const char *)memmem(line, (size_t)(end - line), "\r\n", 2) - line);
        const char *wrong = read_line(answer, line, size, head);
        if (wrong)
            return wrong;
        line += size + 2;
    }
    return head->has_length ? NULL : "it has no Content-Length: nobody can tell where it ends";
}

/* -- Judging ----------------------------------------------------------------------------------------------------- */

/* Printable, and no more than fits in a sentence. */
static void quote(const unsigned char *bytes, size_t n, char text[64])
{
    size_t shown = least(n, 60);
    for (size_t i = 0; i < shown; i++)
        text[i] = bytes[i] < ' ' || bytes[i] > '~' ? '.' : (char)bytes[i];
    text[shown] = '\0';
}

__attribute__((format(printf, 3, 4))) static enum http_verdict wrong(char *says, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(says, size, format, arguments);
    va_end(arguments);
    return HTTP_WRONG;
}

/* Is it a head, or may it still become one? */
static enum http_verdict judge_beginning(const unsigned char *answer, size_t heard, bool ends, char *says, size_t size)
{
    char text[64];
    if (memcmp(answer, "HTTP/1.", least(heard, 7)) != 0) {
        quote(answer, heard, text);
        return wrong(says, size, "this is no HTTP/1.1: \"%s\"", text);
    }
    if (!ends && heard > HTTP_HEAD_MAX)
        return wrong(says, size, "its head has no end in %d bytes", HTTP_HEAD_MAX);
    return ends ? HTTP_WHOLE : HTTP_MORE;
}

static enum http_verdict judge_body(const struct http_page *page, const unsigned char *answer, const struct head *head,
                                    char *says, size_t size)
{
    const unsigned char *want = page->bytes + page->head, *got = answer + head->size;
    size_t at = 0;
    if (head->status != page->status || memcmp(answer, page->bytes, page->status) != 0)
        return wrong(says, size, "its status line is not that of the first answer");
    while (at < head->length && got[at] == want[at])
        at++;
    if (at < head->length)
        return wrong(says, size, "byte %zu of the page: wanted 0x%02x, as in the first answer, got 0x%02x", at,
                     want[at], got[at]);
    return HTTP_WHOLE;
}

static enum http_verdict judge(struct http_page *page, struct http_own *own, size_t heard, char *says, size_t size)
{
    char text[64];
    const unsigned char *answer = own->bytes;
    const unsigned char *end = memmem(answer, heard, "\r\n\r\n", 4);
    enum http_verdict beginning = judge_beginning(answer, heard, end, says, size);
    if (beginning != HTTP_WHOLE)
        return beginning;
    struct head head = {.size = (size_t)(end - answer) + 4};
    const char *fault = read_head((const char *)answer, &head);
    quote(answer, head.status, text);
    if (fault)
        return wrong(says, size, "\"%s\": %s", text, fault);
    if (page->bytes && head.length != page->size - page->head)
        return wrong(says, size, "Content-Length is %zu, in the first answer %zu", head.length,
                     page->size - page->head);
    if (heard > head.size + head.length)
        return wrong(says, size, "%zu surplus bytes after all %zu", heard - head.size - head.length,
                     head.size + head.length);
    if (heard < head.size + head.length)
        return HTTP_MORE;
    if (page->bytes)
        return judge_body(page, answer, &head, says, size);
    *page = (struct http_page){own->bytes, heard, head.size, head.status, head.date_at, head.date_size};
    *own = (struct http_own){0};
    return HTTP_WHOLE;
}

enum http_verdict http_hear(struct http_page *page, struct http_own *own, size_t heard, const unsigned char *bytes,
                            size_t n, char *says, size_t says_size)
{
    if (!own->bytes && as_pattern(page, heard, bytes, n))
        return heard + n == page->size ? HTTP_WHOLE : HTTP_MORE;
    if (!keep(page, own, heard, bytes, n))
        return wrong(says, says_size, "no memory to read it");
    enum http_verdict verdict = judge(page, own, heard + n, says, says_size);
    if (verdict == HTTP_WHOLE)
        http_own_free(own);
    return verdict;
}
