/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/oip/request.h"
#include "serve/oip/tensor_bytes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * @file
 * Requests of the Open Inference Protocol, from their bytes to tensors. The expected numbers are
 * those that stand in the request.
 */
static davy_oip_memory memory;
static davy_oip_request request;

static int tear_down(void **state)
{
    (void) state;
    davy_arena_clear(&memory.arena);
    return 0;
}

static davy_status read_text(const char *json)
{
    return davy_oip_read(json, strlen(json), "", &memory, &request);
}

/* A request of one input. */
static davy_status read_input(const char *datatype, const char *shape, const char *data)
{
    static char json[4096];

    (void) snprintf(json, sizeof json,
                    "{\"inputs\": [{\"name\": \"x\", \"shape\": %s, \"datatype\": \"%s\", "
                    "\"data\": %s}]}",
                    shape, datatype, data);
    return read_text(json);
}

static const void *numbers(void)
{
    return request.inputs[0].tensor.data;
}

/* The example of the protocol, section "Inference Request JSON Object". */
static void reads_the_example_of_the_protocol(void **state)
{
    static const char example[] =
        "{\"id\" : \"42\", \"inputs\" : ["
        "{\"name\" : \"input0\", \"shape\" : [ 2, 2 ], \"datatype\" : \"UINT32\","
        " \"data\" : [ 1, 2, 3, 4 ]},"
        "{\"name\" : \"input1\", \"shape\" : [ 3 ], \"datatype\" : \"BOOL\","
        " \"data\" : [ true, false, true ]}],"
        "\"outputs\" : [{\"name\" : \"output0\"}]}";
    static const uint32_t first[] = {1, 2, 3, 4};
    static const uint8_t second[] = {1, 0, 1};

    (void) state;
    assert_ok(read_text(example));
    assert_string_equal(request.ask.id, "42");
    assert_int_equal(request.ask.input_count, 2);
    assert_string_equal(request.inputs[0].name, "input0");
    assert_int_equal(request.inputs[0].tensor.type, DAVY_TYPE_U32);
    assert_int_equal(request.inputs[0].tensor.rank, 2);
    assert_memory_equal(request.inputs[0].tensor.data, first, sizeof first);
    assert_memory_equal(request.inputs[1].tensor.data, second, sizeof second);
    assert_int_equal(request.ask.output_count, 1);
    assert_string_equal(request.outputs[0].name, "output0");
}

static void keys_may_stand_in_any_order(void **state)
{
    static const int32_t expected[] = {7, -8};

    (void) state;
    assert_ok(read_text("{\"unknown\": [{}], \"inputs\": [{\"data\": [7, -8], \"parameters\": {},"
                        "\"datatype\": \"INT32\", \"more\": null, \"shape\": [2], \"name\": "
                        "\"x\"}]}"));
    assert_memory_equal(numbers(), expected, sizeof expected);
}

#define READS(type, datatype, data, ...)                           \
    do {                                                           \
        static const type expected[] = {__VA_ARGS__};              \
                                                                   \
        assert_ok(read_input(datatype, "[2]", data));              \
        assert_memory_equal(numbers(), expected, sizeof expected); \
    } while (0)

