/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/lines.h"

#include "core/buffer.h"

#include "../testing.h"

#include <jansson.h>
#include <string.h>

/* Expected sentences are by hand. */
static void assert_diff(const char *before, const char *after, const char *expected)
{
    json_t *changes = davy_lines_diff(before, after), *change;
    davy_buffer text = {0};
    size_t index;

    assert_non_null(changes);
    json_array_foreach(changes, index, change)
        davy_buffer_printf(&text, "%s\n", json_string_value(json_object_get(change, "text")));
    assert_string_equal(text.bytes ? text.bytes : "", expected);
    davy_buffer_clear(&text);
    json_decref(changes);
}

static void a_line_that_differs_is_one_removed_and_one_new(void **state)
{
    (void) state;
    assert_diff("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 4\nc: 3\n",
                "line 2 removed: b: 2\nline 2 new: b: 4\n");
    assert_diff("", "a: 1\n", "line 1 new: a: 1\n");
    assert_diff("a: 1", "", "line 1 removed: a: 1\n");
    assert_diff("a: 1\n", "a: 1\n", "");
}

/* Myers' own example: ABCABBA and CBABAC are five edits apart. */
static void the_fewest_lines_are_told(void **state)
{
    (void) state;
    assert_diff("A\nB\nC\nA\nB\nB\nA\n", "C\nB\nA\nB\nA\nC\n",
                "line 1 removed: A\nline 2 removed: B\nline 2 new: B\nline 6 removed: B\n"
                "line 6 new: C\n");
}

/* Rules apply in the order of the file, so a line that moved is a change. */
static void a_line_that_moved_is_told(void **state)
{
    (void) state;
    assert_diff("a\nb\nc\n", "b\nc\na\n", "line 1 removed: a\nline 3 new: a\n");
    assert_diff("a:\n  b: 1\n", "a:\nb: 1\n", "line 2 removed: b: 1\nline 2 new: b: 1\n");
}

static void blanks_and_comments_are_passed_over(void **state)
{
    (void) state;
    assert_diff("a: 1\r\n\n  # was 2\n", "# new\na: 1 \n", "");
    assert_diff("\n# x\na: 1\n", "a: 2\n", "line 3 removed: a: 1\nline 1 new: a: 2\n");
}

static void assert_masked(const char *text, const char *expected)
{
    davy_buffer masked = {0};

    davy_lines_mask(text, strlen(text), &masked);
    assert_string_equal(masked.bytes ? masked.bytes : "", expected);
    davy_buffer_clear(&masked);
}

/* The digits are the first four bytes of BLAKE2b-128 (Python: hashlib.blake2b(path,
 * digest_size=16)). */
static void what_lets_one_in_is_not_kept(void **state)
{
    (void) state;
    assert_masked("url: \"https://hooks.example/T0/B1?key=x\", format: json\nb: 2\n",
                  "url: \"https://hooks.example/...768889c6\", format: json\nb: 2\n");
    assert_masked("a: mqtt://h:1883, b: http://h/x\n",
                  "a: mqtt://h:1883, b: http://h/...c849a2d5\n");
    assert_masked("a: http://h/\n", "a: http://h/\n");
    assert_masked("a: http://h\nb: /etc/x\n", "a: http://h\nb: /etc/x\n");
    assert_masked("", "");
}

/* More edits than are searched for: all of it, and still nothing of the beginning and the end. */
static void another_file_is_told_whole(void **state)
{
    davy_buffer before = {0}, after = {0};
    json_t *changes;

    (void) state;
    davy_buffer_append_text(&before, "first\n");
    davy_buffer_append_text(&after, "first\n");
    for (int i = 0; i < DAVY_LINES_EDITS_MAX; i++) {
        davy_buffer_printf(&before, "before %d\n", i);
        davy_buffer_printf(&after, "after %d\n", i);
    }
    davy_buffer_append_text(&before, "last\n");
    davy_buffer_append_text(&after, "last\n");
    changes = davy_lines_diff(before.bytes, after.bytes);
    assert_int_equal(json_array_size(changes), 2 * DAVY_LINES_EDITS_MAX);
    json_decref(changes);
    davy_buffer_clear(&before);
    davy_buffer_clear(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_differs_is_one_removed_and_one_new),
        cmocka_unit_test(the_fewest_lines_are_told),
        cmocka_unit_test(a_line_that_moved_is_told),
        cmocka_unit_test(blanks_and_comments_are_passed_over),
        cmocka_unit_test(what_lets_one_in_is_not_kept),
        cmocka_unit_test(another_file_is_told_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
