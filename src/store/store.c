/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Hot points that take more memory mean that sealing has failed for long. */
#define HOT_BYTES_MAX ((uint64_t) 1024 * 1024 * 1024)

/* A child of the last writer that had not yet become its own program when that writer was killed
 * holds the lock for a moment more. */
#define LOCK_TRIES    100
#define LOCK_PAUSE_NS (10 * DAVY_NS_PER_MS)

static davy_status describe_holder(davy_store *store, const char *path)
{
    char text[32] = {0};
    ssize_t length = pread(store->lock, text, sizeof text - 1, 0);

    return davy_fail(DAVY_ERR_EXISTS, "'%s': process %.*s writes this store", path,
                     length > 0 ? (int) strcspn(text, "\n") : 7, length > 0 ? text : "unknown");
}

static bool lock_in_time(int file)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

    for (int tries = 1; flock(file, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno != EWOULDBLOCK || tries == LOCK_TRIES)
            return false;
        (void) nanosleep(&pause, NULL);
    }
    return true;
}

/* One writer at a time. The lock goes with the process, however it ends. */
static davy_status take_lock(davy_store *store)
{
    char path[PATH_MAX], text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long) getpid());

    (void) snprintf(path, sizeof path, "%s/lock", store->folder);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (store->lock < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    if (!lock_in_time(store->lock))
        return errno == EWOULDBLOCK ? describe_holder(store, path)
                                    : davy_fail(DAVY_ERR_IO, "cannot lock '%s'", path);
    if (ftruncate(store->lock, 0) != 0 || pwrite(store->lock, text, (size_t) length, 0) != length)
        return davy_fail(DAVY_ERR_IO, "cannot write '%s'", path);
    return DAVY_OK;
}

static davy_status set_folders(davy_store *store, const char *folder)
{
    if (snprintf(store->folder, sizeof store->folder, "%s", folder) >= (int) sizeof store->folder)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    (void) snprintf(store->hot_folder, sizeof store->hot_folder, "%s/hot", store->folder);
    if (store->read_only)
        return access(store->hot_folder, R_OK | X_OK) == 0
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_NOT_FOUND, "there is no store in '%s': %s", folder,
                               strerror(errno));
    return davy_folder_make(store->hot_folder, 0750);
}

static davy_status open_parts(davy_store *store)
{
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/catalogue.db", store->folder);
    status = davy_catalogue_open(path, store->read_only, &store->catalogue);
    if (status == DAVY_ERR_CORRUPT)
        status = davy_fail_in(status, "restore the names of the signals from a copy: without them"
                                      " nobody can say which samples are whose");
    if (status == DAVY_OK && davy_catalogue_damaged(store->catalogue) > 0)
        davy_log(DAVY_LOG_ERROR, "store",
                 "'%s': %llu names of signals or their sums are damaged: restore it from a copy; "
                 "until then samples of a lost name stand under 'damaged/ID'",
                 path, (unsigned long long) davy_catalogue_damaged(store->catalogue));
    if (status == DAVY_OK)
        status = davy_hot_create(&store->hot);
    (void) snprintf(path, sizeof path, "%s/days", store->folder);
    if (status == DAVY_OK && store->read_only)
        status = davy_store_recover(store); /* before the day files: README.md, invariant 4 */
    if (status == DAVY_OK)
        status = davy_days_open(path, store->read_only, &store->days);
    if (status == DAVY_OK)
        status = davy_rollups_open(path, &store->rollups);
    if (status == DAVY_OK && !store->read_only)
        status = davy_store_keep_ids(store);
    if (status == DAVY_OK && !store->read_only)
        status = davy_store_recover(store);
    if (status == DAVY_OK && !store->read_only)
        status = davy_folder_sync(store->folder);
    return status;
}

