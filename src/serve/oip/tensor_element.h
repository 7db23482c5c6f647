/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/oip/tensor_text.h"

/**
 * @file
 * One number of a tensor as JSON has it: a row of a table for each type.
 *
 * Stage: serve.
 */

/** Where the numbers come from, and what they have to fit. */
typedef struct davy_text_element_reader {
    davy_json_reader *json;
    davy_oip_memory *memory;
    const davy_text_form *form;
} davy_text_element_reader;

/** Bytes of an element of a named tensor; 0 where JSON has no form for the type. */
size_t davy_text_element_size(davy_type type);

/** Read one into its place. The type has a form in JSON. */
DAVY_MUST_CHECK davy_status davy_text_element_read(const davy_text_element_reader *reader,
                                                   void *to);
