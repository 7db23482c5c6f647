/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/batch.h"
#include "infer/certificate.h"
#include "infer/counts.h"
#include "infer/doubt_window.h"
#include "infer/drift.h"
#include "infer/guest.h"
#include "infer/host.h"
#include "infer/match.h"
#include "infer/queue.h"
#include "infer/sequence.h"

#include <pthread.h>

/**
 * @file
 * Inside of the host: desks, and what the files of a host tell each other.
 *
 * Stage: infer. A desk is what the host keeps beside a version that is loaded: its queue, the
 * instances that run it, its counts, sequences and certificate. It lives as long as the version.
 */
typedef struct davy_explaining davy_explaining;

/** What of an explanation's cost is kept apart: the usual way, and those that a client may name. */
#define DAVY_EXPLAIN_KINDS 6

typedef struct davy_desk {
    davy_host *host;
    const davy_served *served;
    const davy_served_info *info;
    davy_queue *queue;
    size_t batch_max; /* samples that go together; 1: none do */
    davy_place places[DAVY_PLACES_MAX];
    size_t place_count;
    davy_place explainer; /* of long explanations; it and the next two belong to whose turn it is */
    davy_guest guest;
    int64_t explain_began_ns;
    _Atomic int64_t explain_ns[DAVY_EXPLAIN_KINDS]; /* of one sample, as learnt; 0: not known */
    davy_infer_stats stats;
    davy_drift *drift;
    davy_habits habits; /* of what davy trained to answer */
    davy_arena memory;
    davy_sequences *sequences;    /* NULL: the model keeps no state */
    davy_certificate certificate; /* written once, then `certified` is set */
    atomic_bool certified;
} davy_desk;

struct davy_host {
    davy_repository *repository;
    davy_gate *gate;
    davy_explaining *explaining;
    davy_pool *pool; /* NULL: each run has its own thread alone */
    size_t queue_max, places;
    pthread_mutex_t lock; /* making desks */
    struct davy_routes *routes;
    struct davy_chores *chores;
    davy_repository_options options; /* as given: who is told of changes */
};

/** One request at a desk. */
typedef struct davy_visit {
    davy_desk *desk;
    const davy_infer_request *request;
    davy_infer_response *response;
    davy_matched matched;
    davy_ask ask;
    davy_sequence *sequence;   /* NULL: none */
    const davy_tensor *states; /* [state_count] for the next step, in the response's arena */
    bool *left_out;            /* [rows] samples that are not judged; NULL: none is */
    davy_guest *guest;  /* of a long explanation, under which it runs; NULL: it is in a run */
    int64_t explain_ns; /* that its explanations took of the gate's time */
    bool part;          /* of an ensemble */
    bool ran;           /* a failure came from the model */
} davy_visit;

/* desk.c */

/** The desk of a version that is held; made by the first who comes. */
DAVY_MUST_CHECK davy_status davy_desk_of(davy_host *host, davy_lease *lease, davy_desk **out);
/** Ask the version of this desk. @param part  for an ensemble, whose sequence may be another's */
DAVY_MUST_CHECK davy_status davy_desk_ask(davy_desk *desk, const davy_infer_request *request,
                                          davy_infer_response *response, bool part);

/** Run at a place that belongs to the caller, who has one at the gate. Sets the asks' status. */
void davy_desk_execute(davy_desk *desk, davy_place *place, davy_ask *const *asks, size_t count);

/** Whether so many rows could be answered by a thread that must not wait. */
bool davy_desk_is_quick(davy_desk *desk, size_t rows);

/** What was measured of it; from then on what cannot be met is refused. Once. */
void davy_desk_certify(davy_desk *desk, const davy_certificate *certificate);
/** For davy_lease_slot(). */
void davy_desk_destroy(void *desk);

/* reply.c */

/** Copy rows [first, first + rows) of the outputs of a batch into the response. */
DAVY_MUST_CHECK davy_status davy_reply_take(davy_visit *visit, const davy_tensor *outputs,
                                            size_t first, size_t batch);

/* ensemble.c */

/** Run the steps in the order of what they need. @param depth  ensembles that this is a part of */
DAVY_MUST_CHECK davy_status davy_ensemble_ask(davy_desk *desk, const davy_infer_request *request,
                                              davy_infer_response *response, unsigned depth);

/* host.c */

/** Look at samples that were answered; a window that is full with them is compared later. */
void davy_desk_note(davy_desk *desk, const davy_drift_rows *rows);

/** Ask without the routing of traffic. @param depth  ensembles that this one is part of */
DAVY_MUST_CHECK davy_status davy_host_ask(davy_host *host, const davy_infer_request *request,
                                          davy_infer_response *response, unsigned depth);
