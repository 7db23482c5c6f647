/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Images of foreign graphs: resize, suppression of boxes, regions, grids, pools. ONNX's own cases
 * for each mode run in test_onnx_conformance.c; here are hand calculations and hostile numbers.
 */
#include "operator.h"

static void resizes_by_each_mode(void **state)
{
    const davy_tensor x = F32(DIMS(1, 1, 1, 2), 1, 3), none = {.type = DAVY_TYPE_NONE};

    (void) state;
    gives(&(operator_case){"resize", .in = {x, none, F32(DIMS(4), 1, 1, 1, 2)}},
          F32(DIMS(1, 1, 1, 4), 1, 1, 3, 3));
    gives(&(operator_case){"resize", .in = {x, none, F32(DIMS(4), 1, 1, 1, 2)},
                           .attributes = {TEXT("mode", "linear")}},
          F32(DIMS(1, 1, 1, 4), 1, 1.5F, 2.5F, 3));
    gives(&(operator_case){"resize", .in = {x, none, none, I64(DIMS(4), 1, 1, 2, 3)},
                           .attributes = {TEXT("mode", "linear"),
                                          TEXT("coordinate_transformation_mode", "align_corners")}},
          F32(DIMS(1, 1, 2, 3), 1, 2, 3, 1, 2, 3));
    /* Bytes are interpolated as double and rounded: 10, 12.5, 17.5, 20 */
    gives(&(operator_case){"resize", .in = {U8(DIMS(2), 10, 20), none, F32(DIMS(1), 2)},
                           .attributes = {TEXT("mode", "linear")}},
          U8(DIMS(4), 10, 12, 18, 20));
    gives(&(operator_case){"resize", .in = {I64(DIMS(2), INT64_MIN, 7), none, F32(DIMS(1), 1.5F)},
                           .attributes = {TEXT("coordinate_transformation_mode", "asymmetric"),
                                          TEXT("nearest_mode", "floor")}},
          I64(DIMS(3), INT64_MIN, INT64_MIN, 7));
}

static void refuses_sizes_that_are_not_sane(void **state)
{
    const davy_tensor x = F32(DIMS(1, 2), 1, 3), none = {.type = DAVY_TYPE_NONE};

    (void) state;
    refuses(&(operator_case){"resize", .in = {x, none, F32(DIMS(2), 1e9F, 1e9F)}}, DAVY_ERR_FULL,
            "2^40");
    refuses(&(operator_case){"resize", .in = {x, none, F32(DIMS(2), 1, NAN)}}, DAVY_ERR_INVALID,
            "to be made nan");
    refuses(&(operator_case){"resize", .in = {x, none, F32(DIMS(2), 1, -1)}}, DAVY_ERR_INVALID,
            "to be made -1");
    refuses(&(operator_case){"resize", .in = {x, none, none, I64(DIMS(2), 1, INT64_MAX)}},
            DAVY_ERR_INVALID, "to be made");
    refuses(&(operator_case){"resize", .in = {x, none, F32(DIMS(1), 1)}}, DAVY_ERR_INVALID,
            "2 scales");
    refuses(&(operator_case){"resize", .in = {x, none, F32(DIMS(2), 1, 1)},
                             .attributes = {TEXT("mode", "lanczos")}},
            DAVY_ERR_UNSUPPORTED, "lanczos");
}

/* Boxes 0 and 1 share 1/3 of their union, box 2 is apart and given by its other corners. */
static void keeps_the_best_of_boxes_that_overlap(void **state)
{
    const davy_tensor boxes = F32(DIMS(1, 3, 4), 0, 0, 2, 1, 1, 0, 3, 1, 9, 9, 8, 8);
    const davy_tensor scores = F32(DIMS(1, 1, 3), 0.5F, 0.9F, 0.7F);

    (void) state;
    gives(&(operator_case){"non_max_suppression",
                           .in = {boxes, scores, I64(DIMS(1), 10), F32(DIMS(1), 0.3F)}},
          I64(DIMS(2, 3), 0, 0, 1, 0, 0, 2));
    gives(&(operator_case){"non_max_suppression",
                           .in = {boxes, scores, I64(DIMS(1), 10), F32(DIMS(1), 0.4F)}},
          I64(DIMS(3, 3), 0, 0, 1, 0, 0, 2, 0, 0, 0));
    gives(&(operator_case){"non_max_suppression", .in = {boxes, scores, I64(DIMS(1), INT64_MAX),
                                                         F32(DIMS(1), 0.4F), F32(DIMS(1), 0.6F)}},
          I64(DIMS(2, 3), 0, 0, 1, 0, 0, 2));
    gives(&(operator_case){"non_max_suppression", .in = {boxes, scores, I64(DIMS(1), INT64_MIN)}},
          I64(DIMS(0, 3), 0));
    gives(&(operator_case){"non_max_suppression",
                           .in = {F32(DIMS(1, 2, 4), NAN, NAN, NAN, NAN, 0, 0, INFINITY, INFINITY),
                                  F32(DIMS(1, 1, 2), NAN, NAN), I64(DIMS(1), 2)}},
          I64(DIMS(2, 3), 0, 0, 0, 0, 0, 1));
}

