/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "nn/tensor.h"

/**
 * @file
 * Files with one tensor, as ONNX writes them (TensorProto): the inputs and outputs of tests and of
 * `davy infer`.
 *
 * Stage: nn.
 */

/** Longest file with one tensor. */
#define DAVY_TENSOR_FILE_MAX ((size_t) 2 << 30)

/** Read the bytes of a TensorProto file; numbers and name are in the arena. */
DAVY_MUST_CHECK davy_status davy_tensor_parse(const void *bytes, size_t length, davy_arena *arena,
                                              davy_tensor *out, const char **name);
/** Read a TensorProto file. */
DAVY_MUST_CHECK davy_status davy_tensor_load(const char *path, davy_arena *arena, davy_tensor *out,
                                             const char **name);

/** Append the bytes of a TensorProto file; text as string_data, anything else as raw_data. */
DAVY_MUST_CHECK davy_status davy_tensor_write(const davy_tensor *tensor, const char *name,
                                              davy_buffer *out);

/**
 * Take a tensor for what a model declares: tools without bfloat16 (numpy, and so ONNX's own test
 * data) write it as uint16.
 */
void davy_tensor_adopt(const davy_tensor *declared, davy_tensor *given);
