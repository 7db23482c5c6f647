/* SPDX-License-Identifier: Apache-2.0 */
#include "core/utf8.h"
#include "data/image_folder_private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Folders of an official split. */
static const struct part_name {
    const char *name;
    davy_part part;
} part_names[] = {
    {"train", DAVY_PART_TRAIN},    {"training", DAVY_PART_TRAIN},
    {"val", DAVY_PART_VALIDATION}, {"valid", DAVY_PART_VALIDATION},
    {"test", DAVY_PART_TEST},      {"validation", DAVY_PART_VALIDATION},
    {"testing", DAVY_PART_TEST},
};

static const struct part_name *find_part(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(part_names); i++)
        if (strcasecmp(part_names[i].name, name) == 0)
            return &part_names[i];
    return NULL;
}

/* Names in a folder that are not hidden, sorted by their bytes. */
typedef struct name_list {
    struct dirent **entries;
    int count;
} name_list;

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static davy_status list_names(const char *path, name_list *names)
{
    names->count = scandir(path, &names->entries, is_visible, by_bytes);
    if (names->count < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO,
                         "cannot read folder '%s': %s", path, strerror(errno));
    return DAVY_OK;
}

static void free_names(name_list *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->entries[i]);
    free((void *) names->entries);
    *names = (name_list){0};
}

/* Links are followed: a data set may be put together by them. */
static bool is_folder(const char *path, const struct dirent *entry)
{
    char full[PATH_MAX];
    struct stat about;

    if (entry->d_type == DT_DIR || entry->d_type == DT_REG)
        return entry->d_type == DT_DIR;
    if (snprintf(full, sizeof full, "%s/%s", path, entry->d_name) >= (int) sizeof full)
        return false;
    return stat(full, &about) == 0 && S_ISDIR(about.st_mode);
}

/* A walk through the folder: where it is and what the pictures there are. */
typedef struct folder_walk {
    davy_image_folder *folder;
    const davy_image_folder_options *options;
    char path[PATH_MAX];
    size_t length;
    davy_image_item item; /* label and part of the pictures met */
    int depth;            /* of folders below the one given */
    int label_depth;      /* folders of this depth are classes; 0: none are */
} folder_walk;

static davy_status enter(folder_walk *walk, const char *name)
{
    const int more =
        snprintf(walk->path + walk->length, sizeof walk->path - walk->length, "/%s", name);

    if (more < 0 || walk->length + (size_t) more >= sizeof walk->path)
        return davy_fail(DAVY_ERR_INVALID, "the path of folder '%.80s...' is too long", name);
    if (walk->depth == DAVY_IMAGE_DEPTH_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "folder '%s' is nested deeper than %d: is there a link in a circle?",
                         walk->path, DAVY_IMAGE_DEPTH_MAX);
    walk->length += (size_t) more;
    walk->depth++;
    return DAVY_OK;
}

static void leave(folder_walk *walk, size_t length)
{
    walk->length = length;
    walk->path[length] = '\0';
    walk->depth--;
}

static davy_status find_label(folder_walk *walk, const char *name)
{
    size_t label;
    davy_status status;

    if (!davy_utf8_valid(name, strlen(name)))
        return davy_fail(DAVY_ERR_INVALID, "the name of folder '%s' is not UTF-8: rename it",
                         walk->path);
    status = davy_class_list_find(&walk->folder->classes, name, &label);
    walk->item.label = (uint32_t) label;
    return status;
}

static davy_status add_picture(folder_walk *walk, const char *name)
{
    char full[PATH_MAX];
    davy_status status;

    if (!davy_image_name_fits(name)) {
        walk->folder->other_files++;
        return DAVY_OK;
    }
    if (walk->label_depth > 0 && walk->depth < walk->label_depth) {
        walk->folder->stray++;
        return DAVY_OK;
    }
    if (snprintf(full, sizeof full, "%s/%s", walk->path, name) >= (int) sizeof full)
        return davy_fail(DAVY_ERR_INVALID, "the path of '%.80s...' is too long", name);
    status = davy_image_folder_add_file(walk->folder, full + strlen(walk->folder->path) + 1);
    if (status == DAVY_OK)
        status = davy_image_folder_add_item(walk->folder, &walk->item);
    return status;
}

static davy_status walk_folder(folder_walk *walk);

static davy_status walk_into(folder_walk *walk, const char *name)
{
    const davy_image_item before = walk->item;
    const size_t length = walk->length;
    davy_status status;

    if (walk->depth + 1 == walk->label_depth && !davy_image_class_wanted(walk->options, name)) {
        walk->folder->other_classes++;
        return DAVY_OK;
    }
    status = enter(walk, name);
    if (status != DAVY_OK)
        return status;
    if (walk->depth == walk->label_depth)
        status = find_label(walk, name);
    if (walk->folder->has_parts && walk->depth == 1)
        walk->item.part = walk->item.official = find_part(name)->part;
    if (status == DAVY_OK)
        status = walk_folder(walk);
    leave(walk, length);
    walk->item = before;
    return status;
}

/* Not deeper than DAVY_IMAGE_DEPTH_MAX, which enter() checks. */
static davy_status walk_folder(folder_walk *walk) // NOLINT(misc-no-recursion)
{
    name_list names = {0};
    davy_status status = list_names(walk->path, &names);

    for (int i = 0; status == DAVY_OK && i < names.count; i++) {
        const struct dirent *entry = names.entries[i];

        status = is_folder(walk->path, entry) ? walk_into(walk, entry->d_name)
                                              : add_picture(walk, entry->d_name);
    }
    free_names(&names);
    return status;
}

/* An official split: every folder is a side of one. Without it each folder is a class, unless
 * pictures lie beside them and no classes are needed. */
static davy_status find_layout(folder_walk *walk)
{
    size_t folders = 0, parts = 0, pictures = 0;
    name_list names = {0};
    davy_status status = list_names(walk->path, &names);

    for (int i = 0; i < names.count; i++) {
        const struct dirent *entry = names.entries[i];
        const bool folder = is_folder(walk->path, entry);

        folders += folder;
        parts += folder && find_part(entry->d_name);
        pictures += !folder && davy_image_name_fits(entry->d_name);
    }
    free_names(&names);
    walk->folder->has_parts = folders > 0 && parts == folders;
    walk->label_depth = walk->folder->has_parts ? 2 : 1;
    if (folders == 0 || (pictures > 0 && !walk->options->labelled))
        walk->label_depth = 0;
    return status;
}

davy_status davy_image_folder_walk(davy_image_folder *folder,
                                   const davy_image_folder_options *options)
{
    folder_walk *walk = calloc(1, sizeof *walk);
    davy_status status;

    if (!walk)
        return davy_fail(DAVY_ERR_NOMEM, "folder '%s'", folder->path);
    walk->folder = folder;
    walk->options = options;
    walk->item = (davy_image_item){
        .label = DAVY_IMAGE_NO_LABEL, .part = DAVY_PART_NONE, .official = DAVY_PART_NONE};
    walk->length = (size_t) snprintf(walk->path, sizeof walk->path, "%s", folder->path);
    if (walk->length >= sizeof walk->path)
        status = davy_fail(DAVY_ERR_INVALID, "the path '%.80s...' is too long", folder->path);
    else
        status = find_layout(walk);
    if (status == DAVY_OK)
        status = walk_folder(walk);
    free(walk);
    return status;
}
