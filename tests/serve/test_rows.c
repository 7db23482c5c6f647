/* SPDX-License-Identifier: Apache-2.0 */
#include "oip_testing.h"

#include <stdio.h>

/**
 * @file
 * Models asked by rows and tables: KServe V1, TensorFlow Serving, MLflow; reasons and doubts.
 */

static void kserve_and_tensorflow_ask_by_rows(void **state)
{
    static const char *const paths[] = {"/v1/models/scale:predict",
                                        "/v1/models/scale/versions/1:predict",
                                        "/v1/models/scale/labels/champion:predict"};
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++) {
        answer = infer(paths[i], "{\"signature_name\": \"x\", \"instances\": [[1, 2], [3, 4]]}");
        assert_code(answer, 200);
        ASSERT_NUMBERS(json_array_get(json_object_get(answer.json, "predictions"), 1), 6, 8);
        reply_clear(&answer);
    }
    answer = infer("/v1/models/simple:predict",
                   "{\"instances\": [{\"INPUT0\": [1, 2, 3, 4], \"INPUT1\": [4, 3, 2, 1]},"
                   "{\"INPUT1\": [0, 0, 0, 0], \"INPUT0\": [9, 9, 9, 9]}]}");
    assert_code(answer, 200);
    ASSERT_NUMBERS(
        json_object_get(json_array_get(json_object_get(answer.json, "predictions"), 0), "OUTPUT1"),
        -3, -1, 1, 3);
    ASSERT_NUMBERS(
        json_object_get(json_array_get(json_object_get(answer.json, "predictions"), 1), "OUTPUT0"),
        9, 9, 9, 9);
    reply_clear(&answer);
    answer = infer("/v1/models/simple:predict",
                   "{\"inputs\": {\"INPUT0\": [[1, 2, 3, 4]], \"INPUT1\": [[1, 1, 1, 1]]}}");
    assert_code(answer, 200);
    ASSERT_NUMBERS(
        json_array_get(json_object_get(json_object_get(answer.json, "outputs"), "OUTPUT0"), 0), 2,
        3, 4, 5);
    reply_clear(&answer);
    answer = infer("/v1/models/simple:predict", "{\"instances\": [[1, 2]]}");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "has 2 inputs"));
    reply_clear(&answer);
}

static void states_are_those_of_tensorflow_serving(void **state)
{
    reply answer = get("/v1/models/scale");
    const json_t *versions = json_object_get(answer.json, "model_version_status");

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(versions), 2);
    assert_string_equal(text_at(json_array_get(versions, 0), "state"), "AVAILABLE");
    assert_true(json_is_true(json_object_get(answer.json, "ready"))); /* KServe's word */
    reply_clear(&answer);
    answer = get("/v1/models/scale/labels/challenger");
    assert_code(answer, 200);
    versions = json_object_get(answer.json, "model_version_status");
    assert_int_equal(json_array_size(versions), 1);
    assert_string_equal(text_at(json_array_get(versions, 0), "version"), "2");
    reply_clear(&answer);
    answer = get("/v1/models/scale/versions/7");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = get("/v1/models/scale:predict"); /* a verb is no model's name */
    assert_code(answer, 405);
    assert_string_equal(reply_header(&answer, "Allow"), "POST");
    reply_clear(&answer);
}

