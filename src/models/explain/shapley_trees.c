/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain/shapley_private.h"

#include "nn/op/ml_scores.h"
#include "nn/op/ml_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COVER_TOLERANCE \
    1e-3               /* children whose covers miss their parent's by more were not counted */
#define STEP         4 /* points are padded to a multiple */
#define NEWTON_STEPS 20

bool davy_shapley_decide(const davy_shapley_node *node, float x)
{
    if (isnan(x))
        return node->missing_yes;
    switch ((davy_tree_mode) node->mode) {
    case DAVY_TREE_LEQ:
        return x <= node->threshold;
    case DAVY_TREE_LT:
        return x < node->threshold;
    case DAVY_TREE_GTE:
        return x >= node->threshold;
    case DAVY_TREE_GT:
        return x > node->threshold;
    case DAVY_TREE_EQ:
        return x == node->threshold;
    case DAVY_TREE_NEQ:
        return x != node->threshold;
    default:
        return false;
    }
}

double davy_shapley_beside(const davy_shapley_trees *trees, const double *mix)
{
    double sum = 0;

    for (size_t k = 0; k < trees->targets; k++)
        sum += mix[k] * trees->base[k];
    return sum;
}

double davy_shapley_score(const davy_shapley_trees *trees, const double *mix, const float *x)
{
    double sum = davy_shapley_beside(trees, mix);

    for (size_t i = 0; i < trees->tree_count; i++) {
        const davy_shapley_node *node = &trees->nodes[trees->trees[i].root];

        while (node->mode != DAVY_TREE_LEAF)
            node =
                &trees->nodes[davy_shapley_decide(node, x[node->feature]) ? node->yes : node->no];
        sum += davy_shapley_leaf(trees, node, mix);
    }
    return sum;
}

davy_status davy_shapley_check(const davy_shapley_trees *trees, const double *shares,
                               const davy_shapley_sum *sum)
{
    double total = sum->base, largest = fmax(fabs(sum->base), fabs(sum->score));

    for (size_t i = 0; i < trees->features; i++) {
        total += shares[i];
        largest = fmax(largest, fabs(shares[i]));
    }
    if (fabs(total - sum->score) <= DAVY_SHAPLEY_TOLERANCE * largest)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_CORRUPT, "the contributions add up to %.12g, and the score is %.12g",
                     total, sum->score);
}

/* -------------------------------------------------------------------------------------- points */

/* Legendre's polynomial of degree n at x, and its derivative. */
static double legendre(size_t n, double x, double *slope)
{
    double before = 1, at = x;

    for (size_t k = 2; k <= n; k++) {
        const double next =
            ((2.0 * (double) k - 1) * x * at - ((double) k - 1) * before) / (double) k;

        before = at;
        at = next;
    }
    *slope = (double) n * (x * at - before) / (x * x - 1);
    return at;
}

void davy_shapley_points(size_t count, double *t, double *w)
{
    for (size_t i = 0; i < count; i++) {
        double x = cos(acos(-1.0) * ((double) i + 0.75) / ((double) count + 0.5)), slope = 1;

        for (int step = 0; step < NEWTON_STEPS; step++) {
            const double value = legendre(count, x, &slope);

            x -= value / slope;
        }
        (void) legendre(count, x, &slope);
        t[i] = (1 - x) / 2;
        w[i] = 1 / ((1 - x * x) * slope * slope);
    }
}

static davy_status add_points(davy_shapley_trees *trees, davy_shapley_tree *tree, size_t players)
{
    const size_t count = players > 2 ? (players + 1) / 2 : 1;
    double *t, *w;

    tree->points = (uint32_t) ((count + STEP - 1) / STEP * STEP);
    if (tree->points > trees->points_most)
        trees->points_most = tree->points;
    for (const davy_shapley_tree *other = trees->trees; other < tree; other++)
        if (other->points == tree->points) {
            tree->t = other->t;
            tree->w = other->w;
            return DAVY_OK;
        }
    t = davy_arena_array(&trees->arena, tree->points, sizeof *t);
    w = davy_arena_array(&trees->arena, tree->points, sizeof *w);
    if (!t || !w)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    davy_shapley_points(tree->points, t, w); /* more than are needed cost nothing more */
    tree->t = t;
    tree->w = w;
    return DAVY_OK;
}

/* ---------------------------------------------------------------------------------------- read */

/* What a way is like, while it is walked. */
typedef struct survey {
    davy_shapley_trees *trees;
    size_t depth, players;
} survey;

