/* The reader of requests: a function for each stage, which takes what it understands, and says false when it must wait
 * for more bytes or has found a fault. The first fault ends the reading, wherever the bytes were cut. */
#define _GNU_SOURCE
#include "harness/server/buffer.h"
#include "harness/server/http.h"
#include <string.h>
#include <strings.h>

_Static_assert(HTTP_HEAD_MOST + HTTP_BODY_MOST + HTTP_TRAILERS_MOST + HTTP_CHUNK_LINE_MOST < BUFFER_SIZE,
               "a half request may fill its buffer");

struct text { const char *at; size_t n; };

static bool wrong(struct http_request *request, int status, const char *why)
{
    request->stage = HTTP_WRONG;
    request->status = status;
    request->why = why;
    return false;
}

/* -- Texts ------------------------------------------------------------------------------------------------------- */

static bool is(struct text text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.at, word, text.n) == 0;
}

/* The part before the first `mark`; `rest` goes on behind it. False: there is no mark, and the part is all. */
static bool cut(struct text *rest, char mark, struct text *part)
{
    const char *found = memchr(rest->at, mark, rest->n);
    size_t n = found ? (size_t)(found - rest->at) : rest->n;
    size_t behind = found ? n + 1 : n;
    *part = (struct text){rest->at, n};
    *rest = (struct text){rest->at + behind, rest->n - behind};
    return found;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* RFC 9110, 5.6.2 */
static bool is_in_token(char c) { return is_letter(c) || is_digit(c) || (c && strchr("!#$%&'*+-.^_`|~", c)); }

/* RFC 9110, 5.5: all but control characters; bytes from 0x80 on are left over from older times. */
static bool is_in_value(char c) { return (unsigned char)c >= ' ' ? c != 0x7f : c == '\t'; }

static bool is_in_target(char c) { return c > ' ' && c < 0x7f && c != '#'; }

/* RFC 3986, 3.2.2, without the comma: a list of hosts is none. */
static bool is_in_host(char c) { return is_letter(c) || is_digit(c) || (c && strchr("-._~%!$&'()*+;=", c)); }
static bool is_in_ip_literal(char c) { return is_in_host(c) || c == ':'; }

/* At least one byte, and all of the kind. */
static bool all(struct text text, bool (*kind)(char))
{
    for (size_t i = 0; i < text.n; i++)
        if (!kind(text.at[i]))
            return false;
    return text.n > 0;
}

static struct text trim(struct text text)
{
    while (text.n > 0 && is_blank(text.at[0]))
        text = (struct text){text.at + 1, text.n - 1};
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

/* host, host:80, [::1]:80. An empty host is refused, too (RFC 9110, 4.2.1); an empty port is none. */
static bool is_host(struct text text)
{
    struct text host, port = text, nothing;
    bool is_address = text.n > 0 && text.at[0] == '[';
    if (is_address) {
        port = (struct text){text.at + 1, text.n - 1};
        if (!cut(&port, ']', &host) || (port.n > 0 && port.at[0] != ':'))
            return false;
        cut(&port, ':', &nothing);
    } else {
        cut(&port, ':', &host);
    }
    return all(host, is_address ? is_in_ip_literal : is_in_host) && (port.n == 0 || all(port, is_digit));
}

/* The next line without its end, once it is there. `most` bytes of it are taken, its end counted; more is answered
 * with the status. */
static bool next_line(struct buffer *in, struct text *line, size_t most, int status, const char *why)
{
    struct http_request *request = &in->request;
    const char *begin = in->bytes + in->begin + request->at;
    size_t there = in->end - in->begin - request->at;
    const char *lf = memchr(begin + request->seen, '\n', there - request->seen);
    size_t n = lf ? (size_t)(lf - begin) + 1 : there;
    if (n > most)
        return wrong(request, status, why);
    request->seen = lf ? 0 : there;
    if (!lf)
        return false;
    if (n < 2 || lf[-1] != '\r')
        return wrong(request, 400, "lines end with CR LF: with nc use -C");
    *line = (struct text){begin, n - 2};
    request->at += n;
    return true;
}

/* -- The request line -------------------------------------------------------------------------------------------- */

static enum http_method method_named(struct text name)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",       [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",       [HTTP_PATCH] = "PATCH",   [HTTP_DELETE] = "DELETE",
        [HTTP_OPTIONS] = "OPTIONS", [HTTP_TRACE] = "TRACE", [HTTP_CONNECT] = "CONNECT"};
    for (enum http_method method = HTTP_GET; method <= HTTP_CONNECT; method++)
        if (name.n == strlen(names[method]) && memcmp(name.at, names[method], name.n) == 0)
            return method;
    return HTTP_UNKNOWN;
}

