/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/clock.h"
#include "core/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Points are sealed at the latest when they are so old, so that the log stays short. */
#define AGE_MAX_NS (3600 * DAVY_NS_PER_S)

/* A plant of 100,000 signals has so many before their chunks are full: above it they are packed. */
#define LOOSE_POINTS_MAX ((uint64_t) 2 * 1024 * 1024)

/* Beyond so many full segments of the log what is in the older ones is sealed: a start has to read
 * them all, and 512 MiB take it some tenths of a second. */
#define LOG_SEGMENTS_GOAL ((size_t) 32)

/* Above it smaller chunks are sealed, so that no writer is refused while the disk keeps up. */
#define HOT_BYTES_GOAL ((uint64_t) 512 * 1024 * 1024)

/* Points of such a smaller chunk. */
#define PIECE_POINTS_PRESSED ((size_t) 64)

/* The sealer looks so often; what became full meanwhile shares a transaction. */
#define LOOK_EVERY_NS DAVY_NS_PER_S

/* A file that SQLite calls malformed is looked at so often before it is set aside. */
#define DAMAGE_LOOKS    5
#define DAMAGE_PAUSE_NS (20 * DAVY_NS_PER_MS)

static davy_status add_pieces(davy_store *store, davy_buffer *pieces, const davy_hot_taken *taken)
{
    const davy_points *points = &taken->points;
    size_t end;

    for (size_t from = 0; from < points->count; from = end) {
        int32_t number = davy_day_of(points->times[from]);
        davy_day_file file;
        size_t parts;
        davy_status status = davy_store_place(store, number, taken->signal, &file);

        if (status != DAVY_OK)
            return status;
        end = davy_points_find(points, davy_day_start_ns(number + 1));
        parts = davy_pieces_of(end - from);
        for (size_t k = 0; k < parts; k++) {
            size_t begin = from + (end - from) * k / parts;
            davy_piece piece = {points,
                                taken->signal,
                                taken->through,
                                begin,
                                from + (end - from) * (k + 1) / parts - begin,
                                file};

            davy_buffer_append(pieces, &piece, sizeof piece);
        }
    }
    return davy_buffer_ok(pieces);
}

static bool is_same_file(davy_day_file a, davy_day_file b)
{
    return a.number == b.number && a.class_id == b.class_id;
}

