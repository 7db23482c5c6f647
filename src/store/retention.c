/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include <stdlib.h>

davy_status davy_store_set_retention(davy_store *store, const davy_site_class *classes,
                                     size_t count)
{
    davy_catalogue_entry *entries;
    size_t signals;
    davy_status status;

    pthread_mutex_lock(&store->seal_lock); /* a sealing is under the old classes or the new ones */
    status = davy_classes_set(&store->classes, store->days, classes, count);
    if (status == DAVY_OK)
        status = davy_catalogue_list(store->catalogue, &entries, &signals);
    if (status == DAVY_OK) {
        for (size_t i = 0; i < signals && status == DAVY_OK; i++)
            status = davy_classes_name(&store->classes, entries[i].id, entries[i].path);
        free(entries);
    }
    pthread_mutex_unlock(&store->seal_lock);
    return status;
}

/* A file that is damaged holds nothing that is found again. */
static davy_status holds_signal(davy_store *store, davy_day_file file, davy_signal_id signal,
                                bool *held)
{
    davy_day *day;
    davy_status status = davy_days_get(store->days, file, &day);

    *held = false;
    if (status == DAVY_OK) {
        status = davy_day_has_signal(day, signal, held);
        davy_days_put(store->days, day, status != DAVY_OK);
    }
    return status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED ||
                   status == DAVY_ERR_NOT_FOUND
               ? DAVY_OK
               : status;
}

davy_status davy_store_place(davy_store *store, int32_t number, davy_signal_id signal,
                             davy_day_file *file)
{
    davy_day_file own = {number, davy_classes_of(&store->classes, signal)};
    davy_day_file *files;
    size_t count;
    bool held = false;
    davy_status status = davy_days_files(store->days, number, number, &files, &count);

    if (status != DAVY_OK)
        return status;
    *file = own;
    for (size_t i = 0; i < count && status == DAVY_OK && !held; i++) {
        if (files[i].class_id == own.class_id)
            continue;
        status = holds_signal(store, files[i], signal, &held);
        if (status == DAVY_OK && held)
            *file = files[i];
    }
    free(files);
    return status;
}
