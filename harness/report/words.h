/* words.h: numbers and lists as a reader of the page sees them. Each returns its text by value, so that it can
 * stand in the middle of a printf: words_count(n).text. */
#pragma once
#include <stdint.h>

struct words {
    char text[256];
};

struct words words_count(double value);     /* "10,000"; "–" for NAN */
struct words words_decimal(double value);   /* two or three digits that matter: "0.42", "12.9", "1,210"; "–" */
struct words words_times(double ratio);     /* "31 times", "4.2 times" */
struct words words_rate(double per_second); /* to three digits: "104,000" */
struct words words_bytes(double bytes);     /* "148 KiB", "96 bytes" */
struct words words_small(int count);        /* "seven", from thirteen on "13" */
struct words words_capital(const char *text);                  /* "Seven" */
struct words words_list(const char *const *names, int count); /* "a, b and c" */

/* Can one round not tell them apart: is the smaller less than 20 % below the larger? */
int words_alike(double a, double b);
