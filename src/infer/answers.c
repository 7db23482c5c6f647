/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/routes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Numbers of two versions that differ by less say the same: what a training learnt anew moves by.
 */
#define TOLERANCE 0.05

/* Room for a name or a text in a reason. */
#define TEXT_SHOWN 80

static bool differ(char reason[DAVY_ERROR_MAX], const char *format, ...) DAVY_PRINTF(2, 3);

static bool differ(char reason[DAVY_ERROR_MAX], const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(reason, DAVY_ERROR_MAX, format, arguments);
    va_end(arguments);
    return false;
}

static const davy_tensor *find(const davy_infer_response *response, const char *name)
{
    for (size_t i = 0; i < response->output_count; i++)
        if (strcmp(response->outputs[i].name, name) == 0)
            return &response->outputs[i].tensor;
    return NULL;
}

static size_t largest(const float *row, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++)
        if (row[i] > row[best])
            best = i;
    return best;
}

static bool same_classes(const char *name, const davy_tensor *a, const davy_tensor *b,
                         size_t labels, char reason[DAVY_ERROR_MAX])
{
    const size_t rows = (size_t) davy_tensor_count(a) / labels;

    for (size_t i = 0; i < rows; i++) {
        const size_t one = largest(davy_f32(a) + i * labels, labels);
        const size_t other = largest(davy_f32(b) + i * labels, labels);

        if (one != other)
            return differ(reason, "%.80s[%zu]: class %zu, and class %zu by the shadow", name, i,
                          one, other);
    }
    return true;
}

static bool same_texts(const char *name, const davy_tensor *a, const davy_tensor *b,
                       char reason[DAVY_ERROR_MAX])
{
    const davy_bytes *one = a->data, *other = b->data;

    for (int64_t i = 0; i < davy_tensor_count(a); i++)
        if (one[i].length != other[i].length || memcmp(one[i].at, other[i].at, one[i].length) != 0)
            return differ(reason, "%.80s[%lld]: '%.*s', and '%.*s' by the shadow", name,
                          (long long) i,
                          (int) (one[i].length < TEXT_SHOWN ? one[i].length : TEXT_SHOWN),
                          (const char *) one[i].at,
                          (int) (other[i].length < TEXT_SHOWN ? other[i].length : TEXT_SHOWN),
                          (const char *) other[i].at);
    return true;
}

static double number_at(const davy_tensor *tensor, int64_t i)
{
    return tensor->type == DAVY_TYPE_F32 ? (double) davy_f32(tensor)[i]
                                         : ((const double *) tensor->data)[i];
}

static bool same_numbers(const char *name, const davy_tensor *a, const davy_tensor *b,
                         char reason[DAVY_ERROR_MAX])
{
    for (int64_t i = 0; i < davy_tensor_count(a); i++) {
        const double one = number_at(a, i), other = number_at(b, i);
        const bool same = isnan(one) && isnan(other);

        if (!same && !(fabs(one - other) <= TOLERANCE * fmax(fabs(one), fabs(other))))
            return differ(reason, "%.80s[%lld]: %g, and %g by the shadow", name, (long long) i, one,
                          other);
    }
    return true;
}

static bool is_float(const davy_tensor *tensor)
{
    return tensor->type == DAVY_TYPE_F32 || tensor->type == DAVY_TYPE_F64;
}

static bool are_classes(const davy_tensor *tensor, size_t labels)
{
    return labels > 0 && tensor->type == DAVY_TYPE_F32 && tensor->rank > 0 &&
           tensor->dims[tensor->rank - 1] == (int64_t) labels;
}

static bool same_output(const char *name, const davy_tensor *a, const davy_tensor *b, size_t labels,
                        char reason[DAVY_ERROR_MAX])
{
    if (a->type != b->type || !davy_tensor_same_shape(a, b))
        return differ(reason, "%.80s has another form by the shadow", name);
    if (are_classes(a, labels))
        return same_classes(name, a, b, labels, reason);
    if (a->type == DAVY_TYPE_TEXT)
        return same_texts(name, a, b, reason);
    if (is_float(a))
        return same_numbers(name, a, b, reason);
    return memcmp(a->data, b->data, davy_tensor_bytes(a)) == 0
               ? true
               : differ(reason, "%.80s differs by the shadow", name);
}

/* What is said in words or classes is what people act upon; the numbers beside it may move. */
static bool speaks(const davy_infer_response *response, size_t labels)
{
    for (size_t i = 0; i < response->output_count; i++)
        if (!is_float(&response->outputs[i].tensor) ||
            are_classes(&response->outputs[i].tensor, labels))
            return true;
    return false;
}

bool davy_answers_agree(const davy_infer_response *one, const davy_infer_response *other,
                        size_t labels, char reason[DAVY_ERROR_MAX])
{
    const bool words = speaks(one, labels);

    for (size_t i = 0; i < one->output_count; i++) {
        const char *name = one->outputs[i].name;
        const davy_tensor *a = &one->outputs[i].tensor, *b = find(other, name);

        if (words && is_float(a) && !are_classes(a, labels))
            continue;
        if (!b)
            return differ(reason, "the shadow has no output '%.80s'", name);
        if (!same_output(name, a, b, labels, reason))
            return false;
    }
    return true;
}
