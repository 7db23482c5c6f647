/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hot.h"

#include "store/packed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Packing blocks of fewer points saves little. */
#define PACK_POINTS ((size_t) 24)

/* Taken points are not packed: no more than 18 MB of them at a time. */
#define TAKE_POINTS ((size_t) 1024 * 1024)

/* Points in the order they came, and the frames they came in. */
struct batch {
    davy_packed packed; /* earlier in time than `points` while those are sorted */
    davy_points points;
    uint64_t first, last; /* sequences */
};

struct series {
    struct batch open, sealing; /* `sealing` is empty, with the sealer, or waiting for it */
    int64_t opened_ns;          /* monotonic; when the first of `open` was added */
    davy_sample latest;
    bool sorted;   /* open.points is sorted without doubles and later than open.packed */
    bool known;    /* `latest` is set */
    bool complete; /* `latest` is true of the day files as well */
    bool taken;    /* `sealing` is with the sealer */
};

struct davy_hot {
    pthread_mutex_t lock;
    struct series *series;
    size_t count, capacity;
    davy_codec_work *work; /* for packed points; under the lock */
    uint64_t loose;        /* points in `points`, open and sealing */
    uint64_t packed;       /* points in `packed` */
    uint64_t packed_bytes; /* that those take */
};

davy_status davy_hot_create(davy_hot **out)
{
    davy_hot *hot = calloc(1, sizeof *hot);
    davy_status status;

    if (!hot)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for hot points");
    status = davy_codec_work_create(&hot->work);
    if (status != DAVY_OK) {
        free(hot);
        return status;
    }
    pthread_mutex_init(&hot->lock, NULL);
    *out = hot;
    return DAVY_OK;
}

void davy_hot_destroy(davy_hot *hot)
{
    if (!hot)
        return;
    for (size_t i = 0; i < hot->count; i++) {
        davy_packed_clear(&hot->series[i].open.packed);
        davy_points_clear(&hot->series[i].open.points);
        davy_points_clear(&hot->series[i].sealing.points);
    }
    davy_codec_work_destroy(hot->work);
    pthread_mutex_destroy(&hot->lock);
    free(hot->series);
    free(hot);
}

static davy_status grow(davy_hot *hot, size_t count)
{
    size_t capacity = hot->capacity ? hot->capacity : 64;
    struct series *grown;

    while (capacity < count)
        capacity *= 2;
    if (capacity > hot->capacity) {
        grown = realloc(hot->series, capacity * sizeof *grown);
        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu signals", count);
        hot->series = grown;
        hot->capacity = capacity;
    }
    memset(hot->series + hot->count, 0, (count - hot->count) * sizeof *hot->series);
    for (; hot->count < count; hot->count++)
        hot->series[hot->count].sorted = true;
    return DAVY_OK;
}

davy_status davy_hot_set_signals(davy_hot *hot, size_t count)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&hot->lock);
    if (count > hot->count)
        status = grow(hot, count);
    pthread_mutex_unlock(&hot->lock);
    return status;
}

size_t davy_hot_signals(davy_hot *hot)
{
    size_t count;

    pthread_mutex_lock(&hot->lock);
    count = hot->count;
    pthread_mutex_unlock(&hot->lock);
    return count;
}

static int64_t last_time(const struct batch *batch)
{
    const davy_points *points = &batch->points;

    return points->count > 0 ? points->times[points->count - 1] : batch->packed.last_ns;
}

static size_t points_in(const struct batch *batch)
{
    return batch->packed.count + batch->points.count;
}

static davy_status add_one(davy_hot *hot, const davy_sample *sample, uint64_t sequence,
                           int64_t now_ns)
{
    struct series *series = &hot->series[sample->signal];
    davy_points *points = &series->open.points;

    if (points->count == points->capacity) {
        davy_status status = davy_points_reserve(points, 1);

        if (status != DAVY_OK)
            return status;
    }
    if (points_in(&series->open) == 0) {
        series->open.first = sequence;
        series->opened_ns = now_ns;
        series->sorted = true;
    } else if (sample->time_ns <= last_time(&series->open)) {
        series->sorted = false;
    }
    series->open.last = sequence;
    davy_points_push(points, sample->time_ns, sample->value, (uint8_t) sample->quality);
    if (!series->known || sample->time_ns >= series->latest.time_ns) {
        series->latest = *sample;
        series->known = true;
    }
    hot->loose++;
    return DAVY_OK;
}

davy_status davy_hot_add(davy_hot *hot, const davy_sample *samples, size_t count, uint64_t sequence,
                         int64_t now_ns)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&hot->lock);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = add_one(hot, &samples[i], sequence, now_ns);
    pthread_mutex_unlock(&hot->lock);
    return status;
}

