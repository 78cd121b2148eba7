/* The answers. "/" is a page that names the model, and gives back any body sent to it. There is nothing else. */
#include "harness/server/http.h"
#include "harness/server/buffer.h"
#include "harness/server/service.h"
#include <stdio.h>
#include <string.h>

enum { ANSWER_HEAD_MOST = 512, REASON_MOST = 160, PAGE_MOST = 2048 };
_Static_assert(ANSWER_HEAD_MOST + REASON_MOST + HTTP_BODY_MOST <= BUFFER_SIZE, "an answer may not fit into a buffer");

#define ALLOW "Allow: GET, HEAD, POST, PUT, PATCH, OPTIONS\r\n"

/* -- What becomes of the connection ------------------------------------------------------------------------------ */

enum connection { STAYS, STAYS_AND_SAYS_SO, CLOSES };
static const char *const connection_field[] = {
    [STAYS] = "", [STAYS_AND_SAYS_SO] = "Connection: keep-alive\r\n", [CLOSES] = "Connection: close\r\n"};

/* RFC 9112, 9.3. After a fault nobody knows where the next request begins. */
static enum connection connection_after(const struct http_request *request)
{
    if (request->stage == HTTP_WRONG || request->close)
        return CLOSES;
    if (request->minor > 0)
        return STAYS;
    return request->keep_alive ? STAYS_AND_SAYS_SO : CLOSES;
}

/* -- The page: its answers are made once, before the first client ------------------------------------------------ */

static struct page { char bytes[PAGE_MOST]; size_t head, size; } pages[CLOSES + 1];

static const char page_format[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>iolab: %s</title>\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<style>:root{color-scheme:light dark}body{font:1.25rem/1.6 sans-serif;max-width:32rem;margin:15vh auto;"
    "padding:0 1rem}h1{font-size:3rem;margin:0}</style>\n</head>\n<body>\n<h1>%s</h1>\n"
    "<p>This page was served by the model <b>%s</b> of iolab. All models send the same page; they differ in how they "
    "wait for your request.</p>\n</body>\n</html>\n";

static void make_pages(const char *model)
{
    char html[PAGE_MOST];
    int size = snprintf(html, sizeof html, page_format, model, model, model);
    for (enum connection connection = STAYS; connection <= CLOSES; connection++) {
        struct page *page = &pages[connection];
        page->head = (size_t)snprintf(page->bytes, sizeof page->bytes,
                                      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                                      "Content-Length: %d\r\n%s\r\n",
                                      size, connection_field[connection]);
        page->size = page->head + (size_t)size;
        memcpy(page->bytes + page->head, html, (size_t)size);
    }
}

/* -- What the answer is ------------------------------------------------------------------------------------------ */

struct answer { int status; const char *why, *fields; const char *body; size_t size; };

static const char *phrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 505: return "HTTP Version Not Supported";
    }
    return "Error";
}

/* Of a whole request. A body that was sent comes back, also with a method that seldom has one. */
static struct answer answer_to(const struct http_request *request, const char *body)
{
    bool has_body = request->body_size > 0 || request->method == HTTP_POST || request->method == HTTP_PUT ||
                    request->method == HTTP_PATCH;
    if (request->method == HTTP_UNKNOWN)
        return (struct answer){501, "this method is not known here", ALLOW, NULL, 0};
    if (request->method == HTTP_CONNECT || request->method == HTTP_TRACE)
        return (struct answer){405, "this method has no use here", ALLOW, NULL, 0};
    if (request->target == TARGET_OTHER)
        return (struct answer){404, "there is only /", "", NULL, 0};
    if (has_body && request->target == TARGET_ROOT)
        return (struct answer){200, NULL, "Content-Type: application/octet-stream\r\n", body, request->body_size};
    if (request->method == HTTP_OPTIONS)
        return (struct answer){200, NULL, ALLOW, NULL, 0};
    return (struct answer){405, "this method needs a body here, which it then gives back", ALLOW, NULL, 0};
}

static bool wants_page(const struct http_request *request)
{
    return request->stage == HTTP_WHOLE && request->target == TARGET_ROOT && request->body_size == 0 &&
           (request->method == HTTP_GET || request->method == HTTP_HEAD);
}

/* -- Into the buffer --------------------------------------------------------------------------------------------- */

static void put(struct buffer *out, const char *bytes, size_t n)
{
    memcpy(out->bytes + out->end, bytes, n);
    out->end += n;
}

static bool is_room(struct exchange *talk, size_t n)
{
    if (!talk->out)
        talk->out = buffer_take();
    return BUFFER_SIZE - talk->out->end >= n;
}

/* An answer to HEAD is that to GET, without the body (RFC 9110, 9.3.2). nosniff: what a stranger sent is never taken
 * for a page (Fetch standard, 2.6). */
static void put_answer(struct buffer *out, struct answer answer, bool to_head, enum connection connection)
{
    char reason[REASON_MOST];
    if (answer.why) {
        answer.body = reason;
        answer.size = (size_t)snprintf(reason, sizeof reason, "%d %s: %s\n", answer.status, phrase(answer.status),
                                       answer.why);
    }
    out->end += (size_t)snprintf(out->bytes + out->end, ANSWER_HEAD_MOST,
                                 "HTTP/1.1 %d %s\r\n%s%sX-Content-Type-Options: nosniff\r\n"
                                 "Content-Length: %zu\r\n%s\r\n",
                                 answer.status, phrase(answer.status), answer.fields,
                                 answer.why ? "Content-Type: text/plain; charset=utf-8\r\n" : "", answer.size,
                                 connection_field[connection]);
    if (!to_head && answer.size > 0)
        put(out, answer.body, answer.size);
}

/* False: the answers before this one must be sent first. */
static bool reply(struct exchange *talk, const struct http_request *request)
{
    enum connection connection = connection_after(request);
    bool to_head = request->method == HTTP_HEAD;
    if (wants_page(request)) {
        const struct page *page = &pages[connection];
        if (!is_room(talk, page->size))
            return false;
        put(talk->out, page->bytes, to_head ? page->head : page->size);
    } else {
        struct answer answer = {request->status, request->why, "", NULL, 0};
        if (request->stage == HTTP_WHOLE)
            answer = answer_to(request, talk->in->bytes + talk->in->begin + request->body);
        if (!is_room(talk, ANSWER_HEAD_MOST + REASON_MOST + answer.size))
            return false;
        put_answer(talk->out, answer, to_head, connection);
    }
    talk->closing = connection == CLOSES;
    return true;
}

/* Who waits for a word before sending its body gets it (RFC 9110, 10.1.1), unless the body is on its way already. */
static void encourage(struct exchange *talk)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct http_request *request = &talk->in->request;
    bool in_body = request->stage == HTTP_DATA || request->stage == HTTP_CHUNK_SIZE;
    bool begun = talk->in->end - talk->in->begin > request->body;
    if (!in_body || begun || !request->expects || request->minor == 0 || request->continued ||
        !is_room(talk, sizeof go_on))
        return;
    put(talk->out, go_on, sizeof go_on - 1);
    request->continued = true;
}

/* As many answers as there are requests and room, in their order: one read leads to few writes. */
static void answer(struct exchange *talk)
{
    struct buffer *in = talk->in;
    while (!talk->closing && in->begin < in->end && http_read(in)) {
        if (!reply(talk, &in->request))
            return;
        in->begin += in->request.at;
        in->request = (struct http_request){0};
    }
    if (!talk->closing && in->begin < in->end)
        encourage(talk);
}

const struct service http_service = {
    .name = "http", .example = {"curl http://", ":", "/"}, .begin = make_pages, .answer = answer};
