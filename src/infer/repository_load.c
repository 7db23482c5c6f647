/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include "core/clock.h"
#include "core/file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --------------------------------------------------------------------------------- one version */

static void link_lease(davy_repository *repository, davy_lease *lease)
{
    (void) pthread_mutex_lock(&repository->lock);
    lease->next = repository->leases;
    repository->leases = lease;
    repository->lease_count++;
    repository->memory += davy_served_describe(lease->served)->memory;
    (void) pthread_mutex_unlock(&repository->lock);
}

/* What is left for one more version. */
static davy_status find_room(davy_repository *repository, size_t *memory)
{
    size_t count;

    (void) pthread_mutex_lock(&repository->lock);
    count = repository->lease_count;
    *memory = repository->memory < repository->memory_max
                  ? repository->memory_max - repository->memory
                  : 0;
    (void) pthread_mutex_unlock(&repository->lock);
    if (count >= repository->models_max)
        return davy_fail(DAVY_ERR_FULL, "%zu versions are loaded, %zu at most: unload some", count,
                         repository->models_max);
    if (*memory == 0)
        return davy_fail(DAVY_ERR_FULL, "what is loaded takes all of %zu bytes: unload some",
                         repository->memory_max);
    return DAVY_OK;
}

/* Nobody wrote while it was read. */
static davy_status check_unchanged(const davy_model_look *look, const davy_seen *seen)
{
    uint64_t stamp;
    davy_status status = davy_version_stamp(look->folder, seen->number, &stamp);

    if (status == DAVY_OK && stamp != seen->stamp)
        status = davy_fail(DAVY_ERR_UNAVAILABLE, "it was written to while it was read");
    return status;
}

static davy_status open_served(davy_repository *repository, const davy_entry *entry,
                               const davy_model_look *look, const davy_seen *seen,
                               const davy_infer_config *config, davy_served **out)
{
    char path[PATH_MAX], leaf[16];
    davy_served_place place = {.model = look->folder, .path = path};
    davy_status status = find_room(repository, &place.memory_max);

    (void) snprintf(leaf, sizeof leaf, "%u", seen->number);
    /* Reasons go to people who need not know where the repository lies. */
    (void) snprintf(path, sizeof path, "%s/%s", entry->name, leaf);
    if (status == DAVY_OK)
        status = davy_open_beneath(look->folder, leaf, O_RDONLY | O_DIRECTORY, &place.folder);
    if (status != DAVY_OK)
        return status;
    status = davy_served_open_at(&place, entry->name, seen->number, config, out);
    close(place.folder);
    if (status == DAVY_ERR_FULL)
        status = DAVY_ERR_UNSUPPORTED; /* a limit of davy's: another look will meet it again */
    else if (status == DAVY_ERR_NOMEM)
        status = davy_fail(DAVY_ERR_FULL, "%.400s (for models %zu bytes are left of %zu)",
                           davy_error(), place.memory_max, repository->memory_max);
    return status;
}

/* A config that came with a request lives as long as the version. */
static davy_status keep_config(davy_lease *lease, const char *json, const davy_infer_config **out)
{
    *out = json ? &lease->config : NULL;
    return json ? davy_infer_config_parse_json(json, strlen(json), &lease->arena, &lease->config)
                : DAVY_OK;
}

static davy_status open_lease(davy_repository *repository, const davy_entry *entry,
                              const davy_model_look *look, const davy_seen *seen, davy_lease **out)
{
    const davy_repository_options *options = &repository->options;
    davy_lease *lease = calloc(1, sizeof *lease);
    const davy_infer_config *config;
    davy_status status;

    if (!lease)
        return davy_fail(DAVY_ERR_NOMEM, "model '%.100s'", entry->name);
    lease->repository = repository;
    status = keep_config(lease, look->config_json, &config);
    if (status == DAVY_OK)
        status = open_served(repository, entry, look, seen, config, &lease->served);
    if (status != DAVY_OK) {
        davy_arena_clear(&lease->arena);
        free(lease);
        return status;
    }
    link_lease(repository, lease);
    status = check_unchanged(look, seen);
    if (status == DAVY_OK)
        status = davy_members_check(repository, lease->served);
    if (status == DAVY_OK && options->prepare)
        status = options->prepare(options->context, lease, look->folder);
    if (status != DAVY_OK) {
        davy_lease_retire(lease);
        return status;
    }
    *out = lease;
    return DAVY_OK;
}

