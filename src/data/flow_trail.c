/* SPDX-License-Identifier: Apache-2.0 */
#include "data/flow_trail.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_LEAST ((size_t) 64)
#define ROWS_LEAST  ((size_t) 4)

static uint64_t pair_of(uint32_t a, uint32_t b)
{
    return (uint64_t) (a + 1) << 32 | b;
}

/* The place of a pair, or the free one where it would be. */
static size_t find_place(const davy_flow_pairs *pairs, uint64_t key)
{
    size_t place = (size_t) (key * 0x9e3779b97f4a7c15ULL >> 20) & (pairs->capacity - 1);

    while (pairs->keys[place] != 0 && pairs->keys[place] != key)
        place = (place + 1) & (pairs->capacity - 1);
    return place;
}

/* More room, and none for pairs that are no longer met. */
static davy_status rehash(davy_flow_pairs *pairs)
{
    davy_flow_pairs made = {.capacity = PAIRS_LEAST};
    size_t met = 0;

    for (size_t i = 0; i < pairs->capacity; i++)
        met += pairs->keys[i] != 0 && pairs->counts[i] > 0;
    while (made.capacity < 4 * met)
        made.capacity *= 2;
    made.keys = calloc(made.capacity, sizeof *made.keys);
    made.counts = calloc(made.capacity, sizeof *made.counts);
    if (!made.keys || !made.counts) {
        free(made.keys);
        free(made.counts);
        return davy_fail(DAVY_ERR_NOMEM, "flows of %zu pairs", met);
    }
    for (size_t i = 0; i < pairs->capacity; i++)
        if (pairs->keys[i] != 0 && pairs->counts[i] > 0) {
            const size_t place = find_place(&made, pairs->keys[i]);

            made.keys[place] = pairs->keys[i];
            made.counts[place] = pairs->counts[i];
            made.used++;
        }
    free(pairs->keys);
    free(pairs->counts);
    *pairs = made;
    return DAVY_OK;
}

/* @param count  how often it is met now */
static davy_status add_pair(davy_flow_pairs *pairs, uint32_t a, uint32_t b, uint32_t *count)
{
    const uint64_t key = pair_of(a, b);
    davy_status status = DAVY_OK;
    size_t place;

    if (2 * pairs->used >= pairs->capacity)
        status = rehash(pairs);
    if (status != DAVY_OK)
        return status;
    place = find_place(pairs, key);
    pairs->used += pairs->keys[place] == 0;
    pairs->keys[place] = key;
    *count = ++pairs->counts[place];
    return DAVY_OK;
}

/* @return how often it is met without that one */
static uint32_t take_pair(davy_flow_pairs *pairs, uint32_t a, uint32_t b)
{
    return --pairs->counts[find_place(pairs, pair_of(a, b))];
}

static bool is_older(const davy_flow *past, const davy_flow *now, int64_t span_ns)
{
    int64_t age_ns;

    return __builtin_sub_overflow(now->time_ns, past->time_ns, &age_ns) ? now->time_ns > 0
                                                                        : age_ns > span_ns;
}

static void forget_oldest(davy_flow_side *side, uint32_t key)
{
    davy_flow_trail *trail = &side->trails[key];
    const davy_flow *row = &trail->rows[trail->first];

    trail->serrors -= row->serror;
    trail->rerrors -= row->rerror;
    trail->bytes -= (double) row->bytes;
    trail->others -= take_pair(&side->others, key, row->other) == 0;
    (void) take_pair(&side->ports, key, row->port);
    trail->first = (trail->first + 1) % trail->capacity;
    trail->count--;
}

static davy_status grow_trail(davy_flow_trail *trail)
{
    const size_t capacity = trail->capacity ? 2 * trail->capacity : ROWS_LEAST;
    davy_flow *rows = calloc(capacity, sizeof *rows);

    if (!rows)
        return davy_fail(DAVY_ERR_NOMEM, "flows of %zu rows", capacity);
    for (size_t i = 0; i < trail->count; i++)
        rows[i] = trail->rows[(trail->first + i) % trail->capacity];
    free(trail->rows);
    trail->rows = rows;
    trail->capacity = capacity;
    trail->first = 0;
    return DAVY_OK;
}

static davy_status grow_side(davy_flow_side *side, uint32_t key)
{
    const size_t count = 2 * (size_t) key + 16;
    davy_flow_trail *trails;

    if (key < side->count)
        return DAVY_OK;
    trails = reallocarray(side->trails, count, sizeof *trails);
    if (!trails)
        return davy_fail(DAVY_ERR_NOMEM, "flows of %zu hosts", count);
    memset(trails + side->count, 0, (count - side->count) * sizeof *trails);
    side->trails = trails;
    side->count = count;
    return DAVY_OK;
}

davy_status davy_flow_side_add(davy_flow_side *side, uint32_t key, const davy_flow *row,
                               davy_flow_sight *sight)
{
    davy_status status = grow_side(side, key);
    uint32_t same = 0, same_port = 0;
    davy_flow_trail *trail;

    if (status != DAVY_OK)
        return status;
    trail = &side->trails[key];
    while (trail->count > 0 &&
           (trail->count >= side->rows || is_older(&trail->rows[trail->first], row, side->span_ns)))
        forget_oldest(side, key);
    if (trail->count == trail->capacity)
        status = grow_trail(trail);
    if (status == DAVY_OK)
        status = add_pair(&side->others, key, row->other, &same);
    if (status == DAVY_OK)
        status = add_pair(&side->ports, key, row->port, &same_port);
    if (status != DAVY_OK)
        return status;
    trail->rows[(trail->first + trail->count++) % trail->capacity] = *row;
    trail->serrors += row->serror;
    trail->rerrors += row->rerror;
    trail->bytes += (double) row->bytes;
    trail->others += same == 1;
    *sight = (davy_flow_sight){.count = trail->count,
                               .serrors = trail->serrors,
                               .rerrors = trail->rerrors,
                               .others = trail->others,
                               .same = same,
                               .same_port = same_port,
                               .bytes = trail->bytes};
    return DAVY_OK;
}

static void clear_pairs(davy_flow_pairs *pairs)
{
    free(pairs->keys);
    free(pairs->counts);
}

void davy_flow_side_clear(davy_flow_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        free(side->trails[i].rows);
    free(side->trails);
    clear_pairs(&side->others);
    clear_pairs(&side->ports);
}
