/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"
#include "nn/simd/shallow.h"

/**
 * @file
 * Trees: ensembles of decision trees, as ai.onnx.ml's TreeEnsemble operators have them.
 *
 * Stage: nn. ml_tree_source.c reads and checks what the attributes say, ml_tree_layout.c makes a
 * davy_forest of it, ml_tree_top.c chooses what many rows are asked at once, ml_tree_shallow.c puts
 * every question of shallow trees into bytes, ml_tree_score.c asks.
 *
 * A float is compared as an integer, its *key*, which stands in the order of the numbers: then all
 * modes of ONNX are one comparison, key(x) <= key, and no number is cut to zero on the way (threads
 * of the pool take denormals for zero). x < t is key(x) <= key(t) - 1; x == t is two comparisons.
 * A missing value (NaN) has no place among the numbers, so it stands below or above them all, as
 * its node wants; a feature that is wanted both ways is two *columns*.
 */

/** Keys of numbers lie between these two, those of missing values on them. */
#define DAVY_TREE_BELOW (INT32_MIN + 1)
#define DAVY_TREE_ABOVE INT32_MAX
/** The key of column 0, which is below all others: nothing is asked there. */
#define DAVY_TREE_NOTHING INT32_MIN

/** Limits, so that indices fit and arrays stay in proportion; ONNX writes some 50 bytes a node. */
#define DAVY_TREE_NODES_MAX    ((size_t) 1 << 28)
#define DAVY_TREE_FEATURES_MAX ((int64_t) 1 << 24)

typedef enum davy_tree_mode {
    DAVY_TREE_LEQ,
    DAVY_TREE_LT,
    DAVY_TREE_GTE,
    DAVY_TREE_GT,
    DAVY_TREE_EQ,
    DAVY_TREE_NEQ,
    DAVY_TREE_LEAF
} davy_tree_mode;

/** ONNX's words for the modes, closed by NULL: graphs have numbers, files have these. */
extern const char *const davy_tree_mode_words[];

/** What the attributes say, checked: all nodes of a tree are below one root, and none in a ring. */
typedef struct davy_tree_source {
    size_t nodes;
    const int64_t *tree_ids, *node_ids, *features, *modes, *yes_ids, *no_ids;
    const int64_t *missing; /* NULL: a missing value says no */
    const float *thresholds;
    uint32_t *yes, *no; /* [nodes] children of a branch, as indices */
    bool shared;        /* some nodes have several parents */
    uint32_t *roots;    /* [trees] by tree id */
    size_t trees;
    size_t weights;
    const int64_t *weight_targets;
    const float *weight_values;
    uint32_t *first; /* [nodes + 1] weights of node i are by_node[first[i] .. first[i + 1]) */
    uint32_t *by_node;
} davy_tree_source;

/**
 * Read the attributes of a node.
 *
 * @param of       "target" or "class": the beginning of the names of the weights' attributes
 * @param targets  numbers that a leaf may give
 * @param arena    takes the arrays
 * @return DAVY_ERR_INVALID with what is wrong
 */
DAVY_MUST_CHECK davy_status davy_tree_read(const davy_call *call, const char *of, int64_t targets,
                                           davy_arena *arena, davy_tree_source *out);

typedef struct davy_tree_column {
    uint32_t feature;
    int32_t missing; /* key of a NaN */
} davy_tree_column;

typedef struct davy_tree_weight {
    uint32_t target;
    float value;
} davy_tree_weight;

/** Nodes of a tree that many rows are asked at once, see ml_tree_top.c. */
#define DAVY_TREE_TOP 31

typedef struct davy_tree {
    uint32_t first;                /* its root */
    uint32_t depth;                /* steps to the farthest leaf */
    uint32_t top, top_count, exit; /* its top; where rows go on */
    uint32_t rest;                 /* steps from there to the farthest leaf */
} davy_tree;

/** Shallow trees, asked whole. */
typedef struct davy_shallow_forest {
    bool fits;                /* else they are walked */
    davy_shallow_tree *trees; /* those of the forest, then empty ones up to a multiple of eight */
    davy_shallow_column *columns;
    davy_tree_column *sources; /* of the columns */
    size_t column_count;
} davy_shallow_forest;

/** Trees made for speed. */
typedef struct davy_forest {
    davy_tree_node *nodes; /* of each tree together: a pair of children, then what is below them */
    davy_tree *trees;      /* [tree_count] */
    size_t tree_count;
    davy_tree_column *columns; /* [column_count] the first asks nothing */
    size_t column_count;
    unsigned bits;       /* of a column in a link */
    davy_tree_top *tops; /* of all trees */
    uint32_t *exits;
    bool single; /* one target, one number a leaf: it stands in the node */
    size_t leaves;
    uint32_t *first; /* [leaves + 1] weights of leaf i are weights[first[i] .. first[i + 1]) */
    davy_tree_weight *weights;
    size_t targets;
    uint32_t features; /* that a row must have at least */
    davy_shallow_forest shallow;
} davy_forest;

/**
 * Lay out what was read.
 *
 * @param arena  takes the forest
 * @return DAVY_ERR_UNSUPPORTED for a tree whose nodes times the columns of all pass 2^32
 */
DAVY_MUST_CHECK davy_status davy_forest_create(const davy_call *call,
                                               const davy_tree_source *source, size_t targets,
                                               davy_arena *arena, davy_forest *out);

/** Choose the top of a tree that is laid out; tops and exits have room. */
void davy_forest_crown(davy_forest *forest, davy_tree *tree, size_t *top_count, size_t *exit_count);

/**
 * Lay out shallow trees once more, if they fit and the CPU has the instructions.
 *
 * @param nodes  of all trees of the forest
 * @return false without memory
 */
bool davy_shallow_create(const davy_forest *forest, size_t nodes, davy_arena *arena,
                         davy_shallow_forest *out);

static inline uint32_t davy_tree_child(const davy_forest *forest, uint32_t link)
{
    return link >> forest->bits;
}

static inline uint32_t davy_tree_asked(const davy_forest *forest, uint32_t link)
{
    return link & ((1U << forest->bits) - 1);
}

typedef enum davy_aggregate {
    DAVY_AGGREGATE_SUM,
    DAVY_AGGREGATE_AVERAGE,
    DAVY_AGGREGATE_MIN,
    DAVY_AGGREGATE_MAX
} davy_aggregate;

/** Rows that are scored together, while a tree is in the cache. */
#define DAVY_FOREST_ROWS DAVY_TREE_ROWS

/** Bytes of scratch that one block of rows takes. */
size_t davy_forest_scratch(const davy_forest *forest);

/**
 * What the trees say of some rows.
 *
 * Trees are added in the order of their ids, in double, so the bits do not depend on how many rows
 * are asked for at once.
 *
 * @param x     [rows, features], rows at most DAVY_FOREST_ROWS
 * @param sums  [rows, targets]
 */
void davy_forest_score(const davy_forest *forest, const davy_kernels *kernels,
                       davy_aggregate aggregate, size_t rows, size_t features, const float *x,
                       void *scratch, double *sums);
