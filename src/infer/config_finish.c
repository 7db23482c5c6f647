/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <stdlib.h>
#include <string.h>

/* A sequence that nobody asks ends after a second, as Triton has it. */
#define IDLE_US 1000000

/* Most messages that one config may name; real ensembles have ten. */
#define NAME_MAX_LENGTH 1024

static davy_status fail(const davy_config_binding *b, const char *what, const char *name)
{
    return davy_config_fail(b->tree, 0, "%s '%.100s'", what, name ? name : "");
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const davy_port *const *) a)->name, (*(const davy_port *const *) b)->name);
}

/* Every tensor has a name of its own. */
static davy_status check_ports(const davy_config_binding *b, const davy_port *ports, size_t count,
                               const char *what)
{
    const davy_port **sorted = davy_arena_array(b->arena, count + 1, sizeof *sorted);

    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file);
    for (size_t i = 0; i < count; i++) {
        if (!ports[i].name || !*ports[i].name || strlen(ports[i].name) > NAME_MAX_LENGTH)
            return davy_config_fail(b->tree, 0, "%s %zu has no name", what, i + 1);
        sorted[i] = &ports[i];
    }
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return fail(b, "two tensors have the name", sorted[i]->name);
    return DAVY_OK;
}

static davy_status finish_batching(const davy_config_binding *b, davy_infer_config *config)
{
    davy_batching *batching = &config->batching;
    const size_t count = batching->preferred_count;

    if (count > 0 && batching->preferred[count - 1] > config->batch_max)
        return davy_config_fail(b->tree, 0, "preferred_batch_size %zu is above max_batch_size %zu",
                                batching->preferred[count - 1], config->batch_max);
    if (batching->priority_levels > DAVY_PRIORITIES_MAX)
        return davy_config_fail(b->tree, 0, "%u priority_levels, %d at most",
                                batching->priority_levels, DAVY_PRIORITIES_MAX);
    if (batching->priority_default > batching->priority_levels)
        return davy_config_fail(b->tree, 0, "default_priority_level %u of %u priority_levels",
                                batching->priority_default, batching->priority_levels);
    if (batching->priority_levels > 0 && batching->priority_default == 0)
        return davy_config_fail(b->tree, 0, "priority_levels without default_priority_level");
    return DAVY_OK;
}

static davy_status finish_sequencing(const davy_config_binding *b, davy_infer_config *config)
{
    davy_sequencing *sequencing = &config->sequencing;

    if (sequencing->on && sequencing->idle_us == 0)
        sequencing->idle_us = IDLE_US;
    for (size_t i = 0; i < sequencing->state_count; i++) {
        const davy_sequence_state *state = &sequencing->states[i];

        if (!state->input || !state->output || state->type == DAVY_TYPE_NONE)
            return davy_config_fail(b->tree, 0,
                                    "state %zu has no input_name, output_name or data_type", i + 1);
    }
    return DAVY_OK;
}

static davy_status check_maps(const davy_config_binding *b, const davy_ensemble_map *maps,
                              size_t count, const char *model)
{
    for (size_t i = 0; i < count; i++)
        if (!maps[i].model || !maps[i].ensemble)
            return fail(b, "a map without key or value in the step of", model);
    return count > 0 ? DAVY_OK : fail(b, "no input_map or output_map in the step of", model);
}

static davy_status finish_steps(const davy_config_binding *b, davy_infer_config *config)
{
    davy_ensemble_step *steps = (davy_ensemble_step *) (uintptr_t) config->steps;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < config->step_count && status == DAVY_OK; i++) {
        if (!steps[i].model || !*steps[i].model)
            return davy_config_fail(b->tree, 0, "step %zu names no model", i + 1);
        if (!steps[i].version)
            steps[i].version = "";
        status = check_maps(b, steps[i].inputs, steps[i].input_count, steps[i].model);
        if (status == DAVY_OK)
            status = check_maps(b, steps[i].outputs, steps[i].output_count, steps[i].model);
    }
    return status;
}

static davy_status finish_warmups(const davy_config_binding *b, davy_infer_config *config)
{
    davy_warmup *warmups = (davy_warmup *) (uintptr_t) config->warmups;

    for (size_t i = 0; i < config->warmup_count; i++) {
        if (!warmups[i].name)
            warmups[i].name = "";
        if (warmups[i].count == 0)
            warmups[i].count = 1;
        for (size_t k = 0; k < warmups[i].input_count; k++)
            if (!warmups[i].inputs[k].port.name)
                return fail(b, "an input without a name in model_warmup", warmups[i].name);
        for (size_t k = 0; k < warmups[i].input_count; k++)
            if (warmups[i].inputs[k].file && strchr(warmups[i].inputs[k].file, '/'))
                return fail(b, "input_data_file is a name without a path, not",
                            warmups[i].inputs[k].file);
    }
    return DAVY_OK;
}

/* The labels are of the first output that names a file of them. */
static davy_status find_labels(const davy_config_binding *b, davy_infer_config *config)
{
    for (const davy_config_node *output = b->tree->root.first; output; output = output->next) {
        if (strcmp(output->key, "output") != 0)
            continue;
        for (const davy_config_node *key = output->first; key; key = key->next)
            if (strcmp(key->key, "label_filename") == 0 && *key->text)
                return davy_config_text(b, key, &config->labels_file);
    }
    return DAVY_OK;
}

davy_status davy_config_finish(const davy_config_binding *b, davy_infer_config *config)
{
    davy_status (*const steps[])(const davy_config_binding *, davy_infer_config *) = {
        finish_batching, finish_sequencing, finish_steps, finish_warmups, find_labels};
    davy_status status = check_ports(b, config->inputs, config->input_count, "input");

    if (config->batching.dynamic + config->sequencing.on + (config->step_count > 0) > 1)
        return davy_config_fail(b->tree, 0,
                                "dynamic_batching, sequence_batching and ensemble_scheduling: one "
                                "of them at most");
    if (config->policy == DAVY_VERSIONS_LATEST && config->policy_count == 0)
        config->policy_count = 1;
    if (status == DAVY_OK)
        status = check_ports(b, config->outputs, config->output_count, "output");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps) && status == DAVY_OK; i++)
        status = steps[i](b, config);
    return status;
}
