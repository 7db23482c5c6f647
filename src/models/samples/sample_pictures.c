/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_set.h"

#include "data/image_folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 3
#define WHITE    255.0F

/* The pictures, and which of the folder's items are samples. */
typedef struct album {
    davy_image_folder *folder;
    davy_image_set *set;
    uint32_t *items; /* [count] */
} album;

static davy_status read_pixels(const davy_sample_set *samples, size_t sample, uint8_t **out)
{
    const album *own = samples->own;
    uint8_t *pixels = malloc(davy_image_set_bytes(own->set));
    davy_status status = pixels ? davy_image_set_read(own->set, own->items[sample], pixels)
                                : davy_fail(DAVY_ERR_NOMEM, "a picture");

    if (status == DAVY_OK)
        *out = pixels;
    else
        free(pixels);
    return status;
}

static davy_status read_picture(const davy_sample_set *samples, size_t sample, float *values)
{
    const size_t count = davy_form_values(&samples->form);
    uint8_t *pixels = NULL;
    davy_status status = read_pixels(samples, sample, &pixels);

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        values[i] = (float) pixels[i];
    free(pixels);
    return status;
}

static davy_status vary_picture(const davy_sample_set *samples, const davy_augmentation_key *key,
                                float *values)
{
    const davy_form *form = &samples->form;
    const size_t count = davy_form_values(form);
    const davy_augmentation augment = davy_augmentation_photographs;
    uint8_t *pixels = NULL;
    davy_status status = read_pixels(samples, key->sample, &pixels);

    if (status == DAVY_OK)
        davy_image_augment(&augment, key, pixels, (uint32_t) form->width, (uint32_t) form->height,
                           values);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        values[i] *= WHITE;
    free(pixels);
    return status;
}

static void clear_album(davy_sample_set *samples)
{
    album *own = samples->own;

    if (!own)
        return;
    davy_image_set_destroy(own->set);
    davy_image_folder_close(own->folder);
    free(own->items);
    free(own);
}

/* Pictures have no order; a folder may say which of them are for what. */
static davy_sample_place where_picture(const davy_sample_set *samples, size_t sample)
{
    const album *own = samples->own;
    const davy_part part = own->folder->items[own->items[sample]].part;

    return (davy_sample_place){.run = sample,
                               .first = sample,
                               .last = sample,
                               .time_ns = DAVY_PLACE_NO_TIME,
                               .part = part == DAVY_PART_NONE ? -1 : (int) part};
}

static const davy_sample_source picture_source = {
    .read = read_picture, .vary = vary_picture, .clear = clear_album, .where = where_picture};

/* "helmets/12.jpg", or with its box "12.jpg#3" for the fourth one. */
static char *name_of(const davy_image_folder *folder, size_t item)
{
    const davy_image_file *file = &folder->files[folder->items[item].file];
    const size_t size = strlen(file->name) + 16;
    char *name = malloc(size);

    if (name && folder->boxes)
        (void) snprintf(name, size, "%s#%zu", file->name, item - file->first + 1);
    else if (name)
        (void) snprintf(name, size, "%s", file->name);
    return name;
}

static bool is_wanted(const davy_image_item *item, const char *part)
{
    static const char *const parts[] = {"train", "val", "test"};

    return !part || (item->part < DAVY_ARRAY_LENGTH(parts) && strcmp(parts[item->part], part) == 0);
}

static davy_status add_item(davy_sample_set *samples, album *own, size_t item)
{
    const davy_image_item *from = &own->folder->items[item];
    const size_t i = samples->count;

    own->items[i] = (uint32_t) item;
    samples->targets[i] = from->label == DAVY_IMAGE_NO_LABEL ? NAN : (double) from->label;
    samples->groups[i] = from->group;
    samples->places[i] = item;
    samples->names[i] = name_of(own->folder, item);
    if (!samples->names[i])
        return davy_fail(DAVY_ERR_NOMEM, "names of pictures");
    samples->count++;
    return DAVY_OK;
}

