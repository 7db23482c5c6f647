/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/clock.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A chunk has this many points or up to twice as many; fewer when no more wait. */
#define CHUNK_POINTS ((size_t) 1024)

/* Points are sealed at the latest when they are so old, so that the log stays short. */
#define AGE_MAX_NS (3600 * DAVY_NS_PER_S)

/* The sealer looks so often; what became full meanwhile shares a transaction. */
#define LOOK_EVERY_NS DAVY_NS_PER_S

/* A file that SQLite calls malformed is looked at so often before it is set aside. */
#define DAMAGE_LOOKS    5
#define DAMAGE_PAUSE_NS (20 * DAVY_NS_PER_MS)

/* Signals of one poll group are neighbours: times are looked for among the last so many. */
#define TIMES_KEPT ((size_t) 16)

_Static_assert(2 * CHUNK_POINTS <= DAVY_CHUNK_POINTS_MAX, "a chunk fits the codecs");

/* A stretch of taken points that becomes one chunk. */
struct piece {
    const davy_hot_taken *taken;
    size_t from, count;
    davy_day_file file;
};

/* Times that have been encoded. */
struct kept_times {
    const int64_t *times;
    size_t count;
    int64_t blob; /* 0: no neighbour shares them, they are in `bytes` */
    davy_buffer bytes;
};

