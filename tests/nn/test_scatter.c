/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Selections, scatters, orders, generated tensors, pads and casts: hand calculations and hostile
 * numbers beside ONNX's own cases (test_onnx_conformance.c).
 */
#include "operator.h"

#include "gradient.h"

static void checks_every_index(void **state)
{
    const davy_tensor x = F32(DIMS(2, 2), 1, 2, 3, 4);

    (void) state;
    gives(&(operator_case){"gather_elements", .in = {x, I64(DIMS(1, 2), -1, 0)}},
          F32(DIMS(1, 2), 3, 2));
    gives(&(operator_case){"gather_nd", .in = {x, I64(DIMS(2, 2), 0, 1, -1, 0)}},
          F32(DIMS(2), 2, 3));
    gives(&(operator_case){"scatter_elements",
                           .in = {x, I64(DIMS(2, 1), 1, 1), F32(DIMS(2, 1), 9, 8)},
                           .attributes = {TEXT("reduction", "add"), INT("axis", 1)}},
          F32(DIMS(2, 2), 1, 11, 3, 12));
    gives(&(operator_case){"scatter_nd",
                           .in = {I64(DIMS(3), 1, 2, 3), I64(DIMS(2, 1), 0, 0), I64(DIMS(2), 5, 7)},
                           .attributes = {TEXT("reduction", "mul")}},
          I64(DIMS(3), 35, 2, 3));
    refuses(&(operator_case){"gather_elements", .in = {x, I64(DIMS(1, 2), 2, 0)}}, DAVY_ERR_INVALID,
            "index 2 of 2");
    refuses(&(operator_case){"gather_nd", .in = {x, I64(DIMS(1, 2), 0, INT64_MIN)}},
            DAVY_ERR_INVALID, "of 2");
    refuses(&(operator_case){"scatter_nd", .in = {x, I64(DIMS(1, 1), 5), F32(DIMS(1, 2), 1, 2)}},
            DAVY_ERR_INVALID, "index 5 of 2");
    refuses(
        &(operator_case){"scatter_elements", .in = {x, I64(DIMS(1, 1), -3), F32(DIMS(1, 1), 1)}},
        DAVY_ERR_INVALID, "index -3 of 2");
}

static void keeps_what_numbers_choose(void **state)
{
    static float many[48] = {5, 0, 9, 5, 7, 9};

    (void) state;
    gives(&(operator_case){"non_zero", .in = {F32(DIMS(2, 2), 0, -0.0F, NAN, 1)}},
          I64(DIMS(2, 2), 1, 1, 0, 1));
    gives(&(operator_case){"compress", .in = {F32(DIMS(2, 2), 1, 2, 3, 4), BOOL(DIMS(1), 1)},
                           .attributes = {INT("axis", 1)}},
          F32(DIMS(2, 1), 1, 3));
    gives_all(&(operator_case){"unique", .in = {F32(DIMS(5), 2, NAN, 1, NAN, 2)}, .out_count = 4},
              (davy_tensor[]){F32(DIMS(3), 1, 2, NAN), I64(DIMS(3), 2, 0, 1),
                              I64(DIMS(5), 1, 2, 0, 2, 1), I64(DIMS(3), 1, 2, 2)});
    gives_all(&(operator_case){"top_k", .in = {F32(DIMS(4), 1, NAN, 3, 1), I64(DIMS(1), 3)},
                               .out_count = 2},
              (davy_tensor[]){F32(DIMS(3), NAN, 3, 1), I64(DIMS(3), 1, 2, 0)});
    gives_all(/* a few of many; of equal ones those that stand first */
              &(operator_case){
                  "top_k", .in = {{.type = DAVY_TYPE_F32, DIMS(48), .data = many}, I64(DIMS(1), 3)},
                  .out_count = 2},
              (davy_tensor[]){F32(DIMS(3), 9, 9, 7), I64(DIMS(3), 2, 5, 4)});
    refuses(&(operator_case){"top_k", .in = {F32(DIMS(2), 1, 2), I64(DIMS(1), 3)}, .out_count = 2},
            DAVY_ERR_INVALID, "the first 3 of 2");
    refuses(&(operator_case){"reverse_sequence",
                             .in = {F32(DIMS(2, 2), 1, 2, 3, 4), I64(DIMS(2), 1, 3)}},
            DAVY_ERR_INVALID, "length 3 of 2");
}

