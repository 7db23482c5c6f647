/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"
#include "nn/onnx/tensor_proto.h"

#include "nn/op.h"

#include <string.h>

davy_status davy_import_tensor(davy_import *import, const Onnx__TensorProto *proto,
                               davy_tensor *out)
{
    const size_t before = import->scratch.used;
    davy_status status;

    import->scratch.limit = before + import->memory_left;
    status = davy_tensor_unpack(proto, import->folder, &import->scratch, out);
    import->scratch.limit = 0;
    import->memory_left -= import->scratch.used - before;
    return status;
}

static davy_status add_name(davy_scope *scope, const char *name, davy_value value)
{
    davy_status status = davy_name_table_add(&scope->names, name, value);

    return status == DAVY_ERR_EXISTS ? davy_fail(DAVY_ERR_CORRUPT, "graph '%s' defines '%s' twice",
                                                 scope->graph->name, name)
                                     : status;
}

static davy_status import_initializers(davy_scope *scope, const Onnx__GraphProto *proto)
{
    davy_status status = DAVY_OK;

    if (proto->n_sparse_initializer)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "graph '%s' has sparse initializers",
                         scope->graph->name);
    for (size_t i = 0; i < proto->n_initializer && status == DAVY_OK; i++) {
        const char *name = davy_onnx_text(proto->initializer[i]->name);
        davy_tensor tensor;

        status = davy_import_tensor(scope->import, proto->initializer[i], &tensor);
        if (status == DAVY_OK)
            status = add_name(scope, name, davy_graph_constant(scope->graph, name, &tensor));
    }
    return status;
}

/* Type and shape that a file declares; DAVY_TYPE_NONE where it leaves the number of dims open. */
static davy_status read_declared(const Onnx__ValueInfoProto *info, davy_tensor *out)
{
    const Onnx__TypeProto__Tensor *type;

    *out = (davy_tensor){.type = DAVY_TYPE_NONE};
    if (!info->type || info->type->value_case == ONNX__TYPE_PROTO__VALUE__NOT_SET)
        return DAVY_OK;
    if (info->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' is no tensor (a sequence, map or optional)",
                         davy_onnx_text(info->name));
    type = info->type->tensor_type;
    if (davy_type_size((davy_type) type->elem_type) == 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' has element type %d",
                         davy_onnx_text(info->name), (int) type->elem_type);
    if (!type->shape)
        return DAVY_OK;
    if (type->shape->n_dim > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' has %zu dimensions; %d at most",
                         davy_onnx_text(info->name), type->shape->n_dim, DAVY_RANK_MAX);
    out->type = (davy_type) type->elem_type;
    out->rank = (int) type->shape->n_dim;
    for (int i = 0; i < out->rank; i++) {
        const Onnx__TensorShapeProto__Dimension *dim = type->shape->dim[i];

        out->dims[i] = dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                               dim->dim_value >= 0
                           ? dim->dim_value
                           : -1;
    }
    return DAVY_OK;
}

/* An initializer that stands among the inputs too is a constant. */
static davy_status import_inputs(davy_scope *scope, const Onnx__GraphProto *proto)
{
    for (size_t i = 0; i < proto->n_input; i++) {
        const char *name = davy_onnx_text(proto->input[i]->name);
        davy_tensor declared;
        davy_status status = DAVY_OK;
        davy_value known;

        if (davy_name_table_find(&scope->names, name, &known) &&
            scope->graph->values[known].role == DAVY_ROLE_CONSTANT)
            continue;
        status = read_declared(proto->input[i], &declared);
        if (status == DAVY_OK)
            status = add_name(
                scope, name,
                davy_graph_input(scope->graph, name, declared.type, declared.rank, declared.dims));
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/* Small constants of the outer graph are copied, so that shapes in the inner graph are known. */
#define COPIED_BYTES_MAX 4096

static davy_status import_extra(davy_scope *scope, const davy_scope *outer,
                                const char *const *extra, size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_value from = DAVY_VALUE_NONE, own;
        davy_tensor seen;

        (void) davy_name_table_find(&outer->names, extra[i], &from);
        seen = outer->graph->values[from].tensor;
        if (outer->graph->values[from].role == DAVY_ROLE_MADE)
            seen.type = DAVY_TYPE_NONE;
        own = davy_graph_input(scope->graph, extra[i], seen.type, seen.rank, seen.dims);
        if (outer->graph->values[from].role == DAVY_ROLE_CONSTANT &&
            davy_tensor_bytes(&seen) <= COPIED_BYTES_MAX)
            own = davy_graph_constant(scope->graph, extra[i], &seen);
        status = add_name(scope, extra[i], own);
    }
    return status;
}

static davy_status import_outputs(davy_scope *scope, const Onnx__GraphProto *proto)
{
    for (size_t i = 0; i < proto->n_output; i++) {
        const char *name = davy_onnx_text(proto->output[i]->name);
        davy_value value;

        if (!davy_name_table_find(&scope->names, name, &value))
            return davy_fail(DAVY_ERR_CORRUPT, "graph '%s': nobody makes the output '%s'",
                             scope->graph->name, name);
        davy_graph_output(scope->graph, value);
    }
    return davy_graph_status(scope->graph);
}

/* Only words for those who ask: what an output really is, its node says. */
static davy_status keep_declared(davy_graph *graph, const Onnx__GraphProto *proto)
{
    davy_tensor *declared = davy_arena_array(&graph->arena, proto->n_output + 1, sizeof *declared);

    if (!declared)
        return davy_fail(DAVY_ERR_NOMEM, "graph '%s': %zu outputs", graph->name, proto->n_output);
    for (size_t i = 0; i < proto->n_output; i++)
        if (read_declared(proto->output[i], &declared[i]) != DAVY_OK)
            declared[i].type = DAVY_TYPE_NONE;
    graph->declared = declared;
    return DAVY_OK;
}

davy_status davy_import_graph(davy_scope *scope, const Onnx__GraphProto *proto,
                              const davy_scope *outer, const char *const *extra, size_t extra_count)
{
    davy_status status = import_initializers(scope, proto);

    if (status == DAVY_OK)
        status = import_inputs(scope, proto);
    if (status == DAVY_OK)
        status = import_extra(scope, outer, extra, extra_count);
    if (status == DAVY_OK)
        status = davy_graph_status(scope->graph);
    if (status == DAVY_OK)
        status = davy_import_nodes(scope, proto->node, proto->n_node);
    if (status == DAVY_OK)
        status = import_outputs(scope, proto);
    if (status == DAVY_OK && !outer)
        status = keep_declared(scope->graph, proto);
    return status;
}
