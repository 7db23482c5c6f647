/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/gemm.h"

#include "../testing.h"

#include <stdlib.h>
#include <string.h>

static float *numbers(size_t count)
{
    static uint32_t seed = 7;
    float *x = malloc(count * sizeof *x);

    assert_non_null(x);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525U + 1013904223U;
        x[i] = (float) (seed >> 8) / 0x1p23F - 1.0F;
    }
    return x;
}

static const struct {
    size_t m, n, k;
} shapes[] = {{1, 10, 10},    {1, 130, 5000}, {32, 128, 3000}, {33, 300, 257},
              {500, 77, 100}, {241, 700, 64}, {1000, 3, 1000}};

/* One call of the kernel is the reference; test_gemm.c holds that one to its promise. */
static void all_threads_and_no_pool_give_the_bits_of_one_call(void **state)
{
    const davy_kernels *kernels = davy_kernels_best();
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(3, &pool));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++) {
        const size_t m = shapes[i].m, n = shapes[i].n, k = shapes[i].k;
        float *a = numbers(m * k), *b = numbers(k * n), *bias = numbers(n);
        float *c[3] = {numbers(m * n), malloc(m * n * sizeof(float)),
                       malloc(m * n * sizeof(float))};
        davy_gemm g = {.m = m,
                       .n = n,
                       .k = k,
                       .segments = 1,
                       .a = a,
                       .b = b,
                       .bias = bias,
                       .a_row = (ptrdiff_t) k,
                       .a_column = 1,
                       .c_row = (ptrdiff_t) n,
                       .add = true,
                       .activation = DAVY_ACTIVATION_RELU};

        for (int transposed = 0; transposed < 2; transposed++) {
            g.b_row = transposed ? 1 : (ptrdiff_t) n;
            g.b_column = transposed ? (ptrdiff_t) k : 0;
            for (int way = 1; way < 3; way++) {
                assert_non_null(c[way]);
                memcpy(c[way], c[0], m * n * sizeof(float));
                g.c = c[way];
                davy_gemm_run(kernels, way == 1 ? pool : NULL, &g);
            }
            g.c = c[0];
            kernels->gemm(&g);
            assert_memory_equal(c[0], c[1], m * n * sizeof(float));
            assert_memory_equal(c[0], c[2], m * n * sizeof(float));
        }
        for (int way = 0; way < 3; way++)
            free(c[way]);
        free(a);
        free(b);
        free(bias);
    }
    davy_pool_destroy(pool);
}

/* The first row of a batch, cut into other parts, has the bits that it has alone. */
static void a_row_alone_has_the_bits_of_the_batch(void **state)
{
    const davy_kernels *kernels = davy_kernels_best();
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(2, &pool));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++) {
        const size_t n = shapes[i].n, k = shapes[i].k;
        float *a = numbers(64 * k), *b = numbers(k * n), *c = numbers(64 * n), *row = numbers(n);
        davy_gemm g = {.m = 64,
                       .n = n,
                       .k = k,
                       .segments = 1,
                       .a = a,
                       .b = b,
                       .c = c,
                       .a_row = (ptrdiff_t) k,
                       .a_column = 1,
                       .b_row = (ptrdiff_t) n,
                       .c_row = (ptrdiff_t) n};

        davy_gemm_run(kernels, pool, &g);
        g.m = 1;
        g.c = row;
        davy_gemm_run(kernels, pool, &g);
        assert_memory_equal(row, c, n * sizeof(float));
        free(a);
        free(b);
        free(c);
        free(row);
    }
    davy_pool_destroy(pool);
}

static void bf16_parts_give_the_bits_of_one_call(void **state)
{
    davy_pool *pool;

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    assert_ok(davy_pool_create(2, &pool));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++) {
        const size_t m = shapes[i].m, n = shapes[i].n, k = shapes[i].k / 2 * 2;
        float *wide = numbers(m * k), *b = numbers(k * n), *c = numbers(m * n), *d = numbers(m * n);
        uint16_t *a = calloc(m * k, 2), *packed = calloc(davy_bf16_packed(k, n), 2);
        davy_bf16_gemm g = {.m = m,
                            .n = n,
                            .k = k,
                            .segments = 1,
                            .a = a,
                            .a_row = (ptrdiff_t) k,
                            .b = packed,
                            .b_pair = 32,
                            .b_panel = (ptrdiff_t) k * 16,
                            .c = c,
                            .c_row = (ptrdiff_t) n};

        assert_true(a && packed);
        davy_kernels_best()->to_bf16(m * k, wide, a);
        davy_bf16_pack(k, n, b, (ptrdiff_t) n, 1, packed);
        davy_bf16_run(pool, &g);
        g.c = d;
        davy_bf16_begin();
        davy_bf16_multiply(&g);
        davy_bf16_end();
        assert_memory_equal(c, d, m * n * sizeof(float));
        free(wide);
        free(a);
        free(b);
        free(packed);
        free(c);
        free(d);
    }
    davy_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_threads_and_no_pool_give_the_bits_of_one_call),
        cmocka_unit_test(a_row_alone_has_the_bits_of_the_batch),
        cmocka_unit_test(bf16_parts_give_the_bits_of_one_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
