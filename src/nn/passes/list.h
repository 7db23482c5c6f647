/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/passes/edit.h"

/**
 * @file
 * The passes, in the order in which they run.
 *
 * Stage: nn. A pass rewrites what it recognises with certainty and leaves the rest alone. It may
 * rely on what stands in the graph: operators, attributes, and numbers that no run changes; sizes
 * that depend on the input are not known to it.
 */
typedef davy_status davy_pass(davy_edit *edit);

davy_pass davy_pass_fold;      /* nodes of constants are computed */
davy_pass davy_pass_clean;     /* what does nothing is left out; transposes in a row become one */
davy_pass davy_pass_recurrent; /* what stands around an LSTM, GRU or RNN becomes its outputs */
davy_pass davy_pass_math;      /* GELU, SiLU and layer norm written out become one node */
davy_pass davy_pass_dense;     /* products with fixed weights become dense layers */
davy_pass davy_pass_attention; /* softmax(q k') v becomes attention */
davy_pass davy_pass_layout;    /* transposes around images move down until they meet */
davy_pass davy_pass_flatten;   /* the last of them moves into the weights of a dense layer */
davy_pass davy_pass_share;     /* the mean of a comparison with thresholds becomes one node */
davy_pass davy_pass_norm;      /* batch norm moves into the weights before it */
davy_pass davy_pass_sum;       /* residual sums move into a convolution: for service alone */
davy_pass davy_pass_activate;  /* activations move into the node before them, and a 2x2 max pool */
