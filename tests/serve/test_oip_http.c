/* SPDX-License-Identifier: Apache-2.0 */
#include "oip_testing.h"

#include <stdio.h>

#include "serve/http/inflate.h"

/**
 * @file
 * Models asked over HTTP by the Open Inference Protocol, and their repository.
 */

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
        assert_near(
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
        cmocka_unit_test(models_are_listed_unloaded_and_loaded),
        cmocka_unit_test(figures_count_what_was_asked),
    };

    return cmocka_run_group_tests(tests, oip_start, oip_stop);
}
