/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "../nn/onnx_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>
#include <zlib.h>

#include "serve/http/inflate.h"
#include "serve/limits.h"

/**
 * @file
 * Bad requests for models: each is answered by a code and a JSON error, and the server lives. The
 * names are those of Triton's tests in qa/L0_http where it has them; the codes are Triton's but for
 * a negative dimension, where it has 500.
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

static void assert_alive(void)
{
    reply answer = post("/v2/models/scale/infer", DAVY_ROLE_VIEWER,
                        "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": "
                        "\"FP32\", \"data\": [1, 2]}]}");

    assert_code(answer, 200);
    reply_clear(&answer);
}

static void assert_error(reply *answer, long code, const char *says)
{
    const char *error;

    assert_code(*answer, code);
    error = json_string_value(json_object_get(answer->json, "error"));
    if (!error || (says && !strstr(error, says)))
        fail_msg("no '%s' in %s", says, answer->body);
    reply_clear(answer);
    assert_alive();
}

static reply send_bytes(const char *path, const void *body, size_t length, const char *headers)
{
    return ask(&(request){.path = path,
                          .key = plant_key(DAVY_ROLE_VIEWER),
                          .body = body,
                          .length = length,
                          .headers = headers});
}

#define INPUT(name, shape, datatype, data)                                                   \
    "{\"inputs\": [{\"name\": \"" name "\", \"shape\": " shape ", \"datatype\": \"" datatype \
    "\", \"data\": " data "}]}"

static void what_does_not_fit_is_told(void **state)
{
    static const struct {
        const char *name, *path, *json;
        long code;
        const char *says;
    } cases[] = {
        {"test_buffer_size_overflow, elements", "/v2/models/wide/infer",
         INPUT("INPUT0", "[16, 1152921504606846978]", "FP32", "[1.0]"), 400, "INPUT0"},
        {"test_buffer_size_overflow, bytes", "/v2/models/wide/infer",
         INPUT("INPUT0", "[4, 1152921504606846978]", "FP32", "[1.0]"), 400, "INPUT0"},
        {"test_negative_dimensions", "/v2/models/wide/infer",
         INPUT("INPUT0", "[2, -5]", "FP32", "[1.0]"), 400,
         "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as "
         "unsigned-integer"},
        {"fewer elements than the shape", "/v2/models/wide/infer",
         INPUT("INPUT0", "[2, 2]", "FP32", "[1, 2, 3]"), 400, "3 elements and its shape 4"},
        {"more elements than the shape", "/v2/models/wide/infer",
         INPUT("INPUT0", "[2, 2]", "FP32", "[1, 2, 3, 4, 5]"), 400, "more elements"},
        {"NaN", "/v2/models/identity_FP32/infer", INPUT("INPUT0", "[1]", "FP32", "[NaN]"), 400,
         "expected a number"},
        {"Infinity", "/v2/models/identity_FP32/infer",
         INPUT("INPUT0", "[1]", "FP32", "[-Infinity]"), 400, "expected a number"},
        {"null character in a name", "/v2/models/identity_FP32/infer",
         INPUT("INPUT0\\u0000", "[1]", "FP32", "[1]"), 400, "null character"},
        {"another datatype than the model's", "/v2/models/identity_FP32/infer",
         INPUT("INPUT0", "[1]", "INT64", "[1]"), 400, "INPUT0"},
        {"BYTES for a model of numbers", "/v2/models/identity_FP32/infer",
         INPUT("INPUT0", "[1]", "BYTES", "[\"1\"]"), 400, "INPUT0"},
        {"unknown input", "/v2/models/identity_FP32/infer", INPUT("X", "[1]", "FP32", "[1]"), 400,
         "X"},
        {"no input", "/v2/models/identity_FP32/infer", "{\"inputs\": []}", 400, "INPUT0"},
        {"unknown output", "/v2/models/identity_FP32/infer",
         "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": "
         "[1]}], \"outputs\": [{\"name\": \"Y\"}]}",
         0, "Y"},
        {"duplicate outputs", "/v2/models/identity_FP32/infer",
         "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": "
         "[1]}], \"outputs\": [{\"name\": \"OUTPUT0\"}, {\"name\": \"OUTPUT0\"}]}",
         400, "twice"},
        {"unknown model", "/v2/models/none/infer", INPUT("x", "[1]", "FP32", "[1]"), 404, "none"},
        {"empty body", "/v2/models/wide/infer", "", 400, "JSON"},
        {"no JSON", "/v2/models/wide/infer", "x", 400, "JSON"},
        {"no object", "/v1/models/scale:predict", "[1]", 400, "an object"},
        {"rows of several lengths", "/v1/models/scale:predict", "{\"instances\": [[1, 2], [3]]}",
         400, "differ in length"},
        {"both forms", "/v1/models/scale:predict",
         "{\"instances\": [[1, 2]], \"inputs\": [[1, 2]]}", 400, "only input"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        reply answer = post(cases[i].path, DAVY_ROLE_VIEWER, cases[i].json);

        print_message("%s\n", cases[i].name);
        if (cases[i].code == 0) /* the host's word: 400 in Triton, 404 for what is not found */
            assert_true(answer.code == 400 || answer.code == 404);
        assert_error(&answer, cases[i].code ? cases[i].code : answer.code, cases[i].says);
    }
}

