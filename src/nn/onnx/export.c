/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"
#include "nn/onnx/onnx.h"

#include "nn/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IR_VERSION  8
#define OPSET_LEAST 13
#define OPSET_ML    3

/* ------------------------------------------------------------------------------------- names */

/* Each value gets the name it has, or one of its own where that is empty or taken. */
static void name_values(davy_exporter *exporter)
{
    const davy_graph *graph = exporter->graph;

    for (size_t i = 0; i < graph->value_count && exporter->status == DAVY_OK; i++) {
        const char *name = graph->values[i].name;
        char text[32];

        for (unsigned tries = 0; !*name || davy_name_table_find(&exporter->taken, name, NULL);
             tries++) {
            (void) snprintf(text, sizeof text, tries ? "v%zu_%u" : "v%zu", i, tries);
            name = text;
        }
        exporter->names[i] = davy_export_text(exporter, name);
        if (exporter->names[i])
            davy_export_fail(exporter, davy_name_table_add(&exporter->taken, exporter->names[i],
                                                           (davy_value) i));
    }
}

static davy_status start(davy_exporter *exporter, davy_graph *graph)
{
    *exporter = (davy_exporter){.graph = graph, .opset = OPSET_LEAST};
    exporter->names = davy_export_take(exporter, graph->value_count, sizeof(char *));
    exporter->last = davy_export_take(exporter, graph->value_count, sizeof(char *));
    exporter->first = davy_export_take(exporter, graph->value_count, sizeof(char *));
    if (exporter->status == DAVY_OK)
        name_values(exporter);
    return exporter->status;
}

static void finish(davy_exporter *exporter)
{
    davy_name_table_clear(&exporter->taken);
    davy_name_table_clear(&exporter->written);
    davy_arena_clear(&exporter->arena);
    free(exporter->nodes);
    free(exporter->tensors);
}

/* ------------------------------------------------------------------------------- what is written
 */

/* Whether a value is made by a loss, which serving has no use for. */
static bool is_loss(const davy_graph *graph, davy_value value)
{
    const davy_edge *edge = &graph->values[value];

    return edge->role == DAVY_ROLE_MADE &&
           (graph->nodes[edge->maker].op->flags & DAVY_OP_LOSS) != 0;
}

/* Mark values that outputs need, from the last node to the first. */
static void mark_wanted(const davy_graph *graph, bool *wanted)
{
    for (size_t i = 0; i < graph->output_count; i++)
        wanted[graph->outputs[i]] = !is_loss(graph, graph->outputs[i]);
    for (size_t n = graph->node_count; n-- > 0;) {
        const davy_node *node = &graph->nodes[n];
        bool is_wanted = false;

        for (size_t i = 0; i < node->out_count; i++)
            is_wanted |= node->out[i] != DAVY_VALUE_NONE && wanted[node->out[i]];
        for (size_t i = 0; i < node->in_count && is_wanted; i++)
            if (node->in[i] != DAVY_VALUE_NONE)
                wanted[node->in[i]] = true;
    }
}

static void write_nodes(davy_exporter *exporter, const bool *wanted)
{
    const davy_graph *graph = exporter->graph;

    for (size_t n = 0; n < graph->node_count && exporter->status == DAVY_OK; n++) {
        const davy_node *node = &graph->nodes[n];
        bool is_wanted = false;

        for (size_t i = 0; i < node->out_count; i++)
            is_wanted |= node->out[i] != DAVY_VALUE_NONE && wanted[node->out[i]];
        if (is_wanted)
            davy_export_node(exporter, node);
    }
}

/* An output has the name of its value, also where a node was left out. */
static void write_outputs(davy_exporter *exporter, const bool *wanted)
{
    const davy_graph *graph = exporter->graph;

    for (size_t i = 0; i < graph->output_count && exporter->status == DAVY_OK; i++) {
        const davy_value value = graph->outputs[i];
        const char *name = wanted[value] ? davy_export_last(exporter, value) : "";

        if (wanted[value] && strcmp(name, exporter->names[value]) != 0)
            davy_export_made_last(exporter, value, davy_export_op1(exporter, "Identity", name));
    }
}

