/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/emitter.h"
#include "detect/novel.h"
#include "detect/passage.h"
#include "detect/rate.h"
#include "detect/shift.h"
#include "detect/stuck.h"

/**
 * @file
 * All checks of one signal: limits, rate, stuck value, shift of the mean, novelty, quality and
 * silence.
 *
 * Stage: detect. A monitor takes the samples of its signal in the order of their times. A sample
 * that is not newer than the last one is late: it is counted and not looked at. A device whose
 * clock was set back sends nothing but late samples; after DAVY_LATE_RUN of them in a row, each
 * newer than the one before, their time is believed, so that one sample from the future cannot
 * blind a limit.
 *
 * A bad sample (also a NaN) says nothing about the value: limits keep their answer and no pending
 * end runs out. An uncertain one, outside the instrument's range for example, is looked at like a
 * good one: a pressure beyond the range is still a pressure.
 */

/** Late samples in a row after which a clock is taken to have been set back. */
#define DAVY_LATE_RUN 3

/** Zeroed, with the first four fields set, is the valid start. */
typedef struct davy_monitor {
    const davy_site_signal *signal;
    uint32_t first; /* index of its first condition */
    uint32_t asked; /* DAVY_KIND_BIT of each condition it has */
    bool retimed;   /* rules give delays or deadbands; else the signal's own, which lie nearer */
    int64_t
        heard_ns; /* owner's clock when the signal last gave an answer: silence counts from it */

    int64_t time_ns; /* of the newest sample looked at */
    int64_t late_ns; /* of the newest late sample */
    double value;    /* newest that is not bad */
    uint32_t late;   /* late samples since the start */
    uint8_t late_run;
    bool started;
    bool has_value;
    davy_delay limits[DAVY_CONDITION_HIHI + 1];
    davy_rate rate;
    davy_stuck stuck;
    davy_shift *shift; /* only where asked for; belongs to the engine */
    davy_novel *novel; /* the same */
    davy_delay quality;
    davy_delay silence;
} davy_monitor;

/** A sample of this time would not be looked at. */
bool davy_monitor_is_late(const davy_monitor *monitor, int64_t time_ns);

/** A condition of the signal holds, as far as it has been told. */
davy_truth davy_monitor_holds(const davy_monitor *monitor, davy_condition_kind kind);

/** Look at a sample. @return false when it was late and models must not look at it either */
bool davy_monitor_sample(davy_monitor *monitor, davy_emitter *emitter, const davy_sample *sample,
                         int64_t now_ns);

/**
 * If looking at each of these samples at its time, and at the time in between, would tell nothing
 * and leave no answer pending, then go to where that leads and return true. Else change nothing.
 *
 * It is true of a signal whose values stay on one side of each limit, which is never silent for too
 * long, and whose moves change no answer, as far as the stretch tells its moves or its values. It
 * is also true of one that sends nothing but bad samples and is told to.
 */
bool davy_monitor_pass(davy_monitor *monitor, const davy_emitter *emitter,
                       const davy_passage *stretch);

/** Look at the time. @param wall_ns  event time to give to a silence that begins now */
void davy_monitor_tick(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns,
                       int64_t wall_ns);
