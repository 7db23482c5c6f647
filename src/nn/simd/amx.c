/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In intrinsics, for tiles have no words in C. A tile is 16 rows of 64 bytes. Tiles 0-3 hold
 * 32 x 32 sums, 4 and 5 hold 32 rows of A, 6 and 7 two panels of B; a step multiplies 32 columns of
 * A with 16 pairs of rows of B.
 */
#include "nn/simd/amx.h"

#include "nn/simd/isa.h"

#include <assert.h>
#include <string.h>

#if defined(__AMX_BF16__)
#include "nn/simd/amx_finish.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROWS  DAVY_TILE_ROWS
#define DEPTH ((size_t) 32) /* bf16 numbers in a row of a tile */
#define WIDTH DAVY_BLOCK_WIDTH

#define FETCH_BLOCKS ((size_t) 8) /* of rows at most: with more, B is waited for seldom enough */

/* What is left over of A or B at the end of a segment, closed by zeros. */
typedef uint16_t davy_leftover[2 * ROWS][DEPTH];

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
    __asm__ volatile("ldtilecfg %0" : : "m"(tiles)); /* GCC's own says that it reads 8 bytes */
}

void davy_bf16_begin(void)
{
    configure(ROWS);
}

void davy_bf16_end(void)
{
    _tile_release();
}

/* GCC 12 does not know that loads of tiles read memory: what was stored before must be there, and
 * what is stored after must wait. */
INLINE void settle_memory(void)
{
    __asm__ volatile("" : : : "memory");
}

/*
 * 32 columns of A, 16 pairs of rows of B. First all that is loaded, then the products: the CPU has
 * more tiles than names for them, and loads that wait behind a product cost 10 to 15 %.
 */
INLINE void step(const int row_tiles, const int panels, const uint16_t *a, const uint16_t *a2,
                 size_t a_row, const uint16_t *b, size_t b_pair, ptrdiff_t b_panel)
{
    _tile_loadd(4, a, 2 * a_row);
    _tile_loadd(6, b, 2 * b_pair);
    if (panels > 1)
        _tile_loadd(7, b + b_panel, 2 * b_pair);
    if (row_tiles > 1)
        _tile_loadd(5, a2, 2 * a_row);
    _tile_dpbf16ps(0, 4, 6);
    if (panels > 1)
        _tile_dpbf16ps(1, 4, 7);
    if (row_tiles > 1)
        _tile_dpbf16ps(2, 5, 6);
    if (row_tiles > 1 && panels > 1)
        _tile_dpbf16ps(3, 5, 7);
}

/* A step of fewer than 32 columns: copied, so that nothing behind them is read. */
INLINE void last_step(const davy_bf16_gemm *g, const int row_tiles, const int panels,
                      const davy_block *block, size_t depth, ptrdiff_t a_at, const uint16_t *b)
{
    const uint16_t *const a[2] = {block->a + a_at, block->a2 + a_at};
    davy_leftover a_left = {{0}}, b_left = {{0}};

    for (size_t t = 0; t < (size_t) row_tiles; t++)
        for (size_t r = 0; r < block->tile; r++)
            memcpy(a_left[t * ROWS + r], a[t] + (ptrdiff_t) r * g->a_row, depth * sizeof **a);
    for (size_t p = 0; p < (size_t) panels; p++)
        for (size_t r = 0; r < depth / 2; r++)
            memcpy(b_left[p * ROWS + r], b + (ptrdiff_t) p * g->b_panel + (ptrdiff_t) r * g->b_pair,
                   sizeof b_left[0]);
    __asm__ volatile("" : : "r"(a_left), "r"(b_left) : "memory");
    step(row_tiles, panels, a_left[0], a_left[ROWS], DEPTH, b_left[0], DEPTH, ROWS * DEPTH);
    settle_memory();
}

INLINE void sum_block(const davy_bf16_gemm *g, const int row_tiles, const int panels,
                      const davy_block *block)
{
    const size_t whole = g->k / DEPTH * DEPTH;
    const uint16_t *next = block->next;

    settle_memory();
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t s = 0; s < g->segments; s++) {
        const ptrdiff_t a = (ptrdiff_t) s * g->a_segment;
        const uint16_t *b = block->b + (ptrdiff_t) s * g->b_segment;

        for (size_t k = 0; k < whole; k += DEPTH) {
            step(row_tiles, panels, block->a + a + k, block->a2 + a + k, (size_t) g->a_row,
                 b + (ptrdiff_t) (k / 2) * g->b_pair, (size_t) g->b_pair, g->b_panel);
            for (size_t i = 0; i < block->lines; i++, next += DEPTH)
                _mm_prefetch((const char *) next, _MM_HINT_T1);
        }
        if (whole < g->k)
            last_step(g, row_tiles, panels, block, g->k - whole, a + (ptrdiff_t) whole,
                      b + (ptrdiff_t) (whole / 2) * g->b_pair);
    }
    _tile_stored(0, block->sums, 4 * block->sums_row);
    if (panels > 1)
        _tile_stored(1, block->sums + ROWS, 4 * block->sums_row);
    if (row_tiles > 1)
        _tile_stored(2, block->sums2, 4 * block->sums_row);
    if (row_tiles > 1 && panels > 1)
        _tile_stored(3, block->sums2 + ROWS, 4 * block->sums_row);
}

