/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Kernels: the inner loops of the engine, one table for each instruction set.
 *
 * Stage: nn. The files of nn/simd/ are written once in GCC's vector extensions and compiled for
 * each instruction set (x86-64: baseline, AVX2, AVX-512; arm64: NEON); the CPU chooses at start.
 * All kernels work in one thread, allocate nothing, take any length and any alignment, and add in
 * an order that depends on lengths alone, never on where a row stands in a batch.
 */

typedef enum davy_activation {
    DAVY_ACTIVATION_NONE,
    DAVY_ACTIVATION_RELU,
    DAVY_ACTIVATION_LEAKY, /* slope of the negative side: see davy_map */
    DAVY_ACTIVATION_GELU,  /* exact, x Phi(x) */
    DAVY_ACTIVATION_SILU,
    DAVY_ACTIVATION_SIGMOID,
    DAVY_ACTIVATION_TANH
} davy_activation;

/**
 * C = [C +] sum over s of A(s) B(s) [+ bias], then activation.
 *
 * A(s) is [m, k] with any strides, at a + s * a_segment; B(s) is [k, n], at b + s * b_segment.
 * Segments make a convolution over rows of an N H W C image one product: the pixels of a row are
 * rows of a matrix that overlap. A transposed is a_row 1 and a_column its width; so is B.
 *
 * Order of additions: the depth, segments x k, is cut into chains of davy_gemm_chain(n, depth)
 * products. A chain is summed from its first product to its last, and the chains are added in order
 * to what C held, then the bias. So an element's bits depend on n, k and segments alone.
 */
typedef struct davy_gemm {
    size_t m, n, k, segments; /* segments 1 for a plain product */
    const float *a;
    ptrdiff_t a_row, a_column, a_segment; /* in floats */
    size_t group; /* rows of A stand in groups of so many, which begin a_group floats apart: the */
    ptrdiff_t a_group; /* pixels of several image rows; 0: one group */
    const float *b;
    ptrdiff_t b_row, b_column, b_segment; /* b_column 0 is read as 1: rows are contiguous */
    bool packed; /* b is what davy_kernels.pack() wrote; the strides of B are not read */
    float *c;
    ptrdiff_t c_row;
    const float *bias; /* [n] or NULL */
    bool add;          /* to what C holds (bias is added too) */
    davy_activation activation;
    float slope; /* of DAVY_ACTIVATION_LEAKY */
    /* Products of a chain, for a product that is a part of a larger one and must be summed as the
     * whole is; 0: davy_gemm_chain(n, segments * k). */
    size_t chain;
} davy_gemm;

/** Products that are summed in one chain: enough chains that one row keeps the CPU busy. */
size_t davy_gemm_chain(size_t n, size_t depth);

/** Floats of a copy of B by davy_kernels.pack(), for vectors of so many lanes. */
static inline size_t davy_gemm_packed(size_t lanes, size_t n, size_t depth)
{
    return depth * ((n + lanes - 1) / lanes * lanes);
}

/** dst[i] = f(src[i]); dst may be src. */
typedef void davy_map(size_t count, const float *src, float *dst);
/** diff_src[i] = diff_dst[i] f'(x), from what the forward pass read or wrote. */
typedef void davy_map_back(size_t count, const float *kept, const float *diff_dst, float *diff_src);

/** What one step of an optimiser needs; optimiser.h has the formulas, with the same letters. */
typedef struct davy_update {
    size_t count;
    float *weights, *moment, *square; /* [count] w, m, v; square: Adam's alone; moment NULL: SGD */
    const float *diff;                /* [count] d */
    float rate, factor, l1, l2;
    float beta1, beta2, epsilon, decay;
    float correction1, correction2; /* c1 = 1 / (1 - beta1^t), c2 = 1 / sqrt(1 - beta2^t) */
    float momentum;
    bool nesterov;
} davy_update;

/**
 * One step of the gates of a recurrent cell, forward or back, for some rows of a batch.
 *
 * A row of kept has `width` columns of `units` numbers each: sums at first, what the gates make of
 * them after the step forward, gradients of the sums after the step back. States are [rows, units].
 */
typedef struct davy_gates {
    size_t rows, units, width;
    float *kept;                      /* [rows, width, units] */
    const float *h_before, *c_before; /* before the step */
    float *h, *c;                     /* after it; may be those before (forward) */
    float *diff_h, *diff_c;           /* back: gradients, of the states after, then before */
} davy_gates;

/**
 * The way back of one group of layer norm or group norm: `width` channels of `pixels` pixels, which
 * are `step` floats apart. With n = (x - mean) inverse and g = diff_y scale:
 *
 *     diff_x = [diff_x +] inverse (g - mean of g - n mean of g n)
 *     diff_scale += sum over pixels of diff_y n, diff_shift += sum of diff_y
 */
