/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kinds `tree`, `forest` and `boost`: by hand, and beside XGBoost.
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "models/explain/shapley_trees.h"
#include "models/kinds/booster.h"
#include "models/kinds/trees.h"
#include "nn/network.h"

#include <math.h>
#include <xgboost/c_api.h>

/* Of the sixty numbers the mean below a threshold and the mean above it, where the squared errors
 * about the two are least: what a tree of one branch must say, found by trying every threshold. */
static void find_stump(const double *x, const double *y, size_t least, double *said)
{
    double best = INFINITY;

    for (size_t c = 0; c < GOLDEN_COLUMNS * GOLDEN_ROWS; c++) {
        const size_t column = c % GOLDEN_COLUMNS;
        double sum[2] = {0}, squares = 0, error;
        size_t count[2] = {0};

        for (size_t i = 0; i < GOLDEN_ROWS; i++) {
            const bool above = x[i * GOLDEN_COLUMNS + column] >= x[c];

            count[above]++;
            sum[above] += y[i];
            squares += y[i] * y[i];
        }
        if (count[0] < least || count[1] < least)
            continue;
        error = squares - sum[0] * sum[0] / (double) count[0] - sum[1] * sum[1] / (double) count[1];
        if (error >= best)
            continue;
        best = error;
        for (size_t i = 0; i < GOLDEN_ROWS; i++) {
            const bool above = x[i * GOLDEN_COLUMNS + column] >= x[c];

            said[i] = sum[above] / (double) count[above];
        }
    }
}

static void a_tree_of_one_branch_is_the_best_there_is(void **state)
{
    static const char *const settings[] = {"holdout=0", "depth=1", "leaf=5"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    double said[GOLDEN_ROWS];

    (void) state;
    find_stump(golden_x, golden_y, 5, said);
    golden_compare(registry, "tree", &table, settings, 3, said, 1e-4);
    davy_table_clear(&table);
}

/* Squared error and a rate of 1: the first round is the tree, and lambda shrinks its leaves.
 * Without lambda boost of one round is a tree, but for numbers that start from the mean either way.
 */
static void boosting_of_one_round_is_a_tree(void **state)
{
    static const char *const settings[] = {"holdout=0", "depth=1",         "leaf=5",
                                           "rounds=1",  "learning_rate=1", "penalty=0"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    double said[GOLDEN_ROWS];

    (void) state;
    find_stump(golden_x, golden_y, 5, said);
    golden_compare(registry, "boost", &table, settings, 6, said, 1e-4);
    davy_table_clear(&table);
}

/* Two groups, of each ten targets one is wild. The answer to a group is where the derivative of its
 * pseudo-Huber losses (Charbonnier et al., IEEE Trans. Image Processing 6(2), 1997) is 0, found by
 * halving; that of squares is the mean, which is 20 more. XGBoost parts nothing for a gain below
 * 1e-6 (kRtEps), which leaves a hundredth. */
static void wild_targets_pull_less_where_the_loss_is_bent(void **state)
{
    static const char *const settings[] = {"holdout=0",       "depth=1",   "leaf=0",   "rounds=300",
                                           "learning_rate=1", "penalty=0", "bend=0.05"};
    double x[GOLDEN_ROWS * GOLDEN_COLUMNS] = {0}, y[GOLDEN_ROWS], mean = 0, square = 0, bend;
    double said[GOLDEN_ROWS];
    davy_table table;

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        x[i * GOLDEN_COLUMNS] = (double) (i % 2);
        y[i] = (i % 2 ? 40 : 10) + (double) (i / 2 % 5) + (i / 2 % 10 == 0 ? 200 : 0);
        mean += y[i] / GOLDEN_ROWS;
    }
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        square += (y[i] - mean) * (y[i] - mean) / GOLDEN_ROWS;
    bend = 0.05 * sqrt(square);
    for (size_t group = 0; group < 2; group++) {
        double low = 0, high = 300;

        for (int step = 0; step < 60; step++) {
            const double middle = (low + high) / 2;
            double slope = 0;

            for (size_t i = group; i < GOLDEN_ROWS; i += 2) {
                const double error = middle - y[i];

                slope += error / sqrt(1 + error * error / (bend * bend));
            }
            *(slope > 0 ? &high : &low) = middle;
        }
        for (size_t i = group; i < GOLDEN_ROWS; i += 2)
            said[i] = low;
    }
    table = golden_table(x, y, 0);
    golden_compare(registry, "boost", &table, settings, DAVY_ARRAY_LENGTH(settings), said, 1e-2);
    davy_table_clear(&table);
}

static size_t count_right(const float *p)
{
    size_t right = 0;

    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        const float *row = p + i * GOLDEN_CLASSES;
        const size_t k = (size_t) golden_classes[i];

        right += row[k] > row[(k + 1) % 3] && row[k] > row[(k + 2) % 3];
        assert_near((double) row[0] + (double) row[1] + (double) row[2], 1, 1e-6);
    }
    return right;
}

