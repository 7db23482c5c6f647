/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/tensor_proto.h"

#include "nn/onnx/external.h"

#include <stdbool.h>
#include <string.h>

/* The numbers of raw_data are little-endian, as this machine's. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw_data would need swapped bytes");

/* The typed field that holds a type's elements, seen as an array. */
struct field {
    const void *values;
    size_t count, size; /* size of an element there: int32_data holds uint8 too */
};

static struct field typed_field(const Onnx__TensorProto *proto, davy_type type)
{
    switch (type) {
    case DAVY_TYPE_F32:
        return (struct field){proto->float_data, proto->n_float_data, sizeof(float)};
    case DAVY_TYPE_F64:
        return (struct field){proto->double_data, proto->n_double_data, sizeof(double)};
    case DAVY_TYPE_I64:
        return (struct field){proto->int64_data, proto->n_int64_data, sizeof(int64_t)};
    case DAVY_TYPE_U32:
    case DAVY_TYPE_U64:
        return (struct field){proto->uint64_data, proto->n_uint64_data, sizeof(uint64_t)};
    case DAVY_TYPE_TEXT:
        return (struct field){proto->string_data, proto->n_string_data,
                              sizeof(ProtobufCBinaryData)};
    default:
        return (struct field){proto->int32_data, proto->n_int32_data, sizeof(int32_t)};
    }
}

static davy_status read_shape(const Onnx__TensorProto *proto, davy_tensor *out)
{
    const davy_type type = (davy_type) proto->data_type;
    const char *name = davy_onnx_text(proto->name);
    davy_status status;

    if (davy_type_size(type) == 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "tensor '%s' has element type %d", name,
                         (int) proto->data_type);
    if (proto->segment)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "tensor '%s' is a segment", name);
    if (proto->n_dims > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "tensor '%s' has %zu dimensions; %d at most", name,
                         proto->n_dims, DAVY_RANK_MAX);
    status = davy_tensor_shape(out, type, (int) proto->n_dims, proto->dims);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(DAVY_ERR_CORRUPT, "tensor '%s'", name);
}

static davy_status no_memory(const Onnx__TensorProto *proto, size_t bytes)
{
    return davy_fail(DAVY_ERR_NOMEM, "tensor '%s' takes %zu bytes", davy_onnx_text(proto->name),
                     bytes);
}

/* A boolean is one byte, 0 or 1, whatever was written. */
static davy_status own_booleans(const Onnx__TensorProto *proto, davy_arena *arena, davy_tensor *out)
{
    const size_t count = davy_tensor_bytes(out);
    const uint8_t *from = out->data;
    uint8_t *copy = davy_arena_alloc(arena, count + 1);

    if (!copy)
        return no_memory(proto, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = from[i] != 0;
    out->data = copy;
    return DAVY_OK;
}

static davy_status read_raw(const Onnx__TensorProto *proto, davy_tensor *out)
{
    const size_t bytes = davy_tensor_bytes(out);

    if (out->type == DAVY_TYPE_TEXT || proto->raw_data.len != bytes)
        return davy_fail(DAVY_ERR_CORRUPT, "tensor '%s' holds %zu bytes instead of %zu",
                         davy_onnx_text(proto->name), proto->raw_data.len, bytes);
    out->data = proto->raw_data.data;
    return DAVY_OK;
}

/* Take the low bytes of each wide element. */
static void narrow(const struct field *from, size_t size, uint8_t *to)
{
    for (size_t i = 0; i < from->count; i++)
        memcpy(to + i * size, (const uint8_t *) from->values + i * from->size, size);
}

static bool copy_text(davy_arena *arena, const ProtobufCBinaryData *from, const char **to)
{
    if (from->len && memchr(from->data, 0, from->len))
        return false;
    *to = davy_arena_text(arena, from->len ? (const char *) from->data : "", from->len);
    return *to != NULL;
}

static davy_status read_texts(const Onnx__TensorProto *proto, const struct field *from,
                              davy_arena *arena, davy_tensor *out)
{
    const char **texts = davy_arena_array(arena, from->count + 1, sizeof *texts);

    for (size_t i = 0; texts && i < from->count; i++)
        if (!copy_text(arena, &proto->string_data[i], &texts[i]))
            return davy_fail(DAVY_ERR_UNSUPPORTED, "tensor '%s': text %zu holds a zero or no room",
                             davy_onnx_text(proto->name), i);
    out->data = (void *) texts;
    return texts ? DAVY_OK : no_memory(proto, davy_tensor_bytes(out));
}

static davy_status read_field(const Onnx__TensorProto *proto, davy_arena *arena, davy_tensor *out)
{
    const struct field from = typed_field(proto, out->type);
    const size_t size = davy_type_size(out->type);
    uint8_t *copy;

    if ((uint64_t) davy_tensor_count(out) != from.count)
        return davy_fail(DAVY_ERR_CORRUPT, "tensor '%s' holds %zu elements instead of %lld",
                         davy_onnx_text(proto->name), from.count,
                         (long long) davy_tensor_count(out));
    if (out->type == DAVY_TYPE_TEXT)
        return read_texts(proto, &from, arena, out);
    if (size == from.size && from.count) {
        out->data = (void *) (uintptr_t) from.values;
        return DAVY_OK;
    }
    copy = davy_arena_array(arena, from.count + 1, size);
    if (!copy)
        return no_memory(proto, from.count * size);
    narrow(&from, size, copy);
    out->data = copy;
    return DAVY_OK;
}

davy_status davy_tensor_unpack(const Onnx__TensorProto *proto, const char *folder,
                               davy_arena *arena, davy_tensor *out)
{
    davy_tensor tensor;
    davy_status status = read_shape(proto, &tensor);

    if (status != DAVY_OK)
        return status;
    if (proto->has_data_location &&
        proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL) {
        if (tensor.type == DAVY_TYPE_TEXT)
            return davy_fail(DAVY_ERR_CORRUPT, "tensor '%s': text as external data",
                             davy_onnx_text(proto->name));
        status = davy_onnx_external(proto, folder, davy_tensor_bytes(&tensor), arena, &tensor.data);
    } else if (proto->has_raw_data && proto->raw_data.len) {
        status = read_raw(proto, &tensor);
    } else {
        status = read_field(proto, arena, &tensor);
    }
    if (status == DAVY_OK && tensor.type == DAVY_TYPE_BOOL)
        status = own_booleans(proto, arena, &tensor);
    if (status == DAVY_OK)
        *out = tensor;
    return status;
}

void davy_tensor_pack(const davy_tensor *tensor, const char *name, ProtobufCBinaryData *texts,
                      Onnx__TensorProto *out)
{
    onnx__tensor_proto__init(out);
    out->name = (char *) (uintptr_t) name;
    out->n_dims = (size_t) tensor->rank;
    out->dims = (int64_t *) (uintptr_t) tensor->dims;
    out->has_data_type = 1;
    out->data_type = (int32_t) tensor->type;
    if (tensor->type != DAVY_TYPE_TEXT) {
        out->has_raw_data = 1;
        out->raw_data = (ProtobufCBinaryData){davy_tensor_bytes(tensor), tensor->data};
        return;
    }
    out->n_string_data = (size_t) davy_tensor_count(tensor);
    out->string_data = texts;
    for (size_t i = 0; i < out->n_string_data; i++) {
        const char *text = ((const char *const *) tensor->data)[i];

        texts[i] = (ProtobufCBinaryData){strlen(text), (uint8_t *) (uintptr_t) text};
    }
}
