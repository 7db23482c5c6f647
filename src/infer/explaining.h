/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/guest.h"
#include "infer/host_private.h"

/**
 * @file
 * Explanations that take long: beside the queues of their models, and one at a time.
 *
 * Stage: infer. Shares of a network cost a hundred runs of it. Such an explanation takes no place
 * of its model, and is a guest at the gate: whoever is asked something waits for one of its steps
 * at most. What it costs is learnt from those before it, on this box; while nothing is known it
 * counts as long. Short ones, as those of trees, are part of their answer's run.
 *
 *     asked -- too many, too long to wait: refused --> its turn -- steps, as a guest --> answered
 *
 * An explanation that outlasts DAVY_EXPLAIN_LONGEST_NS of the gate's time ends with an error.
 */

/** Explanations at a time, waiting ones too: each holds a thread of the server, which has some
 * fifty. One client has some of them at most, so that another finds room. */
#define DAVY_EXPLANATIONS_MAX        8
#define DAVY_EXPLANATIONS_CLIENT_MAX 2

/** What would wait longer for its turn is told to come again: its client has given up by then. */
#define DAVY_EXPLAIN_WAIT_NS INT64_C(30000000000)

/** Most of one request: a minute of the gate's time are a thousand steps of a large network. */
#define DAVY_EXPLAIN_LONGEST_NS INT64_C(60000000000)

/** Expected to take longer than this it is no part of a run: others of its model would wait. */
#define DAVY_EXPLAIN_LONG_NS INT64_C(20000000)

DAVY_MUST_CHECK davy_status davy_explaining_create(davy_gate *gate, davy_explaining **out);
/** NULL is fine. */
void davy_explaining_destroy(davy_explaining *explaining);
/** All end now, with DAVY_ERR_UNAVAILABLE, and later ones are refused. */
void davy_explaining_stop(davy_explaining *explaining);

/** Explanations under way, waiting ones too. */
size_t davy_explaining_count(davy_explaining *explaining);

/** Nanoseconds that the explanations of a request will take; 0 for none, and when nobody knows. */
int64_t davy_explaining_expect(const davy_visit *visit);
/** Whether a request goes this way. */
bool davy_explaining_takes(const davy_visit *visit);
/** The turn of a request, its run and its explanations. Sets its ask as a queue does. */
DAVY_MUST_CHECK davy_status davy_explaining_run(davy_visit *visit);

/** Explain what an instance has just run for this request, and learn what it took. */
DAVY_MUST_CHECK davy_status davy_explaining_reply(davy_visit *visit, davy_instance *instance);