/* RandomForestClassifier() knows by heart what it learnt: each row is in 63 % of its trees. */
static void a_forest_knows_what_it_learnt(void **state)
{
    static const char *const settings[] = {"holdout=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    float p[GOLDEN_ROWS * GOLDEN_CLASSES];
    davy_train_report report;

    (void) state;
    golden_ask(registry, "forest", &table, settings, 1, p, &report);
    assert_int_equal(count_right(p), GOLDEN_ROWS);
    assert_non_null(strstr(report.summary, "600 trees of"));
    golden_ask(registry, "boost", &table, settings, 1, p, &report);
    assert_int_equal(count_right(p), GOLDEN_ROWS);
    davy_table_clear(&table);
}

/* XGBoost takes whole numbers of branches, and seeds of at most nine digits. */
static void what_xgboost_refuses_it_says(void **state)
{
    static const char *const settings[] = {"holdout=0", "depth=2.5"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_train_options options = golden_options(registry, "boost", &table, settings, 2);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "XGBoost could not");
    options.setting_count = 1;
    options.seed = UINT64_MAX;
    assert_ok(davy_train(&table, &options, &report));
    davy_table_clear(&table);
}

/* -------------------------------------------------------------------------------------- shares */

#define GROUPS 3

/* A booster of three classes on rows of which some numbers are missing. */
static BoosterHandle grow_golden(DMatrixHandle *rows, float *x)
{
    static const char *const settings[][2] = {
        {"objective", "multi:softprob"}, {"num_class", "3"},    {"max_depth", "7"},
        {"min_child_weight", "0.1"},     {"lambda", "0.5"},     {"nthread", "1"},
        {"tree_method", "exact"},        {"base_score", "0.3"}, {"verbosity", "0"}};
    BoosterHandle booster;
    float labels[GOLDEN_ROWS];

    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        x[i] = i % 7 == 3 ? NAN : (float) golden_x[i];
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        labels[i] = (float) golden_classes[i];
    assert_int_equal(XGDMatrixCreateFromMat(x, GOLDEN_ROWS, GOLDEN_COLUMNS, NAN, rows), 0);
    assert_int_equal(XGDMatrixSetFloatInfo(*rows, "label", labels, GOLDEN_ROWS), 0);
    assert_int_equal(XGBoosterCreate(rows, 1, &booster), 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(settings); i++)
        assert_int_equal(XGBoosterSetParam(booster, settings[i][0], settings[i][1]), 0);
    for (int r = 0; r < 25; r++)
        assert_int_equal(XGBoosterUpdateOneIter(booster, r, *rows), 0);
    return booster;
}

static davy_graph *plant_golden(BoosterHandle booster)
{
    const davy_trees_ending ending = {.groups = GROUPS, .outputs = GROUPS, .factor = 1};
    davy_trees trees = {0};
    davy_graph *graph = NULL;
    const char *bytes;
    bst_ulong length;

    assert_int_equal(XGBoosterSaveModelToBuffer(booster, "{\"format\": \"ubj\"}", &length, &bytes),
                     0);
    assert_ok(davy_trees_read(&trees, bytes, length));
    assert_ok(davy_graph_create("trees", 0, &graph));
    (void) davy_trees_build(
        &trees, graph,
        davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (const int64_t[]){-1, GOLDEN_COLUMNS}),
        &ending);
    assert_ok(davy_graph_status(graph));
    davy_trees_clear(&trees);
    return graph;
}

/* XGBoost's own pred_contribs, an implementation of the paper's algorithm in floats: for each class
 * a share for each number, and last the base. Missing numbers and rows go as it goes. */
