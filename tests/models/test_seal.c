/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "core/file.h"
#include "models/registry/seal.h"

#include <sys/stat.h>

/* RFC 8032, 7.1, TEST 3: seed, public key, message and signature. */
#define SEED "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
#define KEY  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"

static const unsigned char message[] = {0xaf, 0x82};
static const unsigned char signature[DAVY_SIGNATURE_SIZE] = {
    0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3,
    0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac,
    0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59,
    0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a};

static void put(const char *folder, const char *name, const char *text, mode_t mode)
{
    char path[256];

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(davy_file_replace(path, text, strlen(text), mode));
}

static void a_key_signs_as_the_standard_says(void **state)
{
    davy_author author;
    unsigned char made[DAVY_SIGNATURE_SIZE], other[DAVY_SIGNATURE_SIZE];

    (void) state;
    put(registry, ".author.key", SEED "\n", 0600);
    assert_ok(davy_author_open(registry, &author));
    assert_string_equal(author.key, KEY);
    davy_author_sign(&author, message, sizeof message, made);
    assert_memory_equal(made, signature, sizeof signature);
    assert_ok(davy_author_check(KEY, message, sizeof message, signature));
    memcpy(other, signature, sizeof other);
    other[5] ^= 1;
    assert_fails(davy_author_check(KEY, message, sizeof message, other), DAVY_ERR_CORRUPT,
                 "did not sign");
    assert_fails(davy_author_check(KEY, message, 1, signature), DAVY_ERR_CORRUPT, "did not sign");
    assert_fails(davy_author_check("fc51", message, 2, signature), DAVY_ERR_CORRUPT,
                 "hexadecimal digits");
    davy_author_clear(&author);
}

static void a_key_is_made_once_and_for_its_owner_alone(void **state)
{
    davy_author first, second;
    struct stat about;
    char path[128];

    (void) state;
    assert_ok(davy_author_open(registry, &first));
    assert_ok(davy_author_open(registry, &second));
    assert_string_equal(first.key, second.key);
    (void) snprintf(path, sizeof path, "%s/.author.key", registry);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void a_key_that_others_may_read_or_that_is_none_is_refused(void **state)
{
    static const char *const broken[] = {"", (SEED "00\n"), "c5aa\n", ("x" SEED)};
    davy_author author;

    (void) state;
    put(registry, ".author.key", SEED "\n", 0640);
    assert_fails(davy_author_open(registry, &author), DAVY_ERR_DENIED, "chmod 600");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(broken); i++) {
        put(registry, ".author.key", broken[i], 0600);
        assert_fails(davy_author_open(registry, &author), DAVY_ERR_CORRUPT, "holds no key");
    }
}

/* A small version, signed; its folder in `path`. */
static void sign_version(char path[128], unsigned version)
{
    davy_author author;

    (void) snprintf(path, 128, "%s/v%u", registry, version);
    assert_ok(davy_folder_make(path, 0755));
    put(path, "model.onnx", "numbers", 0644);
    put(path, "model.json", "{\"name\": \"pump\"}", 0644);
    put(path, "notes.txt", "of a further file", 0644);
    assert_ok(davy_author_open(registry, &author));
    assert_ok(davy_seal_write(path, "pump", version, &author));
    davy_author_clear(&author);
}

/* The lines that tell what differs; "" when nothing does. */
static void assert_differs(const char *path, const char *words)
{
    davy_seal seal = {.is_signed = false};
    davy_buffer lines = {0};
    size_t count = 0;

    assert_ok(davy_seal_read(path, &seal));
    assert_true(seal.is_signed);
    assert_ok(davy_seal_compare(path, &seal, &lines, &count));
    assert_int_equal(count, words[0] ? 1 : 0);
    if (words[0])
        assert_non_null(strstr(lines.bytes, words));
    davy_buffer_clear(&lines);
    davy_seal_clear(&seal);
}

