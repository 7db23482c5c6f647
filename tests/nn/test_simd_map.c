/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of one number. References are the C library's, in double. */
#include "simd_testing.h"

#define POINTS 100000

typedef struct map_case {
    const char *name;
    size_t kernel; /* where its pointer lies in davy_kernels */
    double (*reference)(double x);
    float from, to;
    double ulps;     /* units in the last place of the reference that an answer may be wrong */
    double absolute; /* or this, times the greater of 1 and |x|, where answers are near zero */
} map_case;

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static double gelu(double x)
{
    return 0.5 * x * erfc(-x / sqrt(2.0));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

/* GELU for negative numbers is a difference of numbers near 1, so it is good to an absolute error,
 * and SiLU has an e^x that is; sigmoid and SiLU below -87 are smaller than the least float. */
static const map_case maps[] = {
    {"exp", offsetof(davy_kernels, exp), exp, -87.0F, 88.7F, 1.5, 0.0},
    {"log", offsetof(davy_kernels, log), log, 1e-6F, 4.0F, 1.5, 0.0},
    {"log", offsetof(davy_kernels, log), log, 0x1p-126F, 0x1p127F, 1.5, 0.0},
    {"tanh", offsetof(davy_kernels, tanh), tanh, -12.0F, 12.0F, 2.0, 0.0},
    {"tanh", offsetof(davy_kernels, tanh), tanh, -1e-3F, 1e-3F, 2.0, 0.0},
    {"sigmoid", offsetof(davy_kernels, sigmoid), sigmoid, -80.0F, 80.0F, 3.0, 0.0},
    {"erf", offsetof(davy_kernels, erf), erf, -5.0F, 5.0F, 2.0, 0.0},
    {"gelu", offsetof(davy_kernels, gelu), gelu, -10.0F, 10.0F, 3.0, 1.5e-7},
    {"silu", offsetof(davy_kernels, silu), silu, -80.0F, 80.0F, 4.0, 1.5e-7},
    {"sqrt", offsetof(davy_kernels, sqrt), sqrt, 0.0F, 100.0F, 0.5, 0.0},
};

static davy_map *map_of(const davy_kernels *kernels, const map_case *c)
{
    davy_map *map;

    memcpy(&map, (const char *) kernels + c->kernel, sizeof map);
    return map;
}

static bool close_enough(const map_case *c, float x, float y)
{
    const double wanted = c->reference(x), size = fabs(wanted);
    const double ulp = nextafterf((float) size, INFINITY) - (float) size;
    const double error = fabs(y - wanted);

    return error <= c->ulps * ulp || error <= c->absolute * fmax(1.0, fabs((double) x));
}

static void maps_are_within_a_few_units_of_the_library(const davy_kernels *kernels)
{
    static float x[POINTS], y[POINTS];

    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        const map_case *c = &maps[m];

        for (size_t i = 0; i < POINTS; i++)
            x[i] = c->from + (c->to - c->from) * (0.5F + 0.5F * any_float());
        map_of(kernels, c)(POINTS, x, y);
        for (size_t i = 0; i < POINTS; i++)
            expect(close_enough(c, x[i], y[i]), "%s(%a) is %a, not %a", c->name, (double) x[i],
                   (double) y[i], c->reference(x[i]));
    }
}

static void expect_map(davy_map *map, const char *name, float x, float wanted)
{
    float y;

    map(1, &x, &y);
    expect(isnan(wanted) ? isnan(y) : same_bits(y, wanted), "%s(%g) is %g, not %g", name,
           (double) x, (double) y, (double) wanted);
}

