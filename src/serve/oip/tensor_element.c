/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/tensor_element.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "nn/op/convert.h"
#include "serve/api/json.h"

/* -- One number in ------------------------------------------------------------------------------
 */

/* The nearest double is rounded once more, as every client with an array library does it. */
static davy_status read_float(const davy_text_element_reader *reader, double largest, double *value)
{
    const char *begin;
    davy_status status;

    if (davy_json_peek(reader->json) == 'n') {
        *value = NAN;
        return davy_json_nothing(reader->json);
    }
    begin = reader->json->at;
    status = davy_json_double(reader->json, value);
    if (status == DAVY_OK && fabs(*value) > largest) {
        reader->json->at = begin;
        return davy_json_fail(reader->json, "a number that fits the data type");
    }
    return status;
}

/* The largest that are not rounded to infinity: half a step past the largest of the type. */
#define FLOAT_LARGEST 3.4028235677973364e38
#define HALF_LARGEST  65519.999999999993

static davy_status read_f64(const davy_text_element_reader *reader, void *to)
{
    return read_float(reader, DBL_MAX, to);
}

static davy_status read_f32(const davy_text_element_reader *reader, void *to)
{
    double value = 0;
    davy_status status = read_float(reader, FLOAT_LARGEST, &value);

    *(float *) to = (float) value;
    return status;
}

static davy_status read_f16(const davy_text_element_reader *reader, void *to)
{
    double value = 0;
    davy_status status = read_float(reader, HALF_LARGEST, &value);

    *(uint16_t *) to = davy_half_from_float((float) value);
    return status;
}

#define INTEGER_READER(name, type, low, high)                                           \
    static davy_status name(const davy_text_element_reader *reader, void *to)           \
    {                                                                                   \
        int64_t value = 0;                                                              \
        davy_status status = davy_json_integer_within(reader->json, low, high, &value); \
                                                                                        \
        *(type *) to = (type) value;                                                    \
        return status;                                                                  \
    }
INTEGER_READER(read_i8, int8_t, INT8_MIN, INT8_MAX)
INTEGER_READER(read_i16, int16_t, INT16_MIN, INT16_MAX)
INTEGER_READER(read_i32, int32_t, INT32_MIN, INT32_MAX)
INTEGER_READER(read_i64, int64_t, INT64_MIN, INT64_MAX)
INTEGER_READER(read_u8, uint8_t, 0, UINT8_MAX)
INTEGER_READER(read_u16, uint16_t, 0, UINT16_MAX)
INTEGER_READER(read_u32, uint32_t, 0, UINT32_MAX)

static davy_status read_u64(const davy_text_element_reader *reader, void *to)
{
    return davy_json_unsigned_within(reader->json, UINT64_MAX, to);
}

/* true and false; 1 and 0 are what array libraries make of them. */
static davy_status read_bool(const davy_text_element_reader *reader, void *to)
{
    int64_t number = 0;
    bool truth = false;
    davy_status status;

    if (davy_json_peek(reader->json) == '0')
        status = davy_json_integer_within(reader->json, 0, 1, &number);
    else
        status = davy_json_truth(reader->json, &truth);
    *(uint8_t *) to = truth || number == 1;
    return status;
}

/* {"b64": "..."}, as TensorFlow Serving writes bytes. */
static davy_status read_b64(const davy_text_element_reader *reader, davy_bytes *bytes)
{
    davy_bytes key;
    bool more;
    davy_status status = davy_json_enter(reader->json, '{');

    if (status == DAVY_OK)
        status = davy_json_next(reader->json, &more);
    if (status == DAVY_OK)
        status = more ? davy_json_key(reader->json, reader->memory, &key)
                      : davy_json_fail(reader->json, "\"b64\"");
    if (status == DAVY_OK && !davy_bytes_are(key, "b64"))
        status = davy_json_fail(reader->json, "\"b64\"");
    if (status == DAVY_OK)
        status = davy_json_string(reader->json, reader->memory, bytes);
    if (status == DAVY_OK)
        status = davy_json_next(reader->json, &more);
    if (status == DAVY_OK && more)
        status = davy_json_fail(reader->json, "nothing beside \"b64\"");
    return status;
}

static davy_status read_text(const davy_text_element_reader *reader, void *to)
{
    const bool b64 = davy_json_peek(reader->json) == '{';
    davy_bytes *bytes = to;
    davy_status status =
        b64 ? read_b64(reader, bytes) : davy_json_string(reader->json, reader->memory, bytes);

    if (status == DAVY_OK && (b64 || reader->form->base64))
        status = davy_base64_read(*bytes, reader->memory, bytes);
    return status;
}

/* -- One number out -----------------------------------------------------------------------------
 */

