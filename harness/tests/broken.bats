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

# -- Told by signals ---------------------------------------------------------------------------------------------------

@test "signal-io: the SIGIO of a full queue is ignored" {
  breaks signal-io 's/return take_all();/continue;/'
  fails signal-io signal-io overflow SIGNALS_LOST "look at everybody"
  fails signal-io signal-io overflow-stop SIGNALS_LOST "of 100"
}

@test "signal-io: the SIGIO of a full queue is left to its default" {
  breaks signal-io '/sigaddset(&both, SIGIO);/d'
  fails signal-io signal-io overflow KILLED_BY_SIGIO "block it, and take it"
}

@test "signal-io: after an overflow the clients are looked at, and the listener is not" {
  breaks signal-io 's/batch\[fd\] = fd;/batch[fd] = exchange_open(\&talks[fd]) ? fd : 0;/'
  fails signal-io signal-io overflow-newcomers LISTENER_LOST "the listener's signal, too, finds a full queue"
}

@test "signal-io: plain SIGIO, which names nobody" {
  breaks signal-io 's/fcntl(fd, F_SETSIG, SIGRTMIN) < 0 ||//'
  fails signal-io signal-io one-of-many ALL_FOR_ONE "the signals do not name who speaks"
}

@test "signal-io: asked for signals, and nobody looks at what was there before" {
  breaks signal-io '/^static void meet/,/^}/ s/serve(client);//'
  fails signal-io signal-io before-arming NEVER_TOLD "what came before O_ASYNC raises no signal"
}

# The moment between the two is short; a nap shows it.
@test "signal-io: asked for signals after the first read" {
  breaks signal-io '/^static void meet/,/^}/ { s/watch(client);/serve(client); usleep(100000);/; t
    s/serve(client);/watch(client);/ }'
  fails signal-io signal-io while-arming NEVER_TOLD "what came between its first read and O_ASYNC"
}

@test "signal-io: the descriptor in a signal is taken for somebody's" {
  breaks signal-io 's/else if (exchange_open(&talks\[fd\]))/else/'
  fails signal-io signal-io departed SERVED_NOBODY "it served a descriptor that was closed"
}

@test "signal-io: the descriptor in a signal is taken for the one it was" {
  breaks signal-io 's/^        int fd = info.si_code .*/&\n        if (info.si_code == POLL_ERR \&\& exchange_open(\&talks[fd])) part(fd);/'
  fails signal-io signal-io reused WRONG_CLIENT "meant for A"
}

@test "signal-io: one read for a signal" {
  breaks signal-io 's/reads++ < server.reads_per_event/reads++ < 1/; /if (server.reads_per_event == READ_ALL)/,+1 d'
  fails signal-io pressure burst SIGNAL_STALL "of these bytes no second signal will tell"
}

@test "signal-io: the budget is spent, and the rest is forgotten" {
  breaks signal-io '/if (server.reads_per_event == READ_ALL)/,+1 d'
  fails signal-io bytes small-reads SIGNAL_STALL "who stops before EAGAIN must remind himself"
}

@test "signal-io: one newcomer for a signal" {
  breaks signal-io '/^static void welcome/,/^}/ s/for (;;) {/{/'
  fails signal-io crowd while-away ACCEPT_STALL "so accept until EAGAIN"
}

@test "signal-io: nobody sends a signal when the sockets are shut" {
  breaks signal-io '/server.tell = tell;/d'
  fails signal-io ending term-clients NEVER_WOKEN "to shut a socket raises no signal"
}

# -- A process for a client --------------------------------------------------------------------------------------------

@test "fork: the parent keeps the client" {
  breaks fork '/server_in_parent(client);/,+1 s/close(client);//'
  fails fork leaving see-the-end NO_EOF "who else holds the connection?"
  fails fork leaving funerals FD_LEAK "descriptors are open"
}