/* The walk is as deep as the trees are, and they are checked. @return the most players of a way */
static size_t measure(survey *s, uint32_t at, size_t depth, size_t players)
{
    const davy_shapley_node *node = &s->trees->nodes[at];
    size_t yes, no;
    bool fresh;

    if (depth > s->depth)
        s->depth = depth;
    if (node->mode == DAVY_TREE_LEAF || depth > DAVY_SHAPLEY_DEPTH_MAX)
        return players;
    fresh = s->trees->state[node->feature] == 0;
    s->trees->state[node->feature] = 1;
    yes = measure(s, node->yes, depth + 1, players + fresh);
    no = measure(s, node->no, depth + 1, players + fresh);
    if (fresh)
        s->trees->state[node->feature] = 0;
    return yes > no ? yes : no;
}

static davy_status measure_tree(davy_shapley_trees *trees, davy_shapley_tree *tree)
{
    survey s = {.trees = trees};
    const size_t players = measure(&s, tree->root, 0, 0);

    if (s.depth > DAVY_SHAPLEY_DEPTH_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "a tree is more than %d branches deep",
                         DAVY_SHAPLEY_DEPTH_MAX);
    if (players > DAVY_SHAPLEY_PLAYERS_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "a leaf stands behind branches on %zu numbers, %d "
                         "at most",
                         players, DAVY_SHAPLEY_PLAYERS_MAX);
    trees->depth = s.depth > trees->depth ? s.depth : trees->depth;
    trees->players = players > trees->players ? players : trees->players;
    return add_points(trees, tree, players);
}

static davy_status measure_all(davy_shapley_trees *trees)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < trees->tree_count && status == DAVY_OK; i++)
        status = measure_tree(trees, &trees->trees[i]);
    trees->work = (double) trees->count * (double) (trees->points_most + STEP);
    return status;
}

/* Shares of the covers, where they are ones: files of others hold a 1 for every node. */
static void read_covers(davy_shapley_trees *trees, const davy_node *node)
{
    size_t count;
    const float *covers = davy_node_floats(node, "nodes_hitrates", &count);

    trees->covered = count == trees->count;
    for (size_t i = 0; i < trees->count && trees->covered; i++) {
        davy_shapley_node *branch = &trees->nodes[i];
        double yes, both;

        if (branch->mode == DAVY_TREE_LEAF)
            continue;
        yes = (double) covers[branch->yes];
        both = yes + (double) covers[branch->no];
        trees->covered =
            yes >= 0 && both >= yes &&
            fabs(both - (double) covers[i]) <= COVER_TOLERANCE * fabs((double) covers[i]);
        branch->share = both > 0 ? yes / both : 0.5;
    }
}

static davy_status copy_nodes(davy_shapley_trees *trees, const davy_tree_source *source)
{
    for (size_t i = 0; i < source->nodes; i++) {
        davy_shapley_node *node = &trees->nodes[i];

        node->mode = (uint8_t) source->modes[i];
        if (node->mode == DAVY_TREE_LEAF) {
            node->yes = source->first[i];
            node->no = source->first[i + 1];
            continue;
        }
        if (source->features[i] >= (int64_t) trees->features)
            return davy_fail(DAVY_ERR_INVALID, "a tree asks for number %lld of %zu",
                             (long long) source->features[i] + 1, trees->features);
        node->feature = (uint32_t) source->features[i];
        node->threshold = source->thresholds[i];
        node->missing_yes = source->missing && source->missing[i] != 0;
        node->yes = source->yes[i];
        node->no = source->no[i];
    }
    return DAVY_OK;
}

static davy_status copy(davy_shapley_trees *trees, const davy_tree_source *source, double factor)
{
    trees->count = source->nodes;
    trees->tree_count = source->trees;
    trees->nodes = davy_arena_array(&trees->arena, source->nodes + 1, sizeof *trees->nodes);
    trees->weights = davy_arena_array(&trees->arena, source->weights + 1, sizeof *trees->weights);
    trees->trees = davy_arena_array(&trees->arena, source->trees + 1, sizeof *trees->trees);
    if (!trees->nodes || !trees->weights || !trees->trees)
        return davy_fail(DAVY_ERR_NOMEM, "%zu nodes of trees", source->nodes);
    for (size_t i = 0; i < source->weights; i++) {
        const uint32_t at = source->by_node[i];

        trees->weights[i] =
            (davy_shapley_weight){.target = (uint32_t) source->weight_targets[at],
                                  .value = factor * (double) source->weight_values[at]};
    }
    for (size_t i = 0; i < source->trees; i++)
        trees->trees[i].root = source->roots[i];
    return copy_nodes(trees, source);
}

