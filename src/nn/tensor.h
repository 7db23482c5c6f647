/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Tensor: a block of numbers with a type and a shape, the last dimension contiguous.
 *
 * Stage: nn. A tensor here is a description that borrows its numbers; who owns them (a graph, the
 * arena of a session, a caller) is said where it is made. Images are N H W C inside the engine.
 */

/** Most dimensions of a tensor. ONNX has no limit; its node tests need 6. */
#define DAVY_RANK_MAX 8

/** Most elements of a tensor, so that no product of dimensions or bytes overflows. */
#define DAVY_ELEMENTS_MAX ((int64_t) 1 << 40)

/** Element types; the values are those of ONNX's TensorProto.DataType. */
typedef enum davy_type {
    DAVY_TYPE_NONE = 0,
    DAVY_TYPE_F32 = 1,
    DAVY_TYPE_U8 = 2,
    DAVY_TYPE_I8 = 3,
    DAVY_TYPE_U16 = 4,
    DAVY_TYPE_I16 = 5,
    DAVY_TYPE_I32 = 6,
    DAVY_TYPE_I64 = 7,
    DAVY_TYPE_TEXT = 8, /* const char *, UTF-8, closed by a zero */
    DAVY_TYPE_BOOL = 9, /* one byte, 0 or 1 */
    DAVY_TYPE_F16 = 10,
    DAVY_TYPE_F64 = 11,
    DAVY_TYPE_U32 = 12,
    DAVY_TYPE_U64 = 13,
    DAVY_TYPE_BF16 = 16
} davy_type;

typedef struct davy_tensor {
    davy_type type; /* DAVY_TYPE_NONE: nothing is known yet */
    int rank;       /* 0 for a single number */
    int64_t dims[DAVY_RANK_MAX];
    void *data; /* aligned to 64 bytes when the engine made it; NULL: not known or not bound yet */
} davy_tensor;

/** Bytes of one element; 0 for DAVY_TYPE_NONE. */
size_t davy_type_size(davy_type type);
/** ONNX's name, for example "float"; "unknown" for anything else. Never NULL. */
const char *davy_type_name(davy_type type);

/** Elements of a tensor; 1 for rank 0. The dims have passed davy_tensor_shape() or are our own. */
int64_t davy_tensor_count(const davy_tensor *tensor);
/** Bytes of its numbers. */
size_t davy_tensor_bytes(const davy_tensor *tensor);
/** Product of dims[from .. to). */
int64_t davy_tensor_span(const davy_tensor *tensor, int from, int to);
bool davy_tensor_same_shape(const davy_tensor *a, const davy_tensor *b);

/**
 * Set type and shape; `data` becomes NULL.
 *
 * @return DAVY_ERR_INVALID for a negative dimension or too many; DAVY_ERR_FULL beyond
 *         DAVY_ELEMENTS_MAX
 */
DAVY_MUST_CHECK davy_status davy_tensor_shape(davy_tensor *tensor, davy_type type, int rank,
                                              const int64_t *dims);

/** "float[32, 224, 224, 3]", cut to fit. @return text */
#define DAVY_TENSOR_TEXT_MAX 160
const char *davy_tensor_text(const davy_tensor *tensor, char text[DAVY_TENSOR_TEXT_MAX]);

/** The numbers as floats; only for DAVY_TYPE_F32. */
static inline float *davy_f32(const davy_tensor *tensor)
{
    return tensor->data;
}
