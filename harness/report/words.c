#define _GNU_SOURCE
#include "harness/report/words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct words words_count(double value)
{
    struct words words = {"–"};
    char digits[64];
    if (isnan(value))
        return words;
    int length = snprintf(digits, sizeof digits, "%.0f", fmin(fabs(value), 1e18)), to = 0;
    for (int i = 0; i < length; i++) {
        words.text[to++] = digits[i];
        if (i + 1 < length && (length - i - 1) % 3 == 0)
            words.text[to++] = ',';
    }
    words.text[to] = '\0';
    return words;
}

struct words words_decimal(double value)
{
    struct words words;
    if (isnan(value) || value >= 99.95 || value <= 0)
        return words_count(value);
    if (value < 0.005)
        return (struct words){"< 0.01"};
    snprintf(words.text, sizeof words.text, value >= 0.995 ? "%.1f" : "%.2f", value);
    return words;
}

struct words words_times(double ratio)
{
    struct words words;
    snprintf(words.text, sizeof words.text, "%.60s times",
             ratio >= 9.95 ? words_count(ratio).text : words_decimal(ratio).text);
    return words;
}

struct words words_rate(double per_second)
{
    double unit = per_second > 0 ? pow(10, fmax(0, floor(log10(per_second)) - 2)) : 1;
    return words_count(round(per_second / unit) * unit);
}

struct words words_bytes(double bytes)
{
    struct words words;
    if (isnan(bytes) || bytes < 1000)
        snprintf(words.text, sizeof words.text, "%.60s bytes", words_count(bytes).text);
    else
        snprintf(words.text, sizeof words.text, "%.60s KiB", words_decimal(bytes / 1024).text);
    return words;
}

struct words words_small(int count)
{
    static const char *const names[] = {"no",    "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    struct words words;
    if (count < 0 || count >= (int)(sizeof names / sizeof *names))
        return words_count(count);
    snprintf(words.text, sizeof words.text, "%s", names[count]);
    return words;
}

struct words words_capital(const char *text)
{
    struct words words;
    snprintf(words.text, sizeof words.text, "%s", text);
    if (words.text[0] >= 'a' && words.text[0] <= 'z')
        words.text[0] = (char)(words.text[0] - 'a' + 'A');
    return words;
}

struct words words_list(const char *const *names, int count)
{
    struct words words = {""};
    for (int i = 0; i < count; i++) {
        size_t length = strlen(words.text);
        const char *between = i == 0 ? "" : i == count - 1 ? " and " : ", ";
        snprintf(words.text + length, sizeof words.text - length, "%s%s", between, names[i]);
    }
    return words;
}

int words_alike(double a, double b) { return a < 1.25 * b && b < 1.25 * a; }
