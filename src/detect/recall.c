/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/recall.h"

#include <math.h>

/* Stretches before the newest sample, each so many times as long as the one before. */
#define FIRST_NS  (3600 * DAVY_NS_PER_S)
#define GROWTH    4
#define STRETCHES 7 /* 170 days */

struct recall {
    davy_novel *novel;
    double limit;
};

static davy_status look(void *context, const davy_store_run *run)
{
    const struct recall *recall = context;

    for (size_t i = 0; i < run->count; i++)
        if (run->quality[i] != DAVY_QUALITY_BAD)
            (void) davy_novel_look(recall->novel, recall->limit, run->values[i]);
    return DAVY_OK;
}

/* The shortest stretch with as many samples as are wanted, or the longest one. */
static davy_status find_begin(davy_store *store, davy_signal_id signal, int64_t end_ns,
                              double wanted, int64_t *begin_ns)
{
    int64_t length_ns = FIRST_NS;
    davy_store_bucket bucket = {0};
    davy_status status = DAVY_OK;

    for (int i = 0; i < STRETCHES && status == DAVY_OK; i++, length_ns *= GROWTH) {
        *begin_ns = end_ns < INT64_MIN + length_ns ? INT64_MIN : end_ns - length_ns;
        status = davy_store_summarise(store, signal, *begin_ns, end_ns, length_ns, &bucket, 1);
        if (status == DAVY_OK && (double) bucket.count >= wanted)
            break;
    }
    return status;
}

davy_status davy_recall_novel(davy_store *store, davy_signal_id signal, double limit,
                              davy_novel *novel)
{
    const double wanted = fmax(fmin(limit, DAVY_RECALL_MAX), DAVY_TAIL_MEMORY);
    struct recall recall = {novel, limit};
    davy_sample newest;
    int64_t begin_ns = 0;
    davy_status status = davy_store_latest(store, signal, &newest);

    if (status == DAVY_ERR_NOT_FOUND)
        return DAVY_OK;
    if (status == DAVY_OK)
        status = find_begin(store, signal, newest.time_ns + 1, wanted, &begin_ns);
    if (status == DAVY_OK)
        status = davy_store_scan(store, signal, begin_ns, newest.time_ns + 1, look, &recall);
    return status;
}