static void shares_are_those_of_xgboost(void **state)
{
    static const char config[] = "{\"type\": 2, \"training\": false, \"iteration_begin\": 0, "
                                 "\"iteration_end\": 0, \"strict_shape\": true}";
    DMatrixHandle rows;
    float x[GOLDEN_ROWS * GOLDEN_COLUMNS];
    BoosterHandle booster = grow_golden(&rows, x);
    davy_graph *graph = plant_golden(booster);
    davy_shapley_trees *trees = NULL;
    const bst_ulong *shape;
    bst_ulong rank;
    const float *said;

    (void) state;
    assert_ok(davy_shapley_trees_create(&graph->nodes[0], GOLDEN_COLUMNS, &trees));
    assert_int_equal(XGBoosterPredictFromDMatrix(booster, rows, config, &shape, &rank, &said), 0);
    assert_int_equal(rank, 3);
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        for (size_t k = 0; k < GROUPS; k++, said += GOLDEN_COLUMNS + 1) {
            const double mix[GROUPS] = {k == 0, k == 1, k == 2};
            double shares[GOLDEN_COLUMNS];
            davy_shapley_sum sum;

            assert_ok(davy_shapley_by_paths(trees, mix, x + i * GOLDEN_COLUMNS, shares, &sum));
            for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
                assert_near(shares[j], (double) said[j], 2e-5);
            assert_near(sum.base + 0.3, (double) said[GOLDEN_COLUMNS], 2e-5);
        }
    davy_shapley_trees_destroy(trees);
    davy_graph_destroy(graph);
    assert_int_equal(XGBoosterFree(booster), 0);
    assert_int_equal(XGDMatrixFree(rows), 0);
}

/* ---------------------------------------------------------------------------------------- losses
 */

static davy_status read_golden(const davy_sample_set *samples, size_t sample, float *values)
{
    (void) samples;
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        values[j] = (float) golden_x[sample * GOLDEN_COLUMNS + j];
    return DAVY_OK;
}

/* Of an answer: scores before softmax. Class 0 of two has the score 0. */
static double cross_entropy(const float *scores, size_t classes, size_t label)
{
    double sum = exp((double) scores[0]);

    for (size_t k = 1; k < classes; k++)
        sum += exp((double) scores[k]);
    return log(sum) - (double) scores[label];
}

/* Mean cross entropy of what the graph says of the golden rows, straight from the definition. */
static double loss_of_graph(davy_lesson_result *result, const double *labels, size_t classes)
{
    float x[GOLDEN_ROWS * GOLDEN_COLUMNS];
    const davy_tensor in = {
        .type = DAVY_TYPE_F32, .rank = 3, .dims = {GOLDEN_ROWS, 1, GOLDEN_COLUMNS}, .data = x};
    davy_network *network;
    davy_session *session;
    davy_tensor out;
    double sum = 0;

    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        x[i] = (float) golden_x[i];
    davy_graph_output(result->graph, result->score);
    assert_ok(davy_network_create(result->graph, NULL, &network));
    result->graph = NULL; /* the network has it */
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &in, &out));
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        sum += cross_entropy(davy_f32(&out) + i * classes, classes, (size_t) labels[i]);
    davy_session_destroy(session);
    davy_network_destroy(network);
    return sum / GOLDEN_ROWS;
}

static void check_told_loss(size_t classes)
{
    static const davy_sample_source source = {.read = read_golden};
    static const char *const settings[] = {"rounds=4"};
    static char name[] = "class";
    char *names[] = {name, name, name};
    uint32_t groups[GOLDEN_ROWS] = {0};
    uint64_t places[GOLDEN_ROWS] = {0};
    uint8_t held[GOLDEN_ROWS] = {0};
    double labels[GOLDEN_ROWS];
    davy_sample_set samples = {
        .form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = GOLDEN_COLUMNS},
        .source = &source,
        .count = GOLDEN_ROWS,
        .targets = labels,
        .groups = groups,
        .places = places,
        .group_count = 1,
        .classes = names,
        .class_count = classes};
    const davy_lesson lesson = {.samples = &samples,
                                .held = held,
                                .task = DAVY_TASK_CLASSIFY,
                                .seed = 1,
                                .table = davy_predictor_boost.settings,
                                .table_count = davy_predictor_boost.setting_count,
                                .settings = settings,
                                .setting_count = 1};
    davy_lesson_result result = {0};
    double told;

    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        labels[i] = fmin(golden_classes[i], (double) classes - 1);
    assert_ok(davy_predictor_boost.fit(&lesson, &result));
    assert_int_equal(result.epoch_count, 4);
    told = result.epochs[3].loss;
    assert_true(told < result.epochs[0].loss);
    assert_near(told, loss_of_graph(&result, labels, classes), 1e-5);
    davy_lesson_result_clear(&result);
}

