/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/notify.h"
#include "app/health.h"
#include "app/intake.h"
#include "app/live.h"
#include "serve/api/proofs.h"

/**
 * @file
 * Proof tests: does a deviation of this signal still reach those who are told?
 *
 * Stage: app. A test takes conditions one after the other. For each it makes a proof
 * (detect/proof.h) and sends its samples the way of all samples: checked by intake, synced by the
 * store under paths of their own, through the ring to the thread that detects. What is found there
 * goes through an alarm engine of the test's own, whose transitions are synced as records of kind
 * DAVY_RECORD_PROOF, to the event streams and, when asked to, to the receivers as drills.
 *
 *     intake --> store, synced --> ring --> proof --> alarm, durable --> event "prooftest" -->
 * drill
 *
 * Nothing of it can be taken for the plant: the engine at work does not know the signals, alarms
 * and figures are made of records of another kind, and what the proof learns is thrown away. Real
 * samples of the same call are looked at first. A kill leaves records and nothing that stands.
 *
 * Bad at: it does not prove sensors, wires and the source's own reading of them.
 */
typedef struct davy_prooftests davy_prooftests;

/** Most conditions of one test. */
#define DAVY_PROOFTEST_MAX DAVY_SITE_PROOFTEST_CONDITIONS_MAX

/** Subject of the records. */
#define DAVY_PROOFTEST_SUBJECT "prooftest"

typedef struct davy_prooftest_parts {
    davy_site_slot *slot;
    davy_store *store;
    davy_records *records;
    davy_alarms *alarms; /* at work: is somebody told of this one? */
    davy_intake *intake;
    davy_live *live;
    davy_notify *notify;
    davy_health *health;
    const char *registry;
    const davy_clock *clock;
    void *context;
    void (*publish)(void *context, const char *event, const char *json);
} davy_prooftest_parts;

DAVY_MUST_CHECK davy_status davy_prooftests_create(const davy_prooftest_parts *parts,
                                                   davy_prooftests **out);
/** Read what earlier tests found, tell health of it, and be ready. */
DAVY_MUST_CHECK davy_status davy_prooftests_start(davy_prooftests *tests);
/** A test that runs is broken off. NULL is fine. */
void davy_prooftests_stop(davy_prooftests *tests);
/** NULL is fine. */
void davy_prooftests_destroy(davy_prooftests *tests);

/** For the routes; borrowed from `tests`. */
davy_proofs davy_prooftests_view(davy_prooftests *tests);