static void every_datatype_has_its_numbers(void **state)
{
    (void) state;
    READS(uint8_t, "BOOL", "[true, 0]", 1, 0);
    READS(uint8_t, "UINT8", "[0, 255]", 0, 255);
    READS(uint16_t, "UINT16", "[0, 65535]", 0, 65535);
    READS(uint32_t, "UINT32", "[0, 4294967295]", 0, 4294967295U);
    READS(uint64_t, "UINT64", "[0, 18446744073709551615]", 0, UINT64_MAX);
    READS(int8_t, "INT8", "[-128, 127]", -128, 127);
    READS(int16_t, "INT16", "[-32768, 32767]", -32768, 32767);
    READS(int32_t, "INT32", "[-2147483648, 2147483647]", INT32_MIN, INT32_MAX);
    READS(int64_t, "INT64", "[-9223372036854775808, 9223372036854775807]", INT64_MIN, INT64_MAX);
    READS(uint16_t, "FP16", "[1, -0.1]", 0x3C00, 0xAE66);
    READS(float, "FP32", "[0.1, -3e38]", 0.1F, -3e38F);
    READS(double, "FP64", "[0.1, 1e-320]", 0.1, 1e-320);
    assert_ok(read_input("BYTES", "[2]", "[\"\", \"a\\u0000\xC3\xA9\"]"));
    assert_int_equal(((const davy_bytes *) numbers())[0].length, 0);
    assert_int_equal(((const davy_bytes *) numbers())[1].length, 4);
    assert_memory_equal(((const davy_bytes *) numbers())[1].at, "a\0\xC3\xA9", 4);
    assert_fails(read_input("BF16", "[2]", "[1, 2]"), DAVY_ERR_INVALID, "binary data");
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        const char *datatype, *data;
    } examples[] = {
        {"UINT8", "[256, 0]"},   {"UINT8", "[-1, 0]"},   {"INT8", "[-129, 0]"},
        {"INT32", "[1.5, 0]"},   {"INT32", "[true, 0]"}, {"INT32", "[\"1\", 0]"},
        {"FP32", "[3.5e38, 0]"}, {"FP32", "[NaN, 0]"},   {"FP32", "[Infinity, 0]"},
        {"INT64", "[null, 0]"},  {"FP16", "[65520, 0]"}, {"FP64", "[1e309, 0]"},
        {"BOOL", "[2, 0]"},      {"BYTES", "[1, \"\"]"}, {"BYTES", "[\"\xFF\", \"\"]"},
        {"FP32", "[[1], 2]"},    {"FP32", "[1, [2]]"},   {"FP32", "[{}, 2]"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++)
        if (read_input(examples[i].datatype, "[2]", examples[i].data) != DAVY_ERR_INVALID)
            fail_msg("%s %s was taken", examples[i].datatype, examples[i].data);
    assert_ok(read_input("FP32", "[1]", "[3.4028235e38]"));
    assert_true(((const float *) numbers())[0] == 0x1.fffffep127F);
}

/* davy writes a missing number as null, so it reads one: a NaN at its place. */
static void null_is_a_missing_number_and_nothing_else(void **state)
{
    static const char *const without[] = {"INT8", "UINT64", "INT32", "BOOL", "BYTES"};

    (void) state;
    assert_ok(read_input("FP32", "[3]", "[1, null, 2]"));
    assert_true(((const float *) numbers())[0] == 1 && isnan(((const float *) numbers())[1]) &&
                ((const float *) numbers())[2] == 2);
    assert_ok(read_input("FP64", "[2, 1]", "[[null], [2]]"));
    assert_true(isnan(((const double *) numbers())[0]) && ((const double *) numbers())[1] == 2);
    assert_ok(read_input("FP16", "[1]", "[null]"));
    assert_int_equal(((const uint16_t *) numbers())[0] & 0x7C00, 0x7C00); /* IEEE 754: all ones */
    assert_int_not_equal(((const uint16_t *) numbers())[0] & 0x03FF, 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(without); i++) {
        assert_fails(read_input(without[i], "[2]", "[null, null]"), DAVY_ERR_INVALID,
                     "input 'x': null is a missing value, and ");
        assert_non_null(strstr(davy_error(), without[i]));
    }
    assert_fails(read_input("FP32", "[1]", "null"), DAVY_ERR_INVALID,
                 "'data' of input 'x' is null");
    assert_fails(read_input("FP32", "[1]", "[nul]"), DAVY_ERR_INVALID, "null");
}

static void data_may_be_nested_as_the_shape_says_and_in_no_other_way(void **state)
{
    static const float expected[] = {1, 2, 3, 4, 5, 6};
    static const char *const good[] = {"[1,2,3,4,5,6]", "[[1,2,3],[4,5,6]]", "[[[1,2,3],[4,5,6]]]",
                                       "[[[1],[2],[3]],[[4],[5],[6]]]", "[[1,2,3,4,5,6]]"};
    static const char *const bad[] = {"[[1,2],[3,4],[5,6]]", "[[1,2,3],[4,5]]",
                                      "[[1,2,3,4],[5,6]]",   "[1,2,3,4,5]",
                                      "[1,2,3,4,5,6,7]",     "[]",
                                      "[[1,2,3],4,5,6]",     "6"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(good); i++) {
        assert_ok(read_input("FP32", "[2, 3]", good[i]));
        assert_memory_equal(numbers(), expected, sizeof expected);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bad); i++)
        if (read_input("FP32", "[2, 3]", bad[i]) != DAVY_ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
    assert_ok(read_input("FP32", "[0, 3]", "[]"));
    assert_ok(read_input("FP32", "[]", "[6]"));
}