static void bounds_what_it_generates(void **state)
{
    (void) state;
    gives(&(operator_case){"range", .in = {I64(SCALAR, INT64_MIN), I64(SCALAR, INT64_MAX),
                                           I64(SCALAR, INT64_MAX)}},
          I64(DIMS(3), INT64_MIN, -1, INT64_MAX - 1));
    gives(&(operator_case){"range", .in = {I64(SCALAR, 3), I64(SCALAR, 1), I64(SCALAR, INT64_MIN)}},
          I64(DIMS(1), 3));
    refuses(&(operator_case){"range", .in = {I64(SCALAR, INT64_MIN), I64(SCALAR, INT64_MAX),
                                             I64(SCALAR, 1)}},
            DAVY_ERR_FULL, "2^40");
    refuses(&(operator_case){"range", .in = {F32(SCALAR, 0), F32(SCALAR, 1), F32(SCALAR, 0)}},
            DAVY_ERR_INVALID, "steps of 0");
    gives(&(operator_case){"range", .in = {F32(SCALAR, NAN), F32(SCALAR, 1), F32(SCALAR, 1)}},
          F32(DIMS(0), 0));
    refuses(&(operator_case){"constant_of_shape", .in = {I64(DIMS(2), 1 << 20, 1 << 19)}},
            DAVY_ERR_FULL, "");
    refuses(&(operator_case){"one_hot",
                             .in = {I64(DIMS(1), 0), I64(SCALAR, INT64_MAX), F32(DIMS(2), 0, 1)}},
            DAVY_ERR_INVALID, "depth");
    gives(&(operator_case){"one_hot",
                           .in = {I64(DIMS(3), 1, -1, 7), I64(SCALAR, 2), F32(DIMS(2), 0, 1)}},
          F32(DIMS(3, 2), 0, 1, 0, 1, 0, 0));
    gives(&(operator_case){"trilu", .in = {F32(DIMS(2, 2), 1, 2, 3, 4), I64(SCALAR, INT64_MAX)}},
          F32(DIMS(2, 2), 0, 0, 0, 0));
    gives(&(operator_case){"eye_like", .in = {F32(DIMS(2, 2), 1, 2, 3, 4)},
                           .attributes = {INT("k", INT64_MIN)}},
          F32(DIMS(2, 2), 0, 0, 0, 0));
}

static void pads_and_crops(void **state)
{
    const davy_tensor x = F32(DIMS(3), 1, 2, 3);

    (void) state;
    gives(&(operator_case){"pad", .in = {x, I64(DIMS(2), 1, -1), F32(SCALAR, 9)}},
          F32(DIMS(3), 9, 1, 2));
    gives(&(operator_case){"pad", .in = {x, I64(DIMS(2), 5, 4)},
                           .attributes = {TEXT("mode", "reflect")}},
          F32(DIMS(12), 2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3));
    gives(&(operator_case){"pad", .in = {x, I64(DIMS(2), 1, 1)},
                           .attributes = {TEXT("mode", "edge")}},
          F32(DIMS(5), 1, 1, 2, 3, 3));
    refuses(&(operator_case){"pad", .in = {x, I64(DIMS(2), -2, -2)}}, DAVY_ERR_INVALID,
            "dimension 0 is -1");
    refuses(&(operator_case){"pad", .in = {x, I64(DIMS(2), INT64_MAX, INT64_MAX)}}, DAVY_ERR_FULL,
            "pads of");
    refuses(&(operator_case){"pad", .in = {F32(DIMS(0), 0), I64(DIMS(2), 1, 1)},
                             .attributes = {TEXT("mode", "edge")}},
            DAVY_ERR_INVALID, "nothing to repeat");
}

