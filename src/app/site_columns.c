/* SPDX-License-Identifier: Apache-2.0 */
#include "app/site_columns.h"

#include <stdlib.h>
#include <string.h>

davy_site_column davy_site_column_find(const davy_site *site, const char *name)
{
    davy_site_column found = {davy_site_find_signal(site, name), false};

    for (size_t i = 0; !found.signal && i < site->signal_count; i++)
        if (site->signals[i].from.column && strcmp(site->signals[i].from.column, name) == 0)
            found = (davy_site_column){&site->signals[i], true};
    return found;
}

const char *davy_site_column_of(const davy_site *site, const davy_csv *csv, const char *path)
{
    size_t count;
    const char *const *names = davy_csv_header(csv, &count);

    for (size_t i = 0; i < count; i++) {
        const davy_site_column found = davy_site_column_find(site, names[i]);

        if (found.signal && strcmp(found.signal->path, path) == 0)
            return names[i];
    }
    return path;
}

static void scale_column(const davy_site_signal *signal, double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] * signal->from.scale + signal->from.offset;
}

davy_status davy_site_columns_convert(const davy_site *site, davy_table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        const davy_site_column found = davy_site_column_find(site, table->names[i]);
        char *path;

        if (!found.signal)
            continue;
        path = strdup(found.signal->path);
        if (!path)
            return davy_fail(DAVY_ERR_NOMEM, "column '%s'", table->names[i]);
        free(table->names[i]);
        table->names[i] = path;
        if (found.raw)
            scale_column(found.signal, table->values + i * table->rows, table->rows);
    }
    return DAVY_OK;
}
