/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/access/keys.h"

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
    davy_key key = {0};
    char text[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_int_equal(davy_keys_count(keys), 0);
    assert_false(davy_keys_check(keys, "davy_", &key));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_OPERATOR, NULL, 1, text));
    assert_int_equal(strlen(text), 5 + 43); /* 256 bits are 43 characters of base64 */
    assert_true(davy_keys_check(keys, text, &key));
    assert_int_equal(key.role, DAVY_ROLE_OPERATOR);
    assert_string_equal(key.name, "ada");
    text[20] = text[20] == 'A' ? 'B' : 'A';
    assert_false(davy_keys_check(keys, text, &key));
    assert_false(davy_keys_check(keys, "", &key));
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
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, NULL, 1, text));
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
    davy_key key;
    char text[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ENGINEER, NULL, 1700000000123000000, text));
    davy_keys_close(keys);
    assert_ok(davy_keys_open(file, &keys));
    assert_true(davy_keys_check(keys, text, &key));
    assert_int_equal(key.role, DAVY_ROLE_ENGINEER);
    assert_true(davy_keys_find(keys, "ada", &key));
    assert_int_equal(key.created_ns, 1700000000123000000);
    assert_false(davy_keys_find(keys, "bob", &key));
    davy_keys_close(keys);
}

static void a_revoked_key_is_not_known_any_more(void **state)
{
    davy_keys *keys;
    davy_key key;
    char ada[DAVY_KEY_MAX], bob[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, NULL, 1, ada));
    assert_ok(davy_keys_create(keys, "bob", DAVY_ROLE_VIEWER, NULL, 1, bob));
    assert_ok(davy_keys_revoke(keys, "ada"));
    assert_false(davy_keys_check(keys, ada, &key));
    assert_true(davy_keys_check(keys, bob, &key));
    assert_int_equal(key.role, DAVY_ROLE_VIEWER);
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
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, NULL, 1, text));
    assert_fails(davy_keys_create(keys, "ada", DAVY_ROLE_VIEWER, NULL, 1, text), DAVY_ERR_EXISTS,
                 "ada");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_keys_create(keys, wrong[i], DAVY_ROLE_VIEWER, NULL, 1, text),
                     DAVY_ERR_INVALID, "letters");
    assert_fails(davy_keys_create(keys, "eve", DAVY_ROLE_NONE, NULL, 1, text), DAVY_ERR_INVALID,
                 "viewer");
    davy_keys_close(keys);
}

static void two_processes_see_each_others_changes(void **state)
{
    davy_keys *daemon, *tool;
    davy_key key;
    char text[DAVY_KEY_MAX], other[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &daemon));
    assert_ok(davy_keys_open(file, &tool));
    assert_ok(davy_keys_create(tool, "ada", DAVY_ROLE_VIEWER, NULL, 1, text));
    assert_true(davy_keys_check(daemon, text, &key));
    assert_int_equal(key.role, DAVY_ROLE_VIEWER);
    assert_ok(davy_keys_create(daemon, "bob", DAVY_ROLE_VIEWER, NULL, 1, other));
    assert_int_equal(davy_keys_count(daemon), 2); /* ada was not lost */
    assert_ok(davy_keys_refresh(tool));
    assert_int_equal(davy_keys_count(tool), 2);
    assert_true(davy_keys_check(tool, other, &key));
    assert_int_equal(key.role, DAVY_ROLE_VIEWER);
    davy_keys_close(tool);
    davy_keys_close(daemon);
}

