/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config_keys.h"

/**
 * @file
 * How the tables of keys are written, for the files that hold them.
 *
 * Stage: infer.
 */

/* A row of a table: AT() a field, or an ARRAY() with its count. */
#define AT(type, field) .at = offsetof(struct type, field)
#define ARRAY(type, field, length)                                              \
    .many = true, .kind = DAVY_KEY_MESSAGE, .at = offsetof(struct type, field), \
    .count_at = offsetof(struct type, length), .size = sizeof *((struct type *) NULL)->field
#define CALL(function) .kind = DAVY_KEY_CALL, .set = (function)
#define INSIDE(inner)  .kind = DAVY_KEY_MESSAGE, .message = &(inner)
#define KEYS(variable, words, table) \
    static const davy_config_message variable = {words, table, DAVY_ARRAY_LENGTH(table)}

/* config_keys_tensors.c */

extern const davy_config_message davy_config_input, davy_config_output, davy_config_step,
    davy_config_warmup;

/** A word such as TYPE_FP32 into a davy_type. */
davy_status davy_config_type(const davy_config_binding *b, const davy_config_node *node,
                             void *field);
/** One dimension more. */
DAVY_MUST_CHECK davy_status davy_config_dim(const davy_config_binding *b,
                                            const davy_config_node *node, int *rank, int64_t *dims);
/** Keys that must be a text, or true or false, and that are of no use here. */
davy_status davy_config_check_text(const davy_config_binding *b, const davy_config_node *node,
                                   void *field);
davy_status davy_config_check_flag(const davy_config_binding *b, const davy_config_node *node,
                                   void *field);

/* config_keys_batching.c, config_keys_sequence.c: a message into davy_batching, davy_sequencing */
davy_status davy_config_set_batching(const davy_config_binding *b, const davy_config_node *node,
                                     void *field);
davy_status davy_config_set_sequencing(const davy_config_binding *b, const davy_config_node *node,
                                       void *field);
