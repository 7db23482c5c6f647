/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_training.h"

#include "infer/backend.h"

#include "models/explain/background.h"

#include <stdlib.h>
#include <string.h>

/* Samples of a run: few, since it holds a place that requests wait for. */
#define RUN_ROWS 8

/* Samples first .. first + count) of the background, as an input. They are read only. */
static davy_tensor slice(const davy_served_info *info, const davy_background *background,
                         size_t first, size_t count)
{
    const davy_port *port = &info->inputs[0];
    davy_tensor tensor = {.type = DAVY_TYPE_F32, .rank = port->rank};

    memcpy(tensor.dims, port->dims, sizeof port->dims);
    tensor.dims[0] = (int64_t) count;
    tensor.data = (void *) (uintptr_t) (background->numbers + first * background->values);
    return tensor;
}

static davy_status run_some(davy_instance *instance, davy_gate *gate, const davy_tensor *input,
                            davy_tensor *outputs)
{
    davy_status status;

    if (gate)
        (void) davy_gate_enter(gate, 0);
    status = davy_instance_run(instance, input, outputs);
    if (gate)
        davy_gate_leave(gate);
    return status;
}

static davy_status run_all(const davy_served *served, const davy_drift_features *features,
                           davy_gate *gate, davy_instance *instance, davy_tensor *outputs,
                           float *rows)
{
    const davy_background *background = davy_served_background(served);
    davy_status status = DAVY_OK;

    for (size_t first = 0; first < background->count && status == DAVY_OK; first += RUN_ROWS) {
        const size_t left = background->count - first;
        const size_t count = left < RUN_ROWS ? left : RUN_ROWS;
        const davy_tensor input = slice(&served->info, background, first, count);

        status = run_some(instance, gate, &input, outputs);
        for (size_t i = 0; i < count && status == DAVY_OK; i++)
            davy_drift_features_read(features, &input, i, outputs, i,
                                     rows + (first + i) * features->count);
    }
    return status;
}

davy_status davy_drift_training(const davy_served *served, const davy_drift_features *features,
                                davy_gate *gate, float **rows, size_t *count)
{
    const davy_background *background = davy_served_background(served);
    davy_instance *instance = NULL;
    davy_tensor *outputs = NULL;
    davy_status status;

    *rows = NULL;
    *count = 0;
    if (!background || background->count == 0)
        return DAVY_OK;
    outputs = calloc(served->info.output_count, sizeof *outputs);
    *rows = calloc(background->count * features->count, sizeof **rows);
    status = outputs && *rows ? davy_instance_create(served, NULL, &instance)
                              : davy_fail(DAVY_ERR_NOMEM, "samples of training");
    if (status == DAVY_OK)
        status = run_all(served, features, gate, instance, outputs, *rows);
    if (status == DAVY_OK) {
        *count = background->count;
    } else {
        free(*rows);
        *rows = NULL;
    }
    davy_instance_destroy(instance);
    free(outputs);
    return status;
}
