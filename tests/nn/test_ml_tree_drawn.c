/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Drawn forests beside a walk written down plainly, to the bit: whatever way through the trees is
 * chosen for their depth, their number, their columns and the rows of a batch.
 */
#include "operator.h"

#include "core/random.h"

enum { LEQ, LT, GTE, GT, EQ, NEQ, LEAF };

#define TREES    131
#define FEATURES 150
#define ROWS     301
#define NODES    (1 << 16)

typedef struct forest_shape {
    const char *name;
    uint32_t trees, features, depth;
    uint32_t modes;   /* the first so many are drawn */
    uint32_t numbers; /* so many are drawn from: few often meet */
    bool shared;      /* branches may have a child that others have */
} forest_shape;

static const forest_shape shapes[] = {
    {"deep", 21, 7, 9, LEAF, 9, false},
    {"shallow", TREES, 7, 6, EQ, 9, false},
    {"few and shallow", 21, 7, 6, EQ, 9, false},
    {"shallow, with equality", TREES, 7, 2, LEAF, 9, false},
    {"shallow, with more thresholds in a column than a rank counts", TREES, 3, 6, EQ, 100000,
     false},
    {"shallow, with columns for two registers", TREES, 40, 6, EQ, 30, false},
    {"shallow, with too many columns", TREES, FEATURES, 6, EQ, 30, false},
    {"leaves alone", 9, 1, 0, LEQ, 9, false},
    {"with shared children", 21, 7, 7, LEAF, 9, true},
};

/* Attributes of drawn trees. */
typedef struct drawn {
    const forest_shape *shape;
    size_t nodes;
    int64_t trees[NODES], ids[NODES], features[NODES], modes[NODES], yes[NODES], no[NODES];
    int64_t missing[NODES], targets[NODES];
    float values[NODES];
    size_t roots[TREES];
} drawn;

static uint32_t draw(uint32_t bound)
{
    static uint64_t n;

    return davy_random_below(17, 0, n++, bound);
}

static float draw_number(const forest_shape *shape)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0.0F, -0.0F, 1e-42F};
    const uint32_t one = draw(20);

    return one < DAVY_ARRAY_LENGTH(odd) ? odd[one]
                                        : (float) draw(shape->numbers) - (float) shape->numbers / 2;
}

static float draw_threshold(const forest_shape *shape)
{
    const float number = draw_number(shape);

    return isnan(number) ? 0.5F : number;
}

static size_t draw_node(drawn *forest, int64_t tree, uint32_t depth);

/* Of a branch whose other child is drawn: shared is one that stands below that. */
static size_t draw_second(drawn *forest, int64_t tree, uint32_t depth, size_t first)
{
    if (forest->shape->shared && draw(3) == 0)
        return first + draw((uint32_t) (forest->nodes - first));
    return draw_node(forest, tree, depth);
}

/* @return index of the node */
static size_t draw_node(drawn *forest, int64_t tree, uint32_t depth)
{
    const forest_shape *shape = forest->shape;
    const size_t at = forest->nodes++;

    assert_true(at < NODES);
    forest->trees[at] = tree;
    forest->ids[at] = (int64_t) at;
    forest->modes[at] = depth > 0 && draw(9) > 0 ? (int64_t) draw(shape->modes) : LEAF;
    forest->features[at] = draw(shape->features);
    forest->missing[at] = draw(2);
    forest->values[at] =
        forest->modes[at] == LEAF ? (float) draw(1000) / 7.0F : draw_threshold(shape);
    if (forest->modes[at] != LEAF) {
        forest->yes[at] = (int64_t) draw_node(forest, tree, depth - 1);
        forest->no[at] = (int64_t) draw_second(forest, tree, depth - 1, (size_t) forest->yes[at]);
    }
    return at;
}

static void draw_forest(drawn *forest, const forest_shape *shape)
{
    forest->shape = shape;
    forest->nodes = 0;
    for (uint32_t t = 0; t < shape->trees; t++)
        forest->roots[t] = draw_node(forest, t, t < shape->depth ? t : shape->depth);
}

static bool says_yes(const drawn *forest, size_t at, float x)
{
    const float t = forest->values[at];
    const bool says[] = {x <= t, x<t, x >= t, x> t, x == t, x != t};

    return says[forest->modes[at]] || (forest->missing[at] && isnan(x));
}

