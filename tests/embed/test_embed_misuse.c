/* SPDX-License-Identifier: Apache-2.0 */
#include "models.h"

#include <sys/stat.h>

static void what_is_missing_or_does_not_fit_is_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *words;
        davy_array array;
    } cases[] = {
        {"99 is no type", {.type = 99, .rank = 3, .shape = {1, 1, 2}, .bytes = 8}},
        {"-1 is no type", {.type = -1, .rank = 3, .shape = {1, 1, 2}, .bytes = 8}},
        {"is FP32", {.type = DAVY_INT32, .rank = 3, .shape = {1, 1, 2}, .bytes = 8}},
        {"3 dimensions", {.type = DAVY_FP32, .rank = 2, .shape = {1, 2}, .bytes = 8}},
        {"dimension 2 is 2", {.type = DAVY_FP32, .rank = 3, .shape = {2, 1, 1}, .bytes = 8}},
        {"'sample'", {.type = DAVY_FP32, .rank = 9, .shape = {1, 1, 2}, .bytes = 8}},
        {"'sample'", {.type = DAVY_FP32, .rank = -1, .shape = {1, 1, 2}, .bytes = 8}},
        {"'sample'", {.type = DAVY_FP32, .rank = 3, .shape = {-1, 1, 2}, .bytes = 8}},
        {"'sample'", {.type = DAVY_FP32, .rank = 3, .shape = {INT64_MAX, 1, 2}, .bytes = 8}},
        {"'sample'", {.type = DAVY_FP32, .rank = 3, .shape = {INT64_MAX / 2 + 1, 1, 2}}},
        {"8 bytes, and its shape has 16",
         {.type = DAVY_FP32, .rank = 3, .shape = {2, 1, 2}, .bytes = 8}},
        {"'rows'", {.name = "rows", .type = DAVY_FP32, .rank = 3, .shape = {1, 1, 2}, .bytes = 8}},
    };
    static float row[3] = {1, 2, 3};
    davy *model = open_model("models/kind");
    davy_session *session = open_session(model, 1);
    davy_array given = samples_of(row, 1);

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        davy_array array = cases[i].array;

        array.data = row;
        assert_done(davy_run(session, &given, 1));
        assert_refused(davy_run(session, &array, 1), DAVY_ERR_INVALID, cases[i].words);
        assert_null(davy_output(session, 0));
    }
    assert_refused(davy_run(session, &given, 2), DAVY_ERR_INVALID, "takes 1 inputs, and 2");
    assert_refused(davy_run(session, NULL, 1), DAVY_ERR_INVALID, "0 were given");
    given.data = NULL;
    assert_refused(davy_run(session, &given, 1), DAVY_ERR_INVALID, "NULL");
    given.data = (char *) row + 1;
    assert_refused(davy_run(session, &given, 1), DAVY_ERR_INVALID, "aligned");
    given.data = row;
    row[0] = (float) strtod("nan", NULL);
    assert_refused(davy_run(session, &given, 1), DAVY_ERR_INVALID, "");
    davy_session_close(session);
    davy_close(model);
}

static void a_null_is_refused_and_never_followed(void **state)
{
    davy *model = open_model("models/kind");
    davy_session *session = open_session(model, 1);
    const davy_reasons *why;
    davy_session *other;

    (void) state;
    assert_refused(davy_open(NULL, &model), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_open("x", NULL), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_session_open(NULL, 1, &other), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_session_open(model, 1, NULL), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_session_open(model, 100000, &other), DAVY_ERR_INVALID, "threads");
    assert_refused(davy_run(NULL, NULL, 0), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_session_reset(NULL), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_explain(NULL, 0, 0, &why), DAVY_ERR_INVALID, "NULL");
    assert_refused(davy_explain(session, 0, 0, NULL), DAVY_ERR_INVALID, "NULL");
    assert_null(davy_output(NULL, 0));
    assert_null(davy_output(session, 0));
    assert_refused(davy_output_copy(session, 0, NULL, 0), DAVY_ERR_NOT_FOUND, "no output 0");
    davy_session_close(NULL);
    davy_close(NULL);
    davy_session_close(session);
    davy_close(model);
}

static void a_model_closed_before_its_session_stays_until_the_session_is_closed(void **state)
{
    static const float row[] = {90, 100};
    davy *model = open_model("models/kind");
    davy_session *session = open_session(model, 1);

    (void) state;
    davy_close(model);
    assert_done(davy_run(session, (davy_array[]){samples_of(row, 1)}, 1));
    assert_true(floats(session, 0)[1] > 0.5F);
    davy_session_close(session);
}

/* Every beginning of model.onnx and model.json: an error with a sentence, or a whole model. */
static void a_file_that_is_cut_is_an_error(void **state)
{
    static const char *const files[] = {"model.onnx", "model.json"};
    char path[256], command[512];

    (void) state;
    for (size_t f = 0; f < 2; f++) {
        struct stat about;

        call_shell("rm -rf cut && mkdir cut && cp -r models/kind/1 cut/1");
        (void) snprintf(command, sizeof command, "%s/cut/1/%s", folder, files[f]);
        assert_int_equal(stat(command, &about), 0);
        for (off_t size = about.st_size - 1; size >= 0; size -= 1 + about.st_size / 60) {
            davy *model = NULL;

            assert_int_equal(truncate(command, size), 0);
            assert_int_not_equal(davy_open(in_folder("cut/1", path), &model), DAVY_OK);
            assert_null(model);
            assert_true(strlen(davy_error()) > 10);
        }
    }
}

static void what_is_no_model_is_an_error(void **state)
{
    static const struct {
        const char *leaf;
        int result;
    } cases[] = {
        {"none", DAVY_ERR_NOT_FOUND},
        {"models/none@champion", DAVY_ERR_NOT_FOUND},
        {"models/pump@none", DAVY_ERR_NOT_FOUND},
        {"models/pump@99", DAVY_ERR_NOT_FOUND},
        {"models/pump@", DAVY_ERR_NOT_FOUND},
        {"models", DAVY_ERR_NOT_FOUND},
        {"pipe.onnx", DAVY_ERR_INVALID},
        {"watch.csv", DAVY_ERR_CORRUPT},
        {"empty.onnx", DAVY_ERR_CORRUPT},
        {"swapped/1", DAVY_ERR_CORRUPT},
    };
    char path[256], *deep = calloc(1, 70000);

    (void) state;
    assert_non_null(deep);
    call_shell("mkfifo pipe.onnx && touch empty.onnx && mkdir swapped && "
               "cp -r models/kind/1 swapped/1");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        davy *model = NULL;

        assert_refused(davy_open(in_folder(cases[i].leaf, path), &model), cases[i].result, "");
        assert_null(model);
    }
    memset(deep, 'x', 69999);
    assert_int_not_equal(davy_open(deep, &(davy *){NULL}), DAVY_OK);
    memset(deep, '/', 69999);
    assert_int_not_equal(davy_open(deep, &(davy *){NULL}), DAVY_OK);
    assert_int_not_equal(davy_open("", &(davy *){NULL}), DAVY_OK);
    free(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_or_does_not_fit_is_refused_with_a_sentence),
        cmocka_unit_test(a_null_is_refused_and_never_followed),
        cmocka_unit_test(a_model_closed_before_its_session_stays_until_the_session_is_closed),
        cmocka_unit_test(a_file_that_is_cut_is_an_error),
        cmocka_unit_test(what_is_no_model_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_models, remove_models);
}
