/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/simd/amx.h"

#include "../testing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* References are sums in double of the same bf16 factors; f32 sums of k products of numbers below 1
 * differ by at most k^2 2^-24, and in practice by far less. */
#define TOLERANCE 1e-4

static float widened(uint16_t bits)
{
    float x;

    davy_kernels_best()->from_bf16(1, &bits, &x);
    return x;
}

static void fill(size_t count, uint16_t *x)
{
    static uint32_t seed = 1;

    for (size_t i = 0; i < count; i++) {
        float value;

        seed = seed * 1664525U + 1013904223U;
        value = (float) (seed >> 8) / 0x1p23F - 1.0F;
        davy_kernels_best()->to_bf16(1, &value, x + i);
    }
}

/* What stands around the matrices: a product that reads it shows it. */
static uint16_t *poisoned(size_t count)
{
    uint16_t *x = malloc(count * sizeof *x);

    assert_non_null(x);
    memset(x, 0xff, count * sizeof *x); /* not a number */
    return x;
}

/* A product of `segments` matrices A that overlap by half, all with poison behind their ends. */
static void check(size_t m, size_t n, size_t k, size_t segments, bool add, bool bias,
                  davy_activation activation)
{
    const size_t shift = k / 4 * 2, row = k + 6, c_row = n + 3;
    const size_t a_count = (segments - 1) * shift + (m - 1) * row + k;
    uint16_t *a = poisoned(a_count + 64), *b = poisoned(davy_bf16_packed(k * segments, n));
    float *weights = calloc(k * segments * n, sizeof *weights), *c = calloc(m * c_row, sizeof *c);
    float *shifts = calloc(n, sizeof *shifts);
    davy_bf16_gemm g = {.m = m, .n = n, .k = k, .segments = segments, .a = a, .b = b, .c = c};

    assert_true(weights && c && shifts);
    for (size_t s = 0; s < segments; s++)
        for (size_t i = 0; i < m; i++)
            fill(k, a + s * shift + i * row);
    for (size_t i = 0; i < k * segments * n; i++)
        weights[i] = (float) ((i * 7) % 17) / 16.0F - 0.5F; /* exact in bf16 */
    for (size_t j = 0; j < n; j++)
        shifts[j] = bias ? (float) j / 8.0F : 0.0F;
    for (size_t i = 0; i < m * c_row; i++)
        c[i] = 2.0F;
    davy_bf16_pack(k * segments, n, weights, (ptrdiff_t) n, 1, b);
    g.a_row = (ptrdiff_t) row;
    g.a_segment = (ptrdiff_t) shift;
    g.b_pair = 2 * DAVY_BF16_PANEL;
    g.b_segment = (ptrdiff_t) (k * DAVY_BF16_PANEL);
    g.b_panel = (ptrdiff_t) (k * segments * DAVY_BF16_PANEL);
    g.c_row = (ptrdiff_t) c_row;
    g.bias = bias ? shifts : NULL;
    g.add = add;
    g.activation = activation;
    davy_bf16_begin();
    davy_bf16_multiply(&g);
    davy_bf16_end();
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = (add ? 2.0 : 0.0) + shifts[j];

            for (size_t s = 0; s < segments; s++)
                for (size_t d = 0; d < k; d++)
                    sum +=
                        (double) widened(a[s * shift + i * row + d]) * weights[(s * k + d) * n + j];
            if (activation == DAVY_ACTIVATION_RELU && sum < 0.0)
                sum = 0.0;
            if (activation == DAVY_ACTIVATION_TANH)
                sum = tanh(sum);
            if (!(fabs(sum - c[i * c_row + j]) < TOLERANCE))
                fail_msg("%zux%zux%zu, %zu segments: C[%zu][%zu] %g, not %g", m, n, k, segments, i,
                         j, (double) c[i * c_row + j], sum);
        }
        for (size_t j = n; j < c_row; j++)
            assert_near(c[i * c_row + j], 2.0F, 0.0F);
    }
    free(a);
    free(b);
    free(weights);
    free(c);
    free(shifts);
}

static void products_of_all_shapes_agree_with_sums_in_double(void **state)
{
    static const size_t ms[] = {1, 15, 16, 17, 32, 47, 52, 65}, ns[] = {1, 2, 16, 17, 32, 40, 64};
    static const size_t ks[] = {2, 30, 32, 34, 48, 96};

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ms); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(ns); j++)
            for (size_t d = 0; d < DAVY_ARRAY_LENGTH(ks); d++) {
                check(ms[i], ns[j], ks[d], 1, false, false, DAVY_ACTIVATION_NONE);
                check(ms[i], ns[j], ks[d], 3, true, true, DAVY_ACTIVATION_RELU);
                check(ms[i], ns[j], ks[d], 2, false, true, DAVY_ACTIVATION_TANH);
            }
}

