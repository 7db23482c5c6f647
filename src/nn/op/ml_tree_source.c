/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the attributes of a tree ensemble say, and whether it is trees.
 *
 * A file names nodes by tree and id, in any order. Names become indices here; a child that is not
 * there, two nodes of one name, a tree of two roots or none, and a ring of nodes are refused. What
 * is left is trees, but that branches may share a child: a set of categories is asked for one by
 * one, and whichever it is, the way is the same.
 */
#include "nn/op/ml_tree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NOBODY UINT32_MAX

const char *const davy_tree_mode_words[] = {
    [DAVY_TREE_LEQ] = "BRANCH_LEQ", [DAVY_TREE_LT] = "BRANCH_LT",
    [DAVY_TREE_GTE] = "BRANCH_GTE", [DAVY_TREE_GT] = "BRANCH_GT",
    [DAVY_TREE_EQ] = "BRANCH_EQ",   [DAVY_TREE_NEQ] = "BRANCH_NEQ",
    [DAVY_TREE_LEAF] = "LEAF",      NULL};

/* A node's name and its line in the attributes. */
typedef struct node_name {
    int64_t tree, id;
    uint32_t index;
} node_name;

static int compare(const void *a, const void *b)
{
    const node_name *x = a, *y = b;

    if (x->tree != y->tree)
        return x->tree < y->tree ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static davy_status no_memory(void)
{
    return davy_fail(DAVY_ERR_NOMEM, "an ensemble of trees");
}

/* --------------------------------------------------------------------------------------- lists */

static davy_status ints(const davy_call *call, const char *attribute, size_t expected,
                        const int64_t **out)
{
    size_t count;

    *out = davy_node_ints(call->node, attribute, &count);
    if (count != expected)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu %s for %zu", count, attribute, expected);
    return DAVY_OK;
}

static davy_status floats(const davy_call *call, const char *attribute, size_t expected,
                          const float **out)
{
    size_t count;

    *out = davy_node_floats(call->node, attribute, &count);
    if (count != expected)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu %s for %zu", count, attribute, expected);
    return DAVY_OK;
}

static davy_status read_nodes(const davy_call *call, davy_tree_source *out)
{
    const struct {
        const char *name;
        const int64_t **list;
    } lists[] = {{"nodes_treeids", &out->tree_ids},    {"nodes_nodeids", &out->node_ids},
                 {"nodes_featureids", &out->features}, {"nodes_modes", &out->modes},
                 {"nodes_truenodeids", &out->yes_ids}, {"nodes_falsenodeids", &out->no_ids}};
    davy_status status = DAVY_OK;
    size_t count;

    (void) davy_node_ints(call->node, "nodes_treeids", &out->nodes);
    if (out->nodes < 1 || out->nodes > DAVY_TREE_NODES_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu nodes; 1 to %zu", out->nodes,
                              DAVY_TREE_NODES_MAX);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lists) && status == DAVY_OK; i++)
        status = ints(call, lists[i].name, out->nodes, lists[i].list);
    if (status == DAVY_OK)
        status = floats(call, "nodes_values", out->nodes, &out->thresholds);
    out->missing = davy_node_ints(call->node, "nodes_missing_value_tracks_true", &count);
    if (status == DAVY_OK && count != 0 && count != out->nodes)
        status = davy_call_fail(call, DAVY_ERR_INVALID,
                                "%zu nodes_missing_value_tracks_true for %zu", count, out->nodes);
    if (count == 0)
        out->missing = NULL;
    return status;
}

/* --------------------------------------------------------------------------------------- trees */

static davy_status sort_names(const davy_call *call, const davy_tree_source *source,
                              node_name *names)
{
    bool sorted = true;

    for (size_t i = 0; i < source->nodes; i++) {
        names[i] = (node_name){source->tree_ids[i], source->node_ids[i], (uint32_t) i};
        sorted &= i == 0 || compare(&names[i - 1], &names[i]) < 0;
    }
    if (!sorted)
        qsort(names, source->nodes, sizeof *names, compare);
    for (size_t i = 1; i < source->nodes; i++)
        if (compare(&names[i - 1], &names[i]) == 0)
            return davy_call_fail(call, DAVY_ERR_INVALID,
                                  "node %" PRId64 " of tree %" PRId64 " is there twice",
                                  names[i].id, names[i].tree);
    return DAVY_OK;
}

/* The node of this name, or NOBODY. Most files have the nodes of a tree in the order of their ids:
 * then it is as far from node `near` as their ids are apart. */
static uint32_t find(const davy_tree_source *source, const node_name *names, size_t near,
                     int64_t tree, int64_t id)
{
    const node_name key = {tree, id, 0};
    const uint64_t guess = near + (uint64_t) id - (uint64_t) source->node_ids[near];
    const node_name *found = guess < source->nodes ? &names[guess] : NULL;

    if (!found || compare(found, &key) != 0)
        found = bsearch(&key, names, source->nodes, sizeof *names, compare);
    return found ? found->index : NOBODY;
}

