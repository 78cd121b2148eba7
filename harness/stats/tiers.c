/* A tier is a set of those that cannot be told apart, kept as bits. At first all are in one. For each two that differ,
 * each tier that holds both becomes two, without the one and without the other; a tier that lies within another one is
 * dropped, for it says nothing new. */
#include "harness/stats/tiers.h"
#include <string.h>

enum { SETS_MOST = 4 * TIERS_MOST };

struct tier_list { uint32_t sets[SETS_MOST]; int count; bool overflowed; };

static void add(struct tier_list *list, uint32_t set)
{
    int kept = 0;
    for (int i = 0; i < list->count; i++)
        if ((set & list->sets[i]) == set)
            return;
    for (int i = 0; i < list->count; i++)
        if ((list->sets[i] & set) != list->sets[i])
            list->sets[kept++] = list->sets[i];
    list->count = kept;
    list->overflowed |= list->count == SETS_MOST;
    if (list->count < SETS_MOST)
        list->sets[list->count++] = set;
}

static void part(struct tier_list *list, int one, int other)
{
    uint32_t both = UINT32_C(1) << one | UINT32_C(1) << other;
    struct tier_list before = *list;
    list->count = 0;
    for (int i = 0; i < before.count; i++)
        if ((before.sets[i] & both) != both)
            add(list, before.sets[i]);
    for (int i = 0; i < before.count; i++)
        if ((before.sets[i] & both) == both) {
            add(list, before.sets[i] & ~(UINT32_C(1) << one));
            add(list, before.sets[i] & ~(UINT32_C(1) << other));
        }
}

/* Does the one begin before the other? At the first place where only one of them has somebody. */
static bool before(uint32_t one, uint32_t other)
{
    uint32_t only = one ^ other;
    return one & only & (~only + 1);
}

static void sort(struct tier_list *list)
{
    for (int i = 1; i < list->count; i++)
        for (int j = i; j > 0 && before(list->sets[j], list->sets[j - 1]); j--) {
            uint32_t moved = list->sets[j];
            list->sets[j] = list->sets[j - 1];
            list->sets[j - 1] = moved;
        }
}

int tiers(const bool *differ, int count, char (*words)[TIERS_WORD])
{
    struct tier_list list = {.sets = {(UINT32_C(1) << count) - 1}, .count = count > 0};
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++)
            if (differ[i * count + j])
                part(&list, i, j);
    if (list.overflowed || list.count > TIERS_MOST)
        return -1;
    sort(&list);
    memset(words, 0, (size_t)count * sizeof *words);
    for (int tier = 0; tier < list.count; tier++)
        for (int i = 0; i < count; i++)
            if (list.sets[tier] >> i & 1)
                words[i][strlen(words[i])] = (char)('a' + tier);
    return list.count;
}
