/* SPDX-License-Identifier: Apache-2.0 */
#include "core/utf8.h"
#include "data/sentences.h"

#include "../testing.h"

static void says_the_same_in_both_languages(void **state)
{
    davy_sentences said = {.en = ""}, more = {.en = ""};

    (void) state;
    davy_say(&said, "%zu %s.", "%zu 行%.0s。", (size_t) 3, "rows");
    davy_say(&more, " All of them.", "全部。");
    davy_say_all(&said, &more);
    assert_string_equal(said.en, "3 rows. All of them.");
    assert_string_equal(said.zh, "3 行。全部。");
}

/* 4095 bytes are 1365 letters of three bytes; one letter of one byte before them moves the cut. */
static void cuts_what_is_too_long_between_letters(void **state)
{
    davy_sentences said = {.en = ""};

    (void) state;
    davy_say(&said, "a", "a");
    for (size_t i = 0; i < DAVY_SENTENCES_MAX; i++)
        davy_say(&said, "b", "度");
    assert_int_equal(strlen(said.en), DAVY_SENTENCES_MAX - 1);
    assert_int_equal(strlen(said.zh), DAVY_SENTENCES_MAX - 3);
    assert_true(davy_utf8_valid(said.zh, strlen(said.zh)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_same_in_both_languages),
        cmocka_unit_test(cuts_what_is_too_long_between_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
