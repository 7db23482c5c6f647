/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_set.h"

#include "core/bulk.h"

#include <stdlib.h>
#include <string.h>

/* A group on its way to those of its name. */
typedef struct named_group {
    const char *name;
    uint32_t group;
} named_group;

static int by_name(const void *a, const void *b)
{
    const named_group *x = a, *y = b;
    const int order = strcmp(x->name, y->name);

    return order != 0 ? order : (x->group > y->group) - (x->group < y->group);
}

/* The first group of each name, by group. */
static davy_status find_firsts(const davy_sample_set *samples, uint32_t *first)
{
    named_group *line = davy_bulk_alloc(samples->group_count + 1, sizeof *line);

    if (!line)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu groups", samples->group_count);
    for (size_t g = 0; g < samples->group_count; g++)
        line[g] = (named_group){samples->group_names[g], (uint32_t) g};
    davy_bulk_sort(line, samples->group_count, sizeof *line, by_name);
    for (size_t n = 0; n < samples->group_count; n++)
        first[line[n].group] = n > 0 && strcmp(line[n].name, line[n - 1].name) == 0
                                   ? first[line[n - 1].group]
                                   : line[n].group;
    davy_bulk_free(line);
    return DAVY_OK;
}

/* Number the groups that are left from 0, in their order; `first` becomes that number. */
static size_t renumber(davy_sample_set *samples, uint32_t *first)
{
    size_t count = 0;

    for (size_t g = 0; g < samples->group_count; g++) {
        if (first[g] != g) {
            free(samples->group_names[g]);
            first[g] = first[first[g]]; /* an earlier one, which has its number */
            continue;
        }
        samples->group_names[count] = samples->group_names[g];
        first[g] = (uint32_t) count++;
    }
    return count;
}

davy_status davy_sample_set_merge_groups(davy_sample_set *samples)
{
    uint32_t *first;
    davy_status status;

    if (!samples->group_names)
        return DAVY_OK;
    first = davy_bulk_alloc(samples->group_count + 1, sizeof *first);
    status = first ? find_firsts(samples, first)
                   : davy_fail_in(DAVY_ERR_NOMEM, "%zu groups", samples->group_count);
    if (status == DAVY_OK) {
        samples->group_count = renumber(samples, first);
        for (size_t i = 0; i < samples->count; i++)
            samples->groups[i] = first[samples->groups[i]];
    }
    davy_bulk_free(first);
    return status;
}

/* The words of a column, and one for those that are not known. NULL without memory. */
static char **copy_words(const davy_levels *words)
{
    char **names = calloc(words->count + 2, sizeof *names);
    bool whole = names != NULL;

    for (size_t i = 0; i <= words->count && whole; i++) {
        names[i] = strdup(i < words->count ? words->names[i] : "");
        whole = names[i] != NULL;
    }
    for (size_t i = 0; names && !whole && names[i]; i++)
        free(names[i]);
    if (!whole)
        free((void *) names);
    return whole ? names : NULL;
}

davy_status davy_sample_set_group_by_scaffold(davy_sample_set *samples, const davy_table *table,
                                              size_t column)
{
    const davy_levels *scaffolds = &table->levels[column];
    char **names = copy_words(scaffolds);

    if (!names)
        return davy_fail(DAVY_ERR_NOMEM, "%zu scaffolds", scaffolds->count);
    for (size_t i = 0; i < samples->group_count && samples->group_names; i++)
        free(samples->group_names[i]);
    free((void *) samples->group_names);
    samples->group_names = names;
    samples->group_count = scaffolds->count + 1;
    samples->by_scaffold = true;
    for (size_t i = 0; i < samples->count; i++) {
        const size_t row = davy_sample_set_where(samples, i).last;
        const double scaffold = davy_table_at(table, row, column);

        samples->groups[i] = (uint32_t) (scaffold >= 0 ? scaffold : (double) scaffolds->count);
    }
    return DAVY_OK;
}