/* C17, F.10: what the functions of the C library give, which ours follow. */
static void ends_of_the_range_are_those_of_the_library(const davy_kernels *kernels)
{
    expect_map(kernels->exp, "exp", INFINITY, INFINITY);
    expect_map(kernels->exp, "exp", 89.0F, INFINITY);
    expect_map(kernels->exp, "exp", -INFINITY, 0.0F);
    expect_map(kernels->exp, "exp", -110.0F, 0.0F);
    expect_map(kernels->exp, "exp", 0.0F, 1.0F);
    expect_map(kernels->log, "log", 0.0F, -INFINITY);
    expect_map(kernels->log, "log", -0.0F, -INFINITY);
    expect_map(kernels->log, "log", 1.0F, 0.0F);
    expect_map(kernels->log, "log", -1.0F, NAN);
    expect_map(kernels->log, "log", -INFINITY, NAN);
    expect_map(kernels->log, "log", INFINITY, INFINITY);
    expect_map(kernels->log, "log", 0x1p-149F, -0x1.9d1da0p+6F);
    expect_map(kernels->tanh, "tanh", INFINITY, 1.0F);
    expect_map(kernels->tanh, "tanh", -INFINITY, -1.0F);
    expect_map(kernels->tanh, "tanh", -0.0F, -0.0F);
    expect_map(kernels->erf, "erf", INFINITY, 1.0F);
    expect_map(kernels->erf, "erf", -INFINITY, -1.0F);
    expect_map(kernels->sigmoid, "sigmoid", INFINITY, 1.0F);
    expect_map(kernels->sigmoid, "sigmoid", -INFINITY, 0.0F);
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++)
        expect_map(map_of(kernels, &maps[m]), maps[m].name, NAN, NAN);
}

/* An element has the same bits wherever it stands, and nothing beside the array is touched. */
static void a_number_has_the_same_bits_wherever_it_stands(const davy_kernels *kernels)
{
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        davy_map *map = map_of(kernels, &maps[m]);

        for (size_t count = 0; count <= 2 * kernels->lanes + 3; count++) {
            fenced src = fence(count, count % 2), dst = fence(count, count % 3 > 0);

            map(count, src.x, dst.x);
            for (size_t i = 0; i < count; i++) {
                float alone;

                map(1, src.x + i, &alone);
                expect(same_bits(alone, dst.x[i]) || (isnan(alone) && isnan(dst.x[i])),
                       "%s of %zu, number %zu: %a, alone %a", maps[m].name, count, i,
                       (double) dst.x[i], (double) alone);
            }
            map(count, src.x, src.x);
            expect(same_numbers(src.x, dst.x, count), "%s of %zu in place", maps[m].name, count);
            unfence(src);
            unfence(dst);
        }
    }
}

/* ----------------------------------------------------------------- ways back */

typedef struct back_case {
    const char *name;
    size_t kernel;
    double (*slope)(double kept);
} back_case;

static double tanh_slope(double y)
{
    return 1.0 - y * y;
}

static double sigmoid_slope(double y)
{
    return y * (1.0 - y);
}

static double relu_slope(double y)
{
    return y > 0.0;
}

static double gelu_slope(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0)) + x * exp(-0.5 * x * x) / sqrt(2.0 * acos(-1.0));
}

static double silu_slope(double x)
{
    return sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)));
}

static const back_case backs[] = {
    {"tanh", offsetof(davy_kernels, tanh_back), tanh_slope},
    {"sigmoid", offsetof(davy_kernels, sigmoid_back), sigmoid_slope},
    {"relu", offsetof(davy_kernels, relu_back), relu_slope},
    {"gelu", offsetof(davy_kernels, gelu_back), gelu_slope},
    {"silu", offsetof(davy_kernels, silu_back), silu_slope},
};

static void ways_back_are_the_derivatives(const davy_kernels *kernels)
{
    for (size_t b = 0; b < sizeof backs / sizeof *backs; b++) {
        davy_map_back *back;

        memcpy(&back, (const char *) kernels + backs[b].kernel, sizeof back);
        for (size_t count = 0; count <= 3 * kernels->lanes + 1; count++) {
            fenced kept = fence(count, true), diff = fence(count, true), dst = fence(count, true);

            back(count, kept.x, diff.x, dst.x);
            for (size_t i = 0; i < count; i++) {
                const double wanted = diff.x[i] * backs[b].slope(kept.x[i]);

                expect(fabs(wanted - dst.x[i]) < 5e-7, "%s back at %g is %g, not %g", backs[b].name,
                       (double) kept.x[i], (double) dst.x[i], wanted);
            }
            back(count, kept.x, diff.x, diff.x); /* in place */
            expect(same_numbers(diff.x, dst.x, count), "%s back in place", backs[b].name);
            unfence(kept);
            unfence(diff);
            unfence(dst);
        }
    }
}

