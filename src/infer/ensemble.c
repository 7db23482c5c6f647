/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/ensemble.h"

#include "infer/host_private.h"

#include "core/clock.h"

#include <string.h>

/* A request on its way through the steps. */
struct errand {
    davy_desk *desk;
    const davy_infer_request *request;
    davy_infer_response *parts; /* [step_count] of those that have run */
    davy_named_tensor *tensors; /* of the ensemble, as they come about */
    size_t tensor_count;
    unsigned depth;
    davy_refusal refusal; /* of the step that failed */
    unsigned retry_after_ms;
};

static const davy_tensor *find_tensor(const struct errand *errand, const char *name)
{
    for (size_t i = 0; i < errand->tensor_count; i++)
        if (strcmp(errand->tensors[i].name, name) == 0)
            return &errand->tensors[i].tensor;
    return NULL;
}

/* What a step made goes under the names of the ensemble. */
static davy_status collect(struct errand *errand, const davy_ensemble_step *step,
                           const davy_infer_response *part)
{
    for (size_t i = 0; i < step->output_count; i++) {
        size_t k = 0;

        while (k < part->output_count && strcmp(part->outputs[k].name, step->outputs[i].model) != 0)
            k++;
        if (k == part->output_count)
            return davy_fail(DAVY_ERR_INVALID, "model '%.100s' has no output '%.100s'", step->model,
                             step->outputs[i].model);
        errand->tensors[errand->tensor_count++] =
            (davy_named_tensor){step->outputs[i].ensemble, part->outputs[k].tensor};
    }
    return DAVY_OK;
}

static davy_status run_step(struct errand *errand, size_t at)
{
    const davy_ensemble_step *step = &errand->desk->info->config->steps[at];
    davy_infer_response *part = &errand->parts[at];
    davy_arena *arena = &part->arena;
    davy_named_tensor *inputs = davy_arena_array(arena, step->input_count + 1, sizeof *inputs);
    davy_infer_request request = *errand->request;
    davy_status status;

    if (!inputs)
        return davy_fail(DAVY_ERR_NOMEM, "a step of '%s'", errand->desk->info->name);
    for (size_t i = 0; i < step->input_count; i++) {
        const davy_tensor *tensor = find_tensor(errand, step->inputs[i].ensemble);

        if (!tensor)
            return davy_fail(DAVY_ERR_INVALID, "there is no tensor '%.100s'",
                             step->inputs[i].ensemble);
        inputs[i] = (davy_named_tensor){step->inputs[i].model, *tensor};
    }
    request.model = step->model;
    request.version = step->version ? step->version : "";
    request.inputs = inputs;
    request.input_count = step->input_count;
    request.outputs = NULL;
    request.output_count = 0;
    request.explain = false;
    status = davy_host_ask(errand->desk->host, &request, part, errand->depth + 1);
    errand->refusal = part->refusal;
    errand->retry_after_ms = part->retry_after_ms;
    return status == DAVY_OK ? collect(errand, step, part) : status;
}

/* Tensors that one step made and the last one must give are copied: parts are cleared. */
static davy_status copy_tensor(const davy_tensor *tensor, davy_arena *arena, davy_tensor *out)
{
    const size_t count = (size_t) davy_tensor_count(tensor);

    *out = *tensor;
    out->data = davy_arena_array(arena, count + 1, davy_element_size(tensor->type));
    if (!out->data)
        return davy_fail(DAVY_ERR_NOMEM, "an answer of an ensemble");
    if (count > 0)
        memcpy(out->data, tensor->data, count * davy_element_size(tensor->type));
    for (size_t i = 0; tensor->type == DAVY_TYPE_TEXT && i < count; i++) {
        davy_bytes *text = (davy_bytes *) out->data + i;

        text->at = davy_arena_text(arena, text->at ? text->at : "", text->length);
        if (!text->at)
            return davy_fail(DAVY_ERR_NOMEM, "an answer of an ensemble");
    }
    return DAVY_OK;
}

