/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * YAML text into a tree in which every node knows its line and column.
 *
 * Stage: site. One document, of mappings, sequences and scalars, no deeper than
 * DAVY_YAML_DEPTH_MAX. Anchors, aliases and tags are kept as marks on the nodes, so that the reader
 * refuses them where they stand: a file that expands into a thousand times its size cannot exist.
 *
 * Source: YAML 1.1 as libyaml reads it, UTF-8 alone.
 */

#define DAVY_YAML_DEPTH_MAX 16

typedef enum davy_yaml_kind {
    DAVY_YAML_SCALAR,
    DAVY_YAML_MAPPING,
    DAVY_YAML_SEQUENCE,
    DAVY_YAML_ALIAS
} davy_yaml_kind;

typedef struct davy_yaml_node {
    uint8_t kind;                       /* a davy_yaml_kind */
    bool plain;                         /* a scalar without quotes */
    bool anchored;                      /* carries &anchor */
    bool tagged;                        /* carries !tag */
    uint32_t line, column;              /* from 1 */
    uint32_t length;                    /* of a scalar's text; entries of a collection */
    const char *text;                   /* of a scalar, zero-ended; may hold zeroes itself */
    const struct davy_yaml_node *key;   /* of a mapping's entry */
    const struct davy_yaml_node *first; /* of a collection */
    const struct davy_yaml_node *next;  /* in the same collection */
} davy_yaml_node;

/** The one fault at which reading stopped. */
typedef struct davy_yaml_fault {
    size_t line, column; /* 0 for the file as a whole */
    char what[200];
    const char *remedy;
} davy_yaml_fault;

/**
 * @param arena  holds the tree
 * @return DAVY_ERR_INVALID with `fault` filled in, or DAVY_ERR_NOMEM
 */
DAVY_MUST_CHECK davy_status davy_yaml_parse(const char *text, size_t length, davy_arena *arena,
                                            davy_yaml_fault *fault, const davy_yaml_node **root);

/** True for a scalar with exactly this text. */
bool davy_yaml_is(const davy_yaml_node *node, const char *text);

/** The entry of a mapping with this key, or NULL; for a node that is no mapping too. */
const davy_yaml_node *davy_yaml_get(const davy_yaml_node *mapping, const char *key);
