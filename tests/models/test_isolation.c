/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `isolation`: Liu's score, and gains of the signals that sum to it.
 */
#include "classic_golden.h"
#include "plant.h"

#include "models/kind.h"
#include "models/kinds/isolation_forest.h"

static davy_status learn(const davy_table *table, size_t lags, const char *const *settings,
                         size_t count, void **parameters)
{
    const davy_walk walk = {.table = table, .to = table->rows};
    const davy_study study = {.fit = walk,
                              .reference = walk,
                              .lags = lags,
                              .seed = 1,
                              .settings = settings,
                              .setting_count = count};
    davy_sentences note = {.en = ""};

    return davy_model_isolation.fit(&study, &note, parameters);
}

static double ask(void *parameters, const double *window, size_t signals, double *shares,
                  double *expected)
{
    void *scratch = NULL;
    double score = 0;

    assert_ok(davy_model_isolation.begin(parameters, &scratch));
    assert_ok(davy_model_isolation.score(parameters, scratch, window, shares, expected));
    for (size_t j = 0; j < signals; j++)
        score += shares[j];
    davy_model_isolation.end(scratch);
    return score;
}

/*
 * Rows 0, 0, 0, 10 of one signal beside one that never moves: every tree cuts once, between 0 and
 * 10. By hand: c(4) = 2 (ln 3 + 0.5772) - 6/4 = 1.8517, c(3) = 2 (ln 2 + 0.5772) - 4/3 = 1.2074;
 * the path of 10 is 1, the path of 0 is 1 + c(3), and the score 2^(-path / c(4)). scikit-learn says
 * the same. For 0 the cut gained nothing, so both signals share alike.
 */
static void four_rows_score_as_by_hand(void **state)
{
    static const char *const settings[] = {"trees=3", "sample=4"};
    davy_table table = plant_table(4, 2);
    double shares[2], expected[2], score;
    void *parameters = NULL;

    (void) state;
    table.values[3] = 10;
    for (size_t row = 0; row < 4; row++)
        table.values[4 + row] = 7;
    assert_ok(learn(&table, 0, settings, 2, &parameters));
    score = ask(parameters, (double[]){10, 7}, 2, shares, expected);
    assert_near(score, exp2(-1 / 1.8516556), 1e-6);
    assert_near(score, golden_isolation_four[1], 1e-6);
    assert_near(shares[0], score, 1e-6);
    assert_near(expected[0], 0, 1e-6);
    assert_near(expected[1], 7, 1e-6);
    score = ask(parameters, (double[]){0, 7}, 2, shares, expected);
    assert_near(score, exp2(-2.2073889 / 1.8516556), 1e-6);
    assert_near(score, golden_isolation_four[0], 1e-6);
    assert_near(shares[0], score / 2, 1e-6);
    assert_near(shares[1], score / 2, 1e-6);
    davy_model_isolation.destroy(parameters);
    davy_table_clear(&table);
}

/* Two forests of 5,000 trees, drawn by unlike numbers, agree as far as 5,000 draws do. */
static void many_trees_score_as_scikit_learn_s(void **state)
{
    static const char *const settings[] = {"trees=5000", "sample=32"};
    davy_table table = plant_table(GOLDEN_ROWS, GOLDEN_COLUMNS);
    double shares[GOLDEN_COLUMNS], expected[GOLDEN_COLUMNS];
    void *parameters = NULL;

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
            table.values[j * GOLDEN_ROWS + i] = golden_x[i * GOLDEN_COLUMNS + j];
    assert_ok(learn(&table, 0, settings, 2, &parameters));
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        assert_near(
            ask(parameters, golden_x + i * GOLDEN_COLUMNS, GOLDEN_COLUMNS, shares, expected),
            golden_isolation[i], 0.005);
    davy_model_isolation.destroy(parameters);
    davy_table_clear(&table);
}

/* Path of a row, counted cut by cut. */
static double count_path(const davy_isolation *forest, const float *row, const size_t *inside)
{
    const davy_trees_node *nodes = forest->trees.nodes;
    double sum = 0;

    for (size_t root = 0; root < forest->trees.count; root++) {
        size_t at = root, cuts = 0;

        if (nodes[root].id != 0)
            continue;
        for (; nodes[at].feature >= 0; cuts++)
            at = root +
                 (size_t) (row[nodes[at].feature] < nodes[at].value ? nodes[at].yes : nodes[at].no);
        sum += (double) cuts + davy_isolation_path(inside[at]);
    }
    return sum / (double) forest->trees.trees;
}

