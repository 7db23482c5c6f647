/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_folder.h"

#include "data/image_folder_private.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define ANNOTATIONS "annotations.csv"

bool davy_image_name_fits(const char *name)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png"};
    const size_t length = strlen(name);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ends); i++) {
        const size_t end = strlen(ends[i]);

        if (length > end && strcasecmp(name + length - end, ends[i]) == 0)
            return true;
    }
    return false;
}

bool davy_image_class_wanted(const davy_image_folder_options *options, const char *name)
{
    for (size_t i = 0; i < options->class_count; i++)
        if (strcmp(options->classes[i], name) == 0)
            return true;
    return options->class_count == 0;
}

/* Room for one more of an array that grows by doubling. NULL without memory. */
static void *grow(void *array, size_t count, size_t size)
{
    if (count & (count - 1)) /* full at 0 and at the powers of two */
        return array;
    return reallocarray(array, count ? count * 2 : 1, size);
}

davy_status davy_image_folder_add_file(davy_image_folder *folder, const char *name)
{
    char path[PATH_MAX];
    davy_image_file *files;
    const int length = snprintf(path, sizeof path, "%s/%s", folder->path, name);

    if (length < 0 || (size_t) length >= sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the path of '%.80s...' is too long", name);
    if (folder->file_count == DAVY_IMAGE_FILES_MAX)
        return davy_fail(DAVY_ERR_FULL, "folder '%s' holds more than %zu pictures", folder->path,
                         DAVY_IMAGE_FILES_MAX);
    files = grow(folder->files, folder->file_count, sizeof *files);
    if (files) {
        folder->files = files;
        files += folder->file_count;
        *files = (davy_image_file){.first = (uint32_t) folder->item_count};
        files->path = davy_arena_text(&folder->names, path, (size_t) length);
    }
    if (!files || !files->path)
        return davy_fail(DAVY_ERR_NOMEM, "folder '%s'", folder->path);
    files->name = files->path + strlen(folder->path) + 1;
    folder->file_count++;
    return DAVY_OK;
}

davy_status davy_image_folder_add_item(davy_image_folder *folder, const davy_image_item *item)
{
    davy_image_item *items;

    if (folder->item_count == DAVY_IMAGE_BOXES_MAX)
        return davy_fail(DAVY_ERR_FULL, "folder '%s' holds more than %zu boxes", folder->path,
                         DAVY_IMAGE_BOXES_MAX);
    items = grow(folder->items, folder->item_count, sizeof *items);
    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "folder '%s'", folder->path);
    folder->items = items;
    items += folder->item_count++;
    *items = *item;
    items->file = items->group = (uint32_t) (folder->file_count - 1);
    folder->files[items->file].count++;
    return DAVY_OK;
}

/* Classes by name; labels follow. */
static davy_status sort_classes(davy_image_folder *folder)
{
    double *labels = calloc(folder->item_count + 1, sizeof *labels);

    if (!labels)
        return davy_fail(DAVY_ERR_NOMEM, "folder '%s'", folder->path);
    for (size_t i = 0; i < folder->item_count; i++)
        labels[i] = folder->items[i].label == DAVY_IMAGE_NO_LABEL ? NAN : folder->items[i].label;
    davy_class_list_sort(&folder->classes, labels, folder->item_count);
    for (size_t i = 0; i < folder->item_count; i++)
        if (labels[i] >= 0)
            folder->items[i].label = (uint32_t) labels[i];
    free(labels);
    return DAVY_OK;
}

/* The first class without an item; the number of classes when each has one. */
static davy_status find_empty_class(const davy_image_folder *folder, size_t *empty)
{
    bool *met = calloc(folder->classes.count + 1, sizeof *met);

    if (!met)
        return davy_fail(DAVY_ERR_NOMEM, "folder '%s'", folder->path);
    for (size_t i = 0; i < folder->item_count; i++)
        if (folder->items[i].label != DAVY_IMAGE_NO_LABEL)
            met[folder->items[i].label] = true;
    *empty = 0;
    while (*empty < folder->classes.count && met[*empty])
        (*empty)++;
    free(met);
    return DAVY_OK;
}

static davy_status check_classes(const davy_image_folder *folder)
{
    size_t empty;
    davy_status status = find_empty_class(folder, &empty);

    if (status != DAVY_OK)
        return status;
    if (folder->classes.count == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "folder '%s' has no classes: put the pictures of each class into a folder "
                         "with its name",
                         folder->path);
    if (empty < folder->classes.count)
        return davy_fail(DAVY_ERR_INVALID,
                         "class '%s' in '%s' holds no JPEG or PNG picture (%zu other files in "
                         "all): convert them, or remove the folder",
                         folder->classes.names[empty], folder->path, folder->other_files);
    if (folder->classes.count == 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "folder '%s' has the one class '%s': to tell classes apart it takes two",
                         folder->path, folder->classes.names[0]);
    return DAVY_OK;
}

static davy_status check(const davy_image_folder *folder, const davy_image_folder_options *options)
{
    if (folder->item_count == 0 && folder->classes.count < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "folder '%s' holds no %s (%zu other files): JPEG and PNG are read",
                         folder->path, folder->boxes ? "box" : "picture", folder->other_files);
    return options->labelled ? check_classes(folder) : DAVY_OK;
}

static davy_status read_layout(davy_image_folder *folder, const davy_image_folder_options *options)
{
    char csv_path[PATH_MAX];
    struct stat about;
    davy_status status;

    if (snprintf(csv_path, sizeof csv_path, "%s/" ANNOTATIONS, folder->path) <
            (int) sizeof csv_path &&
        stat(csv_path, &about) == 0)
        status = davy_image_folder_read_boxes(folder, csv_path, options);
    else
        status = davy_image_folder_walk(folder, options);
    if (status == DAVY_OK)
        status = sort_classes(folder);
    if (status == DAVY_OK)
        status = check(folder, options);
    return status;
}

davy_status davy_image_folder_open(const char *path, const davy_image_folder_options *options,
                                   davy_image_folder **out)
{
    static const davy_image_folder_options plain;
    davy_image_folder *folder = calloc(1, sizeof *folder);
    size_t length = strlen(path);
    davy_status status;

    while (length > 1 && path[length - 1] == '/')
        length--;
    if (folder)
        folder->path = strndup(path, length);
    if (!folder || !folder->path)
        status = davy_fail(DAVY_ERR_NOMEM, "folder '%s'", path);
    else
        status = read_layout(folder, options ? options : &plain);
    if (status == DAVY_OK)
        *out = folder;
    else
        davy_image_folder_close(folder);
    return status;
}

void davy_image_folder_close(davy_image_folder *folder)
{
    if (!folder)
        return;
    for (size_t i = 0; i < folder->file_count; i++)
        free(folder->files[i].problem);
    free(folder->files);
    free(folder->items);
    free(folder->path);
    davy_class_list_clear(&folder->classes);
    davy_arena_clear(&folder->names);
    free(folder);
}

size_t davy_image_folder_count(const davy_image_folder *folder, uint32_t label, davy_part part)
{
    size_t count = 0;

    for (size_t i = 0; i < folder->item_count; i++)
        count += folder->items[i].part == part &&
                 (label == DAVY_IMAGE_NO_LABEL || folder->items[i].label == label);
    return count;
}
