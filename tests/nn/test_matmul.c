/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

#include "gradient.h"

/* numpy.matmul, by hand. */
static void multiplies_as_numpy(void **state)
{
    (void) state;
    gives(&(operator_case){"matmul",
                           .in = {F32(DIMS(2, 2), 1, 2, 3, 4), F32(DIMS(2, 3), 1, 0, 1, 0, 1, 1)}},
          F32(DIMS(2, 3), 1, 2, 3, 3, 4, 7));
    gives(&(operator_case){"matmul", .in = {F32(DIMS(2), 1, 2), F32(DIMS(2), 3, 4)}},
          F32(SCALAR, 11));
    gives(&(operator_case){"matmul", .in = {F32(DIMS(2), 1, 2), F32(DIMS(2, 2), 1, 2, 3, 4)}},
          F32(DIMS(2), 7, 10));
    gives(&(operator_case){"matmul", .in = {F32(DIMS(2, 1, 1, 2), 1, 2, 3, 4),
                                            F32(DIMS(2, 2, 1), 1, 1, 2, 3)}},
          F32(DIMS(2, 2, 1, 1), 3, 8, 7, 18));
    gives(&(operator_case){"matmul", .in = {F32(DIMS(2, 1, 2), 1, 2, 3, 4), F32(DIMS(2, 1), 1, 1)}},
          F32(DIMS(2, 1, 1), 3, 7));
    gives(&(operator_case){"matmul", .in = {I32(DIMS(1, 2), INT32_MAX, 1), I32(DIMS(2, 1), 2, 1)}},
          I32(DIMS(1, 1), -1));
    gives(&(operator_case){"matmul", .in = {F64(DIMS(1, 2), 1, 2), F64(DIMS(2, 1), 3, 4)}},
          F64(DIMS(1, 1), 11));
    gives(&(operator_case){"matmul", .in = {F16(DIMS(1, 1), 0x4000), F16(DIMS(1, 1), 0x4200)}},
          F16(DIMS(1, 1), 0x4600)); /* 2 by 3 */
    gives(&(operator_case){"matmul", .in = {F32(DIMS(1, 0), 0), F32(DIMS(0, 2), 0)}},
          F32(DIMS(1, 2), 0, 0));
    refuses(&(operator_case){"matmul", .in = {F32(DIMS(1, 2), 1, 2), F32(DIMS(1, 2), 1, 2)}},
            DAVY_ERR_INVALID, "float[1, 2] by float[1, 2]");
}

static void multiplies_and_adds(void **state)
{
    const davy_tensor a = F32(DIMS(2, 2), 1, 2, 3, 4), b = F32(DIMS(2, 2), 1, 0, 2, 1);

    (void) state;
    gives(&(operator_case){"gemm", .in = {a, b, F32(DIMS(2), 10, 20)},
                           .attributes = {FLOAT("alpha", 2), FLOAT("beta", 0.5F)}},
          F32(DIMS(2, 2), 15, 14, 27, 18));
    gives(&(operator_case){"gemm", .in = {a, b}, .attributes = {INT("transA", 1)}},
          F32(DIMS(2, 2), 7, 3, 10, 4));
    gives(&(operator_case){"gemm", .in = {a, b}, .attributes = {INT("transB", 1)}},
          F32(DIMS(2, 2), 1, 4, 3, 10));
    gives(&(operator_case){"gemm",
                           .in = {F64(DIMS(1, 2), 1, 2), F64(DIMS(1, 2), 3, 4), F64(SCALAR, 1)},
                           .attributes = {INT("transB", 1)}},
          F64(DIMS(1, 1), 12));
    refuses(&(operator_case){"gemm", .in = {a, b, F32(DIMS(2, 2, 1), 1, 1, 1, 1)}},
            DAVY_ERR_INVALID, "input 2");
}

static void check_gradient(int rank, const int64_t *dims, int other_rank, const int64_t *other)
{
    davy_tensor in[2] = {gradient_input(rank, dims, 1, 1), gradient_input(other_rank, other, 2, 1)};
    davy_graph *graph;
    davy_value x[2];

    assert_ok(davy_graph_create("matmul", 0, &graph));
    x[0] = davy_graph_input(graph, "a", DAVY_TYPE_F32, rank, dims);
    x[1] = davy_graph_input(graph, "b", DAVY_TYPE_F32, other_rank, other);
    gradient_check(graph, gradient_probe(graph, davy_graph_node(graph, "matmul", x, 2, 1)->out[0]),
                   in);
    free(in[0].data);
    free(in[1].data);
}

static void carries_gradients_back(void **state)
{
    (void) state;
    check_gradient(2, (int64_t[]){3, 4}, 2, (int64_t[]){4, 5});
    check_gradient(3, (int64_t[]){2, 3, 4}, 2, (int64_t[]){4, 5});
    check_gradient(3, (int64_t[]){2, 3, 4}, 3, (int64_t[]){2, 4, 2});
    check_gradient(2, (int64_t[]){3, 4}, 3, (int64_t[]){2, 4, 2});
    check_gradient(1, (int64_t[]){4}, 2, (int64_t[]){4, 3});
    check_gradient(2, (int64_t[]){2, 4}, 1, (int64_t[]){4});
}

static void gives_the_same_bits_in_two_threads(void **state)
{
    davy_tensor a = gradient_input(3, (int64_t[]){3, 129, 65}, 1, 1);
    davy_tensor b = gradient_input(2, (int64_t[]){65, 77}, 2, 1);

    (void) state;
    agrees_in_threads(&(operator_case){"matmul", .in = {a, b}});
    free(a.data);
    free(b.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplies_as_numpy),
        cmocka_unit_test(multiplies_and_adds),
        cmocka_unit_test(carries_gradients_back),
        cmocka_unit_test(gives_the_same_bits_in_two_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
