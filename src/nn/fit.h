/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/prefetch.h"
#include "nn/trainer.h"

/**
 * @file
 * Fit: a whole training - epochs of shuffled batches, validation, early stop, checkpoints.
 *
 * Stage: nn. Batches are filled one ahead by another thread (prefetch.h), so reading and augmenting
 * pictures costs no time while the trainer works. The order of the samples in an epoch is a
 * function of the seed and the epoch, so a training that was interrupted, at an epoch's end or in
 * the middle, goes on to the same bits.
 *
 * What is watched is the loss of the validation set; without one, and with patience, the training
 * loss. The epoch where it is best gives the weights, and too many epochs without a better one end
 * the training. Without a validation set and without patience nothing is watched, and the weights
 * are those of the last step. All of them are averages if the trainer averages.
 */

/** Most epochs of a training. */
#define DAVY_FIT_EPOCHS_MAX ((uint64_t) 100000)

/** One epoch, as it is told when it ends. */
typedef struct davy_fit_epoch {
    uint64_t epoch;                            /* from 0 */
    uint64_t steps;                            /* of the optimiser, in all so far */
    double loss;                               /* mean over the samples while the weights changed */
    double metric;                             /* the same for options->metric; NaN without one */
    double validation_loss, validation_metric; /* NaN without a validation set */
    double rate;                               /* learning rate of its last step */
    double seconds;
    bool best; /* so far, by what early stop watches */
} davy_fit_epoch;

/** How far a training is, told after every step. */
typedef struct davy_fit_progress {
    uint64_t epoch, epochs;    /* from 0; at most this many */
    uint64_t sample, samples;  /* of this epoch: done, in all */
    double loss, metric;       /* means of this epoch so far; metric NaN without one */
    double samples_per_second; /* of this run */
    double seconds_left;       /* to the end of the last epoch, if nothing stops it */
    bool validating;
} davy_fit_progress;

typedef struct davy_fit_options {
    davy_samples train;
    davy_samples validation; /* count 0: none; the two fill() never run at the same time */
    uint64_t epochs;         /* at most */
    size_t batch;            /* samples of a batch; 0: 32, or all when there are fewer */
    size_t accumulate;       /* batches that make one step; 0: 1 */
    uint64_t seed;           /* of the shuffle */
    bool in_order;           /* do not shuffle */

    /* Sum over the samples of one batch of some quality, for example 1 for each right answer.
     * Called after a forward run with the outputs of the graph. NULL: none. */
    double (*metric)(void *context, const davy_tensor *inputs, const davy_trainer *trainer);
    bool watch_metric;  /* the largest metric is best, instead of the smallest loss */
    uint64_t patience;  /* epochs without a better one that end the training; 0: never */
    double improvement; /* what counts as better: by more than this */
    bool newest; /* the newest epoch counts as the best: validation is for the eye, and chooses
                  * nothing */

    const char *checkpoint; /* file written after every epoch and when interrupted; NULL: none */
    bool resume;            /* go on from that file, if it is there */

    void (*on_progress)(void *context, const davy_fit_progress *progress); /* NULL: nobody */
    void (*on_epoch)(void *context, const davy_fit_epoch *epoch); /* those before a resume again */
    bool (*interrupted)(void *context); /* asked after every step; true: save, end; NULL: never */
    void *context;                      /* of the four functions above */
} davy_fit_options;

typedef enum davy_fit_end {
    DAVY_FIT_COMPLETE, /* all epochs */
    DAVY_FIT_EARLY,    /* patience was over */
    DAVY_FIT_INTERRUPTED
} davy_fit_end;

typedef struct davy_fit_result {
    davy_fit_end end;
    uint64_t epochs;   /* that ended */
    uint64_t best;     /* the epoch whose weights the graph holds now */
    double best_value; /* its validation loss, or what else was watched */
    double seconds;    /* of this run */
} davy_fit_result;

/**
 * Train. At the end, also when interrupted, the graph holds the weights that the file comment says.
 *
 * Every input of the graph has its shape declared, all but dims[0], which is the batch.
 *
 * @param result  may be NULL
 * @return what fill() or the trainer failed with, the epoch in front; DAVY_ERR_INVALID for options
 *         that make no sense and for a checkpoint of other data. After a failed step the graph
 *         holds the weights before it, and the checkpoint is that of the epoch before
 */
DAVY_MUST_CHECK davy_status davy_fit_run(davy_trainer *trainer, const davy_fit_options *options,
                                         davy_fit_result *result);
