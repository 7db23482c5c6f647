/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Winograd's F(2x2, 3x3): 2x2 outputs of a 3x3 convolution from 16 products where 36 are written.
 *
 *     Y = A' [(G W G') o (B' X B)] A      X [4,4], W [3,3], Y [2,2]
 *
 * A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section
 * 4.1, whose matrices these are. Inputs and outputs are added and subtracted only, so the sums
 * are as exact as those of the definition. op/conv_winograd.c multiplies.
 */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

INLINE vec load_lanes(const float *from, size_t lanes)
{
    return lanes == LANES ? vec_load(from) : vec_load_some(from, lanes);
}

INLINE void store_lanes(float *to, size_t lanes, vec x)
{
    if (lanes == LANES)
        vec_store(to, x);
    else
        vec_store_some(to, lanes, x);
}

/* B' x for four numbers. */
INLINE void spread_input(const vec x[4], vec out[4])
{
    out[0] = x[0] - x[2];
    out[1] = x[1] + x[2];
    out[2] = x[2] - x[1];
    out[3] = x[1] - x[3];
}

INLINE void input_lanes(size_t channels, size_t lanes, const float *x, size_t pitch, float *v,
                        size_t plane)
{
    vec columns[4][4] UNSET; /* B' X: [column][row] */

    foreach (j, 4) {
        vec column[4] UNSET;

        foreach (i, 4)
            column[i] = load_lanes(x + i * pitch + j * channels, lanes);
        spread_input(column, columns[j]);
    }
    foreach (i, 4) {
        const vec row[4] = {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
        vec out[4] UNSET;

        spread_input(row, out);
        foreach (j, 4)
            store_lanes(v + (4 * i + j) * plane, lanes, out[j]);
    }
}

void ISA(winograd_input)(size_t tiles, size_t channels, const float *x, size_t pitch, float *v,
                         size_t plane)
{
    for (size_t tile = 0; tile < tiles; tile++, x += 2 * channels, v += channels) {
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            input_lanes(channels, LANES, x + c, pitch, v + c, plane);
        if (c < channels)
            input_lanes(channels, channels - c, x + c, pitch, v + c, plane);
    }
}

/* A y for two numbers: the reverse of what collects the outputs. */
INLINE void spread_diff(vec a, vec b, vec out[4])
{
    out[0] = a;
    out[1] = a + b;
    out[2] = a - b;
    out[3] = -b;
}

INLINE void diff_lanes(size_t channels, size_t lanes, const float *y, size_t pitch, float *v,
                       size_t plane)
{
    vec columns[2][4] UNSET;

    foreach (j, 2)
        spread_diff(load_lanes(y + j * channels, lanes),
                    load_lanes(y + pitch + j * channels, lanes), columns[j]);
    foreach (i, 4) {
        vec out[4] UNSET;

        spread_diff(columns[0][i], columns[1][i], out);
        foreach (j, 4)
            store_lanes(v + (4 * i + j) * plane, lanes, out[j]);
    }
}

void ISA(winograd_diff)(size_t tiles, size_t channels, const float *y, size_t pitch, float *v,
                        size_t plane)
{
    for (size_t tile = 0; tile < tiles; tile++, y += 2 * channels, v += channels) {
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            diff_lanes(channels, LANES, y + c, pitch, v + c, plane);
        if (c < channels)
            diff_lanes(channels, channels - c, y + c, pitch, v + c, plane);
    }
}

INLINE void output_lanes(size_t channels, size_t lanes, const float *sums, size_t plane,
                         const float *bias, bool relu, float *y, size_t pitch)
{
    const vec shift = bias ? load_lanes(bias, lanes) : (vec){0};
    vec rows[4][2] UNSET; /* M A */

    foreach (i, 4) {
        const float *m = sums + 4 * i * plane;
        const vec a = load_lanes(m, lanes), b = load_lanes(m + plane, lanes);
        const vec c = load_lanes(m + 2 * plane, lanes), d = load_lanes(m + 3 * plane, lanes);

        rows[i][0] = a + b + c;
        rows[i][1] = b - c - d;
    }
    foreach (j, 2) {
        vec upper = rows[0][j] + rows[1][j] + rows[2][j] + shift;
        vec lower = rows[1][j] - rows[2][j] - rows[3][j] + shift;

        store_lanes(y + j * channels, lanes, relu ? vec_relu(upper) : upper);
        store_lanes(y + pitch + j * channels, lanes, relu ? vec_relu(lower) : lower);
    }
}

void ISA(winograd_output)(size_t tiles, size_t channels, const float *sums, size_t plane,
                          const float *bias, bool relu, float *y, size_t pitch)
{
    for (size_t tile = 0; tile < tiles; tile++, sums += channels, y += 2 * channels) {
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            output_lanes(channels, LANES, sums + c, plane, bias ? bias + c : NULL, relu, y + c,
                         pitch);
        if (c < channels)
            output_lanes(channels, channels - c, sums + c, plane, bias ? bias + c : NULL, relu,
                         y + c, pitch);
    }
}