/* The same row as columns in any order and in every form: one answer. */
static void a_table_finds_the_signals_by_their_names(void **state)
{
    static const struct {
        const char *path, *json;
    } forms[] = {
        {"/invocations?model=pump",
         "{\"dataframe_split\": {\"index\": [0], \"columns\": [\"s4\", \"s0\", \"more\", \"s2\", "
         "\"s1\", \"s3\"], \"data\": [[141, 100, \"x\", 121, 111, 131]]}}"},
        {"/invocations?model=pump",
         "{\"dataframe_records\": [{\"s0\": 100, \"s1\": 111, \"s2\": 121, \"s3\": 131, \"s4\": "
         "141}]}"},
        {"/invocations?model=pump", "{\"instances\": [[100, 111, 121, 131, 141]]}"},
        {"/invocations?model=pump",
         "{\"inputs\": {\"s3\": [131], \"s0\": [100], \"s1\": [111], \"s4\": [141], \"s2\": "
         "[121]}}"},
        {"/v1/models/pump:predict",
         "{\"instances\": [{\"s1\": 111, \"s0\": 100, \"s2\": 121, \"s3\": 131, \"s4\": 141}]}"},
    };
    reply first = infer(forms[0].path, forms[0].json), answer;

    (void) state;
    assert_code(first, 200);
    for (size_t i = 1; i < DAVY_ARRAY_LENGTH(forms); i++) {
        answer = infer(forms[i].path, forms[i].json);
        assert_code(answer, 200);
        assert_true(json_equal(json_object_get(answer.json, "predictions"),
                               json_object_get(first.json, "predictions")));
        reply_clear(&answer);
    }
    answer = infer("/v2/models/pump/infer",
                   "{\"parameters\": {\"content_type\": \"pd\"}, \"inputs\": ["
                   "{\"name\": \"s4\", \"shape\": [1, 1], \"datatype\": \"FP64\", \"data\": [141]},"
                   "{\"name\": \"s3\", \"shape\": [1], \"datatype\": \"INT32\", \"data\": [131]},"
                   "{\"name\": \"s2\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [121]},"
                   "{\"name\": \"s1\", \"shape\": [1], \"datatype\": \"UINT8\", \"data\": [111]},"
                   "{\"name\": \"s0\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [100]}]}");
    assert_code(answer, 200);
    reply_clear(&answer);
    reply_clear(&first);
    answer = infer("/invocations?model=pump", "{\"dataframe_records\": [{\"s0\": 1}]}");
    assert_code(answer, 400);
    assert_string_equal(text_at(answer.json, "error_code"), "BAD_REQUEST");
    assert_non_null(strstr(text_at(answer.json, "message"), "no column 's1'"));
    reply_clear(&answer);
    answer = infer("/invocations", "{\"instances\": [[1]]}"); /* which of the many? */
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "/invocations?model=NAME"));
    reply_clear(&answer);
}

/* Shares and base and residual add up to the score (the identity that every method is held to). */
static void an_answer_comes_with_its_reasons(void **state)
{
    reply answer = infer("/v1/models/pump:explain", "{\"instances\": [[101, 108, 119, 133, 140]]}");
    const json_t *why = json_array_get(json_object_get(answer.json, "explanations"), 0);
    const json_t *parts = json_object_get(why, "attributions"), *part;
    double sum = json_number_value(json_object_get(why, "base_value")) +
                 json_number_value(json_object_get(why, "residual"));
    size_t index;

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(parts), 5);
    json_array_foreach(parts, index, part)
    {
        sum += json_number_value(json_object_get(part, "share"));
    }
    assert_near(sum, json_number_value(json_object_get(why, "score")), 1e-4);
    reply_clear(&answer);
    answer = infer("/v2/models/pump/infer",
                   "{\"parameters\": {\"explain\": \"auto\", \"explain_top_k\": 2}, \"inputs\": "
                   "[{\"name\": \"sample\", \"shape\": [1, 1, 5], \"datatype\": \"FP32\", "
                   "\"data\": [101, 108, 119, 133, 140]}]}");
    assert_code(answer, 200);
    {
        json_t *shares = NULL, *item;

        json_array_foreach(json_object_get(answer.json, "outputs"), index, item)
        {
            if (strstr(text_at(item, "name"), ".explain") &&
                strcmp(text_at(item, "datatype"), "FP64") == 0 && !shares)
                shares = item;
        }
        assert_non_null(shares);
        ASSERT_NUMBERS(json_object_get(shares, "shape"), 1, 2);
    }
    reply_clear(&answer);
}

/* Runs of a model since the start. */
static json_int_t executions(const char *path)
{
    reply answer = get(path);
    json_int_t count;

    assert_code(answer, 200);
    count = json_integer_value(json_object_get(
        json_array_get(json_object_get(answer.json, "model_stats"), 0), "execution_count"));
    reply_clear(&answer);
    return count;
}

