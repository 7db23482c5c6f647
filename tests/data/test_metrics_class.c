/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_class.h"
#include "metrics_expected.h"

#include <math.h>

#define CLASSES 3

static davy_ranking make_ranking(void)
{
    davy_ranking ranking = {0};

    assert_ok(davy_ranking_init(&ranking, rank_scores, rank_faulty, rank_groups,
                                DAVY_ARRAY_LENGTH(rank_scores)));
    return ranking;
}

static void areas_are_those_of_scikit_learn(void **state)
{
    davy_ranking ranking = make_ranking();

    (void) state;
    assert_near(davy_ranking_areas(&ranking, NULL).roc, rank_areas[0], 1e-14);
    assert_near(davy_ranking_areas(&ranking, NULL).precision, rank_areas[1], 1e-14);
    davy_ranking_clear(&ranking);
}

static void weighted_areas_are_those_of_scikit_learn(void **state)
{
    davy_ranking ranking = make_ranking();

    (void) state;
    assert_near(davy_ranking_areas(&ranking, rank_times).roc, rank_weighted[0], 1e-14);
    assert_near(davy_ranking_areas(&ranking, rank_times).precision, rank_weighted[1], 1e-14);
    davy_ranking_clear(&ranking);
}

static void the_curve_is_that_of_scikit_learn(void **state)
{
    const size_t count = DAVY_ARRAY_LENGTH(roc_recalls);
    davy_ranking ranking = make_ranking();
    davy_rank_point points[100];

    (void) state;
    assert_int_equal(davy_ranking_curve(&ranking, points, 100), count);
    for (size_t i = 0; i < count; i++) {
        assert_near(points[i].false_rate, roc_false_rates[i], 1e-14);
        assert_near(points[i].recall, roc_recalls[i], 1e-14);
        if (i > 0)
            assert_near(points[i].limit, roc_limits[i - 1], 0);
    }
    davy_ranking_clear(&ranking);
}

static void a_long_curve_is_thinned_and_keeps_its_ends(void **state)
{
    davy_ranking ranking = make_ranking();
    davy_rank_point points[8];
    const size_t count = davy_ranking_curve(&ranking, points, 8);

    (void) state;
    assert_in_range(count, 4, 8);
    assert_near(points[0].recall, 0, 0);
    assert_near(points[count - 1].recall, 1, 0);
    assert_near(points[count - 1].false_rate, 1, 0);
    davy_ranking_clear(&ranking);
}

static void one_kind_of_rows_has_no_areas(void **state)
{
    const double scores[] = {1, 2, NAN};
    const uint8_t none[] = {0, 0, 0};
    davy_ranking ranking = {0};
    davy_rank_point points[4];

    (void) state;
    assert_ok(davy_ranking_init(&ranking, scores, none, NULL, 2));
    assert_true(isnan(davy_ranking_areas(&ranking, NULL).roc));
    assert_true(isnan(davy_ranking_areas(&ranking, NULL).precision));
    assert_int_equal(davy_ranking_curve(&ranking, points, 4), 0);
    davy_ranking_clear(&ranking);
    assert_fails(davy_ranking_init(&ranking, scores, none, NULL, 3), DAVY_ERR_INVALID,
                 "row 3 has no score");
}

static void class_figures_are_those_of_scikit_learn(void **state)
{
    davy_class_figures each[CLASSES];
    const davy_class_summary s = davy_class_summarise(class_counts, CLASSES, each);

    (void) state;
    for (size_t k = 0; k < CLASSES; k++) {
        assert_near(each[k].precision, class_precision[k], 1e-14);
        assert_near(each[k].recall, class_recall[k], 1e-14);
        assert_near(each[k].f1, class_f1[k], 1e-14);
    }
    assert_near(s.accuracy, class_summary[0], 1e-14);
    assert_near(s.balanced_accuracy, class_summary[1], 1e-14);
    assert_near(s.precision, class_summary[2], 1e-14);
    assert_near(s.recall, class_summary[3], 1e-14);
    assert_near(s.f1, class_summary[4], 1e-14);
}

/* By hand: of two classes that are there 3 of 4 and 1 of 2 are right; the third is said once. */
static void classes_that_the_samples_lack_count_for_nothing(void **state)
{
    const double counts[] = {3, 0, 1, 1, 1, 0, 0, 0, 0}, none[4] = {0};
    const davy_class_summary s = davy_class_summarise(counts, CLASSES, NULL);

    (void) state;
    assert_near(s.accuracy, 4.0 / 6.0, 1e-15);
    assert_near(s.balanced_accuracy, (0.75 + 0.5) / 2, 1e-15);
    assert_near(s.f1, (6.0 / 8.0 + 2.0 / 3.0) / 2, 1e-15);
    assert_near(s.common_accuracy, 4.0 / 6.0, 1e-15);
    assert_true(isnan(davy_class_summarise(none, 2, NULL).accuracy));
}

