/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "nn/pool.h"
#include "nn/simd/kernels.h"

/**
 * @file
 * Optimisers: how a step changes the weights, given their gradient.
 *
 * Stage: nn. All parameters of a network are one flat vector w, and so are their gradient d and
 * what an optimiser remembers (m, v), so a step is one loop over them. With
 *
 *     g = factor d + l2 w + l1 sign(w)                 factor clips and averages; sign(0) = 0
 *
 *     sgd        w <- w - rate g
 *     momentum   m <- momentum m + g,                  w <- w - rate m
 *     nesterov   m <- momentum m + g,                  w <- w - rate (g + momentum m)
 *     adam       m <- beta1 m + (1 - beta1) g
 *                v <- beta2 v + (1 - beta2) g^2
 *                w <- w - rate c1 m / (sqrt(v) c2 + epsilon)
 *                     c1 = 1 / (1 - beta1^t), c2 = 1 / sqrt(1 - beta2^t), t = 1 at the first step
 *     adamw      w <- (1 - rate decay) w, then as adam
 *
 * The penalty l2 w is the gradient of l2 / 2 |w|^2, as PyTorch's weight_decay; l1 of l1 |w|. They
 * are not counted in the loss that a step tells. Epsilon stands outside of the root and after the
 * correction, as in PyTorch and unlike in section 2 of the paper, whose epsilon is this one times
 * sqrt(1 - beta2^t).
 *
 * A step is only taken when it is known beforehand that every number stays finite: the gradient's
 * norm is measured first, and bounds of w and m are carried from step to step. So a refused step
 * leaves everything as it was, without a copy.
 *
 * Sources: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964;
 * Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013
 * (Nesterov, in PyTorch's form); Kingma, Ba, "Adam", arXiv:1412.6980; Loshchilov, Hutter,
 * "Decoupled Weight Decay Regularization", arXiv:1711.05101; Pascanu, Mikolov, Bengio, "On the
 * difficulty of training recurrent neural networks", arXiv:1211.5063 (clipping by the global norm).
 */
typedef enum davy_optimiser_kind {
    DAVY_OPTIMISER_ADAM,
    DAVY_OPTIMISER_ADAMW,
    DAVY_OPTIMISER_SGD,
    DAVY_OPTIMISER_MOMENTUM,
    DAVY_OPTIMISER_NESTEROV
} davy_optimiser_kind;

/** Zeroed: Adam as the paper has it. */
typedef struct davy_optimiser_options {
    davy_optimiser_kind kind;
    float rate;         /* learning rate, before the schedule; 0: 0.001, for SGD and kin 0.01 */
    float beta1, beta2; /* 0: 0.9 and 0.999 */
    float epsilon;      /* 0: 1e-8 */
    float momentum;     /* 0: 0.9 */
    float l1, l2;       /* penalties added to the gradient; rate * l2 <= 1 */
    float decay;        /* AdamW alone; 0: 0.01 */
    float clip;         /* longest gradient, global norm; 0: no clipping */
} davy_optimiser_options;

/** Limits that options must keep, so that no step can leave the range of floats unseen. */
#define DAVY_RATE_MAX    1e3F
#define DAVY_EPSILON_MIN 1e-15F
#define DAVY_BETA_MAX    0.9999999F
#define DAVY_GRADIENT_MAX \
    1e18F /* longest gradient that a step is taken with; its square is finite */

/** Name as in settings ("adam", "adamw", "sgd", "momentum", "nesterov"); NULL: not a kind. */
const char *davy_optimiser_name(davy_optimiser_kind kind);
/** DAVY_ERR_NOT_FOUND, with the names there are, for another name. */
DAVY_MUST_CHECK davy_status davy_optimiser_find(const char *name, davy_optimiser_kind *out);

/** What an optimiser remembers of the steps before. */
typedef struct davy_optimiser davy_optimiser;

/** @param count  numbers of w and d; what lies between parameters is 0 in both, and stays so */
DAVY_MUST_CHECK davy_status davy_optimiser_create(const davy_optimiser_options *options,
                                                  size_t count, davy_optimiser **out);
/** NULL is fine. */
void davy_optimiser_destroy(davy_optimiser *optimiser);
/** The options with their defaults put in. Borrowed. */
const davy_optimiser_options *davy_optimiser_used(const davy_optimiser *optimiser);

/** Norm of d, the same for any number of threads; NaN or infinite when a number of d is. */
double davy_optimiser_norm(const davy_optimiser *optimiser, const davy_kernels *kernels,
                           davy_pool *pool, const float *d);

/** What a step works on, besides what the optimiser remembers. */
typedef struct davy_optimiser_step {
    const davy_kernels *kernels;
    davy_pool *pool;
    float *w;       /* [count] 64-byte aligned */
    const float *d; /* [count] */
    double norm;    /* of d: davy_optimiser_norm() */
    float rate;     /* after the schedule */
    uint64_t t;     /* 1 for the first step */
    float *average; /* [count] EMA of the weights; NULL: none */
    float keep;     /* share of the past that it keeps */
} davy_optimiser_step;

/**
 * Take one step.
 *
 * @return DAVY_ERR_INVALID, and nothing has changed, when the norm is not finite or a number could
 *         become so
 */
DAVY_MUST_CHECK davy_status davy_optimiser_take(davy_optimiser *optimiser,
                                                const davy_optimiser_step *step);

/** What it remembers, to be kept in a checkpoint: m and v, [count] each; NULL for what the kind has
 * not. All are finite, and v is not negative. */
float *davy_optimiser_moment(davy_optimiser *optimiser);
float *davy_optimiser_square(davy_optimiser *optimiser);
/** Weights, m or v were written by somebody else: their bounds are to be found anew. */
void davy_optimiser_changed(davy_optimiser *optimiser);
