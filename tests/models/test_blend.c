/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `blend`, beside its two members.
 */
#include "classic_testing.h"
#include "scratch_registry.h"

static void ask(const char *kind, const char *const *settings, size_t count, const double *x,
                float said[GOLDEN_ROWS])
{
    davy_table table = golden_table(x, golden_y, 0);
    davy_train_report report;

    golden_ask(registry, kind, &table, settings, count, said, &report);
    davy_table_clear(&table);
}

static void the_answer_is_the_weighted_mean_of_its_members(void **state)
{
    static const char *const trees[] = {"holdout=0", "depth=2", "rounds=20"};
    static const char *const vectors[] = {"holdout=0", "c=3"};
    static const struct {
        const char *share;
        float weight;
    } cases[] = {{"share=0", 0}, {"share=0.3", 0.3F}, {"share=1", 1}};
    float boost[GOLDEN_ROWS], svm[GOLDEN_ROWS], blend[GOLDEN_ROWS];

    (void) state;
    ask("boost", trees, DAVY_ARRAY_LENGTH(trees), golden_x, boost);
    ask("svm", vectors, DAVY_ARRAY_LENGTH(vectors), golden_x, svm);
    for (size_t c = 0; c < DAVY_ARRAY_LENGTH(cases); c++) {
        const char *const both[] = {"holdout=0", "depth=2", "rounds=20", "c=3", cases[c].share};

        ask("blend", both, DAVY_ARRAY_LENGTH(both), golden_x, blend);
        for (size_t i = 0; i < GOLDEN_ROWS; i++) {
            const float mean = (1 - cases[c].weight) * boost[i] + cases[c].weight * svm[i];

            assert_near((double) blend[i], (double) mean, 1e-4);
        }
    }
}

/* What support vectors do not see may be anything. */
static void support_vectors_see_the_first_numbers_alone(void **state)
{
    static const char *const settings[] = {"holdout=0", "rounds=5", "share=1", "near=2"};
    double other[GOLDEN_ROWS * GOLDEN_COLUMNS];
    float said[GOLDEN_ROWS], again[GOLDEN_ROWS];

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        other[i] = i % GOLDEN_COLUMNS < 2 ? golden_x[i] : (double) (i * 37 % 101);
    ask("blend", settings, DAVY_ARRAY_LENGTH(settings), golden_x, said);
    ask("blend", settings, DAVY_ARRAY_LENGTH(settings), other, again);
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        assert_near((double) said[i], (double) again[i], 0);
}

static void classes_are_blended_too(void **state)
{
    static const char *const settings[] = {"holdout=0", "depth=2", "rounds=20"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    float p[GOLDEN_ROWS * GOLDEN_CLASSES];
    davy_train_report report;
    size_t right = 0;

    (void) state;
    golden_ask(registry, "blend", &table, settings, DAVY_ARRAY_LENGTH(settings), p, &report);
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        size_t best = 0;

        for (size_t k = 1; k < GOLDEN_CLASSES; k++)
            if (p[i * GOLDEN_CLASSES + k] > p[i * GOLDEN_CLASSES + best])
                best = k;
        right += (double) best == golden_classes[i];
    }
    assert_in_range(right, 54, GOLDEN_ROWS); /* nine tenths of what was learnt */
    davy_table_clear(&table);
}

static void more_numbers_than_there_are_are_refused(void **state)
{
    static const char *const settings[] = {"holdout=0", "near=5"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    const davy_train_options options =
        golden_options(registry, "blend", &table, settings, DAVY_ARRAY_LENGTH(settings));
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "near=5: a sample has 4 numbers");
    davy_table_clear(&table);
}

static void a_window_has_no_first_numbers(void **state)
{
    static const char *const settings[] = {"holdout=0", "near=2", "window=3"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    const davy_train_options options =
        golden_options(registry, "blend", &table, settings, DAVY_ARRAY_LENGTH(settings));
    davy_train_report report;

    (void) state;
    table.independent = false;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "leave it out");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_answer_is_the_weighted_mean_of_its_members,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(support_vectors_see_the_first_numbers_alone,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(classes_are_blended_too, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(more_numbers_than_there_are_are_refused, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(a_window_has_no_first_numbers, registry_set_up,
                                        registry_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