static void zero_elements_are_no_fault(void **state)
{
    reply answer = post("/v2/models/identity_FP32/infer", DAVY_ROLE_VIEWER,
                        INPUT("INPUT0", "[0]", "FP32", "[]"));

    (void) state;
    if (answer.code != 200 && answer.code != 400)
        fail_msg("%ld %s", answer.code, answer.body);
    reply_clear(&answer);
    assert_alive();
}

static void a_header_past_the_body_is_told(void **state)
{
    static const char *const values[] = {"99999999999", "18446744073709551616", "-5", "abc", "12"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++) {
        char header[96];
        reply answer;

        (void) snprintf(header, sizeof header, "Inference-Header-Content-Length: %s", values[i]);
        answer = send_bytes("/v2/models/wide/infer", "{\"inputs\":[", 11, header);
        assert_error(&answer, 400, NULL);
    }
}

/* Triton's nested_json_crash.py and test_json_recursion_depth_limit. */
static void json_nested_deeply_is_told(void **state)
{
    static const size_t depths[] = {120, 100000};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(depths); i++) {
        davy_buffer body = {0};
        reply answer;

        davy_buffer_append_text(&body, "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [1], "
                                       "\"datatype\": \"FP32\", \"data\": ");
        for (size_t k = 0; k < depths[i]; k++)
            davy_buffer_append_text(&body, "[");
        davy_buffer_append_text(&body, "1");
        for (size_t k = 0; k < depths[i]; k++)
            davy_buffer_append_text(&body, "]");
        davy_buffer_append_text(&body, "}]}");
        answer = send_bytes("/v2/models/identity_FP32/infer", body.bytes, body.length, NULL);
        assert_error(&answer, 400, "nested deeper than 100 levels");
        davy_buffer_clear(&body);
    }
    {
        char json[512] = "{\"inputs\": [{\"name\": \"INPUT0\", \"shape\": [1], \"datatype\": "
                         "\"FP32\", \"data\": ";
        reply answer;

        for (int k = 0; k < 50; k++)
            strcat(json, "[");
        strcat(json, "1");
        for (int k = 0; k < 50; k++)
            strcat(json, "]");
        strcat(json, "}]}");
        answer = post("/v2/models/identity_FP32/infer", DAVY_ROLE_VIEWER, json);
        assert_code(answer, 200);
        reply_clear(&answer);
    }
}

/* Triton's http_request_many_chunks.py: half a million chunks of six bytes, of what is no JSON. */
static void a_body_in_many_small_chunks_is_told(void **state)
{
    const size_t bytes = (size_t) 3 * 1024 * 1024, piece = 6;
    davy_buffer text = {0};
    int client = connect_raw(NULL);
    char *answer;

    (void) state;
    davy_buffer_printf(&text,
                       "POST /v2/models/scale/infer HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                       "%s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
                       plant_key(DAVY_ROLE_VIEWER));
    for (size_t i = 0; i < bytes / piece; i++)
        davy_buffer_append_text(&text, "6\r\nABCDEF\r\n");
    davy_buffer_append_text(&text, "0\r\n\r\n");
    (void) send_raw(client, text.bytes);
    answer = read_raw(client, NULL);
    assert_non_null(strstr(answer, "HTTP/1.1 400"));
    assert_non_null(strstr(answer, "{\"error\":"));
    free(answer);
    close(client);
    davy_buffer_clear(&text);
    assert_alive();
}

