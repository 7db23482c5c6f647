/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Shapley values of trees: the published example, all subsets, and what the axioms ask for.
 */
#include "../testing.h"

#include "core/random.h"
#include "models/explain/shapley_private.h"
#include "nn/op/ml_tree.h"

#include <math.h>
#include <stdlib.h>

#define SEED 7

/* A tree under construction: node i is `ids` i of tree `tree`. */
typedef struct plan {
    davy_graph *graph;
    int64_t *tree, *id, *feature, *mode, *yes, *no, *missing;
    float *threshold, *cover;
    int64_t *leaf_tree, *leaf_id, *leaf_target;
    float *leaf_value;
    size_t count, leaves, capacity;
} plan;

static plan plan_begin(size_t capacity)
{
    plan p = {.capacity = capacity};
    int64_t **ints[] = {&p.tree, &p.id,      &p.feature,   &p.mode,    &p.yes,
                        &p.no,   &p.missing, &p.leaf_tree, &p.leaf_id, &p.leaf_target};
    float **floats[] = {&p.threshold, &p.cover, &p.leaf_value};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ints); i++)
        assert_non_null(*ints[i] = calloc(capacity, sizeof **ints[i]));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(floats); i++)
        assert_non_null(*floats[i] = calloc(capacity, sizeof **floats[i]));
    assert_ok(davy_graph_create("trees", 0, &p.graph));
    return p;
}

static void plan_clear(plan *p)
{
    void *all[] = {p->tree,    p->id,          p->feature,   p->mode,      p->yes,
                   p->no,      p->missing,     p->cover,     p->threshold, p->leaf_tree,
                   p->leaf_id, p->leaf_target, p->leaf_value};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(all); i++)
        free(all[i]);
    davy_graph_destroy(p->graph);
}

static size_t add_branch(plan *p, int64_t tree, int64_t feature, davy_tree_mode mode,
                         float threshold, float cover)
{
    const size_t i = p->count++;

    assert_true(i < p->capacity);
    p->tree[i] = tree;
    p->id[i] = (int64_t) i;
    p->feature[i] = feature;
    p->mode[i] = mode;
    p->threshold[i] = threshold;
    p->cover[i] = cover;
    return i;
}

static size_t add_leaf(plan *p, int64_t tree, float value, float cover)
{
    const size_t i = add_branch(p, tree, 0, DAVY_TREE_LEAF, 0, cover);

    p->leaf_tree[p->leaves] = tree;
    p->leaf_id[p->leaves] = (int64_t) i;
    p->leaf_value[p->leaves++] = value;
    return i;
}

static void join(plan *p, size_t parent, size_t yes, size_t no)
{
    p->yes[parent] = (int64_t) yes;
    p->no[parent] = (int64_t) no;
}

/* The node; it lives in the plan's graph. */
static const davy_node *plan_end(plan *p, int64_t features, bool covered)
{
    const davy_value x =
        davy_graph_input(p->graph, "x", DAVY_TYPE_F32, 2, (const int64_t[]){-1, features});
    davy_node *node = davy_graph_node(p->graph, "tree_ensemble_regressor", &x, 1, 1);
    const struct {
        const char *name;
        const int64_t *values;
        size_t count;
    } ints[] = {{"nodes_treeids", p->tree, p->count},
                {"nodes_nodeids", p->id, p->count},
                {"nodes_featureids", p->feature, p->count},
                {"nodes_modes", p->mode, p->count},
                {"nodes_truenodeids", p->yes, p->count},
                {"nodes_falsenodeids", p->no, p->count},
                {"nodes_missing_value_tracks_true", p->missing, p->count},
                {"target_treeids", p->leaf_tree, p->leaves},
                {"target_nodeids", p->leaf_id, p->leaves},
                {"target_ids", p->leaf_target, p->leaves}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ints); i++)
        davy_node_set_ints(p->graph, node, ints[i].name, ints[i].values, ints[i].count);
    davy_node_set_floats(p->graph, node, "nodes_values", p->threshold, p->count);
    davy_node_set_floats(p->graph, node, "target_weights", p->leaf_value, p->leaves);
    if (covered)
        davy_node_set_floats(p->graph, node, "nodes_hitrates", p->cover, p->count);
    assert_ok(davy_graph_status(p->graph));
    return node;
}

