/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/health.h"
#include "app/live.h"
#include "app/site_slot.h"
#include "core/clock.h"
#include "store/store.h"

/**
 * @file
 * Intake: where samples of every origin enter. Checked, made durable, then handed to detection.
 *
 * Stage: app. Any thread; davy_intake_deliver() returns after the sync.
 *
 * A value outside the instrument's range becomes quality uncertain; a value that is not finite
 * becomes quality bad; a time too far in the future is replaced by now, quality uncertain: the
 * sample is kept and says that something is wrong with it.
 *
 * A store that is full or has failed keeps nothing, and its caller is told so; detection looks at
 * the samples all the same, because the plant does not wait for a disk.
 */
typedef struct davy_intake {
    davy_store *store;
    davy_site_slot *slot;
    davy_live *live;
    const davy_clock *clock;
    davy_health *health;
} davy_intake;

/** As the header says. On a failure nothing of `samples` that was not yet synced is kept. */
DAVY_MUST_CHECK davy_status davy_intake_deliver(davy_intake *intake, const davy_sample *samples,
                                                size_t count);

/** When samples were checked and when they were on disk, by the monotonic clock. */
typedef struct davy_intake_times {
    int64_t accepted_ns, durable_ns;
} davy_intake_times;

/**
 * The same for the samples of a proof test, which have signals of their own.
 *
 * @param site  that these signals belong to
 */
DAVY_MUST_CHECK davy_status davy_intake_prove(davy_intake *intake, const davy_site *site,
                                              const davy_sample *samples, size_t count,
                                              davy_intake_times *times);

/** Try again to keep what failed before; detection has seen it and must not see it twice. */
DAVY_MUST_CHECK davy_status davy_intake_keep(davy_intake *intake, const davy_sample *samples,
                                             size_t count);