/* Rows of the sample that come to each node; the sample is all rows. */
static void count_inside(const davy_isolation *forest, const float *x, size_t rows, size_t columns,
                         size_t *inside)
{
    const davy_trees_node *nodes = forest->trees.nodes;

    for (size_t root = 0; root < forest->trees.count; root++)
        for (size_t i = 0; nodes[root].id == 0 && i < rows; i++) {
            size_t at = root;

            inside[at]++;
            while (nodes[at].feature >= 0) {
                at = root + (size_t) (x[i * columns + (size_t) nodes[at].feature] < nodes[at].value
                                          ? nodes[at].yes
                                          : nodes[at].no);
                inside[at]++;
            }
        }
}

/* Of three signals in windows of two rows; also for rows that nobody has seen. */
static void gains_sum_to_what_the_path_is_short_of_a_common_one(void **state)
{
    enum { ROWS = 200, COLUMNS = 6, OWNERS = 3 };
    static float x[ROWS * COLUMNS];
    davy_isolation forest;
    uint64_t seed = 3;
    size_t *inside;

    (void) state;
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        x[i] = (float) plant_normal(&seed);
    assert_ok(davy_isolation_grow(&(davy_isolation_options){.x = x,
                                                            .rows = ROWS,
                                                            .columns = COLUMNS,
                                                            .owners = OWNERS,
                                                            .trees = 20,
                                                            .sample = ROWS,
                                                            .seed = 9},
                                  &forest));
    assert_int_equal(forest.sample, ROWS);
    inside = calloc(forest.trees.count, sizeof *inside);
    assert_non_null(inside);
    count_inside(&forest, x, ROWS, COLUMNS, inside);
    for (size_t i = 0; i < 100; i++) {
        double gains[OWNERS], sum = 0;
        float row[COLUMNS];

        for (size_t j = 0; j < COLUMNS; j++)
            row[j] = (float) (3 * plant_normal(&seed));
        davy_isolation_ask(&forest, row, OWNERS, gains);
        for (size_t j = 0; j < OWNERS; j++)
            sum += gains[j];
        assert_near(sum, davy_isolation_path(ROWS) - count_path(&forest, row, inside), 1e-6);
    }
    free(inside);
    davy_isolation_clear(&forest);
}

/* No cut can be made, or one alone; a history of one row is one leaf. */
static void a_history_that_never_moves_is_refused(void **state)
{
    davy_table table = plant_table(50, 2);
    void *parameters = NULL;

    (void) state;
    assert_fails(learn(&table, 0, NULL, 0, &parameters), DAVY_ERR_INVALID, "ever changes");
    table.values[0] = 1;
    table.rows = 1;
    assert_fails(learn(&table, 0, NULL, 0, &parameters), DAVY_ERR_INVALID, "ever changes");
    davy_table_clear(&table);
}

/* Neighbouring floats leave no place between them: the cut lies on the upper one. */
static void a_cut_parts_two_neighbouring_floats(void **state)
{
    const float one = 1, next = nextafterf(1, 2);
    const float x[] = {one, next};
    davy_isolation forest;
    double gain;

    (void) state;
    assert_ok(davy_isolation_grow(
        &(davy_isolation_options){
            .x = x, .rows = 2, .columns = 1, .owners = 1, .trees = 50, .sample = 256, .seed = 2},
        &forest));
    assert_int_equal(forest.trees.count, 150);
    for (size_t i = 0; i < forest.trees.count; i++)
        if (forest.trees.nodes[i].feature >= 0)
            assert_true(forest.trees.nodes[i].value == next);
    davy_isolation_ask(&forest, &one, 1, &gain);
    assert_near(gain, 0, 0); /* c(2) - 1 */
    davy_isolation_clear(&forest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_rows_score_as_by_hand),
        cmocka_unit_test(many_trees_score_as_scikit_learn_s),
        cmocka_unit_test(gains_sum_to_what_the_path_is_short_of_a_common_one),
        cmocka_unit_test(a_history_that_never_moves_is_refused),
        cmocka_unit_test(a_cut_parts_two_neighbouring_floats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
