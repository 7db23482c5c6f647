/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one file with intrinsics: tiles have no words in C. A tile is 16 rows of 64 bytes. Tiles 0-3
 * hold 32 x 32 sums, 4 and 5 hold 32 rows of A, 6 and 7 two panels of B; a step multiplies 32
 * columns of A with 16 pairs of rows of B.
 */
#include "nn/simd/amx.h"

#include "nn/simd/formulas.h"
#include "nn/simd/isa.h"

#include <assert.h>
#include <string.h>

#define ROWS  ((size_t) 16) /* of a tile */
#define DEPTH ((size_t) 32) /* bf16 numbers in a row of a tile */
#define WIDTH ((size_t) 32) /* floats in a row of a block: two panels */

/* What is left over of A or B at the end of a segment, closed by zeros. */
typedef uint16_t davy_leftover[2 * ROWS][DEPTH];

#if defined(__AMX_BF16__)
#include <immintrin.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rows [row, row + rows) of C and at most 32 columns; those before row + done are there already. */
typedef struct davy_block {
    size_t row, rows, done;
    size_t column, columns;
    const uint16_t *a, *b;
    float *sums;
    size_t sums_row;
} davy_block;

static bool ask_for_tiles(void)
{
    const long request = 0x1023, tile_data = 18; /* ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA */
    unsigned eax = 7, ebx, ecx = 0, edx;

    if (!davy_kernels_find("avx512"))
        return false;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (!(edx >> 22 & edx >> 24 & 1U)) /* AMX-BF16 and AMX-TILE */
        return false;
    eax = 7;
    ecx = 1;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (!(eax >> 5 & 1U)) /* AVX512-BF16 */
        return false;
    return syscall(SYS_arch_prctl, request, tile_data) == 0;
}

bool davy_bf16_available(void)
{
    static _Atomic int known; /* 0: not yet; asking twice does no harm */

    if (atomic_load_explicit(&known, memory_order_relaxed) == 0)
        atomic_store_explicit(&known, ask_for_tiles() ? 1 : -1, memory_order_relaxed);
    return atomic_load_explicit(&known, memory_order_relaxed) > 0;
}

/* Sums and A of `rows` rows, B whole. */
static void configure(size_t rows)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } tiles __attribute__((aligned(64))) = {.palette = 1};

    for (size_t i = 0; i < 8; i++) {
        tiles.bytes[i] = 64;
        tiles.rows[i] = (uint8_t) (i < 6 ? rows : ROWS);
    }
    _tile_loadconfig(&tiles);
}

void davy_bf16_begin(void)
{
    configure(ROWS);
}

void davy_bf16_end(void)
{
    _tile_release();
}

/* 32 columns of A, 16 pairs of rows of B. The second tile of A begins at row `second`. */
INLINE void step(const int row_tiles, const int panels, const uint16_t *a, size_t a_row,
                 size_t second, const uint16_t *b, size_t b_pair, ptrdiff_t b_panel)
{
    _tile_loadd(4, a, 2 * a_row);
    _tile_loadd(6, b, 2 * b_pair);
    _tile_dpbf16ps(0, 4, 6);
    if (panels > 1) {
        _tile_loadd(7, b + b_panel, 2 * b_pair);
        _tile_dpbf16ps(1, 4, 7);
    }
    if (row_tiles > 1) {
        _tile_loadd(5, a + second * a_row, 2 * a_row);
        _tile_dpbf16ps(2, 5, 6);
        if (panels > 1)
            _tile_dpbf16ps(3, 5, 7);
    }
}

/* A step of fewer than 32 columns: copied, so that nothing behind them is read. */
INLINE void last_step(const davy_bf16_gemm *g, const int row_tiles, const int panels, size_t rows,
                      size_t depth, const uint16_t *a, const uint16_t *b)
{
    davy_leftover a_left = {{0}}, b_left = {{0}};

    for (size_t r = 0; r < rows; r++)
        memcpy(a_left[r], a + (ptrdiff_t) r * g->a_row, depth * sizeof *a);
    for (size_t p = 0; p < (size_t) panels; p++)
        for (size_t r = 0; r < depth / 2; r++)
            memcpy(b_left[p * ROWS + r], b + (ptrdiff_t) p * g->b_panel + (ptrdiff_t) r * g->b_pair,
                   sizeof b_left[0]);
    step(row_tiles, panels, a_left[0], DEPTH, rows - ROWS, b_left[0], DEPTH, ROWS * DEPTH);
}

/* Between 17 and 31 rows are two tiles that overlap: B is read once for both. */
INLINE void sum_block(const davy_bf16_gemm *g, const int row_tiles, const int panels,
                      const davy_block *block)
{
    const size_t whole = g->k / DEPTH * DEPTH, second = block->rows - ROWS;

    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t s = 0; s < g->segments; s++) {
        const uint16_t *a = block->a + (ptrdiff_t) s * g->a_segment;
        const uint16_t *b = block->b + (ptrdiff_t) s * g->b_segment;

        for (size_t k = 0; k < whole; k += DEPTH)
            step(row_tiles, panels, a + k, (size_t) g->a_row, second,
                 b + (ptrdiff_t) (k / 2) * g->b_pair, (size_t) g->b_pair, g->b_panel);
        if (whole < g->k)
            last_step(g, row_tiles, panels, block->rows, g->k - whole, a + whole,
                      b + (ptrdiff_t) (whole / 2) * g->b_pair);
    }
    _tile_stored(0, block->sums, 4 * block->sums_row);
    if (panels > 1)
        _tile_stored(1, block->sums + ROWS, 4 * block->sums_row);
    if (row_tiles > 1) {
        _tile_stored(2, block->sums + second * block->sums_row, 4 * block->sums_row);
        if (panels > 1)
            _tile_stored(3, block->sums + second * block->sums_row + ROWS, 4 * block->sums_row);
    }
}

