/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/ml_scores.h"

#include "nn/op/arguments.h"
#include "nn/op/convert.h"

#include <math.h>
#include <string.h>

davy_status davy_ml_word(const davy_call *call, const char *attribute, const char *const *words,
                         int *out)
{
    const char *word = davy_node_text(call->node, attribute, words[0]);

    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) {
            *out = i;
            return DAVY_OK;
        }
    return davy_call_fail(call, DAVY_ERR_INVALID, "%s '%s'", attribute, word);
}

/* ---------------------------------------------------------------------------------- transforms */

davy_status davy_ml_transform_read(const davy_call *call, davy_ml_transform *out)
{
    static const char *const words[] = {
        [DAVY_ML_NONE] = "NONE",         [DAVY_ML_SOFTMAX] = "SOFTMAX",
        [DAVY_ML_LOGISTIC] = "LOGISTIC", [DAVY_ML_SOFTMAX_ZERO] = "SOFTMAX_ZERO",
        [DAVY_ML_PROBIT] = "PROBIT",     NULL};
    int word = 0;
    const davy_status status = davy_ml_word(call, "post_transform", words, &word);

    *out = (davy_ml_transform) word;
    return status;
}

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* Newton's steps on the normal distribution from a good first guess (Winitzki, 2008). */
static double probit(double p)
{
    const double u = 2.0 * p - 1.0, l = log((1.0 - u) * (1.0 + u));
    const double v = 2.0 / (M_PI * 0.147) + 0.5 * l;
    double x = copysign(sqrt(2.0 * (sqrt(v * v - l / 0.147) - v)), u);

    if (!(p > 0.0 && p < 1.0))
        return p == 0.0 ? -INFINITY : p == 1.0 ? INFINITY : NAN;
    for (int i = 0; i < 4; i++)
        x -= (0.5 * erfc(-x / M_SQRT2) - p) * sqrt(2.0 * M_PI) * exp(0.5 * x * x);
    return x;
}

/* Below this a score counts as zero; ONNX Runtime's bound. */
#define ZERO 1e-7

static void softmax(size_t count, const double *scores, bool zeros_stay, float *out)
{
    const double high = scores[davy_ml_greatest(count, scores)];
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        if (!zeros_stay || fabs(scores[i]) > ZERO)
            sum += exp(scores[i] - high);
    for (size_t i = 0; i < count; i++)
        out[i] = !zeros_stay || fabs(scores[i]) > ZERO ? (float) (exp(scores[i] - high) / sum) : 0;
}

void davy_ml_transform_write(davy_ml_transform transform, size_t count, const double *scores,
                             float *out)
{
    if (transform == DAVY_ML_SOFTMAX || transform == DAVY_ML_SOFTMAX_ZERO) {
        softmax(count, scores, transform == DAVY_ML_SOFTMAX_ZERO, out);
        return;
    }
    for (size_t i = 0; i < count; i++)
        out[i] = (float) (transform == DAVY_ML_LOGISTIC ? logistic(scores[i])
                          : transform == DAVY_ML_PROBIT ? probit(scores[i])
                                                        : scores[i]);
}

/* -------------------------------------------------------------------------------------- labels */

davy_status davy_ml_labels_read(const davy_call *call, const char *ints, davy_ml_labels *out)
{
    const davy_attribute *texts = davy_node_attribute(call->node, "classlabels_strings");

    out->texts = NULL;
    out->ints = davy_node_ints(call->node, ints, &out->count);
    if (!texts || texts->kind != DAVY_ATTRIBUTE_TEXTS || texts->count == 0)
        return DAVY_OK;
    if (out->count > 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "class names of two kinds");
    *out = (davy_ml_labels){.texts = texts->texts, .count = texts->count};
    return DAVY_OK;
}

davy_status davy_ml_classes_result(const davy_call *call, const davy_ml_labels *labels, size_t rows)
{
    const int64_t dims[] = {(int64_t) rows, (int64_t) labels->count};
    const davy_status status =
        davy_result(call, 0, labels->texts ? DAVY_TYPE_TEXT : DAVY_TYPE_I64, 1, dims);

    return status == DAVY_OK ? davy_result(call, 1, DAVY_TYPE_F32, 2, dims) : status;
}

davy_tensor *davy_ml_output(const davy_call *call, size_t i)
{
    return i < call->out_count ? call->out[i] : NULL;
}

void davy_ml_label_write(const davy_ml_labels *labels, size_t class_, davy_tensor *out, size_t row)
{
    if (!out)
        return;
    if (labels->texts)
        ((const char **) out->data)[row] = labels->texts[class_];
    else
        ((int64_t *) out->data)[row] = labels->ints ? labels->ints[class_] : (int64_t) class_;
}

size_t davy_ml_greatest(size_t count, const double *scores)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++)
        if (scores[i] > scores[best])
            best = i;
    return best;
}

/* ---------------------------------------------------------------------------------------- rows */

davy_status davy_ml_rows(const davy_call *call, size_t *rows, size_t *columns)
{
    const davy_tensor *x = call->in[0];
    char text[DAVY_TENSOR_TEXT_MAX];

    if (x->rank < 1 || x->rank > 2)
        return davy_call_fail(call, DAVY_ERR_INVALID, "input 0 is %s and not rows of features",
                              davy_tensor_text(x, text));
    if (davy_type_wide(x->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "input 0 is %s and no numbers",
                              davy_tensor_text(x, text));
    *rows = x->rank == 2 ? (size_t) x->dims[0] : 1;
    *columns = (size_t) x->dims[x->rank - 1];
    return DAVY_OK;
}

const float *davy_ml_read(const davy_call *call, size_t from, size_t count, float *buffer)
{
    const davy_tensor *x = call->in[0];
    const size_t columns = (size_t) x->dims[x->rank - 1];

    if (x->type == DAVY_TYPE_F32)
        return davy_f32(x) + from * columns;
    for (size_t i = 0; i < count * columns; i++)
        buffer[i] = (float) davy_tensor_number(x, (int64_t) (from * columns + i));
    return buffer;
}
