/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"

static char folder[64];
static char file[128];

static int make_folder(void **state)
{
    (void) state;
    (void) snprintf(folder, sizeof folder, "/tmp/davy-keys-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void) snprintf(file, sizeof file, "%s/keys.json", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char lock[160];

    (void) state;
    (void) snprintf(lock, sizeof lock, "%s.lock", file);
    (void) unlink(lock);
    (void) unlink(file);
    return rmdir(folder);
}

static void a_key_is_known_by_its_text_and_nothing_else(void **state)
{
    davy_keys *keys;
    char text[DAVY_KEY_MAX], name[DAVY_KEY_NAME_MAX] = "";

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_int_equal(davy_keys_count(keys), 0);
    assert_int_equal(davy_keys_check(keys, "davy_", name), DAVY_ROLE_NONE);
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_OPERATOR, 1, text));
    assert_int_equal(strlen(text), 5 + 43); /* 256 bits are 43 characters of base64 */
    assert_int_equal(davy_keys_check(keys, text, name), DAVY_ROLE_OPERATOR);
    assert_string_equal(name, "ada");
    text[20] = text[20] == 'A' ? 'B' : 'A';
    assert_int_equal(davy_keys_check(keys, text, name), DAVY_ROLE_NONE);
    assert_int_equal(davy_keys_check(keys, "", name), DAVY_ROLE_NONE);
    davy_keys_close(keys);
}

static void the_file_is_private_and_does_not_hold_the_key(void **state)
{
    davy_keys *keys;
    davy_buffer bytes = {0};
    char text[DAVY_KEY_MAX];
    struct stat info;

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, 1, text));
    davy_keys_close(keys);
    assert_int_equal(stat(file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_ok(davy_file_read(file, 1 << 20, &bytes));
    assert_null(strstr(bytes.bytes, text + 5));
    davy_buffer_clear(&bytes);
}

static void keys_survive_a_restart_with_name_role_and_date(void **state)
{
    davy_keys *keys;
    char text[DAVY_KEY_MAX], name[DAVY_KEY_NAME_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ENGINEER, 1700000000123000000, text));
    davy_keys_close(keys);
    assert_ok(davy_keys_open(file, &keys));
    assert_int_equal(davy_keys_check(keys, text, name), DAVY_ROLE_ENGINEER);
    assert_int_equal(davy_keys_role(keys, "ada"), DAVY_ROLE_ENGINEER);
    assert_int_equal(davy_keys_role(keys, "bob"), DAVY_ROLE_NONE);
    davy_keys_close(keys);
}

static void a_revoked_key_is_not_known_any_more(void **state)
{
    davy_keys *keys;
    char ada[DAVY_KEY_MAX], bob[DAVY_KEY_MAX], name[DAVY_KEY_NAME_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, 1, ada));
    assert_ok(davy_keys_create(keys, "bob", DAVY_ROLE_VIEWER, 1, bob));
    assert_ok(davy_keys_revoke(keys, "ada"));
    assert_int_equal(davy_keys_check(keys, ada, name), DAVY_ROLE_NONE);
    assert_int_equal(davy_keys_check(keys, bob, name), DAVY_ROLE_VIEWER);
    assert_fails(davy_keys_revoke(keys, "ada"), DAVY_ERR_NOT_FOUND, "ada");
    davy_keys_close(keys);
}

static void a_name_is_given_once_and_must_be_plain(void **state)
{
    static const char *const wrong[] = {"", "a b", "a/b", "<script>", "\xC3\xA4"};
    davy_keys *keys;
    char text[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, 1, text));
    assert_fails(davy_keys_create(keys, "ada", DAVY_ROLE_VIEWER, 1, text), DAVY_ERR_EXISTS, "ada");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_keys_create(keys, wrong[i], DAVY_ROLE_VIEWER, 1, text), DAVY_ERR_INVALID,
                     "letters");
    assert_fails(davy_keys_create(keys, "eve", DAVY_ROLE_NONE, 1, text), DAVY_ERR_INVALID,
                 "viewer");
    davy_keys_close(keys);
}

static void two_processes_see_each_others_changes(void **state)
{
    davy_keys *daemon, *tool;
    char text[DAVY_KEY_MAX], other[DAVY_KEY_MAX], name[DAVY_KEY_NAME_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &daemon));
    assert_ok(davy_keys_open(file, &tool));
    assert_ok(davy_keys_create(tool, "ada", DAVY_ROLE_VIEWER, 1, text));
    assert_int_equal(davy_keys_check(daemon, text, name), DAVY_ROLE_NONE);
    assert_ok(davy_keys_refresh(daemon));
    assert_int_equal(davy_keys_check(daemon, text, name), DAVY_ROLE_VIEWER);
    assert_ok(davy_keys_create(daemon, "bob", DAVY_ROLE_VIEWER, 1, other));
    assert_int_equal(davy_keys_count(daemon), 2); /* ada was not lost */
    assert_ok(davy_keys_refresh(tool));
    assert_int_equal(davy_keys_check(tool, other, name), DAVY_ROLE_VIEWER);
    davy_keys_close(tool);
    davy_keys_close(daemon);
}

static void a_damaged_or_open_file_is_refused_and_a_running_server_keeps_its_keys(void **state)
{
    static const char broken[] = "{\"version\": 1, \"keys\": [";
    davy_keys *keys, *again;
    char text[DAVY_KEY_MAX], name[DAVY_KEY_NAME_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, 1, text));
    assert_int_equal(chmod(file, 0644), 0);
    assert_fails(davy_keys_open(file, &again), DAVY_ERR_DENIED, "chmod 600");
    assert_ok(davy_file_replace(file, broken, sizeof broken - 1, 0600));
    assert_fails(davy_keys_open(file, &again), DAVY_ERR_CORRUPT, "keys.json");
    assert_fails(davy_keys_refresh(keys), DAVY_ERR_CORRUPT, "keys.json");
    assert_int_equal(davy_keys_check(keys, text, name), DAVY_ROLE_ADMIN);
    davy_keys_close(keys);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_known_by_its_text_and_nothing_else),
        TEST(the_file_is_private_and_does_not_hold_the_key),
        TEST(keys_survive_a_restart_with_name_role_and_date),
        TEST(a_revoked_key_is_not_known_any_more),
        TEST(a_name_is_given_once_and_must_be_plain),
        TEST(two_processes_see_each_others_changes),
        TEST(a_damaged_or_open_file_is_refused_and_a_running_server_keeps_its_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
