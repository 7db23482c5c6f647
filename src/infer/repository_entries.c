/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------------------- models in memory */

/* Where a name stands, or would stand. */
static size_t place_of(const davy_repository *repository, const char *name)
{
    size_t low = 0, high = repository->entry_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(repository->entries[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

davy_entry *davy_entry_find(const davy_repository *repository, const char *name)
{
    const size_t place = place_of(repository, name);

    return place < repository->entry_count && strcmp(repository->entries[place]->name, name) == 0
               ? repository->entries[place]
               : NULL;
}

static void destroy_entry(davy_entry *entry)
{
    for (size_t i = 0; i < entry->version_count; i++)
        free(entry->versions[i].reason);
    free(entry->versions);
    free(entry->aliases);
    free(entry->reason);
    free(entry->told);
    free(entry->name);
    free(entry);
}

static davy_entry *create_entry(const char *name)
{
    davy_entry *entry = calloc(1, sizeof *entry);

    if (entry)
        entry->name = strdup(name);
    if (entry && !entry->name) {
        free(entry);
        entry = NULL;
    }
    return entry;
}

davy_entry *davy_entry_add(davy_repository *repository, const char *name)
{
    davy_entry *found = davy_entry_find(repository, name), **grown;
    const size_t place = place_of(repository, name);

    if (found)
        return found;
    found = create_entry(name);
    if (!found)
        return NULL;
    davy_traffic_recall(repository, found);
    (void) pthread_mutex_lock(&repository->lock);
    grown = realloc(repository->entries, (repository->entry_count + 1) * sizeof *grown);
    if (grown) {
        memmove(grown + place + 1, grown + place,
                (repository->entry_count - place) * sizeof *grown);
        grown[place] = found;
        repository->entries = grown;
        repository->entry_count++;
    }
    (void) pthread_mutex_unlock(&repository->lock);
    if (!grown) {
        destroy_entry(found);
        return NULL;
    }
    return found;
}

void davy_entry_remove(davy_repository *repository, davy_entry *entry)
{
    const size_t place = place_of(repository, entry->name);

    (void) pthread_mutex_lock(&repository->lock);
    repository->entry_count--;
    memmove(repository->entries + place, repository->entries + place + 1,
            (repository->entry_count - place) * sizeof(davy_entry *));
    (void) pthread_mutex_unlock(&repository->lock);
    destroy_entry(entry);
}

/* ------------------------------------------------------------------------------------ versions */

davy_version *davy_version_find(const davy_entry *entry, unsigned number)
{
    for (size_t i = 0; i < entry->version_count; i++)
        if (entry->versions[i].number == number)
            return &entry->versions[i];
    return NULL;
}

davy_version *davy_version_add(davy_repository *repository, davy_entry *entry, unsigned number)
{
    davy_version *found = davy_version_find(entry, number), *grown;
    size_t place = entry->version_count;

    if (found)
        return found;
    (void) pthread_mutex_lock(&repository->lock);
    grown = realloc(entry->versions, (entry->version_count + 1) * sizeof *grown);
    if (grown) {
        for (; place > 0 && grown[place - 1].number > number; place--)
            grown[place] = grown[place - 1];
        grown[place] = (davy_version){.number = number};
        entry->versions = grown;
        entry->version_count++;
    }
    (void) pthread_mutex_unlock(&repository->lock);
    return grown ? grown + place : NULL;
}

void davy_version_remove(davy_repository *repository, davy_entry *entry, unsigned number)
{
    davy_version *found = davy_version_find(entry, number);

    if (!found)
        return;
    (void) pthread_mutex_lock(&repository->lock);
    free(found->reason);
    entry->version_count--;
    memmove(found, found + 1,
            (size_t) (entry->versions + entry->version_count - found) * sizeof *found);
    (void) pthread_mutex_unlock(&repository->lock);
}

void davy_version_set(davy_repository *repository, const davy_entry *entry, davy_version *version,
                      davy_version_state state, const char *reason)
{
    static const char *const names[] = {"UNAVAILABLE", "LOADING", "READY"};
    const davy_repository_options *options = &repository->options;
    char *kept = reason ? strdup(reason) : NULL, *before;

    (void) pthread_mutex_lock(&repository->lock);
    before = version->reason;
    version->state = state;
    version->reason = kept;
    (void) pthread_mutex_unlock(&repository->lock);
    free(before);
    if (options->changed)
        options->changed(options->context, entry->name, version->number, names[state],
                         reason ? reason : "");
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* A folder may be half made, and a file half written: what is wrong twice is told. */
static void tell_fault(const davy_repository_options *options, davy_entry *entry, bool stands)
{
    char *now = entry->reason ? strdup(entry->reason) : NULL;

    if (is_same(entry->told, entry->reason) || (entry->reason && (!stands || !now))) {
        free(now);
        return;
    }
    free(entry->told);
    entry->told = now;
    if (options->changed)
        options->changed(options->context, entry->name, 0, now ? "FAULTY" : "MENDED",
                         now ? now : "");
}

void davy_entry_fault(davy_repository *repository, davy_entry *entry, const char *reason,
                      bool patient)
{
    char *kept = reason ? strdup(reason) : NULL, *before;
    bool stands;

    (void) pthread_mutex_lock(&repository->lock);
    before = entry->reason;
    entry->reason = kept;
    (void) pthread_mutex_unlock(&repository->lock);
    stands = !patient || is_same(before, reason);
    free(before);
    tell_fault(&repository->options, entry, stands);
}

/* -------------------------------------------------------------------------------------- leases */

/* Take a version that nobody uses out of the list; the caller closes it without the lock. */
static void unlink_lease(davy_repository *repository, const davy_lease *lease)
{
    davy_lease **at = &repository->leases;

    while (*at != lease)
        at = &(*at)->next;
    *at = lease->next;
}

static void close_lease(davy_lease *lease)
{
    davy_repository *repository = lease->repository;
    const size_t memory = davy_served_describe(lease->served)->memory;

    if (lease->destroy && lease->slot)
        lease->destroy(lease->slot);
    davy_served_close(lease->served);
    davy_arena_clear(&lease->arena);
    free(lease);
    (void) pthread_mutex_lock(&repository->lock);
    repository->memory -= memory;
    repository->lease_count--;
    (void) pthread_cond_broadcast(&repository->quiet);
    (void) pthread_mutex_unlock(&repository->lock);
}

void davy_lease_retire(davy_lease *lease)
{
    bool idle;

    if (!lease)
        return;
    (void) pthread_mutex_lock(&lease->repository->lock);
    lease->retired = true;
    idle = lease->users == 0;
    if (idle)
        unlink_lease(lease->repository, lease);
    (void) pthread_mutex_unlock(&lease->repository->lock);
    if (idle)
        close_lease(lease);
}

void davy_lease_release(davy_lease *lease)
{
    bool last;

    if (!lease)
        return;
    (void) pthread_mutex_lock(&lease->repository->lock);
    last = --lease->users == 0 && lease->retired;
    if (last)
        unlink_lease(lease->repository, lease);
    (void) pthread_mutex_unlock(&lease->repository->lock);
    if (last)
        close_lease(lease);
}

const davy_served *davy_lease_served(const davy_lease *lease)
{
    return lease->served;
}

void **davy_lease_slot(davy_lease *lease, void (*destroy)(void *))
{
    lease->destroy = destroy;
    return &lease->slot;
}
