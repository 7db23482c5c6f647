/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Attention: one block of queries and keys of one head, which is all that is ever in memory.
 *
 * Stage: nn, private to nn/op/attention*.c. Scores are laid out [keys, queries]: then k and v are
 * read as they lie, a softmax works on whole vectors of queries, and only a block of queries is
 * ever turned.
 */
enum { DAVY_ATTENTION_Q, DAVY_ATTENTION_K, DAVY_ATTENTION_V, DAVY_ATTENTION_MASK };

/** Most queries and keys of a block: its scores fill a third of the first cache. */
#define DAVY_ATTENTION_QUERIES ((size_t) 64)
#define DAVY_ATTENTION_KEYS    ((size_t) 64)

/** Where q, k or v lies. */
typedef struct davy_attention_rows {
    size_t input;  /* of the node */
    size_t offset; /* of the first column, where q, k and v are packed */
    size_t step;   /* floats from one row to the next */
} davy_attention_rows;

/** State of a prepared node. */
typedef struct davy_attention {
    size_t batch, queries, keys, heads, depth; /* depth: columns of a head */
    size_t window;                             /* 0: none */
    bool causal;
    float scale;
    davy_attention_rows in[3]; /* q, k, v */
} davy_attention;

typedef struct davy_attention_block {
    const davy_call *call;
    const davy_attention *net;
    size_t sample, head;
    size_t query, queries; /* the first, and how many */
    size_t key, keys;
    float *turned;      /* [depth, row] queries */
    float *diff_turned; /* [depth, row] gradients of y */
    davy_scores scores;
} davy_attention_block;

/** Floats of one worker's scratch. */
size_t davy_attention_scratch_size(const davy_attention *net, bool training);

/** Begin with one head of one sample. */
davy_attention_block davy_attention_start(const davy_call *call, size_t sample, size_t head,
                                          size_t worker);
/** Go to the queries from `query` on, and turn them. */
void davy_attention_take_queries(davy_attention_block *block, size_t query);
/** Keys from .. to-1 that some of the queries may see, as far as order decides. */
void davy_attention_visible(const davy_attention_block *block, size_t *from, size_t *to);
/** Go to the keys from `key` on, before `to`. */
void davy_attention_take_keys(davy_attention_block *block, size_t key, size_t to);
/** Products of keys and queries; -infinity where a query must not look. */
void davy_attention_score(const davy_attention_block *block);

/** Turn the block's rows of a tensor; those that fill up a line are zeros. */
void davy_attention_turn(const davy_attention_block *block, const float *rows, size_t step,
                         float *turned);
/** dst [keys, row] = the block's rows of k or v times turned columns. */
void davy_attention_multiply(const davy_attention_block *block, size_t which, const float *turned,
                             float *dst);

/** Row `row` of q, k or v (`which`) in the inputs or their gradients, at the block's head. */
static inline float *davy_attention_row(const davy_attention_block *block,
                                        davy_tensor *const *tensors, size_t which, size_t row)
{
    const davy_attention *net = block->net;
    const davy_attention_rows *rows = &net->in[which];
    const size_t count = which == DAVY_ATTENTION_Q ? net->queries : net->keys;

    return davy_f32(tensors[rows->input]) + (block->sample * count + row) * rows->step +
           rows->offset + block->head * net->depth;
}

/** The same of y or its gradient; floats from one row to the next. */
static inline float *davy_attention_row_of_y(const davy_attention_block *block,
                                             davy_tensor *const *tensors, size_t row)
{
    const davy_attention *net = block->net;

    return davy_f32(tensors[0]) +
           ((block->sample * net->queries + row) * net->heads + block->head) * net->depth;
}

static inline size_t davy_attention_step_of_y(const davy_attention *net)
{
    return net->heads * net->depth;
}

static inline const davy_tensor *davy_attention_input(const davy_call *call, size_t i)
{
    return i < call->in_count ? call->in[i] : NULL;
}

/** Way back: gradients of the inputs, from y and what the way forward kept. */
void davy_attention_backward(const davy_call *call);
/** What it kept of one head: for each query ln of the sum of e^score. */
float *davy_attention_levels(const davy_attention_block *block);
