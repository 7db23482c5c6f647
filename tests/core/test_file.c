/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"

#include "../testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/davy-test-file-XXXXXX";

static void a_file_is_replaced_whole(void **state)
{
    char path[128];
    davy_buffer text = {0};
    struct stat about;

    (void) state;
    (void) snprintf(path, sizeof path, "%s/a/b", folder);
    assert_ok(davy_folder_make(path, 0755));
    (void) snprintf(path, sizeof path, "%s/a/b/key", folder);
    assert_ok(davy_file_replace(path, "first", 5, 0600));
    assert_ok(davy_file_replace(path, "second", 6, 0600));
    assert_ok(davy_file_read(path, 100, &text));
    assert_string_equal(text.bytes, "second");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    davy_buffer_clear(&text);
}

static void what_dead_writers_left_is_swept_and_nothing_else(void **state)
{
    static const struct {
        const char *name;
        bool stays;
    } files[] = {{"k", true},        {"k.1.new", false},  {"k.4194304.new", false},
                 {"k.new", true},    {"k.x.new", true},   {"k.1.newer", true},
                 {"kb.1.new", true}, {"b.k.1.new", true}, {"k.1.2.new", true}};
    char path[160], main_path[160];
    struct stat about;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(files); i++) {
        (void) snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        assert_ok(davy_file_replace(path, "", 0, 0600));
    }
    (void) snprintf(main_path, sizeof main_path, "%s/k", folder);
    davy_file_sweep(main_path);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(files); i++) {
        (void) snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        if ((stat(path, &about) == 0) != files[i].stays)
            fail_msg("%s", files[i].name);
    }
}

static void a_file_past_the_limit_is_refused(void **state)
{
    char path[128];
    davy_buffer text = {0};

    (void) state;
    (void) snprintf(path, sizeof path, "%s/long", folder);
    assert_ok(davy_file_replace(path, "0123456789", 10, 0600));
    assert_fails(davy_file_read(path, 9, &text), DAVY_ERR_FULL, "9 bytes");
    davy_buffer_clear(&text);
}

static void what_is_no_file_is_refused(void **state)
{
    davy_buffer text = {0};

    (void) state;
    assert_fails(davy_file_read(folder, 9, &text), DAVY_ERR_INVALID, "not a regular file");
    assert_fails(davy_file_read("/nonexistent/x", 9, &text), DAVY_ERR_NOT_FOUND, "No such file");
    davy_buffer_clear(&text);
}

/* XXH3_64bits of nothing: the xxHash specification, XXH3 algorithm, empty input with seed 0. */
static void the_checksum_is_xxh3(void **state)
{
    (void) state;
    assert_true(davy_checksum("", 0) == 0x2d06800538d394c2ULL);
    assert_true(davy_checksum("a", 1) != davy_checksum("b", 1));
}

static int make_folder(void **state)
{
    (void) state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(what_dead_writers_left_is_swept_and_nothing_else),
        cmocka_unit_test(a_file_past_the_limit_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(the_checksum_is_xxh3),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
