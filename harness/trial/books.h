/* books.h: what a server counted itself, as it writes it with --books (harness/server). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct books { uint64_t accepted, refused, waits, reads, writes, eagain, bytes_in, bytes_out; };

/* Reads the file and removes it, where that can be done. False: it is not there, or not whole. */
bool books_take(const char *path, struct books *);
