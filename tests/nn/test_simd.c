/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic, sums, rows, steps of optimisers, bf16. References are sums in double. */
#include "simd_testing.h"

static bool fuses(const davy_kernels *kernels)
{
    return strcmp(kernels->name, "baseline") != 0;
}

static void arithmetic_is_exact_at_every_length(const davy_kernels *kernels)
{
    for (size_t count = 0; count <= 4 * kernels->lanes + 3; count++) {
        fenced a = fence(count, true), b = fence(count, count % 2), dst = fence(count, true);

        kernels->add(count, a.x, b.x, dst.x);
        for (size_t i = 0; i < count; i++)
            expect(same_bits(dst.x[i], a.x[i] + b.x[i]), "add of %zu", count);
        kernels->multiply(count, a.x, b.x, dst.x);
        for (size_t i = 0; i < count; i++)
            expect(same_bits(dst.x[i], a.x[i] * b.x[i]), "multiply of %zu", count);
        kernels->scale(count, 3.0F, a.x, dst.x);
        for (size_t i = 0; i < count; i++)
            expect(same_bits(dst.x[i], 3.0F * a.x[i]), "scale of %zu", count);
        kernels->axpy(count, 0.3F, b.x, dst.x);
        for (size_t i = 0; i < count; i++) {
            const float before = 3.0F * a.x[i];

            expect(same_bits(dst.x[i],
                             fuses(kernels) ? fmaf(0.3F, b.x[i], before) : before + 0.3F * b.x[i]),
                   "axpy of %zu, number %zu", count, i);
        }
        kernels->add(count, a.x, b.x, a.x); /* in place */
        unfence(a);
        unfence(b);
        unfence(dst);
    }
}

static void sums_are_near_those_in_double(const davy_kernels *kernels)
{
    for (size_t count = 0; count <= 300; count += count < 70 ? 1 : 23) {
        fenced a = fence(count, true), b = fence(count, count % 2);
        double sum = 0.0, product = 0.0;

        for (size_t i = 0; i < count; i++) {
            sum += a.x[i];
            product += (double) a.x[i] * b.x[i];
        }
        expect(fabs(kernels->sum(count, a.x) - sum) < 1e-5, "sum of %zu", count);
        expect(fabs(kernels->dot(count, a.x, b.x) - product) < 1e-5, "dot of %zu", count);
        unfence(a);
        unfence(b);
    }
}

static void the_greatest_number_is_found_wherever_it_stands(const davy_kernels *kernels)
{
    expect(kernels->max(0, NULL) == -INFINITY, "of nothing");
    for (size_t count = 1; count <= 3 * kernels->lanes + 2; count++) {
        fenced a = fence(count, true);

        for (size_t i = 0; i < count; i++) {
            const float before = a.x[i];

            a.x[i] = 2.0F;
            expect(kernels->max(count, a.x) == 2.0F, "number %zu of %zu", i, count);
            a.x[i] = NAN;
            expect(isnan(kernels->max(count, a.x)), "NaN at %zu of %zu", i, count);
            a.x[i] = before;
        }
        unfence(a);
    }
}

static void a_matrix_is_transposed_at_every_size(const davy_kernels *kernels)
{
    for (size_t rows = 0; rows <= 37; rows++)
        for (size_t columns = 0; columns <= 37; columns += 1 + columns / 9) {
            fenced src = fence(rows * columns, true), dst = fence(rows * columns, rows % 2);

            kernels->transpose(rows, columns, src.x, (ptrdiff_t) columns, dst.x, (ptrdiff_t) rows);
            for (size_t i = 0; i < rows * columns; i++)
                expect(same_bits(dst.x[i % columns * rows + i / columns], src.x[i]),
                       "%zu x %zu, number %zu", rows, columns, i);
            unfence(src);
            unfence(dst);
        }
}

/* Whole numbers: every order of additions gives the same. */
static void columns_are_summed(const davy_kernels *kernels)
{
    static const size_t rows[] = {0, 1, 3, 256, 257, 700}, columns[] = {1, 7, 16, 63, 64, 65, 200};

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            const size_t height = rows[r], width = columns[c];
            fenced x = fence(height * width, true), out = fence(width, true);

            for (size_t i = 0; i < height * width; i++)
                x.x[i] = (float) (i % 37) - 18.0F;
            for (int add = 0; add < 2; add++) {
                kernels->sum_rows(height, width, x.x, width, add, out.x);
                for (size_t j = 0; j < width; j++) {
                    float sum = 0.0F;

                    for (size_t i = 0; i < height; i++)
                        sum += x.x[i * width + j];
                    expect(out.x[j] == (float) (1 + add) * sum, "%zux%zu, column %zu", height,
                           width, j);
                }
            }
            unfence(x);
            unfence(out);
        }
}

