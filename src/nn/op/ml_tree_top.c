/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The top of a tree: its first branches, breadth first, and the exits below them.
 *
 * Exits are counted from the side of low keys to that of high ones. A row whose key is above that
 * of a branch leaves by none of the exits below its first child; of the exits that all branches
 * leave, the first is the row's. So branches may be asked in any order, all of them, many rows at
 * once.
 */
#include "nn/op/ml_tree.h"

#define REACHED_MAX (2 * DAVY_TREE_TOP + 1)

/* A node that was reached. */
typedef struct reached {
    uint32_t at, depth;
    uint32_t child; /* its first child among those reached; 0: none, it is an exit */
} reached;

typedef struct crown {
    const davy_forest *forest;
    const davy_tree_node *nodes; /* of the tree */
    davy_tree *tree;
    reached reached[REACHED_MAX];
    size_t count;
    davy_tree_top *tops;
    uint32_t *exits;
    uint32_t exit_count;
} crown;

/* Breadth first, until there are branches enough. */
static void reach(crown *c)
{
    size_t branches = 0;

    c->reached[c->count++] = (reached){.at = 0};
    for (size_t i = 0; i < c->count && branches < DAVY_TREE_TOP; i++) {
        reached *node = &c->reached[i];
        const uint32_t link = c->nodes[node->at].link;

        if (davy_tree_asked(c->forest, link) == 0)
            continue;
        node->child = (uint32_t) c->count;
        for (uint32_t k = 0; k < 2; k++)
            c->reached[c->count++] =
                (reached){.at = davy_tree_child(c->forest, link) + k, .depth = node->depth + 1};
        branches++;
    }
}

/* An exit that is no leaf: so many steps are left at most. */
static void add_exit(crown *c, const reached *node)
{
    const uint32_t rest = c->tree->depth - node->depth;
    const bool is_leaf = davy_tree_child(c->forest, c->nodes[node->at].link) == node->at;

    c->exits[c->exit_count++] = node->at;
    if (!is_leaf && rest > c->tree->rest)
        c->tree->rest = rest;
}

/* Exits below a node get the next numbers. Depth is at most DAVY_TREE_TOP. */
static void number(crown *c, const reached *node)
{
    const uint32_t first = c->exit_count;
    const uint32_t link = c->nodes[node->at].link;
    davy_tree_top *top;

    if (node->child == 0) {
        add_exit(c, node);
        return;
    }
    top = &c->tops[c->tree->top_count++];
    number(c, &c->reached[node->child]);
    *top = (davy_tree_top){c->nodes[node->at].key, davy_tree_asked(c->forest, link),
                           (uint32_t) ((1ULL << c->exit_count) - (1ULL << first))};
    number(c, &c->reached[node->child + 1]);
}

void davy_forest_crown(davy_forest *forest, davy_tree *tree, size_t *top_count, size_t *exit_count)
{
    crown c = {.forest = forest,
               .nodes = forest->nodes + tree->first,
               .tree = tree,
               .tops = forest->tops + *top_count,
               .exits = forest->exits + *exit_count};

    tree->top = (uint32_t) *top_count;
    tree->exit = (uint32_t) *exit_count;
    reach(&c);
    number(&c, &c.reached[0]);
    *top_count += tree->top_count;
    *exit_count += c.exit_count;
}