static void looks_where_a_grid_says(void **state)
{
    const davy_tensor x = F32(DIMS(1, 1, 2, 2), 1, 2, 3, 4);

    (void) state;
    gives(
        &(operator_case){"grid_sample", .in = {x, F32(DIMS(1, 1, 3, 2), 0, 0, -0.5F, -0.5F, 1, 0)}},
        F32(DIMS(1, 1, 1, 3), 2.5F, 1, 1.5F)); /* on the edge half of it is outside */
    gives(
        &(operator_case){"grid_sample", .in = {x, F32(DIMS(1, 1, 2, 2), NAN, 0, INFINITY, -1e30F)}},
        F32(DIMS(1, 1, 1, 2), 0, 0));
    gives(&(operator_case){"grid_sample",
                           .in = {x, F32(DIMS(1, 1, 2, 2), 1e30F, 1e30F, -1e30F, -1e30F)},
                           .attributes = {TEXT("padding_mode", "border"), TEXT("mode", "bicubic")}},
          F32(DIMS(1, 1, 1, 2), 4, 1));
}

static void aligns_regions(void **state)
{
    const davy_tensor x = F32(DIMS(1, 1, 2, 2), 1, 2, 3, 4);

    (void) state;
    /* One bin over the whole image, two samples a side: the mean of the pixels. */
    gives(&(operator_case){"roi_align", .in = {x, F32(DIMS(1, 4), 0, 0, 2, 2), I64(DIMS(1), 0)},
                           .attributes = {INT("sampling_ratio", 2)}},
          F32(DIMS(1, 1, 1, 1), 2.5F));
    refuses(&(operator_case){"roi_align", .in = {x, F32(DIMS(1, 4), 0, 0, 1, 1), I64(DIMS(1), 1)}},
            DAVY_ERR_INVALID, "image 1 of 1");
    gives(&(operator_case){"roi_align",
                           .in = {x, F32(DIMS(1, 4), NAN, 0, 1e30F, 1e30F), I64(DIMS(1), 0)}},
          F32(DIMS(1, 1, 1, 1), 0));
    gives(&(operator_case){"max_roi_pool", .in = {x, F32(DIMS(1, 5), 0, 0, 0, 1, 1)},
                           .attributes = {INTS("pooled_shape", 1, 2)}},
          F32(DIMS(1, 1, 1, 2), 3, 4));
    refuses(&(operator_case){"max_roi_pool", .in = {x, F32(DIMS(1, 5), -1, 0, 0, 1, 1)},
                             .attributes = {INTS("pooled_shape", 1, 2)}},
            DAVY_ERR_INVALID, "image -1");
}

static void pools_and_unpools(void **state)
{
    (void) state;
    gives(&(operator_case){"lp_pool", .in = {F32(DIMS(1, 1, 4), 3, -4, 0, 2)},
                           .attributes = {INTS("kernel_shape", 2), INTS("strides", 2)}},
          F32(DIMS(1, 1, 2), 5, 2));
    gives(&(operator_case){"global_lp_pool", .in = {F32(DIMS(1, 2, 2), 3, 4, 1, 1)},
                           .attributes = {INT("p", 1)}},
          F32(DIMS(1, 2, 1), 7, 2));
    gives(&(operator_case){"max_unpool", .in = {F32(DIMS(1, 1, 2), 5, 6), I64(DIMS(1, 1, 2), 1, 2)},
                           .attributes = {INTS("kernel_shape", 2), INTS("strides", 2)}},
          F32(DIMS(1, 1, 4), 0, 5, 6, 0));
    refuses(&(operator_case){"max_unpool",
                             .in = {F32(DIMS(1, 1, 2), 5, 6), I64(DIMS(1, 1, 2), 1, 4)},
                             .attributes = {INTS("kernel_shape", 2), INTS("strides", 2)}},
            DAVY_ERR_INVALID, "index 4 of 4");
    gives(&(operator_case){"lrn", .in = {F32(DIMS(1, 2, 1), 1, 2)},
                           .attributes = {INT("size", 3), FLOAT("alpha", 3), FLOAT("beta", 1)}},
          F32(DIMS(1, 2, 1), 1.0F / 6, 2.0F / 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resizes_by_each_mode),
        cmocka_unit_test(refuses_sizes_that_are_not_sane),
        cmocka_unit_test(keeps_the_best_of_boxes_that_overlap),
        cmocka_unit_test(looks_where_a_grid_says),
        cmocka_unit_test(aligns_regions),
        cmocka_unit_test(pools_and_unpools),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