typedef struct davy_norm_back {
    size_t pixels, width, step;
    const float *x, *diff_y, *scale; /* scale [width] */
    float mean, inverse;             /* what the way forward kept */
    float *diff_scale, *diff_shift;  /* [width] */
    float *diff_x;                   /* NULL: not wanted */
    bool add;                        /* to diff_x */
} davy_norm_back;

/** A block of attention's scores: [keys, row], one column a query; row is a multiple of 16. */
typedef struct davy_scores {
    size_t keys, row;
    float scale;
    float *scores; /* -infinity where a query must not look */
    float *most;   /* [row] forward: greatest scaled score so far; back: ln of the sum of e^score */
    float *sum; /* [row] forward: of e^(score - most) so far; back: mean of diff by the weights */
    float *factor; /* [row] forward: what the sums before are worth after this block */
    float *diff;   /* [keys, row] back: gradients of the weights, then of the scores */
} davy_scores;

/** A question at the top of a tree: which exits are left for rows whose key is above. */
typedef struct davy_tree_top {
    int32_t key;
    uint32_t column;
    uint32_t gone; /* bits of the exits that are not */
} davy_tree_top;

/**
 * A node of a tree, eight bytes. `link` is child << bits | column: from here a row goes to the node
 * `child` of its tree, or to the one behind where its key is above `key`. A leaf asks column 0 and
 * is its own child, so that walks of unlike length need no test; its `key` is what it says.
 */
typedef struct davy_tree_node {
    int32_t key; /* of a leaf: the bits of its float, or its number */
    uint32_t link;
} davy_tree_node;

/** Trees that one row walks at once. */
#define DAVY_TREE_WALKS 64

/** Walks of one row. */
typedef struct davy_tree_walks {
    const davy_tree_node *nodes;
    const int32_t *keys; /* of the row, by column; 32 can be read, however many there are */
    unsigned bits;       /* of a column in a link */
    uint32_t steps;      /* to the farthest leaf */
    uint32_t first[DAVY_TREE_WALKS]; /* root of each tree */
    uint32_t at[DAVY_TREE_WALKS];    /* set: the node where each walk ends, counted from its root */
} davy_tree_walks;

/** dst[k][c] = share of the steps at which x[step][c] lies above thresholds[k][c]. */
typedef struct davy_share {
    size_t steps, channels, count; /* count: of thresholds for each channel */
    const float *x, *thresholds;   /* [steps, channels], [count, channels] */
    float *dst;                    /* [count, channels] */
} davy_share;

/** Rows that the questions of a tree are put to at once. */
#define DAVY_TREE_ROWS 64

