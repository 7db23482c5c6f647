/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "nn/fit.h"

/**
 * @file
 * A training under way: fit.c runs it, fit_resume.c keeps it and goes on.
 *
 * Stage: nn.
 */

/** How far a training is: what a checkpoint has besides the trainer, followed by the epochs. */
typedef struct davy_fit_place {
    uint64_t epoch, sample; /* the next ones to come */
    double loss, metric;    /* sums over the samples of this epoch so far */
    double seconds;         /* of this epoch, before the run that goes on */
    uint64_t best;          /* epoch; with best_value when any was watched */
    double best_value;
    uint64_t told; /* epochs that follow */
} davy_fit_place;

typedef struct davy_fit_state {
    davy_trainer *trainer;
    const davy_fit_options *options;
    size_t batch, accumulate;
    davy_prefetch *prefetch;
    uint32_t *order; /* [largest set] */
    davy_fit_place place;
    davy_buffer epochs; /* of davy_fit_epoch */
    bool interrupted;
    int64_t began_ns, epoch_ns; /* monotonic: this run, this epoch in it */
    uint64_t trained;           /* samples in this run */
    float rate;                 /* of the last step */
} davy_fit_state;

/** Write the checkpoint, if there is to be one. */
DAVY_MUST_CHECK davy_status davy_fit_save(const davy_fit_state *fit);

/** Go on from the checkpoint, if that is wanted and it is there; tell its epochs again. */
DAVY_MUST_CHECK davy_status davy_fit_resume(davy_fit_state *fit);
