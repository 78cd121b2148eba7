/* progress.h: how far a student has come: progress.csv in the folder of their work, a line for each exercise. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum { PROGRESS_MOST = 64, PROGRESS_WORD = 32 };

struct progress_entry {
    char id[PROGRESS_WORD];
    int checks, hints;          /* how often checked, how many hints are open */
    char last[PROGRESS_WORD];   /* the code of the latest check: "PASS", "ET_STALL" ...; "": none yet */
    int times;                  /* so often in a row */
    char passed[PROGRESS_WORD]; /* the day of the first pass, 2026-11-21; "": not yet */
};

struct progress { struct progress_entry entries[PROGRESS_MOST]; int count; };

/* One line of the file, with its end or without. False: it is damaged. */
bool progress_read_line(const char *line, struct progress_entry *);
/* What the file holds; no file: nothing. A damaged one is written anew with the lines that are whole, the old one is
 * moved aside, and `errors` says so. */
void progress_read(struct progress *, const char *path, FILE *errors);
/* Written aside and renamed. False: errno tells why. */
bool progress_write(const struct progress *, const char *path);

/* The entry of that exercise; a new one, if it had none. */
struct progress_entry *progress_of(struct progress *, const char *id);
/* The outcome of a check. `day`: today. */
void progress_note(struct progress_entry *, const char *code, const char *day);