/* The rules of convert.h. */
static void casts_by_its_rules(void **state)
{
    (void) state;
    gives(&(operator_case){"cast", .in = {F32(DIMS(5), NAN, INFINITY, -1e30F, 300, -1.9F)},
                           .attributes = {INT("to", DAVY_TYPE_I8)}},
          I8(DIMS(5), 0, 127, -128, 127, -1));
    gives(&(operator_case){"cast", .in = {F64(DIMS(3), 9.3e18, -9.3e18, 0.5)},
                           .attributes = {INT("to", DAVY_TYPE_I64)}},
          I64(DIMS(3), INT64_MAX, INT64_MIN, 0));
    gives(&(operator_case){"cast", .in = {I64(DIMS(3), 257, -1, 1)},
                           .attributes = {INT("to", DAVY_TYPE_U8)}},
          U8(DIMS(3), 1, 255, 1));
    gives(&(operator_case){"cast", .in = {F32(DIMS(3), NAN, 0.25F, -0.0F)},
                           .attributes = {INT("to", DAVY_TYPE_BOOL)}},
          BOOL(DIMS(3), 1, 1, 0));
    refuses(&(operator_case){"cast", .in = {F32(DIMS(1), 1)}, .attributes = {INT("to", 99)}},
            DAVY_ERR_UNSUPPORTED, "unknown");
}

/* IEEE 754 binary16: every number becomes a float and itself again. */
static void keeps_every_half(void **state)
{
    (void) state;
    for (uint32_t half = 0; half < 65536; half++) {
        const float value = davy_half_to_float((uint16_t) half);
        const uint16_t back = davy_half_from_float(value);

        if (value != value)
            assert_true((back & 0x7c00U) == 0x7c00U && (back & 0x3ffU) != 0);
        else
            assert_int_equal(back, half);
    }
    assert_int_equal(davy_half_from_float(65519.996F), 0x7bff); /* below half a step: finite */
    assert_int_equal(davy_half_from_float(65520.0F), 0x7c00);
    assert_int_equal(davy_half_from_float(0x1p-25F), 0); /* a tie goes to the even 0 */
    assert_int_equal(davy_half_from_float(0x1.8p-25F), 1);
    assert_int_equal(davy_half_from_float(1.00048828125F), 0x3c00); /* 1 + 2^-11, a tie */
    assert_int_equal(davy_bfloat_from_float(1.00390625F), 0x3f80);  /* 1 + 2^-8, a tie */
}

static void works_along_an_axis(void **state)
{
    (void) state;
    gives(&(operator_case){"arg_max", .in = {I8(DIMS(2, 2), 1, 1, -3, -2)},
                           .attributes = {INT("axis", 1), INT("select_last_index", 1),
                                          INT("keepdims", 0)}},
          I64(DIMS(2), 1, 1));
    gives(&(operator_case){"cumsum", .in = {I64(DIMS(3), 1, 2, INT64_MAX), I32(SCALAR, -1)},
                           .attributes = {INT("reverse", 1)}},
          I64(DIMS(3), INT64_MIN + 2, INT64_MIN + 1, INT64_MAX));
    gives(&(operator_case){"log_softmax", .in = {F32(DIMS(1, 2), 1000, 1000)}},
          F32(DIMS(1, 2), -0.6931472F, -0.6931472F));
    gives(&(operator_case){"hardmax", .in = {F32(DIMS(1, 3), 3, 3, 1)}}, F32(DIMS(1, 3), 1, 0, 0));
    gives(&(operator_case){"lp_normalization", .in = {F32(DIMS(2, 2), 3, 4, 0, 0)}},
          F32(DIMS(2, 2), 0.6F, 0.8F, 0, 0));
    refuses(&(operator_case){"arg_max", .in = {F32(DIMS(2, 0), 0)}, .attributes = {INT("axis", 1)}},
            DAVY_ERR_INVALID, "without elements");
    refuses(&(operator_case){"cumsum", .in = {F32(DIMS(2), 1, 2), I64(SCALAR, INT64_MAX)}},
            DAVY_ERR_INVALID, "axis");
}

