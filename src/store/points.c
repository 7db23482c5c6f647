/* SPDX-License-Identifier: Apache-2.0 */
#include "store/points.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t) 16)

static void lay_out(davy_points *points, void *block, size_t capacity)
{
    points->times = block;
    points->values = (void *) (points->times + capacity);
    points->quality = (uint8_t *) (points->values + capacity);
    points->capacity = capacity;
}

/* A large block grows where it is, or its pages are moved: the times need not be copied, and the
 * memory of the other columns' old places is used again. */
davy_status davy_points_reserve(davy_points *points, size_t more)
{
    size_t wanted = points->count + more;
    size_t capacity = points->capacity ? points->capacity : CAPACITY_FIRST;
    size_t old = points->capacity;
    void *block;

    if (wanted <= points->capacity)
        return DAVY_OK;
    while (capacity < wanted)
        capacity *= 2;
    block = realloc(points->times, capacity * DAVY_POINT_BYTES);
    if (!block)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu points", capacity);
    lay_out(points, block, capacity);
    if (points->count > 0) { /* from the last column on, for they move over each other */
        memmove(points->quality, (uint8_t *) block + old * 2 * sizeof(int64_t), points->count);
        memmove(points->values, (int64_t *) block + old, points->count * sizeof(double));
    }
    return DAVY_OK;
}

davy_status davy_points_copy(davy_points *points, const davy_points *other, size_t from, size_t to)
{
    davy_status status;

    if (from >= to)
        return DAVY_OK;
    status = davy_points_reserve(points, to - from);
    if (status != DAVY_OK)
        return status;
    memcpy(points->times + points->count, other->times + from, (to - from) * sizeof(int64_t));
    memcpy(points->values + points->count, other->values + from, (to - from) * sizeof(double));
    memcpy(points->quality + points->count, other->quality + from, to - from);
    points->count += to - from;
    return DAVY_OK;
}

/* What is sorted: the time, and where the point stood, which also decides between equal times. */
struct place {
    int64_t time_ns;
    size_t index;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool is_sorted(const davy_points *points)
{
    for (size_t i = 1; i < points->count; i++)
        if (points->times[i] <= points->times[i - 1])
            return false;
    return true;
}

davy_status davy_points_sort(davy_points *points)
{
    davy_points sorted = {0};
    davy_status status;
    struct place *places;

    if (is_sorted(points))
        return DAVY_OK;
    status = davy_points_reserve(&sorted, points->count);
    if (status != DAVY_OK)
        return status;
    places = malloc(points->count * sizeof *places);
    if (!places) {
        davy_points_clear(&sorted);
        return davy_fail(DAVY_ERR_NOMEM, "no memory to sort %zu points", points->count);
    }
    for (size_t i = 0; i < points->count; i++)
        places[i] = (struct place){points->times[i], i};
    qsort(places, points->count, sizeof *places, compare_places);
    for (size_t i = 0; i < points->count; i++) {
        size_t from = places[i].index;

        if (i + 1 < points->count && places[i + 1].time_ns == places[i].time_ns)
            continue; /* a later one with the same time follows */
        davy_points_push(&sorted, points->times[from], points->values[from], points->quality[from]);
    }
    free(places);
    davy_points_clear(points);
    *points = sorted;
    return DAVY_OK;
}

size_t davy_points_find(const davy_points *points, int64_t time_ns)
{
    size_t low = 0, high = points->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (points->times[middle] < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void davy_points_clear(davy_points *points)
{
    free(points->times);
    *points = (davy_points){0};
}
