/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/proto.h"

#include "nn/graph.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Memory that unpacking may take: some per byte of the file for small messages, and a floor. The
 * smallest that exporters write, a dimension of four bytes, takes 80. */
#define MEMORY_FACTOR 32
#define MEMORY_FLOOR  ((size_t) 1024 * 1024)

/* What malloc() keeps beside each piece. */
#define PIECE_OVERHEAD 16

static void *bounded_alloc(void *context, size_t size)
{
    davy_onnx_memory *memory = context;

    if (size > memory->left || PIECE_OVERHEAD > memory->left - size)
        return NULL;
    memory->left -= size + PIECE_OVERHEAD;
    return malloc(size > 0 ? size : 1);
}

static void bounded_free(void *context, void *piece)
{
    (void) context;
    free(piece);
}

/* The wire format, as far as nesting needs it. */
typedef struct wire {
    const uint8_t *at, *end;
} wire;

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static bool read_varint(wire *bytes, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte;

        if (bytes->at == bytes->end)
            return false;
        byte = *bytes->at++;
        *value |= (uint64_t) (byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* Take one field; `inside` gets its bytes when it is length-delimited, else it is emptied. */
static bool read_field(wire *bytes, uint32_t *id, wire *inside)
{
    uint64_t key, value;
    size_t skip = 0;

    if (!read_varint(bytes, &key) || key > UINT32_MAX)
        return false;
    *id = (uint32_t) (key >> 3);
    *inside = (wire){bytes->at, bytes->at};
    switch (key & 7) {
    case WIRE_VARINT:
        return read_varint(bytes, &value);
    case WIRE_64:
        skip = 8;
        break;
    case WIRE_32:
        skip = 4;
        break;
    case WIRE_BYTES:
        if (!read_varint(bytes, &value) || value > (uint64_t) (bytes->end - bytes->at))
            return false;
        *inside = (wire){bytes->at, bytes->at + value};
        skip = (size_t) value;
        break;
    default:
        return false;
    }
    if (skip > (size_t) (bytes->end - bytes->at))
        return false;
    bytes->at += skip;
    return true;
}

/* @param nodes  counts them, wherever they stand */
static bool nesting_ok(const ProtobufCMessageDescriptor *descriptor, wire bytes, unsigned depth,
                       size_t *nodes)
{
    if (depth > DAVY_ONNX_DEPTH_MAX)
        return false;
    if (descriptor == &onnx__node_proto__descriptor && ++*nodes > DAVY_GRAPH_NODES_MAX)
        return false;
    while (bytes.at < bytes.end) {
        const ProtobufCFieldDescriptor *field;
        wire inside;
        uint32_t id;

        if (!read_field(&bytes, &id, &inside))
            return false;
        field = protobuf_c_message_descriptor_get_field(descriptor, id);
        if (field && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            !nesting_ok(field->descriptor, inside, depth + 1, nodes))
            return false;
    }
    return true;
}

davy_status davy_onnx_unpack(const ProtobufCMessageDescriptor *descriptor, const char *what,
                             const void *bytes, size_t length, davy_onnx_message *out)
{
    const wire all = {bytes, (const uint8_t *) bytes + length};
    davy_onnx_memory *memory = &out->memory;
    size_t nodes = 0;

    *out = (davy_onnx_message){0};
    if (!nesting_ok(descriptor, all, 0, &nodes))
        return nodes > DAVY_GRAPH_NODES_MAX
                   ? davy_fail(DAVY_ERR_UNSUPPORTED, "%s of more than %zu nodes", what,
                               DAVY_GRAPH_NODES_MAX)
                   : davy_fail(DAVY_ERR_CORRUPT, "not %s, or nested too deep", what);
    *memory = (davy_onnx_memory){{bounded_alloc, bounded_free, memory}, MEMORY_FLOOR};
    memory->left +=
        length > (SIZE_MAX - MEMORY_FLOOR) / MEMORY_FACTOR ? SIZE_MAX / 2 : MEMORY_FACTOR * length;
    out->root = protobuf_c_message_unpack(descriptor, &memory->allocator, length, bytes);
    return out->root ? DAVY_OK : davy_fail(DAVY_ERR_CORRUPT, "not %s", what);
}

void davy_onnx_message_clear(davy_onnx_message *message)
{
    if (message->root)
        protobuf_c_message_free_unpacked(message->root, &message->memory.allocator);
    message->root = NULL;
}
