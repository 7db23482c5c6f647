/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * What the losses share: a sum over chunks that is the same for any number of threads.
 *
 * Stage: nn. A loss is a mean of float numbers, added up in double. What should have been answered
 * is given and not learnt: no gradient flows to a target, also where a network makes it.
 */

/** Sum of the terms `from` .. `to`-1 of a loss. */
typedef double davy_loss_part(const davy_call *call, size_t from, size_t to);
/** Gradient of these terms, times davy_loss_factor(). */
typedef void davy_loss_part_back(const davy_call *call, size_t from, size_t to);

/** Bytes of call->scratch that davy_loss_sum() needs. */
size_t davy_loss_scratch(size_t count, size_t chunk);

/** Sum of `count` terms: chunks in parallel, their sums in order. For forward(). */
double davy_loss_sum(const davy_call *call, size_t count, size_t chunk, davy_loss_part *part);

/** Carry all terms back in parallel, and hold the gradients of the targets at 0. For backward(). */
void davy_loss_back(const davy_call *call, size_t count, size_t chunk, davy_loss_part_back *part);

/** Write the loss. */
void davy_loss_set(const davy_call *call, double loss);

/** The gradient that arrives at the loss. */
float davy_loss_factor(const davy_call *call);

/** Shape of the result: a float of rank 0. */
DAVY_MUST_CHECK davy_status davy_loss_shape(const davy_call *call);

/** DAVY_ERR_INVALID unless inputs 0 and i have one shape and are floats. */
DAVY_MUST_CHECK davy_status davy_loss_same(const davy_call *call, size_t i);
