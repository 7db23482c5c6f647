/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bytes.h"
#include "store/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The heads of one file. What is damaged as a whole answers with none. */
static davy_status heads_of(davy_store *store, davy_day_file file, davy_signal_id signal,
                            int64_t from_ns, int64_t to_ns, davy_day **day, davy_chunk_heads *heads)
{
    size_t damaged = heads->damaged;
    davy_status status = davy_days_get(store->days, file, day);

    if (status == DAVY_ERR_NOT_FOUND) { /* removed since it was listed */
        *day = NULL;
        return DAVY_OK;
    }
    if (status == DAVY_OK) {
        status = davy_day_heads(*day, signal, from_ns, to_ns, heads);
        if (heads->damaged > damaged)
            davy_damage_add(&store->damage, file, NULL);
        if (status != DAVY_OK)
            davy_days_put(store->days, *day, true);
    }
    if (status == DAVY_OK)
        return DAVY_OK;
    *day = NULL;
    heads->count = 0;
    if (status != DAVY_ERR_CORRUPT && status != DAVY_ERR_UNSUPPORTED)
        return status;
    davy_damage_add(&store->damage, file, NULL);
    if (!store->read_only)
        davy_store_suspect(store, file);
    return DAVY_OK;
}

davy_status davy_store_get_heads(davy_store *store, int32_t number, davy_signal_id signal,
                                 int64_t from_ns, int64_t to_ns, davy_day **day,
                                 davy_chunk_heads *heads)
{
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, number, number, &files, &count);

    *day = NULL;
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK && heads->count == 0; i++) {
        davy_days_put(store->days, *day, false);
        status = heads_of(store, files[i], signal, from_ns, to_ns, day, heads);
    }
    free(files);
    return status;
}

/* A scan under way: what the merges of all days have in common. */
struct scan {
    davy_store *store;
    davy_merge_input input;
    davy_store_offer offer; /* NULL: all is visited */
    davy_store_visit visit;
    void *context;
};

static davy_status scan_hot(struct scan *scan, size_t to)
{
    davy_status status;

    scan->input.hot_to = to;
    status = davy_merge(&scan->input, scan->visit, scan->context);
    scan->input.hot_from = to;
    return status;
}

/* A value that is no number makes the sum none. */
static bool is_of_one_kind(const davy_chunk_head *head)
{
    return head->bad == head->count || (head->bad == 0 && !isnan(head->sum));
}

/* Whether the samples of a chunk need not be visited. A damaged one is left to the merge. */
static bool is_passed(const struct scan *scan, const davy_chunk_head *head)
{
    const davy_merge_input *input = &scan->input;
    davy_gaps gaps;

    if (head->count == 0 || head->first_ns < input->from_ns || head->last_ns >= input->to_ns ||
        !is_of_one_kind(head) || davy_day_get_gaps(input->day, head, &gaps) != DAVY_OK)
        return false;
    return scan->offer(scan->context, &(davy_store_stretch){.signal = head->signal,
                                                            .count = head->count,
                                                            .bad = head->bad > 0,
                                                            .first_ns = head->first_ns,
                                                            .last_ns = head->last_ns,
                                                            .shortest_gap_ns = gaps.shortest_ns,
                                                            .longest_gap_ns = gaps.longest_ns,
                                                            .min = head->min,
                                                            .max = head->max,
                                                            .first = head->first,
                                                            .last = head->last,
                                                            .moves = head->moves});
}

/* Chunks that overlap each other up to last_ns, and the hot points before and among them. */
static davy_status scan_cluster(struct scan *scan, const davy_chunk_head *heads, size_t count,
                                int64_t last_ns)
{
    davy_merge_input *input = &scan->input;
    const size_t hot_to = davy_points_find(input->hot, last_ns + 1);
    davy_status status = scan_hot(scan, davy_points_find(input->hot, heads->first_ns));

    if (status != DAVY_OK || (count == 1 && input->hot_from == hot_to && is_passed(scan, heads)))
        return status;
    input->heads = heads;
    input->head_count = count;
    status = scan_hot(scan, hot_to);
    input->head_count = 0;
    return status;
}

static davy_status scan_clusters(struct scan *scan, const davy_chunk_heads *heads)
{
    davy_status status = DAVY_OK;
    size_t end;

    for (size_t begin = 0; begin < heads->count && status == DAVY_OK; begin = end) {
        int64_t last_ns;

        end = davy_chunk_heads_cluster(heads, begin, &last_ns);
        status = scan_cluster(scan, heads->items + begin, end - begin, last_ns);
    }
    return status;
}

