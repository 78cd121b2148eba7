/* progress.h: how far a student has come: progress.csv in the folder of their work, a line for each exercise. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum { PROGRESS_MOST = 64, PROGRESS_WORD = 32 };

struct progress_entry {
    char id[PROGRESS_WORD];
    int checks, hints;          /* how often checked, how many hints are open */
    char last[PROGRESS_WORD];   /* the code of the latest check: "PASS", "ET_STALL" ...; "": none yet */
    int times;                  /* ... of so many attempts in a row */
    char passed[PROGRESS_WORD]; /* the day of the first pass, 2026-11-21; "": not yet */
    char attempt[PROGRESS_WORD];        /* the latest one that was checked (attempt.h); "": none, or not known */
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
/* The outcome of a check. `attempt`: "" is none of the student's, and one that was the latest already is no other: they
 * do not count as times. `day`: today. Returns whether it was another attempt. */
bool progress_note(struct progress_entry *, const char *code, const char *attempt, const char *day);
