/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/samples/page.h"

#include <stdlib.h>
#include <string.h>

static davy_status take_run(void *context, const davy_store_run *run)
{
    davy_samples_page *page = context;
    const size_t room = DAVY_SAMPLES_PAGE - page->count;
    const size_t count = run->count < room ? run->count : room;

    memcpy(page->times + page->count, run->times, count * sizeof page->times[0]);
    memcpy(page->values + page->count, run->values, count * sizeof page->values[0]);
    memcpy(page->quality + page->count, run->quality, count * sizeof page->quality[0]);
    page->count += count;
    page->more = count < run->count;
    return page->more ? DAVY_ERR_FULL : DAVY_OK; /* a full page ends the scan */
}

davy_status davy_samples_page_load(davy_store *store, davy_signal_id signal, int64_t *from_ns,
                                   int64_t to_ns, davy_samples_page *page)
{
    davy_status status;

    page->count = 0;
    page->more = false;
    status = davy_store_scan(store, signal, *from_ns, to_ns, take_run, page);
    if (status != DAVY_OK && !(status == DAVY_ERR_FULL && page->more))
        return status;
    if (page->count > 0)
        *from_ns = page->times[page->count - 1] + 1;
    return DAVY_OK;
}

davy_status davy_samples_steps(const davy_samples_query *query, davy_store_bucket **steps,
                               size_t *count)
{
    const uint64_t rest = (uint64_t) query->to_ns - (uint64_t) query->first_ns;

    *steps = NULL;
    *count = 0;
    if (query->step_ns == 0)
        return DAVY_OK;
    *count = query->first_ns > query->from_ns;
    if (rest > 0)
        *count += (size_t) ((rest - 1) / (uint64_t) query->step_ns) + 1;
    *steps = calloc(*count, sizeof **steps);
    return *steps ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu steps", *count);
}

davy_status davy_samples_summarise(const davy_samples_query *query, davy_signal_id signal,
                                   davy_store_bucket *steps, size_t count)
{
    const size_t cut = query->first_ns > query->from_ns;
    davy_status status = DAVY_OK;

    if (cut)
        status =
            davy_store_summarise_wanted(query->store, signal, query->from_ns, query->first_ns,
                                        query->first_ns - query->from_ns, steps, 1, &query->wanted);
    if (status == DAVY_OK && count > cut)
        status =
            davy_store_summarise_wanted(query->store, signal, query->first_ns, query->to_ns,
                                        query->step_ns, steps + cut, count - cut, &query->wanted);
    return status;
}

double davy_samples_anomaly_rate(const davy_store_bucket *step)
{
    return (double) (step->bad + step->uncertain) / (double) (step->count + step->bad);
}