/* Two tiles of rows and two panels or one of each, chosen once so that loops have no branch. */
static void sum_any(const davy_bf16_gemm *g, const davy_block *block)
{
    const bool wide = block->columns > DAVY_BF16_PANEL, tall = g->pool || block->rows > ROWS;

    if (tall && wide)
        sum_block(g, 2, 2, block);
    else if (tall)
        sum_block(g, 2, 1, block);
    else if (wide)
        sum_block(g, 1, 2, block);
    else
        sum_block(g, 1, 1, block);
}

/*
 * A block is summed faster than its rows of C come from far, so they are asked for first: a sixth
 * of the time of training a Transformer.
 */
static void fetch_c(const davy_bf16_gemm *g, const davy_block *block)
{
    const size_t size = g->c ? sizeof *g->c : sizeof *g->c_bf16;
    const char *c = g->c ? (const char *) g->c : (const char *) g->c_bf16;

    if (g->pool || g->pitch) /* these write less than they sum */
        return;
    c += (block->row * (size_t) g->c_row + block->column) * size;
    for (size_t r = block->done; r < block->rows; r++) {
        const char *row = c + r * (size_t) g->c_row * size;

        __builtin_prefetch(row, 1, 3);
        __builtin_prefetch(row + WIDTH * size / 2, 1, 3);
    }
}

/*
 * The second tile of a block is what is pooled with the first. Else it holds its last rows: between
 * 17 and 31 rows are two tiles that overlap, and B is read once for both.
 */
static void multiply_block(const davy_bf16_gemm *g, davy_block *block)
{
    const bool plain = g->c && !g->add && !g->bias && !g->pool && !g->pitch &&
                       g->activation == DAVY_ACTIVATION_NONE;
    const size_t second = block->rows - block->tile;
    float sums[2 * ROWS * WIDTH] __attribute__((aligned(64))) UNSET;

    fetch_c(g, block);
    block->a = g->a + (ptrdiff_t) block->row * g->a_row;
    block->a2 = block->a + (g->pool ? g->a_below : (ptrdiff_t) second * g->a_row);
    block->b = g->b + (ptrdiff_t) (block->column / DAVY_BF16_PANEL) * g->b_panel;
    if (plain && block->columns % DAVY_BF16_PANEL == 0) {
        block->sums = g->c + (ptrdiff_t) block->row * g->c_row + block->column;
        block->sums2 = block->sums + (ptrdiff_t) second * g->c_row;
        block->sums_row = (size_t) g->c_row;
        sum_any(g, block);
        return;
    }
    block->sums = sums;
    block->sums2 = sums + (g->pool ? ROWS : second) * WIDTH;
    block->sums_row = WIDTH;
    sum_any(g, block);
    finish_block(g, block);
}

/* Rows of a tile: 16 if there are so many; pooled rows in equal parts, for none is worked twice. */
static size_t tile_rows(const davy_bf16_gemm *g)
{
    const size_t tiles = (g->m + ROWS - 1) / ROWS, pooled = g->m / 2;

    if (g->pool)
        return (pooled + tiles - 1) / tiles * 2;
    return g->m < ROWS ? g->m : ROWS;
}

/*
 * Few rows share two panels of B, which come from far: meanwhile the next two are asked for. A step
 * reads 32 lines of them, and a block asks for its share of as many at each of its steps: 10 to 30
 * % of the time of a product of 61 rows.
 */
static void fetch_next(const davy_bf16_gemm *g, davy_block *block, size_t number, size_t blocks)
{
    const size_t steps = g->segments * (g->k / DEPTH), at = block->column / DAVY_BF16_PANEL + 2;
    const bool panels = g->b_pair == 2 * (ptrdiff_t) DAVY_BF16_PANEL;

    block->lines = 0;
    block->next = g->b;
    if (!panels || blocks > FETCH_BLOCKS || block->column + WIDTH >= g->n)
        return;
    block->lines = (2 * ROWS + blocks - 1) / blocks;
    block->next +=
        (ptrdiff_t) at * g->b_panel + (ptrdiff_t) (number * steps * block->lines * DEPTH);
}

/* Two panels of B stay in the first cache while the rows of A go by. */
static void multiply_columns(const davy_bf16_gemm *g, size_t tile, size_t column)
{
    const size_t whole = g->pool ? tile : 2 * tile, blocks = (g->m + whole - 1) / whole;
    davy_block block = {
        .tile = tile, .column = column, .columns = g->n - column < WIDTH ? g->n - column : WIDTH};

    for (size_t row = 0; row < g->m; row += whole) {
        const size_t left = g->m - row;

        block.row = row;
        block.rows = left < whole ? left : whole;
        block.done = 0;
        if (left < tile) { /* a whole tile, some of its rows once more */
            block.row = g->m - tile;
            block.rows = tile;
            block.done = row - block.row;
        }
        fetch_next(g, &block, row / whole, blocks);
        multiply_block(g, &block);
    }
}

void davy_bf16_multiply(const davy_bf16_gemm *g)
{
    const size_t tile = g->m ? tile_rows(g) : ROWS;

    if (tile < ROWS)
        configure(tile);
    for (size_t column = 0; column < g->n; column += WIDTH)
        multiply_columns(g, tile, column);
    if (tile < ROWS)
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
