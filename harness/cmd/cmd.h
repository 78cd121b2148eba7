/* cmd.h: the subcommands of iolab, a file each. A command parses its own options with getopt_long, prints --help with
 * an example, and returns the exit status: 0 done, 1 it failed, 2 bad usage, 77 cannot be done on this machine. */
#pragma once

int cmd_help(int argc, char **argv);