static davy_status add_child(const davy_call *call, davy_tree_source *source,
                             const node_name *names, size_t parent, int64_t id, uint32_t *parents,
                             uint32_t *out)
{
    *out = find(source, names, parent, source->tree_ids[parent], id);
    if (*out == NOBODY)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "tree %" PRId64 ": node %" PRId64 " has the child %" PRId64
                              ", which is not there",
                              source->tree_ids[parent], source->node_ids[parent], id);
    source->shared |= parents[*out]++ > 0;
    return DAVY_OK;
}

static davy_status read_branch(const davy_call *call, davy_tree_source *source,
                               const node_name *names, size_t i, uint32_t *parents)
{
    davy_status status;

    if (source->modes[i] < DAVY_TREE_LEQ || source->modes[i] > DAVY_TREE_LEAF)
        return davy_call_fail(call, DAVY_ERR_INVALID, "nodes_modes has %" PRId64, source->modes[i]);
    if (source->modes[i] == DAVY_TREE_LEAF)
        return DAVY_OK;
    if (isnan(source->thresholds[i]))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "tree %" PRId64 ": node %" PRId64 " compares with no number",
                              source->tree_ids[i], source->node_ids[i]);
    if (source->features[i] < 0 || source->features[i] >= DAVY_TREE_FEATURES_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "tree %" PRId64 ": node %" PRId64 " asks for feature %" PRId64,
                              source->tree_ids[i], source->node_ids[i], source->features[i]);
    status = add_child(call, source, names, i, source->yes_ids[i], parents, &source->yes[i]);
    if (status == DAVY_OK)
        status = add_child(call, source, names, i, source->no_ids[i], parents, &source->no[i]);
    return status;
}

/* Nodes whose parents are all reached, which none of a ring are, nor what is below one. A child is
 * reached with the last of its parents. @param parents  [nodes] used up */
static size_t count_reached(const davy_tree_source *source, uint32_t *parents, uint32_t *stack)
{
    size_t reached = 0, height = 0;

    for (size_t t = 0; t < source->trees; t++)
        stack[height++] = source->roots[t];
    for (; height > 0; reached++) {
        const uint32_t at = stack[--height];

        if (source->modes[at] == DAVY_TREE_LEAF)
            continue;
        if (--parents[source->yes[at]] == 0)
            stack[height++] = source->yes[at];
        if (--parents[source->no[at]] == 0)
            stack[height++] = source->no[at];
    }
    return reached;
}

/* Names are sorted by tree, so roots of one tree follow each other. */
static davy_status find_roots(const davy_call *call, davy_tree_source *source,
                              const node_name *names, const uint32_t *parents)
{
    for (size_t i = 0; i < source->nodes; i++) {
        if (parents[names[i].index] > 0)
            continue;
        if (source->trees > 0 &&
            source->tree_ids[source->roots[source->trees - 1]] == names[i].tree)
            return davy_call_fail(call, DAVY_ERR_INVALID, "tree %" PRId64 " has several roots",
                                  names[i].tree);
        source->roots[source->trees++] = names[i].index;
    }
    return DAVY_OK;
}

/* @param room  [nodes] */
static davy_status join(const davy_call *call, davy_tree_source *source, const node_name *names,
                        uint32_t *parents, uint32_t *room)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < source->nodes && status == DAVY_OK; i++)
        status = read_branch(call, source, names, i, parents);
    if (status == DAVY_OK)
        status = find_roots(call, source, names, parents);
    if (status == DAVY_OK && count_reached(source, parents, room) != source->nodes)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "nodes of a tree go round in a ring");
    return status;
}

/* ------------------------------------------------------------------------------------- weights */

/* The lists of weights, and the leaf that each belongs to. */
typedef struct weights {
    const int64_t *tree_ids, *node_ids;
    uint32_t *nodes; /* [count] */
} weights;

static davy_status read_weights(const davy_call *call, const char *of, davy_tree_source *out,
                                weights *lists)
{
    const struct {
        const char *name;
        const int64_t **list;
    } ids[] = {{"treeids", &lists->tree_ids},
               {"nodeids", &lists->node_ids},
               {"ids", &out->weight_targets}};
    char name[32];
    davy_status status = DAVY_OK;

    (void) snprintf(name, sizeof name, "%s_weights", of);
    (void) davy_node_floats(call->node, name, &out->weights);
    if (out->weights > UINT32_MAX / 2)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu %s", out->weights, name);
    status = floats(call, name, out->weights, &out->weight_values);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ids) && status == DAVY_OK; i++) {
        (void) snprintf(name, sizeof name, "%s_%s", of, ids[i].name);
        status = ints(call, name, out->weights, ids[i].list);
    }
    return status;
}

