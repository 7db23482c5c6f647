/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The inner loops of the neural engine on one core, for every instruction set that this CPU has:
 * products of matrices in GF/s and as a share of the peak of that instruction set, functions in ns
 * for an element. The peak is measured between the rounds, so that a machine which is shared with
 * others slows both. Shapes are those of the reference networks (layers of the image classifier
 * are products of an image's row) and of a small Transformer.
 */
#include "nn/simd/amx.h"
#include "nn/simd/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, SUMS = 12 };

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

/* A peak is a loop of sums and products in registers. The sums begin with different numbers: equal
 * ones a compiler computes once. @return flops */
#define PEAK(name, features, lanes)                                                         \
    features static double peak_##name(void)                                                \
    {                                                                                       \
        typedef float vec __attribute__((vector_size(4 * (lanes))));                        \
        const long times = 20000;                                                           \
        volatile float one = 0.9999999F;                                                    \
        const vec factor = one - (vec){0}, term = factor * 1e-9F;                           \
        vec sums[SUMS], all = {0};                                                          \
                                                                                            \
        _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) sums[i] = term * (float) i; \
        for (long k = 0; k < times; k++)                                                    \
            _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) sums[i] =               \
                sums[i] * factor + term;                                                    \
        _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) all += sums[i];             \
        one = all[0];                                                                       \
        return (double) times * SUMS * 2 * (lanes);                                         \
    }
#if defined(__x86_64__)
PEAK(baseline, , 4)
PEAK(avx2, __attribute__((target("avx2,fma"))), 8)
PEAK(avx512, __attribute__((target("avx512f,fma"))), 16)
#else
PEAK(neon, , 4)
#endif

static const struct {
    const char *name;
    double (*peak)(void);
} sets[] = {
#if defined(__x86_64__)
    {"avx512", peak_avx512},
    {"avx2", peak_avx2},
    {"baseline", peak_baseline},
#else
    {"neon", peak_neon},
#endif
};

static double rate_of(double (*run)(void))
{
    const double start = now_s(), flops = run();

    return flops / (now_s() - start);
}

/* Numbers at the start of a page, between 0 and 1. */
static void *numbers(size_t count)
{
    float *x = aligned_alloc(4096, (count * sizeof *x + 8191) / 4096 * 4096);

    if (!x)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < count; i++)
        x[i] = (float) (i * 2654435761U % 1024U) / 1024.0F;
    return x;
}

/* ------------------------------------------------------------------------ products of matrices */

/* `rows` products with the same B; A and C step on. */
typedef struct work {
    const char *name;
    size_t m, n, k, segments, rows;
    char layout; /* n: A B, a: A' B, b: A B', i: rows of an image, w: an image's rows transposed */
} work;

static const work works[] = {
    {"conv 222, 3->32", 222, 32, 9, 3, 222, 'i'},
    {"conv 109, 32->64", 109, 64, 96, 3, 109, 'i'},
    {"conv 52, 64->128", 52, 128, 192, 3, 52, 'i'},
    {"conv 222, 3->32, weights' gradient", 9, 32, 222, 16, 42, 'w'},
    {"conv 109, 32->64, weights' gradient", 96, 64, 109, 4, 81, 'w'},
    {"conv 52, 64->128, weights' gradient", 192, 128, 52, 4, 39, 'w'},
    {"autoencoder, 1 row", 1, 256, 32, 1, 1, 'n'},
    {"autoencoder, 1 row, back", 1, 32, 256, 1, 1, 'n'},
    {"autoencoder, 32 rows", 32, 256, 32, 1, 1, 'n'},
    {"autoencoder, 32 rows, back", 32, 32, 256, 1, 1, 'n'},
    {"autoencoder of 50, 32 rows, back", 32, 50, 256, 1, 1, 'n'},
    {"LSTM step, 1 row", 1, 512, 128, 1, 1, 'n'},
    {"LSTM step, 32 rows", 32, 512, 128, 1, 1, 'n'},
    {"inputs of an LSTM", 1600, 256, 24, 1, 1, 'n'},
    {"attention, Q K'", 64, 64, 32, 1, 1, 'b'},
    {"attention, P V", 64, 32, 64, 1, 1, 'n'},
    {"transformer, q k v", 2048, 384, 128, 1, 1, 'n'},
    {"transformer, up", 2048, 512, 128, 1, 1, 'n'},
    {"transformer, down", 2048, 128, 512, 1, 1, 'n'},
    {"transformer, data gradient", 2048, 128, 512, 1, 1, 'b'},
    {"transformer, weights' gradient", 128, 512, 2048, 1, 1, 'a'},
    {"ResNet-50, 56, 64->256", 3136, 256, 64, 1, 1, 'n'},
    {"ResNet-50, 28, 3x3 of 128", 28, 128, 384, 3, 28, 'i'},
    {"ResNet-50, 14, 1024->256", 196, 256, 1024, 1, 1, 'n'},
    {"ResNet-50, 14, 256->1024", 196, 1024, 256, 1, 1, 'n'},
    {"ResNet-50, 7, 512->2048", 49, 2048, 512, 1, 1, 'n'},
    {"ResNet-50, 7, 3x3 of 512", 7, 512, 1536, 3, 7, 'i'},
    {"512 x 512 x 512", 512, 512, 512, 1, 1, 'n'},
    {"2048 x 2048 x 2048", 2048, 2048, 2048, 1, 1, 'n'},
};