static davy_shapley_trees *plant(plan *p, size_t features)
{
    davy_shapley_trees *trees = NULL;

    assert_ok(davy_shapley_trees_create(plan_end(p, (int64_t) features, true), features, &trees));
    return trees;
}

static const double one = 1;

/* ------------------------------------------------------------------------------- published */

/* x[0] and then x[1] is asked, each a yes or a no, and a quarter of the samples comes to each
 * leaf. */
static davy_shapley_trees *plant_four(plan *p, int64_t first, int64_t second, const float leaves[4])
{
    const size_t root = add_branch(p, 0, first, DAVY_TREE_LEQ, 0.5F, 4);
    const size_t no = add_branch(p, 0, second, DAVY_TREE_LEQ, 0.5F, 2);
    const size_t yes = add_branch(p, 0, second, DAVY_TREE_LEQ, 0.5F, 2);

    join(p, root, no, yes);
    join(p, no, add_leaf(p, 0, leaves[0], 1), add_leaf(p, 0, leaves[1], 1));
    join(p, yes, add_leaf(p, 0, leaves[2], 1), add_leaf(p, 0, leaves[3], 1));
    return plant(p, 2);
}

/* Lundberg, Erion, Lee, arXiv:1802.03888, figure 1. Model A: fever and cough say 80 together, fever
 * is asked first; both have 30. Model B: cough says 10 more, and is asked first; fever keeps its 30
 * and cough has 35, where the gains of the branches would lower it. */
static void the_published_models_share_out_as_published(void **state)
{
    static const float both[2] = {1, 1}, neither[2] = {0, 0};
    plan a = plan_begin(8), b = plan_begin(8);
    davy_shapley_trees *trees = plant_four(&a, 0, 1, (const float[]){0, 0, 0, 80});
    davy_shapley_sum sum;
    double shares[2];

    (void) state;
    assert_ok(davy_shapley_by_paths(trees, &one, both, shares, &sum));
    assert_near(sum.base, 20, 1e-12);
    assert_near(sum.score, 80, 0);
    assert_near(shares[0], 30, 1e-12);
    assert_near(shares[1], 30, 1e-12);
    assert_ok(davy_shapley_by_paths(trees, &one, neither, shares, &sum));
    assert_near(shares[0], -10, 1e-12);
    assert_near(shares[1], -10, 1e-12);
    davy_shapley_trees_destroy(trees);
    trees = plant_four(&b, 1, 0, (const float[]){0, 0, 10, 90});
    assert_ok(davy_shapley_by_paths(trees, &one, both, shares, &sum));
    assert_near(sum.base, 25, 1e-12);
    assert_near(shares[0], 30, 1e-12);
    assert_near(shares[1], 35, 1e-12);
    davy_shapley_trees_destroy(trees);
    plan_clear(&a);
    plan_clear(&b);
}

/* The same by background: of the four rows there are, each as often, it is the same game. */
static void a_background_of_all_rows_gives_the_published_shares(void **state)
{
    static const float rows[] = {0, 0, 0, 1, 1, 0, 1, 1};
    plan p = plan_begin(8);
    davy_shapley_trees *trees = plant_four(&p, 1, 0, (const float[]){0, 0, 10, 90});
    davy_shapley_sum sum;
    double shares[2];

    (void) state;
    assert_ok(davy_shapley_by_background(trees, &one, rows + 6, rows, 4, shares, &sum));
    assert_near(sum.base, 25, 1e-12);
    assert_near(shares[0], 30, 1e-12);
    assert_near(shares[1], 35, 1e-12);
    davy_shapley_trees_destroy(trees);
    plan_clear(&p);
}

/* ------------------------------------------------------------------------------ all subsets */

#define PLAYERS 12

/* What the trees say when the numbers of the set are known. */
static double by_paths(const davy_shapley_trees *trees, uint32_t at, const float *x, unsigned set)
{
    const davy_shapley_node *node = &trees->nodes[at];

    if (node->mode == DAVY_TREE_LEAF)
        return davy_shapley_leaf(trees, node, &one);
    if (set >> node->feature & 1U)
        return by_paths(trees, davy_shapley_decide(node, x[node->feature]) ? node->yes : node->no,
                        x, set);
    return node->share * by_paths(trees, node->yes, x, set) +
           (1 - node->share) * by_paths(trees, node->no, x, set);
}

