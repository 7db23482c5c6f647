/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/explain_reply.h"

/* A watcher's rows are its samples; a graph without a batch dimension has one. */
static size_t count_samples(const davy_visit *visit)
{
    return visit->desk->info->watcher ? (size_t) visit->matched.inputs[0].dims[0]
                                      : visit->matched.rows;
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
        status = davy_instance_explain(instance, i, visit->request, &response->arena,
                                       &response->attributions[i]);
    if (status == DAVY_OK)
        response->attribution_count = count;
    return status;
}
