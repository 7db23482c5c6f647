/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/drift.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * Inside of a drift monitor: rows come in (drift.c), and are compared (drift_work.c).
 *
 * Stage: infer. While `busy` the rows of both sets belong to who works, and nobody else touches
 * them; otherwise they, like the sight, belong to who holds the lock.
 */
struct davy_drift {
    const davy_served *served;
    davy_drift_features features;
    davy_arena arena;
    float *reference, *window; /* [rows * features.count]; no reference yet: NULL */
    atomic_bool busy;
    _Atomic int64_t rest_ns; /* on the monotonic clock: rows pass by until then */
    _Atomic uint64_t passed;
    pthread_mutex_t lock;
    davy_drift_sight sight;
};

/** Where rows go while it learns. DAVY_ERR_NOMEM. */
DAVY_MUST_CHECK davy_status davy_drift_learn(davy_drift *drift);