typedef struct game {
    const davy_shapley_trees *trees;
    const float *x, *rows; /* rows NULL: by paths */
    size_t count;
} game;

static double worth(const game *g, unsigned set)
{
    double sum = 0;

    for (size_t i = 0; i < g->trees->tree_count && !g->rows; i++)
        sum += by_paths(g->trees, g->trees->trees[i].root, g->x, set);
    for (size_t b = 0; b < g->count && g->rows; b++) {
        float mixed[PLAYERS];

        for (size_t i = 0; i < PLAYERS; i++)
            mixed[i] = set >> i & 1U ? g->x[i] : g->rows[b * PLAYERS + i];
        sum += davy_shapley_score(g->trees, &one, mixed) / (double) g->count;
    }
    return sum;
}

/* Shapley, 1953: over all sets without the player, |S|! (n - |S| - 1)! / n! of what it adds. */
static void share_by_subsets(const game *g, double *shares)
{
    double *worths = calloc((size_t) 1 << PLAYERS, sizeof *worths), weights[PLAYERS];

    assert_non_null(worths);
    weights[0] = 1.0 / PLAYERS;
    for (size_t k = 1; k < PLAYERS; k++)
        weights[k] = weights[k - 1] * (double) k / (double) (PLAYERS - k);
    for (unsigned set = 0; set < 1U << PLAYERS; set++)
        worths[set] = worth(g, set);
    for (unsigned i = 0; i < PLAYERS; i++) {
        shares[i] = 0;
        for (unsigned set = 0; set < 1U << PLAYERS; set++)
            if (!(set >> i & 1U))
                shares[i] +=
                    weights[__builtin_popcount(set)] * (worths[set | 1U << i] - worths[set]);
    }
    free(worths);
}

static float draw(uint64_t n)
{
    return davy_random_uniform(SEED, 1, n);
}

/* Grow below: numbers come again on a way, categories are asked for, and what is missing goes
 * either way. @return the node */
static size_t grow(plan *p, int64_t tree, int depth, float cover)
{
    const uint64_t n = 10 * p->count;
    const float share = 0.05F + 0.9F * draw(n + 1);
    const bool category = draw(n + 2) < 0.2F;
    size_t branch, yes, no;

    if (depth == 0 || draw(n) < 0.1F)
        return add_leaf(p, tree, 4 * draw(n + 3) - 2, cover);
    branch = add_branch(p, tree, (int64_t) (draw(n + 4) * (PLAYERS - 1)), /* the last is a dummy */
                        category ? DAVY_TREE_EQ : (davy_tree_mode) (draw(n + 5) * 4),
                        category ? 0.25F : draw(n + 6), cover);
    p->missing[branch] = draw(n + 7) < 0.5F;
    yes = grow(p, tree, depth - 1, share * cover);
    no = grow(p, tree, depth - 1, cover - share * cover);
    join(p, branch, yes, no);
    return branch;
}

/* A row: some numbers are a category, some are missing. */
static void make_row(size_t row, float *x)
{
    for (size_t i = 0; i < PLAYERS; i++) {
        const float kind = draw(900000 + 2 * (row * PLAYERS + i));

        x[i] = kind < 0.1F ? NAN : kind < 0.3F ? 0.25F : draw(900001 + 2 * (row * PLAYERS + i));
    }
}

static void compare(const double *shares, const double *expected)
{
    for (size_t i = 0; i < PLAYERS; i++)
        if (!(fabs(shares[i] - expected[i]) <= 1e-12))
            fail_msg("number %zu has %.17g, by all subsets %.17g", i, shares[i], expected[i]);
}

