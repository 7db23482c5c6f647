/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

/* Rounding to even and the ends of the type, as ONNX QuantizeLinear-13 has them. */
static void quantises_and_back(void **state)
{
    (void) state;
    gives(&(operator_case){"quantize_linear", .in = {F32(DIMS(6), 0, 2, 3, 1000, -254, -1000),
                                                     F32(SCALAR, 2), U8(SCALAR, 128)}},
          U8(DIMS(6), 128, 129, 130, 255, 1, 0));
    gives(&(operator_case){"quantize_linear",
                           .in = {F32(DIMS(2, 2), 1, 3, 5, NAN), F32(DIMS(2), 1, 2),
                                  I8(DIMS(2), 0, 10)},
                           .attributes = {INT("axis", 0)}},
          I8(DIMS(2, 2), 1, 3, 12, 0));
    gives(&(operator_case){"dequantize_linear", .in = {I8(DIMS(1, 2), -128, 127),
                                                       F32(DIMS(2), 2, 4), I8(DIMS(2), 0, 127)}},
          F32(DIMS(1, 2), -256, 0));
    gives_all(
        &(operator_case){"dynamic_quantize_linear", .in = {F32(DIMS(3), 0, 2, -3)}, .out_count = 3},
        (davy_tensor[]){U8(DIMS(3), 153, 255, 0), F32(SCALAR, 0.0196078438F), U8(SCALAR, 153)});
    gives_all(
        &(operator_case){"dynamic_quantize_linear", .in = {F32(DIMS(2), 0, 0)}, .out_count = 3},
        (davy_tensor[]){U8(DIMS(2), 0, 0), F32(SCALAR, 1), U8(SCALAR, 0)});
    refuses(&(operator_case){"quantize_linear",
                             .in = {F32(DIMS(2, 2), 1, 2, 3, 4), F32(DIMS(3), 1, 1, 1)}},
            DAVY_ERR_INVALID, "3 scales for 2");
}

static void multiplies_bytes_exactly(void **state)
{
    (void) state;
    /* (250 - 5, 0 - 5) by (-128, 127) - 1 */
    gives(
        &(operator_case){"matmul_integer", .in = {U8(DIMS(1, 2), 250, 0), I8(DIMS(2, 1), -128, 127),
                                                  U8(SCALAR, 5), I8(SCALAR, 1)}},
        I32(DIMS(1, 1), 245 * -129 - 5 * 126));
    gives(&(operator_case){"qlinear_matmul",
                           .in = {U8(DIMS(1, 2), 3, 4), F32(SCALAR, 0.5F), U8(SCALAR, 1),
                                  U8(DIMS(2, 2), 2, 200, 2, 200), F32(DIMS(2), 1, 10),
                                  U8(DIMS(2), 0, 0), F32(SCALAR, 0.5F), U8(SCALAR, 7)}},
          U8(DIMS(1, 2), 17, 255));
    refuses(&(operator_case){"matmul_integer", .in = {F32(DIMS(1, 1), 1), I8(DIMS(1, 1), 1)}},
            DAVY_ERR_INVALID, "int8 or uint8");
}

static void convolves_bytes_exactly(void **state)
{
    const davy_tensor x = U8(DIMS(1, 1, 3, 3), 2, 3, 4, 5, 6, 7, 8, 9, 10);

    (void) state;
    /* ONNX ConvInteger-10, example with padding: the zero of x stands around it. */
    gives(&(operator_case){"conv_integer",
                           .in = {x, U8(DIMS(1, 1, 2, 2), 1, 1, 1, 1), U8(SCALAR, 1)},
                           .attributes = {INTS("pads", 1, 1, 1, 1)}},
          I32(DIMS(1, 1, 4, 4), 1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9));
    gives(&(operator_case){"qlinear_conv", .in = {x, F32(SCALAR, 1), U8(SCALAR, 1),
                                                  I8(DIMS(2, 1, 3, 3), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                     0, 0, 0, 0, 0, 0, 0, -1),
                                                  F32(DIMS(2), 1, 2), I8(SCALAR, 0), F32(SCALAR, 1),
                                                  I8(SCALAR, 3), I32(DIMS(2), 10, 0)}},
          I8(DIMS(1, 2, 1, 1), 14, -15));
    refuses(
        &(operator_case){"conv_integer", .in = {x, U8(DIMS(1, 2, 2, 2), 1, 1, 1, 1, 1, 1, 1, 1)}},
        DAVY_ERR_INVALID, "in 1 groups");
    refuses(&(operator_case){"conv_integer", .in = {x, U8(DIMS(1, 1, 2, 2), 1, 1, 1, 1)},
                             .attributes = {INTS("pads", 0, 0, (int64_t) 1 << 30, 1 << 20)}},
            DAVY_ERR_FULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantises_and_back),
        cmocka_unit_test(multiplies_bytes_exactly),
        cmocka_unit_test(convolves_bytes_exactly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
