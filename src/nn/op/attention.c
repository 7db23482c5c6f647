/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/attention.h"

#include "nn/op/matrix.h"
#include "nn/op/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

/**
 * Multi-head attention: y = softmax(scale q k^T) v, for each head's columns by themselves.
 *
 *     q [N, T, D], k and v [N, S, D], mask? [N, S] (0: no query may see this key) -> y [N, T, D]
 *
 * With `packed` q, k and v are columns of one input [N, T, 3 D]. With four dimensions, [N, heads,
 * T, D], every head is a sample of its own, as foreign models have it. A query that may see no key
 * gives zeros.
 *
 * The scores of a block of keys and queries stay in the first cache, softmax goes on from block to
 * block, and T x S numbers are never stored: training keeps one number a query and makes the scores
 * again.
 *
 * Sources: Vaswani et al., arXiv:1706.03762; Milakov, Gimelshein, "Online normalizer calculation
 * for softmax", arXiv:1805.02867; Dao et al., "FlashAttention", arXiv:2205.14135.
 */

/* ------------------------------------------------------------------------------------- prepare */

/* Three inputs of the same rank, or one with three times the columns. */
static davy_status find_inputs(davy_call *call, davy_attention *net)
{
    const bool packed = davy_node_int(call->node, "packed", 0) != 0;
    const davy_tensor *q = davy_attention_input(call, DAVY_ATTENTION_Q);
    const int rank = !packed && q && q->rank == 4 ? 4 : 3;
    davy_status status = DAVY_OK;
    size_t columns;

    for (size_t i = 0; i < (packed ? 1 : 3) && status == DAVY_OK; i++)
        status = davy_call_expect(call, i, DAVY_TYPE_F32, rank);
    if (status != DAVY_OK || !q)
        return status != DAVY_OK ? status : DAVY_ERR_INVALID;
    columns = (size_t) q->dims[rank - 1] / (packed ? 3 : 1);
    if (packed && columns * 3 != (size_t) q->dims[2])
        return davy_call_fail(call, DAVY_ERR_INVALID, "packed q, k and v differ in width");
    for (size_t i = 0; i < 3; i++)
        net->in[i] = packed ? (davy_attention_rows){0, i * columns, 3 * columns}
                            : (davy_attention_rows){i, 0, columns};
    net->depth = columns;
    net->batch = (size_t) davy_tensor_span(q, 0, rank - 2);
    net->queries = (size_t) q->dims[rank - 2];
    net->keys = (size_t) call->in[net->in[DAVY_ATTENTION_K].input]->dims[rank - 2];
    return DAVY_OK;
}

static davy_status check_shapes(davy_call *call, const davy_attention *net)
{
    const davy_tensor *mask = davy_attention_input(call, DAVY_ATTENTION_MASK);

    for (size_t i = DAVY_ATTENTION_K; i <= DAVY_ATTENTION_V; i++) {
        const davy_tensor *in = call->in[net->in[i].input];

        if ((size_t) davy_tensor_span(in, 0, in->rank - 2) != net->batch ||
            (size_t) in->dims[in->rank - 2] != net->keys ||
            (size_t) in->dims[in->rank - 1] != net->in[i].step)
            return davy_call_fail(call, DAVY_ERR_INVALID, "q, k and v do not fit together");
    }
    if (mask && (mask->type != DAVY_TYPE_F32 || mask->rank != 2 ||
                 mask->dims[0] != (int64_t) net->batch || mask->dims[1] != (int64_t) net->keys))
        return davy_call_fail(call, DAVY_ERR_INVALID, "mask is not float[%zu, %zu]", net->batch,
                              net->keys);
    return DAVY_OK;
}

/* Cut the columns into heads. */
static davy_status find_heads(davy_call *call, davy_attention *net)
{
    const int64_t heads = davy_node_int(call->node, "heads", 1);
    const int64_t window = davy_node_int(call->node, "window", 0);

    if (heads < 1 || net->depth == 0 || net->depth % (size_t) heads != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu columns are not %lld equal heads",
                              net->depth, (long long) heads);
    if (call->in[0]->rank == 4 && heads != 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "heads are a dimension and an attribute");
    net->heads = (size_t) heads;
    net->depth /= net->heads;
    net->window = window > 0 ? (size_t) window : 0;
    net->causal = davy_node_int(call->node, "causal", 0) != 0;
    net->scale = davy_node_float(call->node, "scale", 0.0F);
    if (net->scale == 0.0F)
        net->scale = 1.0F / sqrtf((float) net->depth);
    return DAVY_OK;
}

