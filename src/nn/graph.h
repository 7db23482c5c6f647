/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "nn/tensor.h"

/**
 * @file
 * Graph: a network as an array of nodes in topological order.
 *
 * Stage: nn. A value is an edge: an input, a constant, a parameter that is learnt, or what a node
 * makes. Nodes name values by index. Builders, the ONNX importer and the passes write graphs;
 * plans, sessions and the trainer read them. A graph owns its names, attributes and numbers.
 *
 * A failed addition marks the graph, and davy_graph_status() tells, so that a network is built
 * without a check after every layer.
 */
typedef struct davy_op davy_op;
typedef struct davy_graph davy_graph;

/** Index of a value in its graph. */
typedef uint32_t davy_value;
#define DAVY_VALUE_NONE UINT32_MAX /* an optional input that is absent */

/** Limits that a graph from outside must keep, so that its arrays stay small. */
#define DAVY_GRAPH_NODES_MAX   ((size_t) 200000)
#define DAVY_GRAPH_VALUES_MAX  ((size_t) 1000000)
#define DAVY_GRAPH_NESTING_MAX 8 /* graphs inside graphs (If, Loop, Scan) */
#define DAVY_NODE_INPUTS_MAX   ((size_t) 1024)

typedef enum davy_role {
    DAVY_ROLE_MADE,      /* by a node */
    DAVY_ROLE_INPUT,     /* given at every run */
    DAVY_ROLE_CONSTANT,  /* its numbers never change */
    DAVY_ROLE_PARAMETER, /* learnt: float, changed by an optimiser */
    DAVY_ROLE_STATISTIC  /* kept by training without a gradient, as batch norm's running mean */
} davy_role;

typedef struct davy_edge {
    const char *name; /* never NULL; "" for none */
    davy_role role;
    uint32_t maker; /* DAVY_ROLE_MADE: index of the node that makes it */
    /* Shape: of constants, parameters and statistics, exact; of inputs, as declared, -1 where free
     * (type DAVY_TYPE_NONE: nothing declared); of what nodes make, as found with free sizes taken
     * as 1, or unknown. The data of constants, parameters and statistics. */
    davy_tensor tensor;
} davy_edge;

typedef enum davy_attribute_kind {
    DAVY_ATTRIBUTE_INT,
    DAVY_ATTRIBUTE_FLOAT,
    DAVY_ATTRIBUTE_TEXT,
    DAVY_ATTRIBUTE_INTS,
    DAVY_ATTRIBUTE_FLOATS,
    DAVY_ATTRIBUTE_TEXTS,
    DAVY_ATTRIBUTE_TENSOR,
    DAVY_ATTRIBUTE_GRAPH
} davy_attribute_kind;

/** A named setting of a node; names and meanings are ONNX's where ONNX has them. */
typedef struct davy_attribute {
    const char *name;
    davy_attribute_kind kind;
    size_t count; /* of ints, floats or texts; 1 for the single kinds */
    union {
        const int64_t *ints; /* INT: ints[0] */
        const float *floats; /* FLOAT: floats[0] */
        const char *const *texts;
        const davy_tensor *tensor;
        davy_graph *graph; /* owned by this graph. Values of the outer graph that it uses are
                            * explicit: inputs of the node after its own, and its last inputs */
    };
} davy_attribute;

typedef struct davy_node {
    const davy_op *op;
    const char *name; /* for messages; never NULL */
    davy_value *in;   /* [in_count] */
    davy_value *out;  /* [out_count] DAVY_VALUE_NONE: an output that nobody wants */
    uint32_t in_count, out_count;
    davy_attribute *attributes; /* [attribute_count] */
    uint32_t attribute_count;
} davy_node;

struct davy_graph {
    davy_arena arena; /* names, arrays, numbers */
    const char *name;
    davy_edge *values;
    size_t value_count, value_capacity;
    davy_node *nodes; /* topological order: a node uses what stands before it */
    size_t node_count, node_capacity;
    size_t shaped;                /* nodes whose outputs' shapes were looked for, from the first */
    davy_value *inputs, *outputs; /* in the order of a caller */
    size_t input_count, output_count;
    const davy_tensor
        *declared; /* [output_count] of outputs, as a file declares them: -1 where
                    * free, DAVY_TYPE_NONE where nothing is said; NULL: of a builder */
    bool foreign;  /* made by others: shapes that do not fit with free sizes as 1 stay unknown */
    davy_status status;    /* the first failed addition, and its sentence */
    const char *complaint; /* "" when status is DAVY_OK */
};

