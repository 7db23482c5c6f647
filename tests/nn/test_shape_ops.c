/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

#include "gradient.h"

#define COUNTING_6 0, 1, 2, 3, 4, 5

static void gives_numbers_another_shape(void **state)
{
    const davy_tensor x = F32(DIMS(2, 3), COUNTING_6);

    (void) state;
    gives(&(operator_case){"reshape", .in = {x, I64(DIMS(2), 3, -1)}}, F32(DIMS(3, 2), COUNTING_6));
    gives(&(operator_case){"reshape", .in = {x, I64(DIMS(3), 0, 1, 3)}},
          F32(DIMS(2, 1, 3), COUNTING_6));
    gives(&(operator_case){"flatten", .in = {x}, .attributes = {INT("axis", 0)}},
          F32(DIMS(1, 6), COUNTING_6));
    gives(&(operator_case){"unsqueeze", .in = {x, I64(DIMS(2), -1, 0)}},
          F32(DIMS(1, 2, 3, 1), COUNTING_6));
    gives(&(operator_case){"squeeze", .in = {F32(DIMS(1, 6, 1), COUNTING_6), I64(DIMS(1), 2)}},
          F32(DIMS(1, 6), COUNTING_6));
    gives(&(operator_case){"squeeze", .in = {F32(DIMS(1, 6, 1), COUNTING_6)}},
          F32(DIMS(6), COUNTING_6));
}

static void refuses_shapes_that_do_not_fit(void **state)
{
    const davy_tensor x = F32(DIMS(2, 3), COUNTING_6);

    (void) state;
    refuses(&(operator_case){"reshape", .in = {x, I64(DIMS(2), 4, -1)}}, DAVY_ERR_INVALID,
            "6 numbers do not fit");
    refuses(&(operator_case){"reshape", .in = {x, I64(DIMS(2), -1, -1)}}, DAVY_ERR_INVALID,
            "size -1");
    refuses(&(operator_case){"reshape", .in = {x, I64(DIMS(2), -2, 3)}}, DAVY_ERR_INVALID,
            "size -2");
    refuses(&(operator_case){"reshape", .in = {x, I64(DIMS(2), INT64_MAX, INT64_MAX)}},
            DAVY_ERR_INVALID, "size 9223372036854775807");
    refuses(&(operator_case){"reshape",
                             .in = {x, I64(DIMS(3), (int64_t) 1 << 40, (int64_t) 1 << 40, -1)}},
            DAVY_ERR_INVALID, "do not fit");
    refuses(&(operator_case){"expand", .in = {x, I64(DIMS(3), 1 << 30, 2, 3)}}, DAVY_ERR_FULL, "");
    refuses(&(operator_case){"expand", .in = {x, I64(DIMS(3), INT64_MAX, 2, 3)}}, DAVY_ERR_FULL,
            "2^40");
    refuses(&(operator_case){"expand", .in = {x, I64(DIMS(3), -1, 2, 3)}}, DAVY_ERR_INVALID,
            "dimension 0 is -1");
    refuses(&(operator_case){"tile", .in = {x, I64(DIMS(2), INT64_MAX, 1)}}, DAVY_ERR_FULL,
            "repetitions");
    refuses(&(operator_case){"tile", .in = {x, I64(DIMS(2), 1 << 20, 1 << 20)}}, DAVY_ERR_FULL, "");
}

static void joins_and_parts(void **state)
{
    (void) state;
    gives(&(operator_case){"concat", .in = {F32(DIMS(2, 1), 1, 2), F32(DIMS(2, 2), 3, 4, 5, 6)},
                           .attributes = {INT("axis", -1)}},
          F32(DIMS(2, 3), 1, 3, 4, 2, 5, 6));
    gives_all(&(operator_case){"split", .in = {F32(DIMS(2, 3), COUNTING_6), I64(DIMS(2), 1, 2)},
                               .attributes = {INT("axis", 1)}, .out_count = 2},
              (davy_tensor[]){F32(DIMS(2, 1), 0, 3), F32(DIMS(2, 2), 1, 2, 4, 5)});
    refuses(&(operator_case){"split", .in = {F32(DIMS(3), 1, 2, 3), I64(DIMS(2), INT64_MAX, -2)},
                             .out_count = 2},
            DAVY_ERR_INVALID, "2 parts do not make up a length of 3");
    refuses(&(operator_case){"concat", .in = {F32(DIMS(2), 1, 2), F32(DIMS(1, 2), 1, 2)}},
            DAVY_ERR_INVALID, "does not fit");
}

