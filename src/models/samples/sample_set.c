/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_set.h"

#include "core/bulk.h"

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
    davy_bulk_free(samples->targets);
    davy_bulk_free(samples->groups);
    davy_bulk_free(samples->places);
    *samples = (davy_sample_set){0};
}

davy_status davy_sample_set_read(const davy_sample_set *samples, size_t sample, float *values)
{
    return samples->source->read(samples, sample, values);
}

davy_sample_place davy_sample_set_where(const davy_sample_set *samples, size_t sample)
{
    if (samples->source->where)
        return samples->source->where(samples, sample);
    return (davy_sample_place){
        .run = sample, .first = sample, .last = sample, .time_ns = DAVY_PLACE_NO_TIME, .part = -1};
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
