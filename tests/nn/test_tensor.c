/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/tensor.h"

#include "../testing.h"

static void counts_what_a_shape_holds(void **state)
{
    davy_tensor tensor;
    char text[DAVY_TENSOR_TEXT_MAX];

    (void) state;
    assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 4, (int64_t[]){2, 224, 224, 3}));
    assert_int_equal(davy_tensor_count(&tensor), 301056);
    assert_int_equal(davy_tensor_bytes(&tensor), 1204224);
    assert_int_equal(davy_tensor_span(&tensor, 1, 3), 50176);
    assert_string_equal(davy_tensor_text(&tensor, text), "float[2, 224, 224, 3]");
    assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_I64, 0, NULL));
    assert_int_equal(davy_tensor_count(&tensor), 1);
}

static void refuses_shapes_that_overflow(void **state)
{
    davy_tensor tensor;
    const int64_t huge = (int64_t) 1 << 32;

    (void) state;
    assert_fails(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 2, (int64_t[]){huge, huge}),
                 DAVY_ERR_FULL, "2^40");
    assert_fails(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 3, (int64_t[]){0, huge, huge}),
                 DAVY_ERR_FULL, "2^40");
    assert_fails(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 1, (int64_t[]){-1}), DAVY_ERR_INVALID,
                 "dimension 0 is -1");
    assert_fails(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 9, (int64_t[9]){0}), DAVY_ERR_INVALID,
                 "9 dimensions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_a_shape_holds),
        cmocka_unit_test(refuses_shapes_that_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
