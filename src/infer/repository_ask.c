/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include <stdlib.h>
#include <string.h>

/* Load and unload as they are asked for. */

static davy_status load_folder(davy_repository *repository, const char *name);

static bool is_any_open(const davy_entry *entry)
{
    for (size_t i = 0; i < entry->version_count; i++)
        if (entry->versions[i].open)
            return true;
    return false;
}

static davy_status load_member(davy_repository *repository, const char *model)
{
    const davy_entry *entry = davy_entry_find(repository, model);

    return entry && entry->wanted ? DAVY_OK : load_folder(repository, model);
}

/* What a load brings is loaded again although its files are the same. */
static void forget_stamps(davy_entry *entry)
{
    for (size_t i = 0; i < entry->version_count; i++)
        entry->versions[i].stamp = 0;
}

/* Bring a model to what a look saw, and with an ensemble what it is made of. */
static davy_status load_seen(davy_repository *repository, const char *name,
                             const davy_model_look *look, bool given)
{
    davy_entry *entry = davy_entry_add(repository, name);
    const bool again = entry && (given || entry->given);
    davy_status status = DAVY_OK;

    if (!entry)
        return davy_fail(DAVY_ERR_NOMEM, "model '%.100s'", name);
    davy_entry_fault(repository, entry, davy_model_look_fault(DAVY_OK, look), false);
    if (look->version_count == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "model '%.100s' has no version: %s", name,
                         davy_model_look_fault(DAVY_OK, look));
    entry->wanted = true; /* also, so that a cycle of ensembles comes to an end */
    status = davy_members_visit(repository, &look->config, load_member);
    if (again)
        forget_stamps(entry);
    if (status == DAVY_OK)
        status = davy_repository_bring(repository, entry, look, false);
    if (status == DAVY_OK)
        entry->given = given;
    entry->wanted = is_any_open(entry);
    return status;
}

static davy_status load_from(davy_repository *repository, int folder, const char *name,
                             const char *config_json, bool given)
{
    davy_entry *entry = davy_entry_find(repository, name);
    davy_model_look look;
    davy_status status = davy_model_look_at(repository, folder, name, config_json, &look);

    if (status == DAVY_OK)
        status = load_seen(repository, name, &look, given);
    else if (entry)
        davy_entry_fault(repository, entry, davy_model_look_fault(status, &look), false);
    davy_model_look_clear(&look);
    return status;
}

static davy_status load_folder(davy_repository *repository, const char *name)
{
    return load_from(repository, repository->folder, name, NULL, false);
}

static davy_status load_given(davy_repository *repository, const char *name,
                              const char *config_json, const davy_model_file *files, size_t count)
{
    davy_given given;
    davy_status status = davy_repository_name_check(name);

    if (status != DAVY_OK)
        return status;
    status = davy_given_write(repository, name, files, count, &given);
    if (status == DAVY_OK)
        status = load_from(repository, given.folder, name, config_json, true);
    davy_given_remove(repository, &given);
    return status;
}

davy_status davy_repository_load(davy_repository *repository, const char *name,
                                 const char *config_json, const davy_model_file *files,
                                 size_t count)
{
    davy_status status;

    if (repository->options.control == DAVY_CONTROL_POLL && (config_json || count > 0))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%.100s' follows its folder: write files there, or serve with "
                         "explicit model control",
                         name);
    (void) pthread_mutex_lock(&repository->loading);
    if (count > 0)
        status = load_given(repository, name, config_json, files, count);
    else
        status = load_from(repository, repository->folder, name, config_json, config_json != NULL);
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}

/* -------------------------------------------------------------------------------------- unload */

static davy_status unload_unused(davy_repository *repository, const char *model);

static davy_status unload(davy_repository *repository, davy_entry *entry, bool dependents)
{
    const davy_model_look nothing = {.folder = -1};
    davy_model_look look;
    davy_arena arena = {0};
    davy_infer_config config = {.step_count = 0};
    davy_status status = DAVY_OK;
    bool there;

    if (dependents) /* the steps of what serves now: its config goes with it */
        status = davy_members_copy(entry, &arena, &config);
    entry->wanted = false;
    entry->given = false;
    there = davy_model_look_at(repository, repository->folder, entry->name, NULL, &look) == DAVY_OK;
    if (status == DAVY_OK)
        status = davy_repository_bring(repository, entry, there ? &look : &nothing, false);
    davy_model_look_clear(&look);
    if (status == DAVY_OK)
        status = davy_members_visit(repository, &config, unload_unused);
    davy_arena_clear(&arena);
    return status;
}

static davy_status unload_unused(davy_repository *repository, const char *model)
{
    davy_entry *entry = davy_entry_find(repository, model);

    if (!entry || !entry->wanted || davy_members_used(repository, model))
        return DAVY_OK;
    return unload(repository, entry, true);
}

davy_status davy_repository_unload(davy_repository *repository, const char *name, bool dependents)
{
    davy_entry *entry;
    davy_status status;

    if (repository->options.control == DAVY_CONTROL_POLL)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%.100s' follows its folder: remove that, or serve with explicit "
                         "model control",
                         name);
    (void) pthread_mutex_lock(&repository->loading);
    entry = davy_entry_find(repository, name);
    status = entry && entry->wanted
                 ? unload(repository, entry, dependents)
                 : davy_fail(DAVY_ERR_NOT_FOUND, "model '%.100s' is not loaded", name);
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}
