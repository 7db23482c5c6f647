/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Whether signals live as they did in training. Expected values are counted by hand: a run is
 * unusual past twice the longest of training and eight rows more.
 */
#include "plant.h"

#include "models/vitals.h"

/* One noisy transmitter, and a valve that rests for 20 rows in training. */
static const davy_habit habits[2] = {
    {.range = {0, 10, 1, 9}, .still = 1, .at_end = 1},
    {.range = {0, 1, 0, 1}, .still = 20},
};

static davy_vitals *open_vitals(size_t signals, bool ordered)
{
    davy_vitals *vitals = NULL;

    assert_ok(davy_vitals_create(habits, signals, ordered, &vitals));
    return vitals;
}

/* Look at the same row so many times. */
static size_t look(davy_vitals *vitals, const double *row, size_t times, const davy_ailment **out)
{
    size_t count = 0;

    for (size_t i = 0; i < times; i++)
        count = davy_vitals_look(vitals, row, out);
    return count;
}

static void a_transmitter_that_never_rested_is_stuck_after_eleven_rows_and_blinds(void **state)
{
    davy_vitals *vitals = open_vitals(1, true);
    const davy_ailment *found;
    const double row[] = {5}, other[] = {5.1};
    char said[64];

    (void) state;
    assert_int_equal(look(vitals, row, 10, &found), 0);
    assert_int_equal(look(vitals, row, 1, &found), 1);
    assert_int_equal(found->vital, DAVY_VITAL_STUCK);
    assert_true(found->blinds);
    davy_ailment_say(found, "P/x", said, sizeof said);
    assert_string_equal(said, "stuck: P/x at 5");
    assert_int_equal(look(vitals, other, 1, &found), 0);
    look(vitals, row, 11, &found);
    davy_vitals_reset(vitals);
    assert_int_equal(look(vitals, row, 10, &found), 0);
    davy_vitals_destroy(vitals);
}

/* 2 * 20 + 8 rows: told, and the all-clear stands while the transmitter lives. */
static void a_valve_that_rests_longer_than_it_did_is_told_and_does_not_blind(void **state)
{
    davy_vitals *vitals = open_vitals(2, true);
    const davy_ailment *found;
    double row[] = {5, 1};
    size_t count = 0;

    (void) state;
    for (size_t i = 0; i < 48; i++) {
        row[0] = 5 + (double) (i % 3);
        assert_int_equal(davy_vitals_look(vitals, row, &found), 0);
    }
    row[0] = 4;
    count = davy_vitals_look(vitals, row, &found);
    assert_int_equal(count, 1);
    assert_int_equal(found->signal, 1);
    assert_false(found->blinds);
    count = look(vitals, row, 11, &found); /* now nothing lives */
    assert_int_equal(count, 2);
    assert_true(found[0].blinds && found[1].blinds);
    davy_vitals_destroy(vitals);
}

static void resting_at_an_end_that_training_hardly_reached_is_clipped(void **state)
{
    davy_vitals *vitals = open_vitals(2, true);
    const davy_ailment *found;
    double row[] = {10, 0};
    char said[64];

    (void) state;
    for (size_t i = 0; i < 11; i++) {
        row[1] = (double) (i % 2);
        look(vitals, row, 1, &found);
    }
    assert_int_equal(found->vital, DAVY_VITAL_CLIPPED);
    assert_false(found->blinds);
    davy_ailment_say(found, "x", said, sizeof said);
    assert_string_equal(said, "clipped: x at 10");
    davy_vitals_destroy(vitals);
}

static void what_training_never_had_is_outside(void **state)
{
    davy_vitals *vitals = open_vitals(1, false);
    const davy_ailment *found;
    const double above[] = {10.5}, below[] = {-3}, usual[] = {10};
    char said[64];

    (void) state;
    assert_int_equal(look(vitals, above, 1, &found), 1);
    davy_ailment_say(found, "x", said, sizeof said);
    assert_string_equal(said, "outside: x 10.5 above 10");
    assert_int_equal(look(vitals, below, 1, &found), 1);
    davy_ailment_say(found, "x", said, sizeof said);
    assert_string_equal(said, "outside: x -3 below 0");
    assert_int_equal(look(vitals, usual, 600, &found), 0); /* rows without an order */
    davy_vitals_destroy(vitals);
}