/* Explaining is the longer part: what cannot be explained is told before anything runs. */
static void a_way_to_explain_that_there_is_not_runs_nothing(void **state)
{
    static const struct {
        const char *model, *explain, *says;
        long code;
    } cases[] = {
        {"pump", "\"nope\"", "'nope' is no way to explain: auto, paths", 400},
        {"pump", "5", "expected true, false, \"auto\" or the name of a method, not '5", 400},
        {"scale", "true", "served as onnx", 501},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const bool pump = strcmp(cases[i].model, "pump") == 0;
        char path[64], stats[64], json[256];
        json_int_t before;
        reply answer;

        (void) snprintf(path, sizeof path, "/v2/models/%s/infer", cases[i].model);
        (void) snprintf(stats, sizeof stats, "/v2/models/%s/stats", cases[i].model);
        (void) snprintf(json, sizeof json,
                        "{\"parameters\": {\"explain\": %s}, \"inputs\": [{\"name\": \"%s\", "
                        "\"shape\": %s, \"datatype\": \"FP32\", \"data\": %s}]}",
                        cases[i].explain, pump ? "sample" : "x", pump ? "[1, 1, 5]" : "[1, 2]",
                        pump ? "[101, 108, 119, 133, 140]" : "[1, 2]");
        before = executions(stats);
        answer = infer(path, json);
        assert_code(answer, cases[i].code);
        if (!strstr(text_at(answer.json, "error"), cases[i].says))
            fail_msg("no '%s' in %s", cases[i].says, answer.body);
        assert_int_equal(executions(stats), before);
        reply_clear(&answer);
    }
}

/* The form of GetModelMetadataResponse in TensorFlow Serving's api_rest.md: 64-bit numbers are
 * texts, types have the names of types.proto. */
static void a_model_has_the_signature_that_tensorflow_asks_for(void **state)
{
    static const char *const paths[] = {"/v1/models/scale/versions/2/metadata",
                                        "/v1/models/scale/labels/challenger/metadata"};
    static const char *const expected =
        "{\"model_spec\": {\"name\": \"scale\", \"signature_name\": \"\", \"version\": \"2\"}, "
        "\"metadata\": {\"signature_def\": {\"signature_def\": {\"serving_default\": {"
        "\"inputs\": {\"x\": {\"dtype\": \"DT_FLOAT\", \"tensor_shape\": {\"dim\": ["
        "{\"size\": \"-1\", \"name\": \"\"}, {\"size\": \"2\", \"name\": \"\"}], "
        "\"unknown_rank\": false}, \"name\": \"x\"}}, "
        "\"outputs\": {\"y\": {\"dtype\": \"DT_FLOAT\", \"tensor_shape\": {\"dim\": ["
        "{\"size\": \"-1\", \"name\": \"\"}, {\"size\": \"2\", \"name\": \"\"}], "
        "\"unknown_rank\": false}, \"name\": \"y\"}}, "
        "\"method_name\": \"tensorflow/serving/predict\"}}}}}";
    json_t *wanted = json_loads(expected, 0, NULL);
    reply answer;

    (void) state;
    assert_non_null(wanted);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++) {
        answer = get(paths[i]);
        assert_code(answer, 200);
        if (!json_equal(answer.json, wanted))
            fail_msg("%s: %s", paths[i], answer.body);
        reply_clear(&answer);
    }
    answer = get("/v1/models/scale/versions/9/metadata");
    assert_code(answer, 404);
    reply_clear(&answer);
    json_decref(wanted);
}

static void a_watcher_says_what_it_could_not_judge(void **state)
{
    reply answer =
        infer("/v1/models/watch:predict", "{\"instances\": [[100, 110, 120, 130, 140, 150], "
                                          "[100, 110, 120, 130, 140, 150]]}");
    const json_t *row = json_array_get(json_object_get(answer.json, "predictions"), 1);

    (void) state;
    assert_code(answer, 200);
    assert_non_null(json_object_get(row, "score"));
    assert_true(json_is_string(json_object_get(row, "verdict")));
    assert_int_equal(json_array_size(json_object_get(row, "contributions")), 6);
    reply_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kserve_and_tensorflow_ask_by_rows),
        cmocka_unit_test(states_are_those_of_tensorflow_serving),
        cmocka_unit_test(a_table_finds_the_signals_by_their_names),
        cmocka_unit_test(an_answer_comes_with_its_reasons),
        cmocka_unit_test(a_way_to_explain_that_there_is_not_runs_nothing),
        cmocka_unit_test(a_model_has_the_signature_that_tensorflow_asks_for),
        cmocka_unit_test(a_watcher_says_what_it_could_not_judge),
    };

    return cmocka_run_group_tests(tests, oip_start, oip_stop);
}
