/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row of a table: AT() a field, or an ARRAY() with its count. */
#define AT(type, field) .at = offsetof(struct type, field)
#define ARRAY(type, field, length)                                              \
    .many = true, .kind = DAVY_KEY_MESSAGE, .at = offsetof(struct type, field), \
    .count_at = offsetof(struct type, length), .size = sizeof *((struct type *) NULL)->field
#define CALL(function) .kind = DAVY_KEY_CALL, .set = (function)
#define INSIDE(inner)  .kind = DAVY_KEY_MESSAGE, .message = &(inner)
#define KEYS(variable, words, table) \
    static const davy_config_message variable = {words, table, DAVY_ARRAY_LENGTH(table)}

/* --------------------------------------------------------------------------------------- tensors
 */

static davy_status set_type(const davy_config_binding *b, const davy_config_node *node, void *field)
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

static davy_status add_dim(const davy_config_binding *b, const davy_config_node *node, int *rank,
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

    return add_dim(b, node, &port->rank, port->dims);
}

static davy_status add_state_dim(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_sequence_state *state = field;

    return add_dim(b, node, &state->rank, state->dims);
}

/* A text that davy_config_finish() takes from the tree. */
static davy_status check_text(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    const char *text;

    (void) field;
    return davy_config_text(b, node, &text);
}

static davy_status check_flag(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    bool on;

    (void) field;
    return davy_config_setters[DAVY_KEY_BOOL](b, node, &on);
}

static const davy_config_key input_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_port, name)},
    {.name = "data_type", CALL(set_type), AT(davy_port, type)},
    {.name = "format", .kind = DAVY_KEY_ASIDE},
    {.name = "dims", CALL(add_port_dim), .many = true},
    {.name = "reshape", .kind = DAVY_KEY_REFUSED},
    {.name = "is_shape_tensor", .kind = DAVY_KEY_REFUSED},
    {.name = "allow_ragged_batch", .kind = DAVY_KEY_REFUSED},
    {.name = "optional", .kind = DAVY_KEY_BOOL, AT(davy_port, optional)},
    {.name = "is_non_linear_format_io", .kind = DAVY_KEY_REFUSED},
};
KEYS(input_message, "an input", input_keys);

static const davy_config_key output_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_port, name)},
    {.name = "data_type", CALL(set_type), AT(davy_port, type)},
    {.name = "dims", CALL(add_port_dim), .many = true},
    {.name = "reshape", .kind = DAVY_KEY_REFUSED},
    {.name = "label_filename", CALL(check_text)},
    {.name = "is_shape_tensor", .kind = DAVY_KEY_REFUSED},
    {.name = "is_non_linear_format_io", .kind = DAVY_KEY_REFUSED},
};
KEYS(output_message, "an output", output_keys);

/* -------------------------------------------------------------------------------------- versions
 */

static const davy_config_key latest_keys[] = {
    {.name = "num_versions", .kind = DAVY_KEY_SIZE, AT(davy_infer_config, policy_count)},
};
KEYS(latest_message, "latest", latest_keys);

static const davy_config_message all_message = {"all", NULL, 0};

static davy_status set_number(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    int64_t number;
    davy_status status = davy_config_whole(b, node, 1, INT_MAX, &number);

    if (status == DAVY_OK)
        *(unsigned *) field = (unsigned) number;
    return status;
}

static const davy_config_key specific_keys[] = {
    {.name = "versions",
     CALL(set_number),
     .many = true,
     .at = offsetof(davy_infer_config, policy_versions),
     .count_at = offsetof(davy_infer_config, policy_count),
     .size = sizeof(unsigned)},
};
KEYS(specific_message, "specific", specific_keys);

static davy_status set_latest(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_LATEST;
    return davy_config_bind(b, node, &latest_message, field);
}

static davy_status set_all(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_ALL;
    return davy_config_bind(b, node, &all_message, field);
}

static davy_status set_specific(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_SPECIFIC;
    return davy_config_bind(b, node, &specific_message, field);
}

static const davy_config_key policy_keys[] = {
    {.name = "latest", CALL(set_latest)},
    {.name = "all", CALL(set_all)},
    {.name = "specific", CALL(set_specific)},
};
KEYS(policy_message, "version_policy", policy_keys);

