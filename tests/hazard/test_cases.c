/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Every published case of consequence-cases.csv, computed and held to its tolerance. The file names
 * the source of each, and the formula that answers it names the case.
 */
#include "../testing.h"
#include "hazard/case.h"

#include <assert.h>

static const char *cases;

static davy_status look(void *context, const davy_case *what)
{
    size_t *counts = context;
    char text[DAVY_ANSWER_TEXT_MAX];

    counts[what->state]++;
    if (what->state == DAVY_CASE_FAIL)
        (void) printf("# %s: %.9g instead of %s %s, off by %g of %s (%s)\n", what->id,
                      what->given[0], what->expected, what->unit, what->error, what->tolerance,
                      davy_answer_text(&what->result.answer, text));
    else if (what->state == DAVY_CASE_UNKNOWN)
        (void) printf("# %s: no model '%s' with unit '%s'\n", what->id, what->model, what->unit);
    else
        assert_non_null(strstr(what->result.answer.formula->cases, what->id));
    return DAVY_OK;
}

static void every_published_case_is_within_its_tolerance(void **state)
{
    size_t counts[3] = {0};

    (void) state;
    assert_ok(davy_cases_run(cases, look, counts));
    assert_int_equal(counts[DAVY_CASE_FAIL], 0);
    assert_int_equal(counts[DAVY_CASE_PASS] + counts[DAVY_CASE_UNKNOWN], 95);
    assert_true(counts[DAVY_CASE_PASS] >= 95);
}

static void a_file_that_is_none_of_cases_is_told(void **state)
{
    size_t counts[3] = {0};

    (void) state;
    assert_fails(davy_cases_run("/nonexistent.csv", look, counts), DAVY_ERR_NOT_FOUND,
                 "/nonexistent.csv");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_case_is_within_its_tolerance),
        cmocka_unit_test(a_file_that_is_none_of_cases_is_told),
    };

    assert(argc == 2);
    cases = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
