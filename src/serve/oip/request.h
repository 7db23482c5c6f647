/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/request.h"
#include "serve/oip/tensor_text.h"

/**
 * @file
 * An inference request of the Open Inference Protocol: JSON, or JSON with bytes behind it.
 *
 * Stage: serve. Reads bytes of a stranger into a davy_infer_request. What needs the model (its
 * inputs for raw bytes, its signals for columns, its pictures) is left to davy_oip_fit().
 *
 * Source: Open Inference Protocol, `specification/protocol/inference_rest.md`; Triton's extensions
 * for binary data, classification, sequences and schedules; MLServer's content types.
 */

/** Inputs of a request: a column each when it is a table. */
#define DAVY_OIP_INPUTS_MAX ((size_t) 4096)

/** Outputs asked for; real models have ten. */
#define DAVY_OIP_OUTPUTS_MAX ((size_t) 1024)

/** What is wanted of an output. */
typedef struct davy_oip_output {
    const char *name;
    bool binary;
    bool binary_said;      /* else what the whole request says */
    size_t classification; /* the best so many classes instead of numbers; 0: numbers */
    bool boxes;            /* those that a detector found instead of numbers */
} davy_oip_output;

typedef struct davy_oip_request {
    davy_infer_request ask; /* model and version are the path's */
    davy_named_tensor *inputs;
    davy_oip_output *outputs;
    bool binary_output; /* of all that say nothing themselves */
    bool columns;       /* content type "pd": an input is a column of a table */
    const struct davy_picture_place *places; /* [place_count] of pictures that were an input */
    size_t place_count;
} davy_oip_request;

/**
 * Read a request.
 *
 * @param header   value of Inference-Header-Content-Length: "" without it; "0" is no request but
 *                 raw bytes, see davy_oip_read_raw()
 * @param request  points into the body and the memory
 * @return DAVY_ERR_INVALID with the input and what is wrong with it
 */
DAVY_MUST_CHECK davy_status davy_oip_read(const char *bytes, size_t length, const char *header,
                                          davy_oip_memory *memory, davy_oip_request *request);

/** Is the body nothing but the bytes of one tensor? */
bool davy_oip_is_raw(const char *header);
