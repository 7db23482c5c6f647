/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void lower_quality(davy_sample *sample, davy_quality quality)
{
    if (sample->quality < (uint32_t) quality)
        sample->quality = (uint32_t) quality;
}

/* @return true when the time was replaced */
static bool check_sample(const davy_site *site, int64_t latest_ns, int64_t now_ns,
                         davy_sample *sample)
{
    bool ahead = sample->time_ns > latest_ns;
    const davy_site_signal *signal = davy_site_signal_by_id(site, sample->signal);

    if (!isfinite(sample->value))
        lower_quality(sample, DAVY_QUALITY_BAD);
    if (ahead) {
        sample->time_ns = now_ns;
        lower_quality(sample, DAVY_QUALITY_UNCERTAIN);
    }
    /* A comparison with NaN is false: no range, no doubt. */
    if (signal && (sample->value < signal->range_low || sample->value > signal->range_high))
        lower_quality(sample, DAVY_QUALITY_UNCERTAIN);
    return ahead;
}

static davy_status take(davy_intake *intake, const davy_site *site, const davy_sample *samples,
                        size_t count, bool is_new, davy_intake_times *times)
{
    int64_t now_ns = davy_wall_ns(intake->clock);
    davy_sample *checked;
    davy_status status;
    size_t ahead = 0;

    if (count == 0)
        return DAVY_OK;
    checked = malloc(count * sizeof *checked);
    if (!checked)
        return davy_fail(DAVY_ERR_NOMEM, "%zu samples", count);
    memcpy(checked, samples, count * sizeof *checked);
    for (size_t i = 0; i < count; i++)
        ahead += check_sample(site, now_ns + DAVY_STORE_FUTURE_MAX_NS, now_ns, &checked[i]);
    times->accepted_ns = davy_monotonic_ns(intake->clock);

    status = davy_store_append(intake->store, checked, count);
    times->durable_ns = davy_monotonic_ns(intake->clock);
    davy_health_appended(intake->health, status, count, ahead);
    if (is_new && status != DAVY_ERR_INVALID)
        davy_live_push(intake->live, checked, count);
    free(checked);
    return status;
}

/* With the site of the moment. */
static davy_status take_for_site(davy_intake *intake, const davy_sample *samples, size_t count,
                                 bool is_new)
{
    const davy_site *site = davy_site_slot_acquire(intake->slot);
    davy_intake_times times;
    davy_status status = take(intake, site, samples, count, is_new, &times);

    davy_site_slot_release(intake->slot, site);
    return status;
}

davy_status davy_intake_deliver(davy_intake *intake, const davy_sample *samples, size_t count)
{
    return take_for_site(intake, samples, count, true);
}

davy_status davy_intake_keep(davy_intake *intake, const davy_sample *samples, size_t count)
{
    return take_for_site(intake, samples, count, false);
}

davy_status davy_intake_prove(davy_intake *intake, const davy_site *site,
                              const davy_sample *samples, size_t count, davy_intake_times *times)
{
    return take(intake, site, samples, count, true, times);
}
