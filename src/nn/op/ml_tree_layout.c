/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees in the order in which they are walked.
 *
 * A node stands right before the child for low keys, so half of all steps stay on a cache line. A
 * test for equality becomes three nodes: is the key above? is it below? and a jump from below to
 * where "above" went.
 */
#include "nn/op/ml_tree.h"

#include <string.h>

/* What is being laid out. A branch that waits for its child for high keys is on the stack. */
typedef struct builder {
    const davy_tree_source *source;
    davy_forest *forest;
    size_t count;      /* nodes laid out */
    uint32_t *columns; /* [features][2] column of a feature, missing below and above; + 1 */
    struct waiting {
        uint32_t child;  /* in the source */
        uint32_t parent; /* in the forest, gets `skip` */
        uint32_t jump;   /* in the forest, gets `skip` too; 0: none, for a jump is never first */
    } * stack;
    size_t height;
} builder;

static int32_t key_of(float number)
{
    int32_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits < 0 ? -(bits & INT32_MAX) : bits; /* both zeros have the key 0 */
}

static uint32_t column_of(builder *b, int64_t feature, bool missing_low)
{
    davy_forest *forest = b->forest;
    uint32_t *column = &b->columns[2 * feature + !missing_low];

    if (*column == 0) {
        forest->columns[forest->column_count++] =
            (davy_tree_column){(uint32_t) feature, missing_low ? DAVY_TREE_BELOW : DAVY_TREE_ABOVE};
        *column = (uint32_t) forest->column_count;
    }
    return *column - 1;
}

static uint32_t add(builder *b, int32_t key, uint32_t column)
{
    b->forest->nodes[b->count] = (davy_tree_node){.key = key, .column = column};
    return (uint32_t) b->count++;
}

static void await(builder *b, uint32_t child, uint32_t parent, uint32_t jump)
{
    b->stack[b->height++] = (struct waiting){child, parent, jump};
}

/* @return the child that follows at once */
static uint32_t add_order(builder *b, uint32_t at)
{
    const davy_tree_source *source = b->source;
    const int64_t mode = source->modes[at];
    const bool yes_low = mode == DAVY_TREE_LEQ || mode == DAVY_TREE_LT;
    const bool strict = mode == DAVY_TREE_LT || mode == DAVY_TREE_GTE;
    const bool missing_yes = source->missing && source->missing[at];
    const uint32_t column = column_of(b, source->features[at], missing_yes == yes_low);
    const uint32_t node = add(b, key_of(source->thresholds[at]) - strict, column);

    await(b, yes_low ? source->no[at] : source->yes[at], node, 0);
    return yes_low ? source->yes[at] : source->no[at];
}

/* A missing value equals nothing, unless the node says that it is taken for a yes. */
static uint32_t add_equality(builder *b, uint32_t at)
{
    const davy_tree_source *source = b->source;
    const bool equal = source->modes[at] == DAVY_TREE_EQ;
    const bool missing_equal = equal && source->missing && source->missing[at];
    const int32_t key = key_of(source->thresholds[at]);
    const int64_t feature = source->features[at];
    const uint32_t above = add(b, key, column_of(b, feature, missing_equal));
    const uint32_t below = add(b, key - 1, column_of(b, feature, false));
    const uint32_t jump = add(b, DAVY_TREE_NEVER, 0);

    b->forest->nodes[below].skip = 2;
    await(b, equal ? source->no[at] : source->yes[at], above, jump);
    return equal ? source->yes[at] : source->no[at];
}

static void add_leaf(builder *b, uint32_t at)
{
    const davy_tree_source *source = b->source;
    davy_forest *forest = b->forest;
    const uint32_t node = add(b, DAVY_TREE_NEVER, 0);
    const uint32_t leaf = forest->nodes[node].leaf = (uint32_t) forest->leaves++;

    forest->first[leaf + 1] = forest->first[leaf];
    for (uint32_t i = source->first[at]; i < source->first[at + 1]; i++) {
        const uint32_t weight = source->by_node[i];

        forest->weights[forest->first[leaf + 1]++] = (davy_tree_weight){
            (uint32_t) source->weight_targets[weight], source->weight_values[weight]};
    }
}

/* The newest branch that waits: what comes next is its child for high keys. */
static uint32_t resume(builder *b)
{
    const struct waiting waiting = b->stack[--b->height];
    davy_tree_node *nodes = b->forest->nodes;

    nodes[waiting.parent].skip = (uint32_t) b->count - waiting.parent;
    if (waiting.jump)
        nodes[waiting.jump].skip = (uint32_t) b->count - waiting.jump;
    return waiting.child;
}

static void add_tree(builder *b, uint32_t root)
{
    uint32_t at = root;

    for (;;) {
        const int64_t mode = b->source->modes[at];

        if (mode != DAVY_TREE_LEAF) {
            at = mode < DAVY_TREE_EQ ? add_order(b, at) : add_equality(b, at);
            continue;
        }
        add_leaf(b, at);
        if (b->height == 0)
            return;
        at = resume(b);
    }
}

/* How many nodes, leaves and features there are. */
static void count(const davy_tree_source *source, size_t *nodes, size_t *leaves, size_t *features)
{
    *nodes = source->nodes;
    *leaves = *features = 0;
    for (size_t i = 0; i < source->nodes; i++) {
        const int64_t mode = source->modes[i];

        *leaves += mode == DAVY_TREE_LEAF;
        *nodes += mode == DAVY_TREE_EQ || mode == DAVY_TREE_NEQ ? 2 : 0;
        if (mode != DAVY_TREE_LEAF && (size_t) source->features[i] >= *features)
            *features = (size_t) source->features[i] + 1;
    }
}

davy_status davy_forest_create(const davy_call *call, const davy_tree_source *source,
                               size_t targets, davy_arena *arena, davy_forest *out)
{
    builder b = {.source = source, .forest = out};
    davy_arena scratch = {0};
    size_t nodes, leaves, features;

    count(source, &nodes, &leaves, &features);
    *out = (davy_forest){
        .nodes = davy_arena_array(arena, nodes, sizeof *out->nodes),
        .roots = davy_arena_array(arena, source->trees, sizeof *out->roots),
        .columns = davy_arena_array(arena, (2 * features < nodes ? 2 * features : nodes) + 1,
                                    sizeof *out->columns),
        .first = davy_arena_array(arena, leaves + 1, sizeof *out->first),
        .weights = davy_arena_array(arena, source->weights + 1, sizeof *out->weights),
        .targets = targets,
        .features = (uint32_t) features};
    b.columns = davy_arena_array(&scratch, 2 * features + 1, sizeof *b.columns);
    b.stack = davy_arena_array(&scratch, source->nodes, sizeof *b.stack);
    if (!out->nodes || !out->roots || !out->columns || !out->first || !out->weights || !b.columns ||
        !b.stack) {
        davy_arena_clear(&scratch);
        return davy_call_fail(call, DAVY_ERR_NOMEM, "%zu nodes", nodes);
    }
    for (; out->trees < source->trees; out->trees++) {
        out->roots[out->trees] = (uint32_t) b.count;
        add_tree(&b, source->roots[out->trees]);
    }
    if (out->column_count == 0) /* trees of a leaf each: what they never look at */
        out->column_count = 1;
    davy_arena_clear(&scratch);
    return DAVY_OK;
}