/* The examples of Slice in the ONNX specification. */
static void slices_as_python_does(void **state)
{
    const davy_tensor x = F32(DIMS(2, 4), 1, 2, 3, 4, 5, 6, 7, 8);

    (void) state;
    gives(&(operator_case){"slice", .in = {x, I64(DIMS(2), 1, 0), I64(DIMS(2), 2, 3),
                                           I64(DIMS(2), 0, 1), I64(DIMS(2), 1, 2)}},
          F32(DIMS(1, 2), 5, 7));
    gives(&(operator_case){"slice", .in = {x, I64(DIMS(2), 0, 1), I64(DIMS(2), -1, 1000)}},
          F32(DIMS(1, 3), 2, 3, 4));
    gives(&(operator_case){"slice", .in = {x, I64(DIMS(1), -1), I64(DIMS(1), INT64_MIN),
                                           I64(DIMS(1), 1), I64(DIMS(1), -2)}},
          F32(DIMS(2, 2), 4, 2, 8, 6));
    gives(&(operator_case){"slice", .in = {x, I64(DIMS(1), 3), I64(DIMS(1), 0), I64(DIMS(1), 1),
                                           I64(DIMS(1), INT64_MIN)}},
          F32(DIMS(2, 1), 4, 8));
    refuses(&(operator_case){"slice", .in = {x, I64(DIMS(1), 0), I64(DIMS(1), 1), I64(DIMS(1), 0),
                                             I64(DIMS(1), 0)}},
            DAVY_ERR_INVALID, "step 0");
}

static void moves_dims(void **state)
{
    const davy_tensor x = F32(DIMS(2, 3), COUNTING_6);

    (void) state;
    gives(&(operator_case){"transpose", .in = {x}}, F32(DIMS(3, 2), 0, 3, 1, 4, 2, 5));
    gives(&(operator_case){"transpose", .in = {U8(DIMS(1, 2, 3), COUNTING_6)},
                           .attributes = {INTS("perm", 1, 2, 0)}},
          U8(DIMS(2, 3, 1), COUNTING_6));
    gives(&(operator_case){"expand", .in = {F32(DIMS(2, 1), 1, 2), I64(DIMS(3), 2, 1, 2)}},
          F32(DIMS(2, 2, 2), 1, 1, 2, 2, 1, 1, 2, 2));
    gives(&(operator_case){"expand", .in = {F32(DIMS(2, 1), 1, 2), I64(DIMS(1), 2)}},
          F32(DIMS(2, 2), 1, 1, 2, 2));
    gives(&(operator_case){"tile", .in = {F32(DIMS(2, 2), 0, 1, 2, 3), I64(DIMS(2), 2, 2)}},
          F32(DIMS(4, 4), 0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3));
    gives(&(operator_case){"space_to_depth", .in = {F32(DIMS(1, 1, 2, 4), 0, 1, 2, 3, 4, 5, 6, 7)},
                           .attributes = {INT("blocksize", 2)}},
          F32(DIMS(1, 4, 1, 2), 0, 2, 1, 3, 4, 6, 5, 7));
    gives(&(operator_case){"depth_to_space", .in = {F32(DIMS(1, 4, 1, 2), 0, 2, 1, 3, 4, 6, 5, 7)},
                           .attributes = {INT("blocksize", 2)}},
          F32(DIMS(1, 1, 2, 4), 0, 1, 2, 3, 4, 5, 6, 7));
    refuses(&(operator_case){"transpose", .in = {x}, .attributes = {INTS("perm", 0, 0)}},
            DAVY_ERR_INVALID, "no order");
}