/* An image of pixels of 32 channels, `pitch` of them in a row, under one pixel of weights. */
struct image {
    size_t rows, width, pitch, outputs;
    uint16_t *x, *weights;
    float *sums, *bias; /* [rows][pitch][outputs] without, and [outputs] */
};

#define CHANNELS ((size_t) 32)

static struct image make_image(size_t rows, size_t width, size_t pitch, size_t outputs)
{
    struct image im = {rows, width, pitch, outputs, .x = poisoned(rows * pitch * CHANNELS)};
    float *weights = calloc(CHANNELS * outputs, sizeof *weights);

    im.weights = poisoned(davy_bf16_packed(CHANNELS, outputs));
    im.sums = calloc(rows * pitch * outputs, sizeof *im.sums);
    im.bias = calloc(outputs, sizeof *im.bias);
    assert_true(weights && im.sums && im.bias);
    for (size_t r = 0; r < rows; r++)
        fill(width * CHANNELS, im.x + r * pitch * CHANNELS);
    for (size_t i = 0; i < CHANNELS * outputs; i++)
        weights[i] = (float) ((i * 7) % 17) / 16.0F - 0.5F;
    for (size_t j = 0; j < outputs; j++)
        im.bias[j] = (float) j / 8.0F - 2.0F;
    davy_bf16_pack(CHANNELS, outputs, weights, (ptrdiff_t) outputs, 1, im.weights);
    for (size_t i = 0; i < rows * pitch * outputs; i++)
        for (size_t c = 0; c < CHANNELS; c++)
            im.sums[i] +=
                widened(im.x[i / outputs * CHANNELS + c]) * weights[c * outputs + i % outputs];
    free(weights);
    return im;
}

static davy_bf16_gemm product_of(const struct image *im, float *c)
{
    return (davy_bf16_gemm){.n = im->outputs,
                            .k = CHANNELS,
                            .segments = 1,
                            .a = im->x,
                            .a_row = (ptrdiff_t) CHANNELS,
                            .b = im->weights,
                            .b_pair = 2 * DAVY_BF16_PANEL,
                            .b_panel = (ptrdiff_t) (CHANNELS * DAVY_BF16_PANEL),
                            .c = c,
                            .c_row = (ptrdiff_t) im->outputs,
                            .bias = im->bias};
}

static void multiply(const davy_bf16_gemm *g)
{
    davy_bf16_begin();
    davy_bf16_multiply(g);
    davy_bf16_end();
}

static void free_image(struct image *im)
{
    free(im->x);
    free(im->weights);
    free(im->sums);
    free(im->bias);
}

/* What stands between the rows is not a number, and nothing of it is in C. */
static void rows_of_an_image_adjoin_in_the_product(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t width = 1; width < 40; width += 3) {
        struct image im = make_image(5, width, width + 2, 20);
        float *c = calloc(im.rows * width * im.outputs + 1, sizeof *c);
        davy_bf16_gemm g = product_of(&im, c);

        assert_non_null(c);
        g.m = (im.rows - 1) * im.pitch + width;
        g.width = width;
        g.pitch = im.pitch;
        multiply(&g);
        for (size_t i = 0; i < im.rows * width * im.outputs; i++) {
            size_t row = i / (width * im.outputs), at = i % (width * im.outputs);

            assert_near(c[i], im.sums[row * im.pitch * im.outputs + at] + im.bias[i % im.outputs],
                        TOLERANCE);
        }
        assert_near(c[im.rows * width * im.outputs], 0.0F, 0.0F);
        free(c);
        free_image(&im);
    }
}

/* The same sums, pooled by the kernel of floats. */
static void pools_as_the_kernel_of_floats_does(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t width = 2; width <= 60; width += 2) {
        struct image im = make_image(2, width, width, width % 4 ? 20 : 64);
        size_t count = width / 2 * im.outputs;
        float *c = calloc(2 * count, sizeof *c), *expected = c + count;
        uint8_t *winners = calloc(2 * count, 1);
        davy_bf16_gemm g = product_of(&im, c);

        assert_true(c && winners);
        g.m = width;
        g.pool = true;
        g.a_below = (ptrdiff_t) (width * CHANNELS);
        g.winners = winners;
        g.activation = DAVY_ACTIVATION_RELU;
        multiply(&g);
        davy_kernels_best()->max_pool2(width / 2, im.outputs, im.sums, im.sums + width * im.outputs,
                                       im.bias, true, expected, winners + count);
        for (size_t i = 0; i < count; i++) {
            assert_near(c[i], expected[i], TOLERANCE);
            assert_int_equal(winners[i], winners[count + i]);
        }
        free(c);
        free(winners);
        free_image(&im);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_all_shapes_agree_with_sums_in_double),
        cmocka_unit_test(rows_of_an_image_adjoin_in_the_product),
        cmocka_unit_test(pools_as_the_kernel_of_floats_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
