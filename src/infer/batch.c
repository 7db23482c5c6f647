/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/batch.h"

#include <stdlib.h>
#include <string.h>

size_t davy_element_size(davy_type type)
{
    return type == DAVY_TYPE_TEXT ? sizeof(davy_bytes) : davy_type_size(type);
}

davy_status davy_place_open(davy_place *place, const davy_served *served, davy_pool *pool)
{
    const davy_served_info *info = davy_served_describe(served);

    if (place->instance)
        return DAVY_OK;
    if (!place->inputs)
        place->inputs = calloc(info->input_count + 1, sizeof *place->inputs);
    if (!place->outputs)
        place->outputs = calloc(info->output_count + 1, sizeof *place->outputs);
    if (!place->memory)
        place->memory = calloc(info->input_count + 1, sizeof *place->memory);
    if (!place->inputs || !place->outputs || !place->memory)
        return davy_fail(DAVY_ERR_NOMEM, "an instance of '%s'", info->name);
    return davy_instance_create(served, pool, &place->instance);
}

void davy_place_close(davy_place *place, const davy_served *served)
{
    const davy_served_info *info = davy_served_describe(served);

    davy_instance_destroy(place->instance);
    for (size_t i = 0; place->memory && i < info->input_count; i++)
        free(place->memory[i].bytes);
    free(place->memory);
    free(place->inputs);
    free(place->outputs);
    *place = (davy_place){0};
}

/* Memory of an input as large as it ever was; a batch is bounded by batch_max. */
static void *grow(struct davy_block *block, size_t size)
{
    if (size <= block->size)
        return block->bytes;
    free(block->bytes);
    block->size = (size + 63) / 64 * 64;
    block->bytes = aligned_alloc(64, block->size);
    if (!block->bytes)
        block->size = 0;
    return block->bytes;
}

static size_t bytes_of(const davy_tensor *tensor)
{
    return (size_t) davy_tensor_count(tensor) * davy_element_size(tensor->type);
}

static davy_status gather_input(davy_place *place, size_t input, davy_ask *const *asks,
                                size_t count)
{
    davy_tensor *whole = &place->inputs[input];
    size_t bytes = 0;
    char *at;

    *whole = asks[0]->inputs[input];
    whole->dims[0] = 0;
    for (size_t i = 0; i < count; i++) {
        whole->dims[0] += asks[i]->inputs[input].dims[0];
        bytes += bytes_of(&asks[i]->inputs[input]);
    }
    at = grow(&place->memory[input], bytes + 1);
    if (!at)
        return davy_fail(DAVY_ERR_NOMEM, "a batch of %zu requests", count);
    whole->data = at;
    for (size_t i = 0; i < count; i++) {
        const davy_tensor *part = &asks[i]->inputs[input];

        if (part->data)
            memcpy(at, part->data, bytes_of(part));
        at += bytes_of(part);
    }
    return DAVY_OK;
}

davy_status davy_place_gather(davy_place *place, davy_ask *const *asks, size_t count)
{
    davy_status status = DAVY_OK;

    if (count == 1) {
        memcpy(place->inputs, asks[0]->inputs, asks[0]->input_count * sizeof *place->inputs);
        return DAVY_OK;
    }
    for (size_t i = 0; i < asks[0]->input_count && status == DAVY_OK; i++)
        status = gather_input(place, i, asks, count);
    return status;
}

davy_status davy_place_run(davy_place *place, const davy_tensor *inputs)
{
    const davy_status status = davy_instance_run(place->instance, inputs, place->outputs);

    return status == DAVY_ERR_FULL ? DAVY_ERR_INVALID : status;
}
