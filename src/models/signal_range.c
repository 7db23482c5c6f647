/* SPDX-License-Identifier: Apache-2.0 */
#include "models/signal_range.h"

#include "core/bulk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define KEPT_MAX ((size_t) 20000)    /* values of a channel that quantiles come from */
#define ALL_MAX  ((size_t) 16000000) /* of all channels together */
#define TAIL     0.005

/* Values on their way to quantiles: every so-manieth of each channel, NaN where it is missing. */
typedef struct gathering {
    size_t channels, steps; /* steps: of a sample */
    size_t stride, seen;    /* values of a channel */
    size_t most, kept;
    float *values; /* [channels * most] */
    davy_signal_range *ranges;
} gathering;

static void gather(gathering *g, const float *sample)
{
    for (size_t t = 0; t < g->steps; t++) {
        const bool keep = g->seen++ % g->stride == 0 && g->kept < g->most;

        for (size_t c = 0; c < g->channels; c++) {
            const float value = sample[t * g->channels + c];

            g->ranges[c].low = fmin(g->ranges[c].low, (double) value);
            g->ranges[c].high = fmax(g->ranges[c].high, (double) value);
            if (keep)
                g->values[c * g->most + g->kept] = value;
        }
        g->kept += keep;
    }
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

void davy_signal_range_quantiles(float *values, size_t count, davy_signal_range *range)
{
    size_t finite = 0, low;

    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[finite++] = values[i];
    if (finite == 0)
        return;
    davy_bulk_sort(values, finite, sizeof *values, by_value);
    low = (size_t) (TAIL * (double) (finite - 1));
    range->usual_low = (double) values[low];
    range->usual_high = (double) values[finite - 1 - low];
}

static void find_quantiles(gathering *g)
{
    for (size_t c = 0; c < g->channels; c++)
        davy_signal_range_quantiles(g->values + c * g->most, g->kept, &g->ranges[c]);
}

static davy_status gather_all(const davy_sample_set *samples, const uint8_t *held, gathering *g)
{
    float *sample = calloc(davy_form_values(&samples->form), sizeof *sample);
    davy_status status = sample ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a sample");

    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        if (held && held[i] != DAVY_PURPOSE_LEARN)
            continue;
        status = davy_sample_set_read(samples, i, sample);
        if (status == DAVY_OK)
            gather(g, sample);
    }
    free(sample);
    return status;
}

static size_t count_learnt(const davy_sample_set *samples, const uint8_t *held)
{
    size_t count = 0;

    for (size_t i = 0; i < samples->count; i++)
        count += !held || held[i] == DAVY_PURPOSE_LEARN;
    return count;
}

davy_status davy_signal_ranges_find(const davy_sample_set *samples, const uint8_t *held,
                                    davy_arena *arena, const davy_signal_range **out)
{
    const davy_form *form = &samples->form;
    gathering g = {.channels = form->channels,
                   .steps = davy_form_values(form) / (form->channels > 0 ? form->channels : 1)};
    const size_t values = count_learnt(samples, held) * g.steps;
    davy_status status;

    *out = NULL;
    if (form->kind == DAVY_FORM_IMAGE || values == 0)
        return DAVY_OK;
    assert(g.channels > 0);
    g.most = ALL_MAX / g.channels < KEPT_MAX ? ALL_MAX / g.channels : KEPT_MAX;
    g.most = values < g.most ? values : g.most;
    g.stride = (values + g.most - 1) / g.most;
    g.values = davy_bulk_alloc(g.channels * g.most, sizeof *g.values);
    g.ranges = davy_arena_array(arena, g.channels, sizeof *g.ranges);
    if (!g.values || !g.ranges) {
        davy_bulk_free(g.values);
        return davy_fail_in(DAVY_ERR_NOMEM, "ranges of %zu signals", g.channels);
    }
    for (size_t c = 0; c < g.channels; c++)
        g.ranges[c] = (davy_signal_range){INFINITY, -INFINITY, 0, 0};
    status = gather_all(samples, held, &g);
    if (status == DAVY_OK) {
        find_quantiles(&g);
        *out = g.ranges;
    }
    davy_bulk_free(g.values);
    return status;
}

bool davy_signal_ranges_leave(const davy_signal_range *ranges, const davy_form *form,
                              const float *sample, bool *outside)
{
    const size_t values = ranges ? davy_form_values(form) : 0;
    bool found = false;

    assert(values == 0 || form->channels > 0);
    for (size_t c = 0; outside && c < form->channels; c++)
        outside[c] = false;
    for (size_t i = 0; i < values; i++) {
        const davy_signal_range *range = &ranges[i % form->channels];
        const double value = (double) sample[i];

        if (isnan(value) || (value >= range->low && value <= range->high))
            continue;
        found = true;
        if (outside)
            outside[i % form->channels] = true;
    }
    return found;
}

json_t *davy_signal_ranges_json(const davy_signal_range *ranges, size_t channels)
{
    json_t *list = json_array();

    for (size_t c = 0; ranges && c < channels; c++)
        json_array_append_new(list, json_pack("{sf sf sf sf}", "low", ranges[c].low, "high",
                                              ranges[c].high, "usual_low", ranges[c].usual_low,
                                              "usual_high", ranges[c].usual_high));
    return list;
}

const davy_signal_range *davy_signal_ranges_read(const json_t *list, size_t channels,
                                                 davy_arena *arena)
{
    davy_signal_range *ranges;

    if (channels == 0 || json_array_size(list) != channels)
        return NULL;
    ranges = davy_arena_array(arena, channels, sizeof *ranges);
    for (size_t c = 0; ranges && c < channels; c++) {
        const json_t *object = json_array_get(list, c);
        const json_t *low = json_object_get(object, "low"), *high = json_object_get(object, "high");

        if (!json_is_number(low) || !json_is_number(high))
            return NULL;
        ranges[c] = (davy_signal_range){json_number_value(low), json_number_value(high),
                                        json_number_value(json_object_get(object, "usual_low")),
                                        json_number_value(json_object_get(object, "usual_high"))};
    }
    return ranges;
}