/* RFC 9112, 2.3. A higher minor version is ours with something on top that may be ignored (RFC 9110, 2.5). */
static bool read_version(struct http_request *request, struct text version)
{
    if (version.n != 8 || memcmp(version.at, "HTTP/", 5) != 0 || !is_digit(version.at[5]) || version.at[6] != '.' ||
        !is_digit(version.at[7]))
        return wrong(request, 400, "the request line is METHOD TARGET HTTP/1.1, with one blank in between");
    if (version.at[5] != '1')
        return wrong(request, 505, "HTTP/1.1 and HTTP/1.0 are spoken here");
    request->minor = version.at[7] > '0';
    return true;
}

/* The four forms of RFC 9112, 3.2. */
static bool read_target(struct http_request *request, struct text target)
{
    struct text path, host;
    bool http = target.n > 7 && strncasecmp(target.at, "http://", 7) == 0;
    if (http) {
        target = (struct text){target.at + 7, target.n - 7};
        for (host = (struct text){target.at, 0}; host.n < target.n && !memchr("/?", target.at[host.n], 2); host.n++)
            ;
        if (!is_host(host))
            return wrong(request, 400, "the target names no valid host");
        target = (struct text){target.at + host.n, target.n - host.n};
    }
    request->target = TARGET_OTHER;
    if (request->method == HTTP_CONNECT)
        return (!http && is_host(target)) || wrong(request, 400, "CONNECT wants HOST:PORT");
    if (request->method == HTTP_OPTIONS && is(target, "*"))
        request->target = TARGET_SERVER;
    else if (!http && target.at[0] != '/')
        return wrong(request, 400, "the target is /PATH or http://HOST/PATH");
    cut(&target, '?', &path);
    if (is(path, "/") || (http && path.n == 0))
        request->target = TARGET_ROOT;
    return true;
}

static bool read_request_line(struct buffer *in)
{
    struct http_request *request = &in->request;
    struct text line, method, target;
    if (!next_line(in, &line, HTTP_LINE_MOST, 414, "the target is longer than 8000 bytes"))
        return false;
    if (line.n == 0) {          /* left over from the request before: RFC 9112, 2.2 */
        in->begin += request->at;
        *request = (struct http_request){0};
        return in->begin < in->end;
    }
    if (!cut(&line, ' ', &method) || !cut(&line, ' ', &target) || !all(method, is_in_token))
        return wrong(request, 400, "the request line is METHOD TARGET HTTP/1.1, with one blank in between");
    request->method = method_named(method);     /* first of all: a fault is told to HEAD, too, without a body */
    if (!all(target, is_in_target))
        return wrong(request, 400, "a target is of visible ASCII characters, without #");
    if (target.n > HTTP_TARGET_MOST)
        return wrong(request, 414, "the target is longer than 8000 bytes");
    request->stage = HTTP_FIELDS;
    return read_version(request, line) && read_target(request, target);
}

/* -- Fields ------------------------------------------------------------------------------------------------------ */

static bool note_host(struct http_request *request, struct text value)
{
    if (request->has_host)
        return wrong(request, 400, "there are two Host fields");
    request->has_host = true;
    return is_host(value) || wrong(request, 400, "Host names no valid host");
}

