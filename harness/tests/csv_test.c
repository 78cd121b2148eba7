/* Is a sound file read to the letter, and is a damaged one refused with its line? */
#define _GNU_SOURCE
#include "harness/report/csv.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/iolab-csv-XXXXXX";
static char why[512];

static int load_bytes(struct csv *csv, const char *text, size_t size)
{
    FILE *to = fopen(path, "w");
    fwrite(text, 1, size, to);
    fclose(to);
    why[0] = '\0';
    return csv_load(csv, path, "a,b,c", why, sizeof why);
}

static int load(struct csv *csv, const char *text) { return load_bytes(csv, text, strlen(text)); }

static void sound(const char *text, const char *first, const char *second, const char *third)
{
    struct csv csv;
    CHECK(load(&csv, text) == 0, "%s", why);
    CHECK(csv.count == 1 && csv.width == 3, "%d records of %d", csv.count, csv.width);
    if (csv.count == 1) {
        CHECK(strcmp(csv_field(&csv, 0, 0), first) == 0, "\"%s\"", csv_field(&csv, 0, 0));
        CHECK(strcmp(csv_field(&csv, 0, 1), second) == 0, "\"%s\"", csv_field(&csv, 0, 1));
        CHECK(strcmp(csv_field(&csv, 0, 2), third) == 0, "\"%s\"", csv_field(&csv, 0, 2));
    }
    csv_free(&csv);
}

static void test_sound_files(void)
{
    sound("a,b,c\n1,2,3\n", "1", "2", "3");
    sound("a,b,c\r\n1,2,3\r\n", "1", "2", "3");
    sound("a,b,c\n1,2,3", "1", "2", "3");
    sound("a,b,c\n,,\n", "", "", "");
    sound("a,b,c\n\"\",\"x\",\"\"\n", "", "x", "");
    sound("a,b,c\n\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\"\n", "x,y", "say \"hi\"", "two\nlines");
    sound("a,b,c\n\"\"\"\",\"\"\"\"\"\",\"end\"", "\"", "\"\"", "end");
}

static void refused(const char *text, const char *line_and_reason)
{
    struct csv csv;
    char want[512];
    snprintf(want, sizeof want, "%s%s", path, line_and_reason);
    CHECK(load(&csv, text) < 0, "it was read");
    CHECK(strcmp(why, want) == 0, "%s, want %s", why, want);
    CHECK(!csv.text && csv.count == 0, "something is left in it");
}

static void test_damaged_files(void)
{
    refused("", ":1: empty, want a header line");
    refused("a,b\n1,2\n", ":1: not the header line \"a,b,c\"");
    refused("a,b,cd\n", ":1: not the header line \"a,b,c\"");
    refused("a,b,c\n1,2,3\n1,2\n", ":3: 2 fields, want 3");
    refused("a,b,c\n1,2,3,4\n", ":2: 4 fields, want 3");
    refused("a,b,c\n\n1,2,3\n", ":2: 1 field, want 3");
    refused("a,b,c\n1,\"2\n2\",3\nx\n", ":4: 1 field, want 3");
    refused("a,b,c\n1,2,3\n1,\"2,3\n4,5,6\n", ":3: a quote is never closed");
    refused("a,b,c\n1,\"2\"2,3\n", ":2: text after a closing quote");
    refused("a,b,c\n1,2\"2,3\n", ":2: a quote inside an unquoted field");
    refused("a,b,c\n1,2\r2,3\n", ":2: a carriage return inside a line");
}

static void test_unreadable_files(void)
{
    struct csv csv;
    CHECK(load_bytes(&csv, "a,b,c\n1,2,\0003\n", 13) < 0, "it was read");
    CHECK(strstr(why, ":2: a NUL byte"), "%s", why);
    CHECK(csv_load(&csv, "/nowhere/x.csv", "a", why, sizeof why) < 0, "it was read");
    CHECK(strcmp(why, "/nowhere/x.csv: No such file or directory") == 0, "%s", why);
    CHECK(csv_load(&csv, "/tmp", "a", why, sizeof why) < 0, "a directory was read");
    CHECK(strcmp(why, "/tmp: Is a directory") == 0, "%s", why);
}

static void test_integers(void)
{
    int64_t value = 7;
    CHECK(csv_integer("0", &value) == 0 && value == 0, "%lld", (long long)value);
    CHECK(csv_integer("-12", &value) == 0 && value == -12, "%lld", (long long)value);
    CHECK(csv_integer("9223372036854775807", &value) == 0 && value == INT64_MAX, "%lld", (long long)value);
    const char *wrong[] = {"", "-", " 1", "1 ", "+1", "1.5", "1e3", "0x10", "9223372036854775808", "nan"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(csv_integer(wrong[i], &value) < 0, "\"%s\" is a number", wrong[i]);
}

static void test_what_is_written_reads_back(void)
{
    const char *fields[] = {"plain", "a,b \"c\"\r\nd", ""};
    FILE *to = fopen(path, "w");
    struct csv csv;
    fputs("a,b,c\n", to);
    csv_write(to, fields, 3);
    fclose(to);
    CHECK(csv_load(&csv, path, "a,b,c", why, sizeof why) == 0, "%s", why);
    for (int i = 0; i < 3 && csv.count == 1; i++)
        CHECK(strcmp(csv_field(&csv, 0, i), fields[i]) == 0, "\"%s\"", csv_field(&csv, 0, i));
    csv_free(&csv);
}

int main(void)
{
    close(mkstemp(path));
    test_sound_files();
    test_damaged_files();
    test_unreadable_files();
    test_integers();
    test_what_is_written_reads_back();
    unlink(path);
    return checks_failed();
}
