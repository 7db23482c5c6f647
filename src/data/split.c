/* SPDX-License-Identifier: Apache-2.0 */
#include "data/split.h"

#include "core/bulk.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>

#define STREAM_SPLIT 0x73706C69 /* "spli" */

/* Samples in the order of their groups. */
typedef struct split_sample {
    uint32_t group;
    uint32_t sample;
} split_sample;

/* A group: a stretch of those samples. */
typedef struct split_group {
    uint32_t first, count;
    uint32_t turn; /* its place among groups of one size */
} split_group;

typedef struct splitting {
    const davy_split_options *options;
    split_sample *samples;
    split_group *groups;
    size_t group_count, classes;
    double *missing; /* [classes][parts] samples that a part still lacks of a class */
    double *wanted;  /* [classes][parts] samples that it should have */
} splitting;

static int by_group(const void *a, const void *b)
{
    const split_sample *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

static int by_size_and_turn(const void *a, const void *b)
{
    const split_group *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->turn > y->turn) - (x->turn < y->turn);
}

static uint32_t class_of(const davy_split_options *options, uint32_t sample)
{
    return options->classes ? options->classes[sample] : 0;
}

static void find_groups(splitting *in, size_t count)
{
    const uint32_t *groups = in->options->groups;

    for (size_t i = 0; i < count; i++)
        in->samples[i] = (split_sample){groups ? groups[i] : (uint32_t) i, (uint32_t) i};
    davy_bulk_sort(in->samples, count, sizeof *in->samples, by_group);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || in->samples[i].group != in->samples[i - 1].group)
            in->groups[in->group_count++] = (split_group){.first = (uint32_t) i};
        in->groups[in->group_count - 1].count++;
    }
}

static davy_status order_groups(splitting *in)
{
    uint32_t *turns = davy_bulk_alloc(in->group_count + 1, sizeof *turns);

    if (!turns)
        return davy_fail_in(DAVY_ERR_NOMEM, "split of %zu groups", in->group_count);
    davy_random_shuffle(in->options->seed, STREAM_SPLIT, turns, in->group_count);
    for (size_t g = 0; g < in->group_count; g++)
        in->groups[g].turn = turns[g];
    davy_bulk_sort(in->groups, in->group_count, sizeof *in->groups, by_size_and_turn);
    davy_bulk_free(turns);
    return DAVY_OK;
}

/* What each part should have of each class. */
static void share_out(splitting *in, size_t count, size_t classes)
{
    const size_t parts = in->options->parts;
    double sum = 0;

    for (size_t p = 0; p < parts; p++)
        sum += in->options->shares[p];
    for (size_t i = 0; i < count; i++)
        for (size_t p = 0; p < parts; p++)
            in->wanted[class_of(in->options, (uint32_t) i) * parts + p] +=
                in->options->shares[p] / sum;
    for (size_t i = 0; i < classes * parts; i++)
        in->missing[i] = in->wanted[i];
}

/* The part that lacks most of what the group has, as a share of what it should have. */
static size_t choose_part(const splitting *in, const split_group *group)
{
    const size_t parts = in->options->parts;
    double largest = -INFINITY;
    size_t chosen = 0;

    for (size_t p = 0; p < parts; p++) {
        double need = 0;

        for (uint32_t i = 0; i < group->count; i++) {
            const uint32_t sample = in->samples[group->first + i].sample;
            const size_t cell = class_of(in->options, sample) * parts + p;

            need += in->missing[cell] / in->wanted[cell];
        }
        if (need > largest) {
            largest = need;
            chosen = p;
        }
    }
    return chosen;
}

static double sum_of(const splitting *in, const double *cells, size_t part)
{
    double sum = 0;

    for (size_t c = 0; c < in->classes; c++)
        sum += cells[c * in->options->parts + part];
    return sum;
}

static bool goes_first(const splitting *in, const split_group *group)
{
    double smallest = INFINITY;

    for (size_t p = 0; p < in->options->parts; p++)
        smallest = fmin(smallest, sum_of(in, in->wanted, p));
    return in->options->common_first && group->count > smallest / 2 &&
           group->count <= sum_of(in, in->missing, 0);
}

static void deal_out(splitting *in, uint8_t *part)
{
    for (size_t g = 0; g < in->group_count; g++) {
        const split_group *group = &in->groups[g];
        const size_t chosen = goes_first(in, group) ? 0 : choose_part(in, group);

        for (uint32_t i = 0; i < group->count; i++) {
            const uint32_t sample = in->samples[group->first + i].sample;

            part[sample] = (uint8_t) chosen;
            in->missing[class_of(in->options, sample) * in->options->parts + chosen] -= 1;
        }
    }
}

static davy_status check(const davy_split_options *options, size_t count)
{
    if (options->parts == 0 || options->parts > DAVY_SPLIT_PARTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a split has 1 to %d parts, not %zu",
                         DAVY_SPLIT_PARTS_MAX, options->parts);
    for (size_t p = 0; p < options->parts; p++)
        if (!(options->shares[p] > 0 && isfinite(options->shares[p])))
            return davy_fail(DAVY_ERR_INVALID,
                             "part %zu of a split has the share %g: choose one "
                             "above 0",
                             p + 1, options->shares[p]);
    if (count >= UINT32_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu samples are too many to split", count);
    return DAVY_OK;
}

davy_status davy_split(const davy_split_options *options, size_t count, uint8_t *part)
{
    splitting in = {.options = options};
    davy_status status = check(options, count);
    size_t classes = 1;

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        classes = class_of(options, (uint32_t) i) >= classes
                      ? (size_t) class_of(options, (uint32_t) i) + 1
                      : classes;
    in.classes = classes;
    in.samples = davy_bulk_alloc(count + 1, sizeof *in.samples);
    in.groups = davy_bulk_alloc(count + 1, sizeof *in.groups);
    in.missing = davy_bulk_alloc(classes * options->parts, sizeof *in.missing);
    in.wanted = davy_bulk_alloc(classes * options->parts, sizeof *in.wanted);
    if (!in.samples || !in.groups || !in.missing || !in.wanted) {
        status = davy_fail_in(DAVY_ERR_NOMEM, "split of %zu samples", count);
        goto done;
    }
    find_groups(&in, count);
    status = order_groups(&in);
    if (status == DAVY_OK) {
        share_out(&in, count, classes);
        deal_out(&in, part);
    }
done:
    davy_bulk_free(in.samples);
    davy_bulk_free(in.groups);
    davy_bulk_free(in.missing);
    davy_bulk_free(in.wanted);
    return status;
}
