/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/tensor_text.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "nn/op/convert.h"
#include "serve/json.h"

/* -- One number in ------------------------------------------------------------------------------
 */

/* Where the numbers go, and what they have to fit. */
typedef struct element_reader {
    davy_json_reader *json;
    davy_oip_memory *memory;
    const davy_text_form *form;
} element_reader;

/* The nearest double is rounded once more, as every client with an array library does it. */
static davy_status read_float(const element_reader *reader, double largest, double *value)
{
    const char *begin;
    davy_status status;

    if (davy_json_peek(reader->json) == 'n' && reader->form->gaps) {
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

static davy_status read_f64(const element_reader *reader, void *to)
{
    return read_float(reader, DBL_MAX, to);
}

static davy_status read_f32(const element_reader *reader, void *to)
{
    double value = 0;
    davy_status status = read_float(reader, FLOAT_LARGEST, &value);

    *(float *) to = (float) value;
    return status;
}

static davy_status read_f16(const element_reader *reader, void *to)
{
    double value = 0;
    davy_status status = read_float(reader, HALF_LARGEST, &value);

    *(uint16_t *) to = davy_half_from_float((float) value);
    return status;
}

#define INTEGER_READER(name, type, low, high)                                           \
    static davy_status name(const element_reader *reader, void *to)                     \
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

static davy_status read_u64(const element_reader *reader, void *to)
{
    return davy_json_unsigned_within(reader->json, UINT64_MAX, to);
}

/* true and false; 1 and 0 are what array libraries make of them. */
static davy_status read_bool(const element_reader *reader, void *to)
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
static davy_status read_b64(const element_reader *reader, davy_bytes *bytes)
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

static davy_status read_text(const element_reader *reader, void *to)
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
    davy_status (*read)(const element_reader *reader, void *to);
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

static bool has_text(davy_type type)
{
    return type > DAVY_TYPE_NONE && (size_t) type < DAVY_ARRAY_LENGTH(types) &&
           types[type].size > 0;
}

/* -- Nested lists -------------------------------------------------------------------------------
 */

#define LENGTH_UNKNOWN (-1)

/* The lists that are open around a number, and the length that all lists of a level have. */
typedef struct nesting {
    int levels;  /* open */
    int deepest; /* level of the numbers; LENGTH_UNKNOWN until the first one */
    int used;    /* levels that were seen */
    int64_t counts[DAVY_JSON_DEPTH_MAX];  /* members so far of the open list */
    int64_t lengths[DAVY_JSON_DEPTH_MAX]; /* of all closed lists of the level */
} nesting;

static davy_status fail_ragged(const davy_text_form *form)
{
    return davy_fail(DAVY_ERR_INVALID, "the lists of 'data' of input '%.100s' differ in length",
                     form->name);
}

static davy_status open_list(const element_reader *reader, nesting *lists)
{
    davy_status status = davy_json_enter(reader->json, '[');

    if (status != DAVY_OK)
        return status;
    if (lists->deepest != LENGTH_UNKNOWN && lists->levels >= lists->deepest)
        return fail_ragged(reader->form);
    lists->counts[lists->levels++] = 0;
    if (lists->levels > lists->used) {
        lists->used = lists->levels;
        lists->lengths[lists->levels - 1] = LENGTH_UNKNOWN;
    }
    return DAVY_OK;
}

static davy_status close_list(const element_reader *reader, nesting *lists)
{
    const int level = --lists->levels;

    if (lists->lengths[level] == LENGTH_UNKNOWN)
        lists->lengths[level] = lists->counts[level];
    return lists->lengths[level] == lists->counts[level] ? DAVY_OK : fail_ragged(reader->form);
}

/* To the next place of a value: out of all lists that end here. */
static davy_status advance(const element_reader *reader, nesting *lists, bool *more)
{
    davy_status status = DAVY_OK;

    *more = false;
    while (status == DAVY_OK && !*more && lists->levels > 0) {
        status = davy_json_next(reader->json, more);
        if (status == DAVY_OK && *more)
            lists->counts[lists->levels - 1]++;
        else if (status == DAVY_OK)
            status = close_list(reader, lists);
    }
    return status;
}

static davy_status fail_count(const davy_text_form *form, size_t capacity)
{
    return davy_fail(DAVY_ERR_INVALID,
                     "'data' of input '%.100s' has more elements than its shape, which has %zu",
                     form->name, capacity);
}

/* All numbers, in their order. */
static davy_status read_lists(const element_reader *reader, char *to, size_t capacity,
                              nesting *lists, size_t *count)
{
    const size_t size = types[reader->form->type].size;
    davy_status status = DAVY_OK;
    bool more = true;

    while (status == DAVY_OK && more) {
        if (davy_json_peek(reader->json) == '[') {
            status = open_list(reader, lists);
        } else {
            if (*count == capacity)
                return fail_count(reader->form, capacity);
            if (lists->deepest == LENGTH_UNKNOWN)
                lists->deepest = lists->levels;
            if (lists->levels != lists->deepest)
                return fail_ragged(reader->form);
            status = types[reader->form->type].read(reader, to + *count * size);
            ++*count;
        }
        if (status == DAVY_OK)
            status = advance(reader, lists, &more);
    }
    return status;
}

/* -- Shapes -------------------------------------------------------------------------------------
 */

/* Dimensions other than 1. */
static int squeeze(const int64_t *dims, int rank, int64_t *out)
{
    int count = 0;

    for (int i = 0; i < rank; i++)
        if (dims[i] != 1)
            out[count++] = dims[i];
    return count;
}

/* Flat, or nested as the shape says. */
static davy_status check_nesting(const davy_text_form *form, const nesting *lists, size_t count,
                                 size_t expected)
{
    int64_t nested[DAVY_JSON_DEPTH_MAX], shape[DAVY_RANK_MAX];
    const int levels = squeeze(lists->lengths, lists->used, nested);
    const int rank = squeeze(form->dims, form->rank, shape);

    if (count != expected)
        return davy_fail(DAVY_ERR_INVALID,
                         "'data' of input '%.100s' has %zu elements and its shape %zu", form->name,
                         count, expected);
    if (levels <= 1 || count == 0 ||
        (levels == rank && memcmp(nested, shape, (size_t) rank * sizeof *shape) == 0))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "'data' of input '%.100s' is nested otherwise than its shape says: give it "
                     "flat, or in rows of that shape",
                     form->name);
}

/* A shape that nobody gave: that of the lists. */
static davy_status shape_of_lists(const davy_text_form *form, const nesting *lists,
                                  davy_tensor *out)
{
    void *const data = out->data;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status;

    if (lists->used > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%.100s' is nested deeper than %d levels", form->name,
                         DAVY_RANK_MAX);
    for (int i = 0; i < lists->used; i++)
        dims[i] = lists->lengths[i] == LENGTH_UNKNOWN ? 0 : lists->lengths[i];
    status = davy_tensor_shape(out, form->type, lists->used, dims);
    out->data = data;
    return status;
}

/* Elements to make room for. Each takes two bytes of JSON at least, so a shape that is larger than
 * what is left of the body is wrong before any memory is taken for it. */
static davy_status find_capacity(const davy_json_reader *json, const davy_text_form *form,
                                 size_t *capacity)
{
    const size_t left = (size_t) (json->end - json->at);
    davy_json_reader ahead;

    if (form->rank < 0) {
        ahead = *json;
        *capacity = 0;
        return davy_json_skip(&ahead, capacity);
    }
    if (*capacity > left / 2 + 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "'data' of input '%.100s' has fewer elements than its shape, which has "
                         "%zu",
                         form->name, *capacity);
    return DAVY_OK;
}

davy_status davy_tensor_text_read(davy_json_reader *json, const davy_text_form *form,
                                  davy_oip_memory *memory, davy_named_tensor *out)
{
    const element_reader reader = {json, memory, form};
    nesting lists = {.deepest = LENGTH_UNKNOWN};
    size_t capacity = 0, count = 0;
    void *data = NULL;
    davy_status status = DAVY_OK;

    if (!has_text(form->type))
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%.100s': %s has no form in JSON: send it as binary data",
                         form->name, davy_datatype_name(form->type));
    if (form->rank >= 0) {
        status = davy_named_tensor_shape(out, form->type, (size_t) form->rank, form->dims);
        capacity = status == DAVY_OK ? (size_t) davy_tensor_count(&out->tensor) : 0;
    }
    if (status == DAVY_OK)
        status = find_capacity(json, form, &capacity);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, capacity, types[form->type].size, &data);
    if (status == DAVY_OK)
        status = read_lists(&reader, data, capacity, &lists, &count);
    if (status != DAVY_OK)
        return status;
    out->tensor.data = data;
    return form->rank < 0 ? shape_of_lists(form, &lists, &out->tensor)
                          : check_nesting(form, &lists, count, capacity);
}

/* -- Writing ------------------------------------------------------------------------------------
 */

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

    if (!has_text(tensor->type))
        return davy_fail(DAVY_ERR_INVALID, "%s has no form in JSON: ask for binary data",
                         davy_datatype_name(tensor->type));
    from += index * types[tensor->type].size;
    if (tensor->type == DAVY_TYPE_TEXT && !is_text(*(const davy_bytes *) from))
        return davy_fail(DAVY_ERR_INVALID, "element %zu is no text in UTF-8: ask for binary data",
                         index);
    types[tensor->type].write(out, from);
    return DAVY_OK;
}

davy_status davy_tensor_text_write(davy_buffer *out, const char *key,
                                   const davy_named_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(&tensor->tensor);
    davy_status status = DAVY_OK;

    davy_json_array(out, key);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        if (i > 0 && tensor->tensor.type != DAVY_TYPE_TEXT) /* a text brings its own comma */
            davy_buffer_append(out, ",", 1);
        status = davy_tensor_text_element(out, &tensor->tensor, i);
    }
    davy_json_array_end(out);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "output '%s'", tensor->name);
}
