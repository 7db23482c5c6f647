/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/drift_compare.h"
#include "infer/gate.h"

/**
 * @file
 * Drift: whether what a version is asked, and what it answers, is still what it was made on.
 *
 * Stage: infer. Answered samples fill a window; a full one is compared with the reference
 * (drift_compare.h) beside answering, by the host's chores, and the next one begins:
 *
 *     WATCHING, filling a window -> busy, comparing -> WATCHING, filling the next ...
 *     without samples of training: LEARNING, filling the reference -> busy -> WATCHING ...
 *
 * The reference is the samples that the model's package keeps of its training, answered by the
 * model itself; where it keeps none, or fewer than DAVY_DRIFT_REFERENCE_LEAST, the first
 * DAVY_DRIFT_REFERENCE_ROWS that were answered, which says what changed since then and not since
 * training. While a window is compared, and nine times as long after it, samples pass by unseen and
 * are counted: comparing takes a tenth of a CPU at most. Memory is taken once; no lock is held
 * while anything is compared or run.
 */
#define DAVY_DRIFT_WINDOW_ROWS     200
#define DAVY_DRIFT_REFERENCE_ROWS  400
#define DAVY_DRIFT_REFERENCE_LEAST 60

/** Samples of one request that are looked at, evenly spaced. */
#define DAVY_DRIFT_REQUEST_ROWS 16

/** Windows that are remembered one by one. */
#define DAVY_DRIFT_HISTORY 64

typedef enum davy_drift_state {
    DAVY_DRIFT_NOTHING,  /* there is nothing to look at: an ensemble, texts */
    DAVY_DRIFT_LEARNING, /* the first answers become the reference */
    DAVY_DRIFT_WATCHING
} davy_drift_state;

typedef struct davy_drift_past {
    int64_t ended_ns; /* wall clock */
    double psi, ks_p, mmd_p;
    bool fired[DAVY_DRIFT_MONITORS];
} davy_drift_past;

/** What a reader gets: a copy. */
typedef struct davy_drift_sight {
    davy_drift_state state;
    bool of_training;                             /* what the reference is of; false: of requests */
    size_t reference_rows;                        /* 0: there is none yet */
    size_t filled;                                /* samples in the window, or in the reference */
    uint64_t rows, passed;                        /* samples that were looked at; that passed by */
    uint64_t windows, fired[DAVY_DRIFT_MONITORS]; /* all, and those for which it fired */
    bool rated;                                   /* `rates` are known */
    davy_drift_baseline rates[DAVY_DRIFT_MONITORS];
    davy_drift_verdict newest; /* of the newest window; so are the figures */
    davy_drift_figure figures[DAVY_DRIFT_FEATURES_MAX];
    davy_drift_past past[DAVY_DRIFT_HISTORY]; /* oldest first */
    size_t past_count;
} davy_drift_sight;

typedef struct davy_drift davy_drift;

/** @param served  borrowed until destroy */
DAVY_MUST_CHECK davy_status davy_drift_create(const davy_served *served, davy_drift **out);
/** NULL is fine. */
void davy_drift_destroy(davy_drift *drift);
const davy_drift_features *davy_drift_describe(const davy_drift *drift);

/** Samples of a request, and their answers in a batch. */
typedef struct davy_drift_rows {
    const davy_tensor *inputs;  /* as the client gave them */
    const davy_tensor *outputs; /* of the batch */
    size_t first;               /* row of its first sample in the batch */
    const bool *left_out;       /* samples that have no answer; NULL: all have */
} davy_drift_rows;

/**
 * Look at the samples of a request that was answered. For any number of threads.
 *
 * @return whether a comparison is due: the caller sees to it by davy_drift_work() or
 *         davy_drift_skip()
 */
bool davy_drift_note(davy_drift *drift, const davy_drift_rows *rows);

/**
 * Compare what is full; nothing when nothing is. One thread at a time.
 *
 * @param gate  at which running the samples of training is a guest
 */
void davy_drift_work(davy_drift *drift, davy_gate *gate);
/** Nobody will compare it: the window begins anew. */
void davy_drift_skip(davy_drift *drift);

/** How it is now. */
void davy_drift_look(davy_drift *drift, davy_drift_sight *out);
