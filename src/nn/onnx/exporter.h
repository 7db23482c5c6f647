/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"
#include "nn/onnx/name_table.h"
#include "nn/onnx/proto.h"

/**
 * @file
 * Inside of the exporter: what its files tell each other.
 *
 * Stage: nn. Nodes of the engine become nodes of ONNX one by one, by a table (export_rows.c). Texts
 * are names of ONNX values. An image may be there twice: as the engine has it, channels last, and
 * as ONNX's convolutions want it, channels first; the one that is missing is made by a transpose
 * when somebody asks for it, so two in a row never come about. A failure marks the exporter.
 */
typedef struct davy_exporter {
    davy_graph *graph;
    davy_arena arena; /* all that is written */
    davy_status status;
    int64_t opset; /* the lowest that has all operators */
    bool has_ml;   /* a node is of the domain ai.onnx.ml */

    Onnx__NodeProto **nodes;
    size_t node_count, node_capacity;
    Onnx__TensorProto **tensors;
    size_t tensor_count, tensor_capacity;

    const char **names;         /* [value_count] what a value is called */
    const char **last, **first; /* [value_count] NULL: not there yet */
    davy_name_table taken;
    davy_name_table
        written;    /* initializers: weights that layers share may be there in two orders */
    unsigned fresh; /* names made up so far */
} davy_exporter;

typedef void davy_export_step(davy_exporter *exporter, const davy_node *node);

/* export_rows.c */

/** Write one node of the engine. */
void davy_export_node(davy_exporter *exporter, const davy_node *node);

/* export_build.c */

void davy_export_fail(davy_exporter *exporter, davy_status status);
/** DAVY_ERR_UNSUPPORTED with the node's name. */
void davy_export_refuse(davy_exporter *exporter, const davy_node *node, const char *why);
void *davy_export_take(davy_exporter *exporter, size_t count, size_t size);
char *davy_export_text(davy_exporter *exporter, const char *text);

/** A node with one output of a new name, which is returned. Inputs may be "". A type may have the
 * domain in front: "ai.onnx.ml.Scaler". */
const char *davy_export_op(davy_exporter *exporter, const char *type, const char *const *in,
                           size_t in_count);
const char *davy_export_op1(davy_exporter *exporter, const char *type, const char *a);
const char *davy_export_op2(davy_exporter *exporter, const char *type, const char *a,
                            const char *b);
/** One more output of the newest node. */
const char *davy_export_more(davy_exporter *exporter);
/** The newest node, or NULL. */
Onnx__NodeProto *davy_export_newest(const davy_exporter *exporter);

/* export_attribute.c: attributes of the newest node. */
void davy_export_set_int(davy_exporter *exporter, const char *name, int64_t value);
void davy_export_set_ints(davy_exporter *exporter, const char *name, const int64_t *values,
                          size_t count);
void davy_export_set_float(davy_exporter *exporter, const char *name, float value);
void davy_export_set_word(davy_exporter *exporter, const char *name, const char *value);
void davy_export_set_words(davy_exporter *exporter, const char *name, const char *const *values,
                           size_t count);
void davy_export_set_graph(davy_exporter *exporter, const char *name, Onnx__GraphProto *value);
/** A copy of the engine's attribute, if the node has it. */
void davy_export_copy(davy_exporter *exporter, const davy_node *node, const char *name);
void davy_export_copy_all(davy_exporter *exporter, const davy_node *node);

/* export_build.c */

/** An initializer; the numbers are copied. */
const char *davy_export_tensor(davy_exporter *exporter, const char *name,
                               const davy_tensor *tensor);
const char *davy_export_ints(davy_exporter *exporter, const int64_t *values, size_t count);
const char *davy_export_number(davy_exporter *exporter, float value);

const char *davy_export_reshape(davy_exporter *exporter, const char *x, const int64_t *dims,
                                size_t rank);
const char *davy_export_transpose(davy_exporter *exporter, const char *x, const int64_t *order,
                                  size_t rank);
/** x with an activation of a node (attributes `activation` and `slope`) applied. */
const char *davy_export_activation(davy_exporter *exporter, const davy_node *node, const char *x);
const char *davy_export_gelu(davy_exporter *exporter, const char *x);
const char *davy_export_silu(davy_exporter *exporter, const char *x);

/** Number of dimensions of a value. */
int davy_export_rank(davy_exporter *exporter, davy_value value);
/** A value as the engine has it; NONE is "". */
const char *davy_export_last(davy_exporter *exporter, davy_value value);
/** An image with its channels first. */
const char *davy_export_first(davy_exporter *exporter, davy_value value);
/** What a node made: the value gets its own name where the newest node made it. */
void davy_export_made_last(davy_exporter *exporter, davy_value value, const char *name);
void davy_export_made_first(davy_exporter *exporter, davy_value value, const char *name);
/** Numbers of a value that no run changes; NULL and a failure otherwise. */
const davy_tensor *davy_export_fixed(davy_exporter *exporter, const davy_node *node, size_t i);

/* export_image.c */
davy_export_step davy_export_conv, davy_export_conv_transpose, davy_export_pool,
    davy_export_global_pool, davy_export_batch_norm, davy_export_group_norm;

/* export_ml.c */
davy_export_step davy_export_trees;

/* export_recurrent.c, export_linear.c, export_attention.c */
davy_export_step davy_export_recurrent, davy_export_linear_recurrence, davy_export_attention;