typedef struct davy_kernels {
    const char *name; /* "avx512", "avx2", "baseline", "neon" */
    size_t lanes;     /* floats of a vector */
    size_t strip;     /* columns of a product that are worked on at once */

    void (*gemm)(const davy_gemm *gemm);
    /* dst [columns, rows] = src [rows, columns]; floats from one row to the next. */
    void (*transpose)(size_t rows, size_t columns, const float *src, ptrdiff_t src_row, float *dst,
                      ptrdiff_t dst_row);
    /* Copy B of a product, [segments * k, n], so that tiles read it from its first number to its
     * last. Worth it for weights that never change: they are read a row's width at a time else,
     * and every row is another page. */
    void (*pack)(const davy_gemm *gemm, float *packed);

    davy_map *exp, *log, *tanh, *sigmoid, *gelu, *silu, *erf, *sqrt;
    davy_map_back *tanh_back, *sigmoid_back, *relu_back; /* kept: what forward wrote */
    davy_map_back *gelu_back, *silu_back;                /* kept: what forward read */
    /* In place over [count] by kind; back: kept is what forward wrote (GELU, SiLU: read). */
    void (*activate)(davy_activation activation, float slope, size_t count, float *x);
    void (*activate_back)(davy_activation activation, float slope, size_t count, const float *kept,
                          const float *diff_dst, float *diff_src);

    /* dst = a (op) b; dst may be a or b. */
    void (*add)(size_t count, const float *a, const float *b, float *dst);
    void (*multiply)(size_t count, const float *a, const float *b, float *dst);
    void (*axpy)(size_t count, float factor, const float *x, float *y); /* y += factor x */
    void (*scale)(size_t count, float factor, const float *x, float *dst);
    float (*sum)(size_t count, const float *x);
    float (*dot)(size_t count, const float *a, const float *b);
    float (*max)(size_t count, const float *x);
    /* out[columns] [+]= sum of the rows of x [rows, columns], which are `step` floats apart. */
    void (*sum_rows)(size_t rows, size_t columns, const float *x, size_t step, bool add,
                     float *out);
    /* Softmax of [count] values; dst may be src. */
    void (*softmax)(size_t count, const float *src, float *dst);

    /* One row of layer norm: writes mean and 1 / sqrt(variance + epsilon) to kept[2]. */
    void (*norm)(size_t count, const float *src, float epsilon, const float *scale,
                 const float *shift, float *dst, float kept[2]);
    void (*norm_back)(const davy_norm_back *back);

    /* Recurrent cells; numbers are columns of kept. LSTM (columns i f g o and tanh(c)):
     * c = f c_before + i g, h = o tanh(c); i f o sigmoids and g tanh of the sums. */
    void (*lstm)(const davy_gates *gates);
    void (*lstm_back)(const davy_gates *gates);
    /* a = sigmoid(a), v = squash ? tanh(v) : v, h = v + a (h_before - v); back: diff_h becomes
     * a diff_h. */
    void (*blend)(const davy_gates *gates, size_t a, size_t v, bool squash);
    void (*blend_back)(const davy_gates *gates, size_t a, size_t v, bool squash);
    /* r = sigmoid(r), n = n + r m; back: from the gradient of n those of r and m. */
    void (*reset)(const davy_gates *gates, size_t r, size_t n, size_t m);
    void (*reset_back)(const davy_gates *gates, size_t r, size_t n, size_t m);

    /* Attention: scores become e^(scale scores - most); back: weights, and diff their scores'. */
    void (*scores)(const davy_scores *scores);
    void (*scores_back)(const davy_scores *scores);
    /* Trees: bits of the exits that are left for each row. keys is [columns, DAVY_TREE_ROWS]. */
    void (*tree_tops)(size_t count, const davy_tree_top *tops, const int32_t *keys,
                      uint32_t left[DAVY_TREE_ROWS]);

    /* Trees: one row down to a leaf of each of `count` trees. */
    void (*tree_walks)(davy_tree_walks *walks, size_t count);
    void (*share_above)(const davy_share *share);

    /* Pools. dst = the greater of a and b; a NaN is greater than any number. */
    void (*maximum)(size_t count, const float *a, const float *b, float *dst);
    void (*maximum_bf16)(size_t count, const uint16_t *a, const uint16_t *b, uint16_t *dst);
    /* 2x2 max pool of two rows of pixels [2 * pixels, channels] into one. `winners` (or NULL) says
     * which of the four it was: 0 and 1 above, 2 and 3 below, 4 when relu cut it off. The bias (or
     * NULL, [channels]) is added before relu. dst may be upper. */
    void (*max_pool2)(size_t pixels, size_t channels, const float *upper, const float *lower,
                      const float *bias, bool relu, float *dst, uint8_t *winners);
    /* Sets both rows: the gradient where the winner was, zeros elsewhere. `sum` (or NULL,
     * [channels]) grows by what was given. */
    void (*max_pool2_back)(size_t pixels, size_t channels, const float *diff,
                           const uint8_t *winners, float *upper, float *lower, float *sum);
    void (*max_pool2_back_bf16)(size_t pixels, size_t channels, const float *diff,
                                const uint8_t *winners, uint16_t *upper, uint16_t *lower,
                                float *sum);

    /* Winograd's F(2x2, 3x3), for tiles that stand side by side in an image of rows `pitch` floats
     * apart: the 16 numbers that 4x4 inputs (two pixels from a tile to the next), or gradients of
     * 2x2 outputs, give to the products, `plane` floats apart, and 2x2 outputs from 16 sums. */
    void (*winograd_input)(size_t tiles, size_t channels, const float *x, size_t pitch, float *v,
                           size_t plane);
    void (*winograd_diff)(size_t tiles, size_t channels, const float *y, size_t pitch, float *v,
                          size_t plane);
    void (*winograd_output)(size_t tiles, size_t channels, const float *sums, size_t plane,
                            const float *bias, bool relu, float *y, size_t pitch);

    /* One step of an optimiser (decay 0: Adam, else AdamW; momentum: also plain SGD).
     * @return false when a number that it wrote is not finite */
    bool (*adam)(const davy_update *update);
    bool (*momentum)(const davy_update *update);

    /* bf16: round to nearest even, and back. */
    void (*to_bf16)(size_t count, const float *src, uint16_t *dst);
    void (*from_bf16)(size_t count, const uint16_t *src, float *dst);
} davy_kernels;

/** The best that this CPU runs. Never NULL. */
const davy_kernels *davy_kernels_best(void);
/** By name, for tests and benchmarks; NULL when this build or this CPU has not got it. */
const davy_kernels *davy_kernels_find(const char *name);
