/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands before a classical model: scaler, normalizer, imputer, binarizer,
 * array_feature_extractor and feature_vectorizer. All work row by row on [..., features].
 *
 * Source: ONNX 1.12, docs/Operators-ml.md, version 1, and ONNX Runtime where it leaves a choice: a
 * row that adds up to 0 stays as it is, and MAX divides by the greatest, not the largest.
 */
#include "nn/op/ml_scores.h"
#include "nn/op/rows.h"

#include "nn/op/arguments.h"
#include "nn/op/convert.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static davy_status expect_numbers(const davy_call *call, size_t i)
{
    char text[DAVY_TENSOR_TEXT_MAX];

    if (davy_type_wide(call->in[i]->type) != DAVY_TYPE_NONE && call->in[i]->rank > 0)
        return DAVY_OK;
    return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "input %zu is %s", i,
                          davy_tensor_text(call->in[i], text));
}

static int64_t last_dim(const davy_tensor *tensor)
{
    return tensor->dims[tensor->rank - 1];
}

/* A list of floats that has one number for all features, or one for each. */
static davy_status read_list(const davy_call *call, const char *name, size_t features,
                             const float **values, size_t *count)
{
    *values = davy_node_floats(call->node, name, count);
    if (*count == 0 || *count == 1 || *count == features)
        return DAVY_OK;
    return davy_call_fail(call, DAVY_ERR_INVALID, "%zu %s for %zu features", *count, name,
                          features);
}

/* Number i of a list that may have one for all. */
static float of(const float *values, size_t count, size_t i, float none)
{
    return count == 0 ? none : values[count == 1 ? 0 : i];
}

/* -------------------------------------------------------------------------------------- scaler */

typedef struct scaling {
    const float *offset, *scale;
    size_t offsets, scales;
} scaling;

static davy_status scaler_prepare(davy_call *call)
{
    scaling *state = call->state;
    davy_status status = expect_numbers(call, 0);
    const size_t features = status == DAVY_OK ? (size_t) last_dim(call->in[0]) : 0;

    if (status == DAVY_OK)
        status = read_list(call, "offset", features, &state->offset, &state->offsets);
    if (status == DAVY_OK)
        status = read_list(call, "scale", features, &state->scale, &state->scales);
    return status == DAVY_OK ? davy_result_like(call, 0, DAVY_TYPE_F32, call->in[0]) : status;
}

static davy_status scaler_forward(const davy_call *call)
{
    const scaling *state = call->state;
    const int64_t features = last_dim(call->in[0]);

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++) {
        const size_t f = (size_t) (i % features);
        const double x = davy_tensor_at(call->in[0], i);

        davy_f32(call->out[0])[i] =
            (float) ((x - (double) of(state->offset, state->offsets, f, 0.0F)) *
                     (double) of(state->scale, state->scales, f, 1.0F));
    }
    return DAVY_OK;
}

/* ---------------------------------------------------------------------------------- normalizer */

typedef enum norm { NORM_MAX, NORM_L1, NORM_L2 } norm;

static davy_status normalizer_prepare(davy_call *call)
{
    static const char *const words[] = {
        [NORM_MAX] = "MAX", [NORM_L1] = "L1", [NORM_L2] = "L2", NULL};
    davy_status status = expect_numbers(call, 0);
    int word = 0;

    if (status == DAVY_OK)
        status = davy_ml_word(call, "norm", words, &word);
    *(norm *) call->state = (norm) word;
    return status == DAVY_OK ? davy_result_like(call, 0, DAVY_TYPE_F32, call->in[0]) : status;
}

static double norm_of(norm kind, const davy_tensor *x, int64_t from, int64_t count)
{
    double made = kind == NORM_MAX ? -INFINITY : 0.0;

    for (int64_t i = from; i < from + count; i++) {
        const double one = davy_tensor_at(x, i);

        made = kind == NORM_MAX  ? fmax(made, one)
               : kind == NORM_L1 ? made + fabs(one)
                                 : made + one * one;
    }
    return kind == NORM_L2 ? sqrt(made) : made;
}