static davy_status answer(struct errand *errand, const davy_matched *matched,
                          davy_infer_response *response)
{
    const davy_served_info *info = errand->desk->info;
    davy_status status = DAVY_OK;

    response->outputs =
        davy_arena_array(&response->arena, matched->output_count + 1, sizeof *response->outputs);
    if (!response->outputs)
        return davy_fail(DAVY_ERR_NOMEM, "an answer of '%s'", info->name);
    for (size_t i = 0; i < matched->output_count && status == DAVY_OK; i++) {
        const char *name = info->outputs[matched->outputs[i]].name;
        const davy_tensor *made = find_tensor(errand, name);

        response->outputs[i].name = davy_arena_text(&response->arena, name, strlen(name));
        if (!made || !response->outputs[i].name)
            return davy_fail(made ? DAVY_ERR_NOMEM : DAVY_ERR_INVALID,
                             "ensemble '%s' did not make its output '%s'", info->name, name);
        status = copy_tensor(made, &response->arena, &response->outputs[i].tensor);
    }
    if (status == DAVY_OK)
        response->output_count = matched->output_count;
    return status;
}

static davy_status run_steps(struct errand *errand, const davy_matched *matched,
                             davy_infer_response *response)
{
    const davy_infer_config *config = errand->desk->info->config;
    size_t order[DAVY_ENSEMBLE_STEPS_MAX];
    davy_status status = davy_ensemble_order(errand->desk->info->name, config, order);

    for (size_t i = 0; i < errand->request->input_count; i++)
        errand->tensors[errand->tensor_count++] = errand->request->inputs[i];
    for (size_t i = 0; i < config->step_count && status == DAVY_OK; i++) {
        status = run_step(errand, order[i]);
        response->times.queue += errand->parts[order[i]].times.queue;
    }
    if (status == DAVY_OK)
        status = answer(errand, matched, response);
    response->batch = matched->rows;
    response->refusal = status == DAVY_OK ? DAVY_REFUSAL_NONE : errand->refusal;
    response->retry_after_ms = status == DAVY_OK ? 0 : errand->retry_after_ms;
    return status;
}

/* Memory of the errand itself is that of the response; each part has its own. */
static davy_status set_up(struct errand *errand, davy_matched *matched,
                          davy_infer_response *response)
{
    const davy_infer_config *config = errand->desk->info->config;
    size_t tensors = errand->request->input_count;
    davy_status status =
        davy_match(errand->desk->info, errand->request, NULL, &response->arena, matched);

    if (status == DAVY_OK && errand->request->explain)
        status = davy_fail(DAVY_ERR_UNSUPPORTED,
                           "ensemble '%s' has no explanation of its own: ask its models",
                           errand->desk->info->name);
    for (size_t s = 0; s < config->step_count; s++)
        tensors += config->steps[s].output_count;
    if (status != DAVY_OK)
        return status;
    errand->tensors = davy_arena_array(&response->arena, tensors + 1, sizeof *errand->tensors);
    errand->parts =
        davy_arena_array(&response->arena, config->step_count + 1, sizeof *errand->parts);
    return errand->tensors && errand->parts ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "an ensemble");
}

davy_status davy_ensemble_ask(davy_desk *desk, const davy_infer_request *request,
                              davy_infer_response *response, unsigned depth)
{
    const davy_clock *clock = davy_clock_system();
    const int64_t started = davy_monotonic_ns(clock);
    struct errand errand = {.desk = desk, .request = request, .depth = depth};
    davy_matched matched = {0};
    davy_status status = set_up(&errand, &matched, response);
    const bool ran = status == DAVY_OK;

    if (ran)
        status = run_steps(&errand, &matched, response);
    for (size_t s = 0; errand.parts && s < desk->info->config->step_count; s++)
        davy_infer_response_clear(&errand.parts[s]);
    if (status == DAVY_OK) {
        response->times.compute = davy_monotonic_ns(clock) - started - response->times.queue;
        davy_stats_add_execution(&desk->stats, matched.rows, &response->times);
        davy_stats_add_success(&desk->stats, matched.rows, davy_monotonic_ns(clock) - started,
                               &response->times);
    } else {
        davy_stats_add_failure(&desk->stats,
                               response->refusal != DAVY_REFUSAL_NONE ? DAVY_FAILURE_REJECTED
                               : ran                                  ? DAVY_FAILURE_BACKEND
                                                                      : DAVY_FAILURE_OTHER,
                               davy_monotonic_ns(clock) - started);
    }
    return status;
}
