/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/onnx/name_table.h"
#include "nn/onnx/proto.h"

/**
 * @file
 * Inside of the importer: what its files tell each other.
 *
 * Stage: nn. A *scope* is one graph, or one function's body, that is being imported: its names and
 * where its nodes go. A *draft* is one node on its way: made from the file, brought to operator set
 * 17 by upgrades (upgrade.c), then built: as the operator of the same meaning, or by a builder of
 * the table (import_rows.c) where the engine has another form.
 */

/** What all scopes of one model share. */
typedef struct davy_import {
    const Onnx__ModelProto *model;
    const char *folder; /* of external data, or NULL */
    size_t memory_left; /* for numbers */
    davy_arena scratch; /* for as long as the import */
} davy_import;

typedef struct davy_scope {
    davy_import *import;
    davy_graph *graph; /* where nodes go; a function's are those of its caller's graph */
    davy_name_table names;
    unsigned depth; /* of graphs in graphs, functions included */
    Onnx__OperatorSetIdProto *const *opsets;
    size_t opset_count;
    const struct davy_draft *call; /* a function's body: the node that calls it, for attributes */
} davy_scope;

typedef struct davy_draft {
    davy_scope *scope;
    davy_graph *graph; /* scope->graph */
    const Onnx__NodeProto *proto;
    const char *type; /* ONNX's name, see davy_import_type(); an upgrade may change it */
    const char *name;
    int64_t opset;   /* version of the operator set that the node follows */
    davy_node node;  /* its attributes alone, for davy_node_int() and davy_node_set_int() */
    davy_value *in;  /* [in_count], room for DAVY_DRAFT_ROOM more */
    davy_value *out; /* [out_count] set by the builder */
    size_t in_count, out_count;
    bool first_after;      /* output 0 comes with its channels last: bring them to the front */
    davy_value shape_like; /* reshape output 0 to the shape of this value; NONE: as it comes */
} davy_draft;

/** Inputs that upgrades may add. */
#define DAVY_DRAFT_ROOM 8

typedef davy_status davy_import_step(davy_draft *draft);

/** One line of a table, sorted by type and then by `before`. */
typedef struct davy_import_row {
    const char *type;
    int64_t before; /* an upgrade is for nodes of operator sets before this one; 0 for builders */
    davy_import_step *step;
} davy_import_row;

/* import_rows.c */

/** How a node is built, or NULL: as the engine's operator of the same meaning. */
davy_import_step *davy_import_builder(const char *type);
/** The engine's operator with ONNX's name and meaning, or NULL. */
const davy_op *davy_import_operator(const char *type);
/** Whether nodes of this type and operator set are brought to another form. */
bool davy_import_upgraded(const char *type, int64_t opset);
/** Bring a draft to operator set 17. */
DAVY_MUST_CHECK davy_status davy_import_upgrade(davy_draft *draft);

/* import_graph.c */

/** Import a graph's values and nodes; `extra` names become its last inputs, see graph.h. */
DAVY_MUST_CHECK davy_status davy_import_graph(davy_scope *scope, const Onnx__GraphProto *proto,
                                              const davy_scope *outer, const char *const *extra,
                                              size_t extra_count);
/** Import a row of nodes. */
DAVY_MUST_CHECK davy_status davy_import_nodes(davy_scope *scope, Onnx__NodeProto *const *nodes,
                                              size_t count);
/** The numbers of a tensor of the file, borrowed from it or from the scratch memory. */
DAVY_MUST_CHECK davy_status davy_import_tensor(davy_import *import, const Onnx__TensorProto *proto,
                                               davy_tensor *out);

/* import_check.c */

/** DAVY_ERR_UNSUPPORTED with all operators of the model that davy has not got. */
DAVY_MUST_CHECK davy_status davy_import_check(davy_import *import);
/** Version of the operator set of a domain, 0 when the model does not name it. */
int64_t davy_import_opset(Onnx__OperatorSetIdProto *const *opsets, size_t count,
                          const char *domain);
/** The standard's domain, by either of its names. */
bool davy_import_is_standard(const char *domain);
/** The name by which tables know an operator: with its domain, "ai.onnx.ml.Scaler", unless that is
 * the standard's. NULL without memory. */
const char *davy_import_type(davy_arena *scratch, const Onnx__NodeProto *node);
/** The model's function of this name, or NULL. */
const Onnx__FunctionProto *davy_import_function(const davy_import *import, const char *domain,
                                                const char *name);
/** A name of a node for a sentence: its own, or that of what it makes. */
const char *davy_import_node_name(const Onnx__NodeProto *node);

/* import_attribute.c */

/** Read the file's attributes into the draft, those of graphs left out. */
DAVY_MUST_CHECK davy_status davy_import_attributes(davy_draft *draft);
/** The file's attribute of the draft, or NULL. */
const Onnx__AttributeProto *davy_draft_find(const davy_draft *draft, const char *name);
void davy_draft_remove(davy_draft *draft, const char *name);

/* import_build.c: what upgrades and builders are made of. Failures mark the graph. */

/** Fail with "node 'name' (Conv, operator set 11): ..." */
davy_status davy_draft_fail(const davy_draft *draft, davy_status status, const char *format, ...)
    DAVY_PRINTF(3, 4);
/** Input i of the draft, or DAVY_VALUE_NONE. */
davy_value davy_draft_in(const davy_draft *draft, size_t i);
/** Whether somebody wants output i. */
bool davy_draft_wants(const davy_draft *draft, size_t i);
/** Set input i; those between are absent. */
void davy_draft_set_in(davy_draft *draft, size_t i, davy_value value);
/** An input as a constant's tensor, or NULL. */
const davy_tensor *davy_draft_constant(const davy_draft *draft, size_t i);
/** Number of dimensions of a value where it is certain, else -1. */
int davy_draft_rank(const davy_draft *draft, davy_value value);

davy_value davy_draft_ints(davy_draft *draft, const int64_t *values, size_t count);
davy_value davy_draft_int(davy_draft *draft, int64_t value); /* of rank 1 */
davy_value davy_draft_float(davy_draft *draft, float value); /* of rank 0 */

/** A node of the engine named as the draft, with `out_count` outputs. */
davy_node *davy_draft_node(davy_draft *draft, const char *op, const davy_value *in, size_t in_count,
                           size_t out_count);
/** The same with one output, which is returned. */
davy_value davy_draft_op(davy_draft *draft, const char *op, const davy_value *in, size_t in_count);
davy_value davy_draft_op1(davy_draft *draft, const char *op, davy_value a);
davy_value davy_draft_op2(davy_draft *draft, const char *op, davy_value a, davy_value b);
/** One input and one attribute of integers. */
davy_value davy_draft_op_ints(davy_draft *draft, const char *op, davy_value in, const char *name,
                              const int64_t *values, size_t count);
davy_value davy_draft_reshape(davy_draft *draft, davy_value x, const int64_t *dims, size_t rank);
davy_value davy_draft_transpose(davy_draft *draft, davy_value x, const int64_t *order, size_t rank);
/** [N, C, ...] to [N, ..., C], whatever the rank, and back. */
davy_value davy_draft_channels_last(davy_draft *draft, davy_value x);
davy_value davy_draft_channels_first(davy_draft *draft, davy_value x);

/** Build the draft as this operator, all inputs, attributes and outputs as they are. */
DAVY_MUST_CHECK davy_status davy_draft_build(davy_draft *draft, const char *op);
