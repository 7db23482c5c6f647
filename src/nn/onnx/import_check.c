/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Operators told by name in one sentence; more are counted. */
#define TOLD_MAX 12

bool davy_import_is_standard(const char *domain)
{
    return !*domain || strcmp(domain, "ai.onnx") == 0;
}

const char *davy_import_type(davy_arena *scratch, const Onnx__NodeProto *node)
{
    const char *domain = davy_onnx_text(node->domain), *type = davy_onnx_text(node->op_type);
    size_t size;
    char *name;

    if (davy_import_is_standard(domain))
        return type;
    size = strlen(domain) + strlen(type) + 2;
    name = davy_arena_alloc(scratch, size);
    if (name)
        (void) snprintf(name, size, "%s.%s", domain, type);
    return name;
}

int64_t davy_import_opset(Onnx__OperatorSetIdProto *const *opsets, size_t count, const char *domain)
{
    const bool standard = davy_import_is_standard(domain);

    for (size_t i = 0; i < count; i++) {
        const char *has = davy_onnx_text(opsets[i]->domain);

        if (strcmp(has, domain) == 0 || (standard && davy_import_is_standard(has)))
            return opsets[i]->has_version ? opsets[i]->version : 1;
    }
    return 0;
}

const Onnx__FunctionProto *davy_import_function(const davy_import *import, const char *domain,
                                                const char *name)
{
    for (size_t i = 0; i < import->model->n_functions; i++) {
        const Onnx__FunctionProto *function = import->model->functions[i];

        if (strcmp(davy_onnx_text(function->domain), domain) == 0 &&
            strcmp(davy_onnx_text(function->name), name) == 0)
            return function;
    }
    return NULL;
}

const char *davy_import_node_name(const Onnx__NodeProto *node)
{
    if (node->name && *node->name)
        return node->name;
    return node->n_output ? node->output[0] : "";
}

/* The sentence as it grows. */
struct report {
    char text[DAVY_ERROR_MAX];
    size_t used, found;
    davy_import *import;
};

static void tell(struct report *report, const char *type, const Onnx__NodeProto *node,
                 int64_t opset)
{
    if (report->found++ >= TOLD_MAX || report->used >= sizeof report->text)
        return;
    report->used +=
        (size_t) snprintf(report->text + report->used, sizeof report->text - report->used,
                          "%s%s (node '%.60s', operator set %" PRId64 ")",
                          report->found > 1 ? ", " : "", type, davy_import_node_name(node), opset);
}

static void check_node(struct report *report, const Onnx__NodeProto *node, int64_t opset)
{
    const char *type = davy_import_type(&report->import->scratch, node);

    if (type &&
        !davy_import_function(report->import, davy_onnx_text(node->domain),
                              davy_onnx_text(node->op_type)) &&
        !davy_import_builder(type) && !davy_import_operator(type) &&
        !davy_import_upgraded(type, opset))
        tell(report, type, node, opset);
}

static void check_nodes(struct report *report, Onnx__OperatorSetIdProto *const *opsets,
                        size_t opset_count, Onnx__NodeProto *const *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *domain = davy_onnx_text(nodes[i]->domain);
        const int64_t opset = davy_import_opset(opsets, opset_count, domain);

        check_node(report, nodes[i], opset);
        for (size_t k = 0; k < nodes[i]->n_attribute; k++) {
            const Onnx__GraphProto *inner = nodes[i]->attribute[k]->g;

            if (inner)
                check_nodes(report, opsets, opset_count, inner->node, inner->n_node);
        }
    }
}

davy_status davy_import_check(davy_import *import)
{
    const Onnx__ModelProto *model = import->model;
    struct report report = {.import = import};

    check_nodes(&report, model->opset_import, model->n_opset_import, model->graph->node,
                model->graph->n_node);
    for (size_t i = 0; i < model->n_functions; i++)
        check_nodes(&report, model->functions[i]->opset_import, model->functions[i]->n_opset_import,
                    model->functions[i]->node, model->functions[i]->n_node);
    if (report.found == 0)
        return DAVY_OK;
    if (report.found > TOLD_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "davy has not got %s and %zu more", report.text,
                         report.found - TOLD_MAX);
    return davy_fail(DAVY_ERR_UNSUPPORTED, "davy has not got %s", report.text);
}
