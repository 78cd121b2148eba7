/* servers.h: programs of others, which --server NAME='CMD {port}' brings in beside the models. */
#pragma once

enum { SERVERS_MOST = 4 };

#define SERVERS_HELP                                                                                           \
    "  --server NAME='CMD {port}'\n"                                                                            \
    "                measure this program, too; {port} becomes a free port. Blanks\n"                          \
    "                and quotes split CMD, nothing is expanded, there is no shell.\n"                          \
    "                Up to four times\n"

/* `text` is NAME=CMD and stays where it is, in argv. -1 to go on, or 2 once said on stderr what is wrong with it. */
int servers_take(const char *command, char *text);
const char *servers_name(int i);                    /* of the i-th, or NULL */
char *const *servers_command(const char *name);     /* its words, or NULL: it is none of them */
