/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/onnx_cells.h"

#include <math.h>
#include <strings.h>

static float affine(float x, float alpha, float beta)
{
    return alpha * x + beta;
}

static float elu(float x, float alpha, float beta)
{
    (void) beta;
    return x < 0.0F ? alpha * (expf(x) - 1.0F) : x;
}

static float hard_sigmoid(float x, float alpha, float beta)
{
    const float y = alpha * x + beta;

    return y < 0.0F ? 0.0F : y > 1.0F ? 1.0F : y;
}

static float leaky_relu(float x, float alpha, float beta)
{
    (void) beta;
    return x < 0.0F ? alpha * x : x;
}

static float relu(float x, float alpha, float beta)
{
    (void) alpha;
    (void) beta;
    return x < 0.0F ? 0.0F : x;
}

static float scaled_tanh(float x, float alpha, float beta)
{
    return alpha * tanhf(beta * x);
}

static float sigmoid(float x, float alpha, float beta)
{
    (void) alpha;
    (void) beta;
    return 1.0F / (1.0F + expf(-x));
}

static float softplus(float x, float alpha, float beta)
{
    (void) alpha;
    (void) beta;
    return x > 0.0F ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

static float softsign(float x, float alpha, float beta)
{
    (void) alpha;
    (void) beta;
    return x / (1.0F + fabsf(x));
}

static float hyperbolic(float x, float alpha, float beta)
{
    (void) alpha;
    (void) beta;
    return tanhf(x);
}

static float thresholded_relu(float x, float alpha, float beta)
{
    (void) beta;
    return x <= alpha ? 0.0F : x; /* NaN stays */
}

/* The settings are those of the ONNX operator of the same name; NAN: it takes none. */
static const struct {
    const char *name;
    davy_onnx_activation function;
} functions[] = {
    {"Affine", {affine, 1.0F, 0.0F}},
    {"Elu", {elu, 1.0F, NAN}},
    {"HardSigmoid", {hard_sigmoid, 0.2F, 0.5F}},
    {"LeakyRelu", {leaky_relu, 0.01F, NAN}},
    {"Relu", {relu, NAN, NAN}},
    {"ScaledTanh", {scaled_tanh, 1.0F, 1.0F}},
    {"Sigmoid", {sigmoid, NAN, NAN}},
    {"Softplus", {softplus, NAN, NAN}},
    {"Softsign", {softsign, NAN, NAN}},
    {"Tanh", {hyperbolic, NAN, NAN}},
    {"ThresholdedRelu", {thresholded_relu, 1.0F, NAN}},
};

/* The first of the numbers that are left, if the function takes one. */
static void take(const float **numbers, size_t *count, float *setting)
{
    if (isnan(*setting) || *count == 0)
        return;
    *setting = *(*numbers)++;
    (*count)--;
}

bool davy_onnx_activation_find(const char *name, const float **alphas, size_t *alpha_count,
                               const float **betas, size_t *beta_count, davy_onnx_activation *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(functions); i++)
        if (strcasecmp(functions[i].name, name) == 0) {
            *out = functions[i].function;
            take(alphas, alpha_count, &out->alpha);
            take(betas, beta_count, &out->beta);
            return true;
        }
    return false;
}
