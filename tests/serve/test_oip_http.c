/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "data/image_write.h"
#include "serve/http/inflate.h"
#include "serve/limits.h"
#include "serve/oip/tensor_text.h"

/**
 * @file
 * Models asked over HTTP, with the models of oip_models.h. What an answer must be follows from the
 * model: twice the input, the input itself, the sum of two.
 */

static int start(void **state)
{
    (void) state;
    plant_serve_models();
    plant_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static reply infer(const char *path, const char *json)
{
    return post(path, DAVY_ROLE_VIEWER, json);
}

static reply send_bytes(const char *path, const void *body, size_t length, const char *headers)
{
    return ask(&(request){.path = path,
                          .key = plant_key(DAVY_ROLE_VIEWER),
                          .body = body,
                          .length = length,
                          .headers = headers});
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* An output by its place. */
static json_t *output(const reply *answer, size_t index)
{
    return json_array_get(json_object_get(answer->json, "outputs"), index);
}

static void assert_numbers(const json_t *list, const double *expected, size_t count)
{
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *number = json_array_get(list, i);

        if (fabs(json_number_value(number) - expected[i]) > 1e-6 * (1 + fabs(expected[i])))
            fail_msg("%zu: %.9g instead of %.9g", i, json_number_value(number), expected[i]);
    }
}

#define ASSERT_NUMBERS(list, ...)                                \
    do {                                                         \
        static const double wanted[] = {__VA_ARGS__};            \
                                                                 \
        assert_numbers(list, wanted, DAVY_ARRAY_LENGTH(wanted)); \
    } while (0)

static const char two_rows[] =
    "{\"id\": \"a-7\", \"inputs\": [{\"name\": \"x\", \"shape\": [2, 2], "
    "\"datatype\": \"FP32\", \"data\": [[1, 2], [3, 4.5]]}]}";

/* -- The protocol -------------------------------------------------------------------------------
 */

static void health_needs_no_key_and_models_do(void **state)
{
    static const char *const open[] = {"/v2/health/live", "/v2/health/ready", "/ping"};
    static const char *const closed[] = {"/v2", "/v2/models/scale", "/v1/models", "/version"};
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(open); i++) {
        answer = ask(&(request){.path = open[i]});
        assert_code(answer, 200);
        reply_clear(&answer);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(closed); i++) {
        answer = ask(&(request){.path = closed[i]});
        assert_code(answer, 401);
        if (strcmp(closed[i], "/version") == 0)
            assert_string_equal(text_at(answer.json, "error_code"), "UNAUTHENTICATED");
        else
            assert_non_null(json_object_get(answer.json, "error"));
        reply_clear(&answer);
    }
    plant_set_unready("the disk is full");
    answer = ask(&(request){.path = "/v2/health/ready"});
    assert_code(answer, 503);
    plant_set_unready(NULL);
    reply_clear(&answer);
}

/* What it learnt from, as oip_models.h has it, in the order of a row. */
static void assert_signals(const char *model, const char *wanted)
{
    char path[64], names[128] = "";
    const json_t *list;
    reply answer;

    (void) snprintf(path, sizeof path, "/v2/models/%s", model);
    answer = get(path);
    assert_code(answer, 200);
    list = json_array_get(json_object_get(answer.json, "inputs"), 0);
    list = json_object_get(json_object_get(list, "parameters"), "signals");
    for (size_t i = 0; i < json_array_size(list); i++) {
        (void) strcat(names, json_string_value(json_array_get(list, i)));
        (void) strcat(names, " ");
    }
    assert_string_equal(names, wanted);
    reply_clear(&answer);
}

