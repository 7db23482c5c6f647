/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "nn/onnx/proto.h"

/**
 * @file
 * External data: numbers of a model that lie in a file beside it.
 *
 * Stage: nn. A model says where: a path relative to its folder, an offset and a length. It was
 * written by a stranger, so only regular files beneath the folder are read: no "..", no absolute
 * path, no symbolic link on the way.
 */

/**
 * Read the numbers of a tensor.
 *
 * @param folder  of the model; NULL: external data is refused
 * @param bytes   that the shape asks for; the file must hold them
 */
DAVY_MUST_CHECK davy_status davy_onnx_external(const Onnx__TensorProto *proto, const char *folder,
                                               size_t bytes, davy_arena *arena, void **out);
