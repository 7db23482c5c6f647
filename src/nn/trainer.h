/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "nn/graph.h"
#include "nn/optimiser.h"
#include "nn/pool.h"
#include "nn/schedule.h"

/**
 * @file
 * Trainer: changes the parameters of a graph, batch by batch, so that its loss falls.
 *
 * Stage: nn. A trainer works on a graph whose inputs are what a model sees and what it should have
 * answered, and one of whose values is a loss (nn/op/loss.c). Epochs, shuffling, validation and
 * early stop stand above it, in fit.h; it knows batches alone.
 *
 *     step:  forward -> loss -> backward -> mean of what was accumulated -> clip -> optimiser
 *                -> average (EMA)
 *
 * Promises:
 * 1. The same graph, options, seed and batches give the same bits, whatever the number of threads,
 *    and also when the training was cut in two by davy_trainer_save() and davy_trainer_load().
 * 2. A step that meets a number that is not finite (an input, the loss, a gradient) or that would
 *    make one fails, names the step and the parameter, and leaves parameters, statistics and the
 *    optimiser's memory as they were. So a trainer never holds a model that is not finite.
 * 3. After the first step of a shape, a step of that shape allocates nothing.
 *
 * A trainer belongs to one thread. It makes a plan for each set of input shapes, so the short last
 * batch of an epoch is no special case, and keeps the last few; all plans share one arena.
 */
typedef struct davy_trainer davy_trainer;

/** Plans kept, for training and for evaluation; the one used longest ago gives way. */
#define DAVY_TRAINER_PLANS_MAX 8

/** Zeroed: Adam with a constant rate of 0.001 in f32. */
typedef struct davy_trainer_options {
    davy_optimiser_options optimiser;
    davy_schedule schedule;
    /* EMA of the weights: share of the past that step t keeps, at most (1 + t) / (10 + t) so that
     * a short training is no mean of its start (as TensorFlow has it); 0: none. */
    float average;
    /* Parameters whose names begin with one of these stay as they are, and statistics too: their
     * layers work as in inference, and nothing is computed for them on the way back. */
    const char *const *frozen;
    size_t frozen_count;
    uint64_t seed;     /* of dropout */
    bool bf16;         /* bf16 products with f32 sums and f32 weights, where the CPU has AMX */
    size_t memory_max; /* bytes of one plan's arena; 0: DAVY_RUN_MEMORY_MAX (network.h) */
} davy_trainer_options;

/**
 * @param graph  borrowed, and not changed by others until the trainer is destroyed. Its parameters
 *               move into one vector, which the graph owns (data of their edges points there), so
 *               what was learnt is in the graph at any time; its roles are as before afterwards
 * @param loss   the value to be made small: a float of rank 0
 * @param pool   borrowed; NULL: this thread alone
 * @return DAVY_ERR_INVALID for options that make no sense, a parameter that is not finite, nothing
 *         that is learnt; DAVY_ERR_NOT_FOUND for a frozen prefix that no name has. An operator
 *         without a way back (DAVY_ERR_UNSUPPORTED) and a loss that depends on no parameter are
 *         found at the first step
 */
DAVY_MUST_CHECK davy_status davy_trainer_create(davy_graph *graph, davy_value loss,
                                                const davy_trainer_options *options,
                                                davy_pool *pool, davy_trainer **out);
/** NULL is fine. The graph stays, with the weights of the last step. */
void davy_trainer_destroy(davy_trainer *trainer);
/** The graph it changes. Borrowed. */
const davy_graph *davy_trainer_graph(const davy_trainer *trainer);

/**
 * Learn from one batch: davy_trainer_accumulate() and davy_trainer_update().
 *
 * @param inputs  [graph->input_count] with data, in the order of the graph; dims[0] of the first
 *                is the number of samples
 * @param loss    of this batch, before the step; may be NULL
 * @return DAVY_ERR_INVALID as promise 2 says, or when a shape or an index does not fit
 */
