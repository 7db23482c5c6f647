/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "serve/oip/json_reader.h"
#include "serve/oip/memory.h"

/**
 * @file
 * Numbers of a tensor in JSON, read straight into their memory and written in the fewest digits.
 *
 * Stage: serve. `data` is flat, or nested as the shape says (dimensions of 1 may be there or not);
 * nested in another way it is refused, because somebody's rows would be read as columns. BYTES are
 * texts. FP16 are numbers; BF16 has no form in JSON. NaN has none either: it is null, in and
 * out, and integers, truths and texts have no missing values.
 *
 * Source: Open Inference Protocol, "Tensor Data"; Triton's data types.
 */

/** What a list of numbers is read as. */
typedef struct davy_text_form {
    const char *name; /* of the tensor, for sentences */
    davy_type type;
    int rank; /* -1: the shape is what the nesting says */
    int64_t dims[DAVY_RANK_MAX];
    bool base64; /* texts of BYTES are base64 */
} davy_text_form;

/** @param out  its name stays; its numbers are in `memory`, texts may point into the body */
DAVY_MUST_CHECK davy_status davy_tensor_text_read(davy_json_reader *reader,
                                                  const davy_text_form *form,
                                                  davy_oip_memory *memory, davy_named_tensor *out);

/** One number of a tensor: "1.5", "true", "\"text\"". DAVY_ERR_INVALID for what JSON cannot say. */
DAVY_MUST_CHECK davy_status davy_tensor_text_element(davy_buffer *out, const davy_tensor *tensor,
                                                     size_t index);

/** All numbers, flat: [1,2,3]. */
DAVY_MUST_CHECK davy_status davy_tensor_text_write(davy_buffer *out, const char *key,
                                                   const davy_named_tensor *tensor);

/** Bytes of base64, of the standard alphabet with or without padding. */
DAVY_MUST_CHECK davy_status davy_base64_read(davy_bytes text, davy_oip_memory *memory,
                                             davy_bytes *out);
void davy_base64_write(davy_buffer *out, davy_bytes bytes);
