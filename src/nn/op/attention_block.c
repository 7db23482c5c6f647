/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/attention.h"

#include "nn/op/matrix.h"

#include <math.h>
#include <string.h>

#define SCORES (DAVY_ATTENTION_KEYS * DAVY_ATTENTION_QUERIES)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Floats of a block of turned rows. */
static size_t turned_size(const davy_attention *net)
{
    return net->depth * DAVY_ATTENTION_QUERIES;
}

size_t davy_attention_scratch_size(const davy_attention *net, bool training)
{
    return (training ? 2 : 1) * (turned_size(net) + SCORES) + 3 * DAVY_ATTENTION_QUERIES;
}

davy_attention_block davy_attention_start(const davy_call *call, size_t sample, size_t head,
                                          size_t worker)
{
    const davy_attention *net = call->state;
    const bool training = call->env->training;
    float *scratch = (float *) call->scratch + worker * davy_attention_scratch_size(net, training);
    davy_attention_block block = {.call = call, .net = net, .sample = sample, .head = head};

    block.scores.scale = net->scale;
    block.scores.scores = scratch;
    block.scores.most = block.scores.scores + SCORES;
    block.scores.sum = block.scores.most + DAVY_ATTENTION_QUERIES;
    block.scores.factor = block.scores.sum + DAVY_ATTENTION_QUERIES;
    block.turned = block.scores.factor + DAVY_ATTENTION_QUERIES;
    if (training) {
        block.diff_turned = block.turned + turned_size(net);
        block.scores.diff = block.diff_turned + turned_size(net);
    }
    return block;
}

void davy_attention_turn(const davy_attention_block *block, const float *rows, size_t step,
                         float *turned)
{
    const size_t row = block->scores.row, depth = block->net->depth;

    for (size_t d = 0; d < depth && block->queries < row; d++)
        memset(turned + d * row + block->queries, 0, (row - block->queries) * sizeof *turned);
    block->call->env->kernels->transpose(block->queries, depth, rows, (ptrdiff_t) step, turned,
                                         (ptrdiff_t) row);
}

void davy_attention_take_queries(davy_attention_block *block, size_t query)
{
    block->query = query;
    block->queries = least(DAVY_ATTENTION_QUERIES, block->net->queries - query);
    block->scores.row = davy_line_up(block->queries);
    davy_attention_turn(block, davy_attention_row(block, block->call->in, DAVY_ATTENTION_Q, query),
                        block->net->in[DAVY_ATTENTION_Q].step, block->turned);
}

void davy_attention_visible(const davy_attention_block *block, size_t *from, size_t *to)
{
    const davy_attention *net = block->net;
    const size_t last = block->query + block->queries - 1;

    *from = net->window && block->query > net->window ? block->query - net->window : 0;
    *to = net->keys;
    if (net->window)
        *to = least(*to, last + net->window + 1);
    if (net->causal)
        *to = least(*to, last + 1);
}

void davy_attention_take_keys(davy_attention_block *block, size_t key, size_t to)
{
    block->key = key;
    block->keys = least(DAVY_ATTENTION_KEYS, to - key);
    block->scores.keys = block->keys;
}

void davy_attention_multiply(const davy_attention_block *block, size_t which, const float *turned,
                             float *dst)
{
    const davy_attention *net = block->net;
    const ptrdiff_t row = (ptrdiff_t) block->scores.row;

    block->call->env->kernels->gemm(
        &(davy_gemm){.m = block->keys,
                     .n = block->scores.row,
                     .k = net->depth,
                     .segments = 1,
                     .a = davy_attention_row(block, block->call->in, which, block->key),
                     .a_row = (ptrdiff_t) net->in[which].step,
                     .a_column = 1,
                     .b = turned,
                     .b_row = row,
                     .c = dst,
                     .c_row = row});
}

/* Queries of the block that may see a key: from .. to - 1, counted in the block. */
static void find_viewers(const davy_attention_block *block, size_t key, size_t *from, size_t *to)
{
    const davy_attention *net = block->net;
    const davy_tensor *mask = davy_attention_input(block->call, DAVY_ATTENTION_MASK);
    const size_t earliest = net->window && key > net->window ? key - net->window : 0;
    const size_t first = net->causal ? key : earliest;
    size_t end = net->window ? least(net->queries, key + net->window + 1) : net->queries;

    if (mask && davy_f32(mask)[block->sample * net->keys + key] == 0.0F)
        end = 0;
    *from = first > block->query ? least(first - block->query, block->queries) : 0;
    *to = end > block->query ? least(end - block->query, block->queries) : 0;
}

static void hide_scores(const davy_attention_block *block)
{
    for (size_t i = 0; i < block->keys; i++) {
        float *row = block->scores.scores + i * block->scores.row;
        size_t from, to;

        find_viewers(block, block->key + i, &from, &to);
        for (size_t q = 0; q < from; q++)
            row[q] = -INFINITY;
        for (size_t q = to; q < block->queries; q++)
            row[q] = -INFINITY;
    }
}

void davy_attention_score(const davy_attention_block *block)
{
    const davy_attention *net = block->net;

    davy_attention_multiply(block, DAVY_ATTENTION_K, block->turned, block->scores.scores);
    if (net->causal || net->window || davy_attention_input(block->call, DAVY_ATTENTION_MASK))
        hide_scores(block);
}

float *davy_attention_levels(const davy_attention_block *block)
{
    const davy_attention *net = block->net;

    return (float *) block->call->saved +
           (block->sample * net->heads + block->head) * davy_line_up(net->queries);
}
