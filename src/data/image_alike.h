/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_folder.h"

/**
 * @file
 * Pictures that are copies of each other, or nearly: they must not stand on two sides of a split.
 *
 * Stage: data. Collections from the web hold the same photograph many times, scaled, compressed
 * again or cut from one film. A model that has seen one copy knows the others, and its figures are
 * too good. What is alike becomes one group.
 *
 * Two pictures are alike when of 128 comparisons between neighbouring cells of a 9 x 9 grid at
 * most DAVY_ALIKE_STEPS differ, and their colours, on a 3 x 3 grid, differ by at most
 * DAVY_ALIKE_COLOURS of 255 on average, less 2 for each comparison that differs: the same shapes
 * may be darker. Pictures cut or mirrored are not found. A wrong pair costs nothing but some
 * freedom of the split.
 *
 * The comparisons are those of the difference hash (N. Krawetz, "Kind of Like That", 2013) in two
 * directions; candidates come from the pigeonhole principle: of eight bands of 16 bits one is
 * equal.
 */
#define DAVY_ALIKE_STEPS   7
#define DAVY_ALIKE_COLOURS 24

/** What a picture looks like. DAVY_ERR_NOMEM alone. */
DAVY_MUST_CHECK davy_status davy_image_look(const davy_image *image, davy_look *look);

/** True when two pictures are alike. */
bool davy_look_alike(const davy_look *a, const davy_look *b);

/** What was found. Names are borrowed from the folder; NULL when there is no such pair. */
typedef struct davy_alike_report {
    size_t copies;                /* files that are, byte for byte, one before them */
    size_t alike;                 /* other files that look like one before them */
    size_t disputed;              /* of both, those whose class is another */
    const char *pair[2];          /* the first two alike */
    const char *disputed_pair[2]; /* the first two alike of different classes */
} davy_alike_report;

/** Join the groups of items whose files are alike; files with a problem are left out. */
DAVY_MUST_CHECK davy_status davy_image_join_alike(davy_image_folder *folder,
                                                  davy_alike_report *report);

/**
 * Keep an official split honest: of a group that stands on several sides only the items on the side
 * that matters most stay (test before validation before training), the others get DAVY_PART_NONE.
 * Every item begins on its official side again. Does nothing without an official split.
 *
 * @param leaked  items that were taken out
 */
DAVY_MUST_CHECK davy_status davy_image_stop_leaks(davy_image_folder *folder, size_t *leaked);
