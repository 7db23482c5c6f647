/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

#include "gradient.h"

/* The examples of the ONNX specification: [3, 2, 2] of 1 .. 12, over axis 1. */
static void reduces_over_axes(void **state)
{
    const davy_tensor x = F32(DIMS(3, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

    (void) state;
    gives(&(operator_case){"reduce_sum", .in = {x, I64(DIMS(1), 1)},
                           .attributes = {INT("keepdims", 0)}},
          F32(DIMS(3, 2), 4, 6, 12, 14, 20, 22));
    gives(&(operator_case){"reduce_sum", .in = {x}}, F32(DIMS(1, 1, 1), 78));
    gives(&(operator_case){"reduce_sum", .in = {x}, .attributes = {INT("noop_with_empty_axes", 1)}},
          x);
    gives(&(operator_case){"reduce_mean", .in = {x}, .attributes = {INTS("axes", 0, 2)}},
          F32(DIMS(1, 2, 1), 5.5F, 7.5F));
    gives(&(operator_case){"reduce_l2", .in = {x}, .attributes = {INTS("axes", -1)}},
          F32(DIMS(3, 2, 1), 2.236068F, 5, 7.81025F, 10.630146F, 13.453624F, 16.278821F));
    gives(&(operator_case){"reduce_max", .in = {I8(DIMS(2, 2), -5, 3, -128, -7)},
                           .attributes = {INTS("axes", 1)}},
          I8(DIMS(2, 1), 3, -7));
    gives(&(operator_case){"reduce_prod", .in = {I64(DIMS(3), INT64_MAX, 2, 1)}}, I64(DIMS(1), -2));
    gives(&(operator_case){"reduce_log_sum_exp", .in = {F32(DIMS(2, 2), 1000, 1000, -INFINITY, 3)},
                           .attributes = {INTS("axes", 1)}},
          F32(DIMS(2, 1), 1000.6931F, 3));
    refuses(&(operator_case){"reduce_sum", .in = {x, I64(DIMS(1), 3)}}, DAVY_ERR_INVALID,
            "axis 3 of 3");
}

static void reduces_nothing(void **state)
{
    const davy_tensor none = F32(DIMS(2, 0), 0);

    (void) state;
    gives(&(operator_case){"reduce_sum", .in = {none, I64(DIMS(1), 1)}}, F32(DIMS(2, 1), 0, 0));
    gives(&(operator_case){"reduce_max", .in = {none}, .attributes = {INTS("axes", 1)}},
          F32(DIMS(2, 1), -INFINITY, -INFINITY));
    gives(&(operator_case){"reduce_sum", .in = {none, I64(DIMS(1), 0)}}, F32(DIMS(1, 0), 0));
}

static void keeps_a_nan(void **state)
{
    (void) state;
    gives(&(operator_case){"reduce_max", .in = {F32(DIMS(3), 1, NAN, 2)}}, F32(DIMS(1), NAN));
    gives(&(operator_case){"reduce_log_sum_exp", .in = {F32(DIMS(3), 1, NAN, 2)}},
          F32(DIMS(1), NAN));
}

static void check_gradient(const char *op, size_t count, const int64_t *axes)
{
    const int64_t dims[] = {3, 4, 5};
    davy_tensor in = gradient_input(3, dims, 1, 1);
    davy_graph *graph;
    davy_node *node;
    davy_value x[2];
    davy_tensor list;

    assert_ok(davy_tensor_shape(&list, DAVY_TYPE_I64, 1, (int64_t[]){(int64_t) count}));
    list.data = (int64_t *) (uintptr_t) axes;
    assert_ok(davy_graph_create(op, 0, &graph));
    x[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, dims);
    x[1] = davy_graph_constant(graph, "", &list);
    node = davy_graph_node(graph, op, x, strcmp(op, "reduce_sum") == 0 ? 2 : 1, 1);
    if (strcmp(op, "reduce_sum") != 0)
        davy_node_set_ints(graph, node, "axes", axes, count);
    gradient_check(graph, gradient_probe(graph, node->out[0]), &in);
    free(in.data);
}

static void carries_gradients_back(void **state)
{
    (void) state;
    check_gradient("reduce_mean", 1, (int64_t[]){2});
    check_gradient("reduce_mean", 1, (int64_t[]){1});
    check_gradient("reduce_mean", 2, (int64_t[]){0, 2});
    check_gradient("reduce_sum", 1, (int64_t[]){0});
    check_gradient("reduce_sum", 3, (int64_t[]){0, 1, 2});
}

/* Mean over time of one series, alone and as one of a batch; of one channel it is a row. */
static void gives_the_same_bits_alone_and_in_a_batch(void **state)
{
    static const int64_t channels[] = {19, 1};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(channels); i++) {
        const int64_t c = channels[i];
        davy_tensor batch = gradient_input(3, (int64_t[]){5, 37, c}, 1, 3), one = batch;
        davy_tensor all[OPERATOR_OUTPUTS], single[OPERATOR_OUTPUTS];
        operator_case trial = {"reduce_mean", .in = {batch}, .attributes = {INTS("axes", 1)}};

        agrees_in_threads(&trial);
        assert_ok(operator_run(&trial, false, NULL, all));
        one.dims[0] = 1;
        one.data = davy_f32(&batch) + 3 * 37 * c;
        trial.in[0] = one;
        assert_ok(operator_run(&trial, false, NULL, single));
        assert_memory_equal(davy_f32(&all[0]) + 3 * c, single[0].data, (size_t) c * sizeof(float));
        operator_free(all);
        operator_free(single);
        free(batch.data);
    }
}

/* Four steps of two channels, two thresholds each, counted by hand; a NaN is above nothing. */
static void counts_the_share_of_steps_above_a_threshold(void **state)
{
    const davy_tensor x = F32(DIMS(1, 4, 2), 1, -1, 2, 0, 3, 0, NAN, 5);
    float many[2 * 50 * 5];
    davy_tensor series = {.type = DAVY_TYPE_F32, .rank = 3, .dims = {2, 50, 5}, .data = many};

    (void) state;
    gives(&(operator_case){"share_above", .in = {x, F32(DIMS(2, 2), 1.5F, 0, 3, -2)}},
          F32(DIMS(1, 2, 2), 0.5F, 0.25F, 0, 1));
    refuses(&(operator_case){"share_above", .in = {x, F32(DIMS(1, 3), 1, 2, 3)}}, DAVY_ERR_INVALID,
            "thresholds for 3");
    refuses(&(operator_case){"share_above", .in = {F32(DIMS(1, 0, 2), 0), F32(DIMS(1, 2), 1, 2)}},
            DAVY_ERR_INVALID, "0 steps");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(many); i++)
        many[i] = (float) (i * 37 % 101);
    agrees_in_threads(
        &(operator_case){"share_above", .in = {series, F32(DIMS(1, 5), 10, 20, 30, 40, 50)}});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_share_of_steps_above_a_threshold),
        cmocka_unit_test(reduces_over_axes),
        cmocka_unit_test(reduces_nothing),
        cmocka_unit_test(keeps_a_nan),
        cmocka_unit_test(carries_gradients_back),
        cmocka_unit_test(gives_the_same_bits_alone_and_in_a_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
