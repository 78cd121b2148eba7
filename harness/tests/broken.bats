#!/usr/bin/env bats
# Break a server on purpose: which scene goes red, and does it say why? Every mistake is one that real servers have.
# The means are in breaks.bash.
load lab
load breaks

# -- Every model ------------------------------------------------------------------------------------------------------

@test "SIGPIPE is not ignored" {
  breaks harness/server/server.c '/signal(SIGPIPE, SIG_IGN)/d'
  fails blocking leaving gone SIGPIPE_DEATH "it wrote to somebody who had left"
  fails epoll-lt leaving gone SIGPIPE_DEATH "it wrote to somebody who had left"
  fails epoll-et leaving gone SIGPIPE_DEATH "it wrote to somebody who had left"
}

@test "write is believed to take all" {
  breaks harness/server/exchange.c 's/talk->out->begin += (size_t)n;/talk->out->begin = talk->out->end;/'
  fails poll bytes stream LOST_BYTES "what did write return?"
  fails poll pressure slow-reader LOST_BYTES "write takes less than all, and says so"
}

@test "the out-of-band byte is left where the kernel puts it" {
  breaks harness/server/server.c 's/SO_OOBINLINE/SO_KEEPALIVE/'
  fails poll bytes urgent URGENT_LOST "the urgent byte left the stream"
}

@test "EMFILE is ignored, and the listener stays ready" {
  breaks harness/server/server.c '/case EMFILE/,+1 s/turn_one_away()/ACCEPT_NONE/'
  fails poll limits emfile-sleeps EMFILE_SPIN "accept fails, the listener stays ready"
  fails epoll-lt limits emfile-sleeps EMFILE_SPIN "accept fails, the listener stays ready"
}

@test "EMFILE ends the server" {
  breaks harness/server/server.c '/case EMFILE/,+1 d'
  fails select limits out-of-fds DIED_ON_EMFILE "no descriptor left is no reason to die"
}

@test "EMFILE is answered by trying again" {
  breaks harness/server/server.c '/case EMFILE/,+1 s/turn_one_away()/ACCEPT_MORE/'
  fails epoll-et limits out-of-fds EMFILE_SPIN "trying again never ends"
}

@test "who left still counts" {
  breaks harness/server/server.c '/^void server_leave/,/^}/ s/open_clients--;//'
  fails epoll-lt limits max-clients NEVER_RECOVERS "a slot is free, and a new client is not served"
}

@test "the descriptor of who left is not closed" {
  breaks epoll-lt '/^static void part/,/^}/ s/close(client);//'
  fails epoll-lt leaving see-the-end NO_EOF "who else holds the connection?"
  fails epoll-lt leaving resets FD_LEAK "before the clients came"
}

@test "a byte of zero ends what came" {
  breaks harness/server/exchange.c 's/talk->in->end += (size_t)n;/talk->in->end += strnlen(talk->in->bytes, n);/'
  fails poll bytes binary SHORT "bytes are no strings"
}

# -- Waiting for many --------------------------------------------------------------------------------------------------

@test "a wait that was interrupted ends the server" {
  for model in select poll epoll-lt epoll-et; do
    breaks $model 's/ready < 0 && errno != EINTR/ready < 0/'
  done
  fails epoll-lt limits stop-continue EINTR_DEATH "goes back to Wait"
  fails epoll-et limits stop-continue EINTR_DEATH "goes back to Wait"
  fails select ending term-idle EINTR_DEATH "goes back to Wait"
  fails poll ending term-idle EINTR_DEATH "goes back to Wait"
  breaks signal-io 's/number < 0 && !server_not_now()/number < 0 \&\& errno == EINTR/'
  fails signal-io limits stop-continue EINTR_DEATH "goes back to Wait"
}

@test "the clients' sockets block" {
  for model in select poll epoll-lt; do
    breaks $model 's/SOCK_NONBLOCK | SOCK_CLOEXEC/SOCK_CLOEXEC/'
    fails $model pressure never-reads WRITE_BLOCKED "it waits in write for a client that does not read"
  done
}

@test "select: the bits end at 1,024, and nobody looks" {
  breaks select 's/if (client >= FD_SETSIZE)/if (0)/'
  fails select limits select-refuses FDSET_OVERFLOW "writes past the set" -O2 -D_FORTIFY_SOURCE=2
}

