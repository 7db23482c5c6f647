/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "nn/graph.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Trees: grown here, or by XGBoost and read as it saves them, and written as a node of a graph.
 *
 * Stage: models. A branch goes to `yes` when a number is below its threshold, in floats, as XGBoost
 * does; a missing number goes where the branch was taught to send it. A leaf has a value. A tree
 * speaks of one group: XGBoost grows one tree a round for each.
 */
typedef struct davy_trees_node {
    uint32_t tree;    /* from 0 */
    int32_t id;       /* from 0 in each tree: the root */
    int32_t feature;  /* of a branch; -1: a leaf */
    int32_t yes, no;  /* ids of the children of a branch */
    bool missing_yes; /* a missing number goes to `yes` */
    float value;      /* threshold of a branch, value of a leaf */
    float cover;      /* samples that were learnt from and came by, as they count; 0: not known */
} davy_trees_node;

/** Zeroed is none. */
typedef struct davy_trees {
    davy_trees_node *nodes; /* trees one after the other */
    size_t count, capacity; /* nodes */
    size_t trees;
    uint32_t *groups; /* [trees] what each speaks of */
    size_t group_capacity;
} davy_trees;

/** Most nodes of all trees: an ONNX file of some 400 MB. */
#define DAVY_TREES_NODES_MAX ((size_t) 8 * 1024 * 1024)

void davy_trees_clear(davy_trees *trees);

/** Room for `nodes` more of them. @return DAVY_ERR_FULL beyond DAVY_TREES_NODES_MAX */
DAVY_MUST_CHECK davy_status davy_trees_reserve(davy_trees *trees, size_t nodes);

/**
 * Append the trees of a model that XGBoost saved as UBJSON.
 *
 * @return DAVY_ERR_CORRUPT when it is none; DAVY_ERR_FULL beyond DAVY_TREES_NODES_MAX
 */
DAVY_MUST_CHECK davy_status davy_trees_read(davy_trees *trees, const void *model, size_t length);

/** Deepest leaf: branches on the way to it. */
size_t davy_trees_depth(const davy_trees *trees);

/** What becomes of leaves. */
typedef struct davy_trees_ending {
    size_t groups;   /* of the trees */
    size_t outputs;  /* groups; or 2 for one group that speaks of the second of two classes */
    double factor;   /* of each leaf */
    double base;     /* added to a single output; else 0 */
    bool complement; /* 2 outputs of 1 group: the first is 1 minus the second, else it is 0 */
} davy_trees_ending;

/** Branches as attributes of a tree_ensemble node: all but what leaves say. */
void davy_trees_set_branches(const davy_trees *trees, davy_graph *graph, davy_node *node);

/** From x [N, numbers] to [N, outputs]: the sum of the leaves that a row comes to. */
davy_value davy_trees_build(const davy_trees *trees, davy_graph *graph, davy_value x,
                            const davy_trees_ending *ending);
