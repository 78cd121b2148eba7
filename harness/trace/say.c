#define _GNU_SOURCE
#include "harness/trace/say.h"
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say(struct line *line, const char *format, ...)
{
    size_t length = strlen(line->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->text + length, line->size - length, format, arguments);
    va_end(arguments);
}

void say_signal(struct line *line, int number)
{
    static const struct { int number; const char *name; } known[] = {
        {SIGHUP, "HUP"}, {SIGINT, "INT"}, {SIGQUIT, "QUIT"}, {SIGILL, "ILL"}, {SIGTRAP, "TRAP"}, {SIGABRT, "ABRT"},
        {SIGBUS, "BUS"}, {SIGFPE, "FPE"}, {SIGKILL, "KILL"}, {SIGUSR1, "USR1"}, {SIGSEGV, "SEGV"}, {SIGUSR2, "USR2"},
        {SIGPIPE, "PIPE"}, {SIGALRM, "ALRM"}, {SIGTERM, "TERM"}, {SIGCHLD, "CHLD"}, {SIGCONT, "CONT"},
        {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"}, {SIGTTIN, "TTIN"}, {SIGTTOU, "TTOU"}, {SIGIO, "IO"}, {SIGSYS, "SYS"},
        {SIGWINCH, "WINCH"}, {SIGURG, "URG"}, {SIGXFSZ, "XFSZ"}, {SIGXCPU, "XCPU"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number) {
            say(line, "SIG%s", known[i].name);
            return;
        }
    if (number == SIGRTMIN)
        say(line, "SIGRTMIN");
    else if (number > SIGRTMIN && number <= SIGRTMAX)
        say(line, "SIGRTMIN+%d", number - SIGRTMIN);
    else
        say(line, "signal %d", number);
}

void say_fd(struct line *line, struct fd_who who, int fd)
{
    char name[32];
    fd_name(who, fd, name, sizeof name);
    say(line, "%s", name);
}

static void say_byte(struct line *line, unsigned char byte)
{
    if (byte == '\n' || byte == '\r' || byte == '\t')
        say(line, "\\%c", byte == '\n' ? 'n' : byte == '\r' ? 'r' : 't');
    else if (byte == '"' || byte == '\\')
        say(line, "\\%c", byte);
    else if (byte < 128 && isprint(byte))
        say(line, "%c", byte);
    else
        say(line, "\\x%02x", byte);
}

void say_bytes(struct line *line, const struct trace_event *event)
{
    say(line, " \"");
    for (int i = 0; i < event->byte_count; i++)
        say_byte(line, event->bytes[i]);
    say(line, event->result > event->byte_count ? "\"..." : "\"");
}

void say_path(struct line *line, const struct trace_event *event)
{
    if (!event->path[0])
        return;
    say(line, " \"");
    for (const char *at = event->path; *at; at++)
        say_byte(line, (unsigned char)*at);
    say(line, strlen(event->path) == sizeof event->path - 1 ? "\"..." : "\"");
}