static void all_subsets_say_the_same(void **state)
{
    enum { ROWS = 3, OTHERS = 5 };
    plan p = plan_begin(20000);
    davy_shapley_trees *trees;
    float x[PLAYERS], rows[OTHERS * PLAYERS];

    (void) state;
    (void) grow(&p, 0, 10, 1000);
    (void) grow(&p, 1, 4, 1000);
    trees = plant(&p, PLAYERS);
    for (size_t b = 0; b < OTHERS; b++)
        make_row(100 + b, rows + b * PLAYERS);
    for (size_t row = 0; row < ROWS; row++) {
        game g = {.trees = trees, .x = x};
        double shares[PLAYERS], expected[PLAYERS];
        davy_shapley_sum sum;

        make_row(row, x);
        share_by_subsets(&g, expected);
        assert_ok(davy_shapley_by_paths(trees, &one, x, shares, &sum));
        compare(shares, expected);
        assert_near(sum.base, worth(&g, 0), 1e-12);
        g.rows = rows;
        g.count = OTHERS;
        share_by_subsets(&g, expected);
        assert_ok(davy_shapley_by_background(trees, &one, x, rows, OTHERS, shares, &sum));
        compare(shares, expected);
        assert_near(sum.base, worth(&g, 0), 1e-12);
        assert_near(shares[PLAYERS - 1], 0, 0); /* a number that nobody asks for */
    }
    davy_shapley_trees_destroy(trees);
    plan_clear(&p);
}

/* -------------------------------------------------------------------------------------- axioms */

/* Shares of a sum of trees are the sums of their shares, and a mix of targets is mixed. */
static void shares_add_over_trees(void **state)
{
    plan first = plan_begin(4000), second = plan_begin(4000), both = plan_begin(8000);
    davy_shapley_trees *trees[3];
    double shares[3][PLAYERS];
    davy_shapley_sum sum;
    float x[PLAYERS];

    (void) state;
    (void) grow(&first, 0, 6, 100);
    (void) grow(&both, 0, 6, 100);
    while (second.count < first.count) /* so that the same numbers are drawn */
        (void) add_leaf(&second, (int64_t) second.count + 10, 0, 1);
    (void) grow(&second, 1, 6, 100);
    (void) grow(&both, 1, 6, 100);
    trees[0] = plant(&first, PLAYERS);
    trees[1] = plant(&second, PLAYERS);
    trees[2] = plant(&both, PLAYERS);
    make_row(1, x);
    for (size_t i = 0; i < 3; i++)
        assert_ok(davy_shapley_by_paths(trees[i], &one, x, shares[i], &sum));
    for (size_t i = 0; i < PLAYERS; i++)
        assert_near(shares[2][i], shares[0][i] + shares[1][i], 1e-13);
    assert_ok(davy_shapley_by_paths(trees[2], &(const double){-3}, x, shares[0], &sum));
    for (size_t i = 0; i < PLAYERS; i++)
        assert_near(shares[0][i], -3 * shares[2][i], 1e-12);
    for (size_t i = 0; i < 3; i++)
        davy_shapley_trees_destroy(trees[i]);
    plan_clear(&first);
    plan_clear(&second);
    plan_clear(&both);
}

static void a_tree_of_one_leaf_shares_out_nothing(void **state)
{
    plan p = plan_begin(1);
    davy_shapley_trees *trees;
    const float x[2] = {1, NAN};
    double shares[2];
    davy_shapley_sum sum;

    (void) state;
    (void) add_leaf(&p, 0, 2.5F, 8);
    trees = plant(&p, 2);
    assert_ok(davy_shapley_by_paths(trees, &one, x, shares, &sum));
    assert_near(sum.base, 2.5, 0);
    assert_near(sum.score, 2.5, 0);
    assert_ok(davy_shapley_by_background(trees, &one, x, x, 1, shares, &sum));
    assert_near(sum.base, 2.5, 0);
    assert_near(shares[0], 0, 0);
    davy_shapley_trees_destroy(trees);
    plan_clear(&p);
}

/* --------------------------------------------------------------------------------------- depth */

/* A chain: each branch asks another of `players` numbers, and all but the last leaf are 0. Of the
 * covers the share `kept` goes on. */
static void add_chain(plan *p, size_t depth, size_t players, double kept)
{
    double cover = 1e6;

    for (size_t i = 0; i < depth; i++) {
        const size_t at =
            add_branch(p, 0, (int64_t) (i % players), DAVY_TREE_GT, 0.5F, (float) cover);
        const size_t off = add_leaf(p, 0, 0, (float) (cover * (1 - kept)));

        join(p, at, at + 2, off); /* what comes next */
        cover *= kept;
    }
    (void) add_leaf(p, 0, 1, (float) cover);
}

