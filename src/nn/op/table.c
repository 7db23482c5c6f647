/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/rows.h"

#include <stdlib.h>
#include <string.h>

/* Sorted by name, closed by NULL. */
static const davy_op *const table[] = {
    &davy_op_abs,
    &davy_op_acos,
    &davy_op_acosh,
    &davy_op_add,
    &davy_op_and,
    &davy_op_asin,
    &davy_op_asinh,
    &davy_op_atan,
    &davy_op_atanh,
    &davy_op_attention,
    &davy_op_average_pool,
    &davy_op_batch_norm,
    &davy_op_bce,
    &davy_op_bit_shift,
    &davy_op_ceil,
    &davy_op_channels_first,
    &davy_op_channels_last,
    &davy_op_concat,
    &davy_op_contrastive,
    &davy_op_conv,
    &davy_op_conv_transpose,
    &davy_op_cos,
    &davy_op_cosh,
    &davy_op_cross_entropy,
    &davy_op_dense,
    &davy_op_depth_to_space,
    &davy_op_div,
    &davy_op_dropout,
    &davy_op_equal,
    &davy_op_erf,
    &davy_op_exp,
    &davy_op_expand,
    &davy_op_flatten,
    &davy_op_floor,
    &davy_op_gather,
    &davy_op_gelu,
    &davy_op_gemm,
    &davy_op_global_average_pool,
    &davy_op_global_max_pool,
    &davy_op_greater,
    &davy_op_greater_or_equal,
    &davy_op_group_norm,
    &davy_op_gru,
    &davy_op_huber,
    &davy_op_identity,
    &davy_op_is_inf,
    &davy_op_is_nan,
    &davy_op_layer_norm,
    &davy_op_leaky_relu,
    &davy_op_less,
    &davy_op_less_or_equal,
    &davy_op_linear_recurrence,
    &davy_op_log,
    &davy_op_lstm,
    &davy_op_mae,
    &davy_op_matmul,
    &davy_op_max,
    &davy_op_max_pool,
    &davy_op_mean,
    &davy_op_min,
    &davy_op_mod,
    &davy_op_mse,
    &davy_op_mul,
    &davy_op_neg,
    &davy_op_not,
    &davy_op_or,
    &davy_op_pinball,
    &davy_op_pow,
    &davy_op_reciprocal,
    &davy_op_reduce_l1,
    &davy_op_reduce_l2,
    &davy_op_reduce_log_sum,
    &davy_op_reduce_log_sum_exp,
    &davy_op_reduce_max,
    &davy_op_reduce_mean,
    &davy_op_reduce_min,
    &davy_op_reduce_prod,
    &davy_op_reduce_sum,
    &davy_op_reduce_sum_square,
    &davy_op_relu,
    &davy_op_reshape,
    &davy_op_rnn,
    &davy_op_round,
    &davy_op_sigmoid,
    &davy_op_sign,
    &davy_op_silu,
    &davy_op_sin,
    &davy_op_sinh,
    &davy_op_slice,
    &davy_op_softmax,
    &davy_op_space_to_depth,
    &davy_op_split,
    &davy_op_sqrt,
    &davy_op_squeeze,
    &davy_op_sub,
    &davy_op_sum,
    &davy_op_tan,
    &davy_op_tanh,
    &davy_op_tile,
    &davy_op_transpose,
    &davy_op_unsqueeze,
    &davy_op_where,
    &davy_op_xor,
    NULL,
};

static int compare(const void *name, const void *row)
{
    return strcmp(name, (*(const davy_op *const *) row)->name);
}

const davy_op *davy_op_find(const char *name)
{
    const davy_op *const *found =
        bsearch(name, table, DAVY_ARRAY_LENGTH(table) - 1, sizeof(const davy_op *), compare);

    return found ? *found : NULL;
}

const davy_op *const *davy_op_table(void)
{
    return table;
}
