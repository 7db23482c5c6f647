/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees in the order in which they are walked.
 *
 * Children are pairs, and behind a pair stands all that is below its first, then all below its
 * second, so that a walk seldom leaves a few cache lines. A test for equality becomes three nodes:
 * is the key above? is it below? and a jump from below to where "above" went. A node that several
 * share has its place below the first, and the others a jump to it.
 */
#include "nn/op/ml_tree.h"

#include <string.h>

/* A node of the source that has its place. */
typedef struct placed {
    uint32_t from; /* in the source */
    uint32_t at;   /* in the tree */
    uint32_t depth;
} placed;

/* What is being laid out. */
typedef struct builder {
    const davy_tree_source *source;
    davy_forest *forest;
    uint32_t *column_of;   /* [features][2] missing below and above; 0: not asked yet */
    davy_tree_node *nodes; /* of this tree */
    size_t count;          /* nodes of this tree */
    size_t all;            /* nodes of the trees before */
    placed *stack;         /* nodes whose children have no place yet */
    size_t height;
    uint32_t *places; /* [nodes of the source] in their trees, and 1; 0: none yet */
    bool jumps;       /* this tree, to nodes that are shared */
} builder;

static int32_t key_of(float number)
{
    int32_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits < 0 ? -(bits & INT32_MAX) : bits; /* both zeros have the key 0 */
}

/* ------------------------------------------------------------------------------------- columns */

/* Where missing values must stand so that a branch sends them where it wants: a yes of <= and < is
 * below. A missing value equals nothing, unless the branch takes it for a yes. */
static bool missing_below(const davy_tree_source *source, size_t at)
{
    const int64_t mode = source->modes[at];
    const bool yes = source->missing && source->missing[at];

    if (mode == DAVY_TREE_LEQ || mode == DAVY_TREE_LT || mode == DAVY_TREE_EQ)
        return yes;
    return mode != DAVY_TREE_NEQ && !yes;
}

static uint32_t column_of(builder *b, size_t at, bool below)
{
    davy_forest *forest = b->forest;
    const int64_t feature = b->source->features[at];
    uint32_t *column = &b->column_of[2 * feature + !below];

    if (*column == 0) {
        forest->columns[forest->column_count] =
            (davy_tree_column){(uint32_t) feature, below ? DAVY_TREE_BELOW : DAVY_TREE_ABOVE};
        *column = (uint32_t) forest->column_count++;
    }
    return *column;
}

static bool is_equality(int64_t mode)
{
    return mode == DAVY_TREE_EQ || mode == DAVY_TREE_NEQ;
}

static void find_columns(builder *b)
{
    davy_forest *forest = b->forest;

    forest->column_count = 1;
    for (size_t i = 0; i < b->source->nodes; i++) {
        if (b->source->modes[i] == DAVY_TREE_LEAF)
            continue;
        (void) column_of(b, i, missing_below(b->source, i));
        if (is_equality(b->source->modes[i]))
            (void) column_of(b, i, false);
    }
    while ((size_t) 1 << forest->bits < forest->column_count)
        forest->bits++;
}

/* --------------------------------------------------------------------------------------- nodes */

static void set(builder *b, uint32_t at, int32_t key, uint32_t column, uint32_t child)
{
    b->nodes[at] = (davy_tree_node){key, child << b->forest->bits | column};
}

/* The children of a node get the next two places. @return the first */
static uint32_t add_pair(builder *b)
{
    b->count += 2;
    return (uint32_t) b->count - 2;
}

static void await(builder *b, uint32_t from, uint32_t at, uint32_t depth)
{
    b->stack[b->height++] = (placed){from, at, depth};
}

static void add_order(builder *b, const placed *node)
{
    const davy_tree_source *source = b->source;
    const uint32_t from = node->from;
    const int64_t mode = source->modes[from];
    const bool yes_low = mode == DAVY_TREE_LEQ || mode == DAVY_TREE_LT;
    const bool strict = mode == DAVY_TREE_LT || mode == DAVY_TREE_GTE;
    const uint32_t pair = add_pair(b);

    set(b, node->at, key_of(source->thresholds[from]) - strict,
        column_of(b, from, missing_below(source, from)), pair);
    await(b, yes_low ? source->no[from] : source->yes[from], pair + 1, node->depth + 1);
    await(b, yes_low ? source->yes[from] : source->no[from], pair, node->depth + 1);
}

static void add_equality(builder *b, const placed *node)
{
    const davy_tree_source *source = b->source;
    const uint32_t from = node->from;
    const bool equal = source->modes[from] == DAVY_TREE_EQ;
    const int32_t key = key_of(source->thresholds[from]);
    const uint32_t below = add_pair(b), above = below + 1, jump = add_pair(b);

    set(b, node->at, key, column_of(b, from, missing_below(source, from)), below);
    set(b, below, key - 1, column_of(b, from, false), jump);
    set(b, jump, 0, 0, above);
    await(b, equal ? source->no[from] : source->yes[from], above, node->depth + 3);
    await(b, equal ? source->yes[from] : source->no[from], jump + 1, node->depth + 2);
}

static void add_leaf(builder *b, const placed *node)
{
    const davy_tree_source *source = b->source;
    davy_forest *forest = b->forest;
    const size_t leaf = forest->leaves++;
    int32_t says = (int32_t) leaf;

    forest->first[leaf + 1] = forest->first[leaf];
    for (uint32_t i = source->first[node->from]; i < source->first[node->from + 1]; i++) {
        const uint32_t weight = source->by_node[i];

        forest->weights[forest->first[leaf + 1]++] = (davy_tree_weight){
            (uint32_t) source->weight_targets[weight], source->weight_values[weight]};
    }
    if (forest->single)
        memcpy(&says, &forest->weights[forest->first[leaf]].value, sizeof says);
    set(b, node->at, says, 0, node->at);
}

