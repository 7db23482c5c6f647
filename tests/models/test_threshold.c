/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "models/threshold.h"

#include <math.h>

static davy_cut_wish parse(const char *text)
{
    davy_cut_wish wish;

    assert_ok(davy_cut_parse(text, &wish));
    return wish;
}

static void a_wish_is_one_of_five_and_everything_else_says_so(void **state)
{
    static const char *const wrong[] = {
        "",      "0",      "1",        "-0.1",     "1.5",      "nan",     "fpr:",      "fpr:0",
        "fpr:1", "cost:1", "cost:0,1", "cost:1,x", "fpr:0.1x", "largest", "cost:1,2,3"};
    davy_cut_wish wish;

    (void) state;
    assert_int_equal(parse("argmax").rule, DAVY_CUT_ARGMAX);
    assert_int_equal(parse("auto").rule, DAVY_CUT_AUTO);
    assert_float_equal(parse("0.3").number, 0.3, 0);
    assert_float_equal(parse("fpr:0.08").number, 0.08, 0);
    wish = parse("cost:1,20");
    assert_float_equal(wish.false_cost, 1, 0);
    assert_float_equal(wish.missed_cost, 20, 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_cut_parse(wrong[i], &wish), DAVY_ERR_INVALID, "fpr:RATE");
}

/* Nine normal samples, 0.1 to 0.9: for a rate of 0.2 the cut is above the (9 + 1) * 0.8 = 8th. */
static void the_conformal_cut_of_normals_is_the_rank_of_split_conformal(void **state)
{
    static const float p[] = {0.5F, 0.1F, 0.9F, 0.3F, 0.7F, 0.2F, 0.8F, 0.4F, 0.6F, 0.95F};
    static const uint8_t positive[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const davy_cut_wish wish = parse("fpr:0.2"), strict = parse("fpr:0.05");
    bool vouched;
    float cut;

    (void) state;
    assert_ok(davy_cut_choose(&wish, p, positive, 10, &cut, &vouched));
    assert_true(vouched);
    assert_true(cut > 0.8F && cut < 0.9F);
    assert_float_equal((double) cut, 0.8, 1e-6);
    /* One in twenty cannot be vouched for by nine: the cut is above all of them. */
    assert_ok(davy_cut_choose(&strict, p, positive, 10, &cut, &vouched));
    assert_false(vouched);
    assert_true(cut > 0.9F && cut < 0.95F);
}

/* By hand: negatives at 0.1, 0.2, 0.6; positives at 0.4, 0.7, 0.8. */
static void costs_move_the_cut(void **state)
{
    static const float p[] = {0.1F, 0.2F, 0.6F, 0.4F, 0.7F, 0.8F};
    static const uint8_t positive[] = {0, 0, 0, 1, 1, 1};
    static const struct {
        const char *wish;
        double cut;
    } cases[] = {
        {"cost:1,5", 0.3},  /* one false alarm is cheaper than a miss */
        {"cost:5,1", 0.65}, /* a miss is cheaper than a false alarm */
        {"auto", 0.65}, /* recall 2/3 without a false alarm, or 1 with 1/3: as good; the higher */
        {"0.42", 0.42},
    };
    bool vouched;
    float cut;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const davy_cut_wish wish = parse(cases[i].wish);

        assert_ok(davy_cut_choose(&wish, p, positive, 6, &cut, &vouched));
        assert_float_equal((double) cut, cases[i].cut, 1e-6);
    }
}

static void without_both_classes_nothing_can_be_chosen(void **state)
{
    static const float p[] = {0.1F, 0.2F};
    static const uint8_t normal[] = {0, 0}, faults[] = {1, 1};
    const davy_cut_wish by_costs = parse("auto"), by_rate = parse("fpr:0.5");
    bool vouched;
    float cut;

    (void) state;
    assert_fails(davy_cut_choose(&by_costs, p, normal, 2, &cut, &vouched), DAVY_ERR_INVALID,
                 "none of the other");
    assert_fails(davy_cut_choose(&by_rate, p, faults, 2, &cut, &vouched), DAVY_ERR_INVALID,
                 "none of the other");
    assert_ok(davy_cut_choose(&by_rate, p, normal, 2, &cut, &vouched));
}

static void what_is_looked_for_is_what_is_not_normal_or_rarer(void **state)
{
    static const size_t even[] = {5, 5}, first_rare[] = {2, 9};

    (void) state;
    assert_int_equal(davy_cut_positive((const char *const[]){"attack", "Normal"}, even), 0);
    assert_int_equal(davy_cut_positive((const char *const[]){"0", "1"}, first_rare), 1);
    assert_int_equal(davy_cut_positive((const char *const[]){"a", "b"}, first_rare), 0);
    assert_int_equal(davy_cut_positive((const char *const[]){"a", "b"}, even), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wish_is_one_of_five_and_everything_else_says_so),
        cmocka_unit_test(the_conformal_cut_of_normals_is_the_rank_of_split_conformal),
        cmocka_unit_test(costs_move_the_cut),
        cmocka_unit_test(without_both_classes_nothing_can_be_chosen),
        cmocka_unit_test(what_is_looked_for_is_what_is_not_normal_or_rarer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
