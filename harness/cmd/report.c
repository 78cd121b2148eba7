/* iolab report: makes a run's page. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/report/report.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "usage: iolab report DIR\n";
static const char help[] = "\n"
                           "Writes DIR/report.html from the result files in DIR: one page that opens in any browser,\n"
                           "without a network. The page's path is the last line of the output.\n"
                           "\n"
                           "  -h, --help   this text\n"
                           "\n"
                           "Example: iolab report results/2025-11-21\n";

int cmd_report(int argc, char **argv)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    char page[4096], why[4608], run_dir[3072];
    int option = getopt_long(argc, argv, "h", options, NULL);
    if (option == 'h') {
        printf("%s%s", usage, help);
        return 0;
    }
    if (option != -1 || argc - optind != 1 || strlen(argv[optind]) >= sizeof run_dir) {
        fputs(usage, stderr);
        return 2;
    }
    strcpy(run_dir, argv[optind]);
    for (size_t end = strlen(run_dir); end > 1 && run_dir[end - 1] == '/'; end--)
        run_dir[end - 1] = '\0';
    if (report_write(run_dir, page, sizeof page, why, sizeof why) < 0) {
        fprintf(stderr, "iolab report: %s\n", why);
        return 1;
    }
    printf("%s\n", page);
    return 0;
}
