/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/trees.h"

#include "models/kinds/ubj.h"
#include "nn/op/ml_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void davy_trees_clear(davy_trees *trees)
{
    free(trees->nodes);
    free(trees->groups);
    *trees = (davy_trees){0};
}

davy_status davy_trees_reserve(davy_trees *trees, size_t nodes)
{
    size_t capacity = trees->capacity > 0 ? trees->capacity : 1024;
    davy_trees_node *grown;

    if (nodes > DAVY_TREES_NODES_MAX - trees->count)
        return davy_fail(DAVY_ERR_FULL,
                         "the trees have more than %zu nodes: fewer trees, less depth, or more "
                         "samples in a leaf make fewer",
                         DAVY_TREES_NODES_MAX);
    while (capacity < trees->count + nodes)
        capacity *= 2;
    grown =
        capacity > trees->capacity ? realloc(trees->nodes, capacity * sizeof *grown) : trees->nodes;
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "%zu nodes of trees", capacity);
    trees->nodes = grown;
    trees->capacity = capacity;
    return DAVY_OK;
}

static davy_status add_group(davy_trees *trees, uint32_t group)
{
    if (trees->trees == trees->group_capacity) {
        const size_t capacity = 2 * trees->group_capacity + 64;
        uint32_t *grown = realloc(trees->groups, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "%zu trees", capacity);
        trees->groups = grown;
        trees->group_capacity = capacity;
    }
    trees->groups[trees->trees++] = group;
    return DAVY_OK;
}

/* ---------------------------------------------------------------------------------------- read */

static davy_status strange(const char *what)
{
    return davy_fail(DAVY_ERR_CORRUPT, "XGBoost wrote trees that are not understood: %s", what);
}

/* The lists of a tree, all of one length. */
typedef struct tree_lists {
    davy_ubj_list left, right, feature, value, missing;
    davy_ubj_list cover; /* an empty list where nothing is said of it */
} tree_lists;

/* XGBoost marks a leaf by children of -1 and keeps its value where branches have thresholds. */
static davy_trees_node node_of(const tree_lists *lists, uint32_t tree, size_t i)
{
    const int32_t left = (int32_t) davy_ubj_number(&lists->left, i);
    const bool leaf = left < 0;

    return (davy_trees_node){
        .tree = tree,
        .id = (int32_t) i,
        .feature = leaf ? -1 : (int32_t) davy_ubj_number(&lists->feature, i),
        .yes = leaf ? 0 : left,
        .no = leaf ? 0 : (int32_t) davy_ubj_number(&lists->right, i),
        .missing_yes = davy_ubj_number(&lists->missing, i) != 0,
        .value = (float) davy_ubj_number(&lists->value, i),
        .cover = i < lists->cover.count ? (float) davy_ubj_number(&lists->cover, i) : 0};
}

static davy_status check_node(const davy_trees_node *node, size_t nodes)
{
    if (!isfinite(node->value) || !isfinite(node->cover))
        return strange("a node without a finite number");
    if (node->feature >= 0 && (node->yes <= node->id || node->no <= node->id ||
                               (size_t) node->yes >= nodes || (size_t) node->no >= nodes))
        return strange("a branch to nowhere");
    return DAVY_OK;
}

/* Whole numbers of up to 32 bits, or floats. */
static bool has_type(const davy_ubj_list *list, const char *types)
{
    return list->count > 0 && strchr(types, list->type) != NULL;
}

static davy_status check_lists(const tree_lists *lists)
{
    const size_t nodes = lists->left.count;

    if (nodes == 0 || lists->right.count != nodes || lists->feature.count != nodes ||
        lists->value.count != nodes || lists->missing.count != nodes)
        return strange("lists of unlike length");
    if (!has_type(&lists->left, "l") || !has_type(&lists->right, "l") ||
        !has_type(&lists->feature, "l") || !has_type(&lists->value, "d") ||
        !has_type(&lists->missing, "U") || (lists->cover.count > 0 && lists->cover.type != 'd'))
        return strange("lists of another type");
    return DAVY_OK;
}