static davy_status read_base(davy_shapley_trees *trees, const davy_node *node)
{
    size_t count;
    const float *base = davy_node_floats(node, "base_values", &count);

    trees->base = davy_arena_array(&trees->arena, trees->targets, sizeof *trees->base);
    if (!trees->base)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    if (count != 0 && count != trees->targets)
        return davy_fail(DAVY_ERR_INVALID, "%zu base_values for %zu targets", count,
                         trees->targets);
    for (size_t k = 0; k < count; k++)
        trees->base[k] = (double) base[k];
    return DAVY_OK;
}

static davy_status check_node(const davy_node *node)
{
    const int64_t targets = davy_node_int(node, "n_targets", 1);
    const char *aggregate = davy_node_text(node, "aggregate_function", "SUM");

    if (strcmp(node->op->name, "tree_ensemble_regressor") != 0 ||
        strcmp(davy_node_text(node, "post_transform", "NONE"), "NONE") != 0 ||
        (strcmp(aggregate, "SUM") != 0 && strcmp(aggregate, "AVERAGE") != 0))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "operator '%s' gives no sums of leaves",
                         node->op->name);
    if (targets < 1 || targets > DAVY_ML_TARGETS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%lld targets", (long long) targets);
    return DAVY_OK;
}

static davy_status read_trees(davy_shapley_trees *trees, const davy_node *node)
{
    const bool mean = strcmp(davy_node_text(node, "aggregate_function", "SUM"), "AVERAGE") == 0;
    davy_arena scratch = {0};
    davy_tree_source source;
    davy_status status = davy_tree_read(&(davy_call){.node = node}, "target",
                                        (int64_t) trees->targets, &scratch, &source);

    if (status == DAVY_OK && source.shared) /* there may be many more ways than nodes */
        status = davy_fail(DAVY_ERR_UNSUPPORTED, "branches of a tree share what is below them");
    if (status == DAVY_OK)
        status = copy(trees, &source, mean ? 1 / (double) source.trees : 1);
    if (status == DAVY_OK)
        status = read_base(trees, node);
    if (status == DAVY_OK)
        read_covers(trees, node);
    davy_arena_clear(&scratch);
    return status;
}

static davy_status make_scratch(davy_shapley_trees *trees)
{
    const size_t players = trees->players + 1;

    trees->levels = davy_arena_array(&trees->arena, (trees->depth + 2) * 2 * trees->points_most,
                                     sizeof *trees->levels);
    trees->zero = davy_arena_array(&trees->arena, trees->features, sizeof *trees->zero);
    trees->chances = davy_arena_array(&trees->arena, players * players, sizeof *trees->chances);
    if (!trees->levels || !trees->zero || !trees->chances)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    return DAVY_OK;
}

davy_status davy_shapley_trees_create(const davy_node *node, size_t features,
                                      davy_shapley_trees **out)
{
    davy_shapley_trees *trees = calloc(1, sizeof *trees);
    davy_status status = trees ? check_node(node) : davy_fail(DAVY_ERR_NOMEM, "explanations");

    if (status == DAVY_OK) {
        trees->features = features;
        trees->targets = (size_t) davy_node_int(node, "n_targets", 1);
        trees->state = davy_arena_array(&trees->arena, features, sizeof *trees->state);
        status = trees->state ? read_trees(trees, node) : davy_fail(DAVY_ERR_NOMEM, "explanations");
    }
    if (status == DAVY_OK)
        status = measure_all(trees);
    if (status == DAVY_OK)
        status = make_scratch(trees);
    if (status == DAVY_OK)
        *out = trees;
    else
        davy_shapley_trees_destroy(trees);
    return status;
}

void davy_shapley_trees_destroy(davy_shapley_trees *trees)
{
    if (!trees)
        return;
    davy_arena_clear(&trees->arena);
    free(trees);
}

size_t davy_shapley_trees_targets(const davy_shapley_trees *trees)
{
    return trees->targets;
}

bool davy_shapley_trees_covered(const davy_shapley_trees *trees)
{
    return trees->covered;
}

double davy_shapley_trees_work(const davy_shapley_trees *trees)
{
    return trees->work;
}