/* Digits and nothing else: no sign, no list. One number too large to be counted is as good as another. */
static bool note_length(struct http_request *request, struct text value)
{
    if (request->has_length)
        return wrong(request, 400, "there are two Content-Length fields");
    if (request->chunked)
        return wrong(request, 400, "Content-Length and Transfer-Encoding contradict each other");
    if (!all(value, is_digit))
        return wrong(request, 400, "Content-Length is a number, of decimal digits alone");
    request->has_length = true;
    for (size_t i = 0; i < value.n && request->left <= HTTP_BODY_MOST; i++)
        request->left = request->left * 10 + (size_t)(value.at[i] - '0');
    return true;
}

/* RFC 9112, 6.1 and 6.3: where a body ends must be known beyond doubt. */
static bool note_coding(struct http_request *request, struct text value)
{
    struct text coding;
    bool chunked = false, other = false;
    if (request->minor == 0)
        return wrong(request, 400, "HTTP/1.0 has no Transfer-Encoding");
    if (request->has_length)
        return wrong(request, 400, "Content-Length and Transfer-Encoding contradict each other");
    if (request->chunked)
        return wrong(request, 400, "there are two Transfer-Encoding fields");
    for (bool more = true; more;) {
        more = cut(&value, ',', &coding);
        coding = trim(coding);
        if (chunked || coding.n == 0)
            return wrong(request, 400, "of the transfer codings chunked is the last, and there once");
        chunked = is(coding, "chunked");
        other |= !chunked;
    }
    if (!chunked)
        return wrong(request, 400, "of the transfer codings chunked is the last, and there once");
    request->chunked = true;
    return !other || wrong(request, 501, "the only transfer coding known here is chunked");
}

static bool note_connection(struct http_request *request, struct text value)
{
    struct text word;
    for (bool more = true; more;) {
        more = cut(&value, ',', &word);
        request->close |= is(trim(word), "close");
        request->keep_alive |= is(trim(word), "keep-alive");
    }
    return true;
}

static bool note_expect(struct http_request *request, struct text value)
{
    request->expects |= is(value, "100-continue");
    return true;
}

/* The value is empty, or all of the kind. */
static bool split_field(struct http_request *request, struct text line, struct text *name, struct text *value)
{
    if (is_blank(line.at[0]))
        return wrong(request, 400, "a line begins with a blank: folded fields are obsolete");
    if (!cut(&line, ':', name))
        return wrong(request, 400, "a field is NAME: VALUE, and this line has no colon");
    if (!all(*name, is_in_token))
        return wrong(request, 400, "a field's name is a token, with no blank before the colon");
    *value = trim(line);
    return value->n == 0 || all(*value, is_in_value) || wrong(request, 400, "a control character in a field");
}

static bool note_field(struct http_request *request, struct text line)
{
    static const struct { const char *name; bool (*note)(struct http_request *, struct text); } fields[] = {
        {"host", note_host},             {"content-length", note_length}, {"transfer-encoding", note_coding},
        {"connection", note_connection}, {"expect", note_expect}};
    struct text name, value;
    if (!split_field(request, line, &name, &value))
        return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (is(name, fields[i].name))
            return fields[i].note(request, value);
    return true;
}

static bool end_head(struct http_request *request)
{
    request->body = request->at;
    if (!request->has_host && request->minor > 0)
        return wrong(request, 400, "HTTP/1.1 wants a Host field");
    if (request->left > HTTP_BODY_MOST)
        return wrong(request, 413, "the body is longer than 40 KiB");
    request->stage = request->chunked ? HTTP_CHUNK_SIZE : HTTP_DATA;
    return true;
}

static bool read_field(struct buffer *in)
{
    struct http_request *request = &in->request;
    struct text line;
    if (!next_line(in, &line, HTTP_HEAD_MOST - request->at, 431, "the head is longer than 16 KiB"))
        return false;
    return line.n > 0 ? note_field(request, line) : end_head(request);
}

/* -- The body ---------------------------------------------------------------------------------------------------- */

