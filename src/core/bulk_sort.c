/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"

#include <stdlib.h>
#include <string.h>

/* What is sorted, and how. */
typedef struct sorting {
    size_t count, size;
    int (*compare)(const void *a, const void *b);
} sorting;

/* Two sorted parts [from, middle) and [middle, to) become one in `out`. */
static void merge(const sorting *s, const char *in, char *out, size_t from, size_t middle,
                  size_t to)
{
    const char *a = in + from * s->size, *const a_end = in + middle * s->size;
    const char *b = a_end, *const b_end = in + to * s->size;

    for (out += from * s->size; a < a_end && b < b_end; out += s->size) {
        const char **next = s->compare(a, b) <= 0 ? &a : &b;

        memcpy(out, *next, s->size);
        *next += s->size;
    }
    memcpy(out, a, (size_t) (a_end - a));
    memcpy(out + (a_end - a), b, (size_t) (b_end - b));
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Sorted parts of `length` become parts of twice the length, in the other array. */
static void merge_all(const sorting *s, const char *in, char *out, size_t length)
{
    for (size_t from = 0; from < s->count; from += 2 * length)
        merge(s, in, out, from, least(from + length, s->count), least(from + 2 * length, s->count));
}

/* Parts are sorted, then all of them merged. @param to  as long */
static void sort_parts(const sorting *s, char *items, size_t part, char *to)
{
    char *from = items;

    for (size_t i = 0; i < s->count; i += part)
        qsort(items + i * s->size, least(part, s->count - i), s->size, s->compare);
    for (size_t length = part; length < s->count; length *= 2) {
        char *const sorted = to;

        merge_all(s, from, to, length);
        to = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, s->count * s->size);
}

void davy_bulk_sort(void *items, size_t count, size_t size,
                    int (*compare)(const void *a, const void *b))
{
    const sorting s = {.count = count, .size = size, .compare = compare};
    const size_t part = DAVY_BULK_LIMIT / size;
    char *spare = count > part ? davy_bulk_alloc(count, size) : NULL;

    if (spare)
        sort_parts(&s, items, part, spare);
    else
        qsort(items, count, size, compare);
    davy_bulk_free(spare);
}
