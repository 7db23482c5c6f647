/* SPDX-License-Identifier: Apache-2.0 */
#include "site/logic.h"

#include "../testing.h"

#include <math.h>

/* Signals x and y, and conditions p:hi, q:hi and "detector d 1:model": their places are their
 * values below. */
static bool find_signal(const void *context, const char *name, size_t *out)
{
    static const char *const names[] = {"A/x", "A/y", "101-P/current", "tank 1/level"};

    (void) context;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool find_condition(const void *context, const char *name, davy_logic_condition *out)
{
    static const char *const names[] = {"A/p:hi", "A/q:hi", "detector d:model",
                                        "source plc:source"};

    (void) context;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0) {
            *out = (davy_logic_condition){0, i};
            return true;
        }
    return false;
}

static const davy_logic_names names = {NULL, find_signal, find_condition};

static davy_truth evaluate(const char *text, const double by_signal[4], const davy_truth by_name[4])
{
    davy_arena arena = {0};
    davy_logic_fault fault;
    davy_logic logic;
    double values[DAVY_LOGIC_STEPS_MAX];
    davy_truth truths[DAVY_LOGIC_STEPS_MAX], truth;

    assert_ok(davy_logic_parse(text, &names, &arena, &fault, &logic));
    for (size_t i = 0; i < logic.signal_count; i++)
        values[i] = by_signal[logic.signals[i]];
    for (size_t i = 0; i < logic.condition_count; i++)
        truths[i] = by_name[logic.conditions[i].of];
    truth = davy_logic_evaluate(&logic, values, truths);
    davy_arena_clear(&arena);
    return truth;
}

/* S. C. Kleene, "On notation for ordinal numbers", 1938: the tables of "and", "or" and "not". */
static void three_values_are_joined_as_kleene_has_them(void **state)
{
    static const davy_truth F = DAVY_FALSE, U = DAVY_UNKNOWN, T = DAVY_TRUE;
    const davy_truth both[3][3] = {{F, F, F}, {F, U, U}, {F, U, T}};
    const davy_truth either[3][3] = {{F, U, T}, {U, U, T}, {T, T, T}};
    const davy_truth not [3] = {T, U, F};
    const double none[4] = {0};

    (void) state;
    for (int p = 0; p < 3; p++)
        for (int q = 0; q < 3; q++) {
            const davy_truth truths[4] = {(davy_truth) p, (davy_truth) q};

            assert_int_equal(evaluate("A/p:hi and A/q:hi", none, truths), both[p][q]);
            assert_int_equal(evaluate("A/p:hi or A/q:hi", none, truths), either[p][q]);
            assert_int_equal(evaluate("not A/p:hi", none, truths), not [p]);
        }
}