/** @param memory_max  most bytes the graph may take, 0 for no limit */
DAVY_MUST_CHECK davy_status davy_graph_create(const char *name, size_t memory_max,
                                              davy_graph **out);
/** NULL is fine. */
void davy_graph_destroy(davy_graph *graph);
/** The first failure while building, with its sentence in davy_error(). */
DAVY_MUST_CHECK davy_status davy_graph_status(const davy_graph *graph);

/* Building. Values of a failed graph are DAVY_VALUE_NONE and harmless. */

/** An input; a dimension of -1 is free. */
davy_value davy_graph_input(davy_graph *graph, const char *name, davy_type type, int rank,
                            const int64_t *dims);
/** A constant; the numbers are copied. `tensor->data` NULL: zeros. */
davy_value davy_graph_constant(davy_graph *graph, const char *name, const davy_tensor *tensor);
/** A parameter or statistic of floats, zeros at first. */
davy_value davy_graph_parameter(davy_graph *graph, const char *name, davy_role role, int rank,
                                const int64_t *dims);
/** Mark as an output; outputs are in the order of these calls. */
void davy_graph_output(davy_graph *graph, davy_value value);
/** Give a value a name. */
void davy_graph_name(davy_graph *graph, davy_value value, const char *name);

/**
 * A node with `out_count` new values. Attributes are set right after; the shape of the outputs is
 * found when the first of them is asked for or used (davy_graph_tensor()).
 *
 * @param op  name of an operator of the table (op.h)
 * @return the node; borrowed until the next addition; NULL when the graph has failed
 */
davy_node *davy_graph_node(davy_graph *graph, const char *op, const davy_value *in, size_t in_count,
                           size_t out_count);
/** The same with the operator itself. */
davy_node *davy_graph_node_of(davy_graph *graph, const davy_op *op, const davy_value *in,
                              size_t in_count, size_t out_count);
void davy_node_set_int(davy_graph *graph, davy_node *node, const char *name, int64_t value);
void davy_node_set_float(davy_graph *graph, davy_node *node, const char *name, float value);
void davy_node_set_text(davy_graph *graph, davy_node *node, const char *name, const char *value);
void davy_node_set_ints(davy_graph *graph, davy_node *node, const char *name, const int64_t *values,
                        size_t count);
void davy_node_set_floats(davy_graph *graph, davy_node *node, const char *name, const float *values,
                          size_t count);
void davy_node_set_texts(davy_graph *graph, davy_node *node, const char *name,
                         const char *const *values, size_t count);
/** The numbers are copied. */
void davy_node_set_tensor(davy_graph *graph, davy_node *node, const char *name,
                          const davy_tensor *value);
/** Takes ownership of `value`, also when the graph has failed. */
void davy_node_set_graph(davy_graph *graph, davy_node *node, const char *name, davy_graph *value);
/** The same attribute as another node has. @return DAVY_ERR_UNSUPPORTED when it holds a graph */
DAVY_MUST_CHECK davy_status davy_node_set(davy_graph *graph, davy_node *node,
                                          const davy_attribute *attribute);

/** Mark the graph as failed with the sentence of davy_error(), unless it has failed before. */
void davy_graph_fail(davy_graph *graph, davy_status status);

/** What is known of a value: type and shape with free sizes taken as 1. A failed graph gives a
 * tensor of type DAVY_TYPE_NONE. Borrowed until the next addition. */
const davy_tensor *davy_graph_tensor(davy_graph *graph, davy_value value);

/** First value with this name, or DAVY_VALUE_NONE. */
davy_value davy_graph_find(const davy_graph *graph, const char *name);

/* Reading attributes; a missing one gives the fallback, one of another kind too. */
int64_t davy_node_int(const davy_node *node, const char *name, int64_t fallback);
float davy_node_float(const davy_node *node, const char *name, float fallback);
const char *davy_node_text(const davy_node *node, const char *name, const char *fallback);
/** NULL and count 0 when missing. */
const int64_t *davy_node_ints(const davy_node *node, const char *name, size_t *count);
const float *davy_node_floats(const davy_node *node, const char *name, size_t *count);
const davy_attribute *davy_node_attribute(const davy_node *node, const char *name);
