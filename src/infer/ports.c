/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"

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

static davy_status narrow_ports(const davy_port *said, size_t said_count, size_t batch_max,
                                const char *what, davy_port *ports, size_t count)
{
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
            status = narrow_port(found, batch_max > 0, what, &ports[i]);
        if (status == DAVY_OK)
            status = check_port(&ports[i], batch_max > 0, what);
    }
    return status;
}

davy_status davy_ports_of_graph(davy_served *served, const davy_graph *graph)
{
    davy_served_info *info = &served->info;
    const davy_infer_config *config = info->config;
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
    if (status == DAVY_OK)
        status = narrow_ports(config->inputs, config->input_count, config->batch_max, "input",
                              inputs, graph->input_count);
    if (status == DAVY_OK)
        status = narrow_ports(config->outputs, config->output_count, config->batch_max, "output",
                              outputs, graph->output_count);
    info->inputs = inputs;
    info->input_count = graph->input_count;
    info->outputs = outputs;
    info->output_count = graph->output_count;
    info->batch_max = config->batch_max;
    return status;
}