static davy_status scan_chunks(struct scan *scan, const davy_chunk_heads *heads, size_t hot_to)
{
    davy_merge_input *input = &scan->input;
    davy_status status;

    if (scan->offer) {
        status = scan_clusters(scan, heads);
        return status == DAVY_OK ? scan_hot(scan, hot_to) : status;
    }
    input->heads = heads->items;
    input->head_count = heads->count;
    status = scan_hot(scan, hot_to);
    input->head_count = 0;
    return status;
}

static davy_status scan_day(struct scan *scan, int32_t number)
{
    davy_merge_input *input = &scan->input;
    davy_chunk_heads heads = {0};
    davy_status status = scan_hot(scan, davy_points_find(input->hot, davy_day_start_ns(number)));

    if (status == DAVY_OK)
        status = davy_store_get_heads(scan->store, number, input->signal, input->from_ns,
                                      input->to_ns, &input->day, &heads);
    if (status == DAVY_OK) {
        status =
            scan_chunks(scan, &heads, davy_points_find(input->hot, davy_day_start_ns(number + 1)));
        davy_days_put(scan->store->days, input->day, false);
    }
    davy_chunk_heads_clear(&heads);
    return status;
}

static davy_status scan_days(struct scan *scan)
{
    davy_merge_input *input = &scan->input;
    int32_t *numbers;
    size_t count;
    davy_status status = davy_days_list(scan->store->days, davy_day_of(input->from_ns),
                                        davy_day_of(input->to_ns - 1), &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = scan_day(scan, numbers[i]);
    free(numbers);
    return status == DAVY_OK ? scan_hot(scan, input->hot->count) : status;
}

/*
 * Hot points first, then day files: what is sealed in between is seen twice and never missed
 * (README.md, invariant 4).
 */
davy_status davy_store_scan_stretches(davy_store *store, davy_signal_id signal, int64_t from_ns,
                                      int64_t to_ns, davy_store_offer offer, davy_store_visit visit,
                                      void *context)
{
    davy_points hot = {0};
    struct scan scan = {.store = store, .offer = offer, .visit = visit, .context = context};
    davy_status status;

    if (from_ns >= to_ns)
        return DAVY_OK;
    status = davy_hot_copy(store->hot, signal, from_ns, to_ns, &hot);
    if (status == DAVY_OK) {
        scan.input = (davy_merge_input){.signal = signal,
                                        .from_ns = from_ns,
                                        .to_ns = to_ns,
                                        .hot = &hot,
                                        .damage = &store->damage};
        status = scan_days(&scan);
    }
    davy_points_clear(&hot);
    return status;
}

davy_status davy_store_scan(davy_store *store, davy_signal_id signal, int64_t from_ns,
                            int64_t to_ns, davy_store_visit visit, void *context)
{
    return davy_store_scan_stretches(store, signal, from_ns, to_ns, NULL, visit, context);
}

/*
 * First and last times.
 */
static davy_status day_extent(davy_store *store, int32_t number, davy_signal_id signal,
                              int64_t *first_ns, int64_t *last_ns)
{
    davy_chunk_heads heads = {0};
    davy_day *day;
    davy_status status =
        davy_store_get_heads(store, number, signal, INT64_MIN, INT64_MAX, &day, &heads);

    if (status == DAVY_OK)
        davy_days_put(store->days, day, false);
    for (size_t i = 0; i < heads.count; i++) {
        if (heads.items[i].count == 0)
            continue;
        if (heads.items[i].first_ns < *first_ns)
            *first_ns = heads.items[i].first_ns;
        if (heads.items[i].last_ns > *last_ns)
            *last_ns = heads.items[i].last_ns;
    }
    davy_chunk_heads_clear(&heads);
    return status;
}

static davy_status day_extents(davy_store *store, int32_t number, const davy_signal_id *signals,
                               size_t count, int64_t *first_ns, int64_t *last_ns)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = day_extent(store, number, signals[i], first_ns, last_ns);
    return status;
}

/* From the oldest day on until one has something, then from the newest back. */
static davy_status widen_by_days(davy_store *store, const davy_signal_id *signals, size_t count,
                                 int64_t *first_ns, int64_t *last_ns)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    int32_t *numbers;
    size_t days, oldest;
    davy_status status = davy_days_list(store->days, INT32_MIN, INT32_MAX, &numbers, &days);

    if (status != DAVY_OK)
        return status;
    for (oldest = 0; oldest < days && first > last && status == DAVY_OK; oldest++)
        status = day_extents(store, numbers[oldest], signals, count, &first, &last);
    if (first < *first_ns)
        *first_ns = first;
    first = INT64_MAX;
    if (last > *last_ns)
        *last_ns = last;
    last = INT64_MIN;
    for (size_t i = days; i > oldest && first > last && status == DAVY_OK; i--)
        status = day_extents(store, numbers[i - 1], signals, count, &first, &last);
    if (last > *last_ns)
        *last_ns = last;
    free(numbers);
    return status;
}