static davy_status read_tree(davy_trees *trees, davy_ubj tree, uint32_t group)
{
    const tree_lists lists = {.left = davy_ubj_numbers(davy_ubj_member(tree, "left_children")),
                              .right = davy_ubj_numbers(davy_ubj_member(tree, "right_children")),
                              .feature = davy_ubj_numbers(davy_ubj_member(tree, "split_indices")),
                              .value = davy_ubj_numbers(davy_ubj_member(tree, "split_conditions")),
                              .missing = davy_ubj_numbers(davy_ubj_member(tree, "default_left")),
                              .cover = davy_ubj_numbers(davy_ubj_member(tree, "sum_hessian"))};
    const size_t nodes = lists.left.count;
    davy_status status = check_lists(&lists);

    if (status == DAVY_OK)
        status = davy_trees_reserve(trees, nodes);
    for (size_t i = 0; i < nodes && status == DAVY_OK; i++) {
        davy_trees_node *node = &trees->nodes[trees->count++];

        *node = node_of(&lists, (uint32_t) trees->trees, i);
        status = check_node(node, nodes);
    }
    return status == DAVY_OK ? add_group(trees, group) : status;
}

davy_status davy_trees_read(davy_trees *trees, const void *model, size_t length)
{
    const davy_ubj root = {model, (const uint8_t *) model + length};
    const davy_ubj learner = davy_ubj_member(root, "learner");
    const davy_ubj grown = davy_ubj_member(davy_ubj_member(learner, "gradient_booster"), "model");
    size_t count, groups;
    davy_ubj tree = davy_ubj_first(davy_ubj_member(grown, "trees"), &count);
    davy_ubj group = davy_ubj_first(davy_ubj_member(grown, "tree_info"), &groups);
    davy_status status = DAVY_OK;

    if (!tree.at || groups != count)
        return strange("no list of trees");
    for (size_t t = 0; t < count && status == DAVY_OK; t++) {
        const int64_t of = davy_ubj_integer(group, -1);

        status = of < 0 || of > UINT32_MAX ? strange("a tree of no group")
                                           : read_tree(trees, tree, (uint32_t) of);
        tree = davy_ubj_next(tree);
        group = davy_ubj_next(group);
    }
    return status;
}

size_t davy_trees_depth(const davy_trees *trees)
{
    size_t *depths = calloc(trees->count + 1, sizeof *depths), deepest = 0;

    for (size_t i = 0, first = 0; depths && i < trees->count; i++) {
        const davy_trees_node *node = &trees->nodes[i];

        if (node->id == 0)
            first = i;
        if (depths[i] > deepest)
            deepest = depths[i];
        if (node->feature >= 0) /* children come after their parents */
            depths[first + (size_t) node->yes] = depths[first + (size_t) node->no] = depths[i] + 1;
    }
    free(depths);
    return deepest;
}

/* --------------------------------------------------------------------------------------- build */

/* A list of ints of all nodes. */
typedef int64_t (*node_number)(const davy_trees_node *node);

static int64_t tree_of(const davy_trees_node *node)
{
    return node->tree;
}

static int64_t id_of(const davy_trees_node *node)
{
    return node->id;
}

static int64_t feature_of(const davy_trees_node *node)
{
    return node->feature < 0 ? 0 : node->feature;
}

static int64_t mode_of(const davy_trees_node *node)
{
    return node->feature < 0 ? DAVY_TREE_LEAF : DAVY_TREE_LT;
}

static int64_t yes_of(const davy_trees_node *node)
{
    return node->yes;
}

static int64_t no_of(const davy_trees_node *node)
{
    return node->no;
}

static int64_t missing_of(const davy_trees_node *node)
{
    return node->feature >= 0 && node->missing_yes;
}

/* Scratch for the longest list. */
typedef struct lists {
    int64_t *ints;
    float *floats;
} lists;

static davy_status lists_init(const davy_trees *trees, lists *l)
{
    l->ints = calloc(2 * trees->count + 1, sizeof *l->ints);
    l->floats = calloc(2 * trees->count + 1, sizeof *l->floats);
    return l->ints && l->floats ? DAVY_OK
                                : davy_fail(DAVY_ERR_NOMEM, "%zu nodes of trees", trees->count);
}