static void activations_by_name_are_the_maps(const davy_kernels *kernels)
{
    static davy_activation const kinds[] = {DAVY_ACTIVATION_GELU, DAVY_ACTIVATION_SILU,
                                            DAVY_ACTIVATION_SIGMOID, DAVY_ACTIVATION_TANH};
    davy_map *const same[] = {kernels->gelu, kernels->silu, kernels->sigmoid, kernels->tanh};
    float x[37], y[37], wanted[37];

    for (size_t i = 0; i < 37; i++)
        x[i] = 4.0F * any_float();
    for (size_t k = 0; k < 4; k++) {
        memcpy(y, x, sizeof y);
        kernels->activate(kinds[k], 0.0F, 37, y);
        same[k](37, x, wanted);
        expect(same_numbers(y, wanted, 37), "activation %d", (int) kinds[k]);
    }
    memcpy(y, x, sizeof y);
    kernels->activate(DAVY_ACTIVATION_LEAKY, 0.5F, 37, y);
    for (size_t i = 0; i < 37; i++)
        expect(same_bits(y[i], x[i] < 0.0F ? 0.5F * x[i] : x[i]), "leaky at %g", (double) x[i]);
    kernels->activate_back(DAVY_ACTIVATION_LEAKY, 0.5F, 37, y, x, wanted);
    for (size_t i = 0; i < 37; i++)
        expect(same_bits(wanted[i], y[i] > 0.0F ? x[i] : 0.5F * x[i]), "leaky back");
    kernels->activate_back(DAVY_ACTIVATION_NONE, 0.0F, 37, y, x, wanted);
    expect(same_numbers(wanted, x, 37), "no activation hands the gradient on");
}

/* A comparison that took NaN for a negative number once hid a sick network behind zeros. */
static void a_sick_number_stays_sick(const davy_kernels *kernels)
{
    static const davy_activation kinds[] = {
        DAVY_ACTIVATION_NONE, DAVY_ACTIVATION_RELU,    DAVY_ACTIVATION_LEAKY, DAVY_ACTIVATION_GELU,
        DAVY_ACTIVATION_SILU, DAVY_ACTIVATION_SIGMOID, DAVY_ACTIVATION_TANH};

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < 20; i++) {
            float x[20] = {0}, diff[20] = {0};

            x[i] = NAN;
            kernels->activate(kinds[k], 0.1F, 20, x);
            expect(isnan(x[i]), "activation %d of a NaN", (int) kinds[k]);
            if (kinds[k] == DAVY_ACTIVATION_NONE || kinds[k] == DAVY_ACTIVATION_LEAKY)
                continue; /* their gradient is that of what comes after */
            kernels->activate_back(kinds[k], 0.1F, 20, x, diff, diff);
            expect(isnan(diff[i]), "activation %d, back, of a NaN", (int) kinds[k]);
        }
}

int main(void)
{
    static const kernel_test tests[] = {
        {"maps are within a few units of the library", maps_are_within_a_few_units_of_the_library},
        {"ends of the range are those of the library", ends_of_the_range_are_those_of_the_library},
        {"a number has the same bits wherever it stands",
         a_number_has_the_same_bits_wherever_it_stands},
        {"ways back are the derivatives", ways_back_are_the_derivatives},
        {"activations by name are the maps", activations_by_name_are_the_maps},
        {"a sick number stays sick", a_sick_number_stays_sick},
    };

    return run_kernel_tests(tests, sizeof tests / sizeof *tests);
}
