/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"
#include "infer/batch.h"
#include "infer/boxes.h"

#include <inttypes.h>
#include <string.h>

davy_port *davy_ports_make(davy_served *served, size_t count)
{
    return davy_arena_array(&served->arena, count + 1, sizeof(davy_port));
}

davy_status davy_port_check(const davy_port *port, const davy_tensor *tensor)
{
    if (tensor->type != port->type) {
        const char *given = davy_datatype_name(tensor->type);

        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' is %s, and %s was given", port->name,
                         davy_datatype_name(port->type), given ? given : "something else");
    }
    if (tensor->rank != port->rank)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' has %d dimensions, and %d were given",
                         port->name, port->rank, tensor->rank);
    for (int i = 0; i < port->rank; i++)
        if (port->dims[i] >= 0 && port->dims[i] != tensor->dims[i])
            return davy_fail(DAVY_ERR_INVALID,
                             "input '%.100s': dimension %d is %" PRId64 ", and %" PRId64
                             " was given",
                             port->name, i, port->dims[i], tensor->dims[i]);
    return DAVY_OK;
}

static const davy_port *find_port(const davy_port *ports, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ports[i].name, name) == 0)
            return &ports[i];
    return NULL;
}

static davy_status fill_port(davy_served *served, const davy_graph *graph, davy_value value,
                             const davy_tensor *declared, davy_port *port)
{
    const davy_edge *edge = &graph->values[value];

    port->name = davy_arena_text(&served->arena, edge->name, strlen(edge->name));
    port->type = declared->type;
    port->rank = declared->rank;
    memcpy(port->dims, declared->dims, sizeof port->dims);
    return port->name ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "ports");
}

/* What a config says of a port: its dims are without those of the batch. */
static davy_status narrow_port(const davy_port *said, bool batched, const char *what,
                               davy_port *port)
{
    const int first = batched ? 1 : 0;

    if (port->type == DAVY_TYPE_NONE) { /* the graph leaves it open */
        *port = (davy_port){.name = port->name, .type = said->type, .rank = said->rank + first};
        for (int i = 0; i < port->rank; i++)
            port->dims[i] = -1;
    }
    if (said->type != DAVY_TYPE_NONE && said->type != port->type)
        return davy_fail(DAVY_ERR_INVALID,
                         "%s '%.100s': " DAVY_CONFIG_FILE " says %s, the graph %s", what,
                         port->name, davy_datatype_name(said->type), davy_type_name(port->type));
    if (said->rank + first != port->rank)
        return davy_fail(DAVY_ERR_INVALID,
                         "%s '%.100s': " DAVY_CONFIG_FILE " says %d dimensions%s, the graph %d",
                         what, port->name, said->rank, batched ? " and one of the batch" : "",
                         port->rank);
    for (int i = 0; i < said->rank; i++) {
        int64_t *dim = &port->dims[i + first];

        if (said->dims[i] >= 0 && *dim >= 0 && said->dims[i] != *dim)
            return davy_fail(DAVY_ERR_INVALID,
                             "%s '%.100s': dimension %d is %" PRId64 " in " DAVY_CONFIG_FILE
                             " and %" PRId64 " in the graph",
                             what, port->name, i + first, said->dims[i], *dim);
        if (said->dims[i] >= 0)
            *dim = said->dims[i];
    }
    return DAVY_OK;
}

/* A model that takes batches has a free first dimension wherever something comes in or out. */
static davy_status check_port(const davy_port *port, bool batched, const char *what)
{
    if (port->type == DAVY_TYPE_NONE || !davy_datatype_name(port->type))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "%s '%.100s' declares no type and shape; say them in " DAVY_CONFIG_FILE,
                         what, port->name);
    if (batched && (port->rank == 0 || port->dims[0] != -1))
        return davy_fail(DAVY_ERR_INVALID,
                         "%s '%.100s' has no free first dimension, so max_batch_size must be 0",
                         what, port->name);
    return DAVY_OK;
}

/* @param info  whose config says whether dims are without those of the batch */
static davy_status narrow_ports(const davy_served_info *info, const char *what,
                                const davy_port *said, size_t said_count,
                                const davy_port *found_ports, size_t count)
{
    davy_port *ports = (davy_port *) (uintptr_t) found_ports; /* ours still */
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < said_count && status == DAVY_OK; i++)
        if (!find_port(ports, count, said[i].name))
            status = davy_fail(DAVY_ERR_INVALID,
                               DAVY_CONFIG_FILE " names the %s '%.100s', which the graph has not "
                                                "got",
                               what, said[i].name);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const davy_port *found = find_port(said, said_count, ports[i].name);

        if (found)
            status = narrow_port(found, info->config->batch_max > 0, what, &ports[i]);
        if (status == DAVY_OK)
            status = check_port(&ports[i], info->batch_max > 0, what);
    }
    return status;
}

davy_status davy_ports_of_graph(davy_served *served, const davy_graph *graph)
{
    davy_served_info *info = &served->info;
    davy_port *inputs = davy_ports_make(served, graph->input_count);
    davy_port *outputs = davy_ports_make(served, graph->output_count);
    davy_status status = inputs && outputs ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "ports");

    for (size_t i = 0; i < graph->input_count && status == DAVY_OK; i++)
        status = fill_port(served, graph, graph->inputs[i], &graph->values[graph->inputs[i]].tensor,
                           &inputs[i]);
    for (size_t i = 0; i < graph->output_count && status == DAVY_OK; i++)
        status = fill_port(served, graph, graph->outputs[i],
                           graph->declared ? &graph->declared[i]
                                           : &graph->values[graph->outputs[i]].tensor,
                           &outputs[i]);
    info->inputs = inputs;
    info->input_count = graph->input_count;
    info->outputs = outputs;
    info->output_count = graph->output_count;
    info->batch_max = info->config->batch_max;
    return status;
}

