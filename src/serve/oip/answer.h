/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"
#include "serve/oip/request.h"

/**
 * @file
 * An inference response of the Open Inference Protocol: JSON, and bytes behind it where asked for.
 *
 * Stage: serve. What davy says beyond the protocol stands where clients of the protocol look:
 *
 *   - an explanation is more outputs: `OUTPUT.explain` and `OUTPUT.explain_name` [N, K], largest
 *     first, `OUTPUT.explain_base_value` and `OUTPUT.explain_residual` [N]; pictures are
 *     `OUTPUT.explain_picture` [N], PNG in base64;
 *   - a doubt is a parameter of the response: `abstain` and `doubt`, with the sample and the
 * reason.
 *
 * Source: as serve/oip/request.h.
 */

/**
 * Put the answer together.
 *
 * @param memory  for what is made of the response's tensors
 */
DAVY_MUST_CHECK davy_status davy_oip_answer(davy_call *call, const davy_oip_request *request,
                                            const davy_infer_response *response,
                                            davy_oip_memory *memory);

/** The outputs of a response and those of its explanation, as named tensors. */
DAVY_MUST_CHECK davy_status davy_oip_explained(const davy_infer_response *response,
                                               davy_oip_memory *memory, davy_named_tensor **tensors,
                                               size_t *count);

/**
 * The best classes of a tensor: BYTES "value:index:label", [N, k], or [k] of a single row.
 *
 * @param labels  [label_count]; NULL: none are known
 * @return DAVY_ERR_INVALID for texts and for a tensor without classes
 */
DAVY_MUST_CHECK davy_status davy_oip_classify(const davy_named_tensor *tensor, size_t best,
                                              const char *const *labels, size_t label_count,
                                              davy_oip_memory *memory, davy_named_tensor *out);

/** "sample 3: stuck: T-101/pressure; ...": all doubts of a response. */
void davy_oip_doubts(const davy_infer_response *response, davy_buffer *out);