/* What another look may find otherwise, though no file changed. */
static bool may_pass(davy_status status)
{
    return status == DAVY_ERR_NOMEM || status == DAVY_ERR_IO || status == DAVY_ERR_NOT_FOUND ||
           status == DAVY_ERR_FULL || status == DAVY_ERR_TIMEOUT || status == DAVY_ERR_UNAVAILABLE;
}

static davy_status load_version(davy_repository *repository, davy_entry *entry,
                                const davy_model_look *look, const davy_seen *seen,
                                davy_version *version)
{
    davy_lease *lease = NULL, *before = version->open;
    davy_status status;

    if (!before)
        davy_version_set(repository, entry, version, DAVY_VERSION_LOADING, NULL);
    status = open_lease(repository, entry, look, seen, &lease);
    version->stamp = status != DAVY_OK && may_pass(status) ? 0 : seen->stamp;
    if (status != DAVY_OK) {
        davy_version_set(repository, entry, version,
                         before ? DAVY_VERSION_READY : DAVY_VERSION_UNAVAILABLE, davy_error());
        return status;
    }
    (void) pthread_mutex_lock(&repository->lock);
    version->open = lease;
    (void) pthread_mutex_unlock(&repository->lock);
    davy_version_set(repository, entry, version, DAVY_VERSION_READY, NULL);
    davy_lease_retire(before);
    return DAVY_OK;
}

/* Whether its files were left alone for long enough to be whole. */
static bool is_settled(const davy_repository *repository, const davy_version *version,
                       const davy_seen *seen)
{
    const davy_clock *clock = davy_clock_system();

    return seen->sealed || davy_wall_ns(clock) - seen->changed_ns >= repository->settle_ns ||
           davy_monotonic_ns(clock) - version->seen_ns >= repository->settle_ns;
}

static davy_status bring_version(davy_repository *repository, davy_entry *entry,
                                 const davy_model_look *look, const davy_seen *seen, bool patient)
{
    davy_version *version = davy_version_add(repository, entry, seen->number);

    if (!version)
        return davy_fail(DAVY_ERR_NOMEM, "versions of '%.100s'", entry->name);
    if (version->seen != seen->stamp) {
        version->seen = seen->stamp;
        version->seen_ns = davy_monotonic_ns(davy_clock_system());
    }
    if (!seen->wanted || !entry->wanted)
        return DAVY_OK;
    if (version->stamp == seen->stamp && (patient || !version->reason))
        return DAVY_OK; /* it is open; or it failed, and nobody asks to try again */
    if (patient && !is_settled(repository, version, seen)) {
        if (!version->open && version->state != DAVY_VERSION_LOADING)
            davy_version_set(repository, entry, version, DAVY_VERSION_LOADING, NULL);
        return DAVY_OK;
    }
    return load_version(repository, entry, look, seen, version);
}

/* --------------------------------------------------------------------------- which one answers */

static bool is_open(const davy_entry *entry, unsigned number)
{
    const davy_version *version = davy_version_find(entry, number);

    return version && version->open;
}

static unsigned alias_version(const davy_alias *aliases, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].version;
    return 0;
}

/* @param before  as they were followed until now */
static void tell_moves(const davy_repository *repository, const davy_entry *entry,
                       const davy_alias *before, size_t count)
{
    const davy_repository_options *options = &repository->options;

    for (size_t i = 0; options->moved && i < entry->alias_count; i++) {
        const davy_alias *alias = &entry->aliases[i];
        const unsigned from = alias_version(before, count, alias->name);

        if (from > 0 && from != alias->version)
            options->moved(options->context, entry->name, alias->name, from, alias->version);
    }
}

/* An alias is followed to its new version when that is open; until then it stays where it was. */
static davy_status follow_aliases(davy_repository *repository, davy_entry *entry,
                                  const davy_model_look *look)
{
    davy_alias *followed = calloc(look->alias_count + 1, sizeof *followed);
    davy_alias *before = entry->aliases;
    const size_t count = entry->alias_count;

    if (!followed)
        return davy_fail(DAVY_ERR_NOMEM, "aliases of '%.100s'", entry->name);
    for (size_t i = 0; i < look->alias_count; i++) {
        const unsigned old =
            alias_version(entry->aliases, entry->alias_count, look->aliases[i].name);

        followed[i] = look->aliases[i];
        if (!is_open(entry, followed[i].version) && is_open(entry, old))
            followed[i].version = old;
    }
    (void) pthread_mutex_lock(&repository->lock);
    entry->aliases = followed;
    entry->alias_count = look->alias_count;
    (void) pthread_mutex_unlock(&repository->lock);
    tell_moves(repository, entry, before, count);
    free(before);
    return DAVY_OK;
}

