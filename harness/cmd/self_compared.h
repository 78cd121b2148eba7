/* self_compared.h: what this machine said of a server against itself. Two that are the same must not be told apart: who
 * reads other verdicts of this machine wants to know it. */
#pragma once

/* The last `iolab compare X X` among the runs beside `folder` that were made on a machine like this: "epoll-et, DATE:
 * same (...), 20 pairs". Or that there is none, and how to make one. Static storage. */
const char *self_compared(const char *folder);
