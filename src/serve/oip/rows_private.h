/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/oip/rows.h"

/**
 * @file
 * What rows.c (forms of a body) and rows_ports.c (values of the model's own inputs) share.
 *
 * Stage: serve.
 */

/** Who reads a body: the model it is for, and where what is read goes. */
typedef struct davy_rows_reader {
    davy_json_reader *json;
    const davy_served_info *info;
    davy_oip_memory *memory;
    davy_oip_request *request;
} davy_rows_reader;

/** What the first value inside of lists is: '"', '0', '{' ...; 0 for none. */
char davy_rows_leaf(const davy_json_reader *json);

/** The model's input of that name, or NULL. */
const davy_port *davy_rows_port(const davy_served_info *info, davy_bytes key);

/** Memory for the request's inputs. */
DAVY_MUST_CHECK davy_status davy_rows_inputs(const davy_rows_reader *reader, size_t count);

/** The value of an input; where the model takes pictures and texts are given, the texts. */
DAVY_MUST_CHECK davy_status davy_rows_value(const davy_rows_reader *reader, const davy_port *port,
                                            davy_named_tensor *out);

/** The members of an object, one after another. */
DAVY_MUST_CHECK davy_status davy_rows_members(const davy_rows_reader *reader,
                                              davy_status (*read)(const davy_rows_reader *,
                                                                  davy_bytes, void *),
                                              void *context);

/** {"INPUT": [...], ...}: a value for each input. */
DAVY_MUST_CHECK davy_status davy_rows_read_columns(const davy_rows_reader *reader);
/** [{"INPUT": ..., ...}, ...]: a value for each input in each row. */
DAVY_MUST_CHECK davy_status davy_rows_read_rows(const davy_rows_reader *reader);
