/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

/* By hand: an impulse has a flat spectrum; a cosine of one period has two lines of n / 2. */
static void transforms_by_halves_and_by_definition(void **state)
{
    (void) state;
    gives(&(operator_case){"dft", .in = {F32(DIMS(1, 4, 1), 1, 0, 0, 0)}},
          F32(DIMS(1, 4, 2), 1, 0, 1, 0, 1, 0, 1, 0));
    gives(&(operator_case){"dft", .in = {F32(DIMS(1, 3, 1), 1, -0.5F, -0.5F)}},
          F32(DIMS(1, 3, 2), 0, 0, 1.5F, 0, 1.5F, 0));
    gives(&(operator_case){"dft", .in = {F32(DIMS(1, 2, 2), 3, 0, 1, 0), I64(SCALAR, 4)},
                           .attributes = {INT("onesided", 1)}},
          F32(DIMS(1, 3, 2), 4, 0, 3, -1, 2, 0));
    gives(&(operator_case){"dft", .in = {F32(DIMS(1, 2, 2), 4, 0, 2, 0)},
                           .attributes = {INT("inverse", 1)}},
          F32(DIMS(1, 2, 2), 3, 0, 1, 0));
}

static void transforms_frame_by_frame(void **state)
{
    const davy_tensor x = F32(DIMS(1, 5), 1, 2, 3, 4, 5);

    (void) state;
    gives(&(operator_case){"stft", .in = {x, I64(SCALAR, 3), F32(DIMS(2), 1, 0.5F)}},
          F32(DIMS(1, 2, 2, 2), 2, 0, 0, 0, 6.5F, 0, 1.5F, 0));
    refuses(&(operator_case){"stft", .in = {x, I64(SCALAR, 0), F32(DIMS(2), 1, 1)}},
            DAVY_ERR_INVALID, "at steps of 0");
    refuses(&(operator_case){"stft", .in = {x, I64(SCALAR, 1), {0}, I64(SCALAR, INT64_MAX)}},
            DAVY_ERR_INVALID, "frames of");
}

static void bounds_lengths(void **state)
{
    const davy_tensor x = F32(DIMS(1, 2, 1), 1, 2);

    (void) state;
    gives(
        &(operator_case){"hann_window", .in = {I64(SCALAR, 3)}, .attributes = {INT("periodic", 0)}},
        F32(DIMS(3), 0, 1, 0));
    gives(&(operator_case){"blackman_window", .in = {I64(SCALAR, 2)}}, F32(DIMS(2), 0, 1));
    refuses(&(operator_case){"hamming_window", .in = {I64(SCALAR, -1)}}, DAVY_ERR_INVALID,
            "a window of -1");
    refuses(&(operator_case){"dft", .in = {x, I64(SCALAR, 10007)}}, DAVY_ERR_UNSUPPORTED,
            "no power of two");
    refuses(&(operator_case){"dft", .in = {x, I64(SCALAR, INT64_MIN)}}, DAVY_ERR_UNSUPPORTED,
            "a transform of -1");
    refuses(&(operator_case){"dft", .in = {x, I64(SCALAR, (int64_t) 1 << 39)}}, DAVY_ERR_FULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms_by_halves_and_by_definition),
        cmocka_unit_test(transforms_frame_by_frame),
        cmocka_unit_test(bounds_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