static void every_file_of_a_version_is_signed(void **state)
{
    char path[128], file[256];
    davy_seal seal = {.is_signed = false};

    (void) state;
    sign_version(path, 3);
    assert_ok(davy_seal_read(path, &seal));
    assert_int_equal(seal.count, 3);
    assert_int_equal(seal.version, 3);
    assert_string_equal(seal.name, "pump");
    /* sha256sum of "numbers" */
    assert_string_equal(seal.files[1].name, "model.onnx");
    assert_string_equal(seal.files[1].hash,
                        "f3c7807d475073ba009bf4801b2d934e9f0126cb96dd19a27dbffcae23a7f5a3");
    davy_seal_clear(&seal);
    assert_differs(path, "");
    put(path, "extra.txt", "x", 0644);
    assert_differs(path, "extra.txt was not there");
    (void) snprintf(file, sizeof file, "%s/extra.txt", path);
    assert_int_equal(unlink(file), 0);
    put(path, "notes.txt", "of another file..", 0644);
    assert_differs(path, "notes.txt was changed");
    (void) snprintf(file, sizeof file, "%s/notes.txt", path);
    assert_int_equal(unlink(file), 0);
    assert_differs(path, "notes.txt is missing");
    assert_fails(davy_seal_check(path), DAVY_ERR_CORRUPT, "notes.txt is missing");
}

static void a_link_is_no_file_of_a_version(void **state)
{
    char path[128], file[256];

    (void) state;
    sign_version(path, 1);
    (void) snprintf(file, sizeof file, "%s/notes.txt", path);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink("/etc/hostname", file), 0);
    assert_fails(davy_seal_check(path), DAVY_ERR_IO, "notes.txt");
}

/* Every byte of the manifest and of the signature, changed in turn. */
static void a_seal_with_one_byte_changed_is_refused(void **state)
{
    static const char *const names[] = {"manifest.json", "manifest.sig"};
    char path[128], file[256];

    (void) state;
    sign_version(path, 1);
    for (size_t f = 0; f < DAVY_ARRAY_LENGTH(names); f++) {
        davy_buffer bytes = {0};

        (void) snprintf(file, sizeof file, "%s/%s", path, names[f]);
        assert_ok(davy_file_read(file, 1 << 20, &bytes));
        for (size_t i = 0; i < bytes.length; i++) {
            davy_seal seal = {.is_signed = false};

            bytes.bytes[i] ^= 1;
            assert_ok(davy_file_replace(file, bytes.bytes, bytes.length, 0644));
            assert_int_not_equal(davy_seal_read(path, &seal), DAVY_OK);
            assert_non_null(strstr(davy_error(), "the signature is wrong"));
            bytes.bytes[i] ^= 1;
        }
        assert_ok(davy_file_replace(file, bytes.bytes, bytes.length, 0644));
        davy_buffer_clear(&bytes);
    }
    assert_ok(davy_seal_check(path));
}

static void half_a_seal_is_refused_and_none_is_no_signature(void **state)
{
    char path[128], file[256];
    davy_seal seal = {.is_signed = false};

    (void) state;
    sign_version(path, 1);
    (void) snprintf(file, sizeof file, "%s/manifest.sig", path);
    assert_int_equal(unlink(file), 0);
    assert_fails(davy_seal_read(path, &seal), DAVY_ERR_CORRUPT, "without a signature");
    (void) snprintf(file, sizeof file, "%s/manifest.json", path);
    assert_int_equal(unlink(file), 0);
    assert_ok(davy_seal_read(path, &seal));
    assert_false(seal.is_signed);
    assert_ok(davy_seal_covers(&seal, "model.json", "anything", 8));
    put(path, "manifest.sig", "x", 0644);
    assert_fails(davy_seal_read(path, &seal), DAVY_ERR_CORRUPT, "without manifest.json");
}

