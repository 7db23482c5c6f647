/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/matrix.h"
#include "nn/op/rows.h"

#include <float.h>
#include <math.h>
#include <string.h>

/**
 * Multi-head attention: y = softmax(scale q k^T) v, for each head's columns by themselves.
 *
 * q [N, T, D], k and v [N, S, D], mask? [N, S] (0: no query may see this key) -> y [N, T, D]; or
 * one tensor q k v [N, T, 3 D] with `packed`. A query that may see no key gives zeros.
 *
 * The scores of a block of keys and a block of queries stay in the first cache, softmax goes on
 * from block to block, and T x S numbers are never stored: training keeps one number a query and
 * makes the scores again. Scores are laid out [keys, queries]: then k and v are read as they lie,
 * a softmax works on whole vectors of queries, and only a block of queries is ever transposed.
 *
 * Sources: Vaswani et al., arXiv:1706.03762; Milakov, Gimelshein, "Online normalizer calculation
 * for softmax", arXiv:1805.02867; Dao et al., "FlashAttention", arXiv:2205.14135.
 */
enum { IN_Q, IN_K, IN_V, IN_MASK };

#define QUERIES ((size_t) 64)
#define KEYS    ((size_t) 64)

/* Rows of one head inside a tensor: `step` floats from one row to the next. */
struct rows {
    size_t offset; /* of the first column of head 0, for packed tensors */
    size_t step;
};

struct attention {
    size_t batch, queries, keys, heads, depth; /* depth: columns of a head */
    size_t window;                             /* 0: none */
    bool causal;
    float scale;
    struct rows in[3]; /* q, k, v: of which input is in `of` */
    size_t of[3];
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

/* ------------------------------------------------------------------------------------- prepare */

static const davy_tensor *tensor(const davy_call *call, size_t i)
{
    return i < call->in_count ? call->in[i] : NULL;
}

/* Three inputs, or one with three times the columns. @return columns of q, 0 after a failure */
static davy_status find_inputs(davy_call *call, struct attention *net, size_t *columns)
{
    const bool packed = davy_node_int(call->node, "packed", 0) != 0;
    davy_status status = davy_call_expect(call, IN_Q, DAVY_TYPE_F32, 3);

    for (size_t i = IN_K; !packed && i <= IN_V && status == DAVY_OK; i++)
        status = davy_call_expect(call, i, DAVY_TYPE_F32, 3);
    if (status != DAVY_OK)
        return status;
    *columns = (size_t) tensor(call, IN_Q)->dims[2] / (packed ? 3 : 1);
    if (packed && *columns * 3 != (size_t) tensor(call, IN_Q)->dims[2])
        return davy_call_fail(call, DAVY_ERR_INVALID, "packed q, k and v differ in width");
    for (size_t i = 0; i < 3; i++) {
        net->of[i] = packed ? 0 : i;
        net->in[i] =
            packed ? (struct rows){i * *columns, 3 * *columns} : (struct rows){0, *columns};
    }
    return DAVY_OK;
}

static davy_status check_shapes(davy_call *call, const struct attention *net, size_t columns)
{
    const davy_tensor *mask = tensor(call, IN_MASK);

    for (size_t i = IN_K; i <= IN_V; i++) {
        const davy_tensor *in = tensor(call, net->of[i]);

        if (in->dims[0] != (int64_t) net->batch || in->dims[1] != (int64_t) net->keys ||
            in->dims[2] != (int64_t) net->in[i].step)
            return davy_call_fail(call, DAVY_ERR_INVALID, "q, k and v do not fit together");
    }
    if (net->heads == 0 || columns % net->heads || columns == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu columns are not %zu equal heads",
                              columns, net->heads);
    if (mask && (mask->type != DAVY_TYPE_F32 || mask->rank != 2 ||
                 mask->dims[0] != (int64_t) net->batch || mask->dims[1] != (int64_t) net->keys))
        return davy_call_fail(call, DAVY_ERR_INVALID, "mask is not float[%zu, %zu]", net->batch,
                              net->keys);
    return DAVY_OK;
}

/* Floats of a block of queries, [depth, queries]. */
static size_t queries_size(const struct attention *net)
{
    return davy_line_up(net->depth) * QUERIES;
}

/* A worker's scratch: queries transposed, scores, and three numbers a query; on the way back also
 * the gradient transposed, and the scores' gradient. */
static size_t worker_size(const struct attention *net, bool training)
{
    return (training ? 2 : 1) * (queries_size(net) + KEYS * QUERIES) + 3 * QUERIES;
}

static size_t levels_size(const struct attention *net)
{
    return net->batch * net->heads * davy_line_up(net->queries);
}

static davy_status attention_prepare(davy_call *call)
{
    struct attention *net = call->state;
    const int64_t heads = davy_node_int(call->node, "heads", 1);
    const int64_t window = davy_node_int(call->node, "window", 0);
    size_t columns;
    davy_status status = find_inputs(call, net, &columns);

    if (status != DAVY_OK)
        return status;
    net->batch = (size_t) tensor(call, IN_Q)->dims[0];
    net->queries = (size_t) tensor(call, IN_Q)->dims[1];
    net->keys = (size_t) tensor(call, net->of[IN_K])->dims[1];
    net->heads = heads > 0 ? (size_t) heads : 0;
    net->window = window > 0 ? (size_t) window : 0;
    net->causal = davy_node_int(call->node, "causal", 0) != 0;
    status = check_shapes(call, net, columns);
    if (status != DAVY_OK)
        return status;
    net->depth = columns / net->heads;
    net->scale = davy_node_float(call->node, "scale", 0.0F);
    if (net->scale == 0.0F)
        net->scale = 1.0F / sqrtf((float) net->depth);
    call->scratch_size = call->env->threads * worker_size(net, call->env->training) * sizeof(float);
    call->saved_size = call->env->training ? levels_size(net) * sizeof(float) : 0;
    return davy_tensor_shape(
        call->out[0], DAVY_TYPE_F32, 3,
        (int64_t[]){(int64_t) net->batch, (int64_t) net->queries, (int64_t) columns});
}

/* ---------------------------------------------------------------------------------- one block */

/* Some queries of one head of one sample, and some keys. */
struct block {
    const davy_call *call;
    const struct attention *net;
    size_t sample, head;
    size_t query, queries; /* the first, and how many */
    size_t key, keys;
    float *turned;      /* [depth, row] queries transposed */
    float *diff_turned; /* [depth, row] gradients of y transposed */
    davy_scores scores;
};

/* Start of row `row` of q, k or v (`which`), in the inputs or their gradients. */
static float *row_of(const struct block *block, davy_tensor *const *tensors, size_t which,
                     size_t row)
{
    const struct attention *net = block->net;
    const size_t rows = which == IN_Q ? net->queries : net->keys;

    return davy_f32(tensors[net->of[which]]) + (block->sample * rows + row) * net->in[which].step +
           net->in[which].offset + block->head * net->depth;
}

static float *row_of_y(const struct block *block, davy_tensor *const *tensors, size_t row)
{
    const struct attention *net = block->net;

    return davy_f32(tensors[0]) +
           ((block->sample * net->queries + row) * net->heads + block->head) * net->depth;
}

static struct block start_block(const davy_call *call, size_t sample, size_t head, size_t worker)
{
    const struct attention *net = call->state;
    const bool training = call->env->training;
    float *scratch = (float *) call->scratch + worker * worker_size(net, training);
    struct block block = {.call = call, .net = net, .sample = sample, .head = head};

