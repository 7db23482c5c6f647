/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_order.h"

#include "core/bulk.h"

#include <stdlib.h>

/* A sample on its way into the order of time. */
typedef struct timed_sample {
    int64_t time_ns;
    size_t row, sample;
} timed_sample;

void davy_sample_order_clear(davy_sample_order *order)
{
    davy_bulk_free(order->places);
    *order = (davy_sample_order){0};
}

/* What all places together say. */
static void look_at_all(const davy_sample_set *samples, davy_sample_order *order)
{
    bool learnt = false, held = false;

    order->independent = !samples->group_names && samples->group_count >= samples->count;
    order->timed = order->official = samples->count > 0;
    for (size_t i = 0; i < order->count; i++) {
        const davy_sample_place *place = &order->places[i];

        order->timed = order->timed && place->time_ns != DAVY_PLACE_NO_TIME;
        order->official = order->official && place->part >= 0;
        learnt = learnt || place->part == DAVY_PURPOSE_LEARN;
        held = held || place->part > DAVY_PURPOSE_LEARN;
    }
    order->official = order->official && learnt && held;
    order->ordered = order->timed || samples->in_order;
}

davy_status davy_sample_order_read(const davy_sample_set *samples, davy_sample_order *order)
{
    *order = (davy_sample_order){.count = samples->count};
    order->places = davy_bulk_alloc(samples->count + 1, sizeof *order->places);
    if (!order->places)
        return davy_fail_in(DAVY_ERR_NOMEM, "places of %zu samples", samples->count);
    for (size_t i = 0; i < samples->count; i++)
        order->places[i] = davy_sample_set_where(samples, i);
    look_at_all(samples, order);
    return DAVY_OK;
}

static int by_time(const void *a, const void *b)
{
    const timed_sample *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

davy_status davy_sample_order_sort(const davy_sample_order *order, size_t *members, size_t count)
{
    timed_sample *line = davy_bulk_alloc(count + 1, sizeof *line);

    if (!line)
        return davy_fail_in(DAVY_ERR_NOMEM, "order of %zu samples", count);
    for (size_t m = 0; m < count; m++) {
        const davy_sample_place *place = &order->places[members[m]];

        line[m] = (timed_sample){order->timed ? place->time_ns : 0, place->last, members[m]};
    }
    davy_bulk_sort(line, count, sizeof *line, by_time);
    for (size_t m = 0; m < count; m++)
        members[m] = line[m].sample;
    davy_bulk_free(line);
    return DAVY_OK;
}

davy_split_rule davy_sample_order_rule(const davy_sample_order *order,
                                       const davy_sample_set *samples, const size_t *members,
                                       size_t count)
{
    bool alone = true;

    if (order->independent || samples->group_count >= samples->count)
        return DAVY_SPLIT_RANDOM;
    for (size_t m = 1; m < count && alone; m++)
        alone = samples->groups[members[m]] == samples->groups[members[0]];
    if (alone && order->ordered)
        return DAVY_SPLIT_TIME;
    return samples->by_scaffold ? DAVY_SPLIT_SCAFFOLD : DAVY_SPLIT_GROUP;
}

/* @param known  [rows + 1] how many of the rows before each one the part knows */
static void count_known(const davy_sample_order *order, const uint8_t *purposes, uint8_t purpose,
                        size_t *known, size_t rows)
{
    size_t depth = 0, total = 0;

    for (size_t row = 0; row <= rows; row++)
        known[row] = 0;
    /* Where samples begin less where they end (as it wraps) is how many cover a row. */
    for (size_t i = 0; i < order->count; i++)
        if (purposes[i] == purpose) {
            known[order->places[i].first]++;
            known[order->places[i].last + 1]--;
        }
    for (size_t row = 0; row <= rows; row++) {
        depth += known[row];
        known[row] = total;
        total += depth > 0;
    }
}

/* Room for all rows that samples know. */
static davy_status make_known(const davy_sample_order *order, size_t **known, size_t *rows)
{
    *rows = 0;
    for (size_t i = 0; i < order->count; i++)
        *rows = order->places[i].last >= *rows ? order->places[i].last + 1 : *rows;
    *known = davy_bulk_alloc(*rows + 1, sizeof **known);
    return *known ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", *rows);
}

static bool knows(const size_t *known, const davy_sample_place *place)
{
    return known[place->last + 1] != known[place->first];
}

static size_t leave_out(const davy_sample_order *order, const size_t *known, uint8_t purpose,
                        uint8_t *purposes)
{
    size_t count = 0;

    for (size_t i = 0; i < order->count; i++) {
        if (purposes[i] != purpose || !knows(known, &order->places[i]))
            continue;
        purposes[i] = DAVY_PURPOSE_NONE;
        count++;
    }
    return count;
}

davy_status davy_sample_order_purge(const davy_sample_order *order, uint8_t *purposes,
                                    size_t *left_out)
{
    size_t rows, *known = NULL;
    const davy_status status = make_known(order, &known, &rows);

    if (status != DAVY_OK)
        return status;
    count_known(order, purposes, DAVY_PURPOSE_JUDGE, known, rows);
    *left_out = leave_out(order, known, DAVY_PURPOSE_WATCH, purposes);
    *left_out += leave_out(order, known, DAVY_PURPOSE_LEARN, purposes);
    count_known(order, purposes, DAVY_PURPOSE_WATCH, known, rows);
    *left_out += leave_out(order, known, DAVY_PURPOSE_LEARN, purposes);
    davy_bulk_free(known);
    return DAVY_OK;
}

davy_status davy_sample_order_overlap(const davy_sample_order *order, const uint8_t *purposes,
                                      size_t *overlapping, size_t *held)
{
    size_t rows, *known = NULL;
    const davy_status status = make_known(order, &known, &rows);

    if (status != DAVY_OK)
        return status;
    *overlapping = *held = 0;
    count_known(order, purposes, DAVY_PURPOSE_LEARN, known, rows);
    for (size_t i = 0; i < order->count; i++) {
        if (purposes[i] != DAVY_PURPOSE_WATCH && purposes[i] != DAVY_PURPOSE_JUDGE)
            continue;
        *held += 1;
        *overlapping += knows(known, &order->places[i]);
    }
    davy_bulk_free(known);
    return DAVY_OK;
}
