#!/usr/bin/env bats
# Break a server on purpose: which scene goes red, and does it say why? Every mistake is one that real servers have.
# The means are in breaks.bash.
load lab
load breaks

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
  breaks signal-io '/^static void meet/,/^}/ { s/watch(client);/serve(client); usleep(500000);/; t
    s/serve(client);/if (exchange_open(\&talks[client])) watch(client);/ }'
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
  breaks aio '/^static void part(/,/^}/ s/^    close(client);/    pthread_t t;\n    pthread_create(\&t, NULL, stay, NULL);\n&/
    s/^static void part(/static void *stay(void *nothing) { for (;;) pause(); return nothing; }\n&/'
  fails aio aio idle-64 THREADS_STAY "threads, and one client"
}