/* Who takes a key away by `davy key` has taken it away: no tick is waited for. */
static void what_another_process_changes_counts_at_once(void **state)
{
    static const char fingerprint[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    davy_key_terms terms = {.rate = 0};
    davy_keys *daemon, *tool;
    davy_key key;
    char text[DAVY_KEY_MAX], none[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_key_set_certificate(&terms, fingerprint));
    assert_ok(davy_keys_open(file, &daemon));
    assert_ok(davy_keys_open(file, &tool));
    assert_ok(davy_keys_create(daemon, "ada", DAVY_ROLE_VIEWER, NULL, 1, text));
    assert_ok(davy_keys_create(tool, "gate", DAVY_ROLE_VIEWER, &terms, 1, none));
    assert_true(davy_keys_check_certificate(daemon, fingerprint, &key));
    assert_ok(davy_keys_revoke(tool, "gate"));
    assert_false(davy_keys_check_certificate(daemon, fingerprint, &key));
    assert_true(davy_keys_check(daemon, text, &key));
    assert_ok(davy_keys_revoke(tool, "ada"));
    assert_false(davy_keys_check(daemon, text, &key));
    assert_false(davy_keys_find(daemon, "ada", &key));
    davy_keys_close(tool);
    davy_keys_close(daemon);
}

static void a_damaged_or_open_file_is_refused_and_a_running_server_keeps_its_keys(void **state)
{
    static const char broken[] = "{\"version\": 1, \"keys\": [";
    davy_keys *keys, *again;
    davy_key key;
    char text[DAVY_KEY_MAX];

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_ADMIN, NULL, 1, text));
    assert_int_equal(chmod(file, 0644), 0);
    assert_fails(davy_keys_open(file, &again), DAVY_ERR_DENIED, "chmod 600");
    assert_ok(davy_file_replace(file, broken, sizeof broken - 1, 0600));
    assert_fails(davy_keys_open(file, &again), DAVY_ERR_CORRUPT, "keys.json");
    assert_fails(davy_keys_refresh(keys), DAVY_ERR_CORRUPT, "keys.json");
    assert_true(davy_keys_check(keys, text, &key));
    assert_int_equal(key.role, DAVY_ROLE_ADMIN);
    davy_keys_close(keys);
}

/* Of every bit of the file: no key gets another role, rate or model, and none is lost. */
static void a_flipped_bit_changes_no_key(void **state)
{
    static const davy_key_terms terms = {.models = "pump-*", .rate = 5, .burst = 9};
    davy_buffer bytes = {0};
    davy_keys *keys;
    char text[DAVY_KEY_MAX];
    size_t refused = 0;

    (void) state;
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "ada", DAVY_ROLE_VIEWER, &terms, 1, text));
    davy_keys_close(keys);
    assert_ok(davy_file_read(file, 4096, &bytes));
    for (size_t bit = 0; bit < bytes.length * 8; bit++) {
        davy_key key;
        davy_status status;

        bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
        assert_ok(davy_file_replace(file, bytes.bytes, bytes.length, 0600));
        bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
        status = davy_keys_open(file, &keys);
        refused += status != DAVY_OK;
        if (status != DAVY_OK)
            continue;
        assert_true(davy_keys_check(keys, text, &key));
        assert_int_equal(key.role, DAVY_ROLE_VIEWER);
        assert_string_equal(key.terms.models, "pump-*");
        assert_int_equal(key.terms.rate, 5);
        assert_int_equal(key.terms.burst, 9);
        davy_keys_close(keys);
    }
    /* The name of the checksum itself may become another: then the rest is whole. */
    assert_true(refused >= (bytes.length - sizeof "checksum") * 8);
    davy_buffer_clear(&bytes);
}