static double flops_of(const work *w)
{
    return 2.0 * (double) (w->m * w->n) * (double) (w->k * w->segments * w->rows);
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

typedef struct product {
    const davy_kernels *kernels;
    const work *work;
    davy_gemm gemm;
    ptrdiff_t a_step, b_step, c_step;
} product;

/* Room for every layout: rows of an image of at most m + 2 pixels. */
static product make(const davy_kernels *kernels, const work *w)
{
    const bool image = w->layout == 'i', back = w->layout == 'w';
    const size_t a_segment = image ? (w->m + 2) * w->k / 3 : (w->k + 2) * w->m / 3;
    const size_t rows = w->rows * (back ? w->segments : 1) + w->segments;
    product p = {kernels, w, {0}, 0, 0, 0};

    p.gemm = (davy_gemm){.m = w->m,
                         .n = w->n,
                         .k = w->k,
                         .segments = w->segments,
                         .a_row = (ptrdiff_t) (image ? w->k / 3 : w->k),
                         .a_column = 1,
                         .a_segment = (ptrdiff_t) a_segment,
                         .b_row = (ptrdiff_t) w->n,
                         .b_segment = (ptrdiff_t) (w->k * w->n),
                         .c_row = (ptrdiff_t) w->n,
                         .add = back};
    if (w->layout == 'a' || back) {
        p.gemm.a_row = 1;
        p.gemm.a_column = (ptrdiff_t) (back ? w->m / 3 : w->m);
    }
    if (w->layout == 'b') {
        p.gemm.b_row = 1;
        p.gemm.b_column = (ptrdiff_t) w->k;
    }
    p.a_step = (ptrdiff_t) (a_segment * (back ? w->segments : 1));
    p.b_step = back ? (ptrdiff_t) (w->segments * w->k * w->n) : 0;
    p.c_step = image ? (ptrdiff_t) (w->m * w->n) : 0;
    p.gemm.a = numbers(most(rows * a_segment, w->m * w->k) + w->m * w->k);
    p.gemm.b = numbers(w->segments * w->k * w->n * (back ? w->rows : 1));
    p.gemm.c = numbers(w->m * w->n * w->rows);
    return p;
}

static void unmake(product *p)
{
    free((void *) p->gemm.a);
    free((void *) p->gemm.b);
    free(p->gemm.c);
}

static void run_product(const product *p)
{
    davy_gemm g = p->gemm;

    for (size_t row = 0; row < p->work->rows; row++) {
        p->kernels->gemm(&g);
        g.a += p->a_step;
        g.b += p->b_step;
        g.c += p->c_step;
    }
}

/* At least a millisecond of it. @return flops in a second */
static double product_rate(const product *p)
{
    const double flops = flops_of(p->work);
    const int times = 1 + (int) (1e8 / flops);
    const double start = now_s();

    for (int i = 0; i < times; i++)
        run_product(p);
    return times * flops / (now_s() - start);
}

static void measure_products(const davy_kernels *kernels, double (*peak)(void))
{
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        product p = make(kernels, &works[i]);
        double rates[ROUNDS], shares[ROUNDS];
        const double flops = flops_of(&works[i]);

        (void) product_rate(&p);
        for (int round = 0; round < ROUNDS; round++) {
            const double before = rate_of(peak);

            rates[round] = product_rate(&p);
            shares[round] = rates[round] / (0.5 * (before + rate_of(peak)));
        }
        (void) printf("%-8s %-36s %7.1f GF/s %4.0f %% of peak %12.2f us\n", kernels->name,
                      works[i].name, median(rates) * 1e-9, median(shares) * 100.0,
                      flops / median(rates) * 1e6);
        unmake(&p);
    }
}

