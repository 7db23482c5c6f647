/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/major/survey.h"

#include <math.h>

enum { ASSETS = 8 };

static davy_major_line lines[ASSETS];
static davy_major_unit units[ASSETS];
static size_t line_count;

static size_t survey(const davy_site_asset *assets, size_t count, const bool *left_out,
                     double people)
{
    davy_site site = {.name = "works", .assets = (davy_site_asset *) assets, .asset_count = count};

    return davy_major_survey(&site, left_out, people, lines, &line_count, units);
}

/* GB 18218-2018 by hand: chlorine 20 t of 5 t, beta 4; ammonia 30 t of 10 t, beta 2; 60 people give
 * alpha 1.5. S = 4 + 3; R = 1.5 (16 + 6) = 33, grade 3. */
static const davy_site_asset two[] = {
    {.name = "T-101", .chemical = "chlorine", .amount_kg = 20e3},
    {.name = "P-301", .kind = "pump"},
    {.name = "T-201", .chemical = "7664-41-7", .amount_kg = 30e3}};

static void assets_without_a_unit_are_one_with_s_r_and_grade(void **state)
{
    (void) state;
    assert_int_equal(survey(two, 3, NULL, 60), 1);
    assert_string_equal(units[0].name, "works");
    assert_int_equal(units[0].line_count, 2);
    assert_near(units[0].s.value, 7, 1e-12);
    assert_near(units[0].r.value, 33, 1e-12);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_YES);
    assert_int_equal(units[0].grade, 3);
    assert_true(units[0].s_complete && units[0].r_complete);
    assert_int_equal(line_count, 2);
    assert_int_equal(lines[1].asset, 2);
    assert_int_equal(lines[1].row->row, 1);
}

static void units_part_what_stands_apart(void **state)
{
    davy_site_asset assets[] = {two[0], two[2]};

    (void) state;
    assets[0].unit = "chlorine store";
    assert_int_equal(survey(assets, 2, NULL, 0), 2);
    assert_string_equal(units[0].name, "chlorine store");
    assert_near(units[0].s.value, 4, 1e-12);
    assert_near(units[0].r.value, 8, 1e-12); /* alpha 0.5 for nobody */
    assert_near(units[1].r.value, 3, 1e-12);
    assert_int_equal(units[0].grade, 4);
}

/* Without the chlorine S = 3 and R = 1.5 * 6 = 9: grade 4. Without both nothing is left. */
static void a_tank_that_is_left_out_takes_its_part_away(void **state)
{
    bool left_out[] = {true, false, false};

    (void) state;
    assert_int_equal(survey(two, 3, left_out, 60), 1);
    assert_near(units[0].s.value, 3, 1e-12);
    assert_near(units[0].r.value, 9, 1e-12);
    assert_int_equal(units[0].grade, 4);
    left_out[2] = true;
    assert_int_equal(survey(two, 3, left_out, 60), 1);
    assert_int_equal(units[0].s.kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_NO);
    assert_int_equal(units[0].grade, 0);
}

static void people_that_nobody_counted_leave_the_grade_open(void **state)
{
    (void) state;
    (void) survey(two, 3, NULL, NAN);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_YES);
    assert_int_equal(units[0].r.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(units[0].r.what, "number of people outside");
    assert_int_equal(units[0].grade, 0);
}

/* "Equal to" counts: 5 t of chlorine are a major hazard, 4.999 t are not. */
static void the_threshold_itself_makes_a_major_hazard(void **state)
{
    davy_site_asset tank = {.name = "T", .chemical = "chlorine", .amount_kg = 5e3};

    (void) state;
    (void) survey(&tank, 1, NULL, 0);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_YES);
    tank.amount_kg = 4999;
    (void) survey(&tank, 1, NULL, 0);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_NO);
}

