/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "nn/onnx/proto.h"
#include "nn/tensor.h"

/**
 * @file
 * Tensors as ONNX writes them: TensorProto in files and inside models.
 *
 * Stage: nn. All element types of tensor.h, as raw bytes or in typed fields, and numbers beside the
 * model ("external data", external.h). Sizes are checked against the bytes that are there before
 * memory is taken.
 */

/**
 * Read a TensorProto.
 *
 * @param folder  where external data may lie; NULL: none is read
 * @param arena   takes the numbers, unless they can be used where they lie in `proto`
 * @return DAVY_ERR_CORRUPT when sizes or values are wrong, DAVY_ERR_UNSUPPORTED for a type that
 *         tensor.h has not got, DAVY_ERR_NOMEM beyond the arena's limit
 */
DAVY_MUST_CHECK davy_status davy_tensor_unpack(const Onnx__TensorProto *proto, const char *folder,
                                               davy_arena *arena, davy_tensor *out);

/**
 * Fill a TensorProto that borrows name, dims and numbers from the tensor.
 *
 * @param texts  [count] room for the elements of a tensor of text; unused for numbers
 */
void davy_tensor_pack(const davy_tensor *tensor, const char *name, ProtobufCBinaryData *texts,
                      Onnx__TensorProto *out);