    block.turned = scratch;
    block.scores.scale = net->scale;
    block.scores.scores = scratch += queries_size(net);
    block.scores.most = scratch += KEYS * QUERIES;
    block.scores.sum = scratch += QUERIES;
    block.scores.factor = scratch += QUERIES;
    if (training) {
        block.diff_turned = scratch += QUERIES;
        block.scores.diff = scratch + queries_size(net);
    }
    return block;
}

/* Turn the rows of a block of queries into columns; those that fill up a line are zeros. */
static void turn(const struct block *block, const float *rows, size_t step, float *turned)
{
    const size_t row = block->scores.row, depth = block->net->depth;

    for (size_t d = 0; d < depth; d++)
        memset(turned + d * row + block->queries, 0, (row - block->queries) * sizeof *turned);
    davy_matrix_transpose(block->queries, depth, rows, step, turned, row);
}

static void take_queries(struct block *block, size_t query)
{
    block->query = query;
    block->queries = least(QUERIES, block->net->queries - query);
    block->scores.row = davy_line_up(block->queries);
    turn(block, row_of(block, block->call->in, IN_Q, query), block->net->in[IN_Q].step,
         block->turned);
}

/* Keys that some query of the block may see, when all others may: from .. to - 1. */
static void visible_keys(const struct block *block, size_t *from, size_t *to)
{
    const struct attention *net = block->net;
    const size_t last = block->query + block->queries - 1;

    *from = net->window && block->query > net->window ? block->query - net->window : 0;
    *to = net->keys;
    if (net->window)
        *to = least(*to, last + net->window + 1);
    if (net->causal)
        *to = least(*to, last + 1);
}

static void take_keys(struct block *block, size_t key, size_t to)
{
    block->key = key;
    block->keys = least(KEYS, to - key);
    block->scores.keys = block->keys;
}

/* Queries of the block that may see a key: from .. to - 1, counted in the block. */
static void visible_queries(const struct block *block, size_t key, size_t *from, size_t *to)
{
    const struct attention *net = block->net;
    const davy_tensor *mask = tensor(block->call, IN_MASK);
    const size_t first = net->causal                        ? key
                         : net->window && key > net->window ? key - net->window
                                                            : 0;
    size_t end = net->window ? least(net->queries, key + net->window + 1) : net->queries;

    if (mask && davy_f32(mask)[block->sample * net->keys + key] == 0.0F)
        end = 0;
    *from = first > block->query ? least(first - block->query, block->queries) : 0;
    *to = end > block->query ? least(end - block->query, block->queries) : 0;
}

static void hide_scores(const struct block *block)
{
    for (size_t i = 0; i < block->keys; i++) {
        float *row = block->scores.scores + i * block->scores.row;
        size_t from, to;

        visible_queries(block, block->key + i, &from, &to);
        for (size_t q = 0; q < least(from, block->queries); q++)
            row[q] = -INFINITY;
        for (size_t q = to; q < block->queries; q++)
            row[q] = -INFINITY;
    }
}

/* dst [keys, row] = rows of k or v times turned columns. */
static void multiply_turned(const struct block *block, size_t which, const float *turned,
                            float *dst)
{
    const struct attention *net = block->net;
    const ptrdiff_t row = (ptrdiff_t) block->scores.row;

    block->call->env->kernels->gemm(
        &(davy_gemm){.m = block->keys,
                     .n = block->scores.row,
                     .k = net->depth,
                     .segments = 1,
                     .a = row_of(block, block->call->in, which, block->key),
                     .a_row = (ptrdiff_t) net->in[which].step,
                     .a_column = 1,
                     .b = turned,
                     .b_row = row,
                     .c = dst,
                     .c_row = row});
}

static void make_scores(const struct block *block)
{
    const struct attention *net = block->net;

    multiply_turned(block, IN_K, block->turned, block->scores.scores);
    if (net->causal || net->window || tensor(block->call, IN_MASK))
        hide_scores(block);
}

/* -------------------------------------------------------------------------------- way forward */

/* y = factor y + weights v; the first block sets y. */
static void add_values(const struct block *block, bool first)
{
    const struct attention *net = block->net;
    const davy_kernels *kernels = block->call->env->kernels;
    const size_t step = net->heads * net->depth;
    float *y = row_of_y(block, block->call->out, block->query);

    for (size_t q = 0; !first && q < block->queries; q++)
        kernels->scale(net->depth, block->scores.factor[q], y + q * step, y + q * step);
    kernels->gemm(&(davy_gemm){.m = block->queries,
                               .n = net->depth,
                               .k = block->keys,
                               .segments = 1,
                               .a = block->scores.scores,
                               .a_row = 1,
                               .a_column = (ptrdiff_t) block->scores.row,
                               .b = row_of(block, block->call->in, IN_V, block->key),
                               .b_row = (ptrdiff_t) net->in[IN_V].step,
                               .c = y,
                               .c_row = (ptrdiff_t) step,
                               .add = !first});
}

/* y / sum, and what the way back needs to make the weights again: ln of the sum of e^score. */
static void finish_queries(const struct block *block, bool empty)
{
    const struct attention *net = block->net;
    const size_t step = net->heads * net->depth;
    float *y = row_of_y(block, block->call->out, block->query);
    float *levels = block->call->saved;

    for (size_t q = 0; q < block->queries; q++, y += step) {
        const float sum = block->scores.sum[q];

        if (empty)
            memset(y, 0, net->depth * sizeof *y);
        else
            block->call->env->kernels->scale(net->depth, sum == 0.0F ? 0.0F : 1.0F / sum, y, y);
    }
    if (block->call->env->training) {
        levels += (block->sample * net->heads + block->head) * davy_line_up(net->queries);
        for (size_t q = 0; q < block->queries; q++)
            levels[block->query + q] = block->scores.sum[q] == 0.0F
                                           ? 0.0F
                                           : block->scores.most[q] + logf(block->scores.sum[q]);
    }
}

static void forward_queries(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const struct attention *net = call->state;
    const size_t cuts = pieces(net->queries, QUERIES);
    const size_t head = chunk / cuts;
    struct block block = start_block(call, head / net->heads, head % net->heads, worker);
    size_t from, to;

    take_queries(&block, chunk % cuts * QUERIES);
    for (size_t q = 0; q < block.scores.row; q++) {
        block.scores.most[q] = -FLT_MAX;
        block.scores.sum[q] = 0.0F;
    }
    visible_keys(&block, &from, &to);
    for (size_t key = from; key < to; key += KEYS) {
        take_keys(&block, key, to);
        make_scores(&block);
        call->env->kernels->scores(&block.scores);
        add_values(&block, key == from);
    }
    finish_queries(&block, from >= to);
}

static davy_status attention_forward(const davy_call *call)
{
    const struct attention *net = call->state;

    davy_pool_run(call->env->pool, net->batch * net->heads * pieces(net->queries, QUERIES),
                  forward_queries, (void *) call);
    return DAVY_OK;
}

/* ----------------------------------------------------------------------------------- way back */

/* Gradients that are set start as zeros, and every block adds. */
static void clear_diffs(const struct block *block)
{
    const struct attention *net = block->net;
    const davy_call *call = block->call;

    for (size_t which = 0; which < 3; which++) {
        const size_t i = net->of[which], rows = which == IN_Q ? net->queries : net->keys;

        for (size_t r = 0; call->diff_in[i] && !call->diff_add[i] && r < rows; r++)
            memset(row_of(block, call->diff_in, which, r), 0, net->depth * sizeof(float));
    }
}

/* Levels of the queries, and for each the sum over columns of y diff_y: what softmax's gradient
 * subtracts. */
static void take_gradients(struct block *block)
{
    const struct attention *net = block->net;
    const davy_call *call = block->call;
    const size_t step = net->heads * net->depth;
    const float *levels = (const float *) call->saved +
                          (block->sample * net->heads + block->head) * davy_line_up(net->queries);
    const float *y = row_of_y(block, call->out, block->query);
    const float *diff_y = row_of_y(block, call->diff_out, block->query);

    turn(block, diff_y, step, block->diff_turned);
    for (size_t q = 0; q < block->scores.row; q++) {
        const bool there = q < block->queries;

        block->scores.most[q] = there ? levels[block->query + q] : 0.0F;
        block->scores.sum[q] =
            there ? call->env->kernels->dot(net->depth, y + q * step, diff_y + q * step) : 0.0F;
    }
}

/* diff of q, k or v += a [m, k] b [k, depth] */
static void add_diff(const struct block *block, size_t which, davy_gemm gemm)
{
    const struct attention *net = block->net;

    if (!block->call->diff_in[net->of[which]])
        return;
    gemm.n = net->depth;
    gemm.segments = 1;
    gemm.c = row_of(block, block->call->diff_in, which, which == IN_Q ? block->query : block->key);
    gemm.c_row = (ptrdiff_t) net->in[which].step;
    gemm.add = true;
    block->call->env->kernels->gemm(&gemm);
}

/* diff_v += weights diff_y, diff_k += diff_scores q, diff_q += diff_scores^T k. */
static void add_diffs(const struct block *block)
{
    const struct attention *net = block->net;
    const davy_call *call = block->call;
    const ptrdiff_t row = (ptrdiff_t) block->scores.row;
    davy_gemm by_key = {.m = block->keys, .k = block->queries, .a_row = row, .a_column = 1};
    davy_gemm by_query = {.m = block->queries, .k = block->keys, .a_row = 1, .a_column = row};

    by_key.a = block->scores.scores;
    by_key.b = row_of_y(block, call->diff_out, block->query);
    by_key.b_row = (ptrdiff_t) (net->heads * net->depth);
    add_diff(block, IN_V, by_key);
    by_key.a = block->scores.diff;
    by_key.b = row_of(block, call->in, IN_Q, block->query);
    by_key.b_row = (ptrdiff_t) net->in[IN_Q].step;
    add_diff(block, IN_K, by_key);
    by_query.a = block->scores.diff;
    by_query.b = row_of(block, call->in, IN_K, block->key);
    by_query.b_row = (ptrdiff_t) net->in[IN_K].step;
    add_diff(block, IN_Q, by_query);
}

static void backward_head(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const struct attention *net = call->state;
    struct block block = start_block(call, chunk / net->heads, chunk % net->heads, worker);

    clear_diffs(&block);
    for (size_t query = 0; query < net->queries; query += QUERIES) {
        size_t from, to;

        take_queries(&block, query);
        take_gradients(&block);
        visible_keys(&block, &from, &to);
        for (size_t key = from; key < to; key += KEYS) {
            take_keys(&block, key, to);
            make_scores(&block);
            multiply_turned(&block, IN_V, block.diff_turned, block.scores.diff);
            call->env->kernels->scores_back(&block.scores);
            add_diffs(&block);
        }
    }
}

static void attention_backward(const davy_call *call)
{
    const struct attention *net = call->state;

    davy_pool_run(call->env->pool, net->batch * net->heads, backward_head, (void *) call);
}

const davy_op davy_op_attention = {
    .name = "attention",
    .in_min = 1,
    .in_max = 4,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_IN(2) | DAVY_NEEDS_IN(3) |
             DAVY_NEEDS_OUT(0),
    .state_size = sizeof(struct attention),
    .prepare = attention_prepare,
    .forward = attention_forward,
    .backward = attention_backward,
};
