/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/file.h"
#include "core/sample.h"
#include "serve/api/uploads.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/davy-test-XXXXXX";

static int make_folder(void **state)
{
    (void) state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[64];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void keep(const char *text, char id[DAVY_UPLOAD_ID_MAX])
{
    davy_upload *upload = NULL;

    assert_ok(davy_upload_begin(folder, &upload));
    assert_ok(davy_upload_add(upload, text, strlen(text)));
    assert_ok(davy_upload_finish(upload));
    memcpy(id, upload->id, DAVY_UPLOAD_ID_MAX);
    davy_upload_end(upload);
}

static void what_is_whole_is_found_and_what_is_not_is_removed(void **state)
{
    char id[DAVY_UPLOAD_ID_MAX], path[256], part[512];
    davy_upload *upload = NULL;
    davy_buffer bytes = {0};

    (void) state;
    keep("a,b\n1,2\n", id);
    assert_ok(davy_upload_find(folder, id, path, sizeof path));
    assert_ok(davy_file_read(path, 100, &bytes));
    assert_memory_equal(bytes.bytes, "a,b\n1,2\n", 8);
    davy_buffer_clear(&bytes);

    assert_ok(davy_upload_begin(folder, &upload));
    assert_ok(davy_upload_add(upload, "a", 1));
    assert_fails(davy_upload_find(folder, upload->id, path, sizeof path), DAVY_ERR_NOT_FOUND,
                 "no upload");
    (void) snprintf(part, sizeof part, "%s/uploads/%s.part", folder, upload->id);
    assert_int_equal(access(part, F_OK), 0);
    davy_upload_end(upload);
    assert_int_not_equal(access(part, F_OK), 0);
    davy_upload_end(NULL);
}

static void a_word_that_is_no_id_opens_nothing(void **state)
{
    static const char *const words[] = {"",
                                        "..",
                                        "../keys",
                                        "0123456789abcdef0123456789abcdef/../x",
                                        "0123456789abcdef0123456789abcde",
                                        "0123456789abcdef0123456789abcdefg",
                                        "0123456789ABCDEF0123456789ABCDEF"};
    char path[256];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        assert_fails(davy_upload_find(folder, words[i], path, sizeof path), DAVY_ERR_NOT_FOUND,
                     "not the id");
}

static bool is_named(void *context, const char *id)
{
    return strcmp(context, id) == 0;
}

static void a_day_later_only_what_a_job_needs_is_there(void **state)
{
    const int64_t now_ns = (int64_t) time(NULL) * DAVY_NS_PER_S;
    const int64_t later_ns = now_ns + (DAVY_UPLOAD_KEPT_S + 60) * DAVY_NS_PER_S;
    char wanted[DAVY_UPLOAD_ID_MAX], other[DAVY_UPLOAD_ID_MAX], path[256];

    (void) state;
    keep("a\n", wanted);
    keep("b\n", other);
    davy_uploads_expire(folder, now_ns, NULL, NULL);
    assert_ok(davy_upload_find(folder, other, path, sizeof path));
    davy_uploads_expire(folder, later_ns, is_named, wanted);
    assert_ok(davy_upload_find(folder, wanted, path, sizeof path));
    assert_fails(davy_upload_find(folder, other, path, sizeof path), DAVY_ERR_NOT_FOUND, "too old");
    davy_uploads_expire(folder, later_ns, NULL, NULL);
    assert_fails(davy_upload_find(folder, wanted, path, sizeof path), DAVY_ERR_NOT_FOUND,
                 "too old");
    davy_uploads_expire("/none", later_ns, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_whole_is_found_and_what_is_not_is_removed),
        cmocka_unit_test(a_word_that_is_no_id_opens_nothing),
        cmocka_unit_test(a_day_later_only_what_a_job_needs_is_there),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