static void gathers_rows(void **state)
{
    const davy_tensor x = F32(DIMS(3, 2), COUNTING_6);

    (void) state;
    gives(&(operator_case){"gather", .in = {x, I64(DIMS(2), 2, -3)}}, F32(DIMS(2, 2), 4, 5, 0, 1));
    gives(&(operator_case){"gather", .in = {x, I32(SCALAR, 1)}, .attributes = {INT("axis", 1)}},
          F32(DIMS(3), 1, 3, 5));
    refuses(&(operator_case){"gather", .in = {x, I64(DIMS(1), 3)}}, DAVY_ERR_INVALID,
            "index 3 of 3");
    refuses(&(operator_case){"gather", .in = {x, I64(DIMS(1), INT64_MIN)}}, DAVY_ERR_INVALID,
            "of 3");
}

/* The gradient of an operator that moves the numbers of x [2, 3, 4]; other inputs are constants. */
static void check_moved(const char *op, const davy_tensor *other, size_t other_count,
                        const davy_attribute *attribute, size_t out_count)
{
    const int64_t dims[] = {2, 3, 4};
    davy_tensor in = gradient_input(3, dims, 1, 1);
    davy_value x[OPERATOR_INPUTS], y = DAVY_VALUE_NONE;
    davy_graph *graph;
    davy_node *node;

    assert_ok(davy_graph_create(op, 0, &graph));
    x[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, dims);
    for (size_t i = 0; i < other_count; i++)
        x[i + 1] = davy_graph_constant(graph, "", &other[i]);
    for (size_t round = 0; round < 2; round++) { /* twice, so that the second gradient is added */
        node = davy_graph_node(graph, op, x, 1 + other_count, out_count);
        if (attribute)
            assert_ok(davy_node_set(graph, node, attribute));
        y = round == 0
                ? node->out[out_count - 1]
                : davy_graph_node(graph, "mul", (davy_value[]){y, node->out[out_count - 1]}, 2, 1)
                      ->out[0];
    }
    gradient_check(graph, gradient_probe(graph, y), &in);
    free(in.data);
}

static void carries_gradients_back(void **state)
{
    (void) state;
    check_moved("reshape", &I64(DIMS(2), 6, -1), 1, NULL, 1);
    check_moved("flatten", NULL, 0, NULL, 1);
    check_moved("unsqueeze", &I64(DIMS(1), 1), 1, NULL, 1);
    check_moved("transpose", NULL, 0, &(davy_attribute) INTS("perm", 2, 0, 1), 1);
    check_moved("expand", &I64(DIMS(4), 2, 2, 3, 4), 1, NULL, 1);
    check_moved("tile", &I64(DIMS(3), 1, 2, 1), 1, NULL, 1);
    check_moved("slice",
                (davy_tensor[]){I64(DIMS(2), 0, -1), I64(DIMS(2), 2, -10), I64(DIMS(2), 1, 2),
                                I64(DIMS(2), 1, -2)},
                4, NULL, 1);
    check_moved("split", &I64(DIMS(2), 1, 3), 1, &(davy_attribute) INT("axis", 2), 2);
    check_moved("gather", &I64(DIMS(2, 2), 0, 2, 2, -2), 1, &(davy_attribute) INT("axis", 1), 1);
    check_moved("concat", &F32(DIMS(2, 1, 4), 1, 2, 3, 4, 5, 6, 7, 8), 1,
                &(davy_attribute) INT("axis", 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_numbers_another_shape),
        cmocka_unit_test(refuses_shapes_that_do_not_fit),
        cmocka_unit_test(joins_and_parts),
        cmocka_unit_test(slices_as_python_does),
        cmocka_unit_test(moves_dims),
        cmocka_unit_test(gathers_rows),
        cmocka_unit_test(carries_gradients_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