/* @return whether the node stands elsewhere already, and here is a jump */
static bool add_jump(builder *b, const placed *node)
{
    uint32_t *place = &b->places[node->from];

    if (*place == 0) {
        *place = node->at + 1;
        return false;
    }
    set(b, node->at, 0, 0, *place - 1);
    b->jumps = true;
    return true;
}

static void add_node(builder *b, const placed *node)
{
    const int64_t mode = b->source->modes[node->from];

    if (mode == DAVY_TREE_LEAF)
        add_leaf(b, node);
    else if (is_equality(mode))
        add_equality(b, node);
    else
        add_order(b, node);
}

static davy_status add_tree(const davy_call *call, builder *b, uint32_t root, davy_tree *tree)
{
    const size_t limit = (size_t) UINT32_MAX >> b->forest->bits;

    tree->first = (uint32_t) b->all;
    b->nodes = b->forest->nodes + b->all;
    b->count = 1;
    b->jumps = false;
    await(b, root, 0, 0);
    while (b->height > 0) {
        const placed node = b->stack[--b->height];

        if (b->count + 4 > limit)
            return davy_call_fail(call, DAVY_ERR_UNSUPPORTED,
                                  "a tree of more than %zu nodes, with %zu features", limit,
                                  b->forest->column_count);
        if (node.depth > tree->depth)
            tree->depth = node.depth;
        if (!add_jump(b, &node))
            add_node(b, &node);
    }
    if (b->jumps)
        tree->depth = (uint32_t) b->count; /* no way is longer */
    b->all += b->count;
    return DAVY_OK;
}

/* -------------------------------------------------------------------------------------- forest */

/* Sizes of the arrays. */
typedef struct sizes {
    size_t nodes, leaves, branches, features;
} sizes;

static sizes measure(const davy_tree_source *source)
{
    sizes made = {.nodes = source->trees};

    for (size_t i = 0; i < source->nodes; i++) {
        const int64_t mode = source->modes[i];

        if (mode == DAVY_TREE_LEAF) {
            made.leaves++;
            continue;
        }
        made.branches += is_equality(mode) ? 2 : 1;
        made.nodes += is_equality(mode) ? 4 : 2;
        if ((size_t) source->features[i] >= made.features)
            made.features = (size_t) source->features[i] + 1;
    }
    return made;
}

static bool take(const davy_tree_source *source, const sizes *most, davy_arena *arena,
                 davy_forest *out)
{
    const size_t columns =
        2 * most->features < most->branches ? 2 * most->features : most->branches;

    out->nodes = davy_arena_array(arena, most->nodes, sizeof *out->nodes);
    out->trees = davy_arena_array(arena, source->trees, sizeof *out->trees);
    out->columns = davy_arena_array(arena, columns + 1, sizeof *out->columns);
    out->tops = davy_arena_array(arena, most->branches + 1, sizeof *out->tops);
    out->exits = davy_arena_array(arena, most->branches + source->trees, sizeof *out->exits);
    out->first = davy_arena_array(arena, most->leaves + 1, sizeof *out->first);
    out->weights = davy_arena_array(arena, source->weights + 1, sizeof *out->weights);
    return out->nodes && out->trees && out->columns && out->tops && out->exits && out->first &&
           out->weights;
}

/* One target, and one weight for each leaf. */
static bool is_single(const davy_tree_source *source, size_t targets)
{
    bool single = targets == 1;

    for (size_t i = 0; i < source->nodes && single; i++)
        single = source->modes[i] != DAVY_TREE_LEAF || source->first[i + 1] == source->first[i] + 1;
    return single;
}

static davy_status lay_out(const davy_call *call, builder *b)
{
    davy_forest *forest = b->forest;
    size_t tops = 0, exits = 0;
    davy_status status = DAVY_OK;

    find_columns(b);
    for (size_t t = 0; t < b->source->trees && status == DAVY_OK; t++) {
        davy_tree *tree = &forest->trees[forest->tree_count++];

        status = add_tree(call, b, b->source->roots[t], tree);
        if (status == DAVY_OK)
            davy_forest_crown(forest, tree, &tops, &exits);
    }
    return status;
}

davy_status davy_forest_create(const davy_call *call, const davy_tree_source *source,
                               size_t targets, davy_arena *arena, davy_forest *out)
{
    const sizes most = measure(source);
    builder b = {.source = source, .forest = out};
    davy_arena scratch = {0};
    davy_status status;

    *out = (davy_forest){.targets = targets,
                         .features = (uint32_t) most.features,
                         .single = is_single(source, targets)};
    b.column_of = davy_arena_array(&scratch, 2 * most.features + 1, sizeof *b.column_of);
    b.stack = davy_arena_array(&scratch, source->nodes + 1, sizeof *b.stack);
    b.places = davy_arena_array(&scratch, source->nodes + 1, sizeof *b.places);
    status = take(source, &most, arena, out) && b.column_of && b.stack && b.places
                 ? lay_out(call, &b)
                 : davy_call_fail(call, DAVY_ERR_NOMEM, "%zu nodes", most.nodes);
    davy_arena_clear(&scratch);
    if (status == DAVY_OK && !davy_shallow_create(out, b.all, arena, &out->shallow))
        status = davy_call_fail(call, DAVY_ERR_NOMEM, "%zu nodes", most.nodes);
    return status;
}
