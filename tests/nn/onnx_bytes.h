/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "core/buffer.h"
#include "nn/tensor.h"

/**
 * @file
 * ONNX files put together by hand, by the field numbers of onnx.proto: what no exporter would
 * write.
 */
static inline void put_varint(davy_buffer *to, uint64_t value)
{
    do {
        const char byte = (char) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

        davy_buffer_append(to, &byte, 1);
        value >>= 7;
    } while (value);
}

static inline void put_int(davy_buffer *to, unsigned field, int64_t value)
{
    put_varint(to, (uint64_t) field << 3);
    put_varint(to, (uint64_t) value);
}

static inline void put_bytes(davy_buffer *to, unsigned field, const void *bytes, size_t length)
{
    put_varint(to, (uint64_t) field << 3 | 2);
    put_varint(to, length);
    davy_buffer_append(to, bytes, length);
}

static inline void put_text(davy_buffer *to, unsigned field, const char *text)
{
    put_bytes(to, field, text, strlen(text));
}

/* A message inside a message; `inner` is emptied. */
static inline void put_message(davy_buffer *to, unsigned field, davy_buffer *inner)
{
    put_bytes(to, field, inner->bytes ? inner->bytes : "", inner->length);
    davy_buffer_clear(inner);
}

enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { MODEL_IR = 1, MODEL_GRAPH = 7, MODEL_OPSET = 8, MODEL_FUNCTION = 25 };
enum {
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    TENSOR_EXTERNAL = 13,
    TENSOR_LOCATION = 14
};

/* A node of this form: "Add a b -> c"; "" is written as "-". */
static inline void put_node(davy_buffer *to, unsigned field, const char *text)
{
    davy_buffer node = {0};
    char copy[200], *word, *rest = copy;
    unsigned at = 4; /* op_type, then inputs, then outputs */

    (void) snprintf(copy, sizeof copy, "%s", text);
    while ((word = strtok_r(NULL, " ", &rest))) {
        if (strcmp(word, "->") == 0) {
            at = 2;
            continue;
        }
        put_text(&node, at, strcmp(word, "-") == 0 ? "" : word);
        if (at == 4)
            at = 1;
    }
    put_message(to, field, &node);
}

/* float[2] */
static inline void put_value(davy_buffer *to, unsigned field, const char *name)
{
    davy_buffer info = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};

    put_int(&dim, 1, 2);
    put_message(&shape, 1, &dim);
    put_int(&tensor, 1, DAVY_TYPE_F32);
    put_message(&tensor, 2, &shape);
    put_message(&type, 1, &tensor);
    put_text(&info, 1, name);
    put_message(&info, 2, &type);
    put_message(to, field, &info);
}

static inline void put_opset(davy_buffer *to, unsigned field, const char *domain, int64_t version)
{
    davy_buffer opset = {0};

    put_text(&opset, 1, domain);
    put_int(&opset, 2, version);
    put_message(to, field, &opset);
}
