/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/log.h"

#include <stdlib.h>

/* A signal that is still sampled is in the newest files. To look into all of them would make the
 * start of a store of ten years take seconds. */
#define LOOK_FILES ((size_t) 8)

/* Heads whose signal may be what a flipped bit made of it. */
#define LOOK_SIGNALS 16

/* Ids up to the highest that a whole head is of; a file that cannot be read tells of none. */
static size_t count_ids(davy_day *day)
{
    davy_signal_id signal = DAVY_SIGNAL_NONE;

    for (int look = 0; look < LOOK_SIGNALS; look++) {
        davy_chunk_heads heads = {0};
        size_t count;

        if (davy_day_find_below(day, signal, &signal) != DAVY_OK || signal == DAVY_SIGNAL_NONE ||
            davy_day_heads(day, signal, INT64_MIN, INT64_MAX, &heads) != DAVY_OK)
            return 0;
        count = heads.count;
        davy_chunk_heads_clear(&heads);
        if (count > 0)
            return (size_t) signal + 1;
    }
    return 0;
}

/* It is read alone: a look changes nothing, and no connection stays open. */
static size_t count_ids_of(davy_store *store, davy_day_file file)
{
    char path[PATH_MAX];
    davy_day *day;
    size_t ids;

    davy_days_path(store->days, file, path, sizeof path);
    if (davy_day_open(path, file, 0, true, &day) != DAVY_OK)
        return 0;
    ids = count_ids(day);
    davy_day_close(day);
    return ids;
}

davy_status davy_store_keep_ids(davy_store *store)
{
    const size_t named = davy_catalogue_count(store->catalogue);
    size_t count, ids = 0;
    davy_day_file *files;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = count; i > 0 && count - i < LOOK_FILES; i--) {
        const size_t more = count_ids_of(store, files[i - 1]);

        ids = more > ids ? more : ids;
    }
    free(files);
    if (ids <= named)
        return DAVY_OK;
    davy_log(DAVY_LOG_ERROR, "store",
             "'%s/catalogue.db' names %zu signals and there are samples of %zu: it is an old copy; "
             "restore a later one, until then the others stand under 'damaged/ID'",
             store->folder, named, ids);
    return davy_catalogue_reserve(store->catalogue, ids);
}