/* The champion; without one the newest that is open; else what served before; else what should. */
static unsigned choose_served(const davy_entry *entry, const davy_model_look *look)
{
    const unsigned champion =
        alias_version(entry->aliases, entry->alias_count, DAVY_REPOSITORY_CHAMPION);
    unsigned newest = 0, newest_open = 0;

    if (champion > 0)
        return champion;
    for (size_t i = 0; i < look->version_count; i++) {
        if (!look->versions[i].wanted)
            continue;
        newest = look->versions[i].number;
        if (is_open(entry, newest))
            newest_open = newest;
    }
    if (newest_open > 0)
        return newest_open;
    return is_open(entry, entry->serves) ? entry->serves : newest;
}

static bool is_seen(const davy_model_look *look, unsigned number, bool wanted)
{
    for (size_t i = 0; i < look->version_count; i++)
        if (look->versions[i].number == number)
            return !wanted || look->versions[i].wanted;
    return false;
}

static bool is_needed(const davy_entry *entry, const davy_model_look *look, unsigned number)
{
    if (!entry->wanted || !is_seen(look, number, false))
        return false;
    if (is_seen(look, number, true) || entry->serves == number)
        return true;
    for (size_t i = 0; i < entry->alias_count; i++)
        if (entry->aliases[i].version == number)
            return true;
    return false;
}

static void retire_rest(davy_repository *repository, davy_entry *entry, const davy_model_look *look)
{
    for (size_t i = entry->version_count; i-- > 0;) {
        davy_version *version = &entry->versions[i];
        davy_lease *open = version->open;
        const unsigned number = version->number;

        if (is_needed(entry, look, number))
            continue;
        (void) pthread_mutex_lock(&repository->lock);
        version->open = NULL;
        version->stamp = 0;
        if (entry->serves == number)
            entry->serves = 0;
        (void) pthread_mutex_unlock(&repository->lock);
        if (open || version->state != DAVY_VERSION_UNAVAILABLE || !version->reason)
            davy_version_set(repository, entry, version, DAVY_VERSION_UNAVAILABLE,
                             open ? "unloaded" : "not loaded");
        davy_lease_retire(open);
        if (!is_seen(look, number, false))
            davy_version_remove(repository, entry, number);
    }
}

davy_status davy_repository_bring(davy_repository *repository, davy_entry *entry,
                                  const davy_model_look *look, bool patient)
{
    davy_status first = DAVY_OK, status;
    unsigned serves;

    for (size_t i = 0; i < look->version_count; i++) {
        status = bring_version(repository, entry, look, &look->versions[i], patient);
        first = first == DAVY_OK ? status : first;
    }
    if (first != DAVY_OK && !patient) /* what was asked for failed: all stays as it was */
        return first;
    status = follow_aliases(repository, entry, look);
    first = first == DAVY_OK ? status : first;
    serves = choose_served(entry, look);
    (void) pthread_mutex_lock(&repository->lock);
    entry->serves = serves;
    (void) pthread_mutex_unlock(&repository->lock);
    retire_rest(repository, entry, look);
    return first;
}

const char *davy_model_look_fault(davy_status status, const davy_model_look *look)
{
    if (status != DAVY_OK)
        return davy_error();
    if (look->fault)
        return look->fault;
    return look->version_count > 0 ? NULL : "there is no version in it, a folder 1, 2 or so on";
}

davy_status davy_repository_refresh(davy_repository *repository, const char *name, bool patient)
{
    davy_entry *entry;
    davy_model_look look;
    davy_status status = davy_model_look_at(repository, repository->folder, name, NULL, &look);

    if (status == DAVY_OK) {
        entry = davy_entry_find(repository, name);
        status = entry ? davy_repository_bring(repository, entry, &look, patient)
                       : davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
    }
    davy_model_look_clear(&look);
    return status;
}
