/* SPDX-License-Identifier: Apache-2.0 */
#include "app/import_columns.h"

#include "data/columns.h"

#include <stdlib.h>
#include <string.h>

static davy_status keep(davy_store *store, davy_signal_id signal, const davy_store_run *run,
                        davy_sample *samples)
{
    for (size_t i = 0; i < run->count; i++)
        samples[i] = (davy_sample){run->times[i], run->values[i], signal, run->quality[i]};
    return davy_store_append(store, samples, run->count);
}

/* What the site calls a signal of the file; NULL when it has none. */
static davy_status find_signal(const davy_site *site, const davy_columns_block *block,
                               const davy_site_signal **out)
{
    *out = davy_site_find_signal(site, block->path);
    if (*out && strcmp((*out)->unit, block->unit) != 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' is in '%s' here and in '%s' in the site: import it as CSV, after "
                         "converting it",
                         block->path, block->unit, (*out)->unit);
    return DAVY_OK;
}

static davy_status take_block(const davy_columns_block *block, davy_store *store,
                              const davy_site *site, davy_sample *samples, davy_import_count *count)
{
    const davy_site_signal *signal;
    davy_status status = find_signal(site, block, &signal);

    if (status != DAVY_OK)
        return status;
    if (!signal) {
        count->signals_unknown += block->run.count == 0;
        return DAVY_OK;
    }
    if (block->run.count == 0)
        return DAVY_OK;
    status = keep(store, signal->id, &block->run, samples);
    if (status == DAVY_OK)
        count->samples += block->run.count;
    return status;
}

davy_status davy_import_columns(FILE *file, davy_store *store, const davy_site *site,
                                davy_import_count *count)
{
    davy_columns *columns = NULL;
    davy_columns_block block;
    davy_sample *samples = calloc(DAVY_COLUMNS_BLOCK_MAX, sizeof *samples);
    davy_status status = samples ? davy_columns_open(file, &columns)
                                 : davy_fail(DAVY_ERR_NOMEM, "a block of samples");
    bool ended = false;

    *count = (davy_import_count){0};
    while (status == DAVY_OK) {
        status = davy_columns_next(columns, &block, &ended);
        if (status != DAVY_OK || ended)
            break;
        status = take_block(&block, store, site, samples, count);
    }
    davy_columns_close(columns);
    free(samples);
    return status;
}
