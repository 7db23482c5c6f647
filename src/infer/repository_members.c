/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include <string.h>

/* Ensembles and the models that they are made of. */

/* Ensembles in ensembles that are followed: real ones are one deep. */
#define DEPTH_MAX 8

static const davy_infer_config *open_config(const davy_entry *entry, size_t i)
{
    const davy_lease *open = entry->versions[i].open;

    return open ? davy_served_describe(open->served)->config : NULL;
}

static bool names(const davy_infer_config *config, const char *model)
{
    for (size_t i = 0; config && i < config->step_count; i++)
        if (strcmp(config->steps[i].model, model) == 0)
            return true;
    return false;
}

static bool reaches(const davy_repository *repository, const davy_infer_config *config,
                    const char *model, int depth)
{
    if (!config || config->step_count == 0)
        return false;
    if (names(config, model) || depth == DEPTH_MAX)
        return true;
    for (size_t i = 0; i < config->step_count; i++) {
        const davy_entry *entry = davy_entry_find(repository, config->steps[i].model);

        for (size_t v = 0; entry && v < entry->version_count; v++)
            if (reaches(repository, open_config(entry, v), model, depth + 1))
                return true;
    }
    return false;
}

davy_status davy_members_check(const davy_repository *repository, const davy_served *ensemble)
{
    const davy_served_info *info = davy_served_describe(ensemble);

    if (reaches(repository, info->config, info->name, 0))
        return davy_fail(DAVY_ERR_INVALID,
                         "the ensemble '%.100s' is a part of itself, or more than %d deep",
                         info->name, DEPTH_MAX);
    return DAVY_OK;
}

davy_status davy_members_visit(davy_repository *repository, const davy_infer_config *config,
                               davy_member_visit visit)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < config->step_count && status == DAVY_OK; i++)
        status = visit(repository, config->steps[i].model);
    return status;
}

bool davy_members_used(const davy_repository *repository, const char *model)
{
    for (size_t i = 0; i < repository->entry_count; i++)
        for (size_t v = 0; v < repository->entries[i]->version_count; v++)
            if (names(open_config(repository->entries[i], v), model))
                return true;
    return false;
}

davy_status davy_members_copy(const davy_entry *entry, davy_arena *arena, davy_infer_config *out)
{
    davy_ensemble_step *steps;
    size_t count = 0;

    for (size_t v = 0; v < entry->version_count; v++)
        count += open_config(entry, v) ? open_config(entry, v)->step_count : 0;
    steps = davy_arena_array(arena, count + 1, sizeof *steps);
    *out = (davy_infer_config){.steps = steps};
    for (size_t v = 0; v < entry->version_count && steps; v++) {
        const davy_infer_config *config = open_config(entry, v);

        for (size_t i = 0; config && i < config->step_count; i++) {
            const char *model = config->steps[i].model;

            steps[out->step_count].model = davy_arena_text(arena, model, strlen(model));
            if (!steps[out->step_count++].model)
                return davy_fail(DAVY_ERR_NOMEM, "steps of '%.100s'", entry->name);
        }
    }
    return steps ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "steps of '%.100s'", entry->name);
}
