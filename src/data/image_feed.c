/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_feed.h"

#include <stdlib.h>
#include <string.h>

davy_status davy_image_items_of(const davy_image_folder *folder, davy_part part, uint32_t **items,
                                size_t *count)
{
    uint32_t *picked = calloc(folder->item_count + 1, sizeof *picked);
    size_t found = 0;

    if (!picked)
        return davy_fail(DAVY_ERR_NOMEM, "pictures of '%s'", folder->path);
    for (size_t i = 0; i < folder->item_count; i++)
        if (folder->items[i].part == part)
            picked[found++] = (uint32_t) i;
    *items = picked;
    *count = found;
    return DAVY_OK;
}

/* One picture. @param scratch  [height][width][3] */
static davy_status fill_picture(const davy_image_feed *feed, uint64_t epoch, uint32_t item,
                                uint8_t *scratch, float *pixels)
{
    const davy_image_set_options *how = davy_image_set_how(feed->set);
    const size_t count = (size_t) how->width * how->height;
    davy_status status = davy_image_set_read(feed->set, item, scratch);

    if (status != DAVY_OK)
        return status;
    if (feed->augment) {
        const davy_augmentation_key key = {feed->seed, epoch, item};

        davy_image_augment(feed->augment, &key, scratch, how->width, how->height, pixels);
        davy_image_normalise(pixels, count, feed->norm);
    } else {
        davy_image_to_float(scratch, count, feed->norm, pixels);
    }
    return DAVY_OK;
}

static void fill_targets(const davy_image_folder *folder, uint32_t label, float *targets)
{
    memset(targets, 0, folder->classes.count * sizeof *targets);
    if (label != DAVY_IMAGE_NO_LABEL)
        targets[label] = 1;
}

/* The items behind the indices. NULL without memory. */
static uint32_t *items_of(const davy_image_feed *feed, const uint32_t *indices, size_t count)
{
    uint32_t *items = calloc(count + 1, sizeof *items);

    for (size_t i = 0; items && i < count; i++)
        items[i] = feed->items[indices[i]];
    return items;
}

davy_status davy_image_feed_fill(const davy_image_feed *feed, uint64_t epoch,
                                 const uint32_t *indices, size_t count, float *pixels,
                                 float *targets, int64_t *labels)
{
    const davy_image_folder *folder = davy_image_set_folder(feed->set);
    const size_t bytes = davy_image_set_bytes(feed->set), classes = folder->classes.count;
    uint8_t *scratch = malloc(bytes);
    uint32_t *items = items_of(feed, indices, count);
    davy_status status = DAVY_OK;

    if (!scratch || !items)
        status = davy_fail(DAVY_ERR_NOMEM, "a batch of %zu pictures", count);
    for (size_t i = 0; status == DAVY_OK && i < count; i++) {
        const uint32_t label = folder->items[items[i]].label;

        status = fill_picture(feed, epoch, items[i], scratch, pixels + i * bytes);
        if (targets)
            fill_targets(folder, label, targets + i * classes);
        if (labels)
            labels[i] = label == DAVY_IMAGE_NO_LABEL ? -1 : (int64_t) label;
    }
    if (status == DAVY_OK && targets && feed->augment)
        davy_image_mix(feed->augment, feed->seed, epoch, items, count, pixels, bytes, targets,
                       classes);
    free(scratch);
    free(items);
    return status;
}
