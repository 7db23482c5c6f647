/* SPDX-License-Identifier: Apache-2.0 */
#include "planted.h"

#include "core/file.h"
#include "store/catalogue.h"
#include "store/commit.h"
#include "store/day.h"
#include "store/private.h"
#include "store/segment.h"

#include <stdlib.h>
#include <string.h>

planted_error planted;

const char *const planted_names[PLANTED_COUNT] = {
    [PLANTED_NOTHING] = "nothing",
    [PLANTED_SYNC_FORGOTTEN] = "sync-forgotten",
    [PLANTED_NAMES_FORGOTTEN] = "names-forgotten",
    [PLANTED_TRIMMED_EARLY] = "trimmed-early",
    [PLANTED_MARKED_FAR] = "marked-far",
    [PLANTED_FOLDER_UNSYNCED] = "folder-unsynced",
    [PLANTED_SEAL_UNDONE] = "seal-undone",
};

/* One call in so many goes wrong, as errors of this kind do. */
#define SYNC_EVERY 5

davy_status __real_davy_segment_sync(davy_segment *segment);
davy_status __wrap_davy_segment_sync(davy_segment *segment);

davy_status __wrap_davy_segment_sync(davy_segment *segment)
{
    if (planted == PLANTED_SYNC_FORGOTTEN && segment->size % SYNC_EVERY == 0)
        return DAVY_OK;
    return __real_davy_segment_sync(segment);
}

davy_status __real_davy_catalogue_flush(davy_catalogue *catalogue);
davy_status __wrap_davy_catalogue_flush(davy_catalogue *catalogue);

davy_status __wrap_davy_catalogue_flush(davy_catalogue *catalogue)
{
    return planted == PLANTED_NAMES_FORGOTTEN ? DAVY_OK : __real_davy_catalogue_flush(catalogue);
}

davy_status __real_davy_commit_trim(davy_commit *commit, uint64_t oldest);
davy_status __wrap_davy_commit_trim(davy_commit *commit, uint64_t oldest);

davy_status __wrap_davy_commit_trim(davy_commit *commit, uint64_t oldest)
{
    return __real_davy_commit_trim(commit, oldest + (planted == PLANTED_TRIMMED_EARLY ? 20 : 0));
}

davy_status __real_davy_commit_marks(davy_commit *commit, const davy_seal_mark *marks,
                                     size_t count);
davy_status __wrap_davy_commit_marks(davy_commit *commit, const davy_seal_mark *marks,
                                     size_t count);

davy_status __wrap_davy_commit_marks(davy_commit *commit, const davy_seal_mark *marks, size_t count)
{
    davy_seal_mark *far;
    davy_status status;

    if (planted != PLANTED_MARKED_FAR)
        return __real_davy_commit_marks(commit, marks, count);
    far = calloc(count + 1, sizeof *far);
    if (!far)
        return DAVY_ERR_NOMEM;
    memcpy(far, marks, count * sizeof *far);
    for (size_t i = 0; i < count; i++)
        far[i].through += 3; /* the mark's own frame is the first of them */
    status = __real_davy_commit_marks(commit, far, count);
    free(far);
    return status;
}

davy_status __real_davy_folder_sync(const char *path);
davy_status __wrap_davy_folder_sync(const char *path);

davy_status __wrap_davy_folder_sync(const char *path)
{
    return planted == PLANTED_FOLDER_UNSYNCED ? DAVY_OK : __real_davy_folder_sync(path);
}

davy_status __real_davy_day_end(davy_day *day, davy_status status);
davy_status __wrap_davy_day_end(davy_day *day, davy_status status);

davy_status __wrap_davy_day_end(davy_day *day, davy_status status)
{
    if (planted != PLANTED_SEAL_UNDONE || status != DAVY_OK)
        return __real_davy_day_end(day, status);
    (void) __real_davy_day_end(day, DAVY_ERR_INVALID);
    return DAVY_OK;
}

/* Sealing and rolling up are the simulation's own: a thread would not follow from the seed. */
davy_status __wrap_davy_store_sealer_start(davy_store *store);

davy_status __wrap_davy_store_sealer_start(davy_store *store)
{
    (void) store;
    return DAVY_OK;
}

davy_status __wrap_davy_rollup_keeper_start(davy_store *store);

davy_status __wrap_davy_rollup_keeper_start(davy_store *store)
{
    return davy_rollup_keeper_note_all(store);
}
