/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Ensembles of trees: hand calculations of every mode, sum and transform, and what is refused.
 * test_ml_tree_drawn.c has larger ones.
 */
#include "operator.h"

enum { LEQ, LT, GTE, GT, EQ, NEQ, LEAF };

/* One tree, its nodes in mixed order: x0 (mode) 3 ? 1 : (x1 <= 5 ? 2 : 4). */
#define TREE(mode, missing)                                                                        \
    INTS("nodes_treeids", 7, 7, 7, 7, 7), INTS("nodes_nodeids", 12, 10, 11, 14, 13),               \
        INTS("nodes_featureids", 1, 0, 0, 0, 0), INTS("nodes_modes", LEQ, mode, LEAF, LEAF, LEAF), \
        FLOATS("nodes_values", 5, 3, 0, 0, 0), INTS("nodes_truenodeids", 13, 11, 0, 0, 0),         \
        INTS("nodes_falsenodeids", 14, 12, 0, 0, 0),                                               \
        INTS("nodes_missing_value_tracks_true", 0, missing, 0, 0, 0),                              \
        INTS("target_treeids", 7, 7, 7), INTS("target_nodeids", 11, 13, 14),                       \
        INTS("target_ids", 0, 0, 0), FLOATS("target_weights", 1, 2, 4)

static void compares_in_every_mode(void **state)
{
    static const float says[6][2][5] = {
        /* x0 = 2, 3, 4, NaN, -infinity; a missing value says no, then yes */
        [LEQ] = {{1, 1, 2, 2, 1}, {1, 1, 2, 1, 1}}, [LT] = {{1, 2, 2, 2, 1}, {1, 2, 2, 1, 1}},
        [GTE] = {{2, 1, 1, 2, 2}, {2, 1, 1, 1, 2}}, [GT] = {{2, 2, 1, 2, 2}, {2, 2, 1, 1, 2}},
        [EQ] = {{2, 1, 2, 2, 2}, {2, 1, 2, 1, 2}},  [NEQ] = {{1, 2, 1, 1, 1}, {1, 2, 1, 1, 1}}};
    const davy_tensor x = F32(DIMS(5, 2), 2, 0, 3, 0, 4, 0, NAN, 0, -INFINITY, 0);

    (void) state;
    for (int mode = LEQ; mode <= NEQ; mode++)
        for (int missing = 0; missing < 2; missing++)
            gives(&(operator_case){"tree_ensemble_regressor", .in = {x},
                                   .attributes = {TREE(mode, missing)}},
                  (davy_tensor){.type = DAVY_TYPE_F32,
                                DIMS(5, 1),
                                .data = (void *) (uintptr_t) says[mode][missing]});
}

/* A threshold is met exactly: its neighbours, both zeros, and numbers too small to be normal. */
static void keeps_thresholds_exact(void **state)
{
    const float t = 0.1F, tiny = 1e-42F;

    (void) state;
    gives(&(operator_case){"tree_ensemble_regressor",
                           .in = {F32(DIMS(3, 2), t, 0, nextafterf(t, 1), 0, nextafterf(t, 0), 0)},
                           .attributes = {TREE(LEQ, 0), FLOATS("nodes_values", 5, t, 0, 0, 0)}},
          F32(DIMS(3, 1), 1, 2, 1));
    gives(&(operator_case){"tree_ensemble_regressor",
                           .in = {F32(DIMS(4, 2), 0, 0, -0.0F, 0, tiny, 0, -tiny, 0)},
                           .attributes = {TREE(LT, 0), FLOATS("nodes_values", 5, 0, 0, 0, 0)}},
          F32(DIMS(4, 1), 2, 2, 2, 1));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {F32(DIMS(2, 2), -0.0F, 0, tiny, 0)},
                           .attributes = {TREE(EQ, 0), FLOATS("nodes_values", 5, 0, 0, 0, 0)}},
          F32(DIMS(2, 1), 1, 2));
    gives(&(operator_case){"tree_ensemble_regressor",
                           .in = {F32(DIMS(2, 2), INFINITY, 0, -INFINITY, 0)},
                           .attributes = {TREE(LT, 0),
                                          FLOATS("nodes_values", 5, -INFINITY, 0, 0, 0)}},
          F32(DIMS(2, 1), 2, 2));
}

