/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_private.h"
#include "infer/drift_training.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

/* Comparing takes one part of the time of a CPU, and this many are left between. */
#define REST_PARTS 9

/* What is found, before it is told. */
struct finding {
    davy_drift_figure figures[DAVY_DRIFT_FEATURES_MAX];
    davy_drift_verdict verdict;
    davy_drift_baseline rates[DAVY_DRIFT_MONITORS];
};

static davy_status find_rates(davy_drift *drift, struct finding *finding)
{
    davy_status status = davy_drift_rate(&drift->features, drift->reference,
                                         drift->sight.reference_rows, finding->rates);

    if (status != DAVY_OK)
        return status;
    (void) pthread_mutex_lock(&drift->lock);
    drift->sight.rated = true;
    memcpy(drift->sight.rates, finding->rates, sizeof drift->sight.rates);
    (void) pthread_mutex_unlock(&drift->lock);
    return DAVY_OK;
}

/* The first answers are the reference from now on. */
static davy_status end_learning(davy_drift *drift, struct finding *finding)
{
    (void) pthread_mutex_lock(&drift->lock);
    drift->sight.state = DAVY_DRIFT_WATCHING;
    drift->sight.reference_rows = drift->sight.filled;
    (void) pthread_mutex_unlock(&drift->lock);
    return find_rates(drift, finding);
}

/* Samples of training that cannot be run are no reference: the first answers become one, and those
 * in the window are the first of them. */
static davy_status learn_instead(davy_drift *drift)
{
    davy_status status;

    (void) pthread_mutex_lock(&drift->lock);
    status = davy_drift_learn(drift);
    if (status == DAVY_OK)
        memcpy(drift->reference, drift->window,
               drift->sight.filled * drift->features.count * sizeof *drift->window);
    (void) pthread_mutex_unlock(&drift->lock);
    return status;
}

static davy_status take_training(davy_drift *drift, davy_gate *gate, struct finding *finding)
{
    size_t count = 0;
    davy_status status =
        davy_drift_training(drift->served, &drift->features, gate, &drift->reference, &count);

    if (status != DAVY_OK)
        return status;
    (void) pthread_mutex_lock(&drift->lock);
    drift->sight.of_training = true;
    drift->sight.reference_rows = count;
    (void) pthread_mutex_unlock(&drift->lock);
    return find_rates(drift, finding);
}

static void tell(davy_drift *drift, const struct finding *finding)
{
    davy_drift_sight *sight = &drift->sight;
    davy_drift_past past = {.ended_ns = davy_wall_ns(davy_clock_system()),
                            .psi = finding->verdict.psi,
                            .ks_p = finding->verdict.ks_p,
                            .mmd_p = finding->verdict.mmd.p};

    memcpy(past.fired, finding->verdict.fired, sizeof past.fired);
    (void) pthread_mutex_lock(&drift->lock);
    if (sight->past_count == DAVY_DRIFT_HISTORY)
        memmove(sight->past, sight->past + 1, --sight->past_count * sizeof *sight->past);
    sight->past[sight->past_count++] = past;
    sight->newest = finding->verdict;
    memcpy(sight->figures, finding->figures, sizeof sight->figures);
    sight->windows++;
    for (size_t i = 0; i < DAVY_DRIFT_MONITORS; i++)
        sight->fired[i] += finding->verdict.fired[i];
    (void) pthread_mutex_unlock(&drift->lock);
}

static davy_status compare(davy_drift *drift, struct finding *finding)
{
    const davy_clock *clock = davy_clock_system();
    const int64_t started = davy_monotonic_ns(clock);
    davy_status status = davy_drift_compare(
        &drift->features, drift->reference, drift->sight.reference_rows, drift->window,
        DAVY_DRIFT_WINDOW_ROWS, drift->sight.windows, finding->figures, &finding->verdict);
    const int64_t ended = davy_monotonic_ns(clock);

    drift->rest_ns = ended + REST_PARTS * (ended - started);
    if (status == DAVY_OK)
        tell(drift, finding);
    return status;
}

/* @return whether the rows that are there stay, as the beginning of a reference */
static bool work_on(davy_drift *drift, davy_gate *gate, struct finding *finding)
{
    davy_status status = DAVY_OK;

    if (drift->sight.state == DAVY_DRIFT_LEARNING) {
        (void) end_learning(drift, finding); /* without rates it watches all the same */
        return false;
    }
    if (!drift->reference)
        status = take_training(drift, gate, finding);
    if (!drift->reference)
        return learn_instead(drift) == DAVY_OK;
    if (status == DAVY_OK)
        status = compare(drift, finding);
    if (status != DAVY_OK)
        atomic_fetch_add(&drift->passed, DAVY_DRIFT_WINDOW_ROWS); /* they were not compared */
    return false;
}

static void begin_anew(davy_drift *drift, bool keep)
{
    (void) pthread_mutex_lock(&drift->lock);
    if (!keep)
        drift->sight.filled = 0;
    atomic_store(&drift->busy, false);
    (void) pthread_mutex_unlock(&drift->lock);
}

void davy_drift_work(davy_drift *drift, davy_gate *gate)
{
    struct finding *finding;
    bool keep;

    if (!atomic_load(&drift->busy))
        return;
    finding = calloc(1, sizeof *finding);
    keep = finding && work_on(drift, gate, finding);
    free(finding);
    begin_anew(drift, keep);
}

void davy_drift_skip(davy_drift *drift)
{
    begin_anew(drift, false);
}
