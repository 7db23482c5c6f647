/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/ensemble.h"

#include <stdlib.h>
#include <string.h>

static bool is_input(const davy_infer_config *config, const char *tensor)
{
    for (size_t i = 0; i < config->input_count; i++)
        if (strcmp(config->inputs[i].name, tensor) == 0)
            return true;
    return false;
}

/* How many steps make a tensor, and the first that does. */
static size_t makers(const davy_infer_config *config, const char *tensor, size_t *first)
{
    size_t count = 0;

    for (size_t s = 0; s < config->step_count; s++)
        for (size_t i = 0; i < config->steps[s].output_count; i++)
            if (strcmp(config->steps[s].outputs[i].ensemble, tensor) == 0 && count++ == 0)
                *first = s;
    return count;
}

static davy_status check_tensor(const char *name, const davy_infer_config *config,
                                const char *tensor)
{
    size_t first;
    const size_t count = makers(config, tensor, &first) + (is_input(config, tensor) ? 1 : 0);

    if (count == 1)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     count == 0
                         ? "ensemble '%.100s': no step and no input gives the tensor '%.100s'"
                         : "ensemble '%.100s': the tensor '%.100s' is given more than once",
                     name, tensor);
}

static davy_status check_step(const char *name, const davy_infer_config *config,
                              const davy_ensemble_step *step)
{
    davy_status status = DAVY_OK;

    if (strcmp(step->model, name) == 0)
        return davy_fail(DAVY_ERR_INVALID, "ensemble '%.100s' is a step of itself", name);
    for (size_t i = 0; i < step->input_count && status == DAVY_OK; i++)
        status = check_tensor(name, config, step->inputs[i].ensemble);
    for (size_t i = 0; i < step->output_count && status == DAVY_OK; i++)
        status = check_tensor(name, config, step->outputs[i].ensemble);
    return status;
}

static davy_status check(const char *name, const davy_infer_config *config)
{
    davy_status status = DAVY_OK;

    if (config->step_count > DAVY_ENSEMBLE_STEPS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "ensemble '%.100s' has %zu steps; at most %zu", name,
                         config->step_count, DAVY_ENSEMBLE_STEPS_MAX);
    for (size_t s = 0; s < config->step_count && status == DAVY_OK; s++)
        status = check_step(name, config, &config->steps[s]);
    for (size_t i = 0; i < config->output_count && status == DAVY_OK; i++)
        status = check_tensor(name, config, config->outputs[i].name);
    return status;
}

/* All that it takes is there once the steps that are done have run. */
static bool can_run(const davy_infer_config *config, const davy_ensemble_step *step,
                    const bool *done)
{
    for (size_t i = 0; i < step->input_count; i++) {
        size_t maker = 0;

        if (makers(config, step->inputs[i].ensemble, &maker) > 0 && !done[maker])
            return false;
    }
    return true;
}

davy_status davy_ensemble_order(const char *name, const davy_infer_config *config, size_t *order)
{
    bool done[DAVY_ENSEMBLE_STEPS_MAX] = {false};
    davy_status status = check(name, config);

    for (size_t count = 0; count < config->step_count && status == DAVY_OK; count++) {
        size_t s = 0;

        while (s < config->step_count && (done[s] || !can_run(config, &config->steps[s], done)))
            s++;
        if (s == config->step_count)
            status = davy_fail(DAVY_ERR_INVALID,
                               "ensemble '%.100s': its steps wait for each other in a cycle", name);
        else
            done[order[count] = s] = true;
    }
    return status;
}
