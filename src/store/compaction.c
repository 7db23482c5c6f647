/* SPDX-License-Identifier: Apache-2.0 */
#include "store/compaction.h"

#include "core/clock.h"
#include "store/compact.h"
#include "store/private.h"
#include "store/rollup_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* A file is looked at so long after the last look at the earliest. */
#define REST_NS (600 * DAVY_NS_PER_S)

/* A step looks at so many heads, and begins to rewrite no more after so many points: some tens of
 * milliseconds each. */
#define STEP_HEADS  ((size_t) 20000)
#define STEP_POINTS ((size_t) 200000)

/* Room that must be left above the floor: what a step writes, twice, and the log beside it. */
#define ROOM_BYTES ((uint64_t) 64 * 1024 * 1024)

void davy_compaction_clear(davy_compaction *compaction)
{
    free(compaction->files);
    *compaction = (davy_compaction){0};
}

davy_status davy_compaction_hold(const char *folder, bool alone, int *held)
{
    const int how = alone ? LOCK_EX | LOCK_NB : LOCK_SH;
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), answer;
    davy_status status;

    if (file < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s'",
                         folder);
    do
        answer = flock(file, how);
    while (answer != 0 && errno == EINTR);
    if (answer == 0) {
        *held = file;
        return DAVY_OK;
    }
    status = errno == EWOULDBLOCK ? DAVY_ERR_UNAVAILABLE : DAVY_ERR_IO;
    (void) davy_fail(status, "cannot hold '%s'", folder);
    close(file);
    return status;
}

/* Which file ------------------------------------------------------------------------------- */

static bool is_same(davy_day_file a, davy_day_file b)
{
    return a.number == b.number && a.class_id == b.class_id;
}

