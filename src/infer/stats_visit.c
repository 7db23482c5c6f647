/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stats_private.h"

#include <stdio.h>
#include <string.h>

/* Names and numbers are collected first: nothing is acquired while the repository lists. */
struct version {
    const char *name;
    unsigned number;
    struct version *next;
};

struct walk {
    davy_arena arena;
    const char *name;
    struct version *first, **last;
};

static davy_status collect(void *context, const davy_repository_entry *entry)
{
    struct walk *walk = context;
    struct version *version;

    if (entry->version == 0 || (walk->name && strcmp(entry->name, walk->name) != 0))
        return DAVY_OK;
    version = davy_arena_alloc(&walk->arena, sizeof *version);
    if (version) {
        version->number = entry->version;
        version->name = davy_arena_text(&walk->arena, entry->name, strlen(entry->name));
    }
    if (!version || !version->name)
        return davy_fail(DAVY_ERR_NOMEM, "the list of models");
    *walk->last = version;
    walk->last = &version->next;
    return DAVY_OK;
}

/* What is gone meanwhile has no counts any more. */
static size_t visit_one(davy_host *host, const char *name, const char *version,
                        davy_desk_visit visit, void *context)
{
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;
    davy_status status = davy_repository_acquire(host->repository, name, version, &lease);

    if (status != DAVY_OK)
        return 0;
    status = davy_desk_of(host, lease, &desk);
    if (status == DAVY_OK)
        visit(context, desk);
    davy_lease_release(lease);
    return status == DAVY_OK ? 1 : 0;
}

davy_status davy_desks_visit(davy_host *host, const char *name, const char *version,
                             davy_desk_visit visit, void *context)
{
    struct walk walk = {.name = name && name[0] ? name : NULL, .last = &walk.first};
    size_t visited = 0;
    davy_status status = DAVY_OK;

    if (walk.name && version && version[0]) {
        visited = visit_one(host, name, version, visit, context);
    } else {
        status = davy_repository_list(host->repository, true, collect, &walk);
        for (struct version *v = walk.first; v && status == DAVY_OK; v = v->next) {
            char number[16];

            (void) snprintf(number, sizeof number, "%u", v->number);
            visited += visit_one(host, v->name, number, visit, context);
        }
    }
    davy_arena_clear(&walk.arena);
    if (status == DAVY_OK && walk.name && visited == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "requested model '%.100s' is not available", name);
    return status;
}