static void takes_numbers_of_any_type(void **state)
{
    (void) state;
    gives(&(operator_case){"tree_ensemble_regressor", .in = {I64(DIMS(2, 2), 2, 0, 4, 6)},
                           .attributes = {TREE(LEQ, 0)}},
          F32(DIMS(2, 1), 1, 4));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {F64(DIMS(2), 4, 5)},
                           .attributes = {TREE(LEQ, 0)}},
          F32(DIMS(1, 1), 2));
}

/* Two trees on x0 <= 1 and x0 <= 2, two targets: the first tree speaks of target 0 alone. */
#define PAIR                                                                                   \
    INTS("nodes_treeids", 0, 0, 0, 1, 1, 1), INTS("nodes_nodeids", 0, 1, 2, 0, 1, 2),          \
        INTS("nodes_featureids", 0, 0, 0, 0, 0, 0),                                            \
        INTS("nodes_modes", LEQ, LEAF, LEAF, LEQ, LEAF, LEAF),                                 \
        FLOATS("nodes_values", 1, 0, 0, 2, 0, 0), INTS("nodes_truenodeids", 1, 0, 0, 1, 0, 0), \
        INTS("nodes_falsenodeids", 2, 0, 0, 2, 0, 0)
#define PAIR_TARGETS                                                              \
    INT("n_targets", 2), INTS("target_treeids", 0, 0, 1, 1, 1),                   \
        INTS("target_nodeids", 1, 2, 1, 1, 2), INTS("target_ids", 0, 0, 0, 1, 0), \
        FLOATS("target_weights", 1, 5, 2, 8, -3)

static void aggregates(void **state)
{
    const davy_tensor x = F32(DIMS(3, 1), 0, 1.5F, 3);
    const struct {
        const char *how;
        float base[2], sums[6];
    } cases[] = {{"SUM", {0.5F, 1}, {3.5F, 9, 7.5F, 9, 2.5F, 1}},
                 {"AVERAGE", {0.5F, 1}, {2, 5, 4, 5, 1.5F, 1}},
                 {"MIN", {0, 0}, {1, 8, 2, 8, -3, 0}},
                 {"MAX", {0, 0}, {2, 8, 5, 8, 5, 0}}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        gives(
            &(operator_case){
                "tree_ensemble_regressor", .in = {x},
                .attributes = {PAIR, PAIR_TARGETS, TEXT("aggregate_function", cases[i].how),
                               FLOATS("base_values", cases[i].base[0], cases[i].base[1])}},
            (davy_tensor){
                .type = DAVY_TYPE_F32, DIMS(3, 2), .data = (void *) (uintptr_t) cases[i].sums});
}

/* Of the sums 3 and 8, 0 and 1. Normal quantiles from NIST/SEMATECH, 1.3.6.7.1. */
static void transforms_scores(void **state)
{
    const davy_tensor x = F32(DIMS(1, 1), 0);

    (void) state;
    gives(&(operator_case){"tree_ensemble_regressor", .in = {x},
                           .attributes = {PAIR, PAIR_TARGETS, TEXT("post_transform", "SOFTMAX")}},
          F32(DIMS(1, 2), 0.0066928509F, 0.9933071491F));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {x},
                           .attributes = {PAIR, PAIR_TARGETS, TEXT("post_transform", "LOGISTIC")}},
          F32(DIMS(1, 2), 0.9525741268F, 0.9996646499F));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {x},
                           .attributes = {PAIR, PAIR_TARGETS, FLOATS("base_values", -3, -7),
                                          TEXT("post_transform", "SOFTMAX_ZERO")}},
          F32(DIMS(1, 2), 0, 1));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {x},
                           .attributes = {PAIR, PAIR_TARGETS, FLOATS("base_values", -2.5F, -7.025F),
                                          TEXT("post_transform", "PROBIT")}},
          F32(DIMS(1, 2), 0, 1.959964F));
    refuses(&(operator_case){"tree_ensemble_regressor", .in = {x},
                             .attributes = {PAIR, PAIR_TARGETS, TEXT("post_transform", "CUBE")}},
            DAVY_ERR_INVALID, "post_transform 'CUBE'");
}