/* Two tiles of rows and two panels or one of each, chosen once so that loops have no branch. */
static void sum_any(const davy_bf16_gemm *g, const davy_block *block)
{
    const bool wide = block->columns > DAVY_BF16_PANEL;

    if (block->rows > ROWS && wide)
        sum_block(g, 2, 2, block);
    else if (block->rows > ROWS)
        sum_block(g, 2, 1, block);
    else if (wide)
        sum_block(g, 1, 2, block);
    else
        sum_block(g, 1, 1, block);
}

/* 16 sums of a row with what is added to them; the mask says which of them are columns of C. */
INLINE __m512 finish_half(const davy_bf16_gemm *g, const float *sums, const float *c, __m512 bias,
                          __mmask16 mask)
{
    __m512 v = _mm512_load_ps(sums);

    if (g->add)
        v = _mm512_add_ps(v, _mm512_maskz_loadu_ps(mask, c));
    return (__m512) vec_activate(g->activation, g->slope, (vec) _mm512_add_ps(v, bias));
}

/* One row of a block into C. */
INLINE void finish_row(const davy_bf16_gemm *g, const davy_block *block, size_t row,
                       const __m512 bias[2], __mmask32 mask)
{
    const __mmask16 low = (__mmask16) mask, high = (__mmask16) (mask >> ROWS);
    const float *sums = block->sums + row * WIDTH;
    const ptrdiff_t at = (ptrdiff_t) (block->row + row) * g->c_row + (ptrdiff_t) block->column;
    float *c = g->c ? g->c + at : NULL;
    const __m512 a = finish_half(g, sums, c, bias[0], low);
    const __m512 b = finish_half(g, sums + ROWS, c ? c + ROWS : NULL, bias[1], high);

    if (c) {
        _mm512_mask_storeu_ps(c, low, a);
        _mm512_mask_storeu_ps(c + ROWS, high, b);
    } else {
        _mm512_mask_storeu_epi16(g->c_bf16 + at, mask, (__m512i) _mm512_cvtne2ps_pbh(b, a));
    }
}

static void finish_block(const davy_bf16_gemm *g, const davy_block *block)
{
    const __mmask32 mask = block->columns == WIDTH ? ~0U : (1U << block->columns) - 1U;
    __m512 bias[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};

    if (g->bias) {
        bias[0] = _mm512_maskz_loadu_ps((__mmask16) mask, g->bias + block->column);
        bias[1] = _mm512_maskz_loadu_ps((__mmask16) (mask >> ROWS), g->bias + block->column + ROWS);
    }
    for (size_t r = block->done; r < block->rows; r++)
        finish_row(g, block, r, bias, mask);
}

static void multiply_block(const davy_bf16_gemm *g, davy_block *block)
{
    const bool plain = g->c && !g->add && !g->bias && g->activation == DAVY_ACTIVATION_NONE;
    float sums[2 * ROWS * WIDTH] __attribute__((aligned(64))) UNSET;

    block->a = g->a + (ptrdiff_t) block->row * g->a_row;
    block->b = g->b + (ptrdiff_t) (block->column / DAVY_BF16_PANEL) * g->b_panel;
    if (plain && block->columns % DAVY_BF16_PANEL == 0) {
        block->sums = g->c + (ptrdiff_t) block->row * g->c_row + block->column;
        block->sums_row = (size_t) g->c_row;
        sum_any(g, block);
        return;
    }
    block->sums = sums;
    block->sums_row = WIDTH;
    sum_any(g, block);
    finish_block(g, block);
}

/* Two panels of B stay in the first cache while the rows of A go by. */
static void multiply_columns(const davy_bf16_gemm *g, size_t column)
{
    davy_block block = {.column = column, .columns = g->n - column < WIDTH ? g->n - column : WIDTH};

    for (size_t row = 0; row < g->m; row += 2 * ROWS) {
        const size_t left = g->m - row;

        block.row = row;
        block.rows = left < 2 * ROWS ? left : 2 * ROWS;
        block.done = 0;
        if (left < ROWS && g->m > ROWS) { /* a whole tile, some of its rows once more */
            block.row = g->m - ROWS;
            block.rows = ROWS;
            block.done = row - block.row;
        }
        multiply_block(g, &block);
    }
}

void davy_bf16_multiply(const davy_bf16_gemm *g)
{
    if (g->m == 0)
        return;
    if (g->m < ROWS)
        configure(g->m);
    for (size_t column = 0; column < g->n; column += WIDTH)
        multiply_columns(g, column);
    if (g->m < ROWS)
        configure(ROWS);
}

#else /* this build has no AMX */

bool davy_bf16_available(void)
{
    return false;
}

void davy_bf16_begin(void)
{
}

void davy_bf16_end(void)
{
}

void davy_bf16_multiply(const davy_bf16_gemm *gemm)
{
    (void) gemm;
    assert(!"bf16 without AMX");
}
#endif
