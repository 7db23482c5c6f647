/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include <errno.h>
#include <sysexits.h>

static void a_failure_keeps_its_sentence(void **state)
{
    (void) state;
    errno = 0;
    assert_int_equal(davy_fail(DAVY_ERR_INVALID, "line %d", 7), DAVY_ERR_INVALID);
    assert_string_equal(davy_error(), "line 7");
    davy_fail_in(DAVY_ERR_INVALID, "'%s'", "site.yaml");
    assert_string_equal(davy_error(), "'site.yaml': line 7");
}

static void an_io_failure_tells_the_words_of_errno(void **state)
{
    (void) state;
    errno = ENOENT;
    davy_fail(DAVY_ERR_IO, "cannot open 'x'");
    assert_string_equal(davy_error(), "cannot open 'x': No such file or directory");
    assert_int_equal(errno, ENOENT);
}

static void a_sentence_that_is_too_long_says_so(void **state)
{
    char text[2 * DAVY_ERROR_MAX];

    (void) state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    davy_fail(DAVY_ERR_INVALID, "%s", text);
    assert_int_equal(strlen(davy_error()), DAVY_ERROR_MAX - 1);
    assert_string_equal(davy_error() + DAVY_ERROR_MAX - 4, "...");
}

static void exit_codes_are_those_of_sysexits(void **state)
{
    (void) state;
    assert_int_equal(davy_status_exit_code(DAVY_OK), 0);
    assert_int_equal(davy_status_exit_code(DAVY_ERR_INVALID), EX_DATAERR);
    assert_int_equal(davy_status_exit_code(DAVY_ERR_UNSUPPORTED), EX_UNAVAILABLE);
    assert_int_equal(davy_status_exit_code((davy_status) -99), EX_SOFTWARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_keeps_its_sentence),
        cmocka_unit_test(an_io_failure_tells_the_words_of_errno),
        cmocka_unit_test(a_sentence_that_is_too_long_says_so),
        cmocka_unit_test(exit_codes_are_those_of_sysexits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
