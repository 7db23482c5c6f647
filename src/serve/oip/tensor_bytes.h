/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "infer/tensors.h"
#include "serve/oip/memory.h"

/**
 * @file
 * Numbers of a tensor as bytes: little-endian, row-major, BYTES with their length before them.
 *
 * Stage: serve. Bytes of a request are used where they lie when their address suits their type, and
 * copied when not. gRPC's raw contents have the same form.
 *
 * Source: Triton, "Binary Tensor Data Extension".
 */

/** Bytes that the numbers take in this form. */
size_t davy_tensor_bytes_size(const davy_tensor *tensor);

/**
 * @param tensor  its shape is set; its numbers are in `bytes` or in `memory` afterwards
 * @return DAVY_ERR_INVALID when the bytes are more or fewer than the shape has, and for a BOOL that
 *         is neither 0 nor 1
 */
DAVY_MUST_CHECK davy_status davy_tensor_bytes_read(const void *bytes, size_t length,
                                                   davy_oip_memory *memory,
                                                   davy_named_tensor *tensor);

void davy_tensor_bytes_write(davy_buffer *out, const davy_tensor *tensor);
