/* SPDX-License-Identifier: Apache-2.0 */
#include "site/site.h"

#include "site/schema.h"

#include <stdlib.h>
#include <string.h>

void davy_site_destroy(davy_site *site)
{
    if (!site)
        return;
    davy_arena_clear(&site->arena);
    free(site);
}

const char *davy_priority_name(davy_priority priority)
{
    return davy_site_priorities[priority];
}

/* A signal whose name is a fault has no path while its file is read. */
static const char *path_of(const davy_site *site, uint32_t signal)
{
    const char *path = site->signals[signal].path;

    return path ? path : "";
}

static int compare_paths(const void *a, const void *b, void *site)
{
    return strcmp(path_of(site, *(const uint32_t *) a), path_of(site, *(const uint32_t *) b));
}

static int compare_ids(const void *a, const void *b, void *site)
{
    const davy_site_signal *signals = ((const davy_site *) site)->signals;
    davy_signal_id x = signals[*(const uint32_t *) a].id;
    davy_signal_id y = signals[*(const uint32_t *) b].id;

    return (x > y) - (x < y);
}

static davy_status allocate(davy_site *site)
{
    if (site->paths.slots && site->by_path && site->by_id && site->bound)
        return DAVY_OK;
    site->by_path = davy_arena_array(&site->arena, site->signal_count, sizeof *site->by_path);
    site->by_id = davy_arena_array(&site->arena, site->signal_count, sizeof *site->by_id);
    site->bound = davy_arena_array(&site->arena, site->signal_count, sizeof *site->bound);
    if (!site->by_path || !site->by_id || !site->bound)
        return davy_fail(DAVY_ERR_NOMEM, "indices of %zu signals", site->signal_count);
    return davy_names_init(&site->paths, &site->arena, site->signal_count);
}

/* Counting sort by source of what is sorted by path. */
static void sort_bound(davy_site *site)
{
    size_t next = 0;

    for (size_t i = 0; i < site->source_count; i++)
        site->sources[i].bound_count = 0;
    for (size_t i = 0; i < site->signal_count; i++)
        if (site->signals[i].from.source != DAVY_SITE_NONE)
            site->sources[site->signals[i].from.source].bound_count++;
    for (size_t i = 0; i < site->source_count; i++) {
        site->sources[i].first_bound = next;
        next += site->sources[i].bound_count;
        site->sources[i].bound_count = 0;
    }
    for (size_t i = 0; i < site->signal_count; i++) {
        size_t source = site->signals[site->by_path[i]].from.source;

        if (source != DAVY_SITE_NONE) {
            davy_site_source *of = &site->sources[source];

            site->bound[of->first_bound + of->bound_count++] = site->by_path[i];
        }
    }
}

davy_status davy_site_index(davy_site *site)
{
    davy_status status = allocate(site);
    size_t first;

    if (status != DAVY_OK)
        return status;
    for (uint32_t i = 0; i < site->signal_count; i++) {
        site->by_path[i] = site->by_id[i] = i;
        (void) davy_names_add(&site->paths, path_of(site, i), i, &first);
    }
    qsort_r(site->by_path, site->signal_count, sizeof *site->by_path, compare_paths, site);
    qsort_r(site->by_id, site->signal_count, sizeof *site->by_id, compare_ids, site);
    sort_bound(site);
    return DAVY_OK;
}

const davy_site_signal *davy_site_find_signal(const davy_site *site, const char *path)
{
    size_t signal;

    return davy_names_find(&site->paths, path, &signal) ? &site->signals[signal] : NULL;
}

const davy_site_signal *davy_site_signal_by_id(const davy_site *site, davy_signal_id id)
{
    size_t low = 0, high = site->by_id && id != DAVY_SIGNAL_NONE ? site->signal_count : 0;

    /* A store counts its ids from 0, so where a signal stands is most often its id. */
    if (id < high && site->signals[site->by_id[id]].id == id)
        return &site->signals[site->by_id[id]];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const davy_site_signal *signal = &site->signals[site->by_id[middle]];

        if (signal->id == id)
            return signal;
        if (id < signal->id)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
