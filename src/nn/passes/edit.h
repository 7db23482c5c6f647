/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Edit: a graph while a pass rewrites it.
 *
 * Stage: nn. A pass walks over the nodes that were there at the beginning, adds nodes at the end,
 * and lets new values take the place of old ones. Until davy_edit_end() the old nodes stand where
 * they stood, so that indices stay good; then the order is made topological again and what nobody
 * uses is left out. Pointers to nodes are good until the next addition: copy the struct.
 */
typedef struct davy_edit {
    davy_graph *graph;
    size_t value_count; /* at the beginning */
    size_t node_count;  /* at the beginning: what a pass walks over */
    davy_value *alias;  /* [value_count] what takes a value's place; itself */
    uint32_t *uses;     /* [value_count] by nodes and as outputs */
    bool *is_output;    /* [value_count] */
    bool changed;
} davy_edit;

DAVY_MUST_CHECK davy_status davy_edit_begin(davy_edit *edit, davy_graph *graph);
/** Put the graph in order and free the edit's arrays. */
DAVY_MUST_CHECK davy_status davy_edit_end(davy_edit *edit);

/** Input i of a node, or DAVY_VALUE_NONE. */
davy_value davy_edit_in(const davy_edit *edit, const davy_node *node, size_t i);
/** The node that makes a value, or NULL. */
davy_node *davy_edit_maker(const davy_edit *edit, davy_value value);
/** The node that makes a value, if it is this operator and its first output, else NULL. */
davy_node *davy_edit_made_by(const davy_edit *edit, davy_value value, const char *op);
/** Whether one node alone uses a value, once, and no caller does. */
bool davy_edit_used_once(const davy_edit *edit, davy_value value);
/** Numbers of a value that no run changes, or NULL. */
const davy_tensor *davy_edit_fixed(const davy_edit *edit, davy_value value);
bool davy_node_is(const davy_node *node, const char *op);
/**
 * Whether a node brings the channels of an image from the last place to the first after N, or back.
 *
 * @param rank  of the image; 0 when the node does not say
 */
bool davy_node_is_to_first(const davy_node *node, int *rank);
bool davy_node_is_to_last(const davy_node *node, int *rank);

/** A node with one output. @return the output */
davy_value davy_edit_add(davy_edit *edit, const char *op, const davy_value *in, size_t in_count);
/** The newest node. */
davy_node *davy_edit_newest(const davy_edit *edit);
davy_value davy_edit_transpose(davy_edit *edit, davy_value x, const int64_t *order, size_t rank);
davy_value davy_edit_reshape(davy_edit *edit, davy_value x, const int64_t *dims, size_t rank);

/**
 * Let `to` take the place of `from` everywhere.
 *
 * @return false, and nothing happened, when a caller would lose a name: `from` is an output of the
 *         graph and `to` is an output too, or no node makes it
 */
bool davy_edit_replace(davy_edit *edit, davy_value from, davy_value to);
