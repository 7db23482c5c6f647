/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tables.h"

#include <stdlib.h>

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

static davy_status add_state_dim(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_sequence_state *state = field;

    return davy_config_dim(b, node, &state->rank, state->dims);
}

static const davy_config_key initial_keys[] = {
    {.name = "data_type", .kind = DAVY_KEY_ASIDE},
    {.name = "dims", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "zero_data", CALL(davy_config_check_flag)},
    {.name = "data_file", .kind = DAVY_KEY_REFUSED},
    {.name = "name", .kind = DAVY_KEY_ASIDE},
};
KEYS(initial_message, "initial_state", initial_keys);

static const davy_config_key state_keys[] = {
    {.name = "input_name", .kind = DAVY_KEY_TEXT, AT(davy_sequence_state, input)},
    {.name = "output_name", .kind = DAVY_KEY_TEXT, AT(davy_sequence_state, output)},
    {.name = "data_type", CALL(davy_config_type), AT(davy_sequence_state, type)},
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

davy_status davy_config_set_sequencing(const davy_config_binding *b, const davy_config_node *node,
                                       void *field)
{
    ((davy_sequencing *) field)->on = true;
    return davy_config_bind(b, node, &sequencing_message, field);
}