static davy_status normalizer_forward(const davy_call *call)
{
    const davy_tensor *x = call->in[0];
    const int64_t features = last_dim(x), total = davy_tensor_count(x);

    for (int64_t from = 0; from < total; from += features) {
        const double by = norm_of(*(const norm *) call->state, x, from, features);

        for (int64_t i = from; i < from + features; i++)
            davy_f32(call->out[0])[i] = (float) (davy_tensor_at(x, i) / (by == 0.0 ? 1.0 : by));
    }
    return DAVY_OK;
}

/* ------------------------------------------------------------------------------------- imputer */

typedef struct imputer {
    const float *floats;
    const int64_t *ints;
    size_t count;
} imputer;

static davy_status imputer_prepare(davy_call *call)
{
    imputer *state = call->state;
    const davy_tensor *x = call->in[0];
    davy_status status = expect_numbers(call, 0);
    const bool is_float = status == DAVY_OK && davy_type_is_float(x->type);

    if (status != DAVY_OK)
        return status;
    if (is_float)
        state->floats = davy_node_floats(call->node, "imputed_value_floats", &state->count);
    else
        state->ints = davy_node_ints(call->node, "imputed_value_int64s", &state->count);
    if (state->count == 0 || (state->count != 1 && state->count != (size_t) last_dim(x)))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu imputed values for %" PRId64 " features",
                              state->count, last_dim(x));
    return davy_result_like(call, 0, x->type, x);
}

static davy_status imputer_forward(const davy_call *call)
{
    const imputer *state = call->state;
    const davy_tensor *x = call->in[0], *y = call->out[0];
    const double missing = (double) davy_node_float(call->node, "replaced_value_float", 0.0F);
    const int64_t missing_int = davy_node_int(call->node, "replaced_value_int64", 0);

    memcpy(y->data, x->data, davy_tensor_bytes(x));
    for (int64_t i = 0; i < davy_tensor_count(x); i++) {
        const size_t f = state->count == 1 ? 0 : (size_t) (i % last_dim(x));
        const size_t size = davy_type_size(y->type);

        if (state->ints && davy_tensor_int(x, i) == missing_int) {
            davy_convert(DAVY_TYPE_I64, y->type, 1, &state->ints[f],
                         (char *) y->data + (size_t) i * size);
        } else if (state->floats) {
            const double one = davy_tensor_at(x, i);

            if (one == missing || (isnan(one) && isnan(missing)))
                davy_tensor_put(y, i, (double) state->floats[f]);
        }
    }
    return DAVY_OK;
}

/* ----------------------------------------------------------------------------------- binarizer */

static davy_status binarizer_prepare(davy_call *call)
{
    const davy_status status = expect_numbers(call, 0);

    return status == DAVY_OK ? davy_result_like(call, 0, call->in[0]->type, call->in[0]) : status;
}

static davy_status binarizer_forward(const davy_call *call)
{
    const double threshold = (double) davy_node_float(call->node, "threshold", 0.0F);

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        davy_tensor_put(call->out[0], i, davy_tensor_at(call->in[0], i) > threshold ? 1.0 : 0.0);
    return DAVY_OK;
}

/* --------------------------------------------------------------------- array_feature_extractor */

/* Some of the features, of numbers or texts: [..., features] to [..., indices]. */
static davy_status extractor_prepare(davy_call *call)
{
    const davy_tensor *x = call->in[0];
    int64_t dims[DAVY_RANK_MAX] = {1};
    const davy_status status = davy_argument_indices(call, 1);
    const int rank = x->rank < 2 ? 2 : x->rank;

    if (status != DAVY_OK)
        return status;
    if (x->rank < 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "it takes features of a single number");
    for (int i = 0; i + 1 < x->rank; i++)
        dims[i] = x->dims[i];
    dims[rank - 1] = davy_tensor_count(call->in[1]);
    return davy_result(call, 0, x->type, rank, dims);
}

