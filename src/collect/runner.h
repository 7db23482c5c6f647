/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "collect/source.h"

#include <stdint.h>

/**
 * @file
 * Runs sources: one thread each, reconnecting with capped backoff, telling every change of state.
 *
 * Stage: collect. The runner knows no store: samples go to a callback. When a peer is lost, each of
 * the source's signals gets one sample of quality bad (value NaN) at the moment of the loss, so
 * that the gap is a recorded fact; a peer that connects and never delivers leaves one such mark and
 * not one for each attempt.
 *
 * Full-policy: a batch that cannot be delivered is kept and tried again with the same waits, and
 * the source is not read meanwhile, so that the pressure reaches the peer: a Modbus poll is left
 * out, a broker queues, a replay waits. A batch is given up only when the runner is stopped, and
 * then logged with its size.
 */

/** Reconnect waits: doubled from the first to the cap, with up to a quarter of jitter. */
#define DAVY_RUNNER_BACKOFF_FIRST_NS (500 * DAVY_NS_PER_MS)
#define DAVY_RUNNER_BACKOFF_CAP_NS   (30 * DAVY_NS_PER_S)

/** Samples of one delivery at most. */
#define DAVY_RUNNER_BATCH 4096

typedef enum davy_source_state {
    DAVY_SOURCE_CONNECTING, /* until the peer has answered: a mere connection is no answer */
    DAVY_SOURCE_RUNNING,
    DAVY_SOURCE_LOST,    /* waiting to try again */
    DAVY_SOURCE_FINISHED /* a replay that came to its end, or stopped */
} davy_source_state;

typedef struct davy_source_report {
    const davy_site_source *source;
    davy_source_state state;
    char message[256]; /* why it was lost, or why its samples wait; "" while all is well */
    uint64_t samples;  /* delivered, without the marks of gaps */
    uint64_t failures; /* losses and failed deliveries */
    int64_t since_ns;  /* wall time of the last change of state */
} davy_source_report;

typedef struct davy_runner_callbacks {
    void *context;
    /* Deliver; returns after the samples are durable. A failure keeps the batch and tries again. */
    davy_status (*deliver)(void *context, const davy_sample *samples, size_t count);
    /* A change of state; optional. */
    void (*report)(void *context, const davy_source_report *report);
} davy_runner_callbacks;

typedef struct davy_runner davy_runner;

/** Start a thread for one source. Everything is borrowed until stop. */
DAVY_MUST_CHECK davy_status davy_runner_start(const davy_site *site, const davy_site_source *source,
                                              const davy_clock *clock,
                                              const davy_runner_callbacks *callbacks,
                                              davy_runner **out);

/** Ask the thread to end and return at once; with many runners, ask all before the first stop. */
void davy_runner_interrupt(davy_runner *runner);

/** Ask the thread to end, wait for it, free it. NULL is fine. */
void davy_runner_stop(davy_runner *runner);

void davy_runner_report(davy_runner *runner, davy_source_report *report);
