/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/merged.h"

#include <stdlib.h>

/*
 * The store gives one signal at a time, a replay wants all by time. So history is taken in
 * stretches that fit in memory: each signal's samples of the stretch are read one after the other,
 * then merged. The stretch follows the density of the samples.
 */
#define STRETCH_NS     (600 * DAVY_NS_PER_S)
#define SAMPLES_WANTED ((size_t) 500000)
#define STRETCH_MIN_NS DAVY_NS_PER_S
#define STRETCH_MAX_NS (30LL * 86400 * DAVY_NS_PER_S)

/* Where one signal's samples of the stretch stand. */
struct part {
    size_t next, end;
};

struct merge {
    davy_store *store;
    davy_merged_visit visit;
    void *context;
    const davy_signal_id *ids; /* [signals] */
    size_t signals;
    struct part *parts; /* [signals] */
    size_t *heap;       /* [parts in it] by the time of their next sample, then by place */
    size_t heap_count;
    davy_sample *samples;
    size_t count, capacity;
};

static davy_status keep_run(void *context, const davy_store_run *run)
{
    struct merge *merge = context;

    if (merge->count + run->count > merge->capacity) {
        size_t capacity = 2 * (merge->count + run->count);
        davy_sample *samples = realloc(merge->samples, capacity * sizeof *samples);

        if (!samples)
            return davy_fail(DAVY_ERR_NOMEM, "replay of %zu samples", capacity);
        merge->samples = samples;
        merge->capacity = capacity;
    }
    for (size_t i = 0; i < run->count; i++)
        merge->samples[merge->count++] =
            (davy_sample){run->times[i], run->values[i], run->signal, run->quality[i]};
    return DAVY_OK;
}

static davy_status read_stretch(struct merge *merge, int64_t from_ns, int64_t to_ns)
{
    merge->count = 0;
    for (size_t i = 0; i < merge->signals; i++) {
        davy_status status;

        merge->parts[i].next = merge->count;
        status = davy_store_scan(merge->store, merge->ids[i], from_ns, to_ns, keep_run, merge);
        if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
            return status;
        merge->parts[i].end = merge->count;
    }
    return DAVY_OK;
}

/* Merging ---------------------------------------------------------------------------------- */

/* Equal times come in the order of the signals, so a replay is the same every time. */
static bool comes_first(const struct merge *merge, size_t a, size_t b)
{
    int64_t a_ns = merge->samples[merge->parts[a].next].time_ns;
    int64_t b_ns = merge->samples[merge->parts[b].next].time_ns;

    return a_ns != b_ns ? a_ns < b_ns : a < b;
}

static void sink(struct merge *merge, size_t place)
{
    for (;;) {
        size_t child = 2 * place + 1;
        size_t part = merge->heap[place];

        if (child >= merge->heap_count)
            return;
        if (child + 1 < merge->heap_count &&
            comes_first(merge, merge->heap[child + 1], merge->heap[child]))
            child++;
        if (!comes_first(merge, merge->heap[child], part))
            return;
        merge->heap[place] = merge->heap[child];
        merge->heap[child] = part;
        place = child;
    }
}

static void make_heap(struct merge *merge)
{
    merge->heap_count = 0;
    for (size_t i = 0; i < merge->signals; i++)
        if (merge->parts[i].next < merge->parts[i].end)
            merge->heap[merge->heap_count++] = i;
    for (size_t place = merge->heap_count / 2; place-- > 0;)
        sink(merge, place);
}

static davy_status hand_over(struct merge *merge)
{
    davy_status status = DAVY_OK;

    make_heap(merge);
    while (merge->heap_count > 0 && status == DAVY_OK) {
        struct part *part = &merge->parts[merge->heap[0]];

        status = merge->visit(merge->context, &merge->samples[part->next++]);
        if (part->next == part->end)
            merge->heap[0] = merge->heap[--merge->heap_count];
        sink(merge, 0);
    }
    return status;
}

static int64_t next_stretch(const struct merge *merge, int64_t stretch_ns)
{
    if (merge->count > 2 * SAMPLES_WANTED && stretch_ns > STRETCH_MIN_NS)
        return stretch_ns / 2;
    if (merge->count < SAMPLES_WANTED / 2 && stretch_ns < STRETCH_MAX_NS)
        return stretch_ns * 2;
    return stretch_ns;
}

static davy_status merge_all(struct merge *merge, int64_t from_ns, int64_t to_ns)
{
    int64_t stretch_ns = STRETCH_NS;
    davy_status status = DAVY_OK;

    while (from_ns < to_ns && status == DAVY_OK) {
        int64_t end_ns = to_ns - from_ns > stretch_ns ? from_ns + stretch_ns : to_ns;

        status = read_stretch(merge, from_ns, end_ns);
        if (status == DAVY_OK)
            status = hand_over(merge);
        stretch_ns = next_stretch(merge, stretch_ns);
        from_ns = end_ns;
    }
    return status;
}

/* Do not walk through empty years: begin and end where there are samples. */
static davy_status narrow(const struct merge *merge, int64_t *from_ns, int64_t *to_ns)
{
    int64_t first_ns = 0;
    int64_t last_ns = 0;
    davy_status status =
        davy_store_extent(merge->store, merge->ids, merge->signals, &first_ns, &last_ns);

    if (status == DAVY_ERR_NOT_FOUND)
        *to_ns = *from_ns;
    if (status != DAVY_OK)
        return status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status;
    *from_ns = first_ns > *from_ns ? first_ns : *from_ns;
    *to_ns = last_ns < *to_ns ? last_ns + 1 : *to_ns;
    return DAVY_OK;
}

davy_status davy_merged_scan(davy_store *store, const davy_signal_id *ids, size_t count,
                             int64_t from_ns, int64_t to_ns, davy_merged_visit visit, void *context)
{
    struct merge merge = {
        .store = store, .visit = visit, .context = context, .ids = ids, .signals = count};
    davy_status status = DAVY_OK;

    merge.parts = calloc(count + 1, sizeof *merge.parts);
    merge.heap = calloc(count + 1, sizeof *merge.heap);
    if (!merge.parts || !merge.heap)
        status = davy_fail(DAVY_ERR_NOMEM, "replay of %zu signals", count);
    if (status == DAVY_OK)
        status = narrow(&merge, &from_ns, &to_ns);
    if (status == DAVY_OK)
        status = merge_all(&merge, from_ns, to_ns);

    free(merge.samples);
    free(merge.heap);
    free(merge.parts);
    return status;
}