static double cpu_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* As tightly as zlib packs. @param window  15 for deflate, 31 for gzip */
static void pack(const char *bytes, size_t length, int window, davy_buffer *out)
{
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *) bytes;
    stream.avail_in = (uInt) length;
    stream.avail_out = (uInt) deflateBound(&stream, length);
    stream.next_out = (Bytef *) davy_buffer_reserve(out, stream.avail_out);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->length = stream.total_out;
    deflateEnd(&stream);
}

/* 64 MiB of zeroes, a thousand to one: what is unpacked before the refusal is a quarter of it. */
static void a_bomb_is_refused_before_it_is_large(void **state)
{
    static const davy_packing packings[] = {DAVY_PACKING_GZIP, DAVY_PACKING_DEFLATE};
    const size_t bomb = (size_t) 64 * 1024 * 1024;
    char *zeroes = calloc(bomb, 1);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(packings); i++) {
        davy_buffer packed = {0};
        char header[64];
        double before;
        reply answer;

        pack(zeroes, bomb, packings[i] == DAVY_PACKING_GZIP ? 31 : 15, &packed);
        (void) snprintf(header, sizeof header, "Content-Encoding: %s",
                        davy_packing_name(packings[i]));
        before = cpu_ms();
        answer = send_bytes("/v2/models/scale/infer", packed.bytes, packed.length, header);
        print_message("%s: %.0f ms of CPU\n", davy_packing_name(packings[i]), cpu_ms() - before);
        assert_error(&answer, 413, "beyond the first 16777216");
        davy_buffer_clear(&packed);
    }
    free(zeroes);
}

static void packed_bodies_that_are_damaged_are_told(void **state)
{
    reply answer =
        send_bytes("/v2/models/scale/infer", "\x1F\x8B\x08\0garbage", 11, "Content-Encoding: gzip");

    (void) state;
    assert_error(&answer, 400, "packed body");
    answer = send_bytes("/v2/models/scale/infer", "x", 1, "Content-Encoding: br");
    assert_error(&answer, 415, "content encoding");
    answer = send_bytes("/v2/models/scale/infer", "x", 1, "Content-Type: text/html");
    assert_error(&answer, 415, "application/json");
}

/* Triton's http_input_size_limit_test.py: the message names the option. */
static void a_body_past_the_limit_names_the_option(void **state)
{
    char headers[96];
    int client = connect_raw(NULL);
    davy_buffer text = {0};
    char *answer;

    (void) state;
    (void) snprintf(headers, sizeof headers, "Content-Length: %zu", DAVY_HTTP_TENSORS_MAX + 1);
    davy_buffer_printf(&text,
                       "POST /v2/models/scale/infer HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                       "%s\r\n%s\r\n\r\n",
                       plant_key(DAVY_ROLE_VIEWER), headers);
    assert_true(send_raw(client, text.bytes));
    answer = read_raw(client, "}");
    assert_non_null(strstr(answer, "HTTP/1.1 413"));
    assert_non_null(strstr(answer, "exceeds the maximum allowed input size of 67108864 bytes"));
    assert_non_null(strstr(answer, "--body-max"));
    free(answer);
    close(client);
    davy_buffer_clear(&text);
    assert_alive();
}

static void forms_that_are_broken_are_told(void **state)
{
    static const struct {
        const char *type, *body, *says;
    } cases[] = {
        {"multipart/form-data", "x", "boundary"},
        {"multipart/form-data; boundary=", "x", "boundary"},
        {"multipart/form-data; boundary=b", "x", "no part"},
        {"multipart/form-data; boundary=b", "--b\r\n\r\n\r\n", "does not end"},
        {"multipart/form-data; boundary=b", "--b\r\nA: b\r\n\r\nx\r\n--b--", "no name"},
        {"multipart/form-data; boundary=b", "--b--\r\n", "no field 'image'"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nno picture\r\n--b--\r\n",
         "picture"},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n2\r\n--b--\r\n",
         "min_confidence"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        char header[128];
        reply answer;

        (void) snprintf(header, sizeof header, "Content-Type: %s", cases[i].type);
        answer = send_bytes("/v1/vision/detection", cases[i].body, strlen(cases[i].body), header);
        assert_error(&answer, 400, cases[i].says);
    }
}

