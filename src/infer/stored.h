/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "infer/tensors.h"

/**
 * @file
 * A tensor that is stored as the bytes of a request: little-endian numbers in order; texts each
 * with their length, four bytes, before them.
 *
 * Stage: infer. The file lies in the folder of a model, so it is a stranger's.
 */

/**
 * Read the elements of a tensor whose type and shape are known.
 *
 * @param bytes   texts point into them
 * @param tensor  with room for its elements
 * @return DAVY_ERR_CORRUPT when the bytes are not exactly those of the tensor
 */
DAVY_MUST_CHECK davy_status davy_stored_read(const davy_buffer *bytes, const davy_tensor *tensor);
