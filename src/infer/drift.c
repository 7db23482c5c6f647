/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift.h"

#include "infer/backend.h"
#include "infer/drift_private.h"

#include "core/clock.h"
#include "models/explain/background.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------- made and unmade
 */

davy_status davy_drift_learn(davy_drift *drift)
{
    drift->reference =
        calloc(DAVY_DRIFT_REFERENCE_ROWS * drift->features.count, sizeof *drift->reference);
    if (!drift->reference)
        return davy_fail(DAVY_ERR_NOMEM, "what a model is asked");
    drift->sight.state = DAVY_DRIFT_LEARNING;
    return DAVY_OK;
}

static davy_status make_sets(davy_drift *drift)
{
    const davy_background *background = davy_served_background(drift->served);

    if (drift->features.count == 0)
        return DAVY_OK;
    drift->window = calloc(DAVY_DRIFT_WINDOW_ROWS * drift->features.count, sizeof *drift->window);
    if (!drift->window)
        return davy_fail(DAVY_ERR_NOMEM, "what a model is asked");
    drift->sight.state = DAVY_DRIFT_WATCHING;
    return background && background->count >= DAVY_DRIFT_REFERENCE_LEAST ? DAVY_OK
                                                                         : davy_drift_learn(drift);
}

davy_status davy_drift_create(const davy_served *served, davy_drift **out)
{
    davy_drift *drift = calloc(1, sizeof *drift);
    davy_status status;

    if (!drift)
        return davy_fail(DAVY_ERR_NOMEM, "what a model is asked");
    drift->served = served;
    (void) pthread_mutex_init(&drift->lock, NULL);
    status =
        davy_drift_features_choose(davy_served_describe(served), &drift->arena, &drift->features);
    if (status == DAVY_OK)
        status = make_sets(drift);
    if (status != DAVY_OK) {
        davy_drift_destroy(drift);
        return status;
    }
    *out = drift;
    return DAVY_OK;
}

void davy_drift_destroy(davy_drift *drift)
{
    if (!drift)
        return;
    free(drift->reference);
    free(drift->window);
    davy_arena_clear(&drift->arena);
    (void) pthread_mutex_destroy(&drift->lock);
    free(drift);
}

const davy_drift_features *davy_drift_describe(const davy_drift *drift)
{
    return &drift->features;
}

void davy_drift_look(davy_drift *drift, davy_drift_sight *out)
{
    (void) pthread_mutex_lock(&drift->lock);
    *out = drift->sight;
    (void) pthread_mutex_unlock(&drift->lock);
    out->passed = atomic_load_explicit(&drift->passed, memory_order_relaxed);
}

/* ------------------------------------------------------------------------------ samples come in */

/* Samples of a request, or 0 where its tensors do not hold as many of them each: a model that says
 * nothing of a batch may take what it wants. */
static size_t samples_of(const davy_drift *drift, const davy_drift_rows *rows)
{
    const davy_drift_features *features = &drift->features;
    int64_t count;

    if (!features->rowed)
        return 1;
    count = rows->inputs[0].dims[0];
    for (size_t i = 0; i < features->count; i++) {
        const davy_drift_feature *feature = &features->at[i];

        if (feature->output ? rows->outputs[feature->port].dims[0] < (int64_t) rows->first + count
                            : rows->inputs[feature->port].dims[0] != count)
            return 0;
    }
    return (size_t) count;
}

static void pass_by(davy_drift *drift, size_t count)
{
    atomic_fetch_add_explicit(&drift->passed, count, memory_order_relaxed);
}

/* As many rows as there is room for. @return whether that filled it */
static bool append(davy_drift *drift, const float *numbers, size_t count)
{
    const size_t width = drift->features.count;
    davy_drift_sight *sight = &drift->sight;
    const bool learning = sight->state == DAVY_DRIFT_LEARNING;
    const size_t capacity = learning ? DAVY_DRIFT_REFERENCE_ROWS : DAVY_DRIFT_WINDOW_ROWS;
    const size_t room = capacity - sight->filled, taken = count < room ? count : room;

    if (atomic_load(&drift->busy)) {
        pass_by(drift, count);
        return false;
    }
    memcpy((learning ? drift->reference : drift->window) + sight->filled * width, numbers,
           taken * width * sizeof *numbers);
    sight->filled += taken;
    sight->rows += taken;
    pass_by(drift, count - taken);
    if (sight->filled == capacity)
        atomic_store(&drift->busy, true);
    return sight->filled == capacity;
}

bool davy_drift_note(davy_drift *drift, const davy_drift_rows *rows)
{
    float numbers[DAVY_DRIFT_REQUEST_ROWS * DAVY_DRIFT_FEATURES_MAX];
    const size_t width = drift->features.count, count = width > 0 ? samples_of(drift, rows) : 0;
    const size_t taken = count < DAVY_DRIFT_REQUEST_ROWS ? count : DAVY_DRIFT_REQUEST_ROWS;
    bool full;

    if (taken == 0 || atomic_load_explicit(&drift->busy, memory_order_relaxed) ||
        davy_monotonic_ns(davy_clock_system()) < drift->rest_ns) {
        pass_by(drift, count > 0 ? count : 1);
        return false;
    }
    for (size_t i = 0; i < taken; i++) {
        const size_t row = i * count / taken;
        const bool answered = !rows->left_out || !rows->left_out[row];

        davy_drift_features_read(&drift->features, rows->inputs, row,
                                 answered ? rows->outputs : NULL, rows->first + row,
                                 numbers + i * width);
    }
    (void) pthread_mutex_lock(&drift->lock);
    full = append(drift, numbers, taken);
    (void) pthread_mutex_unlock(&drift->lock);
    pass_by(drift, count - taken);
    return full;
}