static void the_server_tells_of_itself_and_of_its_models(void **state)
{
    reply answer = get("/v2?test_1=1"); /* tritonclient's example sends a parameter of its own */

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_at(answer.json, "name"), "davy");
    assert_true(json_array_size(json_object_get(answer.json, "extensions")) > 5);
    reply_clear(&answer);
    answer = get("/v2/models/scale");
    assert_code(answer, 200);
    assert_string_equal(text_at(answer.json, "name"), "scale");
    assert_string_equal(text_at(answer.json, "platform"), "onnx");
    assert_int_equal(json_array_size(json_object_get(answer.json, "versions")), 2);
    ASSERT_NUMBERS(
        json_object_get(json_array_get(json_object_get(answer.json, "inputs"), 0), "shape"), -1, 2);
    assert_null(
        json_object_get(json_array_get(json_object_get(answer.json, "inputs"), 0), "parameters"));
    reply_clear(&answer);
    assert_signals("pump", "s0 s1 s2 s3 s4 ");
    assert_signals("watch", "s0 s1 s2 s3 s4 s5 ");
    answer = get("/v2/models/%73cale/versions/challenger/ready"); /* decoded once */
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = get("/v2/models/scale/versions/9/ready");
    assert_code(answer, 404);
    assert_non_null(json_object_get(answer.json, "error"));
    reply_clear(&answer);
    answer = get("/v2/models/none");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = get("/v2/models/classes/config");
    assert_code(answer, 200);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "max_batch_size")), 8);
    reply_clear(&answer);
}

static void answers_in_json_with_the_id_that_came(void **state)
{
    reply answer = infer("/v2/models/scale/infer", two_rows);

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(reply_header(&answer, "Content-Type"), "application/json");
    assert_string_equal(text_at(answer.json, "model_name"), "scale");
    assert_string_equal(text_at(answer.json, "model_version"), "1");
    assert_string_equal(text_at(answer.json, "id"), "a-7");
    assert_string_equal(text_at(output(&answer, 0), "name"), "y");
    assert_string_equal(text_at(output(&answer, 0), "datatype"), "FP32");
    ASSERT_NUMBERS(json_object_get(output(&answer, 0), "shape"), 2, 2);
    ASSERT_NUMBERS(json_object_get(output(&answer, 0), "data"), 2, 4, 6, 9);
    reply_clear(&answer);
}

static void a_version_is_a_number_or_a_label_on_every_route(void **state)
{
    static const struct {
        const char *path;
        double first;
    } routes[] = {
        {"/v2/models/scale/versions/1/infer", 2},
        {"/v2/models/scale/versions/2/infer", 3},
        {"/v2/models/scale/versions/challenger/infer", 3},
        {"/v2/models/scale/versions/champion/infer", 2},
    };
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(routes); i++) {
        answer = infer(routes[i].path, two_rows);
        assert_code(answer, 200);
        assert_float_equal(
            json_number_value(json_array_get(json_object_get(output(&answer, 0), "data"), 0)),
            routes[i].first, 0);
        reply_clear(&answer);
    }
    answer = infer("/v2/models/scale/versions/nobody/infer", two_rows);
    assert_code(answer, 404);
    reply_clear(&answer);
}

/* Bytes in and out, of every type that the engine has: what came is what goes. */
static void bytes_come_back_as_they_went(void **state)
{
    static const struct {
        const char *type;
        size_t size;
    } types[] = {{"FP32", 4},  {"FP64", 8}, {"INT64", 8}, {"INT32", 4},
                 {"UINT8", 1}, {"BOOL", 1}, {"FP16", 2}};
    unsigned char numbers[3 * 8] = {1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(types); i++) {
        const size_t bytes = 3 * types[i].size;
        char path[64], headers[128], body[512];
        size_t length = (size_t) snprintf(
            body, sizeof body,
            "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [3], \"datatype\": \"%s\", "
            "\"parameters\": {\"binary_data_size\": %zu}}], "
            "\"parameters\": {\"binary_data_output\": true}}",
            types[i].type, bytes);
        long header;
        reply answer;

        (void) snprintf(path, sizeof path, "/v2/models/identity_%s/infer", types[i].type);
        (void) snprintf(headers, sizeof headers,
                        "Content-Type: application/octet-stream\n"
                        "Inference-Header-Content-Length: %zu",
                        length);
        memcpy(body + length, numbers, bytes);
        answer = send_bytes(path, body, length + bytes, headers);
        assert_code(answer, 200);
        assert_string_equal(reply_header(&answer, "Content-Type"), "application/octet-stream");
        header = atol(reply_header(&answer, "Inference-Header-Content-Length"));
        assert_int_equal(answer.length, (size_t) header + bytes);
        assert_memory_equal(answer.body + header, numbers, bytes);
        reply_clear(&answer);
    }
}

