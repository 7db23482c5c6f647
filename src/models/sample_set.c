/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sample_set.h"

#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_SPLIT 0x5b117 /* of random numbers: the order in which groups are held out */

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count && texts; i++)
        free(texts[i]);
    free((void *) texts);
}

void davy_sample_set_clear(davy_sample_set *samples)
{
    if (samples->source)
        samples->source->clear(samples);
    free_texts(samples->group_names, samples->group_count);
    free_texts(samples->classes, samples->class_count);
    free_texts(samples->names, samples->count);
    free(samples->targets);
    free(samples->groups);
    free(samples->places);
    *samples = (davy_sample_set){0};
}

davy_status davy_sample_set_read(const davy_sample_set *samples, size_t sample, float *values)
{
    return samples->source->read(samples, sample, values);
}

davy_status davy_sample_set_map_classes(davy_sample_set *samples, const char *const *classes,
                                        size_t class_count)
{
    double *map = calloc(samples->class_count + 1, sizeof *map);

    if (!map)
        return davy_fail(DAVY_ERR_NOMEM, "classes");
    for (size_t i = 0; i < samples->class_count; i++) {
        map[i] = NAN;
        for (size_t k = 0; k < class_count; k++)
            if (strcmp(samples->classes[i], classes[k]) == 0)
                map[i] = (double) k;
    }
    for (size_t i = 0; i < samples->count; i++)
        if (samples->class_count > 0 && samples->targets[i] >= 0)
            samples->targets[i] = map[(size_t) samples->targets[i]];
    free(map);
    return DAVY_OK;
}

/* The class that a split keeps in proportion; 0 where there are none. */
static size_t class_of(const davy_sample_set *samples, size_t sample)
{
    const double target = samples->targets[sample];

    return samples->class_count > 0 && target >= 0 ? (size_t) target : 0;
}

static void hold_latest(const davy_sample_set *samples, double share, uint8_t *held)
{
    const size_t last = (size_t) (share * (double) samples->count + 0.5);

    for (size_t i = samples->count - last; i < samples->count; i++)
        held[i] = 1;
}

/* What a split keeps account of while it takes group after group. */
typedef struct split {
    size_t *members, *first; /* [group_count] size, and a sample, of each group */
    size_t *wanted, *taken;  /* [class_count or 1] samples */
    uint32_t *order;         /* [group_count] */
} split;

static void split_clear(split *s)
{
    free(s->members);
    free(s->first);
    free(s->wanted);
    free(s->taken);
    free(s->order);
}

static davy_status split_init(split *s, const davy_sample_set *samples, double share, uint64_t seed)
{
    const size_t groups = samples->group_count, classes = samples->class_count + 1;

    s->members = calloc(groups, sizeof *s->members);
    s->first = calloc(groups, sizeof *s->first);
    s->wanted = calloc(classes, sizeof *s->wanted);
    s->taken = calloc(classes, sizeof *s->taken);
    s->order = calloc(groups, sizeof *s->order);
    if (!s->members || !s->first || !s->wanted || !s->taken || !s->order)
        return davy_fail(DAVY_ERR_NOMEM, "split of %zu samples", samples->count);
    for (size_t i = samples->count; i-- > 0;) {
        s->members[samples->groups[i]]++;
        s->first[samples->groups[i]] = i;
        s->wanted[class_of(samples, i)]++;
    }
    for (size_t k = 0; k < classes; k++)
        s->wanted[k] = (size_t) (share * (double) s->wanted[k] + 0.5);
    davy_random_shuffle(seed, STREAM_SPLIT, s->order, groups);
    return DAVY_OK;
}

/* A group is taken while its class is nearer to its share with it than without it. */
static void take_groups(split *s, const davy_sample_set *samples, uint8_t *held)
{
    for (size_t n = 0; n < samples->group_count; n++) {
        const size_t g = s->order[n];
        const size_t k = s->members[g] > 0 ? class_of(samples, s->first[g]) : 0;

        if (s->members[g] == 0 || s->taken[k] + (s->members[g] + 1) / 2 > s->wanted[k])
            continue;
        s->taken[k] += s->members[g];
        s->members[g] = 0; /* taken */
    }
    for (size_t i = 0; i < samples->count; i++)
        held[i] = s->members[samples->groups[i]] == 0;
}

davy_status davy_sample_set_split(const davy_sample_set *samples, double share, uint64_t seed,
                                  uint8_t *held)
{
    split s = {0};
    davy_status status;

    memset(held, 0, samples->count);
    if (samples->in_order) {
        hold_latest(samples, share, held);
        return DAVY_OK;
    }
    status = split_init(&s, samples, share, seed);
    if (status == DAVY_OK)
        take_groups(&s, samples, held);
    split_clear(&s);
    return status;
}
