/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/clock.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Points are sealed at the latest when they are so old, so that the log stays short. */
#define AGE_MAX_NS (3600 * DAVY_NS_PER_S)

/* A plant of 100,000 signals has so many before their chunks are full: above it they are packed. */
#define LOOSE_POINTS_MAX ((uint64_t) 2 * 1024 * 1024)

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

static davy_status seal_pieces(davy_store *store, const davy_piece *pieces, size_t count)
{
    davy_status status = DAVY_OK;
    size_t end;

    for (size_t begin = 0; begin < count && status == DAVY_OK; begin = end) {
        for (end = begin + 1; end < count && is_same_file(pieces[end].file, pieces[begin].file);
             end++)
            continue;
        status = seal_day(store, pieces + begin, end - begin);
    }
    return status;
}

static davy_status seal_taken(davy_store *store, const davy_hot_taken *taken, size_t count)
{
    davy_buffer pieces = {0};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = add_pieces(store, &pieces, &taken[i]);
    if (status == DAVY_OK && pieces.length > 0) {
        size_t piece_count = pieces.length / sizeof(davy_piece);

        qsort(pieces.bytes, piece_count, sizeof(davy_piece), compare_pieces);
        status = seal_pieces(store, (const davy_piece *) (const void *) pieces.bytes, piece_count);
        if (status == DAVY_OK)
            status = davy_days_sync(store->days);
    }
    davy_buffer_clear(&pieces);
    return status;
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

/* Seal what was taken, or give it back. */
static davy_status seal_round(davy_store *store, const davy_hot_taken *taken, size_t count)
{
    davy_status status = seal_taken(store, taken, count);

    if (status != DAVY_OK) {
        davy_hot_give_back(store->hot, taken, count);
        return status;
    }
    davy_hot_finish(store->hot, taken, count);
    status = log_marks(store, taken, count);
    return status == DAVY_OK ? trim(store) : status;
}

davy_status davy_store_seal_due(davy_store *store, davy_hot_rule rule)
{
    davy_status status = DAVY_OK;
    size_t next = 0, count = 1;

    pthread_mutex_lock(&store->seal_lock);
    while (status == DAVY_OK && count > 0) {
        davy_hot_taken *taken;

        status = davy_hot_take(store->hot, rule, &next, &taken, &count);
        if (status != DAVY_OK)
            davy_hot_give_back(store->hot, taken, count);
        else if (count > 0)
            status = seal_round(store, taken, count);
        free(taken);
    }
    pthread_mutex_unlock(&store->seal_lock);
    return status;
}

/* What is full or old; when memory is short, small chunks as well. */
static davy_status seal_or_pack(davy_store *store)
{
    davy_hot_rule rule = {DAVY_PIECE_POINTS, davy_monotonic_ns(davy_clock_system()) - AGE_MAX_NS};
    davy_status status = davy_store_seal_due(store, rule);

    if (status == DAVY_OK && davy_hot_loose(store->hot) > LOOSE_POINTS_MAX)
        status = davy_hot_pack(store->hot);
    rule.points = PIECE_POINTS_PRESSED;
    if (status == DAVY_OK && davy_hot_bytes(store->hot) > HOT_BYTES_GOAL)
        status = davy_store_seal_due(store, rule);
    return status;
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

/* A thread without a caller: it logs, once for as long as the same failure lasts. */
static void *run_sealer(void *context)
{
    davy_store *store = context;
    davy_status last = DAVY_OK;

    while (wait_for_work(store)) {
        davy_status status = seal_or_pack(store);

        if (status == DAVY_OK)
            status = davy_store_compact_some(store);
        if (status != DAVY_OK && status != last)
            davy_log(DAVY_LOG_ERROR, "store", "cannot seal, will try again: %s", davy_error());
        last = status;
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
