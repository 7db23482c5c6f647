/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include <math.h>
#include <stdlib.h>

/* A summary under way. */
struct summary {
    davy_store *store;
    davy_signal_id signal;
    int64_t from_ns, to_ns, step_ns;
    davy_store_bucket *buckets;
    const davy_points *hot;
    size_t hot_at; /* hot points before this are done */
};

static size_t bucket_of(const struct summary *summary, int64_t time_ns)
{
    return (size_t) (((uint64_t) time_ns - (uint64_t) summary->from_ns) /
                     (uint64_t) summary->step_ns);
}

static void clear_bucket(davy_store_bucket *bucket, int64_t time_ns)
{
    *bucket = (davy_store_bucket){
        .time_ns = time_ns,
        .min = NAN,
        .max = NAN,
        .sum = NAN,
        .first = NAN,
        .last = NAN,
        .min_time_ns = time_ns,
        .max_time_ns = time_ns,
    };
}

static void widen(davy_store_bucket *bucket, double min, int64_t min_ns, double max, int64_t max_ns)
{
    if (isnan(bucket->min) || min < bucket->min) {
        bucket->min = min;
        bucket->min_time_ns = min_ns;
    }
    if (isnan(bucket->max) || max > bucket->max) {
        bucket->max = max;
        bucket->max_time_ns = max_ns;
    }
}

static void add_point(davy_store_bucket *bucket, int64_t time_ns, double value, uint8_t quality)
{
    if (quality == DAVY_QUALITY_BAD) {
        bucket->bad++;
        return;
    }
    if (bucket->count == 0) {
        bucket->first = value;
        bucket->sum = 0;
    }
    widen(bucket, value, time_ns, value, time_ns);
    bucket->last = value;
    bucket->sum += value;
    bucket->count++;
}

/* A whole chunk, which lies after all that is in the bucket. */
static void add_head(davy_store_bucket *bucket, const davy_chunk_head *head)
{
    bucket->bad += head->bad;
    if (head->bad == head->count)
        return;
    if (bucket->count == 0) {
        bucket->first = head->first;
        bucket->sum = 0;
    }
    widen(bucket, head->min, head->min_ns, head->max, head->max_ns);
    bucket->last = head->last;
    bucket->sum += head->sum;
    bucket->count += head->count - head->bad;
}

/* Points up to where the next step begins, so that a division serves many. */
static size_t add_stretch(struct summary *summary, const davy_store_run *run, size_t from)
{
    davy_store_bucket *bucket = &summary->buckets[bucket_of(summary, run->times[from])];
    int64_t end_ns = summary->to_ns;
    size_t i = from;

    if (end_ns - bucket->time_ns > summary->step_ns)
        end_ns = bucket->time_ns + summary->step_ns;
    for (; i < run->count && run->times[i] < end_ns; i++)
        add_point(bucket, run->times[i], run->values[i], run->quality[i]);
    return i;
}

static davy_status add_run(void *context, const davy_store_run *run)
{
    for (size_t i = 0; i < run->count;)
        i = add_stretch(context, run, i);
    return DAVY_OK;
}

static void add_hot(struct summary *summary, size_t to)
{
    davy_store_run run = {.count = to,
                          .times = summary->hot->times,
                          .values = summary->hot->values,
                          .quality = summary->hot->quality};

    while (summary->hot_at < to)
        summary->hot_at = add_stretch(summary, &run, summary->hot_at);
}

static bool lies_in_one_bucket(const struct summary *summary, const davy_chunk_head *head)
{
    return head->first_ns >= summary->from_ns && head->last_ns < summary->to_ns &&
           bucket_of(summary, head->first_ns) == bucket_of(summary, head->last_ns);
}

/* Chunks that overlap each other, and the hot points among them: one head may be the answer. */
static davy_status add_cluster(struct summary *summary, davy_day *day, const davy_chunk_head *heads,
                               size_t count, int64_t last_ns)
{
    size_t hot_end;
    davy_merge_input input = {.signal = summary->signal,
                              .from_ns = summary->from_ns,
                              .to_ns = summary->to_ns,
                              .day = day,
                              .heads = heads,
                              .head_count = count,
                              .hot = summary->hot,
                              .damage = &summary->store->damage};

    add_hot(summary, davy_points_find(summary->hot, heads[0].first_ns));
    hot_end = davy_points_find(summary->hot, last_ns + 1);
    if (count == 1 && summary->hot_at == hot_end && lies_in_one_bucket(summary, heads)) {
        add_head(&summary->buckets[bucket_of(summary, heads->first_ns)], heads);
        return DAVY_OK;
    }
    input.hot_from = summary->hot_at;
    input.hot_to = summary->hot_at = hot_end;
    return davy_merge(&input, add_run, summary);
}

static davy_status add_clusters(struct summary *summary, davy_day *day,
                                const davy_chunk_heads *heads)
{
    davy_status status = DAVY_OK;
    size_t end;

    for (size_t begin = 0; begin < heads->count && status == DAVY_OK; begin = end) {
        int64_t last_ns;

        end = davy_chunk_heads_cluster(heads, begin, &last_ns);
        status = add_cluster(summary, day, heads->items + begin, end - begin, last_ns);
    }
    return status;
}

static davy_status add_days(struct summary *summary)
{
    davy_store *store = summary->store;
    int32_t *numbers;
    size_t count;
    davy_status status = davy_days_list(store->days, davy_day_of(summary->from_ns),
                                        davy_day_of(summary->to_ns - 1), &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_chunk_heads heads = {0};
        davy_day *day;

        status = davy_store_get_heads(store, numbers[i], summary->signal, summary->from_ns,
                                      summary->to_ns, &day, &heads);
        if (status == DAVY_OK) {
            status = add_clusters(summary, day, &heads);
            davy_days_put(store->days, day, false);
        }
        davy_chunk_heads_clear(&heads);
    }
    free(numbers);
    return status;
}

static davy_status check(int64_t from_ns, int64_t to_ns, int64_t step_ns, size_t count)
{
    uint64_t span = (uint64_t) to_ns - (uint64_t) from_ns;

    if (from_ns >= to_ns || step_ns <= 0)
        return davy_fail(DAVY_ERR_INVALID, "a summary needs from < to and a step above 0");
    if (count > DAVY_STORE_BUCKETS_MAX || count != (span - 1) / (uint64_t) step_ns + 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "a summary of %llu ns in steps of %lld ns does not have %zu steps, or has"
                         " more than %zu",
                         (unsigned long long) span, (long long) step_ns, count,
                         DAVY_STORE_BUCKETS_MAX);
    return DAVY_OK;
}

davy_status davy_store_summarise(davy_store *store, davy_signal_id signal, int64_t from_ns,
                                 int64_t to_ns, int64_t step_ns, davy_store_bucket *buckets,
                                 size_t count)
{
    davy_points hot = {0};
    struct summary summary = {store, signal, from_ns, to_ns, step_ns, buckets, &hot, 0};
    davy_status status = check(from_ns, to_ns, step_ns, count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        clear_bucket(&buckets[i], from_ns + (int64_t) i * step_ns);
    status = davy_hot_copy(store->hot, signal, from_ns, to_ns, &hot);
    if (status == DAVY_OK)
        status = add_days(&summary);
    if (status == DAVY_OK)
        add_hot(&summary, hot.count);
    davy_points_clear(&hot);
    return status;
}
