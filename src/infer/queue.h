/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/bell.h"
#include "infer/config.h"
#include "infer/gate.h"
#include "infer/request.h"

#include <sys/queue.h>

/**
 * @file
 * Queue of one version: who asks waits here, and the first, when there is room to run, leads.
 *
 * Stage: infer. A leader takes those behind it that fit into its batch, runs it in its own thread,
 * hands out the parts and wakes the others. There is no thread of the queue. An ask on its way:
 *
 *                      .-- time is over --> DONE (refused, or to the end of its level: DELAY)
 *     ask -> WAITING --+-- first, a place is free -> LEADS --- runs ---> DONE
 *                      '-- a leader takes it ------> TAKEN --- woken --> DONE
 *
 * A queue has as many places as instances may run at a time. At most one leader gathers at a time:
 * it may wait for company (delay_us) and for its turn at the host's gate, and composes its batch
 * after that, of all that came meanwhile.
 *
 * Rules. Levels of priority are strict. Within a level the order is that of arrival; a batch takes
 * from the front only, and stops at the first that does not fit, so nobody is overtaken. Whoever
 * asks holds no lock while a model runs.
 *
 * Sources: preferred sizes, delay, levels and time-outs mean what they do in Triton's dynamic
 * batcher; leading is the group commit of databases.
 */
typedef struct davy_queue davy_queue;
typedef struct davy_ask davy_ask;

/** What runs a batch: asks[0] leads, all are of one form. Sets their status; called unlocked. */
typedef void (*davy_queue_run)(void *context, size_t place, davy_ask *const *asks, size_t count);

/** How long the asks ahead of one will take; NULL when nothing was measured. Called locked. */
typedef struct davy_forecast {
    int64_t (*ns)(const void *context, size_t rows); /* of a run of so many rows */
    const void *context;
    size_t most; /* rows of a run that others can wait for, unless sizes are preferred; 0: any */
} davy_forecast;

typedef struct davy_queue_options {
    const char *model;             /* for sentences */
    const davy_batching *batching; /* borrowed */
    size_t batch_max;              /* rows of a batch; 0 or 1: everybody runs alone */
    size_t places;                 /* runs at a time, 1 to DAVY_PLACES_MAX */
    size_t waiting_max;            /* over all levels, unless the policy of one says less */
    double promise_ms;             /* most time from question to answer; 0: none promised */
    davy_gate *gate;               /* borrowed */
    davy_queue_run run;
    void *context;
} davy_queue_options;

#define DAVY_PLACES_MAX 64 /* more instances than a small machine has CPUs gain nothing */

typedef enum davy_ask_state {
    DAVY_ASK_WAITING,
    DAVY_ASK_LEADS,
    DAVY_ASK_TAKEN,
    DAVY_ASK_DONE
} davy_ask_state;

/** One request in a queue, on the stack of the thread that asks. */
struct davy_ask {
    /* Set by who asks. */
    const davy_tensor *inputs; /* [input_count] of the model; borrowed */
    size_t input_count, rows;  /* along dimension 0 */
    bool alone;                /* takes no company */
    bool at_once;              /* runs now or is refused: DAVY_REFUSAL_WAIT */
    unsigned priority;         /* 0: the default */
    uint64_t timeout_us;       /* 0: that of the policy */
    int64_t more_ns;           /* that its run takes beyond that of its rows: an explanation */
    void *context;             /* of who runs it */

    /* Set by the queue. */
    davy_status status;
    char sentence[DAVY_ERROR_MAX]; /* of a failure, whichever thread it happened in */
    davy_refusal refusal;
    unsigned retry_after_ms;
    int64_t arrived_ns; /* monotonic, as are the next two */
    int64_t ready_ns;   /* of a leader: it waits for no more company */
    int64_t started_ns; /* its batch is composed */
    davy_ask_state state;
    int64_t until_ns; /* 0: for ever */
    davy_timeout_action action;
    unsigned level;
    bool late; /* its time is over, and it waits behind the others of its level */
    size_t place;
    davy_bell bell;
    TAILQ_ENTRY(davy_ask) link;
};

DAVY_MUST_CHECK davy_status davy_queue_create(const davy_queue_options *options, davy_queue **out);
/** NULL is fine. Nobody waits in it. */
void davy_queue_destroy(davy_queue *queue);

/** Ask and wait for the end. @return ask->status, with its sentence in davy_error() */
DAVY_MUST_CHECK davy_status davy_queue_ask(davy_queue *queue, davy_ask *ask);

/** From now on what cannot be met in time is refused at once. */
void davy_queue_set_forecast(davy_queue *queue, davy_forecast forecast);

/** Whether an ask would run now, for all that can be known without taking a place. */
bool davy_queue_is_idle(davy_queue *queue);

/** Asks that wait now. */
size_t davy_queue_length(davy_queue *queue);

/** Until when an ask may wait that is in no queue: by its own time alone. 0: for ever. */
int64_t davy_ask_until(const davy_ask *ask);

/** Keep the failure of the running thread for the thread that asked. */
void davy_ask_fail(davy_ask *ask, davy_status status);
