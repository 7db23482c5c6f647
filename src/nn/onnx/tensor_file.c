/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/tensor_file.h"

#include "core/file.h"
#include "nn/onnx/tensor_proto.h"

#include <stdlib.h>
#include <string.h>

/* Move numbers that lie in the message into the arena. */
static davy_status own_numbers(const Onnx__TensorProto *proto, davy_arena *arena, davy_tensor *out)
{
    const size_t bytes = davy_tensor_bytes(out);
    void *copy = davy_arena_alloc(arena, bytes + 1);

    if (!copy)
        return davy_fail(DAVY_ERR_FULL, "tensor '%s' takes %zu bytes", davy_onnx_text(proto->name),
                         bytes);
    if (bytes)
        memcpy(copy, out->data, bytes);
    out->data = copy;
    return DAVY_OK;
}

davy_status davy_tensor_parse(const void *bytes, size_t length, davy_arena *arena, davy_tensor *out,
                              const char **name)
{
    davy_onnx_message message;
    davy_tensor tensor;
    davy_status status = davy_onnx_unpack(&onnx__tensor_proto__descriptor, "an ONNX tensor", bytes,
                                          length, &message);
    const Onnx__TensorProto *proto = (const Onnx__TensorProto *) message.root;
    const char *text = NULL;

    if (status == DAVY_OK)
        status = davy_tensor_unpack(proto, NULL, arena, &tensor);
    if (status == DAVY_OK && tensor.type != DAVY_TYPE_TEXT)
        status = own_numbers(proto, arena, &tensor);
    if (status == DAVY_OK) {
        text = davy_arena_text(arena, davy_onnx_text(proto->name),
                               strlen(davy_onnx_text(proto->name)));
        if (!text)
            status = davy_fail(DAVY_ERR_NOMEM, "a tensor's name");
    }
    davy_onnx_message_clear(&message);
    if (status != DAVY_OK)
        return status;
    *out = tensor;
    *name = text;
    return DAVY_OK;
}

davy_status davy_tensor_load(const char *path, davy_arena *arena, davy_tensor *out,
                             const char **name)
{
    davy_buffer bytes = {0};
    davy_status status = davy_file_read(path, DAVY_TENSOR_FILE_MAX, &bytes);

    if (status == DAVY_OK) {
        status = davy_tensor_parse(bytes.bytes, bytes.length, arena, out, name);
        if (status != DAVY_OK)
            status = davy_fail_in(status, "%s", path);
    }
    davy_buffer_clear(&bytes);
    return status;
}

davy_status davy_tensor_write(const davy_tensor *tensor, const char *name, davy_buffer *out)
{
    const size_t texts_count =
        tensor->type == DAVY_TYPE_TEXT ? (size_t) davy_tensor_count(tensor) : 0;
    ProtobufCBinaryData *texts = calloc(texts_count + 1, sizeof *texts);
    Onnx__TensorProto proto;
    char *room;

    if (!texts)
        return davy_fail(DAVY_ERR_NOMEM, "tensor '%s'", name);
    davy_tensor_pack(tensor, name, texts, &proto);
    room = davy_buffer_reserve(out, onnx__tensor_proto__get_packed_size(&proto));
    if (room) {
        out->length += onnx__tensor_proto__pack(&proto, (uint8_t *) room);
        out->bytes[out->length] = '\0';
    }
    free(texts);
    return davy_buffer_ok(out);
}

void davy_tensor_adopt(const davy_tensor *declared, davy_tensor *given)
{
    if (declared->type == DAVY_TYPE_BF16 && given->type == DAVY_TYPE_U16)
        given->type = DAVY_TYPE_BF16;
}
