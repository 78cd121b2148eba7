/* measure.h: what bench, sweep and report share: the options of a measuring session, its progress, what it found. */
#pragma once
#include "harness/cmd/servers.h"
#include "harness/trial/session.h"

struct measure_row {
    char experiment[16], model[32];
    int round, idle, served, total, idle_served, idle_total;
    int lost;                   /* connections that broke during the run, silent ones too */
    char why[LOAD_SAYS];        /* it failed, did not serve all, or lost some; or "" */
    int connections, size, load;        /* load: percent of the capacity */
    double per_s, cpu_us, p50_us, p99_us, p999_us;      /* NAN: not measured */
    bool p50_above, p99_above, p999_above;
    unsigned flags;             /* enum load_flag */
    double driver_share;        /* of a CPU */
    double rate;                /* requests a second, as asked for; 0: as fast as it goes */
    bool one_cpu;               /* for driver and server */
    bool behind;                /* the rate: half of the requests stood in line for longer than they should */
};

struct measure {
    struct session_options session;
    char folder[512], command[512];
    const char *models[SESSION_MODELS + 1];     /* our own, then those of --server */
    int rounds;                 /* --rounds; 0: not said */
    bool csv, prints_table;     /* a command that prints a table has --csv */
    bool may_be_thorough;       /* and one that may take a quarter of an hour --thorough */
    const struct measure_row *rows;
    int row_count;
};

/* What all of them have, for their --help. */
#define MEASURE_HELP                                                                                           \
    "  --service S   what the servers say and the clients ask: echo or http (echo)\n"                           \
    SERVERS_HELP

/* Which experiments there are is set before: those with a round. Reads the options that all of them have, --rate and
 * --csv where they make sense, and the models; `help` is printed for --help. Chooses rounds and windows. Returns -1 to
 * go on, else the exit status. */
int measure_parse(struct measure *, int argc, char **argv, const char *name, const char *help);
/* Runs the session, with progress on stderr, and there too what failed. Returns the exit status: 0 also for an
 * interrupted one with results, 1 where nothing was measured, 77 where this machine can run none of the servers. */
int measure_run(struct measure *, const char *name);
/* Why this machine cannot run the model, or NULL. */
const char *measure_cannot(const char *model);
/* More than half of the trials began while something else ran: nothing is to be compared. */
bool measure_busy(const struct measure *);
/* The last lines on stdout, but for --csv: where the results are, and what this machine cannot run. Returns the exit
 * status. */
int measure_end(const struct measure *);
/* "about 40 s", "about 17 minutes". Static storage. */
const char *measure_duration(double seconds);
/* "12,345", "1.23", "17" for a whole one, "-" for NAN, right-aligned by the caller. Static storage, eight in turn. */
const char *measure_number(double n);
