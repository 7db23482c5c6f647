/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Names of classes as they are met in a file, and their numbers.
 *
 * Stage: data. Classes are numbered as they come and sorted at the end, so that their order does
 * not depend on the order of the rows.
 */

/** Most classes of one column: more are no classes but texts. */
#define DAVY_CLASSES_MAX ((size_t) 1000)

/** Zeroed is empty. */
typedef struct davy_class_list {
    char **names; /* [count] */
    size_t count;
} davy_class_list;

/** The number of a class; a new one is added. DAVY_ERR_FULL beyond DAVY_CLASSES_MAX. */
DAVY_MUST_CHECK davy_status davy_class_list_find(davy_class_list *list, const char *name,
                                                 size_t *index);

/** Sort by name and give the labels their new numbers. @param labels  [count] NaN stays NaN */
void davy_class_list_sort(davy_class_list *list, double *labels, size_t count);

void davy_class_list_clear(davy_class_list *list);
