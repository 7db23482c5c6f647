/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/onnx/tensor_proto.h"

#include <string.h>

#define KIND(name) ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__##name

/* A new attribute of the newest node, or one that nobody sees after a failure. */
static Onnx__AttributeProto *add_attribute(davy_exporter *exporter, const char *name,
                                           Onnx__AttributeProto__AttributeType type)
{
    static _Thread_local Onnx__AttributeProto nowhere;
    Onnx__NodeProto *node = davy_export_newest(exporter);
    Onnx__AttributeProto *attribute = davy_export_take(exporter, 1, sizeof *attribute);
    Onnx__AttributeProto **list =
        node ? davy_export_take(exporter, node->n_attribute + 1, sizeof(void *)) : NULL;

    if (!attribute || !list)
        return &nowhere;
    onnx__attribute_proto__init(attribute);
    attribute->name = davy_export_text(exporter, name);
    attribute->has_type = 1;
    attribute->type = type;
    if (node->n_attribute)
        memcpy(list, node->attribute, node->n_attribute * sizeof(void *));
    list[node->n_attribute++] = attribute;
    node->attribute = list;
    return attribute;
}

void davy_export_set_int(davy_exporter *exporter, const char *name, int64_t value)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, name, KIND(INT));

    attribute->has_i = 1;
    attribute->i = value;
}

void davy_export_set_float(davy_exporter *exporter, const char *name, float value)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, name, KIND(FLOAT));

    attribute->has_f = 1;
    attribute->f = value;
}

void davy_export_set_word(davy_exporter *exporter, const char *name, const char *value)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, name, KIND(STRING));

    attribute->has_s = 1;
    attribute->s =
        (ProtobufCBinaryData){strlen(value), (uint8_t *) davy_export_text(exporter, value)};
}

void davy_export_set_ints(davy_exporter *exporter, const char *name, const int64_t *values,
                          size_t count)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, name, KIND(INTS));

    attribute->ints = davy_export_take(exporter, count, sizeof *values);
    attribute->n_ints = attribute->ints ? count : 0;
    if (attribute->n_ints)
        memcpy(attribute->ints, values, count * sizeof *values);
}

void davy_export_set_words(davy_exporter *exporter, const char *name, const char *const *values,
                           size_t count)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, name, KIND(STRINGS));

    attribute->strings = davy_export_take(exporter, count, sizeof *attribute->strings);
    attribute->n_strings = attribute->strings ? count : 0;
    for (size_t i = 0; i < attribute->n_strings; i++)
        attribute->strings[i] = (ProtobufCBinaryData){
            strlen(values[i]), (uint8_t *) davy_export_text(exporter, values[i])};
}

void davy_export_set_graph(davy_exporter *exporter, const char *name, Onnx__GraphProto *value)
{
    add_attribute(exporter, name, KIND(GRAPH))->g = value;
}

static void copy_floats(davy_exporter *exporter, const davy_attribute *from)
{
    Onnx__AttributeProto *attribute = add_attribute(exporter, from->name, KIND(FLOATS));

    attribute->floats = davy_export_take(exporter, from->count, sizeof *from->floats);
    attribute->n_floats = attribute->floats ? from->count : 0;
    if (attribute->n_floats)
        memcpy(attribute->floats, from->floats, from->count * sizeof *from->floats);
}

static void copy_tensor(davy_exporter *exporter, const davy_attribute *from)
{
    Onnx__TensorProto *tensor = davy_export_take(exporter, 1, sizeof *tensor);

    if (!tensor)
        return;
    davy_tensor_pack(from->tensor, "", NULL, tensor);
    add_attribute(exporter, from->name, KIND(TENSOR))->t = tensor;
}

static void copy(davy_exporter *exporter, const davy_node *node, const davy_attribute *from)
{
    switch (from->kind) {
    case DAVY_ATTRIBUTE_INT:
        davy_export_set_int(exporter, from->name, from->ints[0]);
        break;
    case DAVY_ATTRIBUTE_FLOAT:
        davy_export_set_float(exporter, from->name, from->floats[0]);
        break;
    case DAVY_ATTRIBUTE_TEXT:
        davy_export_set_word(exporter, from->name, from->texts[0]);
        break;
    case DAVY_ATTRIBUTE_INTS:
        davy_export_set_ints(exporter, from->name, from->ints, from->count);
        break;
    case DAVY_ATTRIBUTE_FLOATS:
        copy_floats(exporter, from);
        break;
    case DAVY_ATTRIBUTE_TEXTS:
        davy_export_set_words(exporter, from->name, from->texts, from->count);
        break;
    case DAVY_ATTRIBUTE_TENSOR:
        if (from->tensor->type == DAVY_TYPE_TEXT)
            davy_export_refuse(exporter, node, from->name);
        else
            copy_tensor(exporter, from);
        break;
    default:
        davy_export_refuse(exporter, node, from->name);
    }
}

void davy_export_copy(davy_exporter *exporter, const davy_node *node, const char *name)
{
    const davy_attribute *found = davy_node_attribute(node, name);

    if (found)
        copy(exporter, node, found);
}

void davy_export_copy_all(davy_exporter *exporter, const davy_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        copy(exporter, node, &node->attributes[i]);
}
