/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * The rows of the operator table, each defined at the end of its file in nn/op/. Sorted by name.
 */

extern const davy_op davy_op_attention;
extern const davy_op davy_op_bce;
extern const davy_op davy_op_contrastive;
extern const davy_op davy_op_cross_entropy;
extern const davy_op davy_op_gru;
extern const davy_op davy_op_huber;
extern const davy_op davy_op_linear_recurrence;
extern const davy_op davy_op_lstm;
extern const davy_op davy_op_mae;
extern const davy_op davy_op_mse;
extern const davy_op davy_op_pinball;
extern const davy_op davy_op_rnn;
