/* SPDX-License-Identifier: Apache-2.0 */
/* Products of matrices, to the bit: the references are loops in the order that kernels.h promises.
 */
#include "simd_testing.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The matrices of one product, each in memory of exactly its size. */
typedef struct product {
    davy_gemm g;
    fenced a, b, c, bias;
    float *before; /* what C held */
} product;

typedef struct shape {
    size_t m, n, k, segments;
    bool a_transposed, b_transposed, add, bias;
    davy_activation activation;
} shape;

static product make(const shape *s, bool at_end)
{
    const size_t c_count = s->m * s->n, slip = s->segments > 1 && s->k > 1 ? s->k / 2 : s->k;
    /* Segments of A overlap, as those of an image's row do; so do its rows. */
    const size_t a_row = s->segments > 1 ? s->k : s->k + (s->k > 1);
    const size_t a_count = s->a_transposed ? s->segments * s->m * s->k
                                           : (s->segments - 1) * slip + (s->m - 1) * a_row + s->k;
    product p = {
        .a = fence(a_count, at_end),
        .b = fence(s->segments * s->k * s->n, at_end),
        .c = fence(c_count, at_end),
        .bias = fence(s->n, at_end),
        .before = malloc(c_count * sizeof(float)),
    };

    if (!p.before)
        abort();
    memcpy(p.before, p.c.x, c_count * sizeof(float));
    p.g = (davy_gemm){
        .m = s->m,
        .n = s->n,
        .k = s->k,
        .segments = s->segments,
        .a = p.a.x,
        .a_row = s->a_transposed ? 1 : (ptrdiff_t) a_row,
        .a_column = s->a_transposed ? (ptrdiff_t) s->m : 1,
        .a_segment = (ptrdiff_t) (s->a_transposed ? s->m * s->k : slip),
        .b = p.b.x,
        .b_row = s->b_transposed ? 1 : (ptrdiff_t) s->n,
        .b_column = s->b_transposed ? (ptrdiff_t) s->k : 1,
        .b_segment = (ptrdiff_t) (s->k * s->n),
        .c = p.c.x,
        .c_row = (ptrdiff_t) s->n,
        .bias = s->bias ? p.bias.x : NULL,
        .add = s->add,
        .activation = s->activation,
        .slope = 0.25F,
    };
    return p;
}

static void unmake(product *p)
{
    unfence(p->a);
    unfence(p->b);
    unfence(p->c);
    unfence(p->bias);
    free(p->before);
}

static bool fuses(const davy_kernels *kernels)
{
    return strcmp(kernels->name, "baseline") != 0;
}

/* Element (i, j) in the promised order of additions. */
static float element(const davy_kernels *kernels, const davy_gemm *g, const float *before, size_t i,
                     size_t j)
{
    const size_t depth = g->segments * g->k;
    const size_t chain = g->chain ? g->chain : davy_gemm_chain(g->n, depth);
    float total = g->add ? before[i * g->n + j] : 0.0F, sum = 0.0F;

    for (size_t d = 0; d < depth; d++) {
        const ptrdiff_t s = (ptrdiff_t) (d / g->k), k = (ptrdiff_t) (d % g->k);
        const float a = g->a[s * g->a_segment + (ptrdiff_t) i * g->a_row + k * g->a_column];
        const float b = g->b[s * g->b_segment + k * g->b_row + (ptrdiff_t) j * g->b_column];

        sum = fuses(kernels) ? fmaf(a, b, sum) : sum + a * b;
        if ((d + 1) % chain == 0 || d + 1 == depth) {
            total = total + sum;
            sum = 0.0F;
        }
    }
    if (g->bias)
        total = total + g->bias[j];
    kernels->activate(g->activation, g->slope, 1, &total);
    return total;
}

static void check_bits(const davy_kernels *kernels, const shape *s, const product *p)
{
    for (size_t i = 0; i < s->m; i++)
        for (size_t j = 0; j < s->n; j++) {
            const float wanted = element(kernels, &p->g, p->before, i, j);

            expect(same_bits(p->c.x[i * s->n + j], wanted),
                   "%zux%zux%zu, %zu segments, %d%d%d%d%d: C[%zu][%zu] is %a, not %a", s->m, s->n,
                   s->k, s->segments, s->a_transposed, s->b_transposed, s->add, s->bias,
                   s->activation, i, j, (double) p->c.x[i * s->n + j], (double) wanted);
        }
}

