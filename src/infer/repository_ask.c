/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

/* Load and unload as they are asked for, and how requests are shared among versions. */

static davy_status load_folder(davy_repository *repository, const char *name)
{
    davy_entry *entry;
    davy_model_look look;
    davy_status status = davy_model_look_at(repository, name, &look);

    entry = status == DAVY_OK ? davy_entry_add(repository, name) : NULL;
    if (status == DAVY_OK && !entry)
        status = davy_fail(DAVY_ERR_NOMEM, "model '%.100s'", name);
    if (status == DAVY_OK) {
        entry->wanted = true;
        entry->given = false;
        status = davy_repository_bring(repository, entry, &look, false);
    }
    if (status == DAVY_OK && look.version_count == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "model '%.100s' has no version", name);
    davy_model_look_clear(&look);
    return status;
}

davy_status davy_repository_load(davy_repository *repository, const char *name,
                                 const char *config_json, const davy_model_file *files,
                                 size_t count)
{
    davy_status status;

    (void) files;
    if (config_json || count > 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%.100s' is loaded from its folder", name);
    (void) pthread_mutex_lock(&repository->loading);
    status = load_folder(repository, name);
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}

davy_status davy_repository_unload(davy_repository *repository, const char *name, bool dependents)
{
    const davy_model_look nothing = {.folder = -1};
    davy_entry *entry;
    davy_status status = DAVY_OK;

    (void) dependents;
    if (repository->options.control == DAVY_CONTROL_POLL)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%.100s' follows its folder: remove that, or serve with explicit "
                         "model control",
                         name);
    (void) pthread_mutex_lock(&repository->loading);
    entry = davy_entry_find(repository, name);
    if (!entry || !entry->wanted)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "model '%.100s' is not loaded", name);
    else {
        entry->wanted = false;
        entry->given = false;
        status = davy_repository_bring(repository, entry, &nothing, false);
    }
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}

davy_status davy_repository_set_traffic(davy_repository *repository, const char *name,
                                        const davy_traffic *traffic)
{
    davy_entry *entry;
    davy_status status = DAVY_OK;

    if (!(traffic->canary_share >= 0 && traffic->canary_share <= 1))
        return davy_fail(DAVY_ERR_INVALID, "a canary's share is 0 to 1, not %g",
                         traffic->canary_share);
    (void) pthread_mutex_lock(&repository->loading);
    entry = davy_entry_find(repository, name);
    if (!entry)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
    else {
        (void) pthread_mutex_lock(&repository->lock);
        entry->traffic = *traffic;
        (void) pthread_mutex_unlock(&repository->lock);
        if (entry->wanted && !entry->given)
            status = davy_repository_refresh(repository, name,
                                             repository->options.control == DAVY_CONTROL_POLL);
    }
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}

davy_status davy_repository_traffic(davy_repository *repository, const char *name,
                                    davy_traffic *out)
{
    const davy_entry *entry;

    (void) pthread_mutex_lock(&repository->lock);
    entry = davy_entry_find(repository, name);
    if (entry)
        *out = entry->traffic;
    (void) pthread_mutex_unlock(&repository->lock);
    return entry ? DAVY_OK : davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
}