/* All points of a batch as they came, none packed. */
static davy_status unpack(davy_hot *hot, struct batch *batch)
{
    davy_points all = {0};
    davy_status status;

    if (batch->packed.count == 0)
        return DAVY_OK;
    status = davy_points_reserve(&all, points_in(batch));
    if (status == DAVY_OK)
        status = davy_packed_copy(&batch->packed, hot->work, INT64_MIN, INT64_MAX, &all);
    if (status == DAVY_OK)
        status = davy_points_copy(&all, &batch->points, 0, batch->points.count);
    if (status != DAVY_OK) {
        davy_points_clear(&all);
        return status;
    }
    hot->loose += batch->packed.count;
    hot->packed -= batch->packed.count;
    hot->packed_bytes -= batch->packed.length;
    davy_packed_clear(&batch->packed);
    davy_points_clear(&batch->points);
    batch->points = all;
    return DAVY_OK;
}

static davy_status sort_open(davy_hot *hot, struct series *series)
{
    davy_points *points = &series->open.points;
    davy_status status;
    size_t before;

    if (series->sorted)
        return DAVY_OK;
    status = unpack(hot, &series->open);
    if (status != DAVY_OK)
        return status;
    before = points->count;
    status = davy_points_sort(points);
    if (status != DAVY_OK)
        return status;
    hot->loose -= before - points->count;
    series->sorted = true;
    return DAVY_OK;
}

/* The points of a sorted series that came in order into few bytes. */
static davy_status pack_one(davy_hot *hot, struct batch *batch)
{
    size_t bytes = batch->packed.length, count = batch->points.count;
    davy_status status = davy_packed_add(&batch->packed, hot->work, &batch->points);

    if (status != DAVY_OK)
        return status;
    hot->packed_bytes += batch->packed.length - bytes;
    hot->packed += count;
    hot->loose -= count;
    davy_points_clear(&batch->points);
    return DAVY_OK;
}

davy_status davy_hot_pack(davy_hot *hot)
{
    davy_status status = DAVY_OK;
    size_t signals = davy_hot_signals(hot);

    for (size_t i = 0; i < signals && status == DAVY_OK; i++) {
        struct batch *open;

        pthread_mutex_lock(&hot->lock); /* for each, so that writers wait for none but one */
        open = &hot->series[i].open;
        if (hot->series[i].sorted && open->points.count >= PACK_POINTS &&
            open->points.count <= DAVY_CHUNK_POINTS_MAX)
            status = pack_one(hot, open);
        pthread_mutex_unlock(&hot->lock);
    }
    return status;
}

static davy_status copy_range(const davy_points *points, int64_t from_ns, int64_t to_ns,
                              davy_points *out)
{
    return davy_points_copy(out, points, davy_points_find(points, from_ns),
                            davy_points_find(points, to_ns));
}

/* The series of a signal, sorted, or NULL when there is no such signal. Under the lock. */
static davy_status find_sorted(davy_hot *hot, davy_signal_id signal, struct series **out)
{
    *out = NULL;
    if (signal >= hot->count)
        return DAVY_OK;
    *out = &hot->series[signal];
    return sort_open(hot, *out);
}

davy_status davy_hot_copy(davy_hot *hot, davy_signal_id signal, int64_t from_ns, int64_t to_ns,
                          davy_points *out)
{
    struct series *series;
    davy_status status;

    pthread_mutex_lock(&hot->lock);
    status = find_sorted(hot, signal, &series);
    if (status == DAVY_OK && series)
        status = copy_range(&series->sealing.points, from_ns, to_ns, out);
    if (status == DAVY_OK && series)
        status = davy_packed_copy(&series->open.packed, hot->work, from_ns, to_ns, out);
    if (status == DAVY_OK && series)
        status = copy_range(&series->open.points, from_ns, to_ns, out);
    pthread_mutex_unlock(&hot->lock);
    if (status == DAVY_OK)
        status = davy_points_sort(out); /* sealing points came before open ones: the later win */
    return status;
}

static void widen(const davy_points *points, int64_t *first_ns, int64_t *last_ns)
{
    for (size_t i = 0; i < points->count; i++) {
        if (points->times[i] < *first_ns)
            *first_ns = points->times[i];
        if (points->times[i] > *last_ns)
            *last_ns = points->times[i];
    }
}

bool davy_hot_extent(davy_hot *hot, davy_signal_id signal, int64_t *first_ns, int64_t *last_ns)
{
    int64_t first = INT64_MAX, last = INT64_MIN;

    pthread_mutex_lock(&hot->lock);
    if (signal < hot->count) {
        const davy_packed *packed = &hot->series[signal].open.packed;

        widen(&hot->series[signal].sealing.points, &first, &last);
        widen(&hot->series[signal].open.points, &first, &last);
        if (packed->count > 0 && packed->first_ns < first)
            first = packed->first_ns;
        if (packed->count > 0 && packed->last_ns > last)
            last = packed->last_ns;
    }
    pthread_mutex_unlock(&hot->lock);
    if (first > last)
        return false;
    *first_ns = first;
    *last_ns = last;
    return true;
}

bool davy_hot_latest(davy_hot *hot, davy_signal_id signal, davy_sample *sample, bool *complete)
{
    bool known = false;

    *complete = false;
    pthread_mutex_lock(&hot->lock);
    if (signal < hot->count) {
        known = hot->series[signal].known;
        *complete = hot->series[signal].complete;
        if (known)
            *sample = hot->series[signal].latest;
    }
    pthread_mutex_unlock(&hot->lock);
    return known;
}