/* Of 16 rows every second, or every fourth, is missing. */
static void gaps_are_told_from_a_quarter_and_blind_from_a_half(void **state)
{
    davy_vitals *vitals = open_vitals(1, true);
    const davy_ailment *found;
    const size_t each[] = {2, 4, 5};
    char said[64];

    (void) state;
    for (size_t k = 0; k < DAVY_ARRAY_LENGTH(each); k++) {
        size_t count = 0;

        davy_vitals_reset(vitals);
        for (size_t i = 0; i < 16; i++) {
            const double row[] = {i % each[k] == 1 ? NAN : 2 + (double) (i % 7)};

            assert_int_equal(count, 0);
            count = davy_vitals_look(vitals, row, &found);
        }
        assert_int_equal(count, each[k] < 5);
        if (count > 0)
            assert_true(found->blinds == (each[k] == 2));
        if (each[k] == 4) {
            davy_ailment_say(found, "x", said, sizeof said);
            assert_string_equal(said, "gaps: x is missing in 4 of 16 rows");
        }
    }
    davy_vitals_destroy(vitals);
}

/* More signals than are told: what blinds is among them, and comes first. */
static void what_blinds_comes_first_and_a_row_is_told_in_a_few_words(void **state)
{
    davy_habit many[20];
    double row[20];
    const davy_ailment *found;
    davy_vitals *vitals = NULL;

    (void) state;
    for (size_t j = 0; j < 20; j++) {
        many[j] = habits[0];
        row[j] = j < 19 ? 11 : 5; /* outside, and the last one within */
    }
    assert_ok(davy_vitals_create(many, 20, true, &vitals));
    for (size_t i = 0; i < 11; i++) {
        for (size_t j = 0; j < 19; j++)
            row[j] += 1;
        assert_int_equal(davy_vitals_look(vitals, row, &found), DAVY_VITALS_MAX);
    }
    assert_int_equal(found[0].vital, DAVY_VITAL_STUCK);
    assert_int_equal(found[0].signal, 19);
    assert_int_equal(found[1].vital, DAVY_VITAL_OUTSIDE);
    davy_vitals_destroy(vitals);
}

static void without_habits_gaps_alone_are_told(void **state)
{
    davy_vitals *vitals = NULL;
    const davy_ailment *found;
    const double row[] = {5, NAN};

    (void) state;
    assert_ok(davy_vitals_create(NULL, 2, true, &vitals));
    assert_int_equal(look(vitals, row, 15, &found), 0);
    assert_int_equal(look(vitals, row, 1, &found), 1);
    assert_int_equal(found->vital, DAVY_VITAL_GAPS);
    davy_vitals_destroy(vitals);
}

/* Two runs of ten rows; row 14 is a fault and 15 is missing. */
static void habits_are_learnt_from_rows_that_are_no_faults(void **state)
{
    double values[] = {1, 1, 1, 2, 3,   4,   5, 6, 7, 7, /* the run ends */
                       7, 7, 2, 3, 1e9, NAN, 4, 4, 4, 4};
    uint32_t runs[20] = {0};
    uint8_t skip[20] = {0};
    davy_table table = {.columns = 1, .rows = 20, .values = values, .runs = runs};
    const davy_walk walk = {.table = &table, .skip = skip, .to = 20};
    davy_arena arena = {0};
    const davy_habit *learnt = NULL;

    (void) state;
    skip[14] = 1;
    for (size_t i = 10; i < 20; i++)
        runs[i] = 1;
    assert_ok(davy_habits_of(&walk, &arena, &learnt));
    assert_near(learnt->range.low, 1, 0);
    assert_near(learnt->range.high, 7, 0);
    assert_true(davy_habit_moves(learnt));
    assert_near(learnt->gaps, 1.0 / 19, 1e-12);
    assert_int_equal(learnt->still, 4);  /* the last four rows */
    assert_int_equal(learnt->at_end, 0); /* quantiles of 18 values leave no end out */
    davy_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transmitter_that_never_rested_is_stuck_after_eleven_rows_and_blinds),
        cmocka_unit_test(a_valve_that_rests_longer_than_it_did_is_told_and_does_not_blind),
        cmocka_unit_test(resting_at_an_end_that_training_hardly_reached_is_clipped),
        cmocka_unit_test(what_training_never_had_is_outside),
        cmocka_unit_test(gaps_are_told_from_a_quarter_and_blind_from_a_half),
        cmocka_unit_test(what_blinds_comes_first_and_a_row_is_told_in_a_few_words),
        cmocka_unit_test(without_habits_gaps_alone_are_told),
        cmocka_unit_test(habits_are_learnt_from_rows_that_are_no_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
