/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"
#include "serve/oip/request.h"

/**
 * @file
 * A request made to fit the model it asks: raw bytes, pictures, columns of a table.
 *
 * Stage: serve.
 */

/** Whether davy_oip_fit() has to be asked: most requests are tensors as the model takes them. */
bool davy_oip_needs_fit(const davy_oip_request *request);

/** Make pictures out of BYTES where the model takes numbers, and rows out of columns. */
DAVY_MUST_CHECK davy_status davy_oip_fit(davy_oip_request *request, const davy_served_info *info,
                                         davy_oip_memory *memory);

/**
 * The request that a body of nothing but one tensor's bytes is; all outputs come back as bytes.
 *
 * Source: Triton, "Binary Tensor Data Extension", raw binary request: one input, at most one free
 * dimension, BYTES of one element.
 */
DAVY_MUST_CHECK davy_status davy_oip_read_raw(const char *bytes, size_t length,
                                              const davy_served_info *info, davy_oip_memory *memory,
                                              davy_oip_request *request);

/** Give a tensor the rank of its port where only dimensions of 1 are missing. */
void davy_oip_adapt(davy_tensor *tensor, const davy_port *port);

/** The input of a model by name; NULL when there is none. */
const davy_port *davy_oip_port(const davy_served_info *info, const char *name);