davy_status davy_store_extent(davy_store *store, const davy_signal_id *signals, size_t count,
                              int64_t *first_ns, int64_t *last_ns)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    davy_status status;

    for (size_t i = 0; i < count; i++) {
        int64_t hot_first, hot_last;

        if (!davy_hot_extent(store->hot, signals[i], &hot_first, &hot_last))
            continue;
        first = hot_first < first ? hot_first : first;
        last = hot_last > last ? hot_last : last;
    }
    status = widen_by_days(store, signals, count, &first, &last);
    if (status != DAVY_OK)
        return status;
    if (first > last)
        return davy_fail(DAVY_ERR_NOT_FOUND, "none of %zu signals has a sample", count);
    *first_ns = first;
    *last_ns = last;
    return DAVY_OK;
}

/*
 * The newest sample.
 */
struct newest {
    davy_sample sample;
    bool found;
};

static davy_status keep_last(void *context, const davy_store_run *run)
{
    struct newest *newest = context;
    size_t last = run->count - 1;

    newest->sample =
        (davy_sample){run->times[last], run->values[last], run->signal, run->quality[last]};
    newest->found = true;
    return DAVY_OK;
}

/* The newest sample of a day in [from_ns, to_ns). */
static davy_status newest_within(davy_store *store, davy_day *day, const davy_chunk_heads *heads,
                                 int64_t from_ns, int64_t to_ns, struct newest *newest)
{
    static const davy_points nothing;
    const davy_merge_input input = {.signal = heads->items[0].signal,
                                    .from_ns = from_ns,
                                    .to_ns = to_ns,
                                    .day = day,
                                    .heads = heads->items,
                                    .head_count = heads->count,
                                    .hot = &nothing,
                                    .damage = &store->damage};

    return davy_merge(&input, keep_last, newest);
}

/* It is the last of a chunk, unless that is damaged. */
static davy_status newest_of(davy_store *store, davy_day *day, const davy_chunk_heads *heads,
                             struct newest *newest)
{
    int64_t last_ns = INT64_MIN;
    davy_status status;

    if (heads->count == 0)
        return DAVY_OK;
    for (size_t i = 0; i < heads->count; i++)
        last_ns = heads->items[i].last_ns > last_ns ? heads->items[i].last_ns : last_ns;
    status = newest_within(store, day, heads, last_ns, davy_wrap_add(last_ns, 1), newest);
    return status == DAVY_OK && !newest->found
               ? newest_within(store, day, heads, INT64_MIN, INT64_MAX, newest)
               : status;
}

static davy_status newest_of_day(davy_store *store, int32_t number, davy_signal_id signal,
                                 struct newest *newest)
{
    davy_chunk_heads heads = {0};
    davy_day *day;
    davy_status status =
        davy_store_get_heads(store, number, signal, INT64_MIN, INT64_MAX, &day, &heads);

    if (status == DAVY_OK) {
        status = newest_of(store, day, &heads, newest);
        davy_days_put(store->days, day, false);
    }
    davy_chunk_heads_clear(&heads);
    return status;
}

/* Look in the day files from `after` on; done once for a signal after opening. */
static davy_status find_sealed(davy_store *store, davy_signal_id signal, int32_t after,
                               struct newest *newest)
{
    int32_t *numbers;
    size_t count;
    davy_status status = davy_days_list(store->days, after, INT32_MAX, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = count; i > 0 && !newest->found && status == DAVY_OK; i--)
        status = newest_of_day(store, numbers[i - 1], signal, newest);
    free(numbers);
    return status;
}

davy_status davy_store_latest(davy_store *store, davy_signal_id signal, davy_sample *sample)
{
    struct newest sealed = {.found = false};
    davy_sample hot;
    bool complete;
    bool known = davy_hot_latest(store->hot, signal, &hot, &complete);

    if (!complete) {
        int32_t after = known ? davy_day_of(hot.time_ns) : INT32_MIN;
        davy_status status = find_sealed(store, signal, after, &sealed);

        if (status != DAVY_OK)
            return status;
        davy_hot_set_latest(store->hot, signal, sealed.found ? &sealed.sample : NULL);
        known = davy_hot_latest(store->hot, signal, &hot, &complete);
    }
    if (!known)
        return davy_fail(DAVY_ERR_NOT_FOUND, "signal %u has no sample", signal);
    *sample = hot;
    return DAVY_OK;
}
