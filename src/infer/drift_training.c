/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_training.h"

#include "infer/backend.h"
#include "infer/batch.h"
#include "infer/guest.h"

#include "models/explain/background.h"

#include <stdlib.h>
#include <string.h>

/* Samples of a run: few, since who comes meanwhile waits for it. */
#define RUN_ROWS ((size_t) 8)

/* Samples [first, first + count) of the background, as an input. It is read only. */
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

/* Long, and in steps: it gives way to all who ask. */
static davy_status run_all(const davy_served *served, const davy_drift_features *features,
                           davy_guest *guest, davy_place *place, float *rows)
{
    const davy_background *background = davy_served_background(served);
    davy_status status = davy_place_open(place, served, NULL);

    for (size_t first = 0; first < background->count && status == DAVY_OK; first += RUN_ROWS) {
        const size_t left = background->count - first, count = left < RUN_ROWS ? left : RUN_ROWS;
        const davy_tensor input = slice(&served->info, background, first, count);

        (void) davy_guest_enter(guest, 0);
        status = davy_place_run(place, &input);
        davy_guest_leave(guest);
        for (size_t i = 0; i < count && status == DAVY_OK; i++)
            davy_drift_features_read(features, &input, i, place->outputs, i,
                                     rows + (first + i) * features->count);
    }
    return status;
}

davy_status davy_drift_training(const davy_served *served, const davy_drift_features *features,
                                davy_gate *gate, float **rows, size_t *count)
{
    const davy_background *background = davy_served_background(served);
    davy_guest guest;
    davy_place place = {0};
    float *numbers;
    davy_status status;

    *rows = NULL;
    *count = 0;
    if (!background || background->count == 0)
        return DAVY_OK;
    numbers = calloc(background->count * features->count, sizeof *numbers);
    if (!numbers)
        return davy_fail(DAVY_ERR_NOMEM, "samples of training");
    davy_guest_init(&guest, gate);
    status = run_all(served, features, &guest, &place, numbers);
    davy_place_close(&place, served);
    if (status != DAVY_OK) {
        free(numbers);
        return status;
    }
    *rows = numbers;
    *count = background->count;
    return DAVY_OK;
}