/* ---------------------------------------------------------------------------------- the config */

static davy_status narrow_all(const davy_served_info *info)
{
    const davy_infer_config *config = info->config;
    davy_status status = narrow_ports(info, "input", config->inputs, config->input_count,
                                      info->inputs, info->input_count);

    if (status == DAVY_OK)
        status = narrow_ports(info, "output", config->outputs, config->output_count, info->outputs,
                              info->output_count);
    return status;
}

static davy_status check_control(const davy_served_info *info, const char *name, bool text)
{
    static const davy_type types[] = {DAVY_TYPE_F32, DAVY_TYPE_I32, DAVY_TYPE_U32,
                                      DAVY_TYPE_I64, DAVY_TYPE_U64, DAVY_TYPE_BOOL};
    const davy_port *port = find_port(info->inputs, info->input_count, name);
    bool fits = port && text && port->type == DAVY_TYPE_TEXT;

    for (size_t i = 0; port && i < DAVY_ARRAY_LENGTH(types); i++)
        fits = fits || port->type == types[i];
    if (!port)
        return davy_fail(DAVY_ERR_INVALID, "the graph has no input '%.100s' for a control", name);
    return fits ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID, "the control '%.100s' cannot be %s", name,
                            davy_datatype_name(port->type));
}

static davy_status check_state(const davy_served_info *info, const davy_sequence_state *state)
{
    davy_port said = {.type = state->type, .rank = state->rank}, port;
    const davy_port *input = find_port(info->inputs, info->input_count, state->input);
    const davy_port *output = find_port(info->outputs, info->output_count, state->output);

    memcpy(said.dims, state->dims, sizeof said.dims);
    if (!input || !output)
        return davy_fail(DAVY_ERR_INVALID, "the graph has no %s '%.100s' for a state",
                         input ? "output" : "input", input ? state->output : state->input);
    if (output->type != input->type)
        return davy_fail(DAVY_ERR_INVALID, "state '%.100s' goes in as %s and comes out as %s",
                         state->input, davy_datatype_name(input->type),
                         davy_datatype_name(output->type));
    port = *input;
    return narrow_port(&said, info->batch_max > 0, "state", &port);
}

/* Controls and states are the host's to give, not a client's. */
static davy_status check_sequencing(const davy_served_info *info)
{
    const davy_sequencing *sequencing = &info->config->sequencing;
    const char *const controls[] = {sequencing->correlation, sequencing->start, sequencing->ready,
                                    sequencing->end};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(controls) && status == DAVY_OK; i++)
        if (controls[i])
            status = check_control(info, controls[i], i == 0);
    for (size_t i = 0; i < sequencing->state_count && status == DAVY_OK; i++)
        status = check_state(info, &sequencing->states[i]);
    return status;
}

static davy_status check_image(const davy_served_info *info)
{
    const davy_image_input *image = &info->config->image;
    const davy_port *port =
        image->input ? find_port(info->inputs, info->input_count, image->input) : NULL;

    if (image->input && (!port || port->rank < 3))
        return davy_fail(DAVY_ERR_INVALID,
                         DAVY_CONFIG_IMAGE ": '%.100s' is no input that takes pictures",
                         image->input);
    return DAVY_OK;
}

/* Boxes are of a picture: its size in the input is known by the config alone. */
static davy_status check_boxes(const davy_served_info *info)
{
    const davy_box_output *boxes = &info->config->boxes;
    const davy_port *port =
        boxes->output ? find_port(info->outputs, info->output_count, boxes->output) : NULL;

    if (!boxes->output)
        return DAVY_OK;
    if (!port)
        return davy_fail(DAVY_ERR_INVALID, DAVY_CONFIG_BOXES ": there is no output '%.100s'",
                         boxes->output);
    if (!info->config->image.input)
        return davy_fail(DAVY_ERR_INVALID, DAVY_CONFIG_BOXES
                         " needs " DAVY_CONFIG_IMAGE ", which says what picture the boxes are of");
    return davy_boxes_check(boxes, port->type, port->rank, port->dims, info->label_count);
}

davy_status davy_ports_settle(davy_served *served)
{
    davy_status status = narrow_all(&served->info);

    if (status == DAVY_OK)
        status = check_sequencing(&served->info);
    if (status == DAVY_OK)
        status = check_image(&served->info);
    if (status == DAVY_OK)
        status = check_boxes(&served->info);
    return status;
}

davy_status davy_port_zeros(const davy_served_info *info, const davy_port *port, size_t rows,
                            davy_arena *arena, davy_tensor *out)
{
    int64_t dims[DAVY_RANK_MAX];
    davy_status status;

    for (int i = 0; i < port->rank; i++)
        dims[i] = port->dims[i] >= 0 ? port->dims[i] : 1;
    if (info->batch_max > 0)
        dims[0] = (int64_t) rows;
    status = davy_tensor_shape(out, port->type, port->rank, dims);
    if (status != DAVY_OK)
        return status;
    out->data =
        davy_arena_array(arena, (size_t) davy_tensor_count(out) + 1, davy_element_size(port->type));
    return out->data ? DAVY_OK
                     : davy_fail(DAVY_ERR_NOMEM, "input '%.100s' of '%s'", port->name, info->name);
}
