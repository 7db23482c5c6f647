/* SPDX-License-Identifier: Apache-2.0 */
#include "data/class_list.h"

#include <stdlib.h>
#include <string.h>

davy_status davy_class_list_find(davy_class_list *list, const char *name, size_t *index)
{
    for (size_t i = list->count; i-- > 0;)
        if (strcmp(list->names[i], name) == 0) {
            *index = i;
            return DAVY_OK;
        }
    if (list->count == DAVY_CLASSES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %zu different words are no classes",
                         DAVY_CLASSES_MAX);
    if (!list->names)
        list->names = calloc(DAVY_CLASSES_MAX, sizeof *list->names);
    if (list->names)
        list->names[list->count] = strdup(name);
    if (!list->names || !list->names[list->count])
        return davy_fail(DAVY_ERR_NOMEM, "class '%.60s'", name);
    *index = list->count++;
    return DAVY_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Where a name stands in the sorted list. */
static size_t place_of(const davy_class_list *list, const char *name)
{
    size_t low = 0, high = list->count;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(list->names[middle], name) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void davy_class_list_sort(davy_class_list *list, double *labels, size_t count)
{
    char *before[DAVY_CLASSES_MAX];
    double places[DAVY_CLASSES_MAX];

    if (list->count == 0)
        return;
    memcpy((void *) before, (void *) list->names, list->count * sizeof *before);
    qsort((void *) list->names, list->count, sizeof *list->names, by_name);
    for (size_t i = 0; i < list->count; i++)
        places[i] = (double) place_of(list, before[i]);
    for (size_t row = 0; row < count; row++)
        if (labels[row] >= 0)
            labels[row] = places[(size_t) labels[row]];
}

void davy_class_list_clear(davy_class_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free((void *) list->names);
    *list = (davy_class_list){0};
}