/* ----------------------------------------------------------------------------- inputs, outputs */

static Onnx__TensorShapeProto__Dimension *dimension(davy_exporter *exporter, int axis, int64_t size)
{
    Onnx__TensorShapeProto__Dimension *dim = davy_export_take(exporter, 1, sizeof *dim);
    char text[16];

    if (!dim)
        return NULL;
    onnx__tensor_shape_proto__dimension__init(dim);
    if (size >= 0) {
        dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        dim->dim_value = size;
        return dim;
    }
    (void) snprintf(text, sizeof text, "size%d", axis);
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    dim->dim_param = davy_export_text(exporter, axis == 0 ? "batch" : text);
    return dim;
}

static Onnx__TensorShapeProto *shape(davy_exporter *exporter, const davy_tensor *tensor)
{
    Onnx__TensorShapeProto *shape = davy_export_take(exporter, 1, sizeof *shape);
    Onnx__TensorShapeProto__Dimension **dims =
        davy_export_take(exporter, (size_t) tensor->rank, sizeof(void *));

    if (!shape || !dims)
        return NULL;
    onnx__tensor_shape_proto__init(shape);
    for (int i = 0; i < tensor->rank; i++)
        dims[i] = dimension(exporter, i, tensor->dims[i]);
    shape->n_dim = (size_t) tensor->rank;
    shape->dim = dims;
    return shape;
}

static Onnx__ValueInfoProto *describe(davy_exporter *exporter, const char *name,
                                      const davy_tensor *tensor)
{
    Onnx__ValueInfoProto *info = davy_export_take(exporter, 1, sizeof *info);
    Onnx__TypeProto *type = davy_export_take(exporter, 1, sizeof *type);
    Onnx__TypeProto__Tensor *about = davy_export_take(exporter, 1, sizeof *about);

    if (!info || !type || !about)
        return NULL;
    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(about);
    info->name = (char *) (uintptr_t) name;
    info->type = type;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = about;
    about->has_elem_type = 1;
    about->elem_type = (int32_t) tensor->type;
    about->shape = shape(exporter, tensor);
    return info;
}

/* Free sizes of outputs are not known: the first is a batch, and if an input has other free sizes,
 * none of an output is sure. */
static davy_tensor declared_output(davy_exporter *exporter, davy_value value)
{
    const davy_graph *graph = exporter->graph;
    davy_tensor tensor = *davy_graph_tensor(exporter->graph, value);
    bool first = false, others = false;

    for (size_t i = 0; i < graph->input_count; i++) {
        const davy_tensor *input = &graph->values[graph->inputs[i]].tensor;

        for (int d = 0; d < input->rank; d++) {
            first |= d == 0 && input->dims[d] < 0;
            others |= d > 0 && input->dims[d] < 0;
        }
    }
    for (int d = 0; d < tensor.rank; d++)
        if ((d == 0 && first) || others)
            tensor.dims[d] = -1;
    return tensor;
}

static void describe_all(davy_exporter *exporter, const bool *wanted, Onnx__GraphProto *proto)
{
    const davy_graph *graph = exporter->graph;

    proto->input = davy_export_take(exporter, graph->input_count, sizeof(void *));
    proto->output = davy_export_take(exporter, graph->output_count, sizeof(void *));
    for (size_t i = 0; i < graph->input_count && exporter->status == DAVY_OK; i++)
        if (wanted[graph->inputs[i]])
            proto->input[proto->n_input++] = describe(exporter, exporter->names[graph->inputs[i]],
                                                      &graph->values[graph->inputs[i]].tensor);
    for (size_t i = 0; i < graph->output_count && exporter->status == DAVY_OK; i++)
        if (wanted[graph->outputs[i]]) {
            const davy_tensor tensor = declared_output(exporter, graph->outputs[i]);

            proto->output[proto->n_output++] =
                describe(exporter, exporter->names[graph->outputs[i]], &tensor);
        }
}