/* Sealing of one day's pieces. */
struct sealing {
    davy_day *day;
    const struct piece *end; /* of the day's pieces */
    struct kept_times kept[TIMES_KEPT];
    size_t next; /* in a circle */
    davy_store_totals added;
};

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
        parts = (end - from) / CHUNK_POINTS;
        parts += parts == 0;
        for (size_t k = 0; k < parts; k++) {
            size_t begin = from + (end - from) * k / parts;
            struct piece piece = {taken, begin, from + (end - from) * (k + 1) / parts - begin,
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

/* By day file, and within it as they were taken. */
static int compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;

    if (a->file.number != b->file.number)
        return a->file.number < b->file.number ? -1 : 1;
    if (a->file.class_id != b->file.class_id)
        return a->file.class_id < b->file.class_id ? -1 : 1;
    if (a->taken != b->taken)
        return a->taken < b->taken ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static struct kept_times *find_times(struct sealing *sealing, const int64_t *times, size_t count)
{
    for (size_t i = 0; i < TIMES_KEPT; i++) {
        struct kept_times *kept = &sealing->kept[i];

        if (kept->times && kept->count == count &&
            memcmp(kept->times, times, count * sizeof *times) == 0)
            return kept;
    }
    return NULL;
}

static const int64_t *piece_times(const struct piece *piece)
{
    return piece->taken->points.times + piece->from;
}

/* True when one of the pieces that follow has the same times. */
static bool are_shared(const struct sealing *sealing, const struct piece *piece)
{
    for (const struct piece *next = piece + 1; next < sealing->end && next <= piece + TIMES_KEPT;
         next++)
        if (next->count == piece->count &&
            memcmp(piece_times(next), piece_times(piece), piece->count * sizeof(int64_t)) == 0)
            return true;
    return false;
}

/* Encode the times of a piece, or find that a neighbour has the same ones. */
static davy_status keep_times(struct sealing *sealing, const struct piece *piece,
                              struct kept_times **out)
{
    const int64_t *times = piece_times(piece);
    size_t count = piece->count;
    struct kept_times *kept = find_times(sealing, times, count);
    davy_status status;

    *out = kept;
    if (kept)
        return DAVY_OK;
    kept = &sealing->kept[sealing->next++ % TIMES_KEPT];
    kept->count = 0; /* not to be found until it is whole */
    kept->blob = 0;
    davy_buffer_reset(&kept->bytes);
    davy_times_encode(davy_day_work(sealing->day), times, count, &kept->bytes);
    status = davy_buffer_ok(&kept->bytes);
    if (status == DAVY_OK && are_shared(sealing, piece)) {
        status = davy_day_add_blob(sealing->day, &kept->bytes, &kept->blob);
        sealing->added.blob_bytes += kept->bytes.length;
        davy_buffer_reset(&kept->bytes);
    }
    if (status != DAVY_OK)
        return status;
    kept->times = times;
    kept->count = count;
    *out = kept;
    return DAVY_OK;
}

static davy_status write_chunk(struct sealing *sealing, const struct piece *piece,
                               davy_chunk_head *head, davy_buffer *data)
{
    const davy_points *points = &piece->taken->points;
    struct kept_times *times;
    davy_status status = keep_times(sealing, piece, &times);

    if (status != DAVY_OK)
        return status;
    head->times = times->blob;
    davy_chunk_encode(davy_day_work(sealing->day), points, piece->from, piece->count, &times->bytes,
                      head, data);
    status = davy_buffer_ok(data);
    if (status == DAVY_OK)
        status = davy_day_add_blob(sealing->day, data, &head->data);
    if (status == DAVY_OK)
        status = davy_day_add(sealing->day, head);
    sealing->added.chunks++;
    sealing->added.samples += piece->count;
    sealing->added.blob_bytes += data->length;
    return status;
}

static davy_status seal_piece(struct sealing *sealing, const struct piece *piece)
{
    davy_chunk_head head = {.signal = piece->taken->signal, .sequence = piece->taken->through};
    davy_buffer data = {0};
    bool found;
    davy_status status;

    davy_chunk_summarise(&piece->taken->points, piece->from, piece->count, &head);
    status = davy_day_has(sealing->day, &head, &found);
    if (status == DAVY_OK && !found)
        status = write_chunk(sealing, piece, &head, &data);
    davy_buffer_clear(&data);
    return status;
}

static davy_status seal_into(davy_store *store, davy_day *day, const struct piece *pieces,
                             size_t count)
{
    struct sealing sealing = {.day = day, .end = pieces + count};
    davy_status status = davy_day_begin(day);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = seal_piece(&sealing, &pieces[i]);
    pthread_mutex_lock(&store->totals_lock);
    status = davy_day_end(day, status);
    if (status == DAVY_OK) {
        store->totals.chunks += sealing.added.chunks;
        store->totals.samples += sealing.added.samples;
        store->totals.blob_bytes += sealing.added.blob_bytes;
    }
    pthread_mutex_unlock(&store->totals_lock);
    for (size_t i = 0; i < TIMES_KEPT; i++)
        davy_buffer_clear(&sealing.kept[i].bytes);
    return status;
}

/* One attempt, with a connection of its own after one that failed. */
static davy_status try_seal_day(davy_store *store, const struct piece *pieces, size_t count)
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
static davy_status seal_day(davy_store *store, const struct piece *pieces, size_t count)
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

static davy_status seal_pieces(davy_store *store, const struct piece *pieces, size_t count)
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
        size_t piece_count = pieces.length / sizeof(struct piece);

        qsort(pieces.bytes, piece_count, sizeof(struct piece), compare_pieces);
        status =
            seal_pieces(store, (const struct piece *) (const void *) pieces.bytes, piece_count);
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

davy_status davy_store_seal_due(davy_store *store, davy_hot_rule rule)
{
    davy_hot_taken *taken;
    size_t count;
    davy_status status;

    pthread_mutex_lock(&store->seal_lock);
    status = davy_hot_take(store->hot, rule, &taken, &count);
    if (status == DAVY_OK)
        status = seal_taken(store, taken, count);
    if (status != DAVY_OK) {
        davy_hot_give_back(store->hot, taken, count);
    } else if (count > 0) {
        davy_hot_finish(store->hot, taken, count);
        status = log_marks(store, taken, count);
        if (status == DAVY_OK)
            status = trim(store);
    }
    free(taken);
    pthread_mutex_unlock(&store->seal_lock);
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
        davy_hot_rule rule = {CHUNK_POINTS, davy_monotonic_ns(davy_clock_system()) - AGE_MAX_NS};
        davy_status status = davy_store_seal_due(store, rule);

        if (status != DAVY_OK && status != last)
            davy_log(DAVY_LOG_ERROR, "store", "cannot seal, will try again: %s", davy_error());
        last = status;
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