/* Load a model that came with the request. */
static reply load(const char *name, davy_buffer *graph)
{
    davy_buffer model = {0}, body = {0};
    size_t room;
    char path[80], *packed;
    reply answer;

    put_int(&model, MODEL_IR, 8);
    put_message(&model, MODEL_GRAPH, graph);
    put_opset(&model, MODEL_OPSET, "", 13);
    room = sodium_base64_encoded_len(model.length, sodium_base64_VARIANT_ORIGINAL);
    packed = malloc(room);
    assert_non_null(packed);
    (void) sodium_bin2base64(packed, room, (const unsigned char *) model.bytes, model.length,
                             sodium_base64_VARIANT_ORIGINAL);
    davy_buffer_append_text(&body, "{\"parameters\": {\"file:1/model.onnx\": \"");
    davy_buffer_append_text(&body, packed);
    davy_buffer_append_text(&body, "\"}}");
    (void) snprintf(path, sizeof path, "/v2/repository/models/%s/load", name);
    answer = post(path, DAVY_ROLE_ENGINEER, body.bytes);
    free(packed);
    davy_buffer_clear(&body);
    davy_buffer_clear(&model);
    return answer;
}

static void infer_of_two(const char *path, const char *says)
{
    reply answer = post(path, DAVY_ROLE_VIEWER, INPUT("x", "[2]", "FP32", "[1, 2]"));

    assert_error(&answer, 400, says);
}

/* What lasts is 400 with its reason: a 503 is asked again for ever. */
static void faults_that_last_are_the_askers(void **state)
{
    static const int64_t huge = (int64_t) 1 << 40;
    davy_buffer graph = {0}, tensor = {0};
    reply answer;

    (void) state;
    for (size_t i = 0; i <= 200000; i++)
        put_node(&graph, GRAPH_NODE, "Abs x -> y");
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    answer = load("nodes", &graph);
    assert_error(&answer, 400, "more than 200000 nodes");
    put_int(&tensor, TENSOR_DIMS, 1);
    put_int(&tensor, TENSOR_TYPE, DAVY_TYPE_I64);
    put_text(&tensor, TENSOR_NAME, "shape");
    put_bytes(&tensor, TENSOR_RAW, &huge, sizeof huge);
    put_message(&graph, GRAPH_INITIALIZER, &tensor);
    put_node(&graph, GRAPH_NODE, "ConstantOfShape shape -> z");
    put_node(&graph, GRAPH_NODE, "ReduceSum z -> s");
    put_node(&graph, GRAPH_NODE, "Add x s -> y");
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    answer = load("made", &graph);
    assert_code(answer, 200);
    reply_clear(&answer);
    infer_of_two("/v2/models/made/infer", "at most");
}

static void a_wrong_method_is_told_in_the_protocols_words(void **state)
{
    reply answer = get("/v2/models/scale/infer");

    (void) state;
    assert_error(&answer, 405, NULL);
    answer = ask(&(request){
        .method = "DELETE", .path = "/v2/models/scale", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_error(&answer, 405, NULL);
    answer = get("/v2/models/scale/nothing");
    assert_error(&answer, 404, NULL);
    answer = get("/v2/models//infer");
    assert_error(&answer, 404, NULL);
    answer = get("/v2/models/%2e%2e%2fscale");
    assert_error(&answer, 404, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(zero_elements_are_no_fault),
        cmocka_unit_test(a_header_past_the_body_is_told),
        cmocka_unit_test(json_nested_deeply_is_told),
        cmocka_unit_test(a_body_in_many_small_chunks_is_told),
        cmocka_unit_test(a_bomb_is_refused_before_it_is_large),
        cmocka_unit_test(packed_bodies_that_are_damaged_are_told),
        cmocka_unit_test(a_body_past_the_limit_names_the_option),
        cmocka_unit_test(forms_that_are_broken_are_told),
        cmocka_unit_test(faults_that_last_are_the_askers),
        cmocka_unit_test(a_wrong_method_is_told_in_the_protocols_words),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
