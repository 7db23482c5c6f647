/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/walk.h"

/**
 * @file
 * Each: operators whose result at a position depends on their operands at that position alone.
 *
 * Stage: nn. Operands broadcast to the shape of the result. The work goes in blocks: the operands
 * of a block are brought together (a dense operand of a wide type is read where it lies), one
 * function computes the block, and its result is narrowed and stored. A row of the operator table
 * points by `detail` to a davy_function, which holds that function for each wide type (convert.h).
 *
 * Such a row may be DAVY_OP_IN_PLACE: a block is read before it is written.
 */

/** Elements computed at a time: three operands of doubles fit the first cache. */
#define DAVY_BLOCK ((size_t) 512)

/** Compute out[0..count) from in[i][0..count); in[i] is NULL for an absent operand. */
typedef void davy_block(const davy_call *call, size_t count, const void *const *in, void *out);

/**
 * The gradient of one operand: diff_in = diff_out d out / d in[input], for a block of floats.
 *
 * @param in   NULL where `needs` of the row does not name the input; out likewise
 */
typedef void davy_block_back(const davy_call *call, size_t input, size_t count,
                             const void *const *in, const float *out, const float *diff_out,
                             float *diff_in);

typedef struct davy_function {
    /* By wide type; NULL: that type is not taken, but floats without `f32` go through `f64`. */
    davy_block *f32, *f64, *i64, *u64, *boolean;
    davy_block_back *back;
    davy_type result;   /* DAVY_TYPE_NONE: that of the input `typed` */
    size_t typed;       /* the input whose type rules; those before it are bool */
    bool mixed;         /* operands of several types; integers by floats are computed as double */
    bool fold;          /* any number of operands: f(f(in[0], in[1]), in[2]) ... */
    davy_block *finish; /* after a fold, in place; or NULL */
} davy_function;

#define DAVY_EACH_MAX 3 /* operands, unless it is a fold */

typedef struct davy_each_operand {
    davy_walk walk;
    davy_type wide; /* what it is widened to; DAVY_TYPE_NONE: absent */
} davy_each_operand;

/** State of such an operator. */
typedef struct davy_each {
    davy_block *block;
    davy_type result;            /* what `block` writes: a wide type */
    davy_each_operand *operands; /* [in_count] */
} davy_each;

davy_status davy_each_prepare(davy_call *call);
davy_status davy_each_forward(const davy_call *call);
void davy_each_backward(const davy_call *call);

/** Rows of the table: without a way back, with one, and a fold (which is not in place: an input
 * that stands twice would be read after it was overwritten). */
#define DAVY_EACH_ROW_OF(name_, onnx_, in_min_, in_max_, flags_, function_, needs_, backward_)    \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (in_min_), .in_max = (in_max_), .out_max = 1, \
        .flags = (flags_), .needs = (needs_), .state_size = sizeof(davy_each),                    \
        .prepare = davy_each_prepare, .forward = davy_each_forward, .backward = (backward_),      \
        .detail = &(function_)                                                                    \
    }
#define DAVY_EACH_ROW(name_, onnx_, in_min_, in_max_, function_) \
    DAVY_EACH_ROW_OF(name_, onnx_, in_min_, in_max_, DAVY_OP_IN_PLACE, function_, 0, NULL)
#define DAVY_EACH_ROW_BACK(name_, onnx_, in_min_, in_max_, function_, needs_)             \
    DAVY_EACH_ROW_OF(name_, onnx_, in_min_, in_max_, DAVY_OP_IN_PLACE, function_, needs_, \
                     davy_each_backward)
#define DAVY_EACH_ROW_BF16(name_, onnx_, in_min_, in_max_, function_, needs_)                      \
    DAVY_EACH_ROW_OF(name_, onnx_, in_min_, in_max_,                                               \
                     DAVY_OP_IN_PLACE | DAVY_OP_BF16_SERVED | DAVY_OP_BF16_ALL, function_, needs_, \
                     davy_each_backward)
#define DAVY_EACH_ROW_FOLD(name_, onnx_, function_) \
    DAVY_EACH_ROW_OF(name_, onnx_, 1, DAVY_NODE_INPUTS_MAX, 0, function_, 0, NULL)

/** Write a davy_block: `expression` of a (and b, c), elements of the operands. */
#define DAVY_BLOCK1(name, type, result, expression)                                         \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const type *in_a = in[0];                                                           \
        result *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                \
        (void) call;                                                                        \
        for (size_t i = 0; i < count; i++) {                                                \
            const type a = in_a[i];                                                         \
            made[i] = (result) (expression);                                                \
        }                                                                                   \
    }
#define DAVY_BLOCK2(name, type, result, expression)                                         \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const type *in_a = in[0], *in_b = in[1];                                            \
        result *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                \
        (void) call;                                                                        \
        for (size_t i = 0; i < count; i++) {                                                \
            const type a = in_a[i], b = in_b[i];                                            \
            made[i] = (result) (expression);                                                \
        }                                                                                   \
    }