/* The sum as ONNX's text has it, tree after tree. */
static float plain_sum(const drawn *forest, const float *x)
{
    double sum = 0.0;

    for (size_t t = 0; t < forest->shape->trees; t++) {
        size_t at = forest->roots[t];

        while (forest->modes[at] != LEAF)
            at = (size_t) (says_yes(forest, at, x[forest->features[at]]) ? forest->yes[at]
                                                                         : forest->no[at]);
        sum += (double) forest->values[at];
    }
    return (float) sum;
}

static davy_graph *forest_graph(const drawn *forest)
{
    static int64_t tree_ids[NODES], node_ids[NODES];
    static float weights[NODES];
    davy_graph *graph;
    davy_node *node;
    davy_value x;
    size_t leaves = 0;

    for (size_t i = 0; i < forest->nodes; i++)
        if (forest->modes[i] == LEAF) {
            tree_ids[leaves] = forest->trees[i];
            node_ids[leaves] = forest->ids[i];
            weights[leaves++] = forest->values[i];
        }
    assert_ok(davy_graph_create("forest", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2,
                         (int64_t[]){-1, (int64_t) forest->shape->features});
    node = davy_graph_node(graph, "tree_ensemble_regressor", &x, 1, 1);
    davy_node_set_ints(graph, node, "nodes_treeids", forest->trees, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_nodeids", forest->ids, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_featureids", forest->features, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_modes", forest->modes, forest->nodes);
    davy_node_set_floats(graph, node, "nodes_values", forest->values, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_truenodeids", forest->yes, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_falsenodeids", forest->no, forest->nodes);
    davy_node_set_ints(graph, node, "nodes_missing_value_tracks_true", forest->missing,
                       forest->nodes);
    davy_node_set_ints(graph, node, "target_treeids", tree_ids, leaves);
    davy_node_set_ints(graph, node, "target_nodeids", node_ids, leaves);
    davy_node_set_ints(graph, node, "target_ids", forest->targets, leaves);
    davy_node_set_floats(graph, node, "target_weights", weights, leaves);
    davy_graph_output(graph, node->out[0]);
    return graph;
}

/* Of the first rows. */
static void check_rows(davy_session *session, const drawn *forest, const float *x, size_t count)
{
    const size_t features = forest->shape->features;
    const davy_tensor in = {.type = DAVY_TYPE_F32,
                            DIMS((int64_t) count, (int64_t) features),
                            .data = (void *) (uintptr_t) x};
    davy_tensor out;

    assert_ok(davy_session_run(session, &in, &out));
    for (size_t i = 0; i < count; i++) {
        const float expected = plain_sum(forest, x + i * features);

        if (memcmp(&davy_f32(&out)[i], &expected, sizeof expected) != 0)
            fail_msg("%s: row %zu of %zu is %.9g, not %.9g", forest->shape->name, i, count,
                     (double) davy_f32(&out)[i], (double) expected);
    }
}

/* Whatever stands beside a row, and in one thread and two. */
static void check_forest(const forest_shape *shape, davy_pool *pool)
{
    static const size_t counts[] = {1, 2, 15, 16, 17, 63, 64, 65, ROWS};
    static float x[ROWS * FEATURES];
    static drawn forest;
    davy_network *network;

    draw_forest(&forest, shape);
    for (size_t i = 0; i < ROWS * shape->features; i++)
        x[i] = draw_number(shape);
    assert_ok(davy_network_create(forest_graph(&forest), NULL, &network));
    for (size_t threads = 1; threads <= 2; threads++) {
        davy_session *session;

        assert_ok(davy_session_create(network, threads == 2 ? pool : NULL, &session));
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(counts); i++)
            check_rows(session, &forest, x, counts[i]);
        davy_session_destroy(session);
    }
    davy_network_destroy(network);
}

static void says_what_a_plain_walk_says(void **state)
{
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(2, &pool));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++)
        check_forest(&shapes[i], pool);
    davy_pool_destroy(pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_plain_walk_says),
    };

    return cmocka_run_group_tests_name("nn/ml_tree_drawn", tests, NULL, NULL);
}
