/* SPDX-License-Identifier: Apache-2.0 */
/* Sums and products, element by element: plain loops, which the compiler turns into vectors. */
#include "nn/simd/isa.h"

void ISA(add)(size_t count, const float *a, const float *b, float *dst)
{
    for (size_t i = 0; i < count; i++)
        dst[i] = a[i] + b[i];
}

void ISA(multiply)(size_t count, const float *a, const float *b, float *dst)
{
    for (size_t i = 0; i < count; i++)
        dst[i] = a[i] * b[i];
}

void ISA(axpy)(size_t count, float factor, const float *x, float *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] += factor * x[i];
}

void ISA(scale)(size_t count, float factor, const float *x, float *dst)
{
    for (size_t i = 0; i < count; i++)
        dst[i] = factor * x[i];
}
