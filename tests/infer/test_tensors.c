/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "infer/tensors.h"

/* The names are those of the Open Inference Protocol, "Tensor Data Types", and BF16 as in use. */
static void gives_the_names_of_the_protocol(void **state)
{
    static const struct {
        const char *name;
        davy_type type;
    } pairs[] = {
        {"BOOL", DAVY_TYPE_BOOL},  {"UINT8", DAVY_TYPE_U8},   {"UINT16", DAVY_TYPE_U16},
        {"UINT32", DAVY_TYPE_U32}, {"UINT64", DAVY_TYPE_U64}, {"INT8", DAVY_TYPE_I8},
        {"INT16", DAVY_TYPE_I16},  {"INT32", DAVY_TYPE_I32},  {"INT64", DAVY_TYPE_I64},
        {"FP16", DAVY_TYPE_F16},   {"FP32", DAVY_TYPE_F32},   {"FP64", DAVY_TYPE_F64},
        {"BYTES", DAVY_TYPE_TEXT}, {"BF16", DAVY_TYPE_BF16},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pairs); i++) {
        assert_string_equal(davy_datatype_name(pairs[i].type), pairs[i].name);
        assert_int_equal(davy_datatype_parse(pairs[i].name, strlen(pairs[i].name)), pairs[i].type);
    }
    assert_null(davy_datatype_name(DAVY_TYPE_NONE));
    assert_int_equal(davy_datatype_parse("FP3", 3), DAVY_TYPE_NONE);
    assert_int_equal(davy_datatype_parse("FP321", 5), DAVY_TYPE_NONE);
    assert_int_equal(davy_datatype_parse("FP32", 4), DAVY_TYPE_F32);
    assert_int_equal(davy_datatype_parse("", 0), DAVY_TYPE_NONE);
}

static void takes_shapes_up_to_its_bounds(void **state)
{
    const int64_t dims[9] = {2, 0, 3, 1, 1, 1, 1, 1, 1}, large[2] = {(int64_t) 1 << 20, 1 << 20};
    davy_named_tensor tensor = {.name = "x"};

    (void) state;
    assert_ok(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 3, dims));
    assert_int_equal(davy_tensor_count(&tensor.tensor), 0);
    assert_ok(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 0, NULL));
    assert_int_equal(davy_tensor_count(&tensor.tensor), 1);
    assert_ok(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 2, large));
    assert_ok(davy_named_tensor_shape(&tensor, DAVY_TYPE_TEXT, 8, dims));
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 9, dims), DAVY_ERR_INVALID,
                 "tensor 'x' has 9 dimensions");
}

/* Triton's qa/L0_http sends these: negative sizes, and products beyond 64 bits. */
static void refuses_shapes_that_are_negative_or_overflow(void **state)
{
    const int64_t negative[] = {1, -3}, edge[] = {INT64_MIN}, overflow[] = {INT64_MAX, INT64_MAX},
                  hidden[] = {0, INT64_MAX}, wraps[] = {(int64_t) 1 << 32, (int64_t) 1 << 32};
    davy_named_tensor tensor = {.name = "x"};

    (void) state;
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 2, negative), DAVY_ERR_INVALID,
                 "tensor 'x': dimension 1 is -3");
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_F32, 1, edge), DAVY_ERR_INVALID, "'x'");
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_U8, 2, overflow), DAVY_ERR_INVALID,
                 "tensor 'x': more than");
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_U8, 2, hidden), DAVY_ERR_INVALID,
                 "tensor 'x': more than");
    assert_fails(davy_named_tensor_shape(&tensor, DAVY_TYPE_U8, 2, wraps), DAVY_ERR_INVALID,
                 "tensor 'x': more than");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_names_of_the_protocol),
        cmocka_unit_test(takes_shapes_up_to_its_bounds),
        cmocka_unit_test(refuses_shapes_that_are_negative_or_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
