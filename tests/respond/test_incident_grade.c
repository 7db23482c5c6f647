/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/grade.h"

#include "../testing.h"

/* Decree 493 of the State Council, article 3: both sides of every bound. A bound belongs to the
 * worse grade ("以上" has the number itself, "以下" has not). */
static void accidents_are_graded_as_decree_493_says(void **state)
{
    static const struct {
        uint32_t dead, severe;
        double loss;
        int grade;
    } cases[] = {
        {30, 0, 0, 1},  {29, 0, 0, 2},         {10, 0, 0, 2},  {9, 0, 0, 3},
        {3, 0, 0, 3},   {2, 0, 0, 4},          {1, 0, 0, 4},   {0, 100, 0, 1},
        {0, 99, 0, 2},  {0, 50, 0, 2},         {0, 49, 0, 3},  {0, 10, 0, 3},
        {0, 9, 0, 4},   {0, 1, 0, 4},          {0, 0, 1e8, 1}, {0, 0, 99999999.0, 2},
        {0, 0, 5e7, 2}, {0, 0, 49999999.0, 3}, {0, 0, 1e7, 3}, {0, 0, 9999999.0, 4},
        {0, 0, 1, 4},   {0, 0, 0, 0},          {2, 100, 0, 1},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const davy_toll toll = {
            .dead = cases[i].dead, .severe = cases[i].severe, .loss_yuan = cases[i].loss};

        if (davy_accident_grade(&toll) != cases[i].grade)
            fail_msg("row %zu: grade %d instead of %d", i, davy_accident_grade(&toll),
                     cases[i].grade);
    }
    assert_string_equal(davy_accident_grade_name(3), "relatively serious");
    assert_string_equal(davy_accident_grade_chinese(1), "特别重大事故");
    assert_string_equal(davy_accident_grade_name(0), "");
    assert_string_equal(davy_accident_grade_name(5), "");
}

/* A loss that nobody knows yet is no loss of nothing. */
static void an_unknown_loss_grades_nothing(void **state)
{
    const davy_toll toll = {.loss_yuan = NAN};

    (void) state;
    assert_int_equal(davy_accident_grade(&toll), 0);
    assert_int_equal(davy_response_level(&toll), 0);
    assert_int_equal(davy_incident_scale(&toll), 1);
}

/* National emergency plan for production safety accidents, levels of response: the missing count
 * as deaths; 30, 10 and 3 of them; 30 and 10 lives in danger; 100, 50 and 30 poisoned. */
static void responses_have_the_levels_of_the_national_plan(void **state)
{
    static const struct {
        davy_toll toll;
        const char *level;
    } cases[] = {
        {{.missing = 30}, "I"},
        {{.missing = 20, .dead = 10}, "I"},
        {{.missing = 20, .dead = 9}, "II"},
        {{.missing = 10}, "II"},
        {{.missing = 9}, "III"},
        {{.missing = 3}, "III"},
        {{.missing = 2}, "IV"},
        {{.endangered = 30}, "I"},
        {{.endangered = 29}, "II"},
        {{.endangered = 10}, "II"},
        {{.endangered = 9}, "IV"},
        {{.severe = 100}, "I"},
        {{.severe = 50}, "II"},
        {{.severe = 30}, "III"},
        {{.severe = 29}, "IV"},
        {{.loss_yuan = 1e8}, "I"},
        {{.loss_yuan = 5e7}, "II"},
        {{.injured = 1}, "IV"},
        {{.harmed = 1}, "IV"},
        {{.safe = 50}, ""},
        {{.missing = UINT32_MAX, .dead = UINT32_MAX}, "I"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_string_equal(davy_response_level_name(davy_response_level(&cases[i].toll)),
                            cases[i].level);
}

/* The table of grade.h, row by row. */
static void the_scale_says_what_its_table_says(void **state)
{
    static const struct {
        davy_toll toll;
        int scale;
    } cases[] = {
        {{.loss_yuan = NAN}, 1}, {{.safe = 9, .loss_yuan = NAN}, 1},
        {{.injured = 1}, 2},     {{.alerted = 500}, 2},
        {{.missing = 1}, 3},     {{.severe = 9}, 3},
        {{.harmed = 1}, 3},      {{.dead = 1}, 4},
        {{.endangered = 9}, 4},  {{.dead = 3}, 5},
        {{.severe = 10}, 5},     {{.endangered = 10}, 5},
        {{.missing = 10}, 5},    {{.loss_yuan = 1e7}, 5},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_int_equal(davy_incident_scale(&cases[i].toll), cases[i].scale);
    assert_string_equal(davy_incident_scale_name(4), "major");
    assert_string_equal(davy_incident_scale_name(6), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accidents_are_graded_as_decree_493_says),
        cmocka_unit_test(an_unknown_loss_grades_nothing),
        cmocka_unit_test(responses_have_the_levels_of_the_national_plan),
        cmocka_unit_test(the_scale_says_what_its_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