static void a_softmax_is_that_of_the_formula(const davy_kernels *kernels)
{
    for (size_t count = 1; count <= 3 * kernels->lanes + 2; count++) {
        fenced src = fence(count, true), dst = fence(count, true);
        double sum = 0.0;

        for (size_t i = 0; i < count; i++)
            src.x[i] = 30.0F * src.x[i] + 1000.0F; /* e^1000 is no float */
        for (size_t i = 0; i < count; i++)
            sum += exp((double) src.x[i] - 1000.0);
        kernels->softmax(count, src.x, dst.x);
        for (size_t i = 0; i < count; i++)
            expect(fabs(exp((double) src.x[i] - 1000.0) / sum - dst.x[i]) < 1e-6,
                   "number %zu of %zu", i, count);
        kernels->softmax(count, src.x, src.x);
        expect(same_numbers(src.x, dst.x, count), "in place, %zu", count);
        src.x[count - 1] = NAN;
        kernels->softmax(count, src.x, src.x);
        expect(isnan(src.x[0]), "a NaN makes all of %zu NaN", count);
        unfence(src);
        unfence(dst);
    }
}

static void a_norm_is_that_of_the_formula(const davy_kernels *kernels)
{
    for (size_t count = 1; count <= 3 * kernels->lanes + 2; count++) {
        fenced src = fence(count, true), dst = fence(count, true), scale = fence(count, true),
               shift = fence(count, true);
        double mean = 0.0, variance = 0.0;
        float kept[2];

        for (size_t i = 0; i < count; i++)
            mean += src.x[i] / (double) count;
        for (size_t i = 0; i < count; i++)
            variance += (src.x[i] - mean) * (src.x[i] - mean) / (double) count;
        kernels->norm(count, src.x, 1e-3F, scale.x, shift.x, dst.x, kept);
        expect(fabs(kept[0] - mean) < 1e-6, "mean of %zu", count);
        expect(fabs(kept[1] - 1.0 / sqrt(variance + 1e-3)) < 1e-4, "deviation of %zu", count);
        for (size_t i = 0; i < count; i++)
            expect(fabs((src.x[i] - mean) / sqrt(variance + 1e-3) * scale.x[i] + shift.x[i] -
                        dst.x[i]) < 1e-5,
                   "number %zu of %zu", i, count);
        unfence(src);
        unfence(dst);
        unfence(scale);
        unfence(shift);
    }
}

/* The formulas of davy_norm_back, in double. */
static void a_norm_goes_back_by_the_formula(const davy_kernels *kernels)
{
    for (size_t width = 1; width <= 3 * kernels->lanes + 2; width++) {
        enum { PIXELS = 2, GAP = 3 };
        const size_t step = width + GAP, count = PIXELS * step - GAP;
        fenced x = fence(count, true), diff = fence(count, true), scale = fence(width, true),
               sums = fence(2 * width, true), dst = fence(count, true);
        davy_norm_back back = {.pixels = PIXELS, .width = width, .step = step, .x = x.x};
        double g = 0.0, gn = 0.0;

        back.diff_y = diff.x;
        back.scale = scale.x;
        back.mean = 0.25F;
        back.inverse = 1.5F;
        back.diff_scale = sums.x;
        back.diff_shift = sums.x + width;
        back.diff_x = dst.x;
        back.add = width % 2;
        for (size_t i = 0; i < count; i++)
            dst.x[i] = 2.0F;
        for (size_t i = 0; i < 2 * width; i++)
            sums.x[i] = 1.0F;
        kernels->norm_back(&back);
        for (size_t c = 0; c < width; c++) {
            double by_normal = 1.0, plain = 1.0;

            for (size_t i = c; i < count; i += step) {
                const double normal = ((double) x.x[i] - 0.25) * 1.5;

                by_normal += diff.x[i] * normal;
                plain += diff.x[i];
                g += (double) diff.x[i] * scale.x[c] / (double) (PIXELS * width);
                gn += diff.x[i] * normal * scale.x[c] / (double) (PIXELS * width);
            }
            expect(fabs(sums.x[c] - by_normal) < 1e-5, "scale %zu of %zu", c, width);
            expect(fabs(sums.x[width + c] - plain) < 1e-5, "shift %zu of %zu", c, width);
        }
        for (size_t i = 0; i < count; i++) {
            const size_t c = i % step;
            const double normal = ((double) x.x[i] - 0.25) * 1.5;
            const double made = c < width ? 1.5 * (diff.x[i] * scale.x[c] - g - normal * gn) : 2.0;

            expect(fabs(dst.x[i] - made - (c < width && back.add ? 2.0 : 0.0)) < 1e-5,
                   "number %zu of %zu", i, width);
        }
        unfence(x);
        unfence(diff);
        unfence(scale);
        unfence(sums);
        unfence(dst);
    }
}

