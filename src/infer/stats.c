/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stats.h"

#include "infer/counts.h"

#include "core/clock.h"

static void add(davy_stat *stat, int64_t ns)
{
    atomic_fetch_add_explicit(&stat->count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&stat->ns, ns > 0 ? (uint64_t) ns : 0, memory_order_relaxed);
}

void davy_stats_add_success(davy_infer_stats *stats, size_t rows, int64_t request_ns,
                            const davy_infer_times *times)
{
    atomic_fetch_add_explicit(&stats->inferences, rows, memory_order_relaxed);
    atomic_store_explicit(&stats->last_ns, davy_wall_ns(davy_clock_system()), memory_order_relaxed);
    add(&stats->success, request_ns);
    add(&stats->queue, times->queue);
    add(&stats->input, times->input);
    add(&stats->compute, times->compute);
    add(&stats->output, times->output);
    davy_histogram_add(&stats->request_time, request_ns);
    davy_histogram_add(&stats->queue_time, times->queue);
    davy_histogram_add(&stats->compute_time, times->compute);
}

void davy_stats_add_failure(davy_infer_stats *stats, davy_failure failure, int64_t request_ns)
{
    add(&stats->fail[failure], request_ns);
}

/* The place of a size, taken by the first who comes with it; NULL when there is none left. */
static davy_batch_stat *find_batch(davy_infer_stats *stats, size_t rows)
{
    for (size_t i = 0; i < DAVY_STATS_SIZES; i++) {
        size_t size = 0;

        if (atomic_compare_exchange_strong_explicit(&stats->batches[i].size, &size, rows,
                                                    memory_order_relaxed, memory_order_relaxed) ||
            size == rows)
            return &stats->batches[i];
    }
    return NULL;
}

void davy_stats_add_execution(davy_infer_stats *stats, size_t rows, const davy_infer_times *times)
{
    davy_batch_stat *batch = find_batch(stats, rows);

    atomic_fetch_add_explicit(&stats->executions, 1, memory_order_relaxed);
    if (!batch)
        return;
    add(&batch->input, times->input);
    add(&batch->compute, times->compute);
    add(&batch->output, times->output);
}