static davy_status set_policy(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    if (node->first && node->first->next)
        return davy_config_fail(b->tree, node->line,
                                "version_policy is one of latest, all, "
                                "specific");
    return davy_config_bind(b, node, &policy_message, field);
}

/* --------------------------------------------------------------------------------------- batches
 */

static davy_status set_action(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    static const char *const words[] = {"REJECT", "DELAY"};
    size_t found = 0;
    davy_status status = davy_config_choose(b, node, words, 2, &found);

    *(davy_timeout_action *) field = found == 1 ? DAVY_TIMEOUT_DELAY : DAVY_TIMEOUT_REJECT;
    return status;
}

static const davy_config_key queue_keys[] = {
    {.name = "timeout_action", CALL(set_action), AT(davy_queue_policy, action)},
    {.name = "default_timeout_microseconds",
     .kind = DAVY_KEY_U64,
     AT(davy_queue_policy, timeout_us)},
    {.name = "allow_timeout_override",
     .kind = DAVY_KEY_BOOL,
     AT(davy_queue_policy, allow_timeout_override)},
    {.name = "max_queue_size", .kind = DAVY_KEY_SIZE, AT(davy_queue_policy, size_max)},
};
KEYS(queue_message, "a queue policy", queue_keys);

/* It is the policy of every priority that has none of its own; those come after it. */
static davy_status set_queue(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    davy_batching *batching = field;
    davy_status status = davy_config_bind(b, node, &queue_message, &batching->queue);

    for (size_t i = 0; i < DAVY_PRIORITIES_MAX; i++)
        batching->queues[i] = batching->queue;
    return status;
}

/* One entry of a map by number; the value is bound when the key is known. */
struct priority {
    size_t level;
    const davy_config_node *value;
};

static davy_status keep_node(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    (void) b;
    *(const davy_config_node **) field = node;
    return DAVY_OK;
}

static davy_status set_level(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    int64_t level;
    davy_status status = davy_config_whole(b, node, 1, DAVY_PRIORITIES_MAX, &level);

    if (status == DAVY_OK)
        *(size_t *) field = (size_t) level;
    return status;
}

static const davy_config_key priority_keys[] = {
    {.name = "key", CALL(set_level), AT(priority, level)},
    {.name = "value", CALL(keep_node), AT(priority, value)},
};
KEYS(priority_message, "priority_queue_policy", priority_keys);

static davy_status add_priority(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    davy_batching *batching = field;
    struct priority entry = {.level = 0};
    davy_status status = davy_config_bind(b, node, &priority_message, &entry);

    if (status != DAVY_OK)
        return status;
    if (entry.level == 0 || !entry.value)
        return davy_config_fail(b->tree, node->line, "priority_queue_policy has a key and a value");
    batching->queues[entry.level - 1] = (davy_queue_policy){.size_max = 0};
    return davy_config_bind(b, entry.value, &queue_message, &batching->queues[entry.level - 1]);
}

static davy_status add_preferred(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_batching *batching = field;
    size_t place = batching->preferred_count;
    int64_t size;
    davy_status status = davy_config_whole(b, node, 1, INT32_MAX, &size);

    if (status != DAVY_OK)
        return status;
    if (place == DAVY_PREFERRED_MAX)
        return davy_config_fail(b->tree, node->line, "more than %d preferred sizes",
                                DAVY_PREFERRED_MAX);
    for (; place > 0 && batching->preferred[place - 1] > (size_t) size; place--)
        batching->preferred[place] = batching->preferred[place - 1];
    batching->preferred[place] = (size_t) size;
    batching->preferred_count++;
    return DAVY_OK;
}

static const davy_config_key batching_keys[] = {
    {.name = "preferred_batch_size", CALL(add_preferred), .many = true},
    {.name = "max_queue_delay_microseconds", .kind = DAVY_KEY_U64, AT(davy_batching, delay_us)},
    {.name = "preserve_ordering", .kind = DAVY_KEY_ASIDE},
    {.name = "priority_levels", .kind = DAVY_KEY_UNSIGNED, AT(davy_batching, priority_levels)},
    {.name = "default_priority_level",
     .kind = DAVY_KEY_UNSIGNED,
     AT(davy_batching, priority_default)},
    {.name = "default_queue_policy", CALL(set_queue)},
    {.name = "priority_queue_policy", CALL(add_priority), .many = true},
};
KEYS(batching_message, "dynamic_batching", batching_keys);