static davy_status extractor_forward(const davy_call *call)
{
    const davy_tensor *x = call->in[0];
    const int64_t features = last_dim(x), count = davy_tensor_count(call->in[1]);
    const size_t size = davy_type_size(x->type);

    for (int64_t i = 0; i < count; i++) {
        const int64_t index = davy_tensor_int(call->in[1], i);

        if (index < 0 || index >= features)
            return davy_call_fail(call, DAVY_ERR_INVALID, "feature %" PRId64 " of %" PRId64, index,
                                  features);
        for (int64_t row = 0; row < davy_tensor_span(x, 0, x->rank - 1); row++)
            memcpy((char *) call->out[0]->data + (size_t) (row * count + i) * size,
                   (const char *) x->data + (size_t) (row * features + index) * size, size);
    }
    return DAVY_OK;
}

/* -------------------------------------------------------------------------- feature_vectorizer */

/* How many features input i gives to the row that is put together. */
static int64_t width_of(const davy_call *call, size_t i)
{
    size_t count;
    const int64_t *dims = davy_node_ints(call->node, "inputdimensions", &count);

    return i < count ? dims[i] : last_dim(call->in[i]);
}

static davy_status vectorizer_prepare(davy_call *call)
{
    int64_t width = 0, rows = 0;

    for (size_t i = 0; i < call->in_count; i++) {
        const davy_tensor *x = davy_argument(call, i);
        const int64_t own = x && x->rank == 2 ? x->dims[0] : 1;

        if (!x || x->rank < 1 || x->rank > 2 || davy_type_wide(x->type) == DAVY_TYPE_NONE ||
            (i > 0 && own != rows))
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu has not the rows of the first",
                                  i);
        if (width_of(call, i) < 0 || width_of(call, i) > INT32_MAX)
            return davy_call_fail(call, DAVY_ERR_INVALID, "inputdimensions has %" PRId64,
                                  width_of(call, i));
        rows = own;
        width += width_of(call, i);
    }
    return davy_result(call, 0, DAVY_TYPE_F32, 2, (int64_t[]){rows, width});
}

/* Features that an input has too few are 0; those that it has too many are left out. */
static davy_status vectorizer_forward(const davy_call *call)
{
    const int64_t width = call->out[0]->dims[1], rows = call->out[0]->dims[0];
    float *y = call->out[0]->data;
    int64_t from = 0;

    for (size_t i = 0; i < call->in_count; i++) {
        const int64_t has = last_dim(call->in[i]), gives = width_of(call, i);

        for (int64_t row = 0; row < rows; row++)
            for (int64_t k = 0; k < gives; k++)
                y[row * width + from + k] =
                    k < has ? (float) davy_tensor_at(call->in[i], row * has + k) : 0.0F;
        from += gives;
    }
    return DAVY_OK;
}

#define ROW(name_, onnx_, state_, prepare_, forward_)                                         \
    {                                                                                         \
        .name = (name_), .onnx = "ai.onnx.ml." onnx_, .in_min = 1, .in_max = 1, .out_max = 1, \
        .state_size = (state_), .prepare = (prepare_), .forward = (forward_)                  \
    }

const davy_op davy_op_scaler =
    ROW("scaler", "Scaler", sizeof(scaling), scaler_prepare, scaler_forward);
const davy_op davy_op_normalizer =
    ROW("normalizer", "Normalizer", sizeof(norm), normalizer_prepare, normalizer_forward);
const davy_op davy_op_imputer =
    ROW("imputer", "Imputer", sizeof(imputer), imputer_prepare, imputer_forward);
const davy_op davy_op_binarizer =
    ROW("binarizer", "Binarizer", 0, binarizer_prepare, binarizer_forward);
const davy_op davy_op_array_feature_extractor = {.name = "array_feature_extractor",
                                                 .onnx = "ai.onnx.ml.ArrayFeatureExtractor",
                                                 .in_min = 2,
                                                 .in_max = 2,
                                                 .out_max = 1,
                                                 .prepare = extractor_prepare,
                                                 .forward = extractor_forward};
const davy_op davy_op_feature_vectorizer = {.name = "feature_vectorizer",
                                            .onnx = "ai.onnx.ml.FeatureVectorizer",
                                            .in_min = 1,
                                            .in_max = DAVY_NODE_INPUTS_MAX,
                                            .out_max = 1,
                                            .prepare = vectorizer_prepare,
                                            .forward = vectorizer_forward};