/* The same product from a copy of B. */
static void multiply_packed(const davy_kernels *kernels, const product *p, bool at_end)
{
    const size_t depth = p->g.segments * p->g.k;
    const fenced copy = fence(davy_gemm_packed(kernels->lanes, p->g.n, depth), at_end);
    davy_gemm g = p->g;

    kernels->pack(&g, copy.x);
    memcpy(p->c.x, p->before, g.m * g.n * sizeof(float));
    g.b = copy.x;
    g.packed = true;
    kernels->gemm(&g);
    unfence(copy);
}

static void check_shape(const davy_kernels *kernels, const shape *s, bool at_end)
{
    product p = make(s, at_end);

    kernels->gemm(&p.g);
    check_bits(kernels, s, &p);
    multiply_packed(kernels, &p, at_end);
    check_bits(kernels, s, &p);
    unmake(&p);
}

static void every_shape_is_summed_in_the_promised_order(const davy_kernels *kernels)
{
    static const size_t ms[] = {1, 2, 5, 7, 12, 13, 25}, ks[] = {1, 3, 16, 65, 130};
    static const size_t ns[] = {1, 2, 4, 7, 8, 9, 15, 16, 17, 31, 33, 50, 64, 66, 100, 129};
    unsigned turn = 0;

    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
            for (size_t d = 0; d < sizeof ks / sizeof *ks; d++, turn++) {
                const shape s = {
                    .m = ms[i],
                    .n = ns[j],
                    .k = ks[d],
                    .segments = turn % 3 == 0 ? 3 : 1,
                    .a_transposed = turn % 5 == 1,
                    .b_transposed = turn % 7 == 2,
                    .add = turn % 2 == 0,
                    .bias = turn % 4 < 2,
                    .activation = (davy_activation) (turn % 11 % 7),
                };

                check_shape(kernels, &s, turn % 2 == 1);
            }
}

static void long_and_wide_products_keep_the_order(const davy_kernels *kernels)
{
    static const shape shapes[] = {
        {.m = 1, .n = 32, .k = 1000, .segments = 1, .add = true},
        {.m = 1, .n = 300, .k = 600, .segments = 1, .bias = true},
        {.m = 3, .n = 40, .k = 100, .segments = 7, .add = true, .bias = true},
        {.m = 250, .n = 300, .k = 300, .segments = 1, .add = true},
        {.m = 100, .n = 65, .k = 40, .segments = 9, .a_transposed = true},
        {.m = 97, .n = 257, .k = 270, .segments = 1, .b_transposed = true},
        {.m = 7, .n = 257, .k = 1100, .segments = 1, .bias = true},
        {.m = 490, .n = 20, .k = 700, .segments = 1, .add = true, .bias = true},
        {.m = 700, .n = 17, .k = 300, .segments = 2, .a_transposed = true},
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(kernels, &shapes[i], i % 2 == 0);
}

/* A sum of no products is what C held, or zero. */
static void a_product_of_nothing_is_the_bias(const davy_kernels *kernels)
{
    for (int turn = 0; turn < 8; turn++) {
        const shape s = {.m = turn % 2 ? 1 : 3,
                         .n = turn % 4 < 2 ? 5 : 40,
                         .segments = 1,
                         .add = turn < 4,
                         .bias = true,
                         .activation = DAVY_ACTIVATION_RELU};

        check_shape(kernels, &s, true);
    }
}

/* A row has the same bits alone, in a batch of 7 and in one of 32. */
static void a_row_has_the_same_bits_in_every_batch(const davy_kernels *kernels)
{
    static const size_t ns[] = {2, 10, 16, 24, 32, 50, 64, 100, 128, 256, 300};
    static const size_t ks[] = {8, 32, 50, 63, 128, 256, 257, 700};

    for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
        for (size_t d = 0; d < sizeof ks / sizeof *ks; d++) {
            const shape s = {.m = 32,
                             .n = ns[j],
                             .k = ks[d],
                             .segments = 1,
                             .bias = true,
                             .activation = DAVY_ACTIVATION_SIGMOID};
            product p = make(&s, true);
            float *alone = malloc(7 * s.n * sizeof *alone);

            if (!alone)
                abort();
            kernels->gemm(&p.g);
            for (size_t batch = 1; batch <= 7; batch += 6)
                for (size_t i = 0; i + batch <= s.m; i += batch) {
                    davy_gemm part = p.g;

                    part.m = batch;
                    part.a += (ptrdiff_t) i * p.g.a_row;
                    part.c = alone;
                    kernels->gemm(&part);
                    expect(same_numbers(alone, p.c.x + i * s.n, batch * s.n),
                           "n %zu, k %zu: rows %zu in a batch of %zu", s.n, s.k, i, batch);
                }
            free(alone);
            unmake(&p);
        }
}

/* Groups of rows, as the pixels of image rows that stand a padded row apart: each group as by
 * itself.
 */
static void rows_in_groups_have_the_bits_of_those_rows(const davy_kernels *kernels)
{
    static const size_t groups[] = {1, 3, 7, 100, 250, 301, 700};
    const size_t m = 602, n = 70, k = 5, gap = 11;
    const shape s = {.m = m + 602 * gap / 5 + 20, .n = n, .k = k, .segments = 1, .bias = true};
    product p = make(&s, true);
    float *alone = malloc(m * n * sizeof *alone);

    if (!alone)
        abort();
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const size_t group = groups[i];
        davy_gemm grouped = p.g;

        grouped.m = m;
        grouped.a_row = 2; /* rows overlap */
        grouped.group = group;
        grouped.a_group = (ptrdiff_t) (2 * group + gap);
        kernels->gemm(&grouped);
        for (size_t row = 0; row < m; row += group) {
            davy_gemm part = grouped;

            part.m = m - row < group ? m - row : group;
            part.a += (ptrdiff_t) (row / group) * grouped.a_group;
            part.group = 0;
            part.c = alone + row * n;
            kernels->gemm(&part);
        }
        expect(same_numbers(alone, p.c.x, m * n), "groups of %zu rows", group);
    }
    free(alone);
    unmake(&p);
}