/* -------------------------------------------------------------------------------------- the file
 */

static Onnx__StringStringEntryProto **write_notes(davy_exporter *exporter,
                                                  const davy_onnx_note *notes, size_t count)
{
    Onnx__StringStringEntryProto **list = davy_export_take(exporter, count, sizeof(void *));

    for (size_t i = 0; i < count && exporter->status == DAVY_OK; i++) {
        list[i] = davy_export_take(exporter, 1, sizeof *list[i]);
        if (!list[i])
            return NULL;
        onnx__string_string_entry_proto__init(list[i]);
        list[i]->key = (char *) (uintptr_t) notes[i].key;
        list[i]->value = (char *) (uintptr_t) notes[i].value;
    }
    return list;
}

static Onnx__OperatorSetIdProto operator_set(char *domain, int64_t version)
{
    Onnx__OperatorSetIdProto set = ONNX__OPERATOR_SET_ID_PROTO__INIT;

    set.domain = domain;
    set.has_version = 1;
    set.version = version;
    return set;
}

static davy_status pack(davy_exporter *exporter, Onnx__GraphProto *graph,
                        const davy_onnx_note *notes, size_t note_count, davy_buffer *out)
{
    char domain[] = "", ml_domain[] = DAVY_ONNX_ML, producer[] = "davy";
    Onnx__OperatorSetIdProto opset = operator_set(domain, exporter->opset);
    Onnx__OperatorSetIdProto ml = operator_set(ml_domain, OPSET_ML), *opsets[] = {&opset, &ml};
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    size_t size;
    char *room;

    model.has_ir_version = 1;
    model.ir_version = IR_VERSION;
    model.producer_name = producer;
    model.n_opset_import = exporter->has_ml ? 2 : 1;
    model.opset_import = opsets;
    model.n_metadata_props = note_count;
    model.metadata_props = write_notes(exporter, notes, note_count);
    model.graph = graph;
    if (exporter->status != DAVY_OK)
        return exporter->status;
    size = onnx__model_proto__get_packed_size(&model);
    if (size > DAVY_ONNX_MODEL_MAX)
        return davy_fail(DAVY_ERR_FULL, "an ONNX model of %zu bytes is longer than %zu", size,
                         DAVY_ONNX_MODEL_MAX);
    room = davy_buffer_reserve(out, size);
    if (room) {
        out->length += onnx__model_proto__pack(&model, (uint8_t *) room);
        out->bytes[out->length] = '\0';
    }
    return davy_buffer_ok(out);
}

static davy_status export(davy_exporter *exporter, const davy_onnx_note *notes, size_t note_count,
                          davy_buffer *out)
{
    Onnx__GraphProto proto = ONNX__GRAPH_PROTO__INIT;
    bool *wanted = davy_export_take(exporter, exporter->graph->value_count, sizeof *wanted);

    if (!wanted)
        return exporter->status;
    mark_wanted(exporter->graph, wanted);
    write_nodes(exporter, wanted);
    write_outputs(exporter, wanted);
    describe_all(exporter, wanted, &proto);
    proto.name = (char *) (uintptr_t) exporter->graph->name;
    proto.n_node = exporter->node_count;
    proto.node = exporter->nodes;
    proto.n_initializer = exporter->tensor_count;
    proto.initializer = exporter->tensors;
    return pack(exporter, &proto, notes, note_count, out);
}

davy_status davy_onnx_export(davy_graph *graph, const davy_onnx_note *notes, size_t note_count,
                             davy_buffer *out)
{
    davy_exporter exporter;
    davy_status status = davy_graph_status(graph);

    if (status != DAVY_OK)
        return status;
    status = start(&exporter, graph);
    if (status == DAVY_OK)
        status = export(&exporter, notes, note_count, out);
    if (status == DAVY_OK)
        status = davy_graph_status(graph); /* shapes were asked for */
    finish(&exporter);
    return status;
}
