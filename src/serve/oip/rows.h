/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"
#include "serve/oip/request.h"

/**
 * @file
 * Requests that say neither shape nor type: the model's inputs say what their numbers are.
 *
 * Stage: serve. The forms of TensorFlow Serving and KServe V1 (`instances`: a value for each row;
 * `inputs`: a value for each tensor) and of MLflow (`dataframe_split`, `dataframe_records`, and the
 * two). One of them stands in a body, with `parameters` for an explanation beside it. Bytes are
 * {"b64": "..."}; pictures too.
 *
 * Source: TensorFlow Serving, "RESTful API", predict; KServe, "V1 protocol"; MLflow, "Inference
 * Server Specification".
 */
typedef enum davy_rows_form {
    DAVY_ROWS_NONE,
    DAVY_ROWS_INSTANCES, /* answered by `predictions` */
    DAVY_ROWS_INPUTS,    /* answered by `outputs` in TensorFlow Serving */
    DAVY_ROWS_TABLE
} davy_rows_form;

/**
 * @param tables  whether MLflow's tables are taken
 * @param form    which one it was
 */
DAVY_MUST_CHECK davy_status davy_rows_read(const char *bytes, size_t length,
                                           const davy_served_info *info, bool tables,
                                           davy_oip_memory *memory, davy_oip_request *request,
                                           davy_rows_form *form);

/** Outputs row by row: `key`: [...], an object for each row when there is more than one output. */
DAVY_MUST_CHECK davy_status davy_rows_write(davy_buffer *out, const char *key,
                                            const davy_infer_response *response);
/** Outputs as tensors: `key`: [...], an object of them when there is more than one. */
DAVY_MUST_CHECK davy_status davy_rows_write_columns(davy_buffer *out, const char *key,
                                                    const davy_infer_response *response);
/** `doubts`: [{"sample", "abstain", "reason"}]; nothing when there are none. */
void davy_rows_write_doubts(davy_buffer *out, const davy_infer_response *response);
/** `explanations`: [{...}]. */
void davy_rows_write_explanations(davy_buffer *out, const davy_infer_response *response);