#define PAIR_CLASSES(class_, ...)                                         \
    INTS("class_treeids", 0, 0, 1, 1), INTS("class_nodeids", 1, 2, 1, 2), \
        INTS("class_ids", class_, class_, class_, class_), FLOATS("class_weights", __VA_ARGS__)

/* ONNX Runtime's rules for two classes that share one sum. */
static void classifies_by_one_sum(void **state)
{
    const davy_tensor x = F32(DIMS(3, 1), 0, 1.5F, 3);

    (void) state;
    gives_all(&(operator_case){"tree_ensemble_classifier", .in = {x}, .out_count = 2,
                               .attributes = {PAIR, PAIR_CLASSES(0, 0, 0.375F, 0.25F, 0.5F),
                                              INTS("classlabels_int64s", 40, 50)}},
              (davy_tensor[]){I64(DIMS(3), 40, 50, 50),
                              F32(DIMS(3, 2), 0.75F, 0.25F, 0.375F, 0.625F, 0.125F, 0.875F)});
    gives_all(&(operator_case){"tree_ensemble_classifier", .in = {x}, .out_count = 2,
                               .attributes = {PAIR, PAIR_CLASSES(1, -1, 2, -1, 3),
                                              FLOATS("base_values", 0.5F),
                                              INTS("classlabels_int64s", 40, 50)}},
              (davy_tensor[]){I64(DIMS(3), 40, 50, 50),
                              F32(DIMS(3, 2), 1.5F, -1.5F, -1.5F, 1.5F, -5.5F, 5.5F)});
    gives_all(&(operator_case){"tree_ensemble_classifier", .in = {x}, .out_count = 2,
                               .attributes = {PAIR, PAIR_CLASSES(0, -1, 2, -1, 3),
                                              TEXT("post_transform", "LOGISTIC"),
                                              INTS("classlabels_int64s", 0, 1)}},
              (davy_tensor[]){I64(DIMS(3), 0, 1, 1),
                              F32(DIMS(3, 2), 0.8807970780F, 0.1192029220F, 0.2689414214F,
                                  0.7310585786F, 0.0066928509F, 0.9933071491F)});
}

static void classifies_by_the_greatest_sum(void **state)
{
    const davy_tensor x = F32(DIMS(3, 1), 0, 1.5F, 3);

    (void) state;
    gives_all(&(operator_case){"tree_ensemble_classifier", .in = {x}, .out_count = 2,
                               .attributes = {PAIR, INTS("class_treeids", 0, 0, 1, 1),
                                              INTS("class_nodeids", 1, 2, 1, 2),
                                              INTS("class_ids", 0, 1, 2, 0),
                                              FLOATS("class_weights", 1, 2, 3, 4),
                                              FLOATS("base_values", 0, 0, -1.5F),
                                              INTS("classlabels_int64s", 7, 8, 9)}},
              (davy_tensor[]){I64(DIMS(3), 9, 8, 7),
                              F32(DIMS(3, 3), 1, 0, 1.5F, 0, 2, 1.5F, 4, 2, -1.5F)});
}

