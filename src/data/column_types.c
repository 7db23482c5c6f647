/* SPDX-License-Identifier: Apache-2.0 */
#include "data/column_types.h"

#include <stdlib.h>
#include <string.h>

void davy_table_facts_clear(davy_table_facts *facts)
{
    for (size_t i = 0; i < facts->file_count; i++)
        free(facts->files[i]);
    for (size_t i = 0; i < facts->column_count; i++) {
        free(facts->columns[i].name);
        davy_word_list_clear(&facts->columns[i].words);
        davy_word_list_clear(&facts->columns[i].numerals);
    }
    free((void *) facts->files);
    free(facts->columns);
    *facts = (davy_table_facts){0};
}

const davy_column_facts *davy_table_facts_find(const davy_table_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->column_count; i++)
        if (strcmp(facts->columns[i].name, name) == 0)
            return &facts->columns[i];
    return NULL;
}
