/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"

/**
 * @file
 * What a request gives against what a model takes, and what it wants against what the model gives.
 *
 * Stage: infer. The sentences are those that Triton's clients know, with what would have been
 * right.
 */
typedef struct davy_matched {
    davy_tensor
        *inputs;     /* [input_count] in the order of the model; type NONE: the host's to give */
    size_t *outputs; /* [output_count] indices into the model's, in the order asked for */
    size_t output_count;
    size_t rows; /* samples along dimension 0; 1 for a model without a batch */
} davy_matched;

/** Whether the host gives this input or keeps this output, as the state of a sequence; or NULL. */
typedef bool (*davy_match_kept)(const davy_infer_config *config, const char *name);

/**
 * @param kept  NULL: nothing is
 * @return DAVY_ERR_INVALID names the tensor; DAVY_ERR_NOT_FOUND for an unknown output
 */
DAVY_MUST_CHECK davy_status davy_match(const davy_served_info *info,
                                       const davy_infer_request *request, davy_match_kept kept,
                                       davy_arena *arena, davy_matched *out);
