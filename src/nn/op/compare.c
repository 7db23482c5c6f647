/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison, logic, choice and shifts of bits. */
#include "nn/op/each.h"
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

/* One comparison for every type it takes, and its row's function. */
#define COMPARE(name, operation)                               \
    DAVY_BLOCK2(name##_f32, float, uint8_t, a operation b)     \
    DAVY_BLOCK2(name##_f64, double, uint8_t, a operation b)    \
    DAVY_BLOCK2(name##_i64, int64_t, uint8_t, a operation b)   \
    DAVY_BLOCK2(name##_u64, uint64_t, uint8_t, a operation b)  \
    DAVY_BLOCK2(name##_bool, uint8_t, uint8_t, a operation b)  \
    static const davy_function name = {.f32 = name##_f32,      \
                                       .f64 = name##_f64,      \
                                       .i64 = name##_i64,      \
                                       .u64 = name##_u64,      \
                                       .boolean = name##_bool, \
                                       .result = DAVY_TYPE_BOOL};
COMPARE(equal, ==)
COMPARE(greater, >)
COMPARE(greater_or_equal, >=)
COMPARE(less, <)
COMPARE(less_or_equal, <=)

DAVY_BLOCK2(and_block, uint8_t, uint8_t, a &b)
DAVY_BLOCK2(or_block, uint8_t, uint8_t, a | b)
DAVY_BLOCK2(xor_block, uint8_t, uint8_t, a ^ b)
DAVY_BLOCK1(not_block, uint8_t, uint8_t, !a)
static const davy_function both = {.boolean = and_block};
static const davy_function either = {.boolean = or_block};
static const davy_function one = {.boolean = xor_block};
static const davy_function neither = {.boolean = not_block};

DAVY_BLOCK1(nan_f32, float, uint8_t, a != a)
DAVY_BLOCK1(nan_f64, double, uint8_t, a != a)
static const davy_function not_a_number = {
    .f32 = nan_f32, .f64 = nan_f64, .result = DAVY_TYPE_BOOL};

static void infinite_f64(const davy_call *call, size_t count, const void *const *in, void *out)
{
    const bool above = davy_node_int(call->node, "detect_positive", 1) != 0;
    const bool below = davy_node_int(call->node, "detect_negative", 1) != 0;
    const double *a = in[0];
    uint8_t *made = out;

    for (size_t i = 0; i < count; i++)
        made[i] = (above && a[i] == INFINITY) || (below && a[i] == -INFINITY);
}
static const davy_function infinite = {.f64 = infinite_f64, .result = DAVY_TYPE_BOOL};

/* Bits that leave the type are lost; a shift by its width or more leaves none. */
static void shift_u64(const davy_call *call, size_t count, const void *const *in, void *out)
{
    const bool left = strcmp(davy_node_text(call->node, "direction", ""), "LEFT") == 0;
    const uint64_t *a = in[0], *b = in[1];
    uint64_t *made = out;

    for (size_t i = 0; i < count; i++)
        made[i] = b[i] >= 64 ? 0 : left ? a[i] << b[i] : a[i] >> b[i];
}
static const davy_function shift = {.u64 = shift_u64};

/* where: a condition, what is taken if it holds, and what otherwise */
#define WHERE(name, type)                                                                   \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const uint8_t *condition = in[0];                                                   \
        const type *a = in[1], *b = in[2];                                                  \
        type *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                  \
        (void) call;                                                                        \
        for (size_t i = 0; i < count; i++)                                                  \
            made[i] = condition[i] ? a[i] : b[i];                                           \
    }
WHERE(where_f32, float)
WHERE(where_64, uint64_t)
WHERE(where_bool, uint8_t)

static void where_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                       const float *out, const float *diff_out, float *diff_in)
{
    const uint8_t *condition = in[0];

    (void) call;
    (void) out;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = (condition[i] != 0) == (input == 1) ? diff_out[i] : 0;
}
static const davy_function where = {.f32 = where_f32,
                                    .f64 = where_64,
                                    .i64 = where_64,
                                    .u64 = where_64,
                                    .boolean = where_bool,
                                    .back = where_back,
                                    .typed = 1};

const davy_op davy_op_equal = DAVY_EACH_ROW("equal", "Equal", 2, 2, equal);
const davy_op davy_op_greater = DAVY_EACH_ROW("greater", "Greater", 2, 2, greater);
const davy_op davy_op_greater_or_equal =
    DAVY_EACH_ROW("greater_or_equal", "GreaterOrEqual", 2, 2, greater_or_equal);
const davy_op davy_op_less = DAVY_EACH_ROW("less", "Less", 2, 2, less);
const davy_op davy_op_less_or_equal =
    DAVY_EACH_ROW("less_or_equal", "LessOrEqual", 2, 2, less_or_equal);
const davy_op davy_op_and = DAVY_EACH_ROW("and", "And", 2, 2, both);
const davy_op davy_op_or = DAVY_EACH_ROW("or", "Or", 2, 2, either);
const davy_op davy_op_xor = DAVY_EACH_ROW("xor", "Xor", 2, 2, one);
const davy_op davy_op_not = DAVY_EACH_ROW("not", "Not", 1, 1, neither);
const davy_op davy_op_is_nan = DAVY_EACH_ROW("is_nan", "IsNaN", 1, 1, not_a_number);
const davy_op davy_op_is_inf = DAVY_EACH_ROW("is_inf", "IsInf", 1, 1, infinite);
const davy_op davy_op_bit_shift = DAVY_EACH_ROW("bit_shift", "BitShift", 2, 2, shift);
const davy_op davy_op_where = DAVY_EACH_ROW_BACK("where", "Where", 3, 3, where, DAVY_NEEDS_IN(0));