static davy_status attention_prepare(davy_call *call)
{
    davy_attention *net = call->state;
    const bool training = call->env->training;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status = find_inputs(call, net);

    if (status == DAVY_OK)
        status = check_shapes(call, net);
    if (status == DAVY_OK)
        status = find_heads(call, net);
    if (status != DAVY_OK)
        return status;
    call->scratch_size =
        call->env->threads * davy_attention_scratch_size(net, training) * sizeof(float);
    if (training)
        call->saved_size = net->batch * net->heads * davy_line_up(net->queries) * sizeof(float);
    memcpy(dims, call->in[0]->dims, sizeof dims);
    dims[call->in[0]->rank - 1] = (int64_t) davy_attention_step_of_y(net);
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, call->in[0]->rank, dims);
}

/* -------------------------------------------------------------------------------- way forward */

/* y = factor y + weights v; the first block sets y. */
static void add_values(const davy_attention_block *block, bool first)
{
    const davy_attention *net = block->net;
    const davy_kernels *kernels = block->call->env->kernels;
    const size_t step = davy_attention_step_of_y(net);
    float *y = davy_attention_row_of_y(block, block->call->out, block->query);

    for (size_t q = 0; !first && q < block->queries; q++)
        kernels->scale(net->depth, block->scores.factor[q], y + q * step, y + q * step);
    kernels->gemm(
        &(davy_gemm){.m = block->queries,
                     .n = net->depth,
                     .k = block->keys,
                     .segments = 1,
                     .a = block->scores.scores,
                     .a_row = 1,
                     .a_column = (ptrdiff_t) block->scores.row,
                     .b = davy_attention_row(block, block->call->in, DAVY_ATTENTION_V, block->key),
                     .b_row = (ptrdiff_t) net->in[DAVY_ATTENTION_V].step,
                     .c = y,
                     .c_row = (ptrdiff_t) step,
                     .add = !first});
}

/* y / sum; zeros where there was nothing to see. */
static void divide_values(const davy_attention_block *block, bool empty)
{
    const davy_attention *net = block->net;
    const size_t step = davy_attention_step_of_y(net);
    float *y = davy_attention_row_of_y(block, block->call->out, block->query);

    for (size_t q = 0; q < block->queries; q++, y += step) {
        const float sum = block->scores.sum[q];

        if (empty)
            memset(y, 0, net->depth * sizeof *y);
        else
            block->call->env->kernels->scale(net->depth, sum == 0.0F ? 0.0F : 1.0F / sum, y, y);
    }
}

/* What the way back makes the weights from. */
static void keep_levels(const davy_attention_block *block)
{
    float *levels = davy_attention_levels(block) + block->query;

    for (size_t q = 0; q < block->queries; q++) {
        const float sum = block->scores.sum[q];

        levels[q] = sum == 0.0F ? 0.0F : block->scores.most[q] + logf(sum);
    }
}

static void forward_queries(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_attention *net = call->state;
    const size_t cuts = (net->queries - 1) / DAVY_ATTENTION_QUERIES + 1, head = chunk / cuts;
    davy_attention_block block =
        davy_attention_start(call, head / net->heads, head % net->heads, worker);
    size_t from, to;

    davy_attention_take_queries(&block, chunk % cuts * DAVY_ATTENTION_QUERIES);
    for (size_t q = 0; q < block.scores.row; q++) {
        block.scores.most[q] = -FLT_MAX;
        block.scores.sum[q] = 0.0F;
    }
    davy_attention_visible(&block, &from, &to);
    for (size_t key = from; key < to; key += DAVY_ATTENTION_KEYS) {
        davy_attention_take_keys(&block, key, to);
        davy_attention_score(&block);
        call->env->kernels->scores(&block.scores);
        add_values(&block, key == from);
    }
    divide_values(&block, from >= to);
    if (call->env->training)
        keep_levels(&block);
}

static davy_status attention_forward(const davy_call *call)
{
    const davy_attention *net = call->state;
    const size_t cuts = (net->queries + DAVY_ATTENTION_QUERIES - 1) / DAVY_ATTENTION_QUERIES;

    davy_pool_run(call->env->pool, net->batch * net->heads * cuts, forward_queries, (void *) call);
    return DAVY_OK;
}

const davy_op davy_op_attention = {
    .name = "attention",
    .in_min = 1,
    .in_max = 4,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_IN(2) | DAVY_NEEDS_IN(3) |
             DAVY_NEEDS_OUT(0),
    .state_size = sizeof(davy_attention),
    .prepare = attention_prepare,
    .forward = attention_forward,
    .backward = davy_attention_backward,
};