static davy_shapley_trees *plant_chain(plan *p, size_t depth, size_t players, double kept)
{
    add_chain(p, depth, players, kept);
    return plant(p, players);
}

/* A product game: all n are needed, each is there by itself with chance p. Then by symmetry each
 * has (1 - p^n) / n; and where the row misses the first, that one has -p (the integral of
 * (t + p (1 - t))^(n - 1)) = -p (1 - p^n) / (n (1 - p)), and the others share the rest. */
static void deep_chains_lose_no_digits(void **state)
{
    static const struct {
        size_t depth;
        double kept;
    } cases[] = {{60, 0.5}, {60, 0.999}, {28, 0.03125}, {250, 0.96875}};

    (void) state;
    for (size_t c = 0; c < DAVY_ARRAY_LENGTH(cases); c++) {
        const size_t n = cases[c].depth;
        plan p = plan_begin(2 * n + 1);
        davy_shapley_trees *trees = plant_chain(&p, n, n, cases[c].kept);
        const double kept = cases[c].kept, full = (1 - pow(kept, (double) n)) / (double) n;
        double *shares = calloc(n, sizeof *shares);
        float *x = calloc(n, sizeof *x);
        davy_shapley_sum sum;

        assert_true(shares && x);
        for (size_t i = 0; i < trees->count; i++)
            trees->nodes[i].share = kept; /* exactly: covers are floats */
        for (size_t i = 0; i < n; i++)
            x[i] = 1;
        assert_ok(davy_shapley_by_paths(trees, &one, x, shares, &sum));
        for (size_t i = 0; i < n; i++)
            assert_near(shares[i] / full, 1, 1e-12);
        assert_near(sum.score, 1, 0);
        x[0] = 0;
        assert_ok(davy_shapley_by_paths(trees, &one, x, shares, &sum));
        assert_near(shares[0] / (-kept * full / (1 - kept)), 1, 1e-12);
        assert_near(sum.score, 0, 0);
        free(shares);
        free(x);
        davy_shapley_trees_destroy(trees);
        plan_clear(&p);
    }
}

/* The same numbers again and again are few players, however deep they stand. */
static void depth_is_no_matter_and_players_have_a_limit(void **state)
{
    plan deep = plan_begin(8000), wide = plan_begin(8000), deeper = plan_begin(12000);
    davy_shapley_trees *trees = plant_chain(&deep, 3000, 3, 0.9990234375);
    const float x[3] = {1, 1, 1};
    double shares[3];
    davy_shapley_sum sum;

    (void) state;
    assert_ok(davy_shapley_by_paths(trees, &one, x, shares, &sum));
    assert_near(shares[0] + shares[1] + shares[2], 1 - sum.base, 1e-12);
    davy_shapley_trees_destroy(trees);
    plan_clear(&deep);
    add_chain(&wide, 2 * DAVY_SHAPLEY_PLAYERS_MAX + 1, 1000, 0.5);
    assert_fails(davy_shapley_trees_create(plan_end(&wide, 1000, false), 1000, &trees),
                 DAVY_ERR_UNSUPPORTED, "branches on 513 numbers, 256 at most");
    plan_clear(&wide);
    add_chain(&deeper, DAVY_SHAPLEY_DEPTH_MAX + 1, 1, 0.5);
    assert_fails(davy_shapley_trees_create(plan_end(&deeper, 1, false), 1, &trees),
                 DAVY_ERR_UNSUPPORTED, "more than 4096 branches deep");
    plan_clear(&deeper);
}

/* Converters write a 1 for every node: that is not how often it was met. */
static void covers_of_others_are_not_believed(void **state)
{
    static const float rows[] = {0, 0, 1, 1};
    plan p = plan_begin(8);
    davy_shapley_trees *trees = NULL;
    const davy_node *node;
    davy_shapley_sum sum;
    double shares[2];

    (void) state;
    davy_shapley_trees_destroy(plant_four(&p, 0, 1, (const float[]){0, 0, 0, 1}));
    for (size_t i = 0; i < p.count; i++)
        p.cover[i] = 1;
    node = plan_end(&p, 2, true);
    assert_ok(davy_shapley_trees_create(node, 2, &trees));
    assert_false(davy_shapley_trees_covered(trees));
    assert_fails(davy_shapley_by_paths(trees, &one, rows, shares, &sum), DAVY_ERR_UNSUPPORTED,
                 "do not tell their covers");
    assert_fails(davy_shapley_by_background(trees, &one, rows, rows, 0, shares, &sum),
                 DAVY_ERR_UNSUPPORTED, "no rows to compare");
    assert_ok(davy_shapley_by_background(trees, &one, rows + 2, rows, 2, shares, &sum));
    assert_near(shares[0], 0.25, 1e-15);
    davy_shapley_trees_destroy(trees);
    plan_clear(&p);
}