static void an_output_may_be_bytes_while_another_is_json(void **state)
{
    static const char json[] =
        "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [1, 4], \"datatype\": \"FP32\", \"data\": "
        "[1, 2, 3, 4]}, {\"name\": \"INPUT1\", \"shape\": [1, 4], \"datatype\": \"FP32\", "
        "\"data\": "
        "[1, 1, 1, 1]}], \"outputs\": [{\"name\": \"OUTPUT1\"}, {\"name\": \"OUTPUT0\", "
        "\"parameters\": {\"binary_data\": true}}]}";
    static const float sum[] = {2, 3, 4, 5};
    reply answer = infer("/v2/models/simple/infer", json);
    size_t header;
    json_t *head;

    (void) state;
    assert_code(answer, 200);
    header = (size_t) atol(reply_header(&answer, "Inference-Header-Content-Length"));
    head = json_loadb(answer.body, header, 0, NULL);
    assert_non_null(head);
    ASSERT_NUMBERS(json_object_get(json_array_get(json_object_get(head, "outputs"), 0), "data"), 0,
                   1, 2, 3);
    assert_int_equal(answer.length, header + sizeof sum);
    assert_memory_equal(answer.body + header, sum, sizeof sum);
    json_decref(head);
    reply_clear(&answer);
}

/* Triton's qa/L0_http: test_raw_binary, test_multi_variable_dimensions, test_multi_inputs. */
static void a_raw_body_is_the_only_input(void **state)
{
    static const char raw[] = "Inference-Header-Content-Length: 0";
    float numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    reply answer = send_bytes("/v2/models/identity_FP32/infer", numbers, sizeof numbers, raw);
    size_t header;

    (void) state;
    assert_code(answer, 200);
    header = (size_t) atol(reply_header(&answer, "Inference-Header-Content-Length"));
    assert_memory_equal(answer.body + header, numbers, sizeof numbers);
    reply_clear(&answer);
    answer = send_bytes("/v2/models/wide/infer", numbers, sizeof numbers, raw);
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "The shape of the raw input 'INPUT0' can not be deduced "
                                        "because there are more than one variable-sized "
                                        "dimension"));
    reply_clear(&answer);
    answer = send_bytes("/v2/models/simple/infer", numbers, sizeof numbers, raw);
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "Raw request must only have 1 input (found 1) to be "
                                        "deduced but got 2 inputs in 'simple' model"));
    reply_clear(&answer);
}

/* Triton's "Classification Extension": the largest values first, with the labels of the model. */
static void classes_are_told_with_their_labels(void **state)
{
    reply answer = infer("/v2/models/classes/infer",
                         "{\"inputs\": [{\"name\": \"x\", \"shape\": [2, 3], \"datatype\": "
                         "\"FP32\", \"data\": [0, 0, 90, 90, 0, 0]}], \"outputs\": [{\"name\": "
                         "\"p\", \"parameters\": {\"classification\": 2}}]}");
    const json_t *data = json_object_get(output(&answer, 0), "data");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_at(output(&answer, 0), "datatype"), "BYTES");
    ASSERT_NUMBERS(json_object_get(output(&answer, 0), "shape"), 2, 2);
    assert_string_equal(json_string_value(json_array_get(data, 0)), "1:2:alarm");
    assert_string_equal(json_string_value(json_array_get(data, 2)), "1:0:calm");
    reply_clear(&answer);
}