/* Triton's qa/L0_http: test_buffer_size_overflow, test_negative_dimensions. */
static void shapes_that_overflow_cost_no_memory(void **state)
{
    (void) state;
    assert_fails(read_input("FP32", "[16, 1152921504606846978]", "[1.0]"), DAVY_ERR_INVALID, "'x'");
    assert_fails(read_input("FP32", "[4, 1152921504606846978]", "[1.0]"), DAVY_ERR_INVALID, "'x'");
    assert_fails(read_input("FP32", "[1000000, 1000]", "[1.0]"), DAVY_ERR_INVALID,
                 "fewer elements than its shape, which has 1000000000");
    assert_fails(read_input("FP32", "[2, -5]", "[1.0]"), DAVY_ERR_INVALID,
                 "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as "
                 "unsigned-integer");
    assert_fails(read_input("FP32", "[2.5]", "[1.0]"), DAVY_ERR_INVALID, "shape");
    assert_fails(read_input("FP32", "[1,1,1,1,1,1,1,1,1]", "[1.0]"), DAVY_ERR_INVALID,
                 "more than 8 dimensions");
    assert_true(memory.arena.used < 1000000);
}

static void what_is_missing_or_there_twice_is_named(void **state)
{
    static const struct {
        const char *json, *says;
    } examples[] = {
        {"", "an object"},
        {"[]", "an object"},
        {"{}", "no 'inputs'"},
        {"{\"inputs\": {}}", "an array"},
        {"{\"inputs\": [{}]}", "no 'name'"},
        {"{\"inputs\": [{\"name\": \"\"}]}", "no 'name'"},
        {"{\"inputs\": [{\"name\": \"a\\u0000b\"}]}", "null character"},
        {"{\"inputs\": [{\"name\": \"x\"}]}", "no 'datatype'"},
        {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP31\"}]}", "'FP31' is no datatype"},
        {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\"}]}", "no 'shape'"},
        {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1]}]}",
         "neither 'data' nor"},
        {"{\"inputs\": [{\"name\": \"x\", \"name\": \"y\"}]}", "'name' is there twice"},
        {"{\"inputs\": [], \"inputs\": []}", "'inputs' is there twice"},
        {"{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1], \"data\": [1]},"
         "{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1], \"data\": [1]}]}",
         "input 'x' is there twice"},
        {"{\"inputs\": [], \"outputs\": [{\"name\": \"y\"}, {\"name\": \"y\"}]}",
         "output 'y' is asked for twice"},
        {"{\"inputs\": [], \"outputs\": [{}]}", "an output has no 'name'"},
        {"{\"inputs\": [{\"name\": \"x\", \"parameters\": {\"shared_memory_region\": \"r\"}}]}",
         "shared memory"},
        {"{\"inputs\": []} x", "nothing more"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++) {
        if (read_text(examples[i].json) == DAVY_OK)
            fail_msg("%s was taken", examples[i].json);
        if (!strstr(davy_error(), examples[i].says))
            fail_msg("%s: %s", examples[i].json, davy_error());
    }
}

static void parameters_say_how_to_ask(void **state)
{
    (void) state;
    assert_ok(read_text("{\"inputs\": [], \"parameters\": {\"sequence_id\": 18446744073709551615,"
                        "\"sequence_start\": true, \"sequence_end\": false, \"priority\": 2,"
                        "\"timeout\": 5000, \"binary_data_output\": true, \"explain\": \"auto\","
                        "\"explain_top_k\": 8, \"content_type\": \"pd\", \"mine\": {\"a\": []}}}"));
    assert_string_equal(request.ask.sequence, "18446744073709551615");
    assert_true(request.ask.sequence_start);
    assert_false(request.ask.sequence_end);
    assert_int_equal(request.ask.priority, 2);
    assert_int_equal(request.ask.timeout_us, 5000);
    assert_true(request.binary_output);
    assert_true(request.ask.explain);
    assert_null(request.ask.explain_method);
    assert_int_equal(request.ask.explain_top, 8);
    assert_true(request.columns);
    assert_ok(read_text("{\"inputs\": [], \"parameters\": {\"sequence_id\": \"run-7\","
                        "\"explain\": \"paths\"}}"));
    assert_string_equal(request.ask.sequence, "run-7");
    assert_string_equal(request.ask.explain_method, "paths");
    assert_ok(read_text("{\"inputs\": [], \"parameters\": {\"sequence_id\": 0}}"));
    assert_null(request.ask.sequence);
    assert_fails(read_text("{\"inputs\": [], \"parameters\": {\"priority\": -1}}"),
                 DAVY_ERR_INVALID, "whole number");
}