static davy_status set_batching(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    ((davy_batching *) field)->dynamic = true;
    return davy_config_bind(b, node, &batching_message, field);
}

/* ------------------------------------------------------------------------------------- sequences
 */

enum { CONTROL_START, CONTROL_READY, CONTROL_END, CONTROL_CORRELATION, CONTROL_KINDS };

struct control {
    size_t kind;
    size_t numbers; /* of false and true that were read */
};

static davy_status set_control(const davy_config_binding *b, const davy_config_node *node,
                               void *field)
{
    static const char *const words[] = {"CONTROL_SEQUENCE_START", "CONTROL_SEQUENCE_READY",
                                        "CONTROL_SEQUENCE_END", "CONTROL_SEQUENCE_CORRID"};

    return davy_config_choose(b, node, words, CONTROL_KINDS, field);
}

/* A control is 0 or 1 in the type of its input; nobody writes other numbers. */
static davy_status check_false_true(const davy_config_binding *b, const davy_config_node *node,
                                    void *field)
{
    struct control *control = field;
    bool value = false;
    char *end = NULL;
    davy_status status = DAVY_OK;

    if (node->kind == DAVY_CONFIG_WORD && strtod(node->text, &end) >= 0 && *end == '\0')
        value = strtod(node->text, NULL) != 0;
    else
        status = davy_config_setters[DAVY_KEY_BOOL](b, node, &value);
    if (status == DAVY_OK && value != (control->numbers++ > 0))
        status = davy_config_fail(b->tree, node->line,
                                  "davy's controls are 0 for false and 1 for "
                                  "true");
    return status;
}

static const davy_config_key control_keys[] = {
    {.name = "kind", CALL(set_control), AT(control, kind)},
    {.name = "int32_false_true", CALL(check_false_true), .many = true},
    {.name = "fp32_false_true", CALL(check_false_true), .many = true},
    {.name = "bool_false_true", CALL(check_false_true), .many = true},
    {.name = "data_type", .kind = DAVY_KEY_ASIDE},
};
KEYS(control_message, "a control", control_keys);

struct control_input {
    const char *name;
    struct control *controls;
    size_t count;
};

static const davy_config_key control_input_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(control_input, name)},
    {.name = "control", ARRAY(control_input, controls, count), .message = &control_message},
};
KEYS(control_input_message, "control_input", control_input_keys);

static davy_status add_control(const davy_config_binding *b, const davy_config_node *node,
                               void *field)
{
    davy_sequencing *sequencing = field;
    const char **places[] = {&sequencing->start, &sequencing->ready, &sequencing->end,
                             &sequencing->correlation};
    struct control_input input = {.name = NULL};
    davy_status status = davy_config_bind(b, node, &control_input_message, &input);

    if (status == DAVY_OK && (!input.name || input.count != 1))
        status =
            davy_config_fail(b->tree, node->line, "a control_input has a name and one control");
    if (status == DAVY_OK && *places[input.controls[0].kind])
        status = davy_config_fail(b->tree, node->line, "two inputs for one control");
    if (status == DAVY_OK)
        *places[input.controls[0].kind] = input.name;
    return status;
}

static const davy_config_key initial_keys[] = {
    {.name = "data_type", .kind = DAVY_KEY_ASIDE},
    {.name = "dims", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "zero_data", CALL(check_flag)},
    {.name = "data_file", .kind = DAVY_KEY_REFUSED},
    {.name = "name", .kind = DAVY_KEY_ASIDE},
};
KEYS(initial_message, "initial_state", initial_keys);

static const davy_config_key state_keys[] = {
    {.name = "input_name", .kind = DAVY_KEY_TEXT, AT(davy_sequence_state, input)},
    {.name = "output_name", .kind = DAVY_KEY_TEXT, AT(davy_sequence_state, output)},
    {.name = "data_type", CALL(set_type), AT(davy_sequence_state, type)},
    {.name = "dims", CALL(add_state_dim), .many = true},
    {.name = "initial_state", INSIDE(initial_message)},
    {.name = "use_same_buffer_for_input_output", .kind = DAVY_KEY_ASIDE},
    {.name = "use_growable_memory", .kind = DAVY_KEY_ASIDE},
};
KEYS(state_message, "a state", state_keys);

