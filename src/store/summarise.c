/* SPDX-License-Identifier: Apache-2.0 */
#include "store/summary.h"

#include <stdlib.h>

size_t davy_summary_bucket(const davy_summary *summary, int64_t time_ns)
{
    return (size_t) (((uint64_t) time_ns - (uint64_t) summary->from_ns) /
                     (uint64_t) summary->step_ns);
}

int64_t davy_summary_bucket_end(const davy_summary *summary, size_t bucket)
{
    const int64_t begin_ns = summary->buckets[bucket].time_ns;

    return (uint64_t) summary->to_ns - (uint64_t) begin_ns > (uint64_t) summary->step_ns
               ? begin_ns + summary->step_ns
               : summary->to_ns;
}

/* A whole chunk, which lies after all that is in the bucket. */
static void add_head(davy_store_bucket *bucket, const davy_chunk_head *head)
{
    const davy_store_bucket whole = {
        .count = head->count - head->bad,
        .bad = head->bad,
        .uncertain = head->moves.uncertain,
        .min = head->min,
        .max = head->max,
        .sum = head->sum,
        .first = head->first,
        .last = head->last,
        .min_time_ns = head->min_ns,
        .max_time_ns = head->max_ns,
    };

    davy_bucket_add(bucket, &whole);
}

/* Points up to where the next step begins, so that a division serves many. */
static size_t add_stretch(davy_summary *summary, const davy_points *points, size_t from, size_t to)
{
    const size_t bucket = davy_summary_bucket(summary, points->times[from]);
    const int64_t end_ns = davy_summary_bucket_end(summary, bucket);
    size_t end = from + 1;

    while (end < to && points->times[end] < end_ns)
        end++;
    davy_bucket_add_points(&summary->buckets[bucket], points, from, end);
    return end;
}

davy_status davy_summary_check_wanted(const davy_summary *summary)
{
    return davy_is_wanted(summary->wanted)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_TIMEOUT, "nobody waits for the summary any more");
}

static davy_status add_run(void *context, const davy_store_run *run)
{
    const davy_points points = {(int64_t *) run->times, (double *) run->values,
                                (uint8_t *) run->quality, run->count, run->count};

    for (size_t i = 0; i < run->count;)
        i = add_stretch(context, &points, i, run->count);
    return davy_summary_check_wanted(context);
}

static void add_hot(davy_summary *summary, int64_t to_ns)
{
    const size_t to = davy_points_find(summary->hot, to_ns);

    while (summary->hot_at < to)
        summary->hot_at = add_stretch(summary, summary->hot, summary->hot_at, to);
}

/* A head of format 1 does not tell how many of its samples are uncertain. */
static bool is_answer(const davy_summary *summary, const davy_chunk_head *head, int64_t from_ns,
                      int64_t to_ns)
{
    return head->moves.known && head->first_ns >= from_ns && head->last_ns < to_ns &&
           davy_summary_bucket(summary, head->first_ns) ==
               davy_summary_bucket(summary, head->last_ns);
}

/* Chunks that overlap each other, and the hot points among them: one head may be the answer. */
static davy_status add_cluster(davy_summary *summary, const davy_chunk_head *heads, size_t count,
                               int64_t from_ns, int64_t to_ns)
{
    davy_merge_input input = {.signal = summary->signal,
                              .from_ns = from_ns,
                              .to_ns = to_ns,
                              .day = summary->day,
                              .heads = heads,
                              .head_count = count,
                              .hot = summary->hot,
                              .hot_from = summary->hot_at,
                              .damage = &summary->store->damage};

    summary->hot_at = input.hot_to = davy_points_find(summary->hot, to_ns);
    if (count == 1 && input.hot_from == input.hot_to && is_answer(summary, heads, from_ns, to_ns)) {
        add_head(&summary->buckets[davy_summary_bucket(summary, heads->first_ns)], heads);
        return DAVY_OK;
    }
    return davy_merge(&input, add_run, summary);
}

/* The heads of the day under way, as far as it is asked for. */
static davy_status read_heads(davy_summary *summary)
{
    davy_status status = DAVY_OK;

    if (!summary->heads_read)
        status =
            davy_store_get_heads(summary->store, summary->number, summary->signal, summary->from_ns,
                                 summary->to_ns, &summary->day, &summary->heads);
    summary->heads_read = status == DAVY_OK;
    return status;
}