/* -- Bytes --------------------------------------------------------------------------------------
 */

/* The example of Triton's "Binary Tensor Data Extension": 16 and 3 bytes behind the JSON. */
static davy_status read_binary(const char *json, const void *bytes, size_t length,
                               const char *header)
{
    static char body[4096];
    const size_t json_length = strlen(json);
    char text[24];

    memcpy(body, json, json_length);
    memcpy(body + json_length, bytes, length);
    (void) snprintf(text, sizeof text, "%zu", json_length);
    return davy_oip_read(body, json_length + length, header ? header : text, &memory, &request);
}

static const char two_inputs[] =
    "{\"inputs\": [{\"name\": \"input0\", \"shape\": [2, 2], \"datatype\": \"UINT32\", "
    "\"parameters\": {\"binary_data_size\": 16}}, {\"name\": \"input1\", \"shape\": [3], "
    "\"datatype\": \"BOOL\", \"parameters\": {\"binary_data_size\": 3}}], \"outputs\": "
    "[{\"name\": \"output0\", \"parameters\": {\"binary_data\": true}}]}";
static const unsigned char two_blobs[19] = {1, 0, 0, 0, 2, 0, 0, 0, 3, 0,
                                            0, 0, 4, 0, 0, 0, 1, 0, 1};

static void reads_bytes_behind_the_json(void **state)
{
    static const uint32_t expected[] = {1, 2, 3, 4};

    (void) state;
    assert_ok(read_binary(two_inputs, two_blobs, sizeof two_blobs, NULL));
    assert_memory_equal(request.inputs[0].tensor.data, expected, sizeof expected);
    assert_memory_equal(request.inputs[1].tensor.data, "\1\0\1", 3);
    assert_true(request.outputs[0].binary && request.outputs[0].binary_said);
    assert_int_equal((uintptr_t) request.inputs[0].tensor.data % sizeof(uint32_t), 0);
}

static void sizes_that_do_not_fit_are_refused(void **state)
{
    static const char *const headers[] = {"99999999999", "18446744073709551616", "-1", "x", "1e3"};
    static const char wrong_size[] =
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"FP32\", "
        "\"parameters\": {\"binary_data_size\": 7}}]}";
    static const char huge_size[] =
        "{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"FP32\", "
        "\"parameters\": {\"binary_data_size\": 9223372036854775807}}]}";

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(headers); i++)
        assert_fails(read_binary(two_inputs, two_blobs, sizeof two_blobs, headers[i]),
                     DAVY_ERR_INVALID, "Inference-Header-Content-Length");
    assert_fails(read_binary(two_inputs, two_blobs, 18, NULL), DAVY_ERR_INVALID,
                 "'input1' has 3 bytes, of which 2 are there");
    assert_fails(read_binary(wrong_size, two_blobs, 7, NULL), DAVY_ERR_INVALID,
                 "unexpected total byte size 7 for input 'x', expecting 8");
    assert_fails(read_binary(huge_size, two_blobs, 8, NULL), DAVY_ERR_INVALID, "are there");
    assert_fails(read_binary("{\"inputs\": []}", two_blobs, 8, NULL), DAVY_ERR_INVALID,
                 "8 bytes that belong to no input");
    {
        unsigned char blobs[19];

        memcpy(blobs, two_blobs, sizeof blobs);
        blobs[18] = 2;
        assert_fails(read_binary(two_inputs, blobs, sizeof blobs, NULL), DAVY_ERR_INVALID,
                     "neither 0 nor 1");
    }
}

static const char one_text[] =
    "{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"BYTES\", "
    "\"parameters\": {\"binary_data_size\": %zu}}]}";

static davy_status read_texts(const void *bytes, size_t length)
{
    char json[256];

    (void) snprintf(json, sizeof json, one_text, length);
    return read_binary(json, bytes, length, NULL);
}

