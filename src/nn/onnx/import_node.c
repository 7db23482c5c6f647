/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"

#include "nn/op.h"

#include <string.h>

/* Which value stands for each name that the node uses. */
static davy_status find_inputs(davy_draft *draft)
{
    for (size_t i = 0; i < draft->in_count; i++) {
        const char *name = draft->proto->input[i];

        draft->in[i] = DAVY_VALUE_NONE;
        if (*name && !davy_name_table_find(&draft->scope->names, name, &draft->in[i]))
            return davy_draft_fail(draft, DAVY_ERR_CORRUPT,
                                   "input '%s' is made by nobody before it", name);
    }
    while (draft->in_count && draft->in[draft->in_count - 1] == DAVY_VALUE_NONE)
        draft->in_count--;
    return DAVY_OK;
}

static davy_status add_outputs(davy_draft *draft)
{
    for (size_t i = 0; i < draft->out_count; i++) {
        const char *name = draft->proto->output[i];
        davy_status status;

        if (!*name)
            continue;
        if (draft->out[i] == DAVY_VALUE_NONE)
            return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "output %zu ('%s') is asked for", i,
                                   name);
        if (!*draft->graph->values[draft->out[i]].name)
            davy_graph_name(draft->graph, draft->out[i], name);
        status = davy_name_table_add(&draft->scope->names, name, draft->out[i]);
        if (status == DAVY_ERR_EXISTS)
            return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "'%s' is made twice", name);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/* A function of the model: its body takes the place of the node. */
static davy_status import_function(davy_draft *draft, const Onnx__FunctionProto *function)
{
    davy_scope body = {.import = draft->scope->import,
                       .graph = draft->graph,
                       .depth = draft->scope->depth + 1,
                       .opsets = function->opset_import,
                       .opset_count = function->n_opset_import,
                       .call = draft};
    davy_status status = DAVY_OK;

    if (body.depth > DAVY_GRAPH_NESTING_MAX)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "functions nest deeper than %d",
                               DAVY_GRAPH_NESTING_MAX);
    if (draft->in_count > function->n_input || draft->out_count > function->n_output)
        return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "more inputs or outputs than its function");
    for (size_t i = 0; i < draft->in_count && status == DAVY_OK; i++)
        if (draft->in[i] != DAVY_VALUE_NONE)
            status = davy_name_table_add(&body.names, function->input[i], draft->in[i]);
    if (status == DAVY_OK)
        status = davy_import_nodes(&body, function->node, function->n_node);
    for (size_t i = 0; i < draft->out_count && status == DAVY_OK; i++)
        if (!davy_name_table_find(&body.names, function->output[i], &draft->out[i]))
            status = davy_draft_fail(draft, DAVY_ERR_CORRUPT, "its function does not make '%s'",
                                     function->output[i]);
    davy_name_table_clear(&body.names);
    return status;
}

static davy_status build(davy_draft *draft)
{
    davy_import_step *step = davy_import_builder(draft->type);
    const davy_op *op = davy_import_operator(draft->type);

    if (step)
        return step(draft);
    if (!op)
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "davy has no such operator");
    return davy_draft_build(draft, op->name);
}

static davy_status upgrade_and_build(davy_draft *draft)
{
    davy_status status = davy_import_upgrade(draft);

    if (status == DAVY_OK)
        status = build(draft);
    if (status == DAVY_OK && draft->first_after)
        draft->out[0] = davy_draft_channels_first(draft, draft->out[0]);
    if (status == DAVY_OK && draft->shape_like != DAVY_VALUE_NONE)
        draft->out[0] = davy_draft_op2(draft, "reshape", draft->out[0],
                                       davy_draft_op1(draft, "shape", draft->shape_like));
    return status;
}

static davy_status import_draft(davy_draft *draft)
{
    const Onnx__FunctionProto *function =
        davy_import_function(draft->scope->import, davy_onnx_text(draft->proto->domain),
                             davy_onnx_text(draft->proto->op_type));
    davy_status status = find_inputs(draft);

    if (status == DAVY_OK)
        status = davy_import_attributes(draft);
    if (status == DAVY_OK)
        status = function ? import_function(draft, function) : upgrade_and_build(draft);
    if (status == DAVY_OK)
        status = davy_graph_status(draft->graph);
    return status == DAVY_OK ? add_outputs(draft) : status;
}

/* A node that makes nothing anybody could name is left out. */
static bool makes_nothing(const Onnx__NodeProto *proto)
{
    for (size_t i = 0; i < proto->n_output; i++)
        if (*proto->output[i])
            return false;
    return true;
}

static davy_status import_node(davy_scope *scope, const Onnx__NodeProto *proto)
{
    davy_arena *scratch = &scope->import->scratch;
    const size_t in_room = proto->n_input + DAVY_DRAFT_ROOM;
    const char *domain = davy_onnx_text(proto->domain), *name = davy_import_node_name(proto);
    davy_draft draft = {.scope = scope,
                        .graph = scope->graph,
                        .proto = proto,
                        .type = davy_import_type(scratch, proto),
                        .opset = davy_import_opset(scope->opsets, scope->opset_count, domain),
                        .in_count = proto->n_input,
                        .out_count = proto->n_output,
                        .shape_like = DAVY_VALUE_NONE};

    draft.name = davy_arena_text(&scope->graph->arena, name, strlen(name));
    if (!draft.name || !draft.type)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", name);
    if (proto->n_input > DAVY_NODE_INPUTS_MAX || proto->n_output > DAVY_NODE_INPUTS_MAX)
        return davy_draft_fail(&draft, DAVY_ERR_UNSUPPORTED, "%zu inputs and %zu outputs",
                               proto->n_input, proto->n_output);
    if (draft.opset < 1)
        return davy_draft_fail(&draft, DAVY_ERR_CORRUPT, "the model names no operator set for '%s'",
                               domain);
    draft.in = davy_arena_array(scratch, in_room + proto->n_output, sizeof *draft.in);
    if (!draft.in)
        return davy_fail(DAVY_ERR_NOMEM, "node '%s'", name);
    draft.out = draft.in + in_room;
    for (size_t i = 0; i < draft.out_count; i++)
        draft.out[i] = DAVY_VALUE_NONE;
    return import_draft(&draft);
}

davy_status davy_import_nodes(davy_scope *scope, Onnx__NodeProto *const *nodes, size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        if (!makes_nothing(nodes[i]))
            status = import_node(scope, nodes[i]);
    return status;
}