static const davy_config_key oldest_keys[] = {
    {.name = "max_candidate_sequences", .kind = DAVY_KEY_SIZE, AT(davy_sequencing, sequences_max)},
    {.name = "preferred_batch_size", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "max_queue_delay_microseconds", .kind = DAVY_KEY_ASIDE},
    {.name = "preserve_ordering", .kind = DAVY_KEY_ASIDE},
};
KEYS(oldest_message, "oldest", oldest_keys);

static const davy_config_key sequencing_keys[] = {
    {.name = "direct", .kind = DAVY_KEY_ASIDE},
    {.name = "oldest", INSIDE(oldest_message)},
    {.name = "max_sequence_idle_microseconds", .kind = DAVY_KEY_U64, AT(davy_sequencing, idle_us)},
    {.name = "control_input", CALL(add_control), .many = true},
    {.name = "state", ARRAY(davy_sequencing, states, state_count), .message = &state_message},
    {.name = "iterative_sequence", .kind = DAVY_KEY_REFUSED},
};
KEYS(sequencing_message, "sequence_batching", sequencing_keys);

static davy_status set_sequencing(const davy_config_binding *b, const davy_config_node *node,
                                  void *field)
{
    ((davy_sequencing *) field)->on = true;
    return davy_config_bind(b, node, &sequencing_message, field);
}

/* ------------------------------------------------------------------------------------- ensembles
 */

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
KEYS(step_message, "a step", step_keys);

static const davy_config_key ensemble_keys[] = {
    {.name = "step", ARRAY(davy_infer_config, steps, step_count), .message = &step_message},
    {.name = "max_inflight_requests", .kind = DAVY_KEY_ASIDE},
};
KEYS(ensemble_message, "ensemble_scheduling", ensemble_keys);

/* --------------------------------------------------------------------------------------- warm-up
 */

static davy_status set_warmup_type(const davy_config_binding *b, const davy_config_node *node,
                                   void *field)
{
    return set_type(b, node, &((davy_warmup_input *) field)->port.type);
}

static davy_status add_warmup_dim(const davy_config_binding *b, const davy_config_node *node,
                                  void *field)
{
    return add_port_dim(b, node, &((davy_warmup_input *) field)->port);
}

