/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * GB 18218-2018 beyond the cases of consequence-cases.csv: what the tables say, and the borders.
 */
#include "../testing.h"
#include "hazard/chemical/chemical.h"
#include "hazard/major/gb18218.h"

#include <math.h>

/* An OCR error in a table shows here. */
static void every_cas_number_of_table_1_passes_its_check_digit(void **state)
{
    size_t checked = 0;

    (void) state;
    for (size_t i = 0; davy_gb_substance_at(i); i++)
        for (const char *cas = davy_gb_substance_at(i)->cas; *cas; checked++) {
            const size_t length = strcspn(cas, " ");
            char number[16];

            (void) snprintf(number, sizeof number, "%.*s", (int) length, cas);
            assert_int_equal(davy_cas_check(number), DAVY_CAS_FINE);
            cas += length + (cas[length] == ' ');
        }
    assert_int_equal(checked, 86); /* two rows have none, methane has two, liquefied gas three */
}

static void chlorine_is_row_12_with_5_tonnes_and_beta_4(void **state)
{
    const davy_gb_substance *row = davy_gb_substance_find("7782-50-5", NULL);

    (void) state;
    assert_non_null(row);
    assert_int_equal(row->row, 12);
    assert_near(row->threshold, 5, 0);
    assert_near(row->beta, 4, 0);
    assert_null(davy_gb_substance_find("7782-50-5", row));
    assert_null(davy_gb_substance_find("782-50-5", NULL));
    assert_null(davy_gb_substance_find("", NULL));
}

static void nitrocellulose_has_six_rows_to_choose_from(void **state)
{
    size_t count = 0;

    (void) state;
    for (const davy_gb_substance *row = NULL; (row = davy_gb_substance_find("9004-70-0", row));)
        count++;
    assert_int_equal(count, 6);
    assert_int_equal(davy_gb_substance_find("106-97-8", NULL)->row, 52);
}

/* Table 2: of several hazards the lowest threshold counts. Acute toxicity 2 of a liquid (J5, 500 t,
 * beta 1) that is a flammable liquid 1 (W5.1, 10 t, beta 1.5). */
static void of_several_classes_the_lowest_threshold_counts(void **state)
{
    const davy_gb_class *classes[] = {davy_gb_class_find("J5"), davy_gb_class_find("W5.1")};
    davy_gb_item item = davy_gb_item_of(20, NULL, classes, 2);

    (void) state;
    assert_near(item.threshold, 10, 0);
    assert_near(item.beta, 1.5, 0);
}

/* Methane: row 49 has 50 t; its class W2 would have 10 t. Table 3 does not name it: beta of W2. */
static void table_1_goes_before_table_2(void **state)
{
    const davy_gb_class *gas = davy_gb_class_find("W2");
    davy_gb_item item = davy_gb_item_of(20, davy_gb_substance_find("74-82-8", NULL), &gas, 1);

    (void) state;
    assert_near(item.threshold, 50, 0);
    assert_near(item.beta, 1.5, 0);
}

static void what_is_not_known_is_told_and_not_nothing(void **state)
{
    const davy_gb_item unknown[] = {{1, 5, 4}, davy_gb_item_of(3, NULL, NULL, 0)};
    davy_answer empty = davy_gb_s(NULL, 0), answer = davy_gb_s(unknown, 2);

    (void) state;
    assert_int_equal(empty.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(empty.what, "list of substances");
    assert_int_equal(answer.kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(answer.what, "threshold of a substance");
    assert_int_equal(davy_gb_r(unknown, 1, NAN).kind, DAVY_ANSWER_NO_DATA);
}

/* 0.1/0.3 three times is 1 - 1e-16 in binary: on paper it is 1, and 1 is a major hazard. */
static void a_sum_that_is_1_on_paper_is_a_major_hazard(void **state)
{
    const davy_gb_item items[] = {{0.1, 0.3, 1}, {0.1, 0.3, 1}, {0.1, 0.3, 1}};

    (void) state;
    assert_true(davy_gb_is_major(davy_gb_s(items, 3).value));
    assert_false(davy_gb_is_major(0.999999));
}

/* Table 6: 100, 50 and 10 belong to the worse grade. */
static void the_border_belongs_to_the_worse_grade(void **state)
{
    static const struct {
        double r;
        int grade;
    } cases[] = {{100, 1}, {99.99, 2}, {50, 2}, {49.99, 3}, {10, 3}, {9.99, 4}, {0.5, 4}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_int_equal(davy_gb_grade(cases[i].r), cases[i].grade);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cas_number_of_table_1_passes_its_check_digit),
        cmocka_unit_test(chlorine_is_row_12_with_5_tonnes_and_beta_4),
        cmocka_unit_test(nitrocellulose_has_six_rows_to_choose_from),
        cmocka_unit_test(of_several_classes_the_lowest_threshold_counts),
        cmocka_unit_test(table_1_goes_before_table_2),
        cmocka_unit_test(what_is_not_known_is_told_and_not_nothing),
        cmocka_unit_test(a_sum_that_is_1_on_paper_is_a_major_hazard),
        cmocka_unit_test(the_border_belongs_to_the_worse_grade),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
