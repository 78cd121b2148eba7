#!/usr/bin/env bats
# Break a server on purpose: which scene goes red, and does it say why? Every mistake is one that real servers have.
# The means are in breaks.bash.
load lab
load breaks

# -- A process for a client --------------------------------------------------------------------------------------------

@test "fork: the parent keeps the client" {
  breaks fork '/server_in_parent(client);/,+1 s/close(client);//'
  fails fork leaving see-the-end NO_EOF "who else holds the connection?"
  fails fork leaving funerals FD_LEAK "descriptors are open"
}

@test "fork: one funeral for a SIGCHLD" {
  breaks fork '/^static void bury/,/^}/ {
    s/for (pid_t child; .*;)$/pid_t child = waitpid(-1, \&status, WNOHANG); if (child > 0)/
  }'
  fails fork leaving funerals ZOMBIES "one SIGCHLD may stand for many"
}

@test "fork: accept that was interrupted ends the server" {
  breaks harness/server/server.c '/case EINTR:/,+1 d'
  fails fork leaving funerals ACCEPT_EINTR "EINTR is no error"
}

@test "fork: the last children are not mourned" {
  breaks fork '/mourn();/d'
  fails fork ending term-working NOT_BOOKED "before the last was served"
}

# -- A thread for a client ---------------------------------------------------------------------------------------------

@test "thread: main does not wait for the threads at the end" {
  breaks thread '/mourn();/d'
  fails thread ending term-working LOST_REPLY "must be answered"
}

@test "thread: main asks again and again whether the threads have ended" {
  breaks thread 's/pthread_cond_wait(&changed, &lock);/(pthread_mutex_unlock(\&lock), pthread_mutex_lock(\&lock));/'
  fails thread ending term-grace-sleeps GRACE_SPIN "while it waits for the last client"
}

@test "thread: neither joined nor detached" {
  breaks thread '/pthread_attr_setdetachstate/d'
  fails thread tight stacks STACK_LEAK "leaves its stack behind"
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

@test "thread: at the limit accept decides first, and waits then" {
  breaks harness/server/server.c '/if (listener_blocks/,+1 d'
  fails thread limits room-again REFUSED "it decided so while there were none"
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
  fails prefork tight crashing FORK_STORM "replaced without a pause"
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
