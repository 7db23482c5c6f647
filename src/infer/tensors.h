/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/tensor.h"

/**
 * @file
 * Tensors with names: what a request carries and what a model answers.
 *
 * Stage: infer. Element types have the names of the Open Inference Protocol ("FP32"). Texts are
 * counted bytes and not C strings here, because a picture is an element of type BYTES.
 */

/** An element of a BYTES tensor. */
typedef struct davy_bytes {
    const void *at;
    size_t length;
} davy_bytes;

typedef struct davy_named_tensor {
    const char *name;
    davy_tensor tensor; /* of type DAVY_TYPE_TEXT its data is davy_bytes[count] */
} davy_named_tensor;

/** What a model declares of an input or output: -1 where a dimension is free. */
typedef struct davy_port {
    const char *name;
    davy_type type;
    int rank;
    int64_t dims[DAVY_RANK_MAX]; /* with the batch dimension where the model has one */
    bool optional;
} davy_port;

/** "FP32", "INT64", "BYTES"; NULL for a type that the protocol does not have. */
const char *davy_datatype_name(davy_type type);
/** DAVY_TYPE_NONE for an unknown word. */
davy_type davy_datatype_parse(const char *name, size_t length);

/**
 * Check a shape from outside and count its elements.
 *
 * @return DAVY_ERR_INVALID for a negative dimension or too many of them, and when the elements or
 *         their bytes overflow; the sentence names the tensor
 */
DAVY_MUST_CHECK davy_status davy_named_tensor_shape(davy_named_tensor *tensor, davy_type type,
                                                    size_t rank, const int64_t *dims);