/* A folder numbers groups by a file of theirs; in a set they are numbered from 0, without gaps. */
static davy_status number_groups(davy_sample_set *samples)
{
    const album *own = samples->own;
    uint32_t *number = calloc(own->folder->file_count + 1, sizeof *number); /* and 1: 0 is none */

    if (!number)
        return davy_fail(DAVY_ERR_NOMEM, "groups of pictures");
    for (size_t i = 0; i < samples->count; i++) {
        uint32_t *group = &number[samples->groups[i]];

        if (*group == 0)
            *group = (uint32_t) ++samples->group_count;
        samples->groups[i] = *group - 1;
    }
    free(number);
    return DAVY_OK;
}

static davy_status add_items(davy_sample_set *samples, const char *part)
{
    album *own = samples->own;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < own->folder->item_count && status == DAVY_OK; i++) {
        const davy_image_item *item = &own->folder->items[i];
        const bool damaged = own->folder->files[item->file].problem != NULL;

        if (is_wanted(item, part) && damaged)
            samples->left_out++;
        else if (is_wanted(item, part))
            status = add_item(samples, own, i);
    }
    if (status == DAVY_OK && samples->count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "'%s' has no pictures for '%s'", own->folder->path,
                           part ? part : "");
    return status == DAVY_OK ? number_groups(samples) : status;
}

static davy_status init(davy_sample_set *samples)
{
    album *own = samples->own;
    const size_t count = own->folder->item_count + 1;
    const davy_class_list *classes = &own->folder->classes;

    own->items = calloc(count, sizeof *own->items);
    samples->targets = calloc(count, sizeof *samples->targets);
    samples->groups = calloc(count, sizeof *samples->groups);
    samples->places = calloc(count, sizeof *samples->places);
    samples->names = calloc(count, sizeof *samples->names);
    samples->classes = calloc(classes->count + 1, sizeof *samples->classes);
    if (!own->items || !samples->targets || !samples->groups || !samples->places ||
        !samples->names || !samples->classes)
        return davy_fail(DAVY_ERR_NOMEM, "%zu pictures", count);
    for (; samples->class_count < classes->count; samples->class_count++) {
        samples->classes[samples->class_count] = strdup(classes->names[samples->class_count]);
        if (!samples->classes[samples->class_count])
            return davy_fail(DAVY_ERR_NOMEM, "classes");
    }
    return DAVY_OK;
}

static bool tell_load(void *context, size_t done, size_t total)
{
    const davy_picture_options *options = context;

    if (options->progress)
        options->progress(options->context, done, total);
    return true;
}

/* Read all pictures once: damage and copies are known before anything is learnt. */
static davy_status load(album *own, const davy_picture_options *options)
{
    const davy_image_set_options how = {.width = options->width,
                                        .height = options->height,
                                        .fit = DAVY_FIT_STRETCH,
                                        .resize = DAVY_RESIZE_BILINEAR,
                                        .progress = tell_load,
                                        .context = (void *) (uintptr_t) options};
    davy_image_report report = {0};
    davy_status status = davy_image_set_create(own->folder, &how, &own->set);

    if (status == DAVY_OK)
        status = davy_image_set_load(own->set, &report);
    if (status == DAVY_OK && options->report)
        *options->report = report;
    return status;
}

davy_status davy_sample_set_pictures(const char *folder, const davy_picture_options *options,
                                     davy_sample_set *out)
{
    const davy_image_folder_options listing = {.labelled = options->labelled};
    davy_sample_set samples = {.form = {.kind = DAVY_FORM_IMAGE,
                                        .height = options->height,
                                        .width = options->width,
                                        .channels = CHANNELS,
                                        .stride = 1},
                               .source = &picture_source,
                               .own = calloc(1, sizeof(album))};
    album *own = samples.own;
    davy_status status =
        own ? davy_form_check(&samples.form) : davy_fail(DAVY_ERR_NOMEM, "pictures");

    if (status == DAVY_OK)
        status = davy_image_folder_open(folder, &listing, &own->folder);
    if (status == DAVY_OK)
        status = load(own, options);
    if (status == DAVY_OK)
        status = init(&samples);
    if (status == DAVY_OK)
        status = add_items(&samples, options->part);
    if (status != DAVY_OK) {
        davy_sample_set_clear(&samples);
        return status;
    }
    *out = samples;
    return DAVY_OK;
}
