/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often the folder is looked at: a file is served within two looks. */
#define POLL_NS INT64_C(1000000000)

/* Versions that are open at a time: each holds its file in memory. */
#define MODELS_MAX 1000

/* ------------------------------------------------------------------------------ open and close */

/* Half of the machine: runs need memory as well, and so does all else that davy does. */
static size_t memory_default(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (size_t) pages * (size_t) size / 2 : (size_t) 1 << 30;
}

static void init_locks(davy_repository *repository)
{
    pthread_condattr_t attributes;

    (void) pthread_mutex_init(&repository->loading, NULL);
    (void) pthread_mutex_init(&repository->lock, NULL);
    (void) pthread_condattr_init(&attributes);
    (void) pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void) pthread_cond_init(&repository->quiet, &attributes);
    (void) pthread_condattr_destroy(&attributes);
}

/* Names stay with the caller no longer than this call. */
static davy_status copy_options(davy_repository *repository, const davy_repository_options *options)
{
    repository->options = *options;
    repository->options.startup = NULL;
    repository->options.folder = strdup(options->folder);
    repository->options.traffic = options->traffic ? strdup(options->traffic) : NULL;
    repository->settle_ns = options->poll_ns > 0 ? options->poll_ns : POLL_NS;
    repository->options.poll_ns = repository->settle_ns;
    repository->models_max = options->models_max > 0 ? options->models_max : MODELS_MAX;
    repository->memory_max = options->memory_max > 0 ? options->memory_max : memory_default();
    if (!repository->options.folder || (options->traffic && !repository->options.traffic))
        return davy_fail(DAVY_ERR_NOMEM, "repository '%s'", options->folder);
    repository->folder = open(options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (repository->folder < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO,
                         "cannot open the repository '%s'", options->folder);
    return DAVY_OK;
}

davy_status davy_repository_open(const davy_repository_options *options, davy_repository **out)
{
    davy_repository *repository = calloc(1, sizeof *repository);
    davy_status status;

    if (!repository)
        return davy_fail(DAVY_ERR_NOMEM, "repository '%s'", options->folder);
    repository->folder = -1;
    init_locks(repository);
    status = copy_options(repository, options);
    if (status == DAVY_OK)
        status = davy_traffic_open(repository);
    if (status == DAVY_OK)
        status = davy_repository_start(repository, options);
    if (status != DAVY_OK) {
        davy_repository_close(repository);
        return status;
    }
    *out = repository;
    return DAVY_OK;
}

static void retire_all(davy_repository *repository)
{
    for (size_t i = 0; i < repository->entry_count; i++)
        for (size_t v = 0; v < repository->entries[i]->version_count; v++) {
            davy_version *version = &repository->entries[i]->versions[v];
            davy_lease *open = version->open;

            (void) pthread_mutex_lock(&repository->lock);
            version->open = NULL;
            (void) pthread_mutex_unlock(&repository->lock);
            davy_lease_retire(open);
        }
}

void davy_repository_close(davy_repository *repository)
{
    if (!repository)
        return;
    davy_repository_stop(repository);
    retire_all(repository);
    (void) pthread_mutex_lock(&repository->lock);
    while (repository->lease_count > 0)
        (void) pthread_cond_wait(&repository->quiet, &repository->lock);
    (void) pthread_mutex_unlock(&repository->lock);
    while (repository->entry_count > 0)
        davy_entry_remove(repository, repository->entries[repository->entry_count - 1]);
    free(repository->entries);
    if (repository->folder >= 0)
        close(repository->folder);
    (void) pthread_cond_destroy(&repository->quiet);
    (void) pthread_mutex_destroy(&repository->lock);
    (void) pthread_mutex_destroy(&repository->loading);
    json_decref(repository->kept);
    free((char *) (uintptr_t) repository->options.traffic);
    free((char *) (uintptr_t) repository->options.folder);
    free(repository);
}

/* --------------------------------------------------------------------------------- to hold one */

/* Digits alone are a version; a word is an alias. */
static unsigned read_version(const davy_entry *entry, const char *text)
{
    if (!*text)
        return entry->serves;
    for (size_t i = 0; i < entry->alias_count; i++)
        if (strcmp(entry->aliases[i].name, text) == 0)
            return entry->aliases[i].version;
    return davy_registry_number(text);
}

/* Why nothing of a model is served: what the look said, or the newest version that failed. */
static const char *why_none(const davy_entry *entry)
{
    if (entry->reason)
        return entry->reason;
    for (size_t i = entry->version_count; i-- > 0;)
        if (entry->versions[i].reason)
            return entry->versions[i].reason;
    return NULL;
}

static davy_status find_lease(const davy_repository *repository, const char *name, const char *text,
                              davy_lease **out)
{
    const davy_entry *entry = davy_entry_find(repository, name);
    const unsigned number = entry ? read_version(entry, text) : 0;
    const davy_version *version = entry ? davy_version_find(entry, number) : NULL;

    if (!entry)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
    if (!version && *text)
        return davy_fail(DAVY_ERR_NOT_FOUND, "model '%.100s' has no version or alias '%.100s'",
                         name, text);
    if (!version)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%.100s' has no version that is loaded%s%s",
                         name, why_none(entry) ? ": " : "", why_none(entry) ? why_none(entry) : "");
    if (!version->open)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%.100s', version %u, is not ready: %s", name,
                         number,
                         version->state == DAVY_VERSION_LOADING ? "it is being loaded"
                         : version->reason                      ? version->reason
                                                                : "not loaded");
    *out = version->open;
    return DAVY_OK;
}

