/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What a record says of a watched run of rows; answers of other models are in serve's test_permit.
 */
#include "infer/verdict.h"

#include "../testing.h"

#define ROWS 60

static const davy_bytes normal = {"normal", 6}, alarm = {"alarm", 5}, abstain = {"abstain", 7};

static void say(const davy_bytes *words, size_t rows, char text[DAVY_VERDICT_MAX])
{
    davy_named_tensor output = {"verdict",
                                {.type = DAVY_TYPE_TEXT,
                                 .rank = 1,
                                 .dims = {(int64_t) rows},
                                 .data = (void *) (uintptr_t) words}};
    const davy_infer_response response = {.outputs = &output, .output_count = 1};

    davy_infer_verdict(&response, NULL, text);
}

static void assert_said(const davy_bytes *words, size_t rows, const char *expected)
{
    char text[DAVY_VERDICT_MAX];

    say(words, rows, text);
    assert_string_equal(text, expected);
}

static void a_few_rows_are_told_one_by_one(void **state)
{
    const davy_bytes words[] = {abstain, normal, alarm, normal};

    (void) state;
    assert_said(words, 4, "abstain,normal,alarm,normal");
}

static void one_alarm_among_many_rows_is_told(void **state)
{
    davy_bytes words[ROWS];

    (void) state;
    for (size_t i = 0; i < ROWS; i++)
        words[i] = i < 5 ? abstain : normal;
    words[ROWS - 1] = alarm;
    assert_said(words, ROWS, "5 abstain,54 normal,1 alarm");
}

/* A stranger's graph may call anything a verdict, at any length. */
static void more_words_than_are_counted_are_a_number(void **state)
{
    char texts[ROWS][41];
    davy_bytes words[ROWS];
    char text[DAVY_VERDICT_MAX];

    (void) state;
    for (size_t i = 0; i < ROWS; i++) {
        (void) snprintf(texts[i], sizeof texts[i], "%040zu", i);
        words[i] = (davy_bytes){texts[i], 40};
    }
    say(words, ROWS, text);
    assert_non_null(strstr(text, " and 50 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_rows_are_told_one_by_one),
        cmocka_unit_test(one_alarm_among_many_rows_is_told),
        cmocka_unit_test(more_words_than_are_counted_are_a_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
