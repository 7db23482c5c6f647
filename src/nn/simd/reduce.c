/* SPDX-License-Identifier: Apache-2.0 */
/* Many numbers to one. Four sums run side by side and are added in order at the end. */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#define SUMS 4
#define STEP ((size_t) SUMS * LANES)

static float join(const vec sums[SUMS])
{
    return vec_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

float ISA(sum)(size_t count, const float *x)
{
    vec sums[SUMS] = {{0}};
    size_t i = 0;

    for (; i + STEP <= count; i += STEP)
        for (size_t s = 0; s < SUMS; s++)
            sums[s] += vec_load(x + i + s * LANES);
    for (; i + LANES <= count; i += LANES)
        sums[0] += vec_load(x + i);
    if (i < count)
        sums[1] += vec_load_some(x + i, count - i);
    return join(sums);
}

float ISA(dot)(size_t count, const float *a, const float *b)
{
    vec sums[SUMS] = {{0}};
    size_t i = 0;

    for (; i + STEP <= count; i += STEP)
        for (size_t s = 0; s < SUMS; s++)
            sums[s] += vec_load(a + i + s * LANES) * vec_load(b + i + s * LANES);
    for (; i + LANES <= count; i += LANES)
        sums[0] += vec_load(a + i) * vec_load(b + i);
    if (i < count)
        sums[1] += vec_load_some(a + i, count - i) * vec_load_some(b + i, count - i);
    return join(sums);
}

/* The greater; what is not a number wins, so that it shows. */
static float greater(float a, float b)
{
    return b > a || b != b ? b : a;
}

float ISA(max)(size_t count, const float *x)
{
    vec most = vec_splat(-__builtin_inff());
    float lanes[LANES];
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        const vec v = vec_load(x + i);
        most = vec_select((v > most) | vec_nan(v), v, most);
    }
    vec_store(lanes, most);
    for (; i < count; i++)
        lanes[0] = greater(lanes[0], x[i]);
    for (size_t l = 1; l < LANES; l++)
        lanes[0] = greater(lanes[0], lanes[l]);
    return lanes[0];
}

#define COLUMNS ((size_t) 64)  /* summed at a time, in registers */
#define RUN     ((size_t) 256) /* rows summed before their sum is added to the total */

INLINE void sum_block(size_t rows, size_t stride, size_t width, const float *x, float *total)
{
    for (size_t from = 0; from < rows; from += RUN) {
        const size_t to = rows - from < RUN ? rows : from + RUN;
        float sums[COLUMNS] = {0};

        for (size_t r = from; r < to; r++)
            for (size_t c = 0; c < width; c++)
                sums[c] += x[r * stride + c];
        for (size_t c = 0; c < width; c++)
            total[c] += sums[c];
    }
}

void ISA(sum_rows)(size_t rows, size_t columns, const float *x, size_t step, bool add, float *out)
{
    if (!add)
        memset(out, 0, columns * sizeof *out);
    for (size_t c = 0; c < columns; c += COLUMNS) {
        if (columns - c >= COLUMNS)
            sum_block(rows, step, COLUMNS, x + c, out + c);
        else
            sum_block(rows, step, columns - c, x + c, out + c);
    }
}