/* ----------------------------------------------------------------- optimisers */

enum { WEIGHTS = 37 };

typedef struct network {
    float weights[WEIGHTS], moment[WEIGHTS], square[WEIGHTS], diff[WEIGHTS];
} network;

static network any_network(void)
{
    network n;

    for (size_t i = 0; i < WEIGHTS; i++) {
        n.weights[i] = any_float();
        n.moment[i] = any_float();
        n.square[i] = fabsf(any_float());
        n.diff[i] = any_float();
    }
    n.weights[0] = n.diff[0] = n.square[0] =
        0.0F; /* no gradient ever: v is 0, and so is its root */
    n.moment[0] = 1e-3F;
    return n;
}

static davy_update update_of(network *n)
{
    return (davy_update){.count = WEIGHTS,
                         .weights = n->weights,
                         .moment = n->moment,
                         .square = n->square,
                         .diff = n->diff,
                         .rate = 0.01F,
                         .factor = 0.5F,
                         .l1 = 0.02F,
                         .l2 = 0.03F,
                         .beta1 = 0.9F,
                         .beta2 = 0.99F,
                         .epsilon = 1e-3F,
                         .decay = 0.1F,
                         .correction1 = 1.5F,
                         .correction2 = 2.0F,
                         .momentum = 0.8F};
}

/* The slope that all optimisers start from: optimiser.h. */
static double slope_of(const davy_update *u, const network *n, size_t i)
{
    const double w = n->weights[i];

    return u->factor * n->diff[i] + u->l2 * w + u->l1 * ((w > 0.0) - (w < 0.0));
}

static void adam_takes_the_step_of_the_paper(const davy_kernels *kernels)
{
    const network before = any_network();
    network after = before;
    const davy_update u = update_of(&after);

    expect(kernels->adam(&u), "a finite step");
    for (size_t i = 0; i < WEIGHTS; i++) {
        const double g = slope_of(&u, &before, i);
        const double m = u.beta1 * before.moment[i] + (1.0 - u.beta1) * g;
        const double v = u.beta2 * before.square[i] + (1.0 - u.beta2) * g * g;
        const double w = before.weights[i] * (1.0 - u.rate * u.decay) -
                         u.rate * u.correction1 * m / (sqrt(v) * u.correction2 + u.epsilon);

        expect(fabs(after.moment[i] - m) < 1e-6 && fabs(after.square[i] - v) < 1e-6 &&
                   fabs(after.weights[i] - w) < 1e-6,
               "weight %zu is %g, not %g", i, (double) after.weights[i], w);
    }
}

static void momentum_takes_the_step_of_the_formula(const davy_kernels *kernels)
{
    for (int kind = 0; kind < 3; kind++) { /* plain, momentum, Nesterov */
        const network before = any_network();
        network after = before;
        davy_update u = update_of(&after);

        u.moment = kind == 0 ? NULL : after.moment;
        u.nesterov = kind == 2;
        expect(kernels->momentum(&u), "a finite step");
        for (size_t i = 0; i < WEIGHTS; i++) {
            const double g = slope_of(&u, &before, i), m = u.momentum * before.moment[i] + g;
            const double along = kind == 0 ? g : kind == 1 ? m : g + u.momentum * m;

            expect(fabs(after.weights[i] - (before.weights[i] - u.rate * along)) < 1e-6,
                   "kind %d, weight %zu", kind, i);
        }
    }
}

static void a_step_to_a_number_that_is_none_is_told(const davy_kernels *kernels)
{
    for (size_t i = 0; i < WEIGHTS; i++) {
        network n = any_network();
        davy_update u = update_of(&n);

        n.diff[i] = NAN;
        expect(!kernels->adam(&u), "Adam, NaN at %zu", i);
        n = any_network();
        n.diff[i] = INFINITY;
        expect(!kernels->momentum(&u), "momentum, infinity at %zu", i);
        n = any_network();
        n.weights[i] = -INFINITY;
        u.moment = NULL;
        expect(!kernels->momentum(&u), "plain descent, infinity at %zu", i);
    }
}

/* ------------------------------------------------------ tiles of a convolution */

