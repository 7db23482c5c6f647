/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/trees.h"

#include <stdint.h>

/**
 * @file
 * Isolation forest: how few random cuts part a row from the others.
 *
 * Stage: models. Each tree sees a few rows, drawn without putting them back, and cuts them at
 * random: a number of the row that still moves, and a place between its lowest and its highest
 * value, until a row stands alone or the tree is as high as a balanced one. A path of h cuts that
 * ends among n rows counts as h + c(n), c(n) being the mean path of a tree of n rows.
 *
 * What a tree says of a row is what its path is short of a common one, c(sample) - h - c(n). That
 * is the sum over the cuts of the path of c(rows before) - c(rows after) - 1, what the cut gained,
 * so each cut's part belongs to the number that was cut: the decomposition is exact, and leaves
 * keep it.
 *
 * Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008.
 */
typedef struct davy_isolation_options {
    const float *x;       /* [rows * columns] finite */
    size_t rows, columns; /* rows 2 or more */
    size_t owners;        /* number j of a row belongs to owner j % owners */
    size_t trees, sample; /* rows that a tree sees: all, when there are no more */
    uint64_t seed;
} davy_isolation_options;

/** What a leaf says of an owner. */
typedef struct davy_isolation_gain {
    uint32_t node; /* of trees.nodes */
    uint32_t owner;
    double gain; /* cuts saved, over all cuts of this owner on the way to the leaf */
} davy_isolation_gain;

/** Zeroed is none. */
typedef struct davy_isolation {
    davy_trees trees;
    davy_isolation_gain *gains; /* [gain_count] by leaf */
    size_t gain_count, gain_capacity;
    size_t *first; /* [trees.count + 1] gains of node i: first[i] .. first[i + 1] */
    size_t sample; /* rows that each tree saw */
} davy_isolation;

/** c(n): the mean path of an unsuccessful search in a binary tree of n rows, 0 for one. */
double davy_isolation_path(size_t n);

/** @return DAVY_ERR_INVALID when no number of the rows moves */
DAVY_MUST_CHECK davy_status davy_isolation_grow(const davy_isolation_options *options,
                                                davy_isolation *out);
void davy_isolation_clear(davy_isolation *forest);

/**
 * Mean gain of each owner for a row.
 *
 * @param gains  [owners] set; their sum is c(sample) less the mean path
 */
void davy_isolation_ask(const davy_isolation *forest, const float *row, size_t owners,
                        double *gains);

/** From x [N, columns] to the mean gains [N, owners]. */
davy_value davy_isolation_build(const davy_isolation *forest, davy_graph *graph, davy_value x,
                                size_t owners);
