/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "core/sample.h"
#include "detect/passage.h"
#include "store/store.h"

/**
 * @file
 * A plant rehearsed: the engine that detects and the engine of the alarms over samples of the past,
 * on a clock that the samples move.
 *
 * Stage: alarm. Both engines are those of the daemon; nothing is kept on a disk. Time is looked at
 * at every whole second, before the samples of that moment, so what one signal does depends on no
 * other signal's samples. Nobody acts: nothing is acknowledged, shelved or reset.
 */
typedef struct davy_rehearsal davy_rehearsal;

typedef struct davy_rehearsal_options {
    const davy_site *site; /* its signals have the ids of the samples; borrowed */
    const char *registry;
    int64_t begin_ns; /* the clocks stand there at first */
    void *context;
    /* The alarm of a condition was announced, at time_ns on the rehearsed clock: it rang, or rang
     * again; and it is in alarm now, as people would be shown it. */
    void (*announced)(void *context, size_t condition, bool rings, bool stands, int64_t time_ns);
} davy_rehearsal_options;

DAVY_MUST_CHECK davy_status davy_rehearsal_create(const davy_rehearsal_options *options,
                                                  davy_rehearsal **out);
/** NULL is fine. */
void davy_rehearsal_destroy(davy_rehearsal *rehearsal);

/** The next sample, in the order of times. */
DAVY_MUST_CHECK davy_status davy_rehearsal_sample(davy_rehearsal *rehearsal,
                                                  const davy_sample *sample);

/**
 * The next samples of a signal that is rehearsed alone: the same to the bit as one after the other,
 * and many times faster where nothing happens.
 */
DAVY_MUST_CHECK davy_status davy_rehearsal_run(davy_rehearsal *rehearsal,
                                               const davy_store_run *run);

/** The same for samples of which no more is known: false when each must be looked at. */
bool davy_rehearsal_pass(davy_rehearsal *rehearsal, davy_signal_id signal,
                         const davy_passage *stretch);

/** The history is over at end_ns: time passes until then, and rows that wait are scored. */
DAVY_MUST_CHECK davy_status davy_rehearsal_end(davy_rehearsal *rehearsal, int64_t end_ns);
