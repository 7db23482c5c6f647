/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `knn` against scikit-learn (make_classic.py).
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "models/kinds/classic.h"

static void neighbours_vote_as_those_of_scikit_learn(void **state)
{
    static const char *const settings[] = {"holdout=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);

    (void) state;
    golden_compare(registry, "knn", &table, settings, 1, golden_knn, 1e-6);
    davy_table_clear(&table);
}

static void numbers_are_the_mean_of_the_neighbours(void **state)
{
    static const char *const settings[] = {"holdout=0", "k=7"};
    davy_table table = golden_table(golden_x, golden_y, 0);

    (void) state;
    golden_compare(registry, "knn", &table, settings, 2, golden_knn_number, 1e-5);
    davy_table_clear(&table);
}

/* Each sample is its own nearest neighbour, at distance 0: it alone decides. */
static void a_sample_that_was_kept_decides_for_itself_by_distance(void **state)
{
    static const char *const settings[] = {"holdout=0", "weights=distance"};
    davy_table table = golden_table(golden_x, golden_y, 0);

    (void) state;
    golden_compare(registry, "knn", &table, settings, 2, golden_y, 1e-4);
    davy_table_clear(&table);
}

/* Learnt from the even rows; asked for all. */
static void nearer_neighbours_count_more(void **state)
{
    static const char *const settings[] = {"weights=distance", "holdout=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_train_options options = golden_options(registry, "knn", &table, settings, 2);
    davy_predictor *predictor = NULL;
    davy_asker *asker = NULL;
    davy_train_report report;
    davy_answers said;
    float rows[GOLDEN_ROWS * GOLDEN_COLUMNS];

    (void) state;
    for (size_t i = 1; i < GOLDEN_ROWS; i += 2)
        table.labels[i] = NAN;
    assert_ok(davy_train(&table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &predictor));
    assert_ok(davy_asker_create(predictor, NULL, &asker));
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        rows[i] = (float) golden_x[i];
    assert_ok(davy_asker_ask(asker, rows, GOLDEN_ROWS, &said));
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_CLASSES; i++)
        assert_near((double) said.probabilities[i], golden_knn_distance[i], 2e-6);
    davy_asker_destroy(asker);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

/* 12 of 60 with classes of 30, 20 and 10: 6, 4 and 2. */
static void a_draw_keeps_the_shares_of_the_classes(void **state)
{
    double targets[GOLDEN_ROWS];
    size_t counts[GOLDEN_CLASSES] = {30, 20, 10}, drawn[GOLDEN_CLASSES] = {0}, count, *rows;
    const davy_classic_matrix matrix = {
        .rows = GOLDEN_ROWS, .classes = GOLDEN_CLASSES, .targets = targets, .counts = counts};
    size_t *others;

    (void) state;
    memcpy(targets, golden_classes, sizeof targets);
    assert_ok(davy_classic_draw(&matrix, 12, 3, &rows, &count));
    assert_int_equal(count, 12);
    for (size_t n = 0; n < count; n++) {
        assert_true(n == 0 || rows[n] > rows[n - 1]);
        drawn[(size_t) targets[rows[n]]]++;
    }
    assert_int_equal(drawn[0], 6);
    assert_int_equal(drawn[1], 4);
    assert_int_equal(drawn[2], 2);
    assert_ok(davy_classic_draw(&matrix, 12, 4, &others, &count));
    assert_memory_not_equal(rows, others, 12 * sizeof *rows);
    free(rows);
    free(others);
    assert_ok(davy_classic_draw(&matrix, 1000, 3, &rows, &count));
    assert_int_equal(count, GOLDEN_ROWS);
    free(rows);
    assert_ok(davy_classic_draw(&matrix, 1, 3, &rows, &count));
    assert_int_equal(count, GOLDEN_CLASSES); /* one of each */
    free(rows);
}

static void what_cannot_be_learnt_says_why(void **state)
{
    static const char *const many[] = {"holdout=0", "k=61"}, *const few[] = {"keep=8", "k=9"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_train_options options = golden_options(registry, "knn", &table, many, 2);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "k=61 neighbours of 60 samples");
    options.settings = few;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "k=9 neighbours of 8 samples");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_vote_as_those_of_scikit_learn),
        cmocka_unit_test(numbers_are_the_mean_of_the_neighbours),
        cmocka_unit_test(a_sample_that_was_kept_decides_for_itself_by_distance),
        cmocka_unit_test(nearer_neighbours_count_more),
        cmocka_unit_test(a_draw_keeps_the_shares_of_the_classes),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