davy_status davy_summary_add_samples(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    const davy_chunk_heads *heads = &summary->heads;
    davy_status status = read_heads(summary);
    size_t end;

    for (size_t begin = 0; status == DAVY_OK && begin < heads->count; begin = end) {
        const int64_t first_ns = heads->items[begin].first_ns;
        int64_t last_ns;

        end = davy_chunk_heads_cluster(heads, begin, &last_ns);
        if (first_ns >= to_ns)
            break;
        if (last_ns < from_ns)
            continue;
        add_hot(summary, first_ns > from_ns ? first_ns : from_ns);
        status = add_cluster(summary, heads->items + begin, end - begin, from_ns,
                             last_ns < to_ns ? last_ns + 1 : to_ns);
    }
    add_hot(summary, to_ns);
    return status;
}

static davy_status add_day(davy_summary *summary, int32_t number)
{
    const int64_t begin_ns = davy_day_start_ns(number), end_ns = davy_day_start_ns(number + 1);
    davy_status status;

    summary->number = number;
    add_hot(summary, begin_ns);
    status =
        davy_summary_add_stretch(summary, summary->from_ns > begin_ns ? summary->from_ns : begin_ns,
                                 summary->to_ns < end_ns ? summary->to_ns : end_ns);
    davy_summary_leave_day(summary);
    if (summary->heads_read)
        davy_days_put(summary->store->days, summary->day, false);
    summary->heads_read = false;
    summary->day = NULL;
    davy_chunk_heads_clear(&summary->heads);
    return status;
}

static davy_status add_days(davy_summary *summary)
{
    int32_t *numbers;
    size_t count;
    davy_status status = davy_store_list_days(summary->store, davy_day_of(summary->from_ns),
                                              davy_day_of(summary->to_ns - 1), &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = davy_summary_check_wanted(summary);
        if (status == DAVY_OK)
            status = add_day(summary, numbers[i]);
    }
    free(numbers);
    return status;
}

davy_status davy_summary_check(int64_t from_ns, int64_t to_ns, int64_t step_ns, size_t count)
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

/* Hot points first, then day files: README.md, invariant 4. */
static davy_status summarise(davy_summary *summary, size_t count)
{
    davy_points hot = {0};
    davy_status status;

    for (size_t i = 0; i < count; i++)
        davy_bucket_clear(&summary->buckets[i], summary->from_ns + (int64_t) i * summary->step_ns);
    summary->hot = &hot;
    summary->hot_at = 0;
    status =
        davy_hot_copy(summary->store->hot, summary->signal, summary->from_ns, summary->to_ns, &hot);
    if (status == DAVY_OK)
        status = add_days(summary);
    if (status == DAVY_OK)
        add_hot(summary, summary->to_ns);
    davy_points_clear(&hot);
    return status;
}

/* A day file that goes between the look at rollups, which left it to samples, and the look at
 * samples is in neither. Then all is done again; as often as files go, which ends. */
davy_status davy_store_summarise_wanted(davy_store *store, davy_signal_id signal, int64_t from_ns,
                                        int64_t to_ns, int64_t step_ns, davy_store_bucket *buckets,
                                        size_t count, const davy_wanted *wanted)
{
    davy_summary summary = {.store = store,
                            .signal = signal,
                            .from_ns = from_ns,
                            .to_ns = to_ns,
                            .step_ns = step_ns,
                            .buckets = buckets,
                            .wanted = wanted};
    davy_status status = davy_summary_check(from_ns, to_ns, step_ns, count);
    uint64_t struck;

    if (status != DAVY_OK)
        return status;
    do {
        struck = davy_days_struck(store->days);
        status = summarise(&summary, count);
    } while (status == DAVY_OK && davy_days_struck(store->days) != struck);
    davy_summary_clear(&summary);
    return status;
}

davy_status davy_store_summarise(davy_store *store, davy_signal_id signal, int64_t from_ns,
                                 int64_t to_ns, int64_t step_ns, davy_store_bucket *buckets,
                                 size_t count)
{
    return davy_store_summarise_wanted(store, signal, from_ns, to_ns, step_ns, buckets, count,
                                       NULL);
}
