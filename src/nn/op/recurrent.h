/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Recurrent networks: what LSTM, GRU, RNN and the gated linear recurrence have in common.
 *
 * Stage: nn. All of them walk over time in one or two directions, add a product with the input to
 * a product with the state before, and differ in a cell: a handful of gates. So this file walks,
 * and a cell is a table with one step forward and one step back.
 *
 * Inputs:  x [N, T, C], weights [D, C, G H], recurrent [D, H, G H] (not for the linear recurrence),
 *          bias? [D, G H], initial_h? [N, D H], initial_c? [N, D H] (LSTM)
 * Outputs: y [N, T, D H], last_h [N, D H], last_c [N, D H] (LSTM)
 * with D directions, G gates, H units. Feeding T steps at once, or one by one with the last state
 * given as the initial one, gives the same bits: every row and step adds in the same order.
 *
 * Memory of one step is a row of `kept` for each sample: the gates, first as sums, then activated,
 * then (on the way back) as gradients, and what else the cell keeps for its way back.
 */

/** One step of one cell over some rows of a batch: the cell's view of the walk. */
typedef struct davy_cell_step {
    const davy_kernels *kernels;
    davy_gates gates;            /* simd/kernels.h: rows, units, kept, states, gradients */
    const float *recurrent;      /* [H, G H] of this direction */
    size_t columns;              /* G H */
    const float *strips;         /* the same in the order of the kernel (gemm.h); or NULL */
    bool odd;                    /* every other step */
    const float *recurrent_back; /* [G H, H], the same transposed; on the way back only */
    const float *bias; /* [G H] of the state's product, in a cell with two biases; or NULL */
    float *spare;      /* [2, rows, H] */
} davy_cell_step;

/**
 * A product of the step: `gates` columns of the recurrent weights, from `gate` on, are multiplied
 * with the state before (source -1) or with column `source` of kept. Their gradients lie in the
 * columns of kept from `kept` on. All counted in units.
 */
typedef struct davy_cell_product {
    size_t gate, gates, kept;
    int source;
} davy_cell_product;

/** Most products of a cell. */
#define DAVY_CELL_PRODUCTS_MAX 2

typedef struct davy_cell {
    size_t gates; /* G; those with a product with x */
    size_t width; /* of a row of kept, in units; the gates come first */
    bool memory;  /* has a second state, c */
    bool biases;  /* bias is [D, 2 G H]: that of x, then that of the state */
    /* kept holds the product with x and its bias: add the state's product, write h (and c). */
    void (*forward)(const davy_cell_step *step);
    /* kept becomes gradients of the sums; diff_h and diff_c become those of the states before. */
    void (*backward)(const davy_cell_step *step);
    davy_cell_product products[DAVY_CELL_PRODUCTS_MAX]; /* gates 0: no more */
} davy_cell;

/** State of a prepared node: op->state_size of all recurrent operators. */
typedef struct davy_recurrent_net {
    const davy_cell *cell;
    size_t batch, steps, channels, units, directions;
    bool reverse;        /* the first direction walks from the end */
    size_t rows, blocks; /* the batch is cut into `blocks` of `rows` */
    size_t ahead;        /* steps whose product with x is made at once */
    const float *strips; /* constant recurrent weights in the order of the kernel; or NULL */
    size_t strips_size;  /* floats of one direction of them; 0: they lie so already */
} davy_recurrent_net;

/** prepare() of an operator with this cell: checks shapes, sizes memory. */
DAVY_MUST_CHECK davy_status davy_recurrent_prepare(davy_call *call, const davy_cell *cell);
davy_status davy_recurrent_forward(const davy_call *call);
void davy_recurrent_backward(const davy_call *call);

/**
 * dst [rows, n] = [dst +] a [rows, k] b [k, n] [+ bias]; every matrix has contiguous rows, `row`
 * floats from one to the next.
 */
typedef struct davy_cell_matrix {
    const float *at;
    size_t row;
    const float *strips; /* of b: a copy in the order of the kernel, or NULL */
} davy_cell_matrix;

static inline davy_cell_matrix davy_cell_rows(const float *at, size_t row)
{
    return (davy_cell_matrix){.at = at, .row = row};
}

void davy_cell_multiply(const davy_cell_step *step, size_t n, size_t k, davy_cell_matrix a,
                        davy_cell_matrix b, const float *bias, bool add, float *dst,
                        size_t dst_row);

/** The recurrent weights of `gates` gates from `gate` on. */
davy_cell_matrix davy_cell_weights(const davy_cell_step *step, size_t gate, size_t gates);

/** What all rows of the table have in common. */
#define DAVY_RECURRENT_ROW                                                        \
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_IN(2), .in_min = 2, \
    .state_size = sizeof(davy_recurrent_net), .forward = davy_recurrent_forward,  \
    .backward = davy_recurrent_backward
