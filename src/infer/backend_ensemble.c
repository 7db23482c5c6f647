/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"
#include "infer/ensemble.h"

#include <string.h>

/*
 * A graph of models has no numbers of its own: its version is its config, and a host runs its steps
 * as requests to their models.
 */
static davy_status copy_ports(davy_served *served, const davy_port *said, size_t count,
                              const davy_port **out)
{
    const int first = served->info.config->batch_max > 0 ? 1 : 0;
    davy_port *ports = davy_ports_make(served, count);

    if (!ports)
        return davy_fail(DAVY_ERR_NOMEM, "ports");
    for (size_t i = 0; i < count; i++) {
        ports[i] = said[i];
        ports[i].rank = said[i].rank + first;
        ports[i].dims[0] = -1;
        memcpy(ports[i].dims + first, said[i].dims, (size_t) said[i].rank * sizeof *said[i].dims);
    }
    *out = ports;
    return DAVY_OK;
}

static davy_status ensemble_open(davy_served *served, const davy_served_place *place)
{
    davy_served_info *info = &served->info;
    const davy_infer_config *config = info->config;
    size_t *order = davy_arena_array(&served->arena, config->step_count + 1, sizeof *order);
    davy_status status = order ? davy_ensemble_order(info->name, config, order)
                               : davy_fail(DAVY_ERR_NOMEM, "an ensemble");

    (void) place;
    if (status == DAVY_OK)
        status = copy_ports(served, config->inputs, config->input_count, &info->inputs);
    if (status == DAVY_OK)
        status = copy_ports(served, config->outputs, config->output_count, &info->outputs);
    info->input_count = config->input_count;
    info->output_count = config->output_count;
    info->batch_max = config->batch_max;
    return status;
}

static davy_status ensemble_create(davy_instance *instance)
{
    return davy_fail(DAVY_ERR_UNSUPPORTED,
                     "model '%s' is an ensemble: a host runs its steps one by one",
                     instance->served->info.name);
}

const davy_backend davy_backend_ensemble = {
    .name = "ensemble",
    .platform = "ensemble",
    .open = ensemble_open,
    .create = ensemble_create,
};
