/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tables.h"

#include <limits.h>
#include <string.h>

/* ------------------------------------------------------------------------------------- tensors */

davy_status davy_config_type(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    static const char *const words[] = {"TYPE_INVALID", "TYPE_BOOL",   "TYPE_UINT8", "TYPE_UINT16",
                                        "TYPE_UINT32",  "TYPE_UINT64", "TYPE_INT8",  "TYPE_INT16",
                                        "TYPE_INT32",   "TYPE_INT64",  "TYPE_FP16",  "TYPE_FP32",
                                        "TYPE_FP64",    "TYPE_STRING", "TYPE_BF16"};
    static const davy_type types[] = {DAVY_TYPE_NONE, DAVY_TYPE_BOOL, DAVY_TYPE_U8,  DAVY_TYPE_U16,
                                      DAVY_TYPE_U32,  DAVY_TYPE_U64,  DAVY_TYPE_I8,  DAVY_TYPE_I16,
                                      DAVY_TYPE_I32,  DAVY_TYPE_I64,  DAVY_TYPE_F16, DAVY_TYPE_F32,
                                      DAVY_TYPE_F64,  DAVY_TYPE_TEXT, DAVY_TYPE_BF16};
    size_t found = 0;
    davy_status status = davy_config_choose(b, node, words, DAVY_ARRAY_LENGTH(words), &found);

    if (status == DAVY_OK)
        *(davy_type *) field = types[found];
    return status;
}

davy_status davy_config_dim(const davy_config_binding *b, const davy_config_node *node, int *rank,
                            int64_t *dims)
{
    davy_status status;

    /* A batch is one dimension more. */
    if (*rank == DAVY_RANK_MAX - 1)
        return davy_config_fail(b->tree, node->line, "more than %d dims", DAVY_RANK_MAX - 1);
    status = davy_config_whole(b, node, -1, DAVY_ELEMENTS_MAX, &dims[*rank]);
    if (status == DAVY_OK)
        ++*rank;
    return status;
}

static davy_status add_port_dim(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    davy_port *port = field;

    return davy_config_dim(b, node, &port->rank, port->dims);
}

/* A text that davy_config_finish() takes from the tree. */
davy_status davy_config_check_text(const davy_config_binding *b, const davy_config_node *node,
                                   void *field)
{
    const char *text;

    (void) field;
    return davy_config_text(b, node, &text);
}

davy_status davy_config_check_flag(const davy_config_binding *b, const davy_config_node *node,
                                   void *field)
{
    bool on;

    (void) field;
    return davy_config_setters[DAVY_KEY_BOOL](b, node, &on);
}

static const davy_config_key input_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_port, name)},
    {.name = "data_type", CALL(davy_config_type), AT(davy_port, type)},
    {.name = "format", .kind = DAVY_KEY_ASIDE},
    {.name = "dims", CALL(add_port_dim), .many = true},
    {.name = "reshape", .kind = DAVY_KEY_REFUSED},
    {.name = "is_shape_tensor", .kind = DAVY_KEY_REFUSED},
    {.name = "allow_ragged_batch", .kind = DAVY_KEY_REFUSED},
    {.name = "optional", .kind = DAVY_KEY_BOOL, AT(davy_port, optional)},
    {.name = "is_non_linear_format_io", .kind = DAVY_KEY_REFUSED},
};
const davy_config_message davy_config_input = {"an input", input_keys,
                                               DAVY_ARRAY_LENGTH(input_keys)};

static const davy_config_key output_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_port, name)},
    {.name = "data_type", CALL(davy_config_type), AT(davy_port, type)},
    {.name = "dims", CALL(add_port_dim), .many = true},
    {.name = "reshape", .kind = DAVY_KEY_REFUSED},
    {.name = "label_filename", CALL(davy_config_check_text)},
    {.name = "is_shape_tensor", .kind = DAVY_KEY_REFUSED},
    {.name = "is_non_linear_format_io", .kind = DAVY_KEY_REFUSED},
};
const davy_config_message davy_config_output = {"an output", output_keys,
                                                DAVY_ARRAY_LENGTH(output_keys)};

/* ----------------------------------------------------------------------------------- ensembles */

static davy_status set_version(const davy_config_binding *b, const davy_config_node *node,
                               void *field)
{
    int64_t version;
    davy_status status = davy_config_whole(b, node, -1, INT_MAX, &version);

    if (status == DAVY_OK && version == 0)
        return davy_config_fail(b->tree, node->line, "model_version is -1 or a version");
    if (status == DAVY_OK)
        *(const char **) field =
            davy_arena_text(b->arena, node->text, version > 0 ? strlen(node->text) : 0);
    return status == DAVY_OK && !*(const char **) field
               ? davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file)
               : status;
}

static const davy_config_key map_keys[] = {
    {.name = "key", .kind = DAVY_KEY_TEXT, AT(davy_ensemble_map, model)},
    {.name = "value", .kind = DAVY_KEY_TEXT, AT(davy_ensemble_map, ensemble)},
};
KEYS(map_message, "a map of names", map_keys);

static const davy_config_key step_keys[] = {
    {.name = "model_name", .kind = DAVY_KEY_TEXT, AT(davy_ensemble_step, model)},
    {.name = "model_version", CALL(set_version), AT(davy_ensemble_step, version)},
    {.name = "input_map", ARRAY(davy_ensemble_step, inputs, input_count), .message = &map_message},
    {.name = "output_map",
     ARRAY(davy_ensemble_step, outputs, output_count),
     .message = &map_message},
    {.name = "model_namespace", .kind = DAVY_KEY_REFUSED},
};
const davy_config_message davy_config_step = {"a step", step_keys, DAVY_ARRAY_LENGTH(step_keys)};

/* ------------------------------------------------------------------------------------- warm-up */

static davy_status set_warmup_type(const davy_config_binding *b, const davy_config_node *node,
                                   void *field)
{
    return davy_config_type(b, node, &((davy_warmup_input *) field)->port.type);
}

static davy_status add_warmup_dim(const davy_config_binding *b, const davy_config_node *node,
                                  void *field)
{
    return add_port_dim(b, node, &((davy_warmup_input *) field)->port);
}

static const davy_config_key warmup_value_keys[] = {
    {.name = "data_type", CALL(set_warmup_type)},
    {.name = "dims", CALL(add_warmup_dim), .many = true},
    {.name = "zero_data", CALL(davy_config_check_flag)},
    {.name = "random_data", .kind = DAVY_KEY_BOOL, AT(davy_warmup_input, random)},
    {.name = "input_data_file", .kind = DAVY_KEY_TEXT, AT(davy_warmup_input, file)},
};
KEYS(warmup_value_message, "an input of model_warmup", warmup_value_keys);

static const davy_config_key warmup_input_keys[] = {
    {.name = "key", .kind = DAVY_KEY_TEXT, AT(davy_warmup_input, port.name)},
    {.name = "value", INSIDE(warmup_value_message)},
};
KEYS(warmup_input_message, "inputs of model_warmup", warmup_input_keys);

static const davy_config_key warmup_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_warmup, name)},
    {.name = "batch_size", .kind = DAVY_KEY_SIZE, AT(davy_warmup, batch)},
    {.name = "count", .kind = DAVY_KEY_SIZE, AT(davy_warmup, count)},
    {.name = "inputs", ARRAY(davy_warmup, inputs, input_count), .message = &warmup_input_message},
};
const davy_config_message davy_config_warmup = {"model_warmup", warmup_keys,
                                                DAVY_ARRAY_LENGTH(warmup_keys)};
