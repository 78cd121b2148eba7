/* say.h: a line of words that grows, and is cut where there is no more room. Pure. Internal to harness/trace. */
#pragma once
#include "harness/trace/trace.h"

struct line { char *text; size_t size; };

__attribute__((format(printf, 2, 3))) void say(struct line *, const char *format, ...);
void say_signal(struct line *, int number);                 /* "SIGTERM", "SIGRTMIN+1" */
void say_fd(struct line *, struct fd_who, int fd);          /* "A", "listener", "fd 7" */
/* Of the file that the call names, with a blank before it; nothing if it names none. */
void say_path(struct line *, const struct trace_event *);
void say_bytes(struct line *, const struct trace_event *);  /* the first that were read or written: ` "hello\n"` */
