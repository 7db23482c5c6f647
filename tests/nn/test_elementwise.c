/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

#include "gradient.h"

/* Examples of the operators' pages in the ONNX specification, and hand calculation. */
static void computes_with_every_type(void **state)
{
    (void) state;
    gives(&(operator_case){"add", .in = {F32(DIMS(2, 2), 1, 2, 3, 4), F32(DIMS(2), 10, 20)}},
          F32(DIMS(2, 2), 11, 22, 13, 24));
    gives(&(operator_case){"add", .in = {U8(DIMS(2), 250, 1), U8(DIMS(2), 10, 1)}},
          U8(DIMS(2), 4, 2));
    gives(&(operator_case){"sub", .in = {I64(DIMS(2), INT64_MIN, 5), I64(SCALAR, 1)}},
          I64(DIMS(2), INT64_MAX, 4));
    gives(&(operator_case){"mul", .in = {F64(DIMS(2, 1), 2, 3), F64(DIMS(1, 2), 5, 7)}},
          F64(DIMS(2, 2), 10, 14, 15, 21));
    /* 1.5 + 2.25 in binary16 */
    gives(&(operator_case){"add", .in = {F16(DIMS(1), 0x3e00), F16(DIMS(1), 0x4080)}},
          F16(DIMS(1), 0x4380));
    refuses(&(operator_case){"add", .in = {F32(DIMS(2), 1, 2), F32(DIMS(3), 1, 2, 3)}},
            DAVY_ERR_INVALID, "does not broadcast");
    refuses(&(operator_case){"add", .in = {F32(DIMS(1), 1), F64(DIMS(1), 1)}}, DAVY_ERR_INVALID,
            "input 1 is double instead of float");
    refuses(&(operator_case){"add", .in = {BOOL(DIMS(1), 1), BOOL(DIMS(1), 1)}},
            DAVY_ERR_UNSUPPORTED, "bool");
}

static void survives_integers_that_trap(void **state)
{
    (void) state;
    gives(&(operator_case){"div", .in = {I64(DIMS(3), INT64_MIN, 7, -7), I64(DIMS(3), -1, 0, 2)}},
          I64(DIMS(3), INT64_MIN, 0, -3));
    gives(&(operator_case){"div", .in = {I32(DIMS(2), INT32_MIN, 1), I32(DIMS(2), -1, 0)}},
          I32(DIMS(2), INT32_MIN, 0));
    gives(&(operator_case){"mod", .in = {I64(DIMS(3), INT64_MIN, 7, 5), I64(DIMS(3), -1, 0, -3)}},
          I64(DIMS(3), 0, 0, -1));
    gives(&(operator_case){"mod", .in = {I64(DIMS(2), -4, 5), I64(DIMS(2), 3, -3)},
                           .attributes = {INT("fmod", 1)}},
          I64(DIMS(2), -1, 2));
    gives(&(operator_case){"abs", .in = {I8(DIMS(2), INT8_MIN, -3)}}, I8(DIMS(2), INT8_MIN, 3));
    gives(&(operator_case){"neg", .in = {I64(DIMS(1), INT64_MIN)}}, I64(DIMS(1), INT64_MIN));
    gives(&(operator_case){"pow", .in = {I64(DIMS(3), 2, 0, -1), I64(DIMS(3), 70, -1, INT64_MIN)}},
          I64(DIMS(3), 0, 0, 1));
    gives(&(operator_case){"bit_shift", .in = {U8(DIMS(3), 1, 255, 3), U8(DIMS(3), 8, 200, 2)},
                           .attributes = {TEXT("direction", "LEFT")}},
          U8(DIMS(3), 0, 0, 12));
}

static void keeps_a_nan(void **state)
{
    (void) state;
    gives(&(operator_case){"max", .in = {F32(DIMS(2), NAN, 1), F32(DIMS(2), 1, NAN)}},
          F32(DIMS(2), NAN, NAN));
    gives(
        &(operator_case){"min", .in = {F32(DIMS(2), 3, 1), F32(DIMS(2), NAN, 2), F32(DIMS(1), 0)}},
        F32(DIMS(2), NAN, 0));
    gives(&(operator_case){"is_nan", .in = {F32(DIMS(3), NAN, 1, INFINITY)}},
          BOOL(DIMS(3), 1, 0, 0));
    gives(&(operator_case){"is_inf", .in = {F32(DIMS(3), -INFINITY, NAN, INFINITY)},
                           .attributes = {INT("detect_negative", 0)}},
          BOOL(DIMS(3), 0, 0, 1));
    gives(&(operator_case){"equal", .in = {F32(DIMS(1), NAN), F32(DIMS(1), NAN)}},
          BOOL(DIMS(1), 0));
}