static davy_store *create(const char *folder, const davy_store_options *options)
{
    davy_store *store = calloc(1, sizeof *store);
    pthread_condattr_t monotonic;

    if (!store)
        return NULL;
    store->lock = -1;
    store->read_only = options && options->read_only;
    store->batch_bytes = options && options->group_commit_bytes ? options->group_commit_bytes
                                                                : DAVY_STORE_GROUP_COMMIT_BYTES;
    pthread_mutex_init(&store->seal_lock, NULL);
    pthread_mutex_init(&store->totals_lock, NULL);
    pthread_mutex_init(&store->wake_lock, NULL);
    pthread_mutex_init(&store->holding_lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&store->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    davy_damage_init(&store->damage);
    davy_classes_init(&store->classes);
    davy_room_init(&store->room, folder, options ? options->floor_bytes : 0);
    davy_rollup_keeper_init(&store->keeper);
    return store;
}

davy_status davy_store_open(const char *folder, const davy_store_options *options, davy_store **out)
{
    davy_store *store = create(folder, options);
    davy_status status;

    if (!store)
        return davy_fail(DAVY_ERR_NOMEM, "store '%s'", folder);
    status = set_folders(store, folder);
    if (status == DAVY_OK && !store->read_only)
        status = take_lock(store);
    if (status == DAVY_OK)
        status = open_parts(store);
    if (status == DAVY_OK && options && options->class_count > 0)
        status = davy_store_set_retention(store, options->classes, options->class_count);
    if (status == DAVY_OK && !store->read_only)
        status = davy_store_sealer_start(store);
    if (status == DAVY_OK && !store->read_only)
        status = davy_rollup_keeper_start(store);
    if (status != DAVY_OK) {
        davy_store_close(store);
        return status;
    }
    *out = store;
    return DAVY_OK;
}

void davy_store_close(davy_store *store)
{
    if (!store)
        return;
    davy_rollup_keeper_stop(store);
    davy_store_sealer_stop(store);
    if (store->catalogue && !store->read_only && davy_catalogue_flush(store->catalogue) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "store", "names without a sample are forgotten: %s",
                 davy_error());
    davy_commit_close(store->commit);
    davy_rollups_close(store->rollups);
    davy_rollup_keeper_clear(&store->keeper);
    davy_compaction_clear(&store->compaction);
    davy_days_close(store->days);
    davy_hot_destroy(store->hot);
    davy_catalogue_close(store->catalogue);
    davy_damage_clear(&store->damage);
    davy_classes_clear(&store->classes);
    pthread_cond_destroy(&store->wake);
    pthread_mutex_destroy(&store->wake_lock);
    pthread_mutex_destroy(&store->holding_lock);
    davy_holding_clear(&store->holding);
    pthread_mutex_destroy(&store->totals_lock);
    pthread_mutex_destroy(&store->seal_lock);
    if (store->lock >= 0)
        close(store->lock);
    free(store);
}

davy_status davy_store_signal(davy_store *store, const char *path, const char *unit,
                              davy_signal_id *id)
{
    davy_signal_id given;
    davy_status status = davy_catalogue_put(store->catalogue, path, unit, &given);

    if (status == DAVY_OK)
        status = davy_hot_set_signals(store->hot, (size_t) given + 1);
    if (status == DAVY_OK)
        status = davy_classes_name(&store->classes, given, path);
    if (status == DAVY_OK)
        *id = given;
    return status;
}

davy_status davy_store_find(davy_store *store, const char *path, davy_signal_id *id)
{
    return davy_catalogue_find(store->catalogue, path, id);
}

davy_status davy_store_signals(davy_store *store,
                               davy_status (*visit)(void *context,
                                                    const davy_store_signal_info *info),
                               void *context)
{
    davy_catalogue_entry *entries;
    size_t count;
    davy_status status = davy_catalogue_list(store->catalogue, &entries, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_store_signal_info info = {entries[i].id, entries[i].path, entries[i].unit};

        status = visit(context, &info);
    }
    free(entries);
    return status;
}

davy_status davy_store_apply(void *context, const davy_sample *samples, size_t count,
                             uint64_t sequence)
{
    davy_store *store = context;

    return davy_hot_add(store->hot, samples, count, sequence,
                        davy_monotonic_ns(davy_clock_system()));
}

static davy_status check_samples(davy_store *store, const davy_sample *samples, size_t count)
{
    size_t signals = davy_hot_signals(store->hot);

    for (size_t i = 0; i < count; i++) {
        if (samples[i].signal >= signals)
            return davy_fail(DAVY_ERR_INVALID, "sample %zu is of signal %u, which was never made",
                             i, samples[i].signal);
        if (samples[i].quality > DAVY_QUALITY_BAD)
            return davy_fail(DAVY_ERR_INVALID, "sample %zu has quality %u", i, samples[i].quality);
        if (samples[i].time_ns < DAVY_STORE_TIME_MIN || samples[i].time_ns > DAVY_STORE_TIME_MAX)
            return davy_fail(DAVY_ERR_INVALID, "sample %zu is outside the years 1678 to 2261", i);
    }
    return DAVY_OK;
}

davy_room_state davy_store_room(davy_store *store)
{
    return davy_room_look(&store->room);
}

davy_status davy_store_check_room(davy_store *store)
{
    return davy_room_check(&store->room);
}

davy_status davy_store_append(davy_store *store, const davy_sample *samples, size_t count)
{
    davy_status status;

    if (store->read_only)
        return davy_fail(DAVY_ERR_DENIED, "the store '%s' is open for reading only", store->folder);
    if (count == 0)
        return DAVY_OK;
    status = check_samples(store, samples, count);
    if (status == DAVY_OK)
        status = davy_room_check(&store->room);
    if (status == DAVY_OK)
        status = davy_catalogue_flush(store->catalogue);
    if (status == DAVY_OK && davy_hot_bytes(store->hot) > HOT_BYTES_MAX)
        status =
            davy_fail(DAVY_ERR_FULL, "'%s': too many samples wait to be sealed", store->folder);
    return status == DAVY_OK ? davy_commit_samples(store->commit, samples, count) : status;
}

davy_status davy_store_seal(davy_store *store)
{
    static const davy_hot_rule everything = {.points = 1, .before_ns = INT64_MAX};

    if (store->read_only)
        return davy_fail(DAVY_ERR_DENIED, "the store '%s' is open for reading only", store->folder);
    return davy_store_seal_due(store, everything);
}

/* Walk the day files once; sealing counts from there on. Under totals_lock. */
static davy_status count_days(davy_store *store)
{
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    store->totals = (davy_store_totals){.known = true};
    for (size_t i = 0; i < count; i++) {
        davy_day_totals totals;
        davy_day *day;

        status = davy_days_get(store->days, files[i], &day);
        if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED)
            davy_damage_add(&store->damage, files[i], NULL);
        else if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
            store->totals.known = false; /* it may be opened the next time */
        if (status != DAVY_OK)
            continue;
        status = davy_day_get_totals(day, &totals);
        davy_days_put(store->days, day, status != DAVY_OK);
        if (status != DAVY_OK)
            continue;
        store->totals.chunks += totals.chunks;
        store->totals.samples += totals.samples;
        store->totals.blob_bytes += totals.blob_bytes;
    }
    free(files);
    return DAVY_OK;
}

void davy_store_get_stats(davy_store *store, davy_store_stats *stats)
{
    davy_commit_stats commit = {0};

    if (store->commit)
        davy_commit_get_stats(store->commit, &commit);
    *stats = (davy_store_stats){
        .samples_appended = commit.samples,
        .syncs = commit.syncs,
        .bytes_logged = commit.bytes,
        .hot_samples = davy_hot_count(store->hot),
        .hot_segments = commit.segments,
        .sync_ns_last = commit.sync_ns_last,
        .recovered_frames = store->recovered_frames,
        .cut_bytes = store->cut_bytes,
        .damaged_frames = store->log_damage.places,
        .failed = commit.failed,
    };
    pthread_mutex_lock(&store->totals_lock);
    if (!store->totals.known)
        (void) count_days(store);
    stats->chunks = store->totals.chunks;
    stats->chunk_bytes = store->totals.blob_bytes;
    stats->chunk_samples = store->totals.samples;
    pthread_mutex_unlock(&store->totals_lock);
    stats->rollup_bytes = davy_rollups_bytes(store->rollups);
    stats->missed_files = davy_days_missed(store->days);
    stats->damaged_chunks =
        davy_damage_count(&store->damage) + davy_catalogue_damaged(store->catalogue);
}
