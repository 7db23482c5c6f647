/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table.h"

#include <stdlib.h>

static void clear_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count && texts; i++)
        free(texts[i]);
    free((void *) texts);
}

void davy_table_clear(davy_table *table)
{
    clear_texts(table->names, table->columns);
    clear_texts(table->run_names, table->run_count);
    free(table->values);
    free(table->times);
    free(table->runs);
    free(table->labels);
    *table = (davy_table){0};
}
