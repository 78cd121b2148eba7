#define _GNU_SOURCE
#include "harness/report/pages.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool failed(const struct pages_file *file, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s: %s", file->aside, strerror(errno));
    return false;
}

static bool open_aside(struct pages_file *file, char *why, size_t why_size)
{
    snprintf(file->aside, sizeof file->aside, "%s.new", file->path);
    file->to = fopen(file->aside, "we");
    return file->to ? true : failed(file, why, why_size);
}

static bool close_aside(struct pages_file *file, char *why, size_t why_size)
{
    bool whole = !ferror(file->to);
    return fclose(file->to) == 0 && whole ? true : failed(file, why, why_size);
}

static bool put_in_place(const struct pages_file *file, char *why, size_t why_size)
{
    return rename(file->aside, file->path) == 0 ? true : failed(file, why, why_size);
}

bool pages_open(struct pages *pages, const char *page_path, char *why, size_t why_size)
{
    size_t length = strlen(page_path), ending = strlen(".html");
    bool has_ending = length > ending && strcmp(page_path + length - ending, ".html") == 0;
    snprintf(pages->page.path, sizeof pages->page.path, "%s", page_path);
    snprintf(pages->twin.path, sizeof pages->twin.path, "%.*s.md", (int)(has_ending ? length - ending : length),
             page_path);
    if (!open_aside(&pages->page, why, why_size))
        return false;
    if (open_aside(&pages->twin, why, why_size))
        return true;
    fclose(pages->page.to);
    unlink(pages->page.aside);
    return false;
}

bool pages_close(struct pages *pages, char *why, size_t why_size)
{
    bool page = close_aside(&pages->page, why, why_size), twin = close_aside(&pages->twin, why, why_size);
    if (page && twin && put_in_place(&pages->twin, why, why_size) && put_in_place(&pages->page, why, why_size))
        return true;
    unlink(pages->page.aside);
    unlink(pages->twin.aside);
    return false;
}