static void texts_have_their_length_before_them(void **state)
{
    static const char good[] = "\3\0\0\0a\0b\0\0\0\0";
    const davy_bytes *texts;
    davy_buffer out = {0};

    (void) state;
    assert_ok(read_texts(good, 11));
    texts = numbers();
    assert_int_equal(texts[0].length, 3);
    assert_memory_equal(texts[0].at, "a\0b", 3);
    assert_int_equal(texts[1].length, 0);
    assert_int_equal(davy_tensor_bytes_size(&request.inputs[0].tensor), 11);
    davy_tensor_bytes_write(&out, &request.inputs[0].tensor);
    assert_memory_equal(out.bytes, good, 11);
    davy_buffer_clear(&out);
    for (size_t length = 0; length < 11; length++)
        assert_int_equal(read_texts(good, length), DAVY_ERR_INVALID);
    assert_fails(read_texts("\3\0\0\0a\0b\0\0\0\0x", 12), DAVY_ERR_INVALID, "beyond");
    assert_fails(read_texts("\xFF\xFF\xFF\xFFxxxxxxx", 11), DAVY_ERR_INVALID, "element 0 of 2");
}

/* -- Out ----------------------------------------------------------------------------------------
 */

static void expect_text(davy_type type, const void *data, int64_t count, const char *expected)
{
    const davy_named_tensor tensor = {"y", {type, 1, {count}, (void *) data}};
    davy_buffer out = {0};

    assert_ok(davy_tensor_text_write(&out, NULL, &tensor));
    assert_string_equal(out.bytes, expected);
    davy_buffer_clear(&out);
}

/* The fewest digits that read back to the same number, as repr() of numpy's scalars has them; a
 * half goes out as the float that it is. */
static void numbers_go_out_in_the_fewest_digits(void **state)
{
    (void) state;
    expect_text(DAVY_TYPE_F32, (const float[]){0.1F, 1.0F, -3.5e-8F, 16777216.0F, 123456.79F}, 5,
                "[0.1,1,-3.5e-08,16777216,123456.79]");
    expect_text(DAVY_TYPE_F64, (const double[]){0.1, 1e22, NAN, -INFINITY}, 4,
                "[0.1,1e+22,null,null]");
    expect_text(DAVY_TYPE_F16, (const uint16_t[]){0x2E66, 0x7BFF}, 2, "[0.099975586,65504]");
    expect_text(DAVY_TYPE_U64, (const uint64_t[]){UINT64_MAX}, 1, "[18446744073709551615]");
    expect_text(DAVY_TYPE_I8, (const int8_t[]){-128}, 1, "[-128]");
    expect_text(DAVY_TYPE_BOOL, (const uint8_t[]){1, 0}, 2, "[true,false]");
    expect_text(DAVY_TYPE_TEXT, (const davy_bytes[]){{"a\"", 2}, {"\0", 1}, {"", 0}}, 3,
                "[\"a\\\"\",\"\\u0000\",\"\"]");
    expect_text(DAVY_TYPE_I32, NULL, 0, "[]");
}

static void bytes_that_are_no_text_are_not_guessed_at(void **state)
{
    const davy_bytes png = {"\x89PNG", 4};
    const davy_named_tensor tensor = {"picture", {DAVY_TYPE_TEXT, 1, {1}, (void *) &png}};
    davy_buffer out = {0};

    (void) state;
    assert_fails(davy_tensor_text_write(&out, NULL, &tensor), DAVY_ERR_INVALID,
                 "output 'picture': element 0 is no text in UTF-8: ask for binary data");
    davy_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(reads_the_example_of_the_protocol, tear_down),
        cmocka_unit_test_teardown(keys_may_stand_in_any_order, tear_down),
        cmocka_unit_test_teardown(every_datatype_has_its_numbers, tear_down),
        cmocka_unit_test_teardown(numbers_that_do_not_fit_are_refused, tear_down),
        cmocka_unit_test_teardown(null_is_a_missing_number_and_nothing_else, tear_down),
        cmocka_unit_test_teardown(data_may_be_nested_as_the_shape_says_and_in_no_other_way,
                                  tear_down),
        cmocka_unit_test_teardown(shapes_that_overflow_cost_no_memory, tear_down),
        cmocka_unit_test_teardown(what_is_missing_or_there_twice_is_named, tear_down),
        cmocka_unit_test_teardown(parameters_say_how_to_ask, tear_down),
        cmocka_unit_test_teardown(reads_bytes_behind_the_json, tear_down),
        cmocka_unit_test_teardown(sizes_that_do_not_fit_are_refused, tear_down),
        cmocka_unit_test_teardown(texts_have_their_length_before_them, tear_down),
        cmocka_unit_test(numbers_go_out_in_the_fewest_digits),
        cmocka_unit_test(bytes_that_are_no_text_are_not_guessed_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
