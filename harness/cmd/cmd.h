/* cmd.h: the subcommands of iolab, a file each. A command parses its own options with getopt_long, prints --help with
 * an example, and returns the exit status: 0 done, 1 it failed, 2 bad usage, 77 cannot be done on this machine, 130
 * interrupted. */
#pragma once
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

int cmd_doctor(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_battery(int argc, char **argv);
int cmd_scene(int argc, char **argv);
int cmd_drive(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_draw_models(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_lt_et(int argc, char **argv);
int cmd_claims(int argc, char **argv);
int cmd_exercise(int argc, char **argv);
int trace_self_test(void);              /* iolab trace --self-test, and the program that it traces */
int trace_make_calls(void);

/* -- What commands share ----------------------------------------------------------------------------------------- */

/* The models in the order of the books, as far as they are built beside iolab itself; NULL behind the last. */
const char *const *cmd_models(void);
bool cmd_is_model(const char *name);
const char *cmd_model_path(const char *model);      /* static storage */
/* NAME in a folder above the one that iolab is in, or else in the working directory: "harness/battery", say. Static
 * storage. */
const char *cmd_house_path(const char *name);
/* How a model is run where scenes are played: on a free port, and with the options of the scene. Static storage. */
char *const *cmd_model_command(const char *model);
/* How many words stand before `--`, behind which there is the command of a program; argc: there is none. */
int cmd_words_before_command(int argc, char **argv);
/* "iolab scene: no model "x"; there are: blocking, ...", on stderr; returns 2. */
int cmd_no_such_model(const char *command, const char *name);

/* Prints text from column on, which the cursor has reached, in lines as wide as the screen, and at most 80; the next
 * ones begin there, too. */
void cmd_print_from(int column, const char *text);

/* Closes a file that was written. True: all of it has arrived; else, and for NULL, errno tells why not. */
bool cmd_close(FILE *);

/* Set by SIGINT and SIGTERM from now on, instead of ending the program. */
extern volatile sig_atomic_t cmd_interrupted;
void cmd_heed_interrupts(void);