@test "fork: one funeral for a SIGCHLD" {
  breaks fork '/^static void bury/,/^}/ {
    s/for (pid_t child; .*;) {/pid_t child = waitpid(-1, \&status, WNOHANG); if (child > 0) {/
  }'
  fails fork leaving funerals ZOMBIES "one SIGCHLD may stand for many"
}

@test "fork: accept that was interrupted ends the server" {
  breaks harness/server/server.c '/case EINTR:/,+1 d'
  fails fork leaving funerals ACCEPT_EINTR "EINTR is no error"
}

@test "fork: the last children are not mourned" {
  breaks fork 's/mourn();/break;/'
  fails fork ending term-working NOT_BOOKED "before the last was served"
}

# -- A thread for a client ---------------------------------------------------------------------------------------------

@test "thread: main does not wait for the threads at the end" {
  breaks thread 's/mourn();/break;/'
  fails thread ending term-working LOST_REPLY "must be answered"
}

@test "thread: main asks again and again whether the threads have ended" {
  breaks thread 's/while (count > 0)/while (0)/'
  fails thread ending term-grace-sleeps GRACE_SPIN "while it waits for the last client"
}

@test "thread: neither joined nor detached" {
  breaks thread '/pthread_attr_setdetachstate/d'
  fails thread thread stacks STACK_LEAK "leaves its stack behind"
}

@test "thread: a client is not closed" {
  breaks thread '/^static void serve/,/^}/ s/close(client);//'
  fails thread leaving see-the-end NO_EOF "who else holds the connection?"
  fails thread thread farewell FD_LEAK "descriptors are open"
}

@test "thread: the end of a thread is not counted" {
  breaks thread 's/count_threads(-1);//'
  fails thread ending term-clients NOT_STOPPED "its exit is running"
}

# -- A pool of processes -----------------------------------------------------------------------------------------------

@test "prefork: a worker that is told to stop shuts the listener for all" {
  breaks harness/server/server.c 's/if (!in_child)/if (true)/'
  fails prefork prefork worker-term LISTENER_SHUT "it is the supervisor's"
  fails prefork prefork idle-term LISTENER_SHUT "all have ended"
}

@test "prefork: nobody takes the place of a worker that died" {
  breaks prefork 's/pool\[i\].pid = 0;/pool[i].pid = 1;/'
  fails prefork prefork idle-killed NOT_REPLACED "nobody takes the place of the dead"
  fails prefork prefork worker-killed NOT_REPLACED "processes"
}

@test "prefork: who dies young is replaced without a pause" {
  breaks prefork '/^static void let_go/,/^}/ s/slow_down();/;/'
  fails prefork prefork crashing FORK_STORM "replaced without a pause"
}

@test "prefork: the dead are not buried" {
  breaks prefork '/Answer/,/}/ s/bury();//'
  fails prefork prefork idle-killed ZOMBIES "was not buried"
}

@test "prefork: a worker hears no signal while it waits" {
  breaks prefork 's/epoll_pwait(interest, &event, 1, -1, &before)/epoll_wait(interest, \&event, 1, -1)/'
  fails prefork prefork idle-term DEAF_WORKER "blocked while it waits"
}

@test "prefork: a worker hears no signal while it serves" {
  breaks prefork '/^static void meet/,/^}/ s/sigprocmask(SIG_SETMASK, &before, NULL);//'
  fails prefork prefork worker-term DEAF_WORKER "while it serves"
}

@test "prefork: the supervisor asks again and again" {
  breaks prefork 's/ppoll(NULL, 0, wanted/ppoll(NULL, 0, true/'
  fails prefork prefork rests SPIN "and nobody is there"
}

# -- The operation itself is handed over -------------------------------------------------------------------------------

@test "aio: queued signals name what is done, and some find no room" {
  breaks aio 's/sigev_signo = SIGIO;/sigev_signo = SIGRTMIN; conn->request.aio_sigevent.sigev_value.sival_int = client;/
    s/sigaddset(&wanted, SIGIO);/& sigaddset(\&wanted, SIGRTMIN);/
    s/sigwaitinfo(&wanted, NULL)/sigwaitinfo(\&wanted, \&done)/; s/^    while (server_serving/    siginfo_t done;\n&/
    s/for (int client = 0; client < count; client++)/int client = done.si_value.sival_int; if (signal_number == SIGRTMIN)/'
  fails aio aio few-signals LOST_SIGNAL "a queued signal that finds no room is lost without a word"
}

@test "aio: nobody asks for more threads" {
  breaks aio '/aio_init(/d'
  fails aio aio twenty-first POOL_STARVED "21 threads: one that answers, and 20 hidden ones"
}

@test "aio: the next read is handed over before the answer" {
  breaks aio '/^static bool hand_over/,/^}/ s/^    struct span span/    static struct aiocb next[64]; static char bytes[64];\
    next[client] = (struct aiocb){.aio_fildes = client, .aio_buf = bytes, .aio_nbytes = 64};\
    if (writing) aio_read(\&next[client]);\
&/'
  fails aio aio in-order BEHIND "a write behind a read waits for A to speak"
}

@test "aio: one buffer for all, as if a read were done when it is handed over" {
  breaks aio '/^static bool hand_over/,/^}/ s/aio_buf = span.at/aio_buf = writing ? span.at : common/
    s/^static int count;/& static char common[65536];/
    s/^        exchange_got(/        if (n > 0) __builtin_memcpy(exchange_room(\&conn->talk).at, common, (size_t)n);\n&/
    s/^    else$/    else {/; s/^    if (exchange_said_all/    }\n&/'
  fails aio aio own-buffers MIXED "a buffer is the request's until aio_return"
}

@test "aio: who is to go is closed, and not shut" {
  breaks harness/server/server.c '/^static void shut_clients/,/^}/ s/shutdown(fd, how)/close(fd)/'
  fails aio aio told-in-time NO_EOF "close does not end a read that is under way, shutdown does"
}

@test "aio: one newcomer for a SIGIO" {
  breaks aio '/^static void welcome/,/^}/ s/for (;;) {/{/'
  fails aio aio last-comer ACCEPT_STALL "one SIGIO may stand for 20 newcomers"
}

@test "aio: a wait that was interrupted ends the server" {
  breaks aio 's/signal_number < 0 && errno != EINTR/signal_number < 0/'
  fails aio limits stop-continue EINTR_DEATH "goes back to Wait"
}

@test "aio: the one who is silent is closed for the next who comes, under its request" {
  breaks aio 's/^static void meet(/static void part(int); static int last;\n&/
    s/^    conn->request = (struct aiocb)/    if (last \&\& exchange_open(\&conns[last].talk)) part(last);\n    last = client;\n&/'
  fails aio aio used-again OUTLIVED "a request of its number's last owner is still under way"
}

@test "aio: threads that have nothing to do stay" {
  breaks aio 's/\.aio_num = made/&, .aio_idle_time = 60/'
  fails aio aio idle-64 THREADS_STAY "threads, and one client"
}