static void packed_both_ways_and_in_chunks(void **state)
{
    static const davy_packing packings[] = {DAVY_PACKING_GZIP, DAVY_PACKING_DEFLATE};
    davy_buffer json = {0};
    reply answer;

    (void) state;
    davy_buffer_append_text(&json, "{\"inputs\": [{\"name\": \"x\", \"shape\": [1000, 2], "
                                   "\"datatype\": \"FP32\", \"data\": [0.5");
    for (int i = 1; i < 2000; i++)
        davy_buffer_append_text(&json, ",0.5");
    davy_buffer_append_text(&json, "]}]}");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(packings); i++) {
        davy_buffer packed = {0}, plain = {0};
        char headers[128];

        assert_ok(davy_deflate(packings[i], json.bytes, json.length, &packed));
        (void) snprintf(headers, sizeof headers, "Content-Encoding: %s\nAccept-Encoding: %s",
                        davy_packing_name(packings[i]), davy_packing_name(packings[i]));
        answer = ask(&(request){.path = "/v2/models/scale/infer",
                                .key = plant_key(DAVY_ROLE_VIEWER),
                                .body = packed.bytes,
                                .length = packed.length,
                                .headers = headers,
                                .chunked = i == 0});
        assert_code(answer, 200);
        assert_string_equal(reply_header(&answer, "Content-Encoding"),
                            davy_packing_name(packings[i]));
        assert_ok(davy_inflate(packings[i], answer.body, answer.length, 1 << 20, NULL, &plain));
        assert_non_null(strstr(plain.bytes, "\"data\":[1,1,1"));
        davy_buffer_clear(&packed);
        davy_buffer_clear(&plain);
        reply_clear(&answer);
    }
    davy_buffer_clear(&json);
}

/* -- Rows and tables ----------------------------------------------------------------------------
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
    assert_float_equal(sum, json_number_value(json_object_get(why, "score")), 1e-4);
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

/* -- Pictures -----------------------------------------------------------------------------------
 */

/* A picture of one colour as a PNG. */
static void make_sized_png(uint32_t side, const uint8_t colour[3], davy_buffer *out)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, side, side));
    for (size_t i = 0; i < (size_t) side * side; i++)
        memcpy(image.pixels + 3 * i, colour, 3);
    assert_ok(davy_image_append_png(&image, out));
    davy_image_clear(&image);
}

static void make_png(uint8_t red, uint8_t green, uint8_t blue, davy_buffer *out)
{
    make_sized_png(4, (const uint8_t[]){red, green, blue}, out);
}

static void bytes_of_a_picture_are_the_input(void **state)
{
    davy_buffer png = {0};
    size_t header;
    reply answer;

    (void) state;
    make_png(255, 0, 51, &png);
    answer = send_bytes("/v2/models/picture/infer", png.bytes, png.length,
                        "Inference-Header-Content-Length: 0");
    assert_code(answer, 200);
    header = (size_t) atol(reply_header(&answer, "Inference-Header-Content-Length"));
    assert_int_equal(answer.length, header + 12 * sizeof(float));
    for (size_t i = 0; i < 12; i++) {
        static const float colours[] = {1, -1, -0.6F}; /* (v / 255 - 0.5) / 0.5 */
        float pixel;

        memcpy(&pixel, answer.body + header + i * sizeof pixel, sizeof pixel);
        assert_float_equal(pixel, colours[i / 4], 1e-6F);
    }
    reply_clear(&answer);
    answer = send_bytes("/v2/models/picture/infer", png.bytes, png.length / 2,
                        "Inference-Header-Content-Length: 0");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "input 'data': picture"));
    reply_clear(&answer);
    davy_buffer_clear(&png);
}

