/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/isolation_forest.h"

#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EULER 0.57721566490153286

/* A tree that grows. Its random numbers are its own stream, counted. */
typedef struct grower {
    const davy_isolation_options *options;
    davy_isolation *forest;
    size_t height;   /* that no tree exceeds */
    uint32_t *order; /* [rows] all rows, shuffled: the first of them are the tree's */
    uint32_t *moves; /* [columns] numbers that may be cut */
    double *gains;   /* [owners] of the path to where the tree grows now */
    uint32_t *cuts;  /* [owners] on that path */
    uint32_t tree;
    int32_t next; /* id of the tree's next node */
    uint64_t drawn;
} grower;

double davy_isolation_path(size_t n)
{
    if (n < 3)
        return n == 2 ? 1 : 0;
    return 2 * (log((double) n - 1) + EULER) - 2 * ((double) n - 1) / (double) n;
}

void davy_isolation_clear(davy_isolation *forest)
{
    davy_trees_clear(&forest->trees);
    free(forest->gains);
    free(forest->first);
    *forest = (davy_isolation){0};
}

static void grower_clear(grower *g)
{
    free(g->order);
    free(g->moves);
    free(g->gains);
    free(g->cuts);
}

static davy_status grower_init(grower *g)
{
    const davy_isolation_options *o = g->options;

    while (((size_t) 1 << g->height) < g->forest->sample)
        g->height++;
    g->order = calloc(o->rows, sizeof *g->order);
    g->moves = calloc(o->columns, sizeof *g->moves);
    g->gains = calloc(o->owners, sizeof *g->gains);
    g->cuts = calloc(o->owners, sizeof *g->cuts);
    return g->order && g->moves && g->gains && g->cuts
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "an isolation forest of %zu rows", o->rows);
}

/* ---------------------------------------------------------------------------------------- grow */

/* Lowest and highest value of a column among some rows. */
static void range_of(const grower *g, size_t column, const uint32_t *rows, size_t count, float *low,
                     float *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const float x = g->options->x[rows[i] * g->options->columns + column];

        *low = fminf(*low, x);
        *high = fmaxf(*high, x);
    }
}

/* Draw a number that moves and a threshold above its lowest value, up to its highest. */
static bool draw_cut(grower *g, const uint32_t *rows, size_t count, size_t *column, float *at)
{
    const uint64_t seed = g->options->seed;
    size_t left = g->options->columns;

    for (size_t j = 0; j < left; j++)
        g->moves[j] = (uint32_t) j;
    while (left > 0) {
        const uint32_t pick = davy_random_below(seed, g->tree, g->drawn++, (uint32_t) left);
        float low, high;

        *column = g->moves[pick];
        range_of(g, *column, rows, count, &low, &high);
        if (low < high) {
            const double u = (double) davy_random_uniform(seed, g->tree, g->drawn++);

            *at = (float) ((double) high - u * ((double) high - (double) low));
            *at = *at > low ? *at : high;
            return true;
        }
        g->moves[pick] = g->moves[--left];
    }
    return false;
}

/* Rows below the threshold first; returns how many. */
static size_t part(const grower *g, size_t column, float at, uint32_t *rows, size_t count)
{
    size_t below = 0;

    for (size_t i = 0; i < count; i++)
        if (g->options->x[rows[i] * g->options->columns + column] < at) {
            const uint32_t row = rows[i];

            rows[i] = rows[below];
            rows[below++] = row;
        }
    return below;
}

static davy_status add_gain(davy_isolation *forest, const davy_isolation_gain *gain)
{
    if (forest->gain_count == forest->gain_capacity) {
        const size_t capacity = 2 * forest->gain_capacity + 1024;
        davy_isolation_gain *grown = realloc(forest->gains, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "%zu leaves", capacity);
        forest->gains = grown;
        forest->gain_capacity = capacity;
    }
    forest->gains[forest->gain_count++] = *gain;
    return DAVY_OK;
}

/* A leaf keeps what the path to it has gained. */
static davy_status end_path(grower *g, size_t node)
{
    davy_status status = DAVY_OK;

    for (size_t owner = 0; owner < g->options->owners && status == DAVY_OK; owner++)
        if (g->cuts[owner] > 0)
            status = add_gain(g->forest, &(davy_isolation_gain){(uint32_t) node, (uint32_t) owner,
                                                                g->gains[owner]});
    return status;
}

static davy_status grow(grower *g, uint32_t *rows, size_t count, size_t depth);

/* One side of a cut, with what the cut gained for those who went there. */
static davy_status grow_side(grower *g, size_t owner, uint32_t *rows, size_t count, size_t all,
                             size_t depth)
{
    const double before = g->gains[owner];
    davy_status status;

    g->cuts[owner]++;
    g->gains[owner] += davy_isolation_path(all) - davy_isolation_path(count) - 1;
    status = grow(g, rows, count, depth + 1);
    g->cuts[owner]--;
    g->gains[owner] = before; /* not by a subtraction: no rounding stays */
    return status;
}