static void terms_of_a_key_survive_a_restart(void **state)
{
    static const char fingerprint[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    davy_key_terms terms = {.rate = 10, .burst = 20, .queries_per_day = 1000};
    davy_keys *keys;
    davy_key key;
    char text[DAVY_KEY_MAX] = "?";

    (void) state;
    assert_ok(davy_key_set_models(&terms, "t101,pump-*"));
    assert_ok(davy_key_set_certificate(
        &terms, "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:"
                "67:89:AB:CD:EF"));
    assert_ok(davy_keys_open(file, &keys));
    assert_ok(davy_keys_create(keys, "gate", DAVY_ROLE_VIEWER, &terms, 1, text));
    assert_string_equal(text, ""); /* a certificate stands for it */
    assert_fails(davy_keys_create(keys, "other", DAVY_ROLE_VIEWER, &terms, 1, text),
                 DAVY_ERR_EXISTS, "'gate'");
    davy_keys_close(keys);
    assert_ok(davy_keys_open(file, &keys));
    assert_true(davy_keys_check_certificate(keys, fingerprint, &key));
    assert_string_equal(key.name, "gate");
    assert_string_equal(key.terms.models, "t101,pump-*");
    assert_int_equal(key.terms.rate, 10);
    assert_int_equal(key.terms.burst, 20);
    assert_int_equal(key.terms.queries_per_day, 1000);
    assert_false(davy_keys_check_certificate(keys, "", &key));
    assert_false(davy_keys_check(keys, "", &key));
    davy_keys_close(keys);
}

/* Written by davy 0.1.0 before keys had terms. */
static void a_file_of_the_first_version_is_read(void **state)
{
    static const char old[] =
        "{\"version\": 1, \"salt\": "
        "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\", \"keys\": ["
        "{\"name\": \"ada\", \"role\": \"operator\", \"hash\": "
        "\"ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\", "
        "\"created\": \"2026-11-01T00:00:00.000Z\"}]}";
    davy_keys *keys;
    davy_key key;

    (void) state;
    assert_ok(davy_file_replace(file, old, sizeof old - 1, 0600));
    assert_ok(davy_keys_open(file, &keys));
    assert_true(davy_keys_find(keys, "ada", &key));
    assert_int_equal(key.role, DAVY_ROLE_OPERATOR);
    assert_string_equal(key.terms.models, "");
    assert_int_equal(key.terms.rate, 0);
    davy_keys_close(keys);
}

/* A term that cannot be read must not become none: the key would get more than it was given. */
static void a_term_that_cannot_be_read_is_no_open_door(void **state)
{
    static const char *const wrong[] = {
        "\"models\": 7",        "\"models\": \"\"",
        "\"models\": \"a,,b\"", "\"rate\": \"10\"",
        "\"rate\": 0",          "\"rate\": -1",
        "\"rate\": 4294967296", "\"queries_per_day\": 1.5",
        "\"burst\": null",      "\"certificate\": \"00ff\"",
        "\"models\": null",
    };
    davy_keys *keys;
    char text[512];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        (void) snprintf(text, sizeof text,
                        "{\"version\": 2, \"salt\": \"%064d\", \"keys\": [{\"name\": \"ada\", "
                        "\"role\": \"admin\", \"hash\": \"%064d\", \"created\": "
                        "\"2026-11-01T00:00:00Z\", %s}]}",
                        0, 0, wrong[i]);
        assert_ok(davy_file_replace(file, text, strlen(text), 0600));
        assert_fails(davy_keys_open(file, &keys), DAVY_ERR_CORRUPT, "key 'ada'");
    }
}

static void models_and_certificates_are_checked(void **state)
{
    static const char *const models[] = {"", ",", "a,", ",a", "a, b", "a\nb", "\xff"};
    static const char *const certificates[] = {
        "", "00", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
        ":123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef00"};
    davy_key_terms terms = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(models); i++)
        assert_fails(davy_key_set_models(&terms, models[i]), DAVY_ERR_INVALID, "models");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(certificates); i++) {
        assert_fails(davy_key_set_certificate(&terms, certificates[i]), DAVY_ERR_INVALID,
                     "64 hexadecimal");
        assert_string_equal(terms.certificate, "");
    }
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
        TEST(what_another_process_changes_counts_at_once),
        TEST(a_damaged_or_open_file_is_refused_and_a_running_server_keeps_its_keys),
        TEST(a_flipped_bit_changes_no_key),
        TEST(terms_of_a_key_survive_a_restart),
        TEST(a_file_of_the_first_version_is_read),
        TEST(a_term_that_cannot_be_read_is_no_open_door),
        TEST(models_and_certificates_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