static void what_is_no_sum_of_leaves_is_refused(void **state)
{
    plan p = plan_begin(8);
    davy_shapley_trees *trees = NULL;
    davy_node *node;

    (void) state;
    (void) add_leaf(&p, 0, 1, 1);
    node = (davy_node *) (uintptr_t) plan_end(&p, 1, true);
    davy_node_set_text(p.graph, node, "aggregate_function", "MAX");
    assert_fails(davy_shapley_trees_create(node, 1, &trees), DAVY_ERR_UNSUPPORTED, "no sums");
    plan_clear(&p);
}

/* Twenty branches in a row whose two children are the next one: a million ways through twenty-one
 * nodes. */
static void branches_that_share_a_child_are_refused(void **state)
{
    plan p = plan_begin(24);
    davy_shapley_trees *trees = NULL;
    size_t at = add_branch(&p, 0, 0, DAVY_TREE_LEQ, 0, 1);

    (void) state;
    for (size_t i = 1; i < 20; i++) {
        const size_t next = add_branch(&p, 0, 0, DAVY_TREE_LEQ, (float) i, 1);

        join(&p, at, next, next);
        at = next;
    }
    join(&p, at, add_leaf(&p, 0, 1, 1), add_leaf(&p, 0, 2, 1));
    assert_fails(davy_shapley_trees_create(plan_end(&p, 1, true), 1, &trees), DAVY_ERR_UNSUPPORTED,
                 "share what is below");
    plan_clear(&p);
}

/* A share that is off must not leave as one. */
static void shares_that_do_not_add_up_are_told(void **state)
{
    plan p = plan_begin(8);
    davy_shapley_trees *trees = plant_four(&p, 0, 1, (const float[]){0, 0, 0, 80});
    const double shares[2] = {30, 30 + 1e-6};

    (void) state;
    assert_ok(davy_shapley_check(trees, (const double[]){30, 30}, &(davy_shapley_sum){20, 80}));
    assert_fails(davy_shapley_check(trees, shares, &(davy_shapley_sum){20, 80}), DAVY_ERR_CORRUPT,
                 "add up to 80.000001");
    davy_shapley_trees_destroy(trees);
    plan_clear(&p);
}

/* Abramowitz and Stegun, table 25.4: two points at 1/2 +- 1/sqrt(12), of weight 1/2. */
static void points_are_those_of_gauss(void **state)
{
    double t[128], w[128], sum = 0;

    (void) state;
    davy_shapley_points(2, t, w);
    assert_near(t[0], 0.5 - 1 / sqrt(12.0), 1e-15);
    assert_near(w[1], 0.5, 1e-15);
    davy_shapley_points(128, t, w);
    for (size_t i = 0; i < 128; i++)
        sum += w[i] * pow(t[i], 255);
    assert_near(sum * 256, 1, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_models_share_out_as_published),
        cmocka_unit_test(a_background_of_all_rows_gives_the_published_shares),
        cmocka_unit_test(all_subsets_say_the_same),
        cmocka_unit_test(shares_add_over_trees),
        cmocka_unit_test(a_tree_of_one_leaf_shares_out_nothing),
        cmocka_unit_test(deep_chains_lose_no_digits),
        cmocka_unit_test(depth_is_no_matter_and_players_have_a_limit),
        cmocka_unit_test(covers_of_others_are_not_believed),
        cmocka_unit_test(what_is_no_sum_of_leaves_is_refused),
        cmocka_unit_test(branches_that_share_a_child_are_refused),
        cmocka_unit_test(shares_that_do_not_add_up_are_told),
        cmocka_unit_test(points_are_those_of_gauss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
