/* grow.h: a list that grows. */
#pragma once
#include <stdlib.h>

/* The list, with room for one more behind the `count` that it has. */
static inline void *grown(void *list, int count, int *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? 2 * *room : 64;
    list = reallocarray(list, (size_t)*room, size);
    if (!list)
        abort();
    return list;
}