/* The nodes of a side follow their parent, those of the first side before those of the second. */
static davy_status grow(grower *g, uint32_t *rows, size_t count, size_t depth) // NOLINT
{
    davy_trees *trees = &g->forest->trees;
    const size_t node = trees->count;
    size_t column = 0, below, owner;
    float at = 0;
    davy_status status = davy_trees_reserve(trees, 1);

    if (status != DAVY_OK)
        return status;
    trees->count++;
    trees->nodes[node] = (davy_trees_node){.tree = g->tree, .id = g->next++, .feature = -1};
    if (count < 2 || depth == g->height || !draw_cut(g, rows, count, &column, &at))
        return end_path(g, node);
    below = part(g, column, at, rows, count);
    owner = column % g->options->owners;
    trees->nodes[node].feature = (int32_t) column;
    trees->nodes[node].value = at;
    trees->nodes[node].yes = g->next;
    status = grow_side(g, owner, rows, below, count, depth);
    trees->nodes[node].no = g->next;
    return status == DAVY_OK ? grow_side(g, owner, rows + below, count - below, count, depth)
                             : status;
}

static davy_status index_gains(davy_isolation *forest)
{
    size_t gain = 0;

    forest->first = calloc(forest->trees.count + 1, sizeof *forest->first);
    if (!forest->first)
        return davy_fail(DAVY_ERR_NOMEM, "%zu nodes", forest->trees.count);
    for (size_t node = 0; node <= forest->trees.count; node++) {
        while (gain < forest->gain_count && forest->gains[gain].node < node)
            gain++;
        forest->first[node] = gain;
    }
    return DAVY_OK;
}

davy_status davy_isolation_grow(const davy_isolation_options *options, davy_isolation *out)
{
    grower g = {.options = options, .forest = out};
    davy_status status;

    *out = (davy_isolation){.sample =
                                options->sample < options->rows ? options->sample : options->rows};
    status = grower_init(&g);
    for (size_t t = 0; t < options->trees && status == DAVY_OK; t++) {
        g.tree = (uint32_t) t;
        g.next = 0;
        g.drawn = 0;
        davy_random_shuffle(options->seed, (uint32_t) (options->trees + t), g.order, options->rows);
        status = grow(&g, g.order, out->sample, 0);
        out->trees.trees++;
    }
    if (status == DAVY_OK && out->gain_count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "no number of the rows ever changes: there is nothing "
                                             "to learn");
    if (status == DAVY_OK)
        status = index_gains(out);
    grower_clear(&g);
    if (status != DAVY_OK)
        davy_isolation_clear(out);
    return status;
}

/* ----------------------------------------------------------------------------------------- ask */

void davy_isolation_ask(const davy_isolation *forest, const float *row, size_t owners,
                        double *gains)
{
    const davy_trees *trees = &forest->trees;

    memset(gains, 0, owners * sizeof *gains);
    for (size_t i = 0, root = 0; i < trees->count; i++) {
        const davy_trees_node *node = &trees->nodes[i];

        if (node->id != 0)
            continue;
        root = i;
        while (node->feature >= 0)
            node = &trees->nodes[root + (size_t) (row[node->feature] < node->value ? node->yes
                                                                                   : node->no)];
        for (size_t g = forest->first[node - trees->nodes];
             g < forest->first[node - trees->nodes + 1]; g++)
            gains[forest->gains[g].owner] += forest->gains[g].gain / (double) trees->trees;
    }
}

/* What leaves say, as lists of the node. */
static void set_gains(const davy_isolation *forest, davy_graph *graph, davy_node *node,
                      int64_t *numbers, float *weights)
{
    const davy_trees_node *nodes = forest->trees.nodes;
    const size_t count = forest->gain_count;

    for (size_t g = 0; g < count; g++)
        numbers[g] = nodes[forest->gains[g].node].tree;
    davy_node_set_ints(graph, node, "target_treeids", numbers, count);
    for (size_t g = 0; g < count; g++)
        numbers[g] = nodes[forest->gains[g].node].id;
    davy_node_set_ints(graph, node, "target_nodeids", numbers, count);
    for (size_t g = 0; g < count; g++)
        numbers[g] = forest->gains[g].owner;
    davy_node_set_ints(graph, node, "target_ids", numbers, count);
    for (size_t g = 0; g < count; g++)
        weights[g] = (float) (forest->gains[g].gain / (double) forest->trees.trees);
    davy_node_set_floats(graph, node, "target_weights", weights, count);
}

davy_value davy_isolation_build(const davy_isolation *forest, davy_graph *graph, davy_value x,
                                size_t owners)
{
    int64_t *numbers = calloc(forest->gain_count + 1, sizeof *numbers);
    float *weights = calloc(forest->gain_count + 1, sizeof *weights);
    davy_node *node = NULL;

    if (numbers && weights)
        node = davy_graph_node(graph, "tree_ensemble_regressor", &x, 1, 1);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "%zu leaves", forest->gain_count));
    if (node) {
        davy_node_set_int(graph, node, "n_targets", (int64_t) owners);
        davy_trees_set_branches(&forest->trees, graph, node);
        set_gains(forest, graph, node, numbers, weights);
    }
    free(numbers);
    free(weights);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}
