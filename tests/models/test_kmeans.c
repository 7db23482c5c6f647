/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `kmeans`: two centres for each signal and stretch, and a signal is unusual when no stretch
 * knows it.
 */
#include "plant.h"

#include "models/kind.h"
#include "models/kinds/two_means.h"

#define ROWS 200

static davy_status learn(const davy_table *table, size_t lags, const char *const *settings,
                         size_t count, void **parameters, davy_sentences *note)
{
    const davy_walk walk = {.table = table, .to = table->rows};
    const davy_study study = {.fit = walk,
                              .reference = walk,
                              .lags = lags,
                              .seed = 1,
                              .settings = settings,
                              .setting_count = count};

    return davy_model_kmeans.fit(&study, note, parameters);
}

static void ask(void *parameters, const double *window, double *shares, double *expected)
{
    void *scratch = NULL;

    assert_ok(davy_model_kmeans.begin(parameters, &scratch));
    assert_ok(davy_model_kmeans.score(parameters, scratch, window, shares, expected));
    davy_model_kmeans.end(scratch);
}

/* By hand: 0, 1 and 10, 11 have the means 0.5 and 10.5, each point half a unit from its own. */
static void two_means_stand_where_the_points_are(void **state)
{
    static const float points[] = {11, 0, 1, 10}, one[] = {3, 4, 3, 4}, corner[] = {0, 0, 3, 4};
    double centres[4];
    davy_two_means means = {.centres = centres};

    (void) state;
    assert_ok(davy_two_means_fit(points, 4, 1, 1, &means));
    assert_near(centres[0] + centres[1], 11, 1e-12);
    assert_near(fabs(centres[0] - centres[1]), 10, 1e-12);
    assert_near(means.limit, 0.5, 1e-12);
    assert_ok(davy_two_means_fit(one, 2, 2, 1, &means)); /* one place: no distance at all */
    assert_near(centres[0], 3, 1e-12);
    assert_near(centres[3], 4, 1e-12);
    assert_near(means.limit, 0, 0);
    assert_ok(davy_two_means_fit(corner, 1, 2, 1, &means));
    assert_near(means.limit, 0, 0);
}

/* Signal 0 takes 0, 1, 10 and 11 in turns, signal 1 stands still at 7. */
static davy_table make_turns(void)
{
    static const double turns[] = {0, 1, 10, 11};
    davy_table table = plant_table(ROWS, 2);

    for (size_t row = 0; row < ROWS; row++) {
        table.values[row] = turns[row % 4];
        table.values[ROWS + row] = 7;
    }
    return table;
}

/* u is the square of the distance to 0.5 or 10.5 in halves, so 13.5 has (3 / 0.5)^2 = 36; each of
 * two signals gives half of its u to the score, and not more than `most` of it. */
static void one_stretch_scores_as_by_hand(void **state)
{
    static const char *const settings[] = {"models=1", "smooth=1", "usual=1", "most=50"};
    davy_table table = make_turns();
    davy_sentences note = {.en = ""};
    double shares[2], expected[2];
    void *parameters = NULL;

    (void) state;
    assert_ok(learn(&table, 0, settings, 4, &parameters, &note));
    assert_non_null(strstr(note.en, "1 models of two centres of 1 numbers"));
    ask(parameters, (double[]){13.5, 7}, shares, expected);
    assert_near(shares[0], 18, 1e-4);
    assert_near(shares[1], 0, 1e-9);
    assert_near(expected[0], 5.5, 1e-5); /* the median, when there is no row before */
    ask(parameters, (double[]){2.5, 7}, shares, expected);
    assert_near(shares[0], 8, 1e-4);
    ask(parameters, (double[]){-1e9, 7}, shares, expected);
    assert_near(shares[0], 25, 1e-4);
    davy_model_kmeans.destroy(parameters);
    davy_table_clear(&table);
}

/* The first half lies at 0 and 1, the second at 10 and 11: what one of them knows is usual. */
static void a_signal_is_unusual_when_no_stretch_knows_it(void **state)
{
    static const char *const settings[] = {"models=2", "smooth=1", "usual=1"};
    davy_table table = plant_table(ROWS, 1);
    davy_sentences note = {.en = ""};
    double share, expected;
    void *parameters = NULL;

    (void) state;
    for (size_t row = 0; row < ROWS; row++)
        table.values[row] = (row < ROWS / 2 ? 0 : 10) + (row % 5) * 0.25;
    assert_ok(learn(&table, 0, settings, 3, &parameters, &note));
    assert_non_null(strstr(note.en, "2 models"));
    for (size_t row = 0; row < ROWS; row++) {
        ask(parameters, &table.values[row], &share, &expected);
        assert_true(share <= 1.0001);
    }
    ask(parameters, (double[]){5}, &share, &expected);
    assert_near(share, 100, 1e-3);
    davy_model_kmeans.destroy(parameters);
    davy_table_clear(&table);
}

/* A ramp that goes on has the same changes at any height; a step has not. */
static void changes_are_seen_at_any_level(void **state)
{
    static const char *const settings[] = {"difference=yes", "smooth=2", "models=1"};
    davy_table table = plant_table(ROWS, 1);
    davy_sentences note = {.en = ""};
    double share, expected;
    void *parameters = NULL;
    uint64_t seed = 4;

    (void) state;
    for (size_t row = 0; row < ROWS; row++)
        table.values[row] = (double) row + 0.2 * plant_normal(&seed);
    assert_ok(learn(&table, 4, settings, 3, &parameters, &note));
    ask(parameters, (double[]){504, 503, 502, 501, 500}, &share, &expected);
    assert_true(share < 1);
    assert_near(expected, 501.5, 1e-3); /* the mean of the rows before */
    ask(parameters, (double[]){520, 503, 502, 501, 500}, &share, &expected);
    assert_true(share > 10);
    davy_model_kmeans.destroy(parameters);
    davy_table_clear(&table);
}

static void a_window_that_holds_no_point_is_refused(void **state)
{
    static const char *const settings[] = {"difference=yes"};
    davy_table table = make_turns();
    davy_sentences note = {.en = ""};
    void *parameters = NULL;

    (void) state;
    assert_fails(learn(&table, 2, settings, 1, &parameters, &note), DAVY_ERR_INVALID,
                 "say lags=3 or more");
    assert_ok(learn(&table, 3, settings, 1, &parameters, &note));
    davy_model_kmeans.destroy(parameters);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_means_stand_where_the_points_are),
        cmocka_unit_test(one_stretch_scores_as_by_hand),
        cmocka_unit_test(a_signal_is_unusual_when_no_stretch_knows_it),
        cmocka_unit_test(changes_are_seen_at_any_level),
        cmocka_unit_test(a_window_that_holds_no_point_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