static void the_loss_that_is_told_is_that_of_the_model(void **state)
{
    (void) state;
    check_told_loss(2);
    check_told_loss(3);
}

/* ------------------------------------------------------------------------------------------ gaps
 */

/* By hand: 1 2 3 10, -3 -2 0 5 and two pairs that rounding alone tells apart. */
static void thresholds_fall_into_gaps(void **state)
{
    float x[] = {3, 5, 5.00F, 1, -2, 6.02F, 2, -3, 6.00F, 10, 0, 5.05F};
    static const float wanted[] = {2.5F, 2.5F, 5.00F,  1,    -2.5F, 5.525F,
                                   1.5F, -3,   5.525F, 6.5F, -1,    5.00F};
    static const float rounding[] = {0, 0, 0.1F};
    davy_classic_matrix matrix = {.rows = 4, .columns = 3, .values = x};

    (void) state;
    assert_ok(davy_booster_open_gaps(&matrix, rounding));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(x); i++)
        assert_near(x[i], wanted[i], 1e-6);
}

/* Neighbours among floats have nothing between them: the upper one stays. Zeros are one number. */
static void a_gap_without_a_number_in_it_stays(void **state)
{
    float x[] = {1, nextafterf(1, 2), -0.0F, 0, -1};
    davy_classic_matrix matrix = {.rows = 5, .columns = 1, .values = x};

    (void) state;
    assert_ok(davy_booster_open_gaps(&matrix, NULL));
    assert_true(x[1] == nextafterf(1, 2));
    assert_true(x[0] == 0.5F);
    assert_true(x[2] == -0.5F && x[3] == -0.5F && x[4] == -1);
}

/* Whatever is cut at, a number as it was falls on the side where it was learnt. */
static void no_row_changes_sides(void **state)
{
    static const float rounding[] = {0.05F};
    float x[200], opened[200];
    davy_classic_matrix matrix = {.rows = 200, .columns = 1, .values = opened};
    uint64_t seed = 11;

    (void) state;
    for (size_t i = 0; i < 200; i++)
        opened[i] = x[i] = (float) (i % 3 ? plant_normal(&seed) : 1e-9 * plant_normal(&seed));
    assert_ok(davy_booster_open_gaps(&matrix, rounding));
    for (size_t cut = 0; cut < 200; cut++)
        for (size_t i = 0; i < 200; i++)
            assert_int_equal(x[i] < opened[cut], opened[i] < opened[cut]);
}

/* Each column as if it stood alone, with a rounding of its own. */
static void columns_are_opened_one_by_one(void **state)
{
    enum { ROWS = 20, COLUMNS = 35 };
    float x[ROWS * COLUMNS], together[ROWS * COLUMNS], alone[ROWS], rounding[COLUMNS];
    davy_classic_matrix matrix = {.rows = ROWS, .columns = COLUMNS, .values = together};
    uint64_t seed = 12;

    (void) state;
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        together[i] = x[i] = (float) plant_normal(&seed);
    for (size_t k = 0; k < COLUMNS; k++)
        rounding[k] = 0.05F * (float) (k % 3);
    assert_ok(davy_booster_open_gaps(&matrix, rounding));
    for (size_t k = 0; k < COLUMNS; k++) {
        davy_classic_matrix one = {.rows = ROWS, .columns = 1, .values = alone};

        for (size_t i = 0; i < ROWS; i++)
            alone[i] = x[i * COLUMNS + k];
        assert_ok(davy_booster_open_gaps(&one, &rounding[k]));
        for (size_t i = 0; i < ROWS; i++)
            assert_true(together[i * COLUMNS + k] == alone[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_of_one_branch_is_the_best_there_is),
        cmocka_unit_test(boosting_of_one_round_is_a_tree),
        cmocka_unit_test(wild_targets_pull_less_where_the_loss_is_bent),
        cmocka_unit_test(a_forest_knows_what_it_learnt),
        cmocka_unit_test(what_xgboost_refuses_it_says),
        cmocka_unit_test(shares_are_those_of_xgboost),
        cmocka_unit_test(the_loss_that_is_told_is_that_of_the_model),
        cmocka_unit_test(thresholds_fall_into_gaps),
        cmocka_unit_test(a_gap_without_a_number_in_it_stays),
        cmocka_unit_test(no_row_changes_sides),
        cmocka_unit_test(columns_are_opened_one_by_one),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