static const davy_config_key warmup_value_keys[] = {
    {.name = "data_type", CALL(set_warmup_type)},
    {.name = "dims", CALL(add_warmup_dim), .many = true},
    {.name = "zero_data", CALL(check_flag)},
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
KEYS(warmup_message, "model_warmup", warmup_keys);

/* ------------------------------------------------------------------------------- the other keys */

static davy_status set_instance_kind(const davy_config_binding *b, const davy_config_node *node,
                                     void *field)
{
    static const char *const words[] = {"KIND_AUTO", "KIND_CPU", "KIND_MODEL", "KIND_GPU"};
    size_t found = 0;
    davy_status status = davy_config_choose(b, node, words, 4, &found);

    if (status == DAVY_OK && found == 3) /* davy runs it where it is */
        status = davy_config_setters[DAVY_KEY_ASIDE](b, node, field);
    return status;
}

struct group {
    size_t count;
};

static const davy_config_key group_keys[] = {
    {.name = "name", CALL(check_text)},
    {.name = "kind", CALL(set_instance_kind)},
    {.name = "count", .kind = DAVY_KEY_SIZE, AT(group, count)},
    {.name = "rate_limiter", .kind = DAVY_KEY_ASIDE},
    {.name = "gpus", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "secondary_devices", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "profile", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "passive", .kind = DAVY_KEY_REFUSED},
    {.name = "host_policy", .kind = DAVY_KEY_ASIDE},
};
KEYS(group_message, "instance_group", group_keys);

static davy_status add_group(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    struct group group = {.count = 1};
    davy_status status = davy_config_bind(b, node, &group_message, &group);

    *(size_t *) field += group.count;
    return status;
}

/* A backend's name stands for a platform where no platform is said. */
static davy_status set_backend(const davy_config_binding *b, const davy_config_node *node,
                               void *field)
{
    const char **platform = field, *text;
    davy_status status = davy_config_text(b, node, &text);

    if (status == DAVY_OK && (*platform)[0] == '\0')
        *platform = text;
    return status;
}

static davy_status check_filename(const davy_config_binding *b, const davy_config_node *node,
                                  void *field)
{
    const char *text;
    davy_status status = davy_config_text(b, node, &text);

    (void) field;
    if (status == DAVY_OK && *text && strcmp(text, "model.onnx") != 0)
        status = davy_config_fail(b->tree, node->line, "davy serves model.onnx, not '%.60s'", text);
    return status;
}

struct parameter {
    const char *key, *text;
    const davy_config_node *value;
};

static const davy_config_key parameter_value_keys[] = {
    {.name = "string_value", .kind = DAVY_KEY_TEXT, AT(parameter, text)},
};
KEYS(parameter_value_message, "a value of parameters", parameter_value_keys);

static const davy_config_key parameter_keys[] = {
    {.name = "key", .kind = DAVY_KEY_TEXT, AT(parameter, key)},
    {.name = "value", INSIDE(parameter_value_message)},
};
KEYS(parameter_message, "parameters", parameter_keys);

/* Those of davy are read, and those of other backends left aside. */
static davy_status add_parameter(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_infer_config *config = field;
    struct parameter found = {.key = "", .text = ""};
    davy_status status = davy_config_bind(b, node, &parameter_message, &found);
    char *end;

    if (status != DAVY_OK)
        return status;
    if (strcmp(found.key, DAVY_CONFIG_IMAGE) == 0)
        return davy_config_image(b, node->line, found.text, &config->image);
    if (strcmp(found.key, DAVY_CONFIG_LATENCY) == 0) {
        config->latency_ms = strtod(found.text, &end);
        return *found.text && *end == '\0' && config->latency_ms > 0 && isfinite(config->latency_ms)
                   ? DAVY_OK
                   : davy_config_fail(b->tree, node->line,
                                      DAVY_CONFIG_LATENCY " is milliseconds above 0, not '%.60s'",
                                      found.text);
    }
    if (strncmp(found.key, "davy.", 5) == 0)
        return davy_config_fail(b->tree, node->line,
                                "'%.60s' is none of davy's parameters: " DAVY_CONFIG_IMAGE
                                ", " DAVY_CONFIG_LATENCY,
                                found.key);
    davy_buffer_printf(b->aside, "%s%.60s", b->aside->length ? ", " : "", found.key);
    return davy_buffer_ok(b->aside);
}

static const davy_config_key root_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_infer_config, name)},
    {.name = "platform", .kind = DAVY_KEY_TEXT, AT(davy_infer_config, platform)},
    {.name = "backend", CALL(set_backend), AT(davy_infer_config, platform)},
    {.name = "runtime", .kind = DAVY_KEY_ASIDE},
    {.name = "version_policy", CALL(set_policy)},
    {.name = "max_batch_size", .kind = DAVY_KEY_SIZE, AT(davy_infer_config, batch_max)},
    {.name = "input", ARRAY(davy_infer_config, inputs, input_count), .message = &input_message},
    {.name = "output", ARRAY(davy_infer_config, outputs, output_count), .message = &output_message},
    {.name = "batch_input", .kind = DAVY_KEY_REFUSED},
    {.name = "batch_output", .kind = DAVY_KEY_REFUSED},
    {.name = "optimization", .kind = DAVY_KEY_ASIDE},
    {.name = "dynamic_batching", CALL(set_batching), AT(davy_infer_config, batching)},
    {.name = "sequence_batching", CALL(set_sequencing), AT(davy_infer_config, sequencing)},
    {.name = "ensemble_scheduling", INSIDE(ensemble_message)},
    {.name = "instance_group", CALL(add_group), .many = true, AT(davy_infer_config, instances)},
    {.name = "default_model_filename", CALL(check_filename)},
    {.name = "cc_model_filenames", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "metric_tags", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "parameters", CALL(add_parameter), .many = true},
    {.name = "model_warmup",
     ARRAY(davy_infer_config, warmups, warmup_count),
     .message = &warmup_message},
    {.name = "model_operations", .kind = DAVY_KEY_REFUSED},
    {.name = "model_transaction_policy", .kind = DAVY_KEY_REFUSED},
    {.name = "model_repository_agents", .kind = DAVY_KEY_REFUSED},
    {.name = "response_cache", .kind = DAVY_KEY_ASIDE},
    {.name = "model_metrics", .kind = DAVY_KEY_ASIDE},
};

const davy_config_message davy_config_root = {"a config", root_keys, DAVY_ARRAY_LENGTH(root_keys)};