static void chooses_and_compares(void **state)
{
    (void) state;
    gives(&(operator_case){"where", .in = {BOOL(DIMS(2, 2), 1, 0, 1, 1),
                                           I64(DIMS(2, 2), 1, 2, 3, 4), I64(SCALAR, 9)}},
          I64(DIMS(2, 2), 1, 9, 3, 4));
    gives(&(operator_case){"less", .in = {U64(DIMS(2), UINT64_MAX, 1), U64(SCALAR, 2)}},
          BOOL(DIMS(2), 0, 1));
    gives(&(operator_case){"xor", .in = {BOOL(DIMS(2), 1, 1), BOOL(DIMS(2), 0, 1)}},
          BOOL(DIMS(2), 1, 0));
    gives(&(operator_case){"round", .in = {F32(DIMS(4), 0.5F, 1.5F, -2.5F, 2.4F)}},
          F32(DIMS(4), 0, 2, -2, 2));
    gives(&(operator_case){"mean", .in = {F32(DIMS(2), 1, 2), F32(DIMS(2), 3, 4), F32(SCALAR, 5)}},
          F32(DIMS(2), 3, 11.0F / 3));
}

static void gives_the_same_bits_in_two_threads(void **state)
{
    davy_tensor a = gradient_input(3, (int64_t[]){7, 113, 57}, 1, 2);
    davy_tensor b = gradient_input(2, (int64_t[]){113, 1}, 2, 2);

    (void) state;
    agrees_in_threads(&(operator_case){"mul", .in = {a, b}});
    agrees_in_threads(&(operator_case){"sin", .in = {a}});
    free(a.data);
    free(b.data);
}

/* The gradient of a binary operator for both operands, of these shapes, away from 0. */
static void check_binary(const char *op, int rank, const int64_t *dims, int other_rank,
                         const int64_t *other)
{
    davy_tensor in[2] = {gradient_input(rank, dims, 1, 0.5F),
                         gradient_input(other_rank, other, 2, 0.5F)};
    davy_graph *graph;
    davy_value x[2], y;

    for (size_t k = 0; k < 2; k++)
        for (int64_t i = 0; i < davy_tensor_count(&in[k]); i++)
            davy_f32(&in[k])[i] += 1.5F;
    assert_ok(davy_graph_create(op, 0, &graph));
    x[0] = davy_graph_input(graph, "a", DAVY_TYPE_F32, rank, dims);
    x[1] = davy_graph_input(graph, "b", DAVY_TYPE_F32, other_rank, other);
    y = davy_graph_node(graph, op, x, 2, 1)->out[0];
    /* The first operand once more, so that a gradient is added to what is there. */
    y = davy_graph_node(graph, op, (davy_value[]){y, x[1]}, 2, 1)->out[0];
    gradient_check(graph, gradient_probe(graph, y), in);
    free(in[0].data);
    free(in[1].data);
}

static void carries_gradients_back_through_broadcasts(void **state)
{
    static const char *const operators[] = {"add", "sub", "mul", "div", "pow"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(operators); i++) {
        check_binary(operators[i], 2, (int64_t[]){3, 4}, 2, (int64_t[]){3, 4});
        check_binary(operators[i], 3, (int64_t[]){2, 3, 4}, 1, (int64_t[]){4});
        check_binary(operators[i], 3, (int64_t[]){2, 3, 4}, 2, (int64_t[]){3, 1});
        check_binary(operators[i], 2, (int64_t[]){5, 2}, 0, NULL);
    }
}

static void carries_gradients_back_through_functions(void **state)
{
    static const char *const operators[] = {"exp", "log", "sqrt", "neg", "softplus"};
    const int64_t dims[] = {3, 5};
    davy_tensor in = gradient_input(2, dims, 3, 0.5F);

    (void) state;
    for (int64_t i = 0; i < davy_tensor_count(&in); i++)
        davy_f32(&in)[i] += 1;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(operators); i++) {
        davy_graph *graph;
        davy_value x;

        assert_ok(davy_graph_create(operators[i], 0, &graph));
        x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, dims);
        x = davy_graph_node(graph, operators[i], &x, 1, 1)->out[0];
        gradient_check(graph, gradient_probe(graph, x), &in);
    }
    free(in.data);
}

static void carries_gradients_back_through_a_choice(void **state)
{
    const int64_t dims[] = {2, 3};
    davy_tensor in[2] = {gradient_input(2, dims, 1, 1), gradient_input(1, dims + 1, 2, 1)};
    davy_graph *graph;
    davy_value x[3];

    (void) state;
    assert_ok(davy_graph_create("where", 0, &graph));
    x[0] = davy_graph_constant(graph, "", &BOOL(DIMS(2, 3), 1, 0, 1, 0, 0, 1));
    x[1] = davy_graph_input(graph, "a", DAVY_TYPE_F32, 2, dims);
    x[2] = davy_graph_input(graph, "b", DAVY_TYPE_F32, 1, dims + 1);
    gradient_check(graph, gradient_probe(graph, davy_graph_node(graph, "where", x, 3, 1)->out[0]),
                   in);
    free(in[0].data);
    free(in[1].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_with_every_type),
        cmocka_unit_test(survives_integers_that_trap),
        cmocka_unit_test(keeps_a_nan),
        cmocka_unit_test(chooses_and_compares),
        cmocka_unit_test(gives_the_same_bits_in_two_threads),
        cmocka_unit_test(carries_gradients_back_through_broadcasts),
        cmocka_unit_test(carries_gradients_back_through_functions),
        cmocka_unit_test(carries_gradients_back_through_a_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
