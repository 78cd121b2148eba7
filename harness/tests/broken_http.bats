#!/usr/bin/env bats
# Break http on purpose: which scene goes red, and does it say why? As in broken.bats, for harness/battery/http.scene.
load lab
load breaks

HTTP=harness/server/http.c
READER=harness/server/http_read.c
EXCHANGE=harness/server/exchange.c

@test "every answer is the last" {
  breaks $HTTP 's/return STAYS;/return CLOSES;/'
  fails poll http page NOT_KEPT "it stays until somebody says"
}

@test "HEAD gets the page" {
  breaks $HTTP 's/to_head ? page->head : page->size/page->size/'
  fails poll http head BODY_TO_HEAD "what follows the head is not the next answer"
}

@test "one read is one request" {
  breaks $HTTP '/^static void answer(/,/^}/ s/while (/if (/'
  breaks $EXCHANGE '/^void exchange_sent/,/^}/ s/if (talk->in)/if (false)/'
  fails poll http pipeline ONE_OF_TEN "one read may hold many requests"
}

@test "half a request is thrown away" {
  breaks $EXCHANGE '/^static void tidy/,/^}/ s/if (talk->in && .*/if (talk->in)/'
  fails poll http segments EARLY "an answer to half a request"
}

@test "a body is what came with its first byte" {
  breaks $READER '/^static bool read_data/,/^}/ s/if (request->left > 0)/if (false)/'
  fails poll http body BROKEN_BODY "a body comes when it comes"
}

@test "the lines of the chunks stay in the body" {
  breaks $READER 's/memmove(bytes + request->body + request->body_size.*/;/'
  fails poll http chunks NO_CHUNKS "no part of the body"
}

@test "nobody is told to go on" {
  breaks $HTTP '/^static void answer(/,/^}/ s/encourage(talk)/(void)encourage/'
  fails poll http expects NOT_ASKED_FOR "waits to be told"
}

@test "HTTP/1.0 is kept open" {
  breaks $HTTP 's/STAYS_AND_SAYS_SO : CLOSES;/STAYS_AND_SAYS_SO : STAYS;/'
  fails poll http last KEPT_OPEN "the client waits for that end"
}

@test "who refuses a body closes at once" {
  breaks $EXCHANGE 's/return (talk->ended ||/return (talk->ended || talk->closing ||/'
  fails poll http too-large ANSWER_LOST "close() with unread bytes sends RST"
}

@test "who was refused is read for ever" {
  breaks $EXCHANGE 's/4 \* 1024 \* 1024/1 << 30/'
  fails epoll-lt http endless-deaf NEVER_CUT "for how long?"
}

@test "half a request is waited for, though the client has ended" {
  breaks $EXCHANGE 's/return (talk->ended ||/return ((talk->ended \&\& !talk->in) ||/'
  fails poll http half WAITS_ON "the rest will never come"
  fails poll http term-half NO_EOF "not waited for"
}

@test "Content-Length beside Transfer-Encoding is ignored" {
  breaks $READER '/^static bool note_coding/,/^}/ { /if (request->has_length)/,+1 d }'
  fails poll http traps SMUGGLED "which of them ends the body?"
}

@test "of two lengths the last counts" {
  breaks $READER '/^static bool note_length/,/^}/ {
    /if (request->has_length)/,+1 d
    s/for (size_t/request->left = 0; &/
  }'
  fails poll http traps TWO_LENGTHS "a length of 5 and one of 6"
}

@test "each request has its buffer cleaned, all of it" {
  breaks harness/server/buffer.c \
    '/^struct buffer \*buffer_take/,/^}/ s/return buffer;/return memset(buffer->bytes, 1, BUFFER_SIZE), buffer;/'
  breaks harness/server/buffer.c '1 i #include <string.h>'
  fails epoll-lt http slow-heads UNBOUNDED_HEADS "what does half a request of a few bytes cost?"
}
