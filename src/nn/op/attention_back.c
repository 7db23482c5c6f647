/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/attention.h"

#include <string.h>

/* Gradients that are set start as zeros, and every block adds. */
static void clear_diffs(const davy_attention_block *block)
{
    const davy_attention *net = block->net;
    const davy_call *call = block->call;

    for (size_t which = 0; which < 3; which++) {
        const size_t i = net->in[which].input;
        const size_t rows = which == DAVY_ATTENTION_Q ? net->queries : net->keys;

        for (size_t r = 0; call->diff_in[i] && !call->diff_add[i] && r < rows; r++)
            memset(davy_attention_row(block, call->diff_in, which, r), 0,
                   net->depth * sizeof(float));
    }
}

/* Levels of the queries, and for each the sum over columns of y diff_y: the mean of the weights'
 * gradients by the weights, which softmax's gradient subtracts. */
static void take_gradients(davy_attention_block *block)
{
    const davy_attention *net = block->net;
    const davy_call *call = block->call;
    const size_t step = davy_attention_step_of_y(net);
    const float *levels = davy_attention_levels(block) + block->query;
    const float *y = davy_attention_row_of_y(block, call->out, block->query);
    const float *diff_y = davy_attention_row_of_y(block, call->diff_out, block->query);

    davy_attention_turn(block, diff_y, step, block->diff_turned);
    for (size_t q = 0; q < block->scores.row; q++) {
        const bool there = q < block->queries;

        block->scores.most[q] = there ? levels[q] : 0.0F;
        block->scores.sum[q] =
            there ? call->env->kernels->dot(net->depth, y + q * step, diff_y + q * step) : 0.0F;
    }
}

/* diff of q, k or v += a [m, k] b [k, depth] */
static void add_diff(const davy_attention_block *block, size_t which, davy_gemm gemm)
{
    const davy_attention *net = block->net;

    if (!block->call->diff_in[net->in[which].input])
        return;
    gemm.n = net->depth;
    gemm.segments = 1;
    gemm.c = davy_attention_row(block, block->call->diff_in, which,
                                which == DAVY_ATTENTION_Q ? block->query : block->key);
    gemm.c_row = (ptrdiff_t) net->in[which].step;
    gemm.add = true;
    block->call->env->kernels->gemm(&gemm);
}

/* diff_v += weights diff_y, diff_k += diff_scores q, diff_q += diff_scores^T k. */
static void add_diffs(const davy_attention_block *block)
{
    const davy_attention *net = block->net;
    const davy_call *call = block->call;
    const ptrdiff_t row = (ptrdiff_t) block->scores.row;
    davy_gemm by_key = {.m = block->keys, .k = block->queries, .a_row = row, .a_column = 1};
    davy_gemm by_query = {.m = block->queries, .k = block->keys, .a_row = 1, .a_column = row};

    by_key.a = block->scores.scores;
    by_key.b = davy_attention_row_of_y(block, call->diff_out, block->query);
    by_key.b_row = (ptrdiff_t) davy_attention_step_of_y(net);
    add_diff(block, DAVY_ATTENTION_V, by_key);
    by_key.a = block->scores.diff;
    by_key.b = davy_attention_row(block, call->in, DAVY_ATTENTION_Q, block->query);
    by_key.b_row = (ptrdiff_t) net->in[DAVY_ATTENTION_Q].step;
    add_diff(block, DAVY_ATTENTION_K, by_key);
    by_query.a = block->scores.diff;
    by_query.b = davy_attention_row(block, call->in, DAVY_ATTENTION_K, block->key);
    by_query.b_row = (ptrdiff_t) net->in[DAVY_ATTENTION_K].step;
    add_diff(block, DAVY_ATTENTION_Q, by_query);
}

static void backward_queries(davy_attention_block *block, size_t query)
{
    size_t from, to;

    davy_attention_take_queries(block, query);
    take_gradients(block);
    davy_attention_visible(block, &from, &to);
    for (size_t key = from; key < to; key += DAVY_ATTENTION_KEYS) {
        davy_attention_take_keys(block, key, to);
        davy_attention_score(block);
        davy_attention_multiply(block, DAVY_ATTENTION_V, block->diff_turned, block->scores.diff);
        block->call->env->kernels->scores_back(&block->scores);
        add_diffs(block);
    }
}

/* One head: other heads write to other columns. */
static void backward_head(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_attention *net = call->state;
    davy_attention_block block =
        davy_attention_start(call, chunk / net->heads, chunk % net->heads, worker);

    clear_diffs(&block);
    for (size_t query = 0; query < net->queries; query += DAVY_ATTENTION_QUERIES)
        backward_queries(&block, query);
}

void davy_attention_backward(const davy_call *call)
{
    const davy_attention *net = call->state;

    davy_pool_run(call->env->pool, net->batch * net->heads, backward_head, (void *) call);
}