static reply send_picture(const char *path, const davy_buffer *picture, const char *more)
{
    davy_buffer body = {0};
    reply answer;

    davy_buffer_append_text(&body, "--xyz\r\nContent-Disposition: form-data; name=\"image\"; "
                                   "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
    davy_buffer_append(&body, picture->bytes, picture->length);
    davy_buffer_append_text(&body, more);
    davy_buffer_append_text(&body, "\r\n--xyz--\r\n");
    answer = send_bytes(path, body.bytes, body.length,
                        "Content-Type: multipart/form-data; boundary=xyz");
    davy_buffer_clear(&body);
    return answer;
}

static void recorders_get_labels_and_boxes(void **state)
{
    static const char least[] =
        "\r\n--xyz\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n0.9";
    davy_buffer light = {0};
    const json_t *first;
    reply answer;

    (void) state;
    make_png(250, 250, 250, &light);
    answer = send_picture("/v1/vision/detection", &light, least);
    assert_code(answer, 200);
    assert_true(json_is_true(json_object_get(answer.json, "success")));
    assert_int_equal(json_array_size(json_object_get(answer.json, "predictions")), 1);
    first = json_array_get(json_object_get(answer.json, "predictions"), 0);
    assert_string_equal(text_at(first, "label"), "light");
    assert_true(json_number_value(json_object_get(first, "confidence")) > 0.9);
    assert_int_equal(json_integer_value(json_object_get(first, "x_max")), 4);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/detection", &light, "");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/scale", &light, "");
    assert_code(answer, 501);
    assert_true(json_is_false(json_object_get(answer.json, "success")));
    reply_clear(&answer);
    answer = ask(&(request){
        .method = "POST", .path = "/v1/vision/custom/list", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "models")), 2);
    reply_clear(&answer);
    davy_buffer_clear(&light);
}

#define FIELD(name) "--xyz\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

/* The form that DeepStack's clients send: fields first, then the picture. */
static void make_form(davy_buffer *out, const char *fields)
{
    davy_buffer light = {0};

    make_png(250, 250, 250, &light);
    davy_buffer_append_text(out, fields);
    davy_buffer_append_text(out, FIELD("image"));
    davy_buffer_append(out, light.bytes, light.length);
    davy_buffer_append_text(out, "\r\n--xyz--\r\n");
    davy_buffer_clear(&light);
}

static reply send_form(const char *key, const char *fields, bool chunked)
{
    static unsigned asked; /* from an address each: those with wrong keys wait */
    char from[16];
    davy_buffer form = {0};
    reply answer;

    (void) snprintf(from, sizeof from, "127.0.8.%u", asked++ % 250 + 1);
    make_form(&form, fields);
    answer = ask(&(request){.path = "/v1/vision/detection",
                            .key = key,
                            .body = form.bytes,
                            .length = form.length,
                            .headers = "Content-Type: multipart/form-data; boundary=xyz",
                            .from = from,
                            .chunked = chunked});
    davy_buffer_clear(&form);
    return answer;
}

static const char *key_field(const char *key)
{
    static char text[256];

    (void) snprintf(text, sizeof text, FIELD("api_key") "%s\r\n", key);
    return text;
}

/* A recorder has a field for the key and no header. */
static void a_recorder_may_show_its_key_in_the_form(void **state)
{
    const char *const viewer = plant_key(DAVY_ROLE_VIEWER);
    davy_key_terms terms = {.rate = 0};
    davy_buffer late = {0};
    char bound[DAVY_KEY_MAX];
    reply answer;

    (void) state;
    assert_ok(davy_key_set_models(&terms, "pump"));
    assert_ok(davy_keys_create(plant_system.keys, "bound", DAVY_ROLE_VIEWER, &terms, 1, bound));
    davy_buffer_append_text(&late, FIELD("pad"));
    for (size_t i = 0; i < DAVY_HTTP_FORM_KEY_WITHIN; i++)
        davy_buffer_append(&late, "x", 1);
    davy_buffer_printf(&late, "\r\n%s", key_field(viewer));
    {
        const struct {
            const char *key, *fields;
            long code;
        } cases[] = {
            {NULL, key_field(viewer), 200},
            {NULL, "", 401},
            {NULL, late.bytes, 401}, /* so much is not read from a stranger */
            {viewer, FIELD("api_key") "none\r\n", 200},
            {"davy_none", FIELD("api_key") "none\r\n", 401},
            {NULL, FIELD("api_key") "none\r\n", 401},
            {NULL, FIELD("api_key") "\r\n", 401},
        };

        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
            for (int chunked = 0; chunked < 2; chunked++) {
                answer = send_form(cases[i].key, cases[i].fields, chunked);
                assert_code(answer, cases[i].code);
                assert_true(json_is_boolean(json_object_get(answer.json, "success")));
                reply_clear(&answer);
            }
    }
    answer = send_form(NULL, key_field(bound), false);
    assert_code(answer, 403);
    assert_non_null(strstr(answer.body, "may not use"));
    reply_clear(&answer);
    assert_ok(davy_keys_revoke(plant_system.keys, "bound"));
    davy_buffer_clear(&late);
}