/* ------------------------------------------------------------------------ products in bf16 */

typedef struct bf16_product {
    const char *name;
    size_t m, n, k, segments, rows;
} bf16_product;

static const bf16_product bf16_works[] = {
    {"bf16 conv 109, 32->64", 109, 64, 96, 3, 109},
    {"bf16 conv 52, 64->128", 52, 128, 192, 3, 52},
    {"bf16 32 x 256 x 128", 32, 256, 128, 1, 1},
    {"bf16 2048 x 384 x 128", 2048, 384, 128, 1, 1},
    {"bf16 2048 x 512 x 128", 2048, 512, 128, 1, 1},
    {"bf16 2048 x 128 x 512", 2048, 128, 512, 1, 1},
    {"bf16 512 x 512 x 512", 512, 512, 512, 1, 1},
};

static void measure_bf16(const bf16_product *w)
{
    const size_t pixel = w->segments > 1 ? w->k / w->segments : w->k, row = (w->m + 2) * pixel;
    const double flops = 2.0 * (double) (w->m * w->n) * (double) (w->k * w->segments * w->rows);
    uint16_t *a = numbers((w->rows + w->segments) * row), *b;
    float *weights = numbers(w->segments * w->k * w->n), *c = numbers(w->rows * w->m * w->n);
    const int times = 1 + (int) (2e8 / flops);
    double rates[ROUNDS];
    davy_bf16_gemm g = {.m = w->m, .n = w->n, .k = w->k, .segments = w->segments};

    b = numbers(davy_bf16_packed(w->segments * w->k, w->n));
    davy_bf16_pack(w->segments * w->k, w->n, weights, (ptrdiff_t) w->n, 1, b);
    memset(a, 0, (w->rows + w->segments) * row * sizeof *a);
    g.a_row = (ptrdiff_t) pixel;
    g.a_segment = (ptrdiff_t) row;
    g.b = b;
    g.b_pair = 2 * DAVY_BF16_PANEL;
    g.b_segment = (ptrdiff_t) (w->k * DAVY_BF16_PANEL);
    g.b_panel = (ptrdiff_t) w->segments * g.b_segment;
    g.c_row = (ptrdiff_t) w->n;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_s();

        davy_bf16_begin();
        for (int i = 0; i < times; i++)
            for (size_t r = 0; r < w->rows; r++) {
                g.a = a + r * row;
                g.c = c + r * w->m * w->n;
                davy_bf16_multiply(&g);
            }
        davy_bf16_end();
        rates[round] = times * flops / (now_s() - start);
    }
    (void) printf("%-8s %-36s %7.0f GF/s %27.2f us\n", "amx", w->name, median(rates) * 1e-9,
                  flops / median(rates) * 1e6);
    free(a);
    free(b);
    free(weights);
    free(c);
}

/* ------------------------------------------------------------------------ functions of elements */

enum { ELEMENTS = 4096 };

/* What a function works on: everything in the L1 cache or near it. */
static float *x, *y, *z, *weights_of_adam;
static uint16_t *halves;

static void map_exp(const davy_kernels *k)
{
    k->exp(ELEMENTS, x, y);
}