static void lists_clear(lists *l)
{
    free(l->ints);
    free(l->floats);
}

static void set_branches(const davy_trees *trees, davy_graph *graph, davy_node *node, lists *l)
{
    static const struct {
        const char *name;
        node_number of;
    } rows[] = {{"nodes_treeids", tree_of},
                {"nodes_nodeids", id_of},
                {"nodes_featureids", feature_of},
                {"nodes_modes", mode_of},
                {"nodes_truenodeids", yes_of},
                {"nodes_falsenodeids", no_of},
                {"nodes_missing_value_tracks_true", missing_of}};

    for (size_t r = 0; r < DAVY_ARRAY_LENGTH(rows); r++) {
        for (size_t i = 0; i < trees->count; i++)
            l->ints[i] = rows[r].of(&trees->nodes[i]);
        davy_node_set_ints(graph, node, rows[r].name, l->ints, trees->count);
    }
    for (size_t i = 0; i < trees->count; i++)
        l->floats[i] = trees->nodes[i].feature < 0 ? 0 : trees->nodes[i].value;
    davy_node_set_floats(graph, node, "nodes_values", l->floats, trees->count);
    for (size_t i = 0; i < trees->count; i++)
        l->floats[i] = trees->nodes[i].cover;
    if (trees->count > 0 && trees->nodes[0].cover > 0) /* explanations ask for it */
        davy_node_set_floats(graph, node, "nodes_hitrates", l->floats, trees->count);
}

void davy_trees_set_branches(const davy_trees *trees, davy_graph *graph, davy_node *node)
{
    lists l = {0};
    const davy_status status = lists_init(trees, &l);

    if (status != DAVY_OK)
        davy_graph_fail(graph, status);
    else
        set_branches(trees, graph, node, &l);
    lists_clear(&l);
}

/* One weight for each leaf, of its group; the complement is what is left to 1 of it. */
static void set_leaves(const davy_trees *trees, davy_graph *graph, davy_node *node, lists *l,
                       const davy_trees_ending *ending)
{
    const node_number numbers[] = {tree_of, id_of};
    const char *const names[] = {"target_treeids", "target_nodeids", "target_ids"};
    const size_t per = ending->complement ? 2 : 1;
    size_t leaves = 0;

    for (size_t list = 0; list < DAVY_ARRAY_LENGTH(names); list++) {
        leaves = 0;
        for (size_t i = 0; i < trees->count; i++) {
            const davy_trees_node *leaf = &trees->nodes[i];
            const size_t first = ending->outputs - ending->groups;

            for (size_t w = 0; w < per && leaf->feature < 0; w++) {
                const double value = ending->factor * (double) leaf->value;

                l->ints[leaves] = list < 2 ? numbers[list](leaf)
                                  : w == 0 ? (int64_t) (trees->groups[leaf->tree] + first)
                                           : 0;
                l->floats[leaves++] = (float) (w == 0 ? value : ending->factor - value);
            }
        }
        davy_node_set_ints(graph, node, names[list], l->ints, leaves);
    }
    davy_node_set_floats(graph, node, "target_weights", l->floats, leaves);
}

davy_value davy_trees_build(const davy_trees *trees, davy_graph *graph, davy_value x,
                            const davy_trees_ending *ending)
{
    lists l = {0};
    davy_node *node = NULL;
    const davy_status status = lists_init(trees, &l);

    if (status == DAVY_OK)
        node = davy_graph_node(graph, "tree_ensemble_regressor", &x, 1, 1);
    else
        davy_graph_fail(graph, status);
    if (node) {
        davy_node_set_int(graph, node, "n_targets", (int64_t) ending->outputs);
        set_branches(trees, graph, node, &l);
        set_leaves(trees, graph, node, &l, ending);
    }
    if (node && ending->base != 0) {
        const float base = (float) ending->base;

        davy_node_set_floats(graph, node, "base_values", &base, 1);
    }
    lists_clear(&l);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}
