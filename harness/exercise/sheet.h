/* sheet.h: what stands beside an exercise's source: the task, three hints, and what is said after a pass. Markdown, so
 * that a browser shows it, too. Pure, but for the file.
 *
 *     # Title
 *     - minutes: 30
 *     - kind: fix                         what is to be done: fix, build, modify, measure or predict
 *     - starter: ET_STALL                 the code with which the starter fails
 *     - model: blocking                   who is played, where no program is to be written; of
 *                                         several, each scene by the first that it is for
 *     - man: epoll(7), accept(2)
 *     ## Task  ## Hint 1  ## Hint 2  ## Hint 3  ## Codes  ## Explanation
 *
 * Under Codes stands a line for each code: what to read about it, and behind a | a command that shows it.
 *
 *     - ET_STALL: epoll(7) | make lt-et ARGS='--only burst' */
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum { HINTS = 3, SHEET_CODES = 16, SHEET_WORD = 32, SHEET_LINE = 200 };

struct sheet_code { char code[SHEET_WORD], man[SHEET_LINE], command[SHEET_LINE]; };

struct sheet {
    char title[SHEET_LINE], kind[SHEET_WORD], starter[SHEET_WORD], model[SHEET_WORD], man[SHEET_LINE];
    int minutes;
    char *task, *hints[HINTS];
    char *explanation;          /* NULL: this is a handout */
    struct sheet_code codes[SHEET_CODES];
    int code_count;
};

/* False: one line on `errors` says "PATH:LINE: what is wrong there". In any case sheet_free may follow. */
bool sheet_read(struct sheet *, const char *path, FILE *errors);
bool sheet_parse(struct sheet *, const char *path, const char *text, FILE *errors);
void sheet_free(struct sheet *);

/* NULL: the sheet says nothing of that code. */
const struct sheet_code *sheet_code(const struct sheet *, const char *code);
/* The text of a sheet as a handout has it: without the explanation. */
void sheet_write_handout(const char *text, FILE *to);
