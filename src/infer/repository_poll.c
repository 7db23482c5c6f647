/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include "core/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void look_again(davy_repository *repository, const char *name)
{
    davy_entry *entry = davy_entry_add(repository, name);
    davy_model_look look;
    davy_status status;

    if (!entry || entry->given)
        return;
    if (repository->options.control == DAVY_CONTROL_POLL)
        entry->wanted = true;
    else if (entry->wanted)
        return; /* as it was asked for, until it is asked for again */
    status = davy_model_look_at(repository, repository->folder, name, NULL, &look);
    davy_entry_fault(repository, entry, davy_model_look_fault(status, &look), true);
    if (status == DAVY_OK) /* a version that fails says so itself */
        (void) !davy_repository_bring(repository, entry, &look, true);
    davy_model_look_clear(&look);
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* What went from the folder goes from memory; what was asked for, or given, stays until unloaded.
 */
static void forget_gone(davy_repository *repository, const char *const *names, size_t count)
{
    const davy_model_look nothing = {.folder = -1};

    for (size_t i = repository->entry_count; i-- > 0;) {
        davy_entry *entry = repository->entries[i];
        const bool kept =
            entry->given || (entry->wanted && repository->options.control != DAVY_CONTROL_POLL);

        if (kept || is_listed(names, count, entry->name))
            continue;
        (void) !davy_repository_bring(repository, entry, &nothing, true);
        davy_traffic_forget(repository, entry->name);
        davy_entry_remove(repository, entry);
    }
}

davy_status davy_repository_poll(davy_repository *repository)
{
    const char *const *names = NULL;
    davy_arena arena = {0};
    size_t count = 0;
    davy_status status;

    (void) pthread_mutex_lock(&repository->loading);
    status = davy_model_names(repository, &arena, &names, &count);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        look_again(repository, names[i]);
    if (status == DAVY_OK)
        forget_gone(repository, names, count);
    (void) pthread_mutex_unlock(&repository->loading);
    davy_arena_clear(&arena);
    return status;
}

/* ---------------------------------------------------------------------------------- on its own */

/* Wait between looks. @return false when there is to be no other */
static bool wait_for_next(davy_repository *repository)
{
    struct timespec until;
    int64_t at;
    bool go_on;
    int waited = 0;

    (void) clock_gettime(CLOCK_MONOTONIC, &until);
    at = until.tv_nsec + repository->options.poll_ns;
    until.tv_sec += at / 1000000000;
    until.tv_nsec = at % 1000000000;
    (void) pthread_mutex_lock(&repository->lock);
    while (!repository->stopping && waited == 0)
        waited = pthread_cond_timedwait(&repository->quiet, &repository->lock, &until);
    go_on = !repository->stopping;
    (void) pthread_mutex_unlock(&repository->lock);
    return go_on;
}

static void *poll_on(void *context)
{
    davy_repository *repository = context;

    while (wait_for_next(repository))
        if (davy_repository_poll(repository) != DAVY_OK) /* it may come back */
            davy_log(DAVY_LOG_WARNING, "infer", "%s", davy_error());
    return NULL;
}

static bool is_any_loading(davy_repository *repository)
{
    bool found = false;

    for (size_t i = 0; i < repository->entry_count; i++)
        for (size_t v = 0; v < repository->entries[i]->version_count; v++)
            found = found || repository->entries[i]->versions[v].state == DAVY_VERSION_LOADING;
    return found;
}

static davy_status load_startup(davy_repository *repository, const davy_repository_options *options)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < options->startup_count && status == DAVY_OK; i++) {
        if (strcmp(options->startup[i], "*") != 0) {
            status = davy_repository_load(repository, options->startup[i], NULL, NULL, 0);
            continue;
        }
        for (size_t k = 0; k < repository->entry_count; k++)
            (void) !davy_repository_load(repository, repository->entries[k]->name, NULL, NULL, 0);
    }
    return status;
}

davy_status davy_repository_start(davy_repository *repository,
                                  const davy_repository_options *options)
{
    const struct timespec settle = {.tv_sec = repository->settle_ns / 1000000000,
                                    .tv_nsec = repository->settle_ns % 1000000000};
    davy_status status;

    davy_given_sweep(repository);
    status = davy_repository_poll(repository);
    if (status == DAVY_OK && is_any_loading(repository)) { /* written just now: is it whole? */
        (void) nanosleep(&settle, NULL);
        status = davy_repository_poll(repository);
    }
    if (status == DAVY_OK && options->control == DAVY_CONTROL_EXPLICIT)
        status = load_startup(repository, options);
    if (status == DAVY_OK && pthread_create(&repository->poller, NULL, poll_on, repository) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "a thread for the repository");
    repository->polls = status == DAVY_OK;
    return status;
}

void davy_repository_stop(davy_repository *repository)
{
    (void) pthread_mutex_lock(&repository->lock);
    repository->stopping = true;
    (void) pthread_cond_broadcast(&repository->quiet);
    (void) pthread_mutex_unlock(&repository->lock);
    if (repository->polls)
        (void) pthread_join(repository->poller, NULL);
    repository->polls = false;
}