static void write_f64(davy_buffer *out, const void *from)
{
    davy_json_digits(out, *(const double *) from);
}

static void write_f32(davy_buffer *out, const void *from)
{
    davy_json_float_digits(out, *(const float *) from);
}

static void write_f16(davy_buffer *out, const void *from)
{
    davy_json_float_digits(out, davy_half_to_float(*(const uint16_t *) from));
}

static void write_bool(davy_buffer *out, const void *from)
{
    davy_buffer_append_text(out, *(const uint8_t *) from ? "true" : "false");
}

static void write_u64(davy_buffer *out, const void *from)
{
    davy_buffer_printf(out, "%" PRIu64, *(const uint64_t *) from);
}

static void write_text(davy_buffer *out, const void *from)
{
    const davy_bytes *bytes = from;

    davy_json_counted_text(out, NULL, bytes->at, bytes->length);
}

#define INTEGER_WRITER(name, type)                           \
    static void name(davy_buffer *out, const void *from)     \
    {                                                        \
        davy_json_integer_digits(out, *(const type *) from); \
    }
INTEGER_WRITER(write_i8, int8_t)
INTEGER_WRITER(write_i16, int16_t)
INTEGER_WRITER(write_i32, int32_t)
INTEGER_WRITER(write_i64, int64_t)
INTEGER_WRITER(write_u8, uint8_t)
INTEGER_WRITER(write_u16, uint16_t)
INTEGER_WRITER(write_u32, uint32_t)

static const struct {
    size_t size; /* of an element in a named tensor; 0: JSON has no form for it */
    davy_status (*read)(const davy_text_element_reader *reader, void *to);
    void (*write)(davy_buffer *out, const void *from);
} types[] = {
    [DAVY_TYPE_F32] = {4, read_f32, write_f32},
    [DAVY_TYPE_U8] = {1, read_u8, write_u8},
    [DAVY_TYPE_I8] = {1, read_i8, write_i8},
    [DAVY_TYPE_U16] = {2, read_u16, write_u16},
    [DAVY_TYPE_I16] = {2, read_i16, write_i16},
    [DAVY_TYPE_I32] = {4, read_i32, write_i32},
    [DAVY_TYPE_I64] = {8, read_i64, write_i64},
    [DAVY_TYPE_TEXT] = {sizeof(davy_bytes), read_text, write_text},
    [DAVY_TYPE_BOOL] = {1, read_bool, write_bool},
    [DAVY_TYPE_F16] = {2, read_f16, write_f16},
    [DAVY_TYPE_F64] = {8, read_f64, write_f64},
    [DAVY_TYPE_U32] = {4, read_u32, write_u32},
    [DAVY_TYPE_U64] = {8, read_u64, write_u64},
    [DAVY_TYPE_BF16] = {0, NULL, NULL},
};

size_t davy_text_element_size(davy_type type)
{
    return type > DAVY_TYPE_NONE && (size_t) type < DAVY_ARRAY_LENGTH(types) ? types[type].size : 0;
}

static bool has_gaps(davy_type type)
{
    return type == DAVY_TYPE_F16 || type == DAVY_TYPE_F32 || type == DAVY_TYPE_F64;
}

davy_status davy_text_element_read(const davy_text_element_reader *reader, void *to)
{
    if (davy_json_peek(reader->json) == 'n' && !has_gaps(reader->form->type))
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%.100s': null is a missing value, and %s has none: give a value "
                         "in its place",
                         reader->form->name, davy_datatype_name(reader->form->type));
    return types[reader->form->type].read(reader, to);
}

static bool is_text(davy_bytes bytes)
{
    /* a zero is no fault of a text that is counted; the check takes it for one */
    const char *at = bytes.at;
    size_t left = bytes.length;

    while (left > 0) {
        const char *zero = memchr(at, '\0', left);
        const size_t length = zero ? (size_t) (zero - at) : left;

        if (!davy_utf8_valid(at, length))
            return false;
        at += length + (zero != NULL);
        left -= length + (zero != NULL);
    }
    return true;
}

davy_status davy_tensor_text_element(davy_buffer *out, const davy_tensor *tensor, size_t index)
{
    const char *from = tensor->data;

    if (davy_text_element_size(tensor->type) == 0)
        return davy_fail(DAVY_ERR_INVALID, "%s has no form in JSON: ask for binary data",
                         davy_datatype_name(tensor->type));
    from += index * types[tensor->type].size;
    if (tensor->type == DAVY_TYPE_TEXT && !is_text(*(const davy_bytes *) from))
        return davy_fail(DAVY_ERR_INVALID, "element %zu is no text in UTF-8: ask for binary data",
                         index);
    types[tensor->type].write(out, from);
    return DAVY_OK;
}
