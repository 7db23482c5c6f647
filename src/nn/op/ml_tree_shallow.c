/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forests of shallow trees, laid out for simd/shallow.h.
 *
 * A column of the forest with more thresholds than a rank can count becomes several: each has the
 * next 255 of them, and a number below or above all of those has the first or last rank there.
 */
#include "nn/op/ml_tree.h"

#include <stdlib.h>
#include <string.h>

#define NEVER UINT8_MAX /* no rank is above it */

/* A tree takes 384 bytes, however small it was in its file; larger forests are walked. */
#define TREES_MAX 65536

/* A threshold of a column: `order` is by column, then by key. */
typedef struct threshold {
    uint64_t order;
    uint8_t column, rank;
} threshold;

typedef struct builder {
    const davy_forest *forest;
    davy_shallow_forest *out;
    threshold *thresholds; /* ascending, each once */
    size_t count;
} builder;

/* ---------------------------------------------------------------------------------- thresholds */

static uint64_t order_of(const davy_forest *forest, const davy_tree_node *node)
{
    return (uint64_t) davy_tree_asked(forest, node->link) << 32 |
           ((uint32_t) node->key ^ (uint32_t) INT32_MIN);
}

static int by_order(const void *a, const void *b)
{
    const uint64_t x = ((const threshold *) a)->order, y = ((const threshold *) b)->order;

    return (x > y) - (x < y);
}

/* Those of all branches, sorted, each once. */
static void collect(builder *b, size_t nodes)
{
    size_t all = 0;

    for (size_t i = 0; i < nodes; i++)
        if (davy_tree_asked(b->forest, b->forest->nodes[i].link) != 0)
            b->thresholds[all++].order = order_of(b->forest, &b->forest->nodes[i]);
    qsort(b->thresholds, all, sizeof *b->thresholds, by_order);
    for (size_t i = 0; i < all; i++)
        if (b->count == 0 || b->thresholds[i].order != b->thresholds[b->count - 1].order)
            b->thresholds[b->count++] = b->thresholds[i];
}

static void add_column(davy_shallow_forest *out, const davy_tree_column *source)
{
    davy_shallow_column *column = &out->columns[out->column_count];

    for (size_t i = 0; i <= DAVY_SHALLOW_RANKS; i++)
        column->thresholds[i] = INT32_MAX;
    out->sources[out->column_count++] = *source;
}

/* @return false when there are too many columns */
static bool rank(builder *b)
{
    davy_shallow_forest *out = b->out;
    size_t source = 0, next = 0; /* no branch asks for column 0 of the forest */

    for (threshold *t = b->thresholds; t < b->thresholds + b->count; t++) {
        if (source != t->order >> 32 || next == DAVY_SHALLOW_RANKS) {
            if (out->column_count == DAVY_SHALLOW_COLUMNS)
                return false;
            source = (size_t) (t->order >> 32);
            next = 0;
            add_column(out, &b->forest->columns[source]);
        }
        t->column = (uint8_t) (out->column_count - 1);
        t->rank = (uint8_t) next;
        out->columns[t->column].thresholds[next++] =
            (int32_t) ((uint32_t) t->order ^ (uint32_t) INT32_MIN);
    }
    for (size_t i = 0; i < out->column_count; i++)
        for (size_t k = 0; k < 16; k++)
            out->columns[i].every_16th[k] = out->columns[i].thresholds[16 * k + 15];
    return true;
}

/* --------------------------------------------------------------------------------------- trees */

static void set_branch(const builder *b, const davy_tree_node *node, davy_shallow_tree *tree,
                       uint32_t place)
{
    const threshold sought = {.order = order_of(b->forest, node)};
    const threshold *found = bsearch(&sought, b->thresholds, b->count, sizeof sought, by_order);

    tree->column[place] = found->column;
    tree->rank[place] = found->rank;
}

/* What is below a node; `place` as in davy_shallow_tree. At most DAVY_SHALLOW_DEPTH calls deep. */
static void fill(const builder *b, const davy_tree_node *nodes, uint32_t at,
                 davy_shallow_tree *tree, uint32_t place)
{
    const uint32_t child = davy_tree_child(b->forest, nodes[at].link);

    if (child == at) {
        while (place < DAVY_SHALLOW_NODES)
            place *= 2;
        tree->leaves[place - DAVY_SHALLOW_NODES] = nodes[at].key;
        return;
    }
    if (davy_tree_asked(b->forest, nodes[at].link) != 0) {
        set_branch(b, &nodes[at], tree, place);
        fill(b, nodes, child + 1, tree, 2 * place + 1);
    }
    fill(b, nodes, child, tree, 2 * place);
}

static void fill_all(const builder *b)
{
    const davy_forest *forest = b->forest;

    for (size_t t = 0; t < forest->tree_count; t++) {
        davy_shallow_tree *tree = &b->out->trees[t];

        memset(tree->rank, NEVER, sizeof tree->rank);
        fill(b, forest->nodes + forest->trees[t].first, 0, tree, 1);
    }
}

/* -------------------------------------------------------------------------------------- forest */

static bool fits(const davy_forest *forest)
{
    uint32_t depth = 0;

    for (size_t t = 0; t < forest->tree_count; t++)
        depth = forest->trees[t].depth > depth ? forest->trees[t].depth : depth;
    return depth <= DAVY_SHALLOW_DEPTH && forest->tree_count <= TREES_MAX &&
           davy_shallow_available();
}

static bool take(const davy_forest *forest, davy_arena *arena, davy_shallow_forest *out)
{
    const size_t trees = (forest->tree_count + DAVY_SHALLOW_TREES - 1) / DAVY_SHALLOW_TREES;

    out->trees = davy_arena_array(arena, trees * DAVY_SHALLOW_TREES, sizeof *out->trees);
    out->columns = davy_arena_array(arena, DAVY_SHALLOW_COLUMNS, sizeof *out->columns);
    out->sources = davy_arena_array(arena, DAVY_SHALLOW_COLUMNS, sizeof *out->sources);
    return out->trees && out->columns && out->sources;
}

bool davy_shallow_create(const davy_forest *forest, size_t nodes, davy_arena *arena,
                         davy_shallow_forest *out)
{
    builder b = {.forest = forest, .out = out};
    davy_arena scratch = {0};
    bool made = false;

    *out = (davy_shallow_forest){0};
    if (!fits(forest))
        return true;
    b.thresholds = davy_arena_array(&scratch, nodes, sizeof *b.thresholds);
    if (b.thresholds && take(forest, arena, out)) {
        made = true;
        collect(&b, nodes);
        out->fits = rank(&b);
        if (out->fits)
            fill_all(&b);
    }
    davy_arena_clear(&scratch);
    return made;
}
