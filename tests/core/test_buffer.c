/* SPDX-License-Identifier: Apache-2.0 */
#include "core/buffer.h"

#include <stdlib.h>

#include "../testing.h"

static void text_grows_and_stays_closed(void **state)
{
    davy_buffer buffer = {0};

    (void) state;
    for (int i = 0; i < 1000; i++)
        davy_buffer_printf(&buffer, "%d,", i);
    davy_buffer_append_text(&buffer, "end");
    assert_ok(davy_buffer_ok(&buffer));
    assert_int_equal(strlen(buffer.bytes), buffer.length);
    assert_string_equal(buffer.bytes + buffer.length - 7, "999,end");
    davy_buffer_clear(&buffer);
}

static void an_absurd_size_marks_the_buffer(void **state)
{
    davy_buffer buffer = {0};

    (void) state;
    assert_null(davy_buffer_reserve(&buffer, SIZE_MAX));
    assert_int_equal(davy_buffer_ok(&buffer), DAVY_ERR_NOMEM);
    davy_buffer_reset(&buffer);
    davy_buffer_append_text(&buffer, "again");
    assert_ok(davy_buffer_ok(&buffer));
    davy_buffer_clear(&buffer);
}

static void text_that_is_taken_leaves_an_empty_buffer(void **state)
{
    davy_buffer buffer = {0};
    char *text;

    (void) state;
    davy_buffer_append_text(&buffer, "kept");
    text = davy_buffer_take(&buffer);
    assert_string_equal(text, "kept");
    free(text);
    assert_null(davy_buffer_take(&buffer)); /* nothing was written since */

    davy_buffer_append_text(&buffer, "half");
    assert_null(davy_buffer_reserve(&buffer, SIZE_MAX));
    assert_null(davy_buffer_take(&buffer)); /* a part is never taken for the whole */
    davy_buffer_append_text(&buffer, "again");
    assert_string_equal(buffer.bytes, "again");
    davy_buffer_clear(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_and_stays_closed),
        cmocka_unit_test(an_absurd_size_marks_the_buffer),
        cmocka_unit_test(text_that_is_taken_leaves_an_empty_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