static void reliability_is_that_of_scikit_learn(void **state)
{
    const size_t count = DAVY_ARRAY_LENGTH(class_right);
    davy_reliability_bin bins[DAVY_RELIABILITY_BINS];
    double said[DAVY_ARRAY_LENGTH(class_right)], error = 0;
    uint8_t right[DAVY_ARRAY_LENGTH(class_right)];
    size_t filled = 0;

    (void) state;
    for (size_t i = 0; i < count; i++) {
        const float *p = class_probabilities + i * CLASSES;
        size_t best = 0;

        for (size_t k = 1; k < CLASSES; k++)
            best = p[k] > p[best] ? k : best;
        said[i] = (double) p[best];
        right[i] = best == class_right[i];
    }
    davy_reliability(said, right, NULL, NULL, count, bins);
    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++) {
        if (bins[b].weight == 0)
            continue;
        assert_near(bins[b].said, reliability_said[filled], 1e-12);
        assert_near(bins[b].true_share, reliability_true[filled], 1e-12);
        error += bins[b].weight * fabs(bins[b].said - bins[b].true_share) / (double) count;
        filled++;
    }
    assert_int_equal(filled, DAVY_ARRAY_LENGTH(reliability_said));
    assert_near(davy_calibration_error(bins), error, 1e-14);
}

/* By hand: 0.9 said twice and right once, 0.6 said once and right: (2 * 0.4 + 0.4) / 3. */
static void the_calibration_error_weighs_bins_by_their_samples(void **state)
{
    const double said[] = {0.9, 0.9, 0.6, 0.0};
    const uint8_t right[] = {1, 0, 1, 0};
    const uint32_t groups[] = {0, 0, 0, 1}, times[] = {1, 0}, never[] = {0, 0};
    davy_reliability_bin bins[DAVY_RELIABILITY_BINS];

    (void) state;
    davy_reliability(said, right, groups, times, 4, bins);
    assert_near(davy_calibration_error(bins), 0.4, 1e-15);
    davy_reliability(said, right, groups, never, 4, bins);
    assert_true(isnan(davy_calibration_error(bins)));
}

/* scikit-learn's score of two classes counts one of them, ours both: twice as much. */
static void brier_is_twice_that_of_scikit_learn_for_two_classes(void **state)
{
    const size_t count = DAVY_ARRAY_LENGTH(class_right);
    double sum = 0;

    (void) state;
    for (size_t i = 0; i < count; i++) {
        const float first = class_probabilities[i * CLASSES];
        const float two[] = {first, 1.0F - first};

        sum += davy_brier(two, 2, class_right[i] == 0 ? 0 : 1);
    }
    assert_near(sum / (double) count, 2 * class_brier_of_two[0], 1e-7);
}

/* By hand, for the one limit (FPR 0.2, recall 0.6): at x = 0.5 it costs 0.4 * 0.5 + 0.2 * 0.5 =
 * 0.3 and the better of "always" and "never" 0.5; at x = 0.1 0.22 against 0.1. */
static void costs_are_those_of_the_best_limit(void **state)
{
    const davy_rank_point points[] = {{INFINITY, 0, 0, 1}, {1, 0.2, 0.6, 0.8}, {0, 1, 1, 0.5}};
    double costs[11], blind[11];

    (void) state;
    davy_cost_curve(points, 3, costs, 11);
    assert_near(costs[5], 0.3, 1e-15);
    assert_near(costs[1], 0.1, 1e-15);
    assert_near(costs[0], 0, 0);
    davy_cost_curve(points, 1, blind, 11);
    assert_near(davy_cost_area(blind, 11), 0.25, 1e-15);
    assert_true(davy_cost_area(costs, 11) < 0.25);
    assert_true(isnan(davy_cost_area(costs, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_those_of_scikit_learn),
        cmocka_unit_test(weighted_areas_are_those_of_scikit_learn),
        cmocka_unit_test(the_curve_is_that_of_scikit_learn),
        cmocka_unit_test(a_long_curve_is_thinned_and_keeps_its_ends),
        cmocka_unit_test(one_kind_of_rows_has_no_areas),
        cmocka_unit_test(class_figures_are_those_of_scikit_learn),
        cmocka_unit_test(classes_that_the_samples_lack_count_for_nothing),
        cmocka_unit_test(reliability_is_that_of_scikit_learn),
        cmocka_unit_test(the_calibration_error_weighs_bins_by_their_samples),
        cmocka_unit_test(brier_is_twice_that_of_scikit_learn_for_two_classes),
        cmocka_unit_test(costs_are_those_of_the_best_limit),
    };

    return cmocka_run_group_tests_name("data: figures of classes", tests, NULL, NULL);
}