static void sums_products_by_an_equation(void **state)
{
    const davy_tensor x = F32(DIMS(2, 2), 1, 2, 3, 4);

    (void) state;
    gives(&(operator_case){"einsum", .in = {x, x, x},
                           .attributes = {TEXT("equation", "ij,jk,kl->il")}},
          F32(DIMS(2, 2), 37, 54, 81, 118)); /* x cubed */
    gives(&(operator_case){"einsum", .in = {x}, .attributes = {TEXT("equation", "ii")}},
          F32(SCALAR, 5));
    gives(&(operator_case){"einsum", .in = {I32(DIMS(2), 1, 2), I32(DIMS(2), 3, 4)},
                           .attributes = {TEXT("equation", "i,j")}},
          I32(DIMS(2, 2), 3, 4, 6, 8));
    refuses(&(operator_case){"einsum", .in = {x}, .attributes = {TEXT("equation", "ij->k")}},
            DAVY_ERR_INVALID, "does not fit");
    refuses(&(operator_case){"einsum", .in = {x}, .attributes = {TEXT("equation", "i->i")}},
            DAVY_ERR_INVALID, "does not fit");
    refuses(&(operator_case){"einsum", .in = {x, x}, .attributes = {TEXT("equation", "ij->ij")}},
            DAVY_ERR_INVALID, "does not fit");
    gives(&(operator_case){"det", .in = {F32(DIMS(2, 2, 2), 1, 2, 3, 4, 0, 1, 1, 0)}},
          F32(DIMS(2), -2, -1));
}

static void check_gradient(const char *op, size_t count, const davy_tensor *others,
                           const davy_attribute *attribute)
{
    const int64_t dims[] = {3, 4};
    davy_tensor in = gradient_input(2, dims, 1, 1);
    davy_value x[3];
    davy_graph *graph;
    davy_node *node;

    for (int64_t i = 0; i < 12; i++) /* away from the kinks at -0.3 and 0.4 */
        davy_f32(&in)[i] = (float) (i % 3 - 1) + 0.1F * davy_f32(&in)[i];
    assert_ok(davy_graph_create(op, 0, &graph));
    x[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, dims);
    for (size_t i = 0; i < count; i++)
        x[i + 1] = davy_graph_constant(graph, "", &others[i]);
    node = davy_graph_node(graph, op, x, count + 1, 1);
    if (attribute)
        assert_ok(davy_node_set(graph, node, attribute));
    gradient_check(graph, gradient_probe(graph, node->out[0]), &in);
    free(in.data);
}

static void carries_gradients_back(void **state)
{
    const davy_tensor pads = I64(DIMS(4), 1, 2, -1, 2);

    (void) state;
    check_gradient("pad", 1, &pads, NULL);
    check_gradient("pad", 1, &pads, &(davy_attribute) TEXT("mode", "reflect"));
    check_gradient("pad", 1, &pads, &(davy_attribute) TEXT("mode", "edge"));
    check_gradient("clip", 2, (davy_tensor[]){F32(SCALAR, -0.3F), F32(SCALAR, 0.4F)}, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_every_index),       cmocka_unit_test(keeps_what_numbers_choose),
        cmocka_unit_test(bounds_what_it_generates), cmocka_unit_test(pads_and_crops),
        cmocka_unit_test(casts_by_its_rules),       cmocka_unit_test(keeps_every_half),
        cmocka_unit_test(works_along_an_axis),      cmocka_unit_test(sums_products_by_an_equation),
        cmocka_unit_test(carries_gradients_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
