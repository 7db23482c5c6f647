/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_split.h"

#include "data/split.h"

#include <stdlib.h>

static const char *const part_words[] = {[DAVY_PART_TRAIN] = "training",
                                         [DAVY_PART_VALIDATION] = "validation",
                                         [DAVY_PART_TEST] = "test"};

/* Sides to deal items out to. */
typedef struct dealing {
    davy_part parts[DAVY_SPLIT_PARTS_MAX];
    double shares[DAVY_SPLIT_PARTS_MAX];
    size_t count;
} dealing;

static void add_side(dealing *sides, davy_part part, double share)
{
    if (share <= 0)
        return;
    sides->parts[sides->count] = part;
    sides->shares[sides->count++] = share;
}

static davy_status check_options(const davy_image_split_options *options)
{
    if (options->folds > 0 && (options->folds < 2 || options->folds > DAVY_SPLIT_PARTS_MAX ||
                               options->fold >= options->folds))
        return davy_fail(DAVY_ERR_INVALID, "fold %zu of %zu: choose 2 to %d folds and one of them",
                         options->fold + 1, options->folds, DAVY_SPLIT_PARTS_MAX);
    if (!(options->validation >= 0 && options->test >= 0 &&
          options->validation + options->test < 1))
        return davy_fail(DAVY_ERR_INVALID,
                         "shares of %g for validation and %g for test leave nothing to train on",
                         options->validation, options->test);
    return DAVY_OK;
}

/* Deal out the items that now stand on one side. */
static davy_status deal_out(davy_image_folder *folder, davy_part from, const dealing *sides,
                            uint64_t seed)
{
    uint32_t *picked = calloc(folder->item_count + 1, sizeof *picked);
    uint32_t *classes = calloc(folder->item_count + 1, sizeof *classes);
    uint32_t *groups = calloc(folder->item_count + 1, sizeof *groups);
    uint8_t *part = calloc(folder->item_count + 1, sizeof *part);
    davy_status status = DAVY_OK;
    size_t count = 0;

    if (!picked || !classes || !groups || !part) {
        status = davy_fail(DAVY_ERR_NOMEM, "split of '%s'", folder->path);
        goto done;
    }
    for (uint32_t i = 0; i < folder->item_count; i++) {
        const davy_image_item *item = &folder->items[i];

        if (item->part != from || folder->files[item->file].problem)
            continue;
        picked[count] = i;
        classes[count] = item->label == DAVY_IMAGE_NO_LABEL ? 0 : item->label;
        groups[count++] = item->group;
    }
    status = davy_split(&(davy_split_options){.classes = classes,
                                              .groups = groups,
                                              .shares = sides->shares,
                                              .parts = sides->count,
                                              .seed = seed},
                        count, part);
    for (size_t i = 0; status == DAVY_OK && i < count; i++)
        folder->items[picked[i]].part = sides->parts[part[i]];
done:
    free(picked);
    free(classes);
    free(groups);
    free(part);
    return status;
}

/* The side of an official split on which a group stays. @param strongest  [file_count] */
static void find_strongest(const davy_image_folder *folder, davy_part *strongest)
{
    for (size_t i = 0; i < folder->file_count; i++)
        strongest[i] = DAVY_PART_NONE;
    for (size_t i = 0; i < folder->item_count; i++) {
        const davy_image_item *item = &folder->items[i];
        davy_part *side = &strongest[item->group];

        if (*side == DAVY_PART_NONE || (item->part != DAVY_PART_NONE && item->part > *side))
            *side = item->part;
    }
}

static davy_status take_out_leaks(davy_image_folder *folder, size_t *leaked)
{
    davy_part *strongest = calloc(folder->file_count + 1, sizeof *strongest);

    if (!strongest)
        return davy_fail(DAVY_ERR_NOMEM, "split of '%s'", folder->path);
    find_strongest(folder, strongest);
    for (size_t i = 0; i < folder->item_count; i++) {
        davy_image_item *item = &folder->items[i];

        if (item->part == DAVY_PART_NONE || item->part == strongest[item->group])
            continue;
        item->part = DAVY_PART_NONE;
        (*leaked)++;
    }
    free(strongest);
    return DAVY_OK;
}

static davy_status split_official(davy_image_folder *folder,
                                  const davy_image_split_options *options, size_t *leaked)
{
    dealing sides = {.count = 0};
    davy_status status = take_out_leaks(folder, leaked);

    if (status != DAVY_OK || options->validation == 0 ||
        davy_image_folder_count(folder, DAVY_IMAGE_NO_LABEL, DAVY_PART_VALIDATION) > 0)
        return status;
    add_side(&sides, DAVY_PART_TRAIN, 1 - options->validation);
    add_side(&sides, DAVY_PART_VALIDATION, options->validation);
    return deal_out(folder, DAVY_PART_TRAIN, &sides, options->seed);
}

static davy_status split_freely(davy_image_folder *folder, const davy_image_split_options *options)
{
    dealing sides = {.count = 0};

    for (size_t fold = 0; fold < options->folds; fold++)
        add_side(&sides, fold == options->fold ? DAVY_PART_TEST : DAVY_PART_TRAIN, 1);
    if (options->folds == 0) {
        add_side(&sides, DAVY_PART_TRAIN, 1 - options->validation - options->test);
        add_side(&sides, DAVY_PART_VALIDATION, options->validation);
        add_side(&sides, DAVY_PART_TEST, options->test);
    }
    return deal_out(folder, DAVY_PART_NONE, &sides, options->seed);
}

/* Every class on every side that was dealt out, and to train on in any case. */
static davy_status check_sides(const davy_image_folder *folder,
                               const davy_image_split_options *options)
{
    const bool dealt = !folder->has_parts;
    const bool wanted[] = {[DAVY_PART_TRAIN] = true,
                           [DAVY_PART_VALIDATION] =
                               dealt && options->folds == 0 && options->validation > 0,
                           [DAVY_PART_TEST] = dealt && (options->folds > 0 || options->test > 0)};

    for (int part = 0; part < DAVY_PART_NONE; part++)
        for (uint32_t label = 0; wanted[part] && label < folder->classes.count; label++)
            if (davy_image_folder_count(folder, label, (davy_part) part) == 0)
                return davy_fail(DAVY_ERR_INVALID,
                                 "no picture of class '%s' is left for %s: it has too few that do "
                                 "not look alike; add pictures, or choose other shares",
                                 folder->classes.names[label], part_words[part]);
    return DAVY_OK;
}

davy_status davy_image_split(davy_image_folder *folder, const davy_image_split_options *options,
                             davy_image_split_report *report)
{
    davy_status status = check_options(options);

    *report = (davy_image_split_report){0};
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < folder->item_count; i++)
        folder->items[i].part = folder->files[folder->items[i].file].problem
                                    ? DAVY_PART_NONE
                                    : folder->items[i].official;
    status = folder->has_parts ? split_official(folder, options, &report->leaked)
                               : split_freely(folder, options);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < folder->item_count; i++)
        if (folder->items[i].part != DAVY_PART_NONE)
            report->counts[folder->items[i].part]++;
    return check_sides(folder, options);
}