void davy_hot_set_latest(davy_hot *hot, davy_signal_id signal, const davy_sample *sealed)
{
    pthread_mutex_lock(&hot->lock);
    if (signal < hot->count) {
        struct series *series = &hot->series[signal];

        /* At the same time the hot one was written later. */
        if (sealed && (!series->known || sealed->time_ns > series->latest.time_ns)) {
            series->latest = *sealed;
            series->known = true;
        }
        series->complete = true;
    }
    pthread_mutex_unlock(&hot->lock);
}

static bool is_due(const struct series *series, davy_hot_rule rule)
{
    if (series->taken)
        return false;
    return series->sealing.points.count > 0 ||
           (points_in(&series->open) > 0 &&
            (points_in(&series->open) >= rule.points || series->opened_ns < rule.before_ns ||
             series->open.first < rule.before_sequence));
}

/* Points that wait since an earlier failure go first: they were written before the open ones. */
static davy_status take_one(davy_hot *hot, davy_signal_id signal, davy_hot_taken *taken)
{
    struct series *series = &hot->series[signal];

    if (series->sealing.points.count == 0) {
        davy_status status = sort_open(hot, series);

        if (status == DAVY_OK)
            status = unpack(hot, &series->open);
        if (status != DAVY_OK)
            return status;
        series->sealing = series->open;
        series->open = (struct batch){0};
    }
    series->taken = true;
    *taken = (davy_hot_taken){signal, series->sealing.last, series->sealing.points};
    return DAVY_OK;
}

/* What was taken before a failure stays taken and is the caller's. */
static davy_status take_due(davy_hot *hot, davy_hot_rule rule, size_t *next, davy_hot_taken *taken,
                            size_t *count)
{
    davy_status status = DAVY_OK;
    size_t points = 0;

    for (; *next < hot->count && points < TAKE_POINTS; ++*next) {
        if (!is_due(&hot->series[*next], rule))
            continue;
        status = take_one(hot, (davy_signal_id) *next, &taken[*count]);
        if (status != DAVY_OK)
            return status;
        points += taken[(*count)++].points.count;
    }
    return status;
}

davy_status davy_hot_take(davy_hot *hot, davy_hot_rule rule, size_t *next, davy_hot_taken **taken,
                          size_t *count)
{
    davy_status status = DAVY_OK;
    size_t due = 0;

    *taken = NULL;
    *count = 0;
    pthread_mutex_lock(&hot->lock);
    for (size_t i = *next; i < hot->count; i++)
        due += is_due(&hot->series[i], rule);
    if (due > 0) {
        *taken = malloc(due * sizeof **taken);
        status = *taken ? take_due(hot, rule, next, *taken, count)
                        : davy_fail(DAVY_ERR_NOMEM, "no memory to seal %zu signals", due);
    } else {
        *next = hot->count;
    }
    pthread_mutex_unlock(&hot->lock);
    return status;
}

void davy_hot_finish(davy_hot *hot, const davy_hot_taken *taken, size_t count)
{
    pthread_mutex_lock(&hot->lock);
    for (size_t i = 0; i < count; i++) {
        struct series *series = &hot->series[taken[i].signal];

        hot->loose -= series->sealing.points.count;
        davy_points_clear(&series->sealing.points);
        series->sealing = (struct batch){0};
        series->taken = false;
    }
    pthread_mutex_unlock(&hot->lock);
}

void davy_hot_give_back(davy_hot *hot, const davy_hot_taken *taken, size_t count)
{
    pthread_mutex_lock(&hot->lock);
    for (size_t i = 0; i < count; i++)
        hot->series[taken[i].signal].taken = false;
    pthread_mutex_unlock(&hot->lock);
}

uint64_t davy_hot_oldest(davy_hot *hot)
{
    uint64_t oldest = UINT64_MAX;

    pthread_mutex_lock(&hot->lock);
    for (size_t i = 0; i < hot->count; i++) {
        const struct series *series = &hot->series[i];

        if (points_in(&series->open) > 0 && series->open.first < oldest)
            oldest = series->open.first;
        if (series->sealing.points.count > 0 && series->sealing.first < oldest)
            oldest = series->sealing.first;
    }
    pthread_mutex_unlock(&hot->lock);
    return oldest;
}

uint64_t davy_hot_count(davy_hot *hot)
{
    uint64_t points;

    pthread_mutex_lock(&hot->lock);
    points = hot->loose + hot->packed;
    pthread_mutex_unlock(&hot->lock);
    return points;
}

uint64_t davy_hot_bytes(davy_hot *hot)
{
    uint64_t bytes;

    pthread_mutex_lock(&hot->lock);
    bytes = hot->loose * DAVY_POINT_BYTES + hot->packed_bytes;
    pthread_mutex_unlock(&hot->lock);
    return bytes;
}

uint64_t davy_hot_loose(davy_hot *hot)
{
    uint64_t points;

    pthread_mutex_lock(&hot->lock);
    points = hot->loose;
    pthread_mutex_unlock(&hot->lock);
    return points;
}