static void a_manifest_that_names_files_elsewhere_is_refused(void **state)
{
#define HEAD "{\"format\": 1, \"name\": \"p\", \"version\": 1, \"author\": \"" KEY "\", \"files\": "
#define HASH "\"f3c7807d475073ba009bf4801b2d934e9f0126cb96dd19a27dbffcae23a7f5a3\""
    static const char *const broken[] = {
        HEAD "{\"../x\": " HASH "}}",
        HEAD "{\".x\": " HASH "}}",
        HEAD "{\"x\": \"00\"}}",
        HEAD "[]}",
        HEAD "{\"x\": 3}}",
        "[]",
        "{\"format\": 2}",
        HEAD "{\"manifest.sig\": " HASH "}}",
        HEAD "{\"\": " HASH "}}",
        "{\"format\": 1, \"name\": \"p\", \"version\": 1}",
    };
    davy_seal seal = {.is_signed = false};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(broken); i++)
        assert_int_not_equal(davy_seal_parse(broken[i], strlen(broken[i]), &seal), DAVY_OK);
    assert_ok(davy_seal_parse(HEAD "{\"x\": " HASH "}}", strlen(HEAD "{\"x\": " HASH "}}"), &seal));
    davy_seal_clear(&seal);
}

/* What was trained is signed; an edit of its numbers, its words or its place is seen. */
static void a_trained_version_opens_only_as_it_was_signed(void **state)
{
    davy_table table = plant_make(1500, 7);
    davy_train_report report;
    davy_model *model = plant_train(&table, registry, NULL, 0, 1.0, &report);
    davy_buffer json = {0};
    char path[1100], key[DAVY_AUTHOR_MAX];
    davy_author author;

    (void) state;
    assert_ok(davy_author_open(registry, &author));
    memcpy(key, author.key, sizeof key);
    assert_string_equal(davy_model_describe(model)->signer, key);
    davy_model_close(model);
    (void) snprintf(path, sizeof path, "%s/model.json", report.folder);
    assert_ok(davy_file_read(path, 1 << 20, &json));
    *strstr(json.bytes, "5") = '6';
    assert_ok(davy_file_replace(path, json.bytes, json.length, 0644));
    assert_fails(davy_registry_open(registry, "plant", &model), DAVY_ERR_CORRUPT, "model.json");
    davy_buffer_clear(&json);
    davy_table_clear(&table);
}

/* Both are signed by the right author, and stand in each other's place. */
static void versions_that_were_exchanged_are_refused(void **state)
{
    davy_table table = plant_make(1500, 7);
    davy_train_report report;
    davy_model *model = NULL;
    char one[128], two[128], aside[128];

    (void) state;
    davy_model_close(plant_train(&table, registry, NULL, 0, 1.0, &report));
    davy_model_close(plant_train(&table, registry, NULL, 0, 1.0, &report));
    (void) snprintf(one, sizeof one, "%s/plant/1", registry);
    (void) snprintf(two, sizeof two, "%s/plant/2", registry);
    (void) snprintf(aside, sizeof aside, "%s/plant/x", registry);
    assert_int_equal(rename(one, aside) | rename(two, one) | rename(aside, two), 0);
    assert_fails(davy_registry_open(registry, "plant", &model), DAVY_ERR_CORRUPT, "exchanged");
    davy_table_clear(&table);
}

int main(void)
{
#define with_registry(test) \
    cmocka_unit_test_setup_teardown(test, registry_set_up, registry_tear_down)
    const struct CMUnitTest tests[] = {
        with_registry(a_key_signs_as_the_standard_says),
        with_registry(a_key_is_made_once_and_for_its_owner_alone),
        with_registry(a_key_that_others_may_read_or_that_is_none_is_refused),
        with_registry(every_file_of_a_version_is_signed),
        with_registry(a_link_is_no_file_of_a_version),
        with_registry(a_seal_with_one_byte_changed_is_refused),
        with_registry(half_a_seal_is_refused_and_none_is_no_signature),
        with_registry(a_manifest_that_names_files_elsewhere_is_refused),
        with_registry(a_trained_version_opens_only_as_it_was_signed),
        with_registry(versions_that_were_exchanged_are_refused),
    };

    return cmocka_run_group_tests_name("models: seal", tests, NULL, NULL);
}