/* The leaf that weight i belongs to. */
static davy_status find_leaf(const davy_call *call, const davy_tree_source *source,
                             const weights *lists, const node_name *names, size_t i,
                             int64_t targets)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): ints() gave as many as there are */
    const uint32_t node = find(source, names, i > 0 ? lists->nodes[i - 1] : 0, lists->tree_ids[i],
                               lists->node_ids[i]);

    if (node == NOBODY || source->modes[node] != DAVY_TREE_LEAF)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "a weight for node %" PRId64 " of tree %" PRId64 ", %s",
                              lists->node_ids[i], lists->tree_ids[i],
                              node == NOBODY ? "which is not there" : "which is no leaf");
    if (source->weight_targets[i] < 0 || source->weight_targets[i] >= targets)
        return davy_call_fail(call, DAVY_ERR_INVALID, "a weight for target %" PRId64 " of %" PRId64,
                              source->weight_targets[i], targets);
    if (!isfinite(source->weight_values[i]))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "a weight of tree %" PRId64 " is no finite number",
                              lists->tree_ids[i]);
    lists->nodes[i] = node;
    return DAVY_OK;
}

/* Weights in the order of their leaves, and in the order of the file where they share one. */
static void sort_by_leaf(davy_tree_source *source, const weights *lists)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < source->weights; i++)
        source->first[lists->nodes[i]]++;
    for (size_t i = 0; i <= source->nodes; i++) {
        const uint32_t count = source->first[i];

        source->first[i] = sum;
        sum += count;
    }
    for (size_t i = 0; i < source->weights; i++)
        source->by_node[source->first[lists->nodes[i]]++] = (uint32_t) i;
    for (size_t i = source->nodes; i > 0; i--)
        source->first[i] = source->first[i - 1];
    source->first[0] = 0;
}

/* @param last  [targets] zeros */
static davy_status check_targets(const davy_call *call, const davy_tree_source *source,
                                 size_t *last)
{
    for (size_t node = 0; node < source->nodes; node++)
        for (uint32_t i = source->first[node]; i < source->first[node + 1]; i++) {
            const int64_t target = source->weight_targets[source->by_node[i]];

            if (last[target] == node + 1)
                return davy_call_fail(call, DAVY_ERR_INVALID,
                                      "node %" PRId64 " of tree %" PRId64
                                      " has two weights for target %" PRId64,
                                      source->node_ids[node], source->tree_ids[node], target);
            last[target] = node + 1;
        }
    return DAVY_OK;
}

static davy_status join_weights(const davy_call *call, const char *of, int64_t targets,
                                const node_name *names, davy_arena *arena, davy_tree_source *out)
{
    weights lists = {0};
    size_t *last = davy_arena_array(arena, (size_t) targets, sizeof *last);
    davy_status status = read_weights(call, of, out, &lists);

    if (status != DAVY_OK)
        return status;
    lists.nodes = davy_arena_array(arena, out->weights + 1, sizeof *lists.nodes);
    out->by_node = davy_arena_array(arena, out->weights + 1, sizeof *out->by_node);
    out->first = davy_arena_array(arena, out->nodes + 1, sizeof *out->first);
    if (!last || !lists.nodes || !out->by_node || !out->first)
        return no_memory();
    for (size_t i = 0; i < out->weights && status == DAVY_OK; i++)
        status = find_leaf(call, out, &lists, names, i, targets);
    if (status != DAVY_OK)
        return status;
    sort_by_leaf(out, &lists);
    return check_targets(call, out, last);
}

davy_status davy_tree_read(const davy_call *call, const char *of, int64_t targets,
                           davy_arena *arena, davy_tree_source *out)
{
    node_name *names;
    uint32_t *parents, *room;
    davy_status status;

    *out = (davy_tree_source){0};
    status = read_nodes(call, out);
    if (status != DAVY_OK)
        return status;
    names = davy_arena_array(arena, out->nodes, sizeof *names);
    parents = davy_arena_array(arena, out->nodes, sizeof *parents);
    room = davy_arena_array(arena, out->nodes, sizeof *room);
    out->yes = davy_arena_array(arena, out->nodes, sizeof *out->yes);
    out->no = davy_arena_array(arena, out->nodes, sizeof *out->no);
    out->roots = davy_arena_array(arena, out->nodes, sizeof *out->roots);
    if (!names || !parents || !room || !out->yes || !out->no || !out->roots)
        return no_memory();
    status = sort_names(call, out, names);
    if (status == DAVY_OK)
        status = join(call, out, names, parents, room);
    return status == DAVY_OK ? join_weights(call, of, targets, names, arena, out) : status;
}