static void values_are_compared(void **state)
{
    const double values[4] = {3.0, 3.0, 0.1, -5.0};
    const davy_truth truths[4] = {0};
    static const struct {
        const char *text;
        davy_truth truth;
    } cases[] = {
        {"A/x < 3", DAVY_FALSE},
        {"A/x <= 3", DAVY_TRUE},
        {"A/x > 2.5", DAVY_TRUE},
        {"A/x >= 3.5", DAVY_FALSE},
        {"A/x = 3", DAVY_TRUE},
        {"A/x == 3", DAVY_TRUE},
        {"A/x != 3", DAVY_FALSE},
        {"2 < A/x", DAVY_TRUE},
        {"A/x = A/y", DAVY_TRUE},
        {"101-P/current < 0.2", DAVY_TRUE},
        {"A/x<3 or A/y>=3", DAVY_TRUE},
        {"'tank 1/level' < -4", DAVY_TRUE},
        {"\"tank 1/level\" > 0", DAVY_FALSE},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        if (evaluate(cases[i].text, values, truths) != cases[i].truth)
            fail_msg("%s", cases[i].text);
}

static void what_is_not_known_is_neither_true_nor_false(void **state)
{
    const double values[4] = {NAN, 1.0};
    const davy_truth truths[4] = {DAVY_TRUE, DAVY_FALSE};

    (void) state;
    assert_int_equal(evaluate("A/x < 1 or A/x >= 1", values, truths), DAVY_UNKNOWN);
    assert_int_equal(evaluate("A/x != A/x", values, truths), DAVY_UNKNOWN);
    assert_int_equal(evaluate("not A/x = 0", values, truths), DAVY_UNKNOWN);
    assert_int_equal(evaluate("A/x < 1 or A/p:hi", values, truths), DAVY_TRUE);
    assert_int_equal(evaluate("A/x < 1 and A/q:hi", values, truths), DAVY_FALSE);
}

/* "not" binds closest, then "and", then "or"; of equal ones the left is first. */
static void operators_bind_as_people_read_them(void **state)
{
    const double none[4] = {0};
    const davy_truth truths[4] = {DAVY_TRUE, DAVY_FALSE, DAVY_TRUE, DAVY_FALSE};

    (void) state;
    assert_int_equal(evaluate("A/p:hi or A/q:hi and A/q:hi", none, truths), DAVY_TRUE);
    assert_int_equal(evaluate("(A/p:hi or A/q:hi) and A/q:hi", none, truths), DAVY_FALSE);
    assert_int_equal(evaluate("not A/p:hi and A/q:hi", none, truths), DAVY_FALSE);
    assert_int_equal(evaluate("not (A/p:hi and A/q:hi)", none, truths), DAVY_TRUE);
    assert_int_equal(evaluate("not not A/p:hi", none, truths), DAVY_TRUE);
    assert_int_equal(evaluate("detector d:model and not source plc:source", none, truths),
                     DAVY_TRUE);
    assert_int_equal(evaluate("'detector d:model'", none, truths), DAVY_TRUE);
}

static void a_fault_is_told_by_its_column(void **state)
{
    static const struct {
        const char *text;
        size_t column;
        const char *words;
    } cases[] = {
        {"", 1, "is missing"},
        {"A/x <", 6, "a number or a signal is missing"},
        {"A/x < 1 and", 12, "is missing"},
        {"A/z < 1", 1, "no signal 'A/z'"},
        {"A/x < B/x", 7, "no signal 'B/x'"},
        {"A/x", 1, "neither true nor false"},
        {"A/p:lo", 1, "no condition 'A/p:lo'"},
        {"A/p:hi < 1", 1, "no signal 'A/p:hi'"},
        {"(A/p:hi", 1, "not closed"},
        {"A/p:hi)", 7, "goes on here"},
        {"A/p:hi A/q:hi", 8, "goes on here"},
        {"1 < 2", 3, "no signal"},
        {"0.5", 4, "stands alone"},
        {"'A/x < 1", 1, "quote is not closed"},
        {"A/p:hi and !A/q:hi", 12, "'!' means nothing"},
        {"detector", 1, "no condition 'detector'"},
        {"A/p:hi AND A/q:hi", 8, "goes on here"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_arena arena = {0};
        davy_logic_fault fault = {0};
        davy_logic logic;

        assert_fails(davy_logic_parse(cases[i].text, &names, &arena, &fault, &logic),
                     DAVY_ERR_INVALID, cases[i].words);
        if (fault.column != cases[i].column)
            fail_msg("'%s': column %zu: %s", cases[i].text, fault.column, fault.what);
        davy_arena_clear(&arena);
    }
}

/* Whatever a file holds, the stack of the parser and of the evaluation has its bounds. */
static void hostile_texts_meet_bounds(void **state)
{
    char text[DAVY_LOGIC_TEXT_MAX + 8];
    davy_arena arena = {0};
    davy_logic_fault fault;
    davy_logic logic;

    (void) state;
    memset(text, '(', DAVY_LOGIC_TEXT_MAX - 1);
    text[DAVY_LOGIC_TEXT_MAX - 1] = '\0';
    assert_fails(davy_logic_parse(text, &names, &arena, &fault, &logic), DAVY_ERR_INVALID,
                 "deeper than 32");
    memset(text, 'x', DAVY_LOGIC_TEXT_MAX);
    text[DAVY_LOGIC_TEXT_MAX] = '\0';
    assert_fails(davy_logic_parse(text, &names, &arena, &fault, &logic), DAVY_ERR_INVALID,
                 "longer than 1023");
    text[0] = '\0';
    for (size_t i = 0; i < 100; i++)
        (void) strcat(text, i ? " or 1<A/x" : "1<A/x");
    assert_fails(davy_logic_parse(text, &names, &arena, &fault, &logic), DAVY_ERR_INVALID,
                 "more than 256 steps");
    davy_arena_clear(&arena);
}

/* A name that is used twice is looked up once. */
static void operands_are_listed_once(void **state)
{
    davy_arena arena = {0};
    davy_logic_fault fault;
    davy_logic logic;

    (void) state;
    assert_ok(davy_logic_parse("A/x < 1 or A/x > A/y and A/p:hi or not A/p:hi", &names, &arena,
                               &fault, &logic));
    assert_int_equal(logic.signal_count, 2);
    assert_int_equal(logic.condition_count, 1);
    assert_string_equal(logic.text, "A/x < 1 or A/x > A/y and A/p:hi or not A/p:hi");
    davy_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_values_are_joined_as_kleene_has_them),
        cmocka_unit_test(values_are_compared),
        cmocka_unit_test(what_is_not_known_is_neither_true_nor_false),
        cmocka_unit_test(operators_bind_as_people_read_them),
        cmocka_unit_test(a_fault_is_told_by_its_column),
        cmocka_unit_test(hostile_texts_meet_bounds),
        cmocka_unit_test(operands_are_listed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
