/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sample_set.h"

#include "data/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The latest samples are judged, those before them watched. */
static void split_by_time(const davy_sample_set *samples, double share, uint8_t *purposes)
{
    const size_t held = (size_t) (share * (double) samples->count + 0.5);

    for (size_t i = samples->count - held; i < samples->count; i++)
        purposes[i] = i < samples->count - held / 2 ? DAVY_PURPOSE_WATCH : DAVY_PURPOSE_JUDGE;
}

static davy_status split_by_group(const davy_sample_set *samples, double share, uint64_t seed,
                                  uint8_t *purposes)
{
    const double shares[] = {1.0 - share, share / 2, share / 2};
    uint32_t *classes = calloc(samples->count + 1, sizeof *classes);
    const davy_split_options options = {.classes = classes,
                                        .groups = samples->groups,
                                        .shares = shares,
                                        .parts = DAVY_ARRAY_LENGTH(shares),
                                        .seed = seed};
    davy_status status;

    if (!classes)
        return davy_fail(DAVY_ERR_NOMEM, "split of %zu samples", samples->count);
    for (size_t i = 0; i < samples->count && samples->class_count > 0; i++)
        classes[i] = samples->targets[i] >= 0 ? (uint32_t) samples->targets[i] : 0;
    status = davy_split(&options, samples->count, purposes);
    free(classes);
    return status;
}

davy_status davy_sample_set_split(const davy_sample_set *samples, double share, uint64_t seed,
                                  uint8_t *purposes)
{
    memset(purposes, DAVY_PURPOSE_LEARN, samples->count);
    if (share <= 0)
        return DAVY_OK;
    if (!samples->in_order)
        return split_by_group(samples, share, seed, purposes);
    split_by_time(samples, share, purposes);
    return DAVY_OK;
}
