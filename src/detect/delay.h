/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/logic.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * On-delay and off-delay: turns "the value is beyond" into "the condition began" and "ended".
 *
 * Stage: detect. Time runs in event time while samples come. When they stop, the owner's clock goes
 * on for them, so a delay that runs out between two samples is still told.
 *
 *                    holds         does not hold         its delay is over
 *     UNKNOWN        PENDING_ON    OFF, tells the end
 *     OFF            PENDING_ON    .
 *     PENDING_ON     .             OFF (*)               ON, tells the begin
 *     ON             .             PENDING_OFF
 *     PENDING_OFF    ON            .                     OFF, tells the end
 *     (*) tells the end when no answer was told before
 *
 * The first answer is always told, also when it is "does not hold": after a start whoever keeps
 * alarms must learn that one of them is over. Source: the delays of ISA-18.2-2016, 10.2.
 */
typedef enum davy_phase {
    DAVY_PHASE_UNKNOWN,
    DAVY_PHASE_OFF,
    DAVY_PHASE_PENDING_ON,
    DAVY_PHASE_ON,
    DAVY_PHASE_PENDING_OFF
} davy_phase;

typedef enum davy_change { DAVY_CHANGE_NONE, DAVY_CHANGE_BEGINS, DAVY_CHANGE_ENDS } davy_change;

/** Zeroed is the valid start. */
typedef struct davy_delay {
    int64_t since_ns; /* event time at which the pending answer was first given */
    int64_t armed_ns; /* the owner's clock at that moment */
    uint8_t phase;    /* a davy_phase */
    bool told;        /* an answer has been told */
} davy_delay;

/** How long an answer must last. */
typedef struct davy_delays {
    int64_t on_ns, off_ns;
} davy_delays;

/** The newest answer: `holds`, at event time time_ns, seen at now_ns on the owner's clock. */
davy_change davy_delay_update(davy_delay *delay, bool holds, int64_t time_ns, int64_t now_ns,
                              const davy_delays *delays);

/** No sample, but time goes on. @param time_ns  event time at which the delay ran out */
davy_change davy_delay_tick(davy_delay *delay, int64_t now_ns, const davy_delays *delays,
                            int64_t *time_ns);

/**
 * The answer is not known now (the sample is bad). A pending end is taken back, because nobody sees
 * that the value stays good; a pending begin goes on.
 */
void davy_delay_hold(davy_delay *delay);

/** Begin as a condition that held when the program last ran: it ends by its own rules. */
void davy_delay_restore(davy_delay *delay);

/** The condition has begun and not ended. */
static inline bool davy_delay_active(const davy_delay *delay)
{
    return delay->phase == DAVY_PHASE_ON || delay->phase == DAVY_PHASE_PENDING_OFF;
}

/** What has been told: not known before the first answer. */
static inline davy_truth davy_delay_truth(const davy_delay *delay)
{
    if (!delay->told)
        return DAVY_UNKNOWN;
    return davy_delay_active(delay) ? DAVY_TRUE : DAVY_FALSE;
}

/** The newest answer was "holds". */
static inline bool davy_delay_holds(const davy_delay *delay)
{
    return delay->phase == DAVY_PHASE_ON || delay->phase == DAVY_PHASE_PENDING_ON;
}