/* Head of a form that another recorder sends slowly. */
static int begin_form(void)
{
    const int client = connect_raw("127.0.0.7");

    assert_true(send_raw(client, "POST /v1/vision/detection HTTP/1.1\r\nHost: x\r\n"
                                 "Content-Type: multipart/form-data; boundary=xyz\r\n"
                                 "Content-Length: 5000\r\n\r\n--xyz"));
    return client;
}

static void strangers_that_send_forms_are_few_and_slow_ones_are_read(void **state)
{
    int clients[DAVY_HTTP_FORM_KEYS_MAX];
    davy_buffer form = {0};
    char head[256], *said;
    long code = 0;
    reply answer;
    int client;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        clients[i] = begin_form();
    for (int i = 0; i < 200 && code != 401; i++) { /* until all of them are there */
        answer = send_form(NULL, key_field(plant_key(DAVY_ROLE_VIEWER)), false);
        code = answer.code;
        reply_clear(&answer);
    }
    assert_int_equal(code, 401);
    answer = send_form(plant_key(DAVY_ROLE_VIEWER), "", false);
    assert_code(answer, 200);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        close(clients[i]);
    for (int i = 0; i < 200 && code != 200; i++) { /* until they are known to be gone */
        answer = send_form(NULL, key_field(plant_key(DAVY_ROLE_VIEWER)), false);
        code = answer.code;
        reply_clear(&answer);
    }
    assert_int_equal(code, 200);
    make_form(&form, key_field(plant_key(DAVY_ROLE_VIEWER)));
    client = connect_raw(NULL);
    (void) snprintf(head, sizeof head,
                    "POST /v1/vision/detection HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    "Content-Type: multipart/form-data; boundary=xyz\r\n"
                    "Content-Length: %zu\r\n\r\n",
                    form.length);
    assert_true(send_raw(client, head));
    for (size_t i = 0; i < form.length; i++)
        assert_int_equal(send(client, form.bytes + i, 1, MSG_NOSIGNAL), 1);
    said = read_raw(client, NULL);
    assert_memory_equal(said, "HTTP/1.1 200", 12);
    free(said);
    close(client);
    davy_buffer_clear(&form);
}

static void assert_prediction(const json_t *predictions, size_t index, const char *label,
                              const int ends[4])
{
    static const char *const keys[] = {"x_min", "y_min", "x_max", "y_max"};
    const json_t *one = json_array_get(predictions, index);

    assert_string_equal(text_at(one, "label"), label);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(json_integer_value(json_object_get(one, keys[i])), ends[i]);
}

/*
 * A picture of 40 x 40 lies at 5..15, 0..10 of an input of 20 x 10, at a quarter of its size. So
 * the first box, 10 x 10 at (10, 5), is all of it; the third, 5 x 5 at (7.5, 2.5), its upper left
 * quarter; the second is the first again (9 x 10: 0.9 of it); the fourth, 2 x 2 at (2, 5), lies on
 * the grey beside it.
 */
static void recorders_get_the_boxes_of_a_detector(void **state)
{
    static const char least[] =
        "\r\n--xyz\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n0.7";
    davy_buffer picture = {0};
    const json_t *found;
    reply answer;

    (void) state;
    make_sized_png(40, (const uint8_t[]){9, 9, 9}, &picture);
    answer = send_picture("/v1/vision/custom/finder", &picture, "");
    assert_code(answer, 200);
    found = json_object_get(answer.json, "predictions");
    assert_int_equal(json_array_size(found), 2);
    assert_prediction(found, 0, "person", (const int[]){0, 0, 40, 40});
    assert_prediction(found, 1, "fire", (const int[]){0, 0, 20, 20});
    assert_float_equal(json_number_value(json_object_get(json_array_get(found, 0), "confidence")),
                       0.8, 1e-6);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/finder", &picture, least);
    assert_int_equal(json_array_size(json_object_get(answer.json, "predictions")), 1);
    reply_clear(&answer);
    davy_buffer_clear(&picture);
}