static void map_log(const davy_kernels *k)
{
    k->log(ELEMENTS, x, y);
}

static void map_tanh(const davy_kernels *k)
{
    k->tanh(ELEMENTS, x, y);
}

static void map_sigmoid(const davy_kernels *k)
{
    k->sigmoid(ELEMENTS, x, y);
}

static void map_gelu(const davy_kernels *k)
{
    k->gelu(ELEMENTS, x, y);
}

static void map_gelu_back(const davy_kernels *k)
{
    k->gelu_back(ELEMENTS, x, z, y);
}

static void map_sqrt(const davy_kernels *k)
{
    k->sqrt(ELEMENTS, x, y);
}

static void row_softmax(const davy_kernels *k)
{
    for (int i = 0; i < ELEMENTS; i += 64)
        k->softmax(64, x + i, y + i);
}

static void row_norm(const davy_kernels *k)
{
    float kept[2];

    for (int i = 0; i < ELEMENTS; i += 128)
        k->norm(128, x + i, 1e-5F, z, z + 128, y + i, kept);
}

static void all_sum(const davy_kernels *k)
{
    y[0] = k->sum(ELEMENTS, x);
}

static void columns_sum(const davy_kernels *k)
{
    k->sum_rows(ELEMENTS / 64, 64, x, 64, false, y);
}

static void step_adam(const davy_kernels *k)
{
    const davy_update update = {.count = ELEMENTS,
                                .weights = weights_of_adam,
                                .moment = y,
                                .square = z,
                                .diff = x,
                                .rate = 1e-3F,
                                .factor = 1.0F,
                                .beta1 = 0.9F,
                                .beta2 = 0.999F,
                                .epsilon = 1e-8F,
                                .correction1 = 1.0F,
                                .correction2 = 1.0F};

    if (!k->adam(&update))
        exit(EXIT_FAILURE);
}

static void to_bf16(const davy_kernels *k)
{
    k->to_bf16(ELEMENTS, x, halves);
}

static const struct {
    const char *name;
    void (*run)(const davy_kernels *kernels);
} functions[] = {
    {"exp", map_exp},
    {"log", map_log},
    {"tanh", map_tanh},
    {"sigmoid", map_sigmoid},
    {"gelu", map_gelu},
    {"gelu, back", map_gelu_back},
    {"sqrt", map_sqrt},
    {"softmax of 64", row_softmax},
    {"layer norm of 128", row_norm},
    {"sum", all_sum},
    {"sum of columns", columns_sum},
    {"Adam", step_adam},
    {"to bf16", to_bf16},
};

static void measure_functions(const davy_kernels *kernels)
{
    const int times = 100;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        double times_ns[ROUNDS];

        for (int round = 0; round < ROUNDS; round++) {
            const double start = now_s();

            for (int t = 0; t < times; t++)
                functions[i].run(kernels);
            times_ns[round] = (now_s() - start) * 1e9 / times / ELEMENTS;
        }
        (void) printf("%-8s %-36s %7.3f ns an element\n", kernels->name, functions[i].name,
                      median(times_ns));
    }
}

/* One instruction set when it is named, else all that this CPU has. */
int main(int count, char **arguments)
{
    x = numbers(ELEMENTS);
    y = numbers(ELEMENTS);
    z = numbers(ELEMENTS);
    weights_of_adam = numbers(ELEMENTS);
    halves = numbers(ELEMENTS);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const davy_kernels *kernels = davy_kernels_find(sets[i].name);

        if (!kernels || (count > 1 && strcmp(arguments[1], sets[i].name) != 0))
            continue;
        (void) printf("%-8s %-36s %7.1f GF/s\n", kernels->name, "peak",
                      rate_of(sets[i].peak) * 1e-9);
        measure_products(kernels, sets[i].peak);
        measure_functions(kernels);
    }
    for (size_t i = 0; davy_bf16_available() && i < sizeof bf16_works / sizeof *bf16_works; i++)
        measure_bf16(&bf16_works[i]);
    free(x);
    free(y);
    free(z);
    free(weights_of_adam);
    free(halves);
    return EXIT_SUCCESS;
}