/* By hand: [1 2; 3 4] [5 6; 7 8] = [19 22; 43 50]. */
static void known_answers(const davy_kernels *kernels)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, not_a_number[] = {NAN, 0, 0, 1};
    float c[4];
    davy_gemm g = {.m = 2,
                   .n = 2,
                   .k = 2,
                   .segments = 1,
                   .a = a,
                   .a_row = 2,
                   .a_column = 1,
                   .b = b,
                   .b_row = 2,
                   .c = c,
                   .c_row = 2};

    kernels->gemm(&g);
    expect(c[0] == 19 && c[1] == 22 && c[2] == 43 && c[3] == 50, "%g %g %g %g", (double) c[0],
           (double) c[1], (double) c[2], (double) c[3]);
    g.a = not_a_number;
    g.activation = DAVY_ACTIVATION_RELU;
    kernels->gemm(&g);
    expect(isnan(c[0]) && isnan(c[1]) && c[2] == 7 && c[3] == 8, "a NaN passes through ReLU");
}

/* Panels of B are as long as the longest chain, so a longer one would be written behind them. */
static void refuses_a_chain_longer_than_any(const davy_kernels *kernels)
{
    product p = make(&(shape){.m = 2, .n = 3, .k = 300, .segments = 1}, false);
    const struct rlimit none = {0, 0};
    int status = 0;
    pid_t child;

    (void) fflush(stdout);
    child = fork();
    if (child == 0) {
        (void) setrlimit(RLIMIT_CORE, &none);
        (void) close(STDERR_FILENO);
        p.g.chain = davy_gemm_chain(1000, 1000) + 1; /* the longest, and one more */
        kernels->gemm(&p.g);
        _exit(0);
    }
    expect(child > 0 && waitpid(child, &status, 0) == child, "there is no process");
    expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "a chain of 129 is taken");
    unmake(&p);
}

int main(void)
{
    static const kernel_test tests[] = {
        {"known answers", known_answers},
        {"every shape is summed in the promised order, inside its memory",
         every_shape_is_summed_in_the_promised_order},
        {"long and wide products keep the order", long_and_wide_products_keep_the_order},
        {"a product of nothing is the bias", a_product_of_nothing_is_the_bias},
        {"a row has the same bits in every batch", a_row_has_the_same_bits_in_every_batch},
        {"rows in groups have the bits of those rows", rows_in_groups_have_the_bits_of_those_rows},
        {"refuses a chain longer than any", refuses_a_chain_longer_than_any},
    };

    return run_kernel_tests(tests, sizeof tests / sizeof *tests);
}