static void names_classes_by_text(void **state)
{
    static const char *const expected[] = {"good", "bad", "bad"};
    const operator_case trial = {"tree_ensemble_classifier", .in = {F32(DIMS(3, 1), 0, 1.5F, 3)},
                                 .out_count = 2,
                                 .attributes = {PAIR, PAIR_CLASSES(0, 0, 0.375F, 0.25F, 0.5F),
                                                TEXTS("classlabels_strings", "good", "bad")}};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor out[2];

    (void) state;
    assert_ok(davy_network_create(operator_graph(&trial, false), NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, trial.in, out));
    assert_int_equal(out[0].type, DAVY_TYPE_TEXT);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(((const char *const *) out[0].data)[i], expected[i]);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

/* x0 of 2, 3 or 5 goes where x1 <= 0 says 1, else 2; any other number is 4: as a converter writes a
 * set of categories, whose branches share a child. */
#define SET                                                                                 \
    INTS("nodes_treeids", 0, 0, 0, 0, 0, 0, 0), INTS("nodes_nodeids", 0, 1, 2, 3, 4, 5, 6), \
        INTS("nodes_featureids", 0, 1, 0, 0, 0, 0, 0),                                      \
        INTS("nodes_modes", EQ, LEQ, EQ, LEAF, LEAF, EQ, LEAF),                             \
        FLOATS("nodes_values", 2, 0, 3, 0, 0, 5, 0),                                        \
        INTS("nodes_truenodeids", 1, 3, 1, 0, 0, 1, 0),                                     \
        INTS("nodes_falsenodeids", 2, 4, 5, 0, 0, 6, 0), INTS("target_treeids", 0, 0, 0),   \
        INTS("target_nodeids", 3, 4, 6), INTS("target_ids", 0, 0, 0),                       \
        FLOATS("target_weights", 1, 2, 4)

static void branches_may_share_a_child(void **state)
{
    (void) state;
    gives(&(operator_case){"tree_ensemble_regressor",
                           .in = {F32(DIMS(7, 2), 2, 0, 3, 1, 5, -1, 4, 0, NAN, 0, 1, 9, 5, 2)},
                           .attributes = {SET}},
          F32(DIMS(7, 1), 1, 2, 1, 4, 4, 4, 2));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {F32(DIMS(1, 2), 5, 0)},
                           .attributes = {SET}},
          F32(DIMS(1, 1), 1));
    gives(&(operator_case){"tree_ensemble_regressor", .in = {F32(DIMS(2, 2), 2, 0, 4, 7)},
                           .attributes = {SET, INTS("nodes_truenodeids", 1, 3, 6, 0, 0, 6, 0)}},
          F32(DIMS(2, 1), 1, 4)); /* a leaf is shared, and both ways of a branch lead to it */
}

/* ------------------------------------------------------------------------------------ refusals */

