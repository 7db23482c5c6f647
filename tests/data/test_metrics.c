/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics.h"
#include "data/metrics_rank.h"

#include <math.h>

/* scikit-learn's example of roc_auc_score and average_precision_score: 0.75 and 0.8333. */
static void gives_the_figures_of_the_documented_example(void **state)
{
    const double scores[] = {0.1, 0.4, 0.35, 0.8};
    const double labels[] = {0, 0, 1, 1};
    double area, precision;

    (void) state;
    assert_ok(davy_auc_roc(scores, labels, 4, &area));
    assert_near(area, 0.75, 1e-15);
    assert_ok(davy_average_precision(scores, labels, 4, &precision));
    assert_near(precision, 5.0 / 6.0, 1e-15);
}

/* By hand: of 2 x 2 pairs one is won, one lost, and two are ties: (1 + 0 + 2 / 2) / 4. */
static void counts_ties_half(void **state)
{
    const double scores[] = {1, 2, 2, 1};
    const double labels[] = {0, 0, 1, 1};
    double area, precision;

    (void) state;
    assert_ok(davy_auc_roc(scores, labels, 4, &area));
    assert_near(area, 0.5, 1e-15);
    assert_ok(davy_average_precision(scores, labels, 4, &precision));
    assert_near(precision, 0.5, 1e-15); /* 1/2 * 1/2 + 2/4 * 1/2 */
}

/* By hand: positives at 0.9, 0.8, 0.5, 0.2; others at 0.7, 0.5, 0.3, 0.1. A quarter of the others
 * is the one at 0.7: two positives are above it and none between it and the tie at 0.5. */
static void finds_the_recall_that_a_false_alarm_rate_allows(void **state)
{
    static const double scores[] = {0.9, 0.8, 0.5, 0.2, 0.7, 0.5, 0.3, 0.1};
    static const uint8_t positive[] = {1, 1, 1, 1, 0, 0, 0, 0};
    static const uint32_t groups[] = {0, 1, 0, 0, 0, 0, 0, 0}, times[] = {1, 0};
    static const double rates[] = {0, 0.24, 0.25, 0.5, 0.75, 1},
                        wanted[] = {0.5, 0.5, 0.5, 0.75, 1, 1};
    davy_ranking ranking = {0};

    (void) state;
    assert_ok(davy_ranking_init(&ranking, scores, positive, groups, 8));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rates); i++)
        assert_near(davy_ranking_recall(&ranking, NULL, rates[i]), wanted[i], 1e-12);
    assert_near(davy_ranking_recall(&ranking, times, 0), 1.0 / 3, 1e-7);
    davy_ranking_clear(&ranking);
}

static void refuses_rows_of_one_kind_and_rows_without_a_score(void **state)
{
    const double scores[] = {1, NAN};
    const double labels[] = {0, 1}, normal[] = {0, 0}, good[] = {1, 2};
    double area;

    (void) state;
    assert_fails(davy_auc_roc(scores, labels, 2, &area), DAVY_ERR_INVALID, "row 2 has no score");
    assert_fails(davy_auc_roc(good, normal, 2, &area), DAVY_ERR_INVALID, "0 of 2 rows");
    assert_fails(davy_average_precision(good, normal, 0, &area), DAVY_ERR_INVALID, "0 of 0 rows");
}

/* 3 true alarms, 1 false, 2 missed, 4 quiet: F1 = 6 / 9, FAR = 1 / 5, MAR = 2 / 5. */
static void counts_alarms_against_labels(void **state)
{
    const uint8_t alarms[] = {1, 1, 1, 0, 0, 1, 0, 0, 0, 0};
    const double labels[] = {1, 1, 1, 1, 1, 0, 0, 0, 0, NAN}; /* no label is no fault */
    davy_confusion confusion = {0}, none = {0};

    (void) state;
    davy_confusion_add(&confusion, alarms, labels, 10);
    assert_near(davy_confusion_f1(&confusion), 6.0 / 9.0, 1e-15);
    assert_near(davy_confusion_false_rate(&confusion), 0.2, 1e-15);
    assert_near(davy_confusion_missed_rate(&confusion), 0.4, 1e-15);
    assert_near(davy_confusion_f1(&none), 0.0, 0.0);
    assert_true(isnan(davy_confusion_false_rate(&none)));
}

static void joins_alarms_over_short_gaps_within_a_run(void **state)
{
    const uint8_t alarms[] = {1, 1, 0, 1, 0, 0, 1, 1};
    const uint32_t one[] = {0, 0, 0, 0, 0, 0, 0, 0}, two[] = {0, 0, 0, 0, 0, 0, 0, 1};

    (void) state;
    assert_int_equal(davy_count_episodes(alarms, one, 8, 0), 3);
    assert_int_equal(davy_count_episodes(alarms, one, 8, 1), 2);
    assert_int_equal(davy_count_episodes(alarms, one, 8, 2), 1);
    assert_int_equal(davy_count_episodes(alarms, two, 8, 2), 2);
    assert_int_equal(davy_count_episodes(alarms, one, 0, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_figures_of_the_documented_example),
        cmocka_unit_test(counts_ties_half),
        cmocka_unit_test(finds_the_recall_that_a_false_alarm_rate_allows),
        cmocka_unit_test(refuses_rows_of_one_kind_and_rows_without_a_score),
        cmocka_unit_test(counts_alarms_against_labels),
        cmocka_unit_test(joins_alarms_over_short_gaps_within_a_run),
    };

    return cmocka_run_group_tests_name("data: metrics", tests, NULL, NULL);
}