static const json_t *output_named(const json_t *answer, const char *name)
{
    const json_t *list = json_object_get(answer, "outputs");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_at(json_array_get(list, i), "name"), name) == 0)
            return json_array_get(list, i);
    fail_msg("no output %s", name);
    return NULL;
}

/* The same by the Open Inference Protocol: two pictures, then numbers of the input itself, whose
 * boxes are in its own pixels, the one on the grey among them. */
static void an_output_may_be_asked_for_as_boxes(void **state)
{
    davy_buffer picture = {0}, base64 = {0}, body = {0};
    const json_t *ends;
    reply answer;

    (void) state;
    make_sized_png(40, (const uint8_t[]){9, 9, 9}, &picture);
    davy_base64_write(&base64, (davy_bytes){picture.bytes, picture.length});
    davy_buffer_append(&base64, "", 1);
    davy_buffer_printf(&body,
                       "{\"inputs\":[{\"name\":\"data\",\"shape\":[2],\"datatype\":\"BYTES\","
                       "\"parameters\":{\"content_type\":\"base64\"},\"data\":[\"%s\",\"%s\"]}],"
                       "\"outputs\":[{\"name\":\"output0\",\"parameters\":{\"boxes\":true}}]}",
                       base64.bytes, base64.bytes);
    davy_buffer_append(&body, "", 1);
    answer = infer("/v2/models/finder/infer", body.bytes);
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "outputs")), 4);
    ends = json_object_get(output_named(answer.json, "output0.boxes"), "data");
    assert_int_equal(json_array_size(ends), 2 * 2 * 4);
    assert_float_equal(json_number_value(json_array_get(ends, 2)), 40, 1e-4);
    assert_float_equal(json_number_value(json_array_get(ends, 7)), 20, 1e-4);
    assert_string_equal(
        json_string_value(
            json_array_get(json_object_get(output_named(answer.json, "output0.label"), "data"), 3)),
        "fire");
    assert_int_equal(json_integer_value(json_array_get(
                         json_object_get(output_named(answer.json, "output0.sample"), "data"), 2)),
                     1);
    reply_clear(&answer);
    davy_buffer_reset(&body);
    davy_buffer_append_text(&body, "{\"inputs\":[{\"name\":\"data\",\"shape\":[1,10,20,3],"
                                   "\"datatype\":\"FP32\",\"data\":[0");
    for (size_t i = 1; i < 600; i++)
        davy_buffer_append_text(&body, ",0");
    davy_buffer_append_text(&body, "]}],\"outputs\":[{\"name\":\"output0\",\"parameters\":"
                                   "{\"boxes\":true}}]}");
    davy_buffer_append(&body, "", 1);
    answer = infer("/v2/models/finder/infer", body.bytes);
    assert_code(answer, 200);
    ends = json_object_get(output_named(answer.json, "output0.boxes"), "data");
    assert_int_equal(json_array_size(ends), 3 * 4);
    assert_float_equal(json_number_value(json_array_get(ends, 0)), 1, 1e-6);
    assert_float_equal(json_number_value(json_array_get(ends, 2)), 3, 1e-6);
    reply_clear(&answer);
    answer = infer("/v2/models/simple/infer",
                   "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":"
                   "\"FP32\",\"data\":[1,2,3,4]},{\"name\":\"INPUT1\",\"shape\":[1,4],"
                   "\"datatype\":\"FP32\",\"data\":[1,2,3,4]}],\"outputs\":[{\"name\":"
                   "\"OUTPUT0\",\"parameters\":{\"boxes\":true}}]}");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "output 'OUTPUT0' of model 'simple' gives no boxes"));
    reply_clear(&answer);
    davy_buffer_clear(&picture);
    davy_buffer_clear(&base64);
    davy_buffer_clear(&body);
}