@test "the listener that was shut is waited for all the same" {
  for model in select poll epoll-lt; do
    breaks $model 's/server_accept_failed() == ACCEPT_SHUT/server_accept_failed() == ACCEPT_SHUT \&\& 0/'
    fails $model ending term-grace-sleeps GRACE_SPIN "the shut listener stays ready, forget it"
  done
}

@test "LT: room is asked for while nothing is owed" {
  breaks epoll-lt '/^static void watch/,/^}/ s/EPOLLIN/EPOLLIN | EPOLLOUT/'
  fails epoll-lt crowd sleeps SPIN "ask for that only while you owe"
}

@test "LT: room is never asked for" {
  breaks epoll-lt 's/writing ? EPOLLOUT : EPOLLIN/writing ? 0 : EPOLLIN/'
  fails epoll-lt pressure slow-reader LOST_TAIL "who tells it that there is room again?"
}

@test "LT: RDHUP is taken for the end of the conversation" {
  breaks epoll-lt 's/EPOLL_CTL_ADD, fd, EPOLLIN/EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP/
    s/serve(fd);/if (events[i].events \& EPOLLRDHUP) part(fd); else serve(fd);/'
  fails epoll-lt bytes data-and-fin LOST_REPLY "A only half-closed"
}

@test "LT: bytes are asked for while some are owed" {
  breaks epoll-lt 's/writing ? EPOLLOUT : EPOLLIN/EPOLLIN/'
  fails epoll-lt pressure never-reads-cpu WRITE_SPIN "for a client that does not read"
}

@test "ET: one read for an event" {
  breaks epoll-et 's/reads++ < server.reads_per_event/reads++ < 1/; /if (server.reads_per_event == READ_ALL)/,+1 d'
  fails epoll-et pressure burst ET_STALL "nobody will remind it"
}

@test "ET: the budget is spent, and the rest is forgotten" {
  breaks epoll-et '/if (server.reads_per_event == READ_ALL)/,+1 d'
  fails epoll-et bytes small-reads ET_STALL "who stops before EAGAIN must remind himself"
}

@test "ET: no budget" {
  breaks epoll-et 's/reads++ < server.reads_per_event/true/'
  fails epoll-et pressure firehose-slow STARVED "after a while the others first"
}

@test "ET: one newcomer for an event" {
  breaks epoll-et '/^static void welcome/,/^}/ s/for (;;) {/{/'
  fails epoll-et crowd while-away ACCEPT_STALL "20 connects are one edge, so accept until EAGAIN"
}

@test "ET: a short read is taken for the last" {
  local shortcut='!exchange_owes(talk) \&\& n < (ssize_t)server.read_size'
  breaks epoll-et "s/if (n < 0 && errno == EAGAIN)/if (n < 0 ? errno == EAGAIN : $shortcut)/"
  fails epoll-et bytes data-and-fin LOST_FIN "the FIN behind it was not"
}

@test "ET: it is level-triggered after all" {
  breaks epoll-et 's/ | EPOLLET//'
  fails epoll-et epoll drain NOT_ET "the kernel says level-triggered"
  fails epoll-et epoll et-one NOT_STRANDED "is it told again?"
}

@test "ET: one read for an event, and the kernel says that nobody will remind it" {
  breaks epoll-et 's/reads++ < server.reads_per_event/reads++ < 1/; /if (server.reads_per_event == READ_ALL)/,+1 d'
  fails epoll-et epoll drain ET_STALL "64512 bytes lie unread, and it is in epoll_wait"
}

@test "ET: reads until EAGAIN on a socket that blocks" {
  breaks epoll-et 's/SOCK_NONBLOCK | SOCK_CLOEXEC/SOCK_CLOEXEC/'
  fails epoll-et epoll drain BLOCKED_IN_READ "needs a socket that does not block"
}

@test "LT: it is edge-triggered after all" {
  breaks epoll-lt 's/EPOLL_CTL_ADD, fd, EPOLLIN/EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET/'
  fails epoll-lt epoll reminded NOT_LT "the kernel says edge-triggered"
}

@test "the port cannot be had again at once" {
  breaks harness/server/server.c 's/SO_REUSEADDR/SO_KEEPALIVE/'
  fails poll ending restart PORT_HELD "the port is held by what is left of A's connection"
}