/* By day file, and within it as they were taken: by signal. */
static int compare_pieces(const void *left, const void *right)
{
    const davy_piece *a = left, *b = right;

    if (a->file.number != b->file.number)
        return a->file.number < b->file.number ? -1 : 1;
    if (a->file.class_id != b->file.class_id)
        return a->file.class_id < b->file.class_id ? -1 : 1;
    if (a->signal != b->signal)
        return a->signal < b->signal ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static davy_status seal_into(davy_store *store, davy_day *day, const davy_piece *pieces,
                             size_t count)
{
    davy_day_totals added = {0};
    davy_status status = davy_day_begin(day);

    if (status != DAVY_OK)
        return status;
    status = davy_pieces_write(day, pieces, count, &added);
    status = davy_store_end_day(store, day, status, &added);
    davy_rollup_keeper_note(&store->keeper, davy_day_number(day));
    return status;
}

/* One attempt, with a connection of its own after one that failed. */
static davy_status try_seal_day(davy_store *store, const davy_piece *pieces, size_t count)
{
    davy_day *day;
    davy_status status = davy_days_make(store->days, pieces->file, &day);

    if (status != DAVY_OK)
        return status;
    status = seal_into(store, day, pieces, count);
    davy_days_put(store->days, day, status != DAVY_OK);
    return status;
}

/*
 * A file that is damaged is set aside, and the points go to a new one. SQLite also calls a file
 * malformed that the disk could not be read of (SQLITE_IOERR_CORRUPTFS becomes SQLITE_CORRUPT), and
 * a day must not go for a moment's failure: it has to be found damaged again and again.
 */
static davy_status seal_day(davy_store *store, const davy_piece *pieces, size_t count)
{
    const struct timespec pause = {.tv_nsec = DAMAGE_PAUSE_NS};
    davy_status status = try_seal_day(store, pieces, count);

    for (int look = 1; look < DAMAGE_LOOKS && status == DAVY_ERR_CORRUPT; look++) {
        (void) nanosleep(&pause, NULL);
        status = try_seal_day(store, pieces, count);
    }
    if (status != DAVY_ERR_CORRUPT)
        return status;
    davy_damage_add(&store->damage, pieces->file, NULL);
    davy_log(DAVY_LOG_ERROR, "store", "%s: the day file is set aside", davy_error());
    if (davy_days_set_aside(store->days, pieces->file) != DAVY_OK)
        return status;
    return try_seal_day(store, pieces, count);
}

/* No file could do better than the one that failed so. */
static bool concerns_all(davy_status status)
{
    return status == DAVY_ERR_FULL || status == DAVY_ERR_NOMEM;
}

/* Points on their way into day files. Those of a signal are kept whole or taken again. */
struct sealing {
    davy_store *store;
    const davy_hot_taken *taken; /* by signal */
    size_t count;
    bool *failed; /* [count] some of its points are in no day file */
    davy_buffer pieces;
    davy_status status; /* the first failure, or one that concerns all */
    char error[DAVY_ERROR_MAX];
};

static int compare_signals(const void *key, const void *item)
{
    const davy_signal_id signal = *(const davy_signal_id *) key;
    const davy_hot_taken *taken = item;

    return signal < taken->signal ? -1 : signal > taken->signal;
}

static void note_failure(struct sealing *sealing, davy_signal_id signal, davy_status status)
{
    const davy_hot_taken *taken =
        bsearch(&signal, sealing->taken, sealing->count, sizeof *sealing->taken, compare_signals);

    sealing->failed[taken - sealing->taken] = true;
    if (sealing->status != DAVY_OK && !concerns_all(status))
        return;
    sealing->status = status;
    (void) snprintf(sealing->error, sizeof sealing->error, "%s", davy_error());
}

static bool is_stopping(davy_store *store)
{
    bool stop;

    pthread_mutex_lock(&store->wake_lock);
    stop = store->stop;
    pthread_mutex_unlock(&store->wake_lock);
    return stop;
}

/* Who sends ten years at once makes thousands of files, and a store that is closed waits for one:
 * the rest is in the log. */
static davy_status go_on(davy_store *store, davy_status before)
{
    if (concerns_all(before))
        return before;
    errno = 0;
    return is_stopping(store) ? davy_fail(DAVY_ERR_UNAVAILABLE, "the store is being closed")
                              : DAVY_OK;
}

/* A file that cannot be written holds up its own signals, and no other. */
static void seal_pieces(struct sealing *sealing)
{
    const davy_piece *pieces = (const davy_piece *) (const void *) sealing->pieces.bytes;
    const size_t count = sealing->pieces.length / sizeof *pieces;
    size_t end;

    for (size_t begin = 0; begin < count; begin = end) {
        davy_status status = go_on(sealing->store, sealing->status);

        for (end = begin + 1; end < count && is_same_file(pieces[end].file, pieces[begin].file);
             end++)
            continue;
        if (status == DAVY_OK)
            status = seal_day(sealing->store, pieces + begin, end - begin);
        for (size_t i = begin; i < end && status != DAVY_OK; i++)
            note_failure(sealing, pieces[i].signal, status);
    }
}

/* A signal of which a piece found no memory has failed, and so have all after it. */
static void seal_taken(struct sealing *sealing)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < sealing->count; i++) {
        status = add_pieces(sealing->store, &sealing->pieces, &sealing->taken[i]);
        if (status != DAVY_OK)
            note_failure(sealing, sealing->taken[i].signal, status);
    }
    if (sealing->pieces.length > 0) {
        qsort(sealing->pieces.bytes, sealing->pieces.length / sizeof(davy_piece),
              sizeof(davy_piece), compare_pieces);
        seal_pieces(sealing);
        status = davy_days_sync(sealing->store->days);
        for (size_t i = 0; i < sealing->count && status != DAVY_OK; i++)
            note_failure(sealing, sealing->taken[i].signal, status);
    }
    davy_buffer_clear(&sealing->pieces);
}

/* Note in the log what need not be replayed. Without it a crash seals the points once more. */
static davy_status log_marks(davy_store *store, const davy_hot_taken *taken, size_t count)
{
    davy_seal_mark *marks = malloc(count * sizeof *marks);
    davy_status status;

    if (!marks)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu marks", count);
    for (size_t i = 0; i < count; i++)
        marks[i] = (davy_seal_mark){taken[i].signal, taken[i].through};
    status = davy_commit_marks(store->commit, marks, count);
    free(marks);
    return status;
}

/* Segments whose frames are all below every frame that may still have points in memory only. */
static davy_status trim(davy_store *store)
{
    uint64_t sequence = davy_commit_sequence(store->commit); /* before looking at the points */
    uint64_t oldest = davy_hot_oldest(store->hot);

    return davy_commit_trim(store->commit, oldest < sequence ? oldest : sequence);
}

davy_status davy_store_end_day(davy_store *store, davy_day *day, davy_status status,
                               const davy_day_totals *added)
{
    pthread_mutex_lock(&store->totals_lock);
    status = davy_day_end(day, status);
    if (status == DAVY_OK) {
        store->totals.chunks += added->chunks;
        store->totals.samples += added->samples;
        store->totals.blob_bytes += added->blob_bytes;
    }
    pthread_mutex_unlock(&store->totals_lock);
    return status;
}

