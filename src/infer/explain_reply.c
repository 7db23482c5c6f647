/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/explain_reply.h"

#include <string.h>

/* A watcher's rows are its samples; a graph without a batch dimension has one. */
static size_t count_samples(const davy_visit *visit)
{
    return visit->desk->info->watcher ? (size_t) visit->matched.inputs[0].dims[0]
                                      : visit->matched.rows;
}

/* Names are the model's, and the response outlives it. */
static davy_status keep_names(davy_arena *arena, davy_attribution *why)
{
    const char **names = davy_arena_array(arena, why->count + 1, sizeof *names);

    for (size_t i = 0; names && i < why->count; i++) {
        names[i] = davy_arena_text(arena, why->names[i], strlen(why->names[i]));
        if (!names[i])
            names = NULL;
    }
    why->names = names;
    return names ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "an explanation");
}

/* A sample that was left out has no answer to explain. */
static davy_status explain_sample(davy_visit *visit, davy_instance *instance, size_t sample,
                                  davy_attribution *why)
{
    davy_arena *arena = &visit->response->arena;
    davy_status status;

    if (visit->left_out && visit->left_out[sample]) {
        *why = (davy_attribution){.output = "", .answer = "", .method = ""};
        return DAVY_OK;
    }
    status = davy_instance_explain(instance, sample, visit->request, arena, why);
    if (status == DAVY_ERR_FULL)
        status = DAVY_ERR_INVALID; /* as davy_place_run() has it */
    return status == DAVY_OK ? keep_names(arena, why) : status;
}

davy_status davy_explain_reply(davy_visit *visit, davy_instance *instance)
{
    davy_infer_response *response = visit->response;
    const size_t count = count_samples(visit);
    davy_status status = DAVY_OK;

    if (count > DAVY_EXPLAIN_SAMPLES_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu samples are to be explained, and a request may have %zu: send fewer "
                         "at a time",
                         count, DAVY_EXPLAIN_SAMPLES_MAX);
    response->attributions =
        davy_arena_array(&response->arena, count + 1, sizeof *response->attributions);
    if (!response->attributions)
        return davy_fail(DAVY_ERR_NOMEM, "explanations of '%s'", visit->desk->info->name);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = explain_sample(visit, instance, i, &response->attributions[i]);
    if (status == DAVY_OK)
        response->attribution_count = count;
    return status;
}