static void refuses_what_is_no_tree(void **state)
{
    const davy_tensor x = F32(DIMS(1, 2), 0, 0);
    const struct {
        davy_attribute wrong;
        const char *words;
    } cases[] = {
        {INTS("nodes_truenodeids", 13, 10, 0, 0, 0), "in a ring"},
        {INTS("nodes_truenodeids", 10, 11, 0, 0, 0), "in a ring"},
        {INTS("nodes_truenodeids", 13, 99, 0, 0, 0), "child 99, which is not there"},
        {INTS("nodes_truenodeids", 11, 11, 0, 0, 0), "several roots"},
        {INTS("nodes_falsenodeids", 13, 12, 0, 0, 0), "several roots"},
        {INTS("nodes_treeids", 7, 7, 7, 7, 8), "child 13, which is not there"},
        {INTS("nodes_treeids", 7, 7, 7, 7), "5 nodes_nodeids for 4"},
        {INT("nodes_treeids", 7), "0 nodes"},
        {INTS("nodes_nodeids", 12, 12, 11, 14, 13), "node 12 of tree 7 is there twice"},
        {INTS("nodes_modes", 0, 7, 6, 6, 6), "nodes_modes has 7"},
        {INTS("nodes_modes", 0, -1, 6, 6, 6), "nodes_modes has -1"},
        {INTS("nodes_modes", 6, 0, 6, 6, 6), "several roots"},
        {INTS("nodes_featureids", 2, 0, 0, 0, 0), "feature 2 of 2"},
        {INTS("nodes_featureids", -1, 0, 0, 0, 0), "asks for feature -1"},
        {INTS("nodes_featureids", INT64_MAX, 0, 0, 0, 0), "asks for feature 9223372036854775807"},
        {FLOATS("nodes_values", 5, NAN, 0, 0, 0), "compares with no number"},
        {FLOATS("nodes_values", 5), "1 nodes_values for 5"},
        {INTS("nodes_missing_value_tracks_true", 1), "1 nodes_missing_value_tracks_true for 5"},
        {INTS("target_nodeids", 11, 13, 12), "node 12 of tree 7, which is no leaf"},
        {INTS("target_treeids", 7, 7, 6), "node 14 of tree 6, which is not there"},
        {INTS("target_nodeids", 11, 13, 13), "node 13 of tree 7 has two weights for target 0"},
        {INTS("target_ids", 0, 0, 1), "target 1 of 1"},
        {INTS("target_ids", 0, 0, -1), "target -1 of 1"},
        {INTS("target_ids", 0), "1 target_ids for 3"},
        {FLOATS("target_weights", 1, 2, INFINITY), "no finite number"},
        {FLOATS("base_values", 1, 2), "2 base_values for 1 targets"},
        {FLOATS("base_values", NAN), "base value 0 is no finite number"},
        {INT("n_targets", 0), "0 targets"},
        {INT("n_targets", -5), "0 targets"},
        {INT("n_targets", INT64_MAX), "targets; 1 to"},
        {TEXT("aggregate_function", "MEDIAN"), "aggregate_function 'MEDIAN'"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        refuses(&(operator_case){"tree_ensemble_regressor", .in = {x},
                                 .attributes = {TREE(LEQ, 0), cases[i].wrong}},
                DAVY_ERR_INVALID, cases[i].words);
}

/* A tree beside which two nodes are each other's children: no root of theirs shows them. */
static void refuses_a_ring(void **state)
{
    (void) state;
    refuses(&(operator_case){"tree_ensemble_regressor", .in = {F32(DIMS(1, 1), 0)},
                             .attributes = {INTS("nodes_treeids", 0, 0, 0, 0, 0),
                                            INTS("nodes_nodeids", 0, 1, 2, 3, 4),
                                            INTS("nodes_featureids", 0, 0, 0, 0, 0),
                                            INTS("nodes_modes", LEAF, LEQ, LEQ, LEAF, LEAF),
                                            FLOATS("nodes_values", 0, 0, 0, 0, 0),
                                            INTS("nodes_truenodeids", 0, 2, 1, 0, 0),
                                            INTS("nodes_falsenodeids", 0, 3, 4, 0, 0)}},
            DAVY_ERR_INVALID, "in a ring");
}

static void refuses_what_is_no_table(void **state)
{
    (void) state;
    refuses(&(operator_case){"tree_ensemble_regressor", .in = {F32(DIMS(1, 1, 2), 0, 0)},
                             .attributes = {TREE(LEQ, 0)}},
            DAVY_ERR_INVALID, "not rows of features");
    refuses(&(operator_case){"tree_ensemble_classifier", .in = {F32(DIMS(1, 2), 0, 0)},
                             .out_count = 2, .attributes = {TREE(LEQ, 0)}},
            DAVY_ERR_INVALID, "0 targets");
    refuses(&(operator_case){"tree_ensemble_classifier", .in = {F32(DIMS(1, 1), 0)}, .out_count = 2,
                             .attributes = {PAIR, PAIR_CLASSES(0, 1, 2, 3, 4),
                                            INTS("classlabels_int64s", 1, 2),
                                            TEXTS("classlabels_strings", "a", "b")}},
            DAVY_ERR_INVALID, "class names of two kinds");
}

static void answers_no_rows_with_none(void **state)
{
    static float empty[1];

    (void) state;
    gives(&(operator_case){"tree_ensemble_regressor",
                           .in = {{.type = DAVY_TYPE_F32, DIMS(0, 2), .data = empty}},
                           .attributes = {TREE(LEQ, 0)}},
          (davy_tensor){.type = DAVY_TYPE_F32, DIMS(0, 1), .data = empty});
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_in_every_mode),
        cmocka_unit_test(keeps_thresholds_exact),
        cmocka_unit_test(takes_numbers_of_any_type),
        cmocka_unit_test(aggregates),
        cmocka_unit_test(transforms_scores),
        cmocka_unit_test(classifies_by_one_sum),
        cmocka_unit_test(classifies_by_the_greatest_sum),
        cmocka_unit_test(names_classes_by_text),
        cmocka_unit_test(branches_may_share_a_child),
        cmocka_unit_test(refuses_what_is_no_tree),
        cmocka_unit_test(refuses_a_ring),
        cmocka_unit_test(refuses_what_is_no_table),
        cmocka_unit_test(answers_no_rows_with_none),
    };

    return cmocka_run_group_tests_name("nn/ml_tree", tests, NULL, NULL);
}