/* Those that are in day files whole come first. @return how many */
static size_t part(davy_hot_taken *taken, const bool *failed, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < count; i++) {
        const davy_hot_taken one = taken[i];

        if (failed[i])
            continue;
        taken[i] = taken[done];
        taken[done++] = one;
    }
    return done;
}

/* Seal what was taken, or give it back. */
static davy_status seal_round(davy_store *store, davy_hot_taken *taken, size_t count)
{
    struct sealing sealing = {.store = store, .taken = taken, .count = count};
    davy_status status = DAVY_OK;
    size_t done;

    sealing.failed = calloc(count, sizeof *sealing.failed);
    if (!sealing.failed) {
        davy_hot_give_back(store->hot, taken, count);
        return davy_fail(DAVY_ERR_NOMEM, "no memory to seal %zu signals", count);
    }
    seal_taken(&sealing);
    done = part(taken, sealing.failed, count);
    free(sealing.failed);
    davy_hot_finish(store->hot, taken, done);
    davy_hot_give_back(store->hot, taken + done, count - done);
    if (done > 0)
        status = log_marks(store, taken, done);
    if (done > 0 && status == DAVY_OK)
        status = trim(store);
    if (sealing.status == DAVY_OK)
        return status;
    errno = 0;
    return davy_fail(sealing.status, "%s", sealing.error);
}

static davy_status pack_loose(davy_store *store)
{
    return davy_hot_loose(store->hot) > LOOSE_POINTS_MAX ? davy_hot_pack(store->hot) : DAVY_OK;
}

/* What comes while much is sealed is packed meanwhile. */
davy_status davy_store_seal_due(davy_store *store, davy_hot_rule rule)
{
    davy_status first = DAVY_OK;
    size_t next = 0, count = 1;

    pthread_mutex_lock(&store->seal_lock);
    while (!concerns_all(first) && !is_stopping(store) && count > 0) {
        davy_hot_taken *taken;
        davy_status status = davy_hot_take(store->hot, rule, &next, &taken, &count);

        if (status != DAVY_OK)
            davy_hot_give_back(store->hot, taken, count);
        else if (count > 0)
            status = seal_round(store, taken, count);
        free(taken);
        if (status == DAVY_OK)
            status = pack_loose(store);
        if (first == DAVY_OK || concerns_all(status))
            first = status;
    }
    pthread_mutex_unlock(&store->seal_lock);
    return first;
}

/* What is full, old, or holds up the log; when memory is short, small chunks as well. */
static davy_status seal_or_pack(davy_store *store)
{
    davy_hot_rule rule = {DAVY_PIECE_POINTS, davy_monotonic_ns(davy_clock_system()) - AGE_MAX_NS,
                          davy_commit_beyond(store->commit, LOG_SEGMENTS_GOAL)};
    davy_status status = davy_store_seal_due(store, rule), packed = pack_loose(store);

    rule.points = PIECE_POINTS_PRESSED;
    if (!concerns_all(status) && davy_hot_bytes(store->hot) > HOT_BYTES_GOAL)
        status = davy_store_seal_due(store, rule); /* what failed is due again */
    return status == DAVY_OK ? packed : status;
}

/* True when it is time to look again, false to end. */
static bool wait_for_work(davy_store *store)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_EVERY_NS / DAVY_NS_PER_S;
    pthread_mutex_lock(&store->wake_lock);
    while (!store->stop && pthread_cond_timedwait(&store->wake, &store->wake_lock, &until) == 0)
        continue;
    stop = store->stop;
    pthread_mutex_unlock(&store->wake_lock);
    return !stop;
}

/* Once for as long as the same failure lasts. */
static void tell(const char *what, davy_status status, davy_status *last)
{
    if (status != DAVY_OK && status != *last)
        davy_log(DAVY_LOG_ERROR, "store", "cannot %s, will try again: %s", what, davy_error());
    *last = status;
}

/* A thread without a caller: it logs. */
static void *run_sealer(void *context)
{
    davy_store *store = context;
    davy_status sealed = DAVY_OK, compacted = DAVY_OK;

    while (wait_for_work(store)) {
        davy_status status = seal_or_pack(store);

        if (is_stopping(store))
            break;
        tell("seal", status, &sealed);
        tell("merge chunks", davy_store_compact_some(store), &compacted);
        davy_store_quarantine(store);
    }
    return NULL;
}

davy_status davy_store_sealer_start(davy_store *store)
{
    if (pthread_create(&store->sealer, NULL, run_sealer, store) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "cannot start the thread that seals");
    store->sealer_runs = true;
    return DAVY_OK;
}

void davy_store_sealer_stop(davy_store *store)
{
    if (!store->sealer_runs)
        return;
    pthread_mutex_lock(&store->wake_lock);
    store->stop = true;
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->wake_lock);
    pthread_join(store->sealer, NULL);
    store->sealer_runs = false;
}
