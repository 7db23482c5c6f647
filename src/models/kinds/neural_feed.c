/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural_feed.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_feed_init(const davy_sample_set *samples, const uint8_t *held, davy_purpose part,
                           davy_feed *feed)
{
    *feed = (davy_feed){.samples = samples, .outputs = 1, .spread = 1};
    feed->members = davy_bulk_alloc(samples->count + 1, sizeof *feed->members);
    feed->scratch = calloc(davy_form_values(&samples->form), sizeof *feed->scratch);
    if (!feed->members || !feed->scratch) {
        davy_feed_clear(feed);
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    }
    for (size_t i = 0; i < samples->count; i++)
        if (held[i] == part && !isnan(samples->targets[i]))
            feed->members[feed->count++] = (uint32_t) i;
    if (samples->class_count > 0)
        feed->outputs = samples->class_count;
    return DAVY_OK;
}

void davy_feed_clear(davy_feed *feed)
{
    davy_bulk_free(feed->members);
    free(feed->scratch);
    *feed = (davy_feed){0};
}

static davy_status read_sample(const davy_feed *feed, const davy_augmentation_key *key,
                               float *values)
{
    const davy_sample_set *samples = feed->samples;
    davy_status status;

    if (feed->varies && samples->source->vary)
        return samples->source->vary(samples, key, values);
    status = davy_sample_set_read(samples, key->sample, values);
    if (status == DAVY_OK && feed->varies)
        davy_series_vary(&feed->changes, &samples->form, key, feed->scale, values, feed->scratch);
    return status;
}

static void set_target(const davy_feed *feed, size_t sample, float *target)
{
    const double wanted = feed->samples->targets[sample];

    if (feed->samples->class_count > 0)
        target[(size_t) wanted] = 1;
    else
        target[0] = (float) ((wanted - feed->mean) / feed->spread);
}

davy_status davy_feed_fill(void *context, uint64_t epoch, const uint32_t *indices, size_t count,
                           davy_tensor *inputs)
{
    const davy_feed *feed = context;
    const size_t values = davy_form_values(&feed->samples->form);
    const davy_augmentation mixing = {.mixup = (float) feed->mixup};
    float *batch = davy_f32(&inputs[0]), *targets = davy_f32(&inputs[1]);
    davy_status status = DAVY_OK;

    memset(targets, 0, count * feed->outputs * sizeof *targets);
    for (size_t n = 0; n < count && status == DAVY_OK; n++) {
        const davy_augmentation_key key = {feed->seed, epoch, feed->members[indices[n]]};

        status = read_sample(feed, &key, batch + n * values);
        set_target(feed, key.sample, targets + n * feed->outputs);
    }
    if (status == DAVY_OK && feed->mixup > 0)
        davy_image_mix(&mixing, feed->seed, epoch, indices, count, batch, values, targets,
                       feed->outputs);
    return status;
}
