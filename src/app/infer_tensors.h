/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "core/status.h"

/**
 * @file
 * `davy infer MODEL.onnx --tensor ... --out-tensors DIR`: any ONNX model on ONNX tensor files.
 *
 * Stage: app. An input is [NAME=]FILE.pb; without a name it is the next input of the graph. Outputs
 * are written as output_0.pb, output_1.pb ... in the order of the graph.
 */
typedef struct davy_infer_tensors {
    davy_option_list inputs;
    const char *out; /* folder, made when it is not there */
} davy_infer_tensors;

/**
 * @param model  path of a model.onnx
 * @return DAVY_ERR_UNSUPPORTED when the model needs what davy has not got, or more memory than a
 *         run may take; DAVY_ERR_INVALID or DAVY_ERR_CORRUPT when model or tensors are wrong
 */
DAVY_MUST_CHECK davy_status davy_infer_tensors_run(const davy_infer_tensors *settings,
                                                   const char *model);
