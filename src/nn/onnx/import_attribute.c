/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"

#include <stdlib.h>
#include <string.h>

typedef Onnx__AttributeProto__AttributeType kind;

#define KIND(name) ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__##name

/* Files of IR version 1 do not say the kind: it is the field that is there. */
static kind kind_of(const Onnx__AttributeProto *attribute)
{
    if (attribute->has_type && attribute->type != KIND(UNDEFINED))
        return attribute->type;
    if (attribute->has_f)
        return KIND(FLOAT);
    if (attribute->has_i)
        return KIND(INT);
    if (attribute->has_s)
        return KIND(STRING);
    if (attribute->t)
        return KIND(TENSOR);
    if (attribute->g)
        return KIND(GRAPH);
    if (attribute->n_floats)
        return KIND(FLOATS);
    if (attribute->n_strings)
        return KIND(STRINGS);
    return KIND(INTS);
}

static const Onnx__AttributeProto *find(const Onnx__NodeProto *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (strcmp(davy_onnx_text(node->attribute[i]->name), name) == 0)
            return node->attribute[i];
    return NULL;
}

/* In a function's body an attribute may name one of the call instead of holding a value. */
static const Onnx__AttributeProto *resolve(const davy_scope *scope,
                                           const Onnx__AttributeProto *attribute)
{
    const char *name = davy_onnx_text(attribute->ref_attr_name);

    if (!*name)
        return attribute;
    return scope->call ? davy_draft_find(scope->call, name) : NULL;
}

const Onnx__AttributeProto *davy_draft_find(const davy_draft *draft, const char *name)
{
    const Onnx__AttributeProto *found = find(draft->proto, name);

    return found ? resolve(draft->scope, found) : NULL;
}

static davy_status set_texts(davy_draft *draft, const char *name, const ProtobufCBinaryData *texts,
                             size_t count, bool single)
{
    const char **copies =
        davy_arena_array(&draft->scope->import->scratch, count + 1, sizeof *copies);

    for (size_t i = 0; copies && i < count; i++) {
        copies[i] = davy_arena_text(&draft->scope->import->scratch,
                                    texts[i].len ? (const char *) texts[i].data : "", texts[i].len);
        if (!copies[i])
            copies = NULL;
    }
    if (!copies)
        return davy_fail(DAVY_ERR_NOMEM, "attribute '%s'", name);
    if (single)
        davy_node_set_text(draft->graph, &draft->node, name, copies[0]);
    else
        davy_node_set_texts(draft->graph, &draft->node, name, copies, count);
    return DAVY_OK;
}

static davy_status set_tensor(davy_draft *draft, const char *name, const Onnx__TensorProto *proto)
{
    davy_tensor tensor;
    davy_status status;

    if (!proto)
        return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "attribute '%s' holds no tensor", name);
    status = davy_import_tensor(draft->scope->import, proto, &tensor);
    if (status == DAVY_OK)
        davy_node_set_tensor(draft->graph, &draft->node, name, &tensor);
    return status;
}

static davy_status set(davy_draft *draft, const char *name, const Onnx__AttributeProto *from)
{
    davy_graph *graph = draft->graph;
    davy_node *node = &draft->node;

    switch (kind_of(from)) {
    case KIND(FLOAT):
        davy_node_set_float(graph, node, name, from->f);
        return DAVY_OK;
    case KIND(INT):
        davy_node_set_int(graph, node, name, from->i);
        return DAVY_OK;
    case KIND(STRING):
        return set_texts(draft, name, &from->s, 1, true);
    case KIND(FLOATS):
        davy_node_set_floats(graph, node, name, from->floats, from->n_floats);
        return DAVY_OK;
    case KIND(INTS):
        davy_node_set_ints(graph, node, name, from->ints, from->n_ints);
        return DAVY_OK;
    case KIND(STRINGS):
        return set_texts(draft, name, from->strings, from->n_strings, false);
    case KIND(TENSOR):
        return set_tensor(draft, name, from->t);
    case KIND(GRAPH): /* control flow imports it when its node stands */
        return DAVY_OK;
    default:
        return davy_draft_fail(draft, DAVY_ERR_UNSUPPORTED, "attribute '%s' is of kind %d", name,
                               (int) from->type);
    }
}

davy_status davy_import_attributes(davy_draft *draft)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < draft->proto->n_attribute && status == DAVY_OK; i++) {
        const Onnx__AttributeProto *attribute = draft->proto->attribute[i];
        const Onnx__AttributeProto *value = resolve(draft->scope, attribute);

        if (davy_node_attribute(&draft->node, davy_onnx_text(attribute->name)))
            return davy_draft_fail(draft, DAVY_ERR_CORRUPT, "attribute '%s' is there twice",
                                   davy_onnx_text(attribute->name));
        if (value)
            status = set(draft, davy_onnx_text(attribute->name), value);
    }
    return status;
}

void davy_draft_remove(davy_draft *draft, const char *name)
{
    davy_node *node = &draft->node;

    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            node->attributes[i--] = node->attributes[--node->attribute_count];
}
