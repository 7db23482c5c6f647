/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/oip/request.h"

/**
 * @file
 * Parts of an inference request: what request.c puts together.
 *
 * Stage: serve.
 */

/** What stands in an object: a key and who reads its value. */
typedef struct davy_oip_member {
    const char *key;
    davy_status (*read)(davy_json_reader *json, davy_oip_memory *memory, void *object);
} davy_oip_member;

/**
 * Read an object of at most 32 known keys. One that is not known is passed over, as the protocol
 * wants it; one that is known and there twice is refused, because two readers of one request may
 * take another one each.
 */
DAVY_MUST_CHECK davy_status davy_oip_members(davy_json_reader *json, davy_oip_memory *memory,
                                             const davy_oip_member *members, size_t count,
                                             void *object);

/** A text as a C string; `what` names it when it has a null character. */
DAVY_MUST_CHECK davy_status davy_oip_string(davy_json_reader *json, davy_oip_memory *memory,
                                            const char *what, const char **out);

/** An input while its members come, in any order. */
typedef struct davy_oip_input_draft {
    davy_text_form form; /* name, type, shape */
    bool has_shape, has_data, has_bytes;
    davy_json_reader data; /* where the numbers stand, until the shape is known */
    uint64_t bytes;        /* binary_data_size */
    bool column;           /* content type "pd" */
    davy_named_tensor read;
} davy_oip_input_draft;

/** Read an input and see that it has what it needs; its data may be left for later. */
DAVY_MUST_CHECK davy_status davy_oip_input_read(davy_json_reader *json, davy_oip_memory *memory,
                                                davy_oip_input_draft *input);
/** MLServer's content types. A text is a text and a list a list whether it is said or not. */
DAVY_MUST_CHECK davy_status davy_oip_content_type(davy_json_reader *json, davy_oip_memory *memory,
                                                  void *input);
/** Refuse shared memory. */
DAVY_MUST_CHECK davy_status davy_oip_shared_memory(davy_json_reader *json, davy_oip_memory *memory,
                                                   void *object);
DAVY_MUST_CHECK davy_status davy_oip_output_read(davy_json_reader *json, davy_oip_memory *memory,
                                                 davy_oip_output *output);
/** `parameters` of the whole request. */
DAVY_MUST_CHECK davy_status davy_oip_parameters_read(davy_json_reader *json,
                                                     davy_oip_memory *memory,
                                                     davy_oip_request *request);
