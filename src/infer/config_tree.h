/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config.h"

/**
 * @file
 * A config as a tree of keys, whether it was protobuf's text format or JSON: what is bound to
 * davy_infer_config by one table of keys (config.c).
 *
 * Stage: infer. A key that repeats, as a list or by being written again, is a row of siblings.
 *
 * Source: Protocol Buffers, "Text Format Language Specification"; extensions and packed Any are
 * left out, as no config has them.
 */
#define DAVY_CONFIG_NODES_MAX ((size_t) 65536) /* keys and values; real ones have hundreds */

typedef enum davy_config_kind {
    DAVY_CONFIG_MESSAGE,
    DAVY_CONFIG_TEXT, /* in quotes */
    DAVY_CONFIG_WORD  /* number, enum, true and false: as it stands */
} davy_config_kind;

typedef struct davy_config_node davy_config_node;
struct davy_config_node {
    const char *key;
    unsigned line; /* 0: of JSON */
    davy_config_kind kind;
    const char *text; /* of a word or text; the bytes hold no zero */
    davy_config_node *first, *last, *next;
};

typedef struct davy_config_tree {
    davy_arena arena;
    davy_config_node root;
    size_t nodes;
    const char *file; /* for sentences */
} davy_config_tree;

/** Add a key to a message; NULL, and a sentence, without memory or beyond the limit. */
davy_config_node *davy_config_tree_add(davy_config_tree *tree, davy_config_node *parent,
                                       const char *key, size_t key_length, unsigned line,
                                       davy_status *status);
void davy_config_tree_clear(davy_config_tree *tree);

/** Fail with file and line in front. */
davy_status davy_config_fail(const davy_config_tree *tree, unsigned line, const char *format, ...)
    DAVY_PRINTF(3, 4);

/** Read protobuf's text format. The tree is empty, with `file` set. */
DAVY_MUST_CHECK davy_status davy_config_read_text(davy_config_tree *tree, const char *bytes,
                                                  size_t length);
/** Read JSON in protobuf's mapping: names as in the file or in camelCase, numbers also as texts;
 * maps become rows of key and value. */
DAVY_MUST_CHECK davy_status davy_config_read_json(davy_config_tree *tree, const char *bytes,
                                                  size_t length);