/* Something that davy does not know: the rest is told as "at least", and never as no hazard. */
static void what_is_not_known_makes_a_sum_at_least(void **state)
{
    davy_site_asset assets[] = {two[0], {.name = "X", .chemical = "mystery", .amount_kg = 1e3}};

    (void) state;
    assert_int_equal(survey(assets, 2, NULL, 60), 1);
    assert_near(units[0].s.value, 4, 1e-12);
    assert_false(units[0].s_complete);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_YES);
    assets[0].amount_kg = 1e3;
    (void) survey(assets, 2, NULL, 60);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_UNDECIDED);
    assert_int_equal(units[0].distance, DAVY_DISTANCE_UNKNOWN);
    (void) survey(assets + 1, 1, NULL, 60);
    assert_int_equal(units[0].s.kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(units[0].verdict, DAVY_MAJOR_UNDECIDED);
}

/* Ammonium nitrate has rows 43 (5 t, explosive) and 44 (50 t): the lower one is taken. */
static void of_several_rows_the_lowest_threshold_is_taken(void **state)
{
    const davy_site_asset store = {.name = "W", .chemical = "6484-52-2", .amount_kg = 10e3};

    (void) state;
    (void) survey(&store, 1, NULL, 0);
    assert_int_equal(lines[0].basis, DAVY_MAJOR_LOWEST);
    assert_int_equal(lines[0].row->row, 43);
    assert_near(units[0].s.value, 2, 1e-12);
    assert_int_equal(units[0].distance, DAVY_DISTANCE_CONSEQUENCE);
}

/* A name of table 1 that the table of chemicals has not. */
static void table_1_is_asked_by_its_own_names(void **state)
{
    const davy_site_asset store = {.name = "W", .chemical = "叠氮化铅", .amount_kg = 100};

    (void) state;
    (void) survey(&store, 1, NULL, 0);
    assert_int_equal(lines[0].row->row, 32);
    assert_near(units[0].s.value, 0.2, 1e-12);
}

/* GB/T 37243: explosives by consequence, gas at its threshold by risk, the rest by standards. */
static void the_method_of_the_external_distance_follows_what_is_held(void **state)
{
    davy_site_asset tank = {.name = "T", .chemical = "acetone", .amount_kg = 900e3};

    (void) state;
    assert_int_equal(davy_distance_method_of(true, 5, true), DAVY_DISTANCE_CONSEQUENCE);
    assert_int_equal(davy_distance_method_of(false, 1, false), DAVY_DISTANCE_RISK);
    assert_int_equal(davy_distance_method_of(false, 0.999, true), DAVY_DISTANCE_STANDARDS);
    assert_int_equal(davy_distance_method_of(false, 0.999, false), DAVY_DISTANCE_UNKNOWN);
    assert_int_equal(davy_distance_method_of(false, NAN, true), DAVY_DISTANCE_UNKNOWN);
    (void) survey(&tank, 1, NULL, 0); /* 900 t of 500 t, and a liquid */
    assert_int_equal(units[0].verdict, DAVY_MAJOR_YES);
    assert_int_equal(units[0].distance, DAVY_DISTANCE_STANDARDS);
    tank.chemical = "chlorine";
    (void) survey(&tank, 1, NULL, 0);
    assert_int_equal(units[0].distance, DAVY_DISTANCE_RISK);
}

static void people_are_those_outside_the_fence_by_day_or_night(void **state)
{
    davy_site_place places[] = {{.day = 40, .night = 2},
                                {.day = 10, .night = 60, .outside = true},
                                {.day = 30, .night = 5, .outside = true}};
    davy_site site = {.emergency = {.places = places, .place_count = 3}};

    (void) state;
    assert_near(davy_major_people(&site), 65, 0);
    site.emergency.place_count = 1;
    assert_true(isnan(davy_major_people(&site)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assets_without_a_unit_are_one_with_s_r_and_grade),
        cmocka_unit_test(units_part_what_stands_apart),
        cmocka_unit_test(a_tank_that_is_left_out_takes_its_part_away),
        cmocka_unit_test(people_that_nobody_counted_leave_the_grade_open),
        cmocka_unit_test(the_threshold_itself_makes_a_major_hazard),
        cmocka_unit_test(what_is_not_known_makes_a_sum_at_least),
        cmocka_unit_test(of_several_rows_the_lowest_threshold_is_taken),
        cmocka_unit_test(table_1_is_asked_by_its_own_names),
        cmocka_unit_test(the_method_of_the_external_distance_follows_what_is_held),
        cmocka_unit_test(people_are_those_outside_the_fence_by_day_or_night),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
