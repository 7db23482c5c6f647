/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/amx.h"
#include "nn/simd/formulas.h"
#include "nn/simd/greatest.h"

#include <immintrin.h>

/**
 * @file
 * From a block of sums, while it is in the first cache, to rows of C: pool, bias, activation and
 * rounding.
 *
 * Stage: nn, private to simd/amx.c. Sums that were stored first and finished by a second pass took
 * a third of the time of a small network.
 */
#define DAVY_TILE_ROWS   ((size_t) 16)
#define DAVY_BLOCK_WIDTH ((size_t) 32) /* floats in a row of a block: two panels */

/** Rows [row, row + rows) of A and at most 32 columns; those before row + done are there already.
 */
typedef struct davy_block {
    size_t row, rows, done;
    size_t column, columns;
    size_t tile;                /* rows of a tile */
    const uint16_t *a, *a2, *b; /* a2: of the second tile */
    const uint16_t *next;       /* what is asked for meanwhile, `lines` of the cache a step */
    size_t lines;
    float *sums, *sums2; /* likewise */
    size_t sums_row;
} davy_block;

/** A row of a block: where it goes, and what is added to it. */
typedef struct davy_finish {
    const davy_bf16_gemm *g;
    ptrdiff_t at; /* in C */
    __m512 bias[2];
    __mmask32 mask; /* of the columns that C has */
} davy_finish;

/** 16 numbers that a row of C holds. */
INLINE __m512 held_half(const davy_finish *f, size_t half, __mmask16 mask)
{
    const davy_bf16_gemm *g = f->g;
    const ptrdiff_t at = f->at + (ptrdiff_t) (half * DAVY_BF16_PANEL);
    __m256i halves;

    if (g->c)
        return _mm512_maskz_loadu_ps(mask, g->c + at);
    halves = _mm256_maskz_loadu_epi16(mask, g->c_bf16 + at);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

/** 16 sums of a row with what is added to them; the mask says which of them are columns of C. */
INLINE __m512 finish_half(const davy_finish *f, const float *sums, size_t half, __mmask16 mask)
{
    const davy_bf16_gemm *g = f->g;
    __m512 v = _mm512_load_ps(sums + half * DAVY_BF16_PANEL);

    if (g->add)
        v = _mm512_add_ps(v, held_half(f, half, mask));
    return (__m512) vec_activate(g->activation, g->slope, (vec) _mm512_add_ps(v, f->bias[half]));
}

/** 32 numbers into C. */
INLINE void put_row(const davy_finish *f, __m512 low, __m512 high)
{
    const davy_bf16_gemm *g = f->g;

    if (g->c) {
        _mm512_mask_storeu_ps(g->c + f->at, (__mmask16) f->mask, low);
        _mm512_mask_storeu_ps(g->c + f->at + DAVY_BF16_PANEL, (__mmask16) (f->mask >> 16), high);
    } else {
        _mm512_mask_storeu_epi16(g->c_bf16 + f->at, f->mask,
                                 (__m512i) _mm512_cvtne2ps_pbh(high, low));
    }
}

INLINE void finish_row(const davy_finish *f, const float *sums)
{
    put_row(f, finish_half(f, sums, 0, (__mmask16) f->mask),
            finish_half(f, sums, 1, (__mmask16) (f->mask >> 16)));
}

/** 16 columns of a row of C that is pooled from two rows and their partners. */
INLINE struct greatest pool_half(const davy_finish *f, const float *upper, const float *lower,
                                 size_t half)
{
    const davy_bf16_gemm *g = f->g;
    struct greatest best;

    upper += half * DAVY_BF16_PANEL;
    lower += half * DAVY_BF16_PANEL;
    best = of_four(vec_load(upper), vec_load(upper + DAVY_BLOCK_WIDTH), vec_load(lower),
                   vec_load(lower + DAVY_BLOCK_WIDTH));
    best.value += (vec) f->bias[half];
    if (g->activation == DAVY_ACTIVATION_RELU)
        return cut_off(best);
    best.value = vec_activate(g->activation, g->slope, best.value);
    return best;
}

INLINE void pool_row(const davy_finish *f, const bool tells, const float *upper, const float *lower)
{
    const struct greatest low = pool_half(f, upper, lower, 0);
    const struct greatest high = pool_half(f, upper, lower, 1);

    put_row(f, (__m512) low.value, (__m512) high.value);
    if (tells) {
        uint8_t *winners = f->g->winners + f->at;

        _mm512_mask_cvtepi32_storeu_epi8(winners, (__mmask16) f->mask, (__m512i) low.number);
        _mm512_mask_cvtepi32_storeu_epi8(winners + DAVY_BF16_PANEL, (__mmask16) (f->mask >> 16),
                                         (__m512i) high.number);
    }
}

/** Whether the winners are told is known to the compiler: they are half of the work. */
INLINE void pool_rows(davy_finish *f, const bool tells, const davy_block *block)
{
    f->at += (ptrdiff_t) ((block->row + block->done) / 2) * f->g->c_row;
    for (size_t r = block->done; r < block->rows; r += 2) {
        const size_t from = r * DAVY_BLOCK_WIDTH;

        pool_row(f, tells, block->sums + from, block->sums2 + from);
        f->at += f->g->c_row;
    }
}

static void pool_block(davy_finish *f, const davy_block *block)
{
    if (f->g->winners)
        pool_rows(f, true, block);
    else
        pool_rows(f, false, block);
}

/** Rows between the rows of an image are left out. */
static void finish_rows(davy_finish *f, const davy_block *block)
{
    const size_t row = block->row + block->done, pitch = f->g->pitch;
    const size_t width = pitch ? f->g->width : SIZE_MAX;
    size_t at = pitch ? row % pitch : row, before = pitch ? row / pitch * width : 0;

    f->at += (ptrdiff_t) (before + (at < width ? at : width)) * f->g->c_row;
    for (size_t r = block->done; r < block->rows; r++) {
        if (at < width) {
            finish_row(f, block->sums + r * DAVY_BLOCK_WIDTH);
            f->at += f->g->c_row;
        }
        if (++at == pitch)
            at = 0;
    }
}

static void finish_block(const davy_bf16_gemm *g, const davy_block *block)
{
    davy_finish f = {.g = g,
                     .at = (ptrdiff_t) block->column,
                     .bias = {_mm512_setzero_ps(), _mm512_setzero_ps()},
                     .mask =
                         block->columns == DAVY_BLOCK_WIDTH ? ~0U : (1U << block->columns) - 1U};

    if (g->bias) {
        f.bias[0] = _mm512_maskz_loadu_ps((__mmask16) f.mask, g->bias + block->column);
        f.bias[1] = _mm512_maskz_loadu_ps((__mmask16) (f.mask >> 16),
                                          g->bias + block->column + DAVY_BF16_PANEL);
    }
    if (g->pool)
        pool_block(&f, block);
    else
        finish_rows(&f, block);
}