DAVY_MUST_CHECK davy_status davy_trainer_step(davy_trainer *trainer, const davy_tensor *inputs,
                                              float *loss);

/**
 * Forward and back only, keeping the gradient. Batches until davy_trainer_update() count as one:
 * their gradients are averaged, weighted by their numbers of samples. After a failure, here or in
 * the update, none of them has been.
 */
DAVY_MUST_CHECK davy_status davy_trainer_accumulate(davy_trainer *trainer,
                                                    const davy_tensor *inputs, float *loss);
/** One step of the optimiser with what was accumulated, which is then forgotten, also on failure.
 * DAVY_OK without effect when nothing was. */
DAVY_MUST_CHECK davy_status davy_trainer_update(davy_trainer *trainer);

/**
 * Forward only, as in inference: no dropout, running statistics. Changes nothing but the outputs.
 *
 * @param loss  may be NULL
 */
DAVY_MUST_CHECK davy_status davy_trainer_evaluate(davy_trainer *trainer, const davy_tensor *inputs,
                                                  float *loss);

/** Output i of the graph, as the last forward run left it. Borrowed until the next one. */
const davy_tensor *davy_trainer_output(const davy_trainer *trainer, size_t i);

/** Steps of the optimiser so far. */
uint64_t davy_trainer_steps(const davy_trainer *trainer);
/** Learning rate of the next step. */
float davy_trainer_rate(const davy_trainer *trainer);
/** Norm of the last step's gradient, before clipping; 0 before the first. */
float davy_trainer_gradient_norm(const davy_trainer *trainer);
/** Floats that are learnt; frozen ones do not count. */
size_t davy_trainer_parameter_count(const davy_trainer *trainer);
/** Bytes of the arena of all plans so far, and what the largest would take without reuse. */
void davy_trainer_memory(const davy_trainer *trainer, size_t *arena, size_t *without_reuse);

/**
 * Put the average of the weights in their place (true), to evaluate or publish it, or the weights
 * back in theirs (false). No effect without options.average. Until they are back, steps, save, load
 * and recall are refused.
 */
void davy_trainer_show_average(davy_trainer *trainer, bool average);
/** Go on from the average as the weights, or end with it. No effect without options.average. */
void davy_trainer_adopt_average(davy_trainer *trainer);

/** Remember the weights in place and the statistics, replacing what was remembered. */
DAVY_MUST_CHECK davy_status davy_trainer_keep(davy_trainer *trainer);
/** Put back what was kept, for example the best weights of a training; it stays remembered. The
 * optimiser's memory does not go back. DAVY_ERR_NOT_FOUND when nothing was kept. */
DAVY_MUST_CHECK davy_status davy_trainer_recall(davy_trainer *trainer);

/** What a caller may add to a checkpoint. */
#define DAVY_TRAINER_EXTRA_MAX ((size_t) 16 << 20)

/**
 * Write all that the next steps depend on, and what was kept, to a file that replaces an older one
 * whole or not at all (checkpoint.h).
 *
 * @param about  lines of the caller's own which a trainer that loads must have too; "" for none
 * @param extra  [extra_size] bytes of the caller's own, at most DAVY_TRAINER_EXTRA_MAX
 */
DAVY_MUST_CHECK davy_status davy_trainer_save(davy_trainer *trainer, const char *path,
                                              const char *about, const void *extra,
                                              size_t extra_size);
/**
 * Go on where a trainer on the same graph with the same options was saved.
 *
 * @param extra  gets the caller's own bytes at its end; NULL: they are not wanted
 * @return DAVY_ERR_NOT_FOUND without the file; DAVY_ERR_CORRUPT for a damaged one; DAVY_ERR_INVALID
 *         when it is of another graph or of other options, with the first line that differs.
 *         Nothing has changed then
 */
DAVY_MUST_CHECK davy_status davy_trainer_load(davy_trainer *trainer, const char *path,
                                              const char *about, davy_buffer *extra);
