/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "serve/oip/answer.h"

/* The value at an index as a double, to compare; 64-bit numbers may lose their last bits. */
static double value_at(const davy_tensor *tensor, size_t index)
{
    switch (tensor->type) {
    case DAVY_TYPE_F32:
        return (double) ((const float *) tensor->data)[index];
    case DAVY_TYPE_F64:
        return ((const double *) tensor->data)[index];
    case DAVY_TYPE_I8:
        return ((const int8_t *) tensor->data)[index];
    case DAVY_TYPE_I16:
        return ((const int16_t *) tensor->data)[index];
    case DAVY_TYPE_I32:
        return ((const int32_t *) tensor->data)[index];
    case DAVY_TYPE_I64:
        return (double) ((const int64_t *) tensor->data)[index];
    case DAVY_TYPE_U8:
        return ((const uint8_t *) tensor->data)[index];
    case DAVY_TYPE_U16:
        return ((const uint16_t *) tensor->data)[index];
    case DAVY_TYPE_U32:
        return ((const uint32_t *) tensor->data)[index];
    case DAVY_TYPE_U64:
        return (double) ((const uint64_t *) tensor->data)[index];
    default:
        return NAN;
    }
}

/* The largest in [begin, end) that is behind the last one taken: less, or as large and later. */
static size_t next_best(const davy_tensor *tensor, size_t begin, size_t end, size_t last)
{
    const double bound = last == SIZE_MAX ? INFINITY : value_at(tensor, last);
    size_t best = SIZE_MAX;

    for (size_t i = begin; i < end; i++) {
        const double value = value_at(tensor, i);
        const bool open = last == SIZE_MAX || value < bound || (value == bound && i > last);

        if (open && i != last && (best == SIZE_MAX || value > value_at(tensor, best)))
            best = i;
    }
    return best;
}

static davy_status write_class(const davy_tensor *tensor, size_t index, size_t class,
                               const char *label, davy_oip_memory *memory, davy_bytes *out)
{
    davy_buffer text = {0};
    davy_status status = davy_tensor_text_element(&text, tensor, index);

    davy_buffer_printf(&text, label ? ":%zu:%s" : ":%zu", class, label);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&text);
    if (status == DAVY_OK) {
        out->at = davy_arena_text(&memory->arena, text.bytes, text.length);
        out->length = text.length;
        if (!out->at)
            status = davy_fail(DAVY_ERR_NOMEM, "classes");
    }
    davy_buffer_clear(&text);
    return status;
}

davy_status davy_oip_classify(const davy_named_tensor *tensor, size_t best,
                              const char *const *labels, size_t label_count,
                              davy_oip_memory *memory, davy_named_tensor *out)
{
    const davy_tensor *from = &tensor->tensor;
    const size_t total = (size_t) davy_tensor_count(from);
    const size_t rows = from->rank > 1 ? (size_t) from->dims[0] : 1;
    const size_t classes = rows > 0 ? total / rows : 0;
    const size_t count = best < classes ? best : classes;
    const int64_t dims[2] = {(int64_t) rows, (int64_t) count};
    davy_named_tensor named = {.name = tensor->name};
    void *texts = NULL;
    davy_status status;

    if (isnan(value_at(&(davy_tensor){.type = from->type, .data = (uint64_t[1]){0}}, 0)) ||
        classes == 0)
        return davy_fail(DAVY_ERR_INVALID, "output '%.100s' has no classes", tensor->name);
    status = davy_named_tensor_shape(&named, DAVY_TYPE_TEXT, from->rank > 1 ? 2 : 1,
                                     from->rank > 1 ? dims : dims + 1);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, rows * count, sizeof(davy_bytes), &texts);
    for (size_t row = 0; row < rows && status == DAVY_OK; row++) {
        size_t last = SIZE_MAX;

        for (size_t k = 0; k < count && status == DAVY_OK; k++) {
            const size_t found = next_best(from, row * classes, (row + 1) * classes, last);
            const size_t class = found - row * classes;

            if (found == SIZE_MAX)
                return davy_fail(DAVY_ERR_INVALID, "output '%.100s' has a NaN among its classes",
                                 tensor->name);
            status = write_class(from, found, class, class < label_count ? labels[class] : NULL,
                                 memory, &((davy_bytes *) texts)[row * count + k]);
            last = found;
        }
    }
    named.tensor.data = texts;
    *out = named;
    return status;
}