/* In a chunked body there are lines between the data: the data closes ranks. */
static bool read_data(struct buffer *in)
{
    struct http_request *request = &in->request;
    char *bytes = in->bytes + in->begin;
    size_t there = in->end - in->begin - request->at;
    size_t n = there < request->left ? there : request->left;
    if (request->chunked)
        memmove(bytes + request->body + request->body_size, bytes + request->at, n);
    request->body_size += n;
    request->at += n;
    request->left -= n;
    if (request->left > 0)
        return false;
    request->stage = request->chunked ? HTTP_CHUNK_END : HTTP_WHOLE;
    return true;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);       /* to lower case */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* SIZE, or SIZE;EXTENSIONS, which say nothing to us (RFC 9112, 7.1.1). */
static bool read_chunk_size(struct buffer *in)
{
    struct http_request *request = &in->request;
    struct text line, size;
    if (!next_line(in, &line, HTTP_CHUNK_LINE_MOST, 400, "the line of a chunk is longer than 256 bytes"))
        return false;
    if (line.n > 0 && !all(line, is_in_value))
        return wrong(request, 400, "a control character in the line of a chunk");
    if (cut(&line, ';', &size))
        while (size.n > 0 && is_blank(size.at[size.n - 1]))
            size.n--;
    if (size.n == 0)
        return wrong(request, 400, "a chunk begins with its size");
    for (size_t i = 0; i < size.n; i++) {
        if (hex_value(size.at[i]) < 0)
            return wrong(request, 400, "the size of a chunk is a number, of hexadecimal digits alone");
        if (request->left <= HTTP_BODY_MOST)
            request->left = request->left * 16 + (size_t)hex_value(size.at[i]);
    }
    if (request->left > HTTP_BODY_MOST - request->body_size)
        return wrong(request, 413, "the body is longer than 40 KiB");
    request->stage = request->left > 0 ? HTTP_DATA : HTTP_TRAILERS;
    return true;
}

static bool read_chunk_end(struct buffer *in)
{
    struct text line;
    if (!next_line(in, &line, 2, 400, "the data of a chunk does not end where its size says"))
        return false;
    in->request.stage = HTTP_CHUNK_SIZE;
    return true;
}

/* Fields behind the body: looked at, and thrown away (RFC 9110, 6.5.1). */
static bool read_trailer(struct buffer *in)
{
    struct http_request *request = &in->request;
    struct text line, name, value;
    if (!next_line(in, &line, HTTP_TRAILERS_MOST - request->trailers, 431, "the trailers are longer than 4 KiB"))
        return false;
    request->trailers += line.n + 2;
    if (line.n > 0)
        return split_field(request, line, &name, &value);
    request->stage = HTTP_WHOLE;
    return true;
}

/* -- All of it --------------------------------------------------------------------------------------------------- */

/* What has not been read moves up to the data: lines of chunks never fill the buffer. */
static void close_gap(struct buffer *in)
{
    struct http_request *request = &in->request;
    size_t end = request->body + request->body_size, gap = request->at - end;
    char *bytes = in->bytes + in->begin;
    memmove(bytes + end, bytes + request->at, in->end - in->begin - request->at);
    request->at -= gap;
    in->end -= gap;
}

bool http_read(struct buffer *in)
{
    static bool (*const stages[])(struct buffer *) = {
        [HTTP_REQUEST_LINE] = read_request_line, [HTTP_FIELDS] = read_field,         [HTTP_DATA] = read_data,
        [HTTP_CHUNK_SIZE] = read_chunk_size,     [HTTP_CHUNK_END] = read_chunk_end, [HTTP_TRAILERS] = read_trailer};
    const struct http_request *request = &in->request;
    while (request->stage < HTTP_WHOLE && stages[request->stage](in))
        ;
    if (request->stage > HTTP_FIELDS && request->stage < HTTP_WHOLE && request->at > request->body + request->body_size)
        close_gap(in);
    return request->stage >= HTTP_WHOLE;
}
