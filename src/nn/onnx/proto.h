/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include "onnx.pb-c.h"

#include <stddef.h>

/**
 * @file
 * ONNX's messages, unpacked from bytes that strangers wrote.
 *
 * Stage: nn. The schema is Debian's onnx.proto through protobuf-c, which unpacks messages in
 * messages by recursion and repeated fields without a limit. Here the nesting is walked first, and
 * what unpacking may take is bounded by the length of the file, so that a few kilobytes neither
 * overrun the stack nor fill the memory.
 */

/** Messages inside messages, deeper than which a file is refused. */
#define DAVY_ONNX_DEPTH_MAX 64

/** Counts down while protobuf-c takes memory. */
typedef struct davy_onnx_memory {
    ProtobufCAllocator allocator;
    size_t left;
} davy_onnx_memory;

/** A message and the memory it lies in. A zeroed one is empty. */
typedef struct davy_onnx_message {
    ProtobufCMessage *root;
    davy_onnx_memory memory;
} davy_onnx_message;

/**
 * Unpack. The message must not move while it holds something.
 *
 * @param what  for the sentence, for example "an ONNX model"
 * @return DAVY_ERR_CORRUPT for bytes that are no such message or nest too deep
 */
DAVY_MUST_CHECK davy_status davy_onnx_unpack(const ProtobufCMessageDescriptor *descriptor,
                                             const char *what, const void *bytes, size_t length,
                                             davy_onnx_message *out);
/** An empty message is fine. */
void davy_onnx_message_clear(davy_onnx_message *message);

/** An optional text, never NULL. */
static inline const char *davy_onnx_text(const char *text)
{
    return text ? text : "";
}
