/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/rings.h"

#include "alarm/flood/ten_minutes.h"
#include "core/sample.h"

#include <stdlib.h>

#define CAPACITY_FIRST ((size_t) 1024)

static bool grow(davy_whatif_rings *rings)
{
    size_t capacity = rings->capacity ? 2 * rings->capacity : CAPACITY_FIRST;
    davy_whatif_ring *items = NULL;

    if (capacity <= DAVY_WHATIF_RINGS_MAX)
        items = realloc(rings->items, capacity * sizeof *items);
    if (!items)
        return false;
    rings->items = items;
    rings->capacity = capacity;
    return true;
}

void davy_whatif_rings_add(davy_whatif_rings *rings, int64_t time_ns, size_t position)
{
    int64_t second = time_ns / DAVY_NS_PER_S - rings->begin_s;

    if (rings->count == rings->capacity && !grow(rings)) {
        rings->lost = true;
        return;
    }
    if (second < 0)
        second = 0;
    rings->items[rings->count++] = (davy_whatif_ring){(uint32_t) second, (uint32_t) position};
}

static int compare_rings(const void *a, const void *b)
{
    const davy_whatif_ring *left = a, *right = b;

    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return (left->second > right->second) - (left->second < right->second);
}

void davy_whatif_rings_sort(davy_whatif_rings *rings)
{
    if (rings->count > 1)
        qsort(rings->items, rings->count, sizeof *rings->items, compare_rings);
}

void davy_whatif_rings_clear(davy_whatif_rings *rings)
{
    free(rings->items);
    *rings = (davy_whatif_rings){0};
}

static size_t first_of(const davy_whatif_rings *rings, size_t position)
{
    size_t low = 0, high = rings->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rings->items[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void pass(davy_ten_minutes *window, int64_t now_s, davy_whatif_flood *flood)
{
    if (davy_ten_minutes_pass(window, now_s))
        flood->seconds += window->ended_s - window->began_s;
}

davy_whatif_flood davy_whatif_rings_flood(const davy_whatif_rings *rings, size_t position,
                                          int64_t end_s)
{
    davy_whatif_flood flood = {0};
    davy_ten_minutes window = {0};

    for (size_t i = first_of(rings, position);
         i < rings->count && rings->items[i].position == position; i++) {
        pass(&window, rings->begin_s + rings->items[i].second, &flood);
        flood.count += davy_ten_minutes_add(&window);
        if (window.count > flood.peak)
            flood.peak = window.count;
    }
    pass(&window, end_s, &flood);
    if (window.flood)
        flood.seconds += end_s - window.began_s;
    return flood;
}