davy_status davy_repository_acquire(davy_repository *repository, const char *name,
                                    const char *version, davy_lease **out)
{
    davy_lease *lease = NULL;
    davy_status status;

    (void) pthread_mutex_lock(&repository->lock);
    status = find_lease(repository, name, version, &lease);
    if (status == DAVY_OK)
        lease->users++;
    (void) pthread_mutex_unlock(&repository->lock);
    if (status == DAVY_OK)
        *out = lease;
    return status;
}

/* ------------------------------------------------------------------------------------ the list */

/* Whether an older one of it still answers its last requests. */
static bool is_leaving(const davy_repository *repository, const char *name, unsigned number)
{
    for (const davy_lease *lease = repository->leases; lease; lease = lease->next) {
        const davy_served_info *info = davy_served_describe(lease->served);

        if (lease->retired && info->version == number && strcmp(info->name, name) == 0)
            return true;
    }
    return false;
}

static const char *state_of(const davy_repository *repository, const char *name,
                            const davy_version *version)
{
    if (version->open)
        return "READY";
    if (version->state == DAVY_VERSION_LOADING)
        return "LOADING";
    return is_leaving(repository, name, version->number) ? "UNLOADING" : "UNAVAILABLE";
}

static char *join_aliases(const davy_entry *entry, unsigned number, davy_arena *arena)
{
    size_t length = 1;
    char *text, *end;

    for (size_t i = 0; i < entry->alias_count; i++)
        length += strlen(entry->aliases[i].name) + 1;
    end = text = davy_arena_alloc(arena, length);
    for (size_t i = 0; text && i < entry->alias_count; i++) {
        if (entry->aliases[i].version != number)
            continue;
        if (end != text)
            *end++ = ',';
        end = stpcpy(end, entry->aliases[i].name);
    }
    return text;
}

static davy_status copy_version(const davy_repository *repository, const davy_entry *entry,
                                const davy_version *version, davy_arena *arena,
                                davy_repository_entry *out)
{
    const char *reason = version && version->reason ? version->reason
                         : entry->reason            ? entry->reason
                                                    : "";

    out->name = davy_arena_text(arena, entry->name, strlen(entry->name));
    out->version = version ? version->number : 0;
    out->state = version ? state_of(repository, entry->name, version) : "UNAVAILABLE";
    out->reason = davy_arena_text(arena, reason, strlen(reason));
    out->aliases = join_aliases(entry, out->version, arena);
    return out->name && out->reason && out->aliases ? DAVY_OK
                                                    : davy_fail(DAVY_ERR_NOMEM, "the list");
}

/* A copy of what is in memory, so that the visitor may take its time. */
static davy_status copy_list(const davy_repository *repository, davy_arena *arena,
                             davy_repository_entry **list, size_t *count)
{
    size_t most = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < repository->entry_count; i++)
        most += repository->entries[i]->version_count + 1;
    *list = davy_arena_array(arena, most + 1, sizeof **list);
    if (!*list)
        return davy_fail(DAVY_ERR_NOMEM, "the list");
    for (size_t i = 0; i < repository->entry_count; i++) {
        const davy_entry *entry = repository->entries[i];

        if (entry->version_count == 0)
            status = copy_version(repository, entry, NULL, arena, &(*list)[(*count)++]);
        for (size_t v = 0; v < entry->version_count && status == DAVY_OK; v++)
            status =
                copy_version(repository, entry, &entry->versions[v], arena, &(*list)[(*count)++]);
    }
    return status;
}

davy_status davy_repository_list(davy_repository *repository, bool ready_only,
                                 davy_repository_visit visit, void *context)
{
    davy_repository_entry *list = NULL;
    davy_arena arena = {0};
    size_t count = 0;
    davy_status status;

    (void) pthread_mutex_lock(&repository->lock);
    status = copy_list(repository, &arena, &list, &count);
    (void) pthread_mutex_unlock(&repository->lock);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        if (!ready_only || strcmp(list[i].state, "READY") == 0)
            status = visit(context, &list[i]);
    davy_arena_clear(&arena);
    return status;
}