/* Two tiles side by side, every channel with the same 3x3 kernel. */
typedef struct tiles {
    size_t channels, plane;
    fenced x, y, diff, v, sums, bias; /* [4, 6, C], [2, 4, C] twice, [16, 2, C] twice, [C] */
} tiles;

static const float kernel3[3][3] = {{0.5F, -1, 2}, {0.25F, 3, -0.75F}, {-2, 1, 0.125F}};

static tiles make_tiles(size_t channels)
{
    const size_t plane = 2 * channels;

    return (tiles){channels,
                   plane,
                   fence(24 * channels, true),
                   fence(8 * channels, true),
                   fence(8 * channels, channels % 2),
                   fence(16 * plane, true),
                   fence(16 * plane, true),
                   fence(channels, true)};
}

static void unmake_tiles(tiles t)
{
    unfence(t.x);
    unfence(t.y);
    unfence(t.diff);
    unfence(t.v);
    unfence(t.sums);
    unfence(t.bias);
}

/* The kernel as the products see it: G W G' of the paper, by hand. */
static double transformed_at(size_t i, size_t j)
{
    static const double g[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    double sum = 0;

    for (size_t y = 0; y < 3; y++)
        for (size_t x = 0; x < 3; x++)
            sum += g[i][y] * g[j][x] * kernel3[y][x];
    return sum;
}

static double convolved_at(const tiles *t, size_t row, size_t column, size_t c)
{
    double sum = 0;

    for (size_t y = 0; y < 3; y++)
        for (size_t x = 0; x < 3; x++)
            sum += kernel3[y][x] * t->x.x[((row + y) * 6 + column + x) * t->channels + c];
    return sum;
}

static void tiles_give_a_convolution_by_3x3(const davy_kernels *kernels)
{
    for (size_t channels = 1; channels <= 2 * kernels->lanes + 3; channels++) {
        const tiles t = make_tiles(channels);
        double before = 0, after = 0;

        kernels->winograd_input(2, channels, t.x.x, 6 * channels, t.v.x, t.plane);
        for (size_t i = 0; i < 16 * t.plane; i++)
            t.sums.x[i] = (float) (t.v.x[i] * transformed_at(i / t.plane / 4, i / t.plane % 4));
        for (int relu = 0; relu < 2; relu++) {
            kernels->winograd_output(2, channels, t.sums.x, t.plane, t.bias.x, relu, t.y.x,
                                     4 * channels);
            for (size_t i = 0; i < 8 * channels; i++) {
                const size_t c = i % channels, pixel = i / channels;
                const double sum = convolved_at(&t, pixel / 4, pixel % 4, c) + t.bias.x[c];

                expect(fabs(t.y.x[i] - (relu && sum < 0 ? 0 : sum)) < 1e-5, "%zu channels, %zu",
                       channels, i);
            }
        }
        /* The way back is the transposed map: the same product with any sums. */
        kernels->winograd_output(2, channels, t.sums.x, t.plane, NULL, false, t.y.x, 4 * channels);
        kernels->winograd_diff(2, channels, t.diff.x, 4 * channels, t.v.x, t.plane);
        for (size_t i = 0; i < 8 * channels; i++)
            before += (double) t.diff.x[i] * t.y.x[i];
        for (size_t i = 0; i < 16 * t.plane; i++)
            after += (double) t.v.x[i] * t.sums.x[i];
        expect(fabs(before - after) < 1e-4, "%zu channels, back", channels);
        unmake_tiles(t);
    }
}

/* ----------------------------------------------------------------- bf16 */

static void bf16_rounds_to_nearest_and_ties_to_even(const davy_kernels *kernels)
{
    /* By hand: bf16 keeps 7 bits after the point, so 1 + 2^-8 lies halfway between two of them. */
    static const float in[] = {1.0F,     0x1.01p0F, 0x1.03p0F,       0x1.010002p0F, -0x1.00fffep0F,
                               INFINITY, -INFINITY, 0x1.fffffep127F, -0.0F,         0x1p-133F};
    static const uint16_t out[] = {0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf80,
                                   0x7f80, 0xff80, 0x7f80, 0x8000, 0x0001};
    uint16_t y[10], sick;
    float back[10];
    const float nan = NAN;

    kernels->to_bf16(10, in, y);
    for (size_t i = 0; i < 10; i++)
        expect(y[i] == out[i], "%a is 0x%04x, not 0x%04x", (double) in[i], y[i], out[i]);
    kernels->from_bf16(10, y, back);
    expect(back[2] == 0x1.04p0F && back[9] == 0x1p-133F && back[6] == -INFINITY, "and back");
    kernels->to_bf16(1, &nan, &sick);
    kernels->from_bf16(1, &sick, back);
    expect(isnan(back[0]), "a NaN stays one");
}

/* Node by node. A tree is a chain of branches with a leaf at each side, so walks end at any step;
 * columns fit into registers or not. */
static void walks_end_where_single_steps_do(const davy_kernels *kernels)
{
    enum { DEPTH = 13, NODES = 2 * DEPTH + 1 };
    static davy_tree_node nodes[DAVY_TREE_WALKS * NODES];
    static int32_t keys[128];

    for (unsigned bits = 5; bits <= 7; bits += 2)
        for (size_t count = 1; count <= DAVY_TREE_WALKS; count += 21) {
            davy_tree_walks walks = {nodes, keys, bits, DEPTH, {0}, {0}};

            for (size_t i = 1; i < 128; i++)
                keys[i] = (int32_t) (any_float() * 1e9F);
            keys[0] = INT32_MIN;
            for (uint32_t i = 0; i < DAVY_TREE_WALKS * NODES; i++) {
                const uint32_t at = i % NODES;
                const bool leaf = at % 2 == 1 || at == NODES - 1;
                const uint32_t column = 1 + (i * 7 + at) % ((1U << bits) - 1);

                nodes[i] = (davy_tree_node){(int32_t) (any_float() * 1e9F),
                                            leaf ? at << bits : (at + 1) << bits | column};
            }
            for (uint32_t t = 0; t < DAVY_TREE_WALKS; t++)
                walks.first[t] = t * NODES;
            kernels->tree_walks(&walks, count);
            for (size_t t = 0; t < count; t++) {
                uint32_t at = 0;

                for (size_t step = 0; step < DEPTH; step++) {
                    const davy_tree_node node = nodes[t * NODES + at];
                    const int32_t key = keys[node.link & ((1U << bits) - 1)];

                    at = (node.link >> bits) + (uint32_t) (key > node.key);
                }
                expect(walks.at[t] == at, "tree %zu ends at %u, not %u", t, walks.at[t], at);
            }
        }
}

/* Counted one by one; channels up to three vectors of every set, thresholds beyond a register's. */
static void shares_above_thresholds_are_counted(const davy_kernels *kernels)
{
    static float x[100 * 49], limits[19 * 49], y[19 * 49];

    for (size_t i = 0; i < 100 * 49; i++)
        x[i] = i % 97 == 0 ? NAN : any_float();
    for (size_t i = 0; i < 19 * 49; i++)
        limits[i] = i % 5 == 0 ? x[i] : any_float(); /* equal is not above */
    for (size_t channels = 1; channels <= 49; channels += 3)
        for (size_t steps = 1; steps <= 100; steps += 33) {
            const davy_share share = {steps, channels, 19, x, limits, y};

            kernels->share_above(&share);
            for (size_t i = 0; i < 19 * channels; i++) {
                size_t above = 0;

                for (size_t t = 0; t < steps; t++)
                    above += x[t * channels + i % channels] > limits[i];
                expect(y[i] == (float) above / (float) steps, "%zu of %zu above, not %g", above,
                       steps, (double) y[i]);
            }
        }
}

int main(void)
{
    static const kernel_test tests[] = {
        {"walks end where single steps do", walks_end_where_single_steps_do},
        {"shares above thresholds are counted", shares_above_thresholds_are_counted},
        {"arithmetic is exact at every length", arithmetic_is_exact_at_every_length},
        {"sums are near those in double", sums_are_near_those_in_double},
        {"the greatest number is found wherever it stands",
         the_greatest_number_is_found_wherever_it_stands},
        {"a matrix is transposed at every size", a_matrix_is_transposed_at_every_size},
        {"columns are summed", columns_are_summed},
        {"a softmax is that of the formula", a_softmax_is_that_of_the_formula},
        {"a norm is that of the formula", a_norm_is_that_of_the_formula},
        {"a norm goes back by the formula", a_norm_goes_back_by_the_formula},
        {"Adam takes the step of the paper", adam_takes_the_step_of_the_paper},
        {"momentum takes the step of the formula", momentum_takes_the_step_of_the_formula},
        {"a step to a number that is none is told", a_step_to_a_number_that_is_none_is_told},
        {"tiles give a convolution by 3x3", tiles_give_a_convolution_by_3x3},
        {"bf16 rounds to nearest and ties to even", bf16_rounds_to_nearest_and_ties_to_even},
    };

    return run_kernel_tests(tests, sizeof tests / sizeof *tests);
}