static davy_status find_file(davy_compaction *compaction, davy_day_file file, int64_t now_ns,
                             davy_compaction_file **out)
{
    for (size_t i = 0; i < compaction->count; i++)
        if (is_same(compaction->files[i].file, file)) {
            *out = &compaction->files[i];
            return DAVY_OK;
        }
    if (compaction->count == compaction->capacity) {
        const size_t capacity = compaction->capacity ? 2 * compaction->capacity : 64;
        davy_compaction_file *grown = realloc(compaction->files, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu day files", capacity);
        compaction->files = grown;
        compaction->capacity = capacity;
    }
    *out = &compaction->files[compaction->count++];
    **out = (davy_compaction_file){file, UINT64_MAX, UINT64_MAX, now_ns};
    return DAVY_OK;
}

/* Whose turn it is, from the newest file back; false when there is none. */
static davy_status take_turn(davy_store *store, davy_day_file *file, bool *found)
{
    davy_compaction *compaction = &store->compaction;
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    *found = count > 0;
    if (*found)
        *file = files[count - 1 - compaction->turn++ % count];
    free(files);
    return DAVY_OK;
}

/* A look ---------------------------------------------------------------------------------- */

static bool is_over(davy_day_file file)
{
    return file.number < davy_day_of(davy_wall_ns(davy_clock_system()));
}

/* Begin to write when the first signal is found that needs it. */
static davy_status compact_one(davy_compact_work *work, davy_signal_id signal, size_t *heads,
                               bool *left)
{
    davy_status status = davy_compact_signal(work, signal, heads, left);

    if (status != DAVY_OK || !*left || work->writes)
        return status;
    status = davy_day_begin(work->day);
    if (status != DAVY_OK)
        return status;
    work->writes = true;
    return davy_compact_signal(work, signal, heads, left);
}

/* The first signal from `from` on that has a chunk; DAVY_SIGNAL_NONE when none has. */
static davy_status next_signal(davy_day *day, davy_signal_id from, davy_signal_id *next)
{
    davy_day_newest newest;
    size_t count;
    davy_status status = davy_day_list_newest(day, from, &newest, 1, &count);

    *next = status == DAVY_OK && count > 0 ? newest.signal : DAVY_SIGNAL_NONE;
    return status;
}

/* @param next  signal to go on with; DAVY_SIGNAL_NONE when all were looked at */
static davy_status compact_signals(davy_compact_work *work, davy_signal_id *next)
{
    size_t heads = 0;
    bool left = false;
    davy_status status = next_signal(work->day, *next, next);

    while (status == DAVY_OK && *next != DAVY_SIGNAL_NONE && !left && heads < STEP_HEADS) {
        status = compact_one(work, *next, &heads, &left);
        if (!work->writes)
            davy_day_rest(work->day);
        if (status == DAVY_OK && !left)
            status = next_signal(work->day, *next + 1, next);
    }
    return status;
}

static davy_status compact_file(davy_store *store, davy_day *day, bool over, davy_signal_id *next)
{
    davy_compact_work work = {.day = day, .over = over, .points_max = STEP_POINTS};
    davy_status status;

    davy_codec_work_be_thorough(davy_day_work(day), over);
    status = compact_signals(&work, next);
    davy_codec_work_be_thorough(davy_day_work(day), false);
    return work.writes ? davy_store_end_day(store, day, status, &work.changed) : status;
}

/* What was done is noted as it is now; what failed is due again. */
static void note(davy_compaction *compaction, davy_day *day, davy_status status)
{
    davy_day_totals totals = {.chunks = UINT64_MAX};
    davy_compaction_file *seen;

    if (status == DAVY_OK && davy_day_get_totals(day, &totals) != DAVY_OK)
        totals.chunks = UINT64_MAX;
    if (find_file(compaction, compaction->file, 0, &seen) != DAVY_OK)
        return;
    seen->chunks = totals.chunks;
    seen->sequence = totals.sequence;
    seen->looked_ns = davy_monotonic_ns(davy_clock_system());
}

/* A step of the file at hand. */
static davy_status go_on(davy_store *store, bool over)
{
    davy_compaction *compaction = &store->compaction;
    davy_day *day;
    davy_status status = davy_days_get(store->days, compaction->file, &day);

    compaction->at_work = false;
    if (status != DAVY_OK)
        return status;
    status = compact_file(store, day, over, &compaction->signal);
    compaction->at_work = status == DAVY_OK && compaction->signal != DAVY_SIGNAL_NONE;
    if (!compaction->at_work)
        note(compaction, day, status);
    davy_days_put(store->days, day, status != DAVY_OK);
    return status;
}

/* Whether something was sealed into it since the last look, and that is some time ago. */
static davy_status is_due(davy_store *store, davy_day_file file, bool *due)
{
    const int64_t now_ns = davy_monotonic_ns(davy_clock_system());
    davy_day_totals totals;
    davy_compaction_file *seen;
    davy_day *day;
    davy_status status = find_file(&store->compaction, file, now_ns, &seen);

    *due = false;
    if (status != DAVY_OK || now_ns - seen->looked_ns < REST_NS)
        return status;
    status = davy_days_get(store->days, file, &day);
    if (status != DAVY_OK)
        return status;
    status = davy_day_get_totals(day, &totals);
    davy_days_put(store->days, day, status != DAVY_OK);
    *due =
        status == DAVY_OK && (totals.chunks != seen->chunks || totals.sequence != seen->sequence);
    return status;
}

/* Merging takes away the early sequences by which a note that the day is gone is seen to be wrong.
 * Those who make rollups may hold the lock for long and wait for sealing: so this does not wait. */
static davy_status correct_notes(davy_store *store, davy_day_file file)
{
    davy_status status;

    if (pthread_mutex_trylock(&store->keeper.make_lock) != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "rollups are being made");
    status = davy_rollups_note_there(store, file);
    pthread_mutex_unlock(&store->keeper.make_lock);
    return status;
}

static davy_status begin_next(davy_store *store)
{
    davy_compaction *compaction = &store->compaction;
    bool found, due = false;
    davy_day_file file;
    davy_status status = take_turn(store, &file, &found);

    if (status == DAVY_OK && found)
        status = is_due(store, file, &due);
    if (status == DAVY_OK && due)
        status = correct_notes(store, file);
    if (status != DAVY_OK || !due)
        return status;
    compaction->file = file;
    compaction->signal = 0;
    compaction->at_work = true;
    return DAVY_OK;
}

static bool has_room(const davy_store *store)
{
    const davy_room_state room = davy_room_look(&store->room);

    return room.free_bytes > room.floor_bytes && room.free_bytes - room.floor_bytes > ROOM_BYTES;
}

/* What is not there, held by a backup, or damaged is no failure: readers see it as it is. */
static davy_status forgive(davy_status status)
{
    return status == DAVY_ERR_NOT_FOUND || status == DAVY_ERR_UNAVAILABLE ||
                   status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED
               ? DAVY_OK
               : status;
}

static davy_status hold(davy_store *store, int *held)
{
    char folder[PATH_MAX];

    (void) snprintf(folder, sizeof folder, "%s/days", store->folder);
    return davy_compaction_hold(folder, true, held);
}

davy_status davy_store_compact_some(davy_store *store)
{
    davy_status status = DAVY_OK;
    int held;

    pthread_mutex_lock(&store->seal_lock);
    if (!store->compaction.at_work)
        status = begin_next(store);
    if (status == DAVY_OK && store->compaction.at_work && has_room(store)) {
        status = hold(store, &held);
        if (status == DAVY_OK) {
            status = go_on(store, is_over(store->compaction.file));
            close(held);
        }
    }
    pthread_mutex_unlock(&store->seal_lock);
    return forgive(status);
}

/* Until nothing is left to do in the file. */
static davy_status compact_whole(davy_store *store, davy_day_file file)
{
    davy_status status = davy_rollups_note_there(store, file);

    store->compaction.file = file;
    store->compaction.signal = 0;
    store->compaction.at_work = status == DAVY_OK;
    while (status == DAVY_OK && store->compaction.at_work)
        status = go_on(store, true);
    return forgive(status);
}

static davy_status compact_all(davy_store *store)
{
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = compact_whole(store, files[i]);
    free(files);
    return status;
}

davy_status davy_store_compact(davy_store *store)
{
    davy_status status;
    int held;

    if (store->read_only)
        return davy_fail(DAVY_ERR_DENIED, "the store '%s' is open for reading only", store->folder);
    pthread_mutex_lock(&store->keeper.make_lock);
    pthread_mutex_lock(&store->seal_lock);
    status = hold(store, &held);
    if (status == DAVY_OK) {
        status = compact_all(store);
        close(held);
    }
    pthread_mutex_unlock(&store->seal_lock);
    pthread_mutex_unlock(&store->keeper.make_lock);
    return status;
}