/* -- Repository ---------------------------------------------------------------------------------
 */

static void models_are_listed_unloaded_and_loaded(void **state)
{
    reply answer = infer("/v2/repository/index", "{\"ready\": true}");
    size_t ready;

    (void) state;
    assert_code(answer, 200);
    ready = json_array_size(answer.json);
    assert_true(ready > 8);
    reply_clear(&answer);
    answer = post("/v2/repository/models/wide/unload", DAVY_ROLE_OPERATOR, "{}");
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = post("/v2/repository/models/wide/unload", DAVY_ROLE_ENGINEER,
                  "{\"parameters\": {\"unload_dependents\": false}}");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = infer("/v2/repository/index", "{\"ready\": true}");
    assert_int_equal(json_array_size(answer.json), ready - 1);
    reply_clear(&answer);
    answer = get("/v2/models/wide/ready");
    assert_code(answer, 503);
    reply_clear(&answer);
    answer = post("/v2/repository/models/wide/load", DAVY_ROLE_ENGINEER, "{}");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = get("/v2/models/wide/ready");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = post("/v2/repository/models/new/load", DAVY_ROLE_ENGINEER,
                  "{\"parameters\": {\"file:1/model.onnx\": \"bm90IGEgbW9kZWw=\"}}");
    assert_code(answer, 400);
    assert_non_null(json_object_get(answer.json, "error"));
    reply_clear(&answer);
    answer = post("/v2/repository/models/none/load", DAVY_ROLE_ENGINEER, "{}");
    assert_code(answer, 404);
    reply_clear(&answer);
}

static void figures_count_what_was_asked(void **state)
{
    reply answer = get("/v2/models/simple/stats");
    const json_t *stats = json_array_get(json_object_get(answer.json, "model_stats"), 0);

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_at(stats, "name"), "simple");
    assert_true(json_integer_value(json_object_get(stats, "execution_count")) > 0);
    reply_clear(&answer);
    answer = get("/v2/models/stats");
    assert_code(answer, 200);
    assert_true(json_array_size(json_object_get(answer.json, "model_stats")) > 8);
    reply_clear(&answer);
    answer = get("/metrics");
    assert_non_null(strstr(answer.body, "nv_inference_request_success{"));
    reply_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_needs_no_key_and_models_do),
        cmocka_unit_test(the_server_tells_of_itself_and_of_its_models),
        cmocka_unit_test(answers_in_json_with_the_id_that_came),
        cmocka_unit_test(a_version_is_a_number_or_a_label_on_every_route),
        cmocka_unit_test(bytes_come_back_as_they_went),
        cmocka_unit_test(an_output_may_be_bytes_while_another_is_json),
        cmocka_unit_test(a_raw_body_is_the_only_input),
        cmocka_unit_test(classes_are_told_with_their_labels),
        cmocka_unit_test(packed_both_ways_and_in_chunks),
        cmocka_unit_test(kserve_and_tensorflow_ask_by_rows),
        cmocka_unit_test(states_are_those_of_tensorflow_serving),
        cmocka_unit_test(a_table_finds_the_signals_by_their_names),
        cmocka_unit_test(an_answer_comes_with_its_reasons),
        cmocka_unit_test(a_way_to_explain_that_there_is_not_runs_nothing),
        cmocka_unit_test(a_model_has_the_signature_that_tensorflow_asks_for),
        cmocka_unit_test(a_watcher_says_what_it_could_not_judge),
        cmocka_unit_test(bytes_of_a_picture_are_the_input),
        cmocka_unit_test(recorders_get_labels_and_boxes),
        cmocka_unit_test(recorders_get_the_boxes_of_a_detector),
        cmocka_unit_test(an_output_may_be_asked_for_as_boxes),
        cmocka_unit_test(a_recorder_may_show_its_key_in_the_form),
        cmocka_unit_test(strangers_that_send_forms_are_few_and_slow_ones_are_read),
        cmocka_unit_test(models_are_listed_unloaded_and_loaded),
        cmocka_unit_test(figures_count_what_was_asked),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
