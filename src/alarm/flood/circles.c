/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/circles.h"

#include <stdlib.h>

#define NONE UINT32_MAX

struct walk {
    const davy_site *site;
    uint32_t *part;  /* the answer; NONE while an asset is open */
    uint32_t *found; /* 1 + when the walk came to it; 0: not yet */
    uint32_t *low;   /* the earliest that is known to be reachable */
    uint32_t *next;  /* arrow to follow next */
    uint32_t *path;  /* from the begin of the walk to here */
    uint32_t *open;  /* found, and of no part yet */
    size_t path_length, open_count, parts;
    uint32_t time;
};

static void enter(struct walk *walk, uint32_t asset)
{
    walk->found[asset] = walk->low[asset] = ++walk->time;
    walk->path[walk->path_length++] = asset;
    walk->open[walk->open_count++] = asset;
}

static void lower(uint32_t *low, uint32_t to)
{
    if (to < *low)
        *low = to;
}

/* Nothing earlier is reachable from here: all that is open above is one part. */
static void close_part(struct walk *walk, uint32_t asset)
{
    uint32_t member;

    do {
        member = walk->open[--walk->open_count];
        walk->part[member] = (uint32_t) walk->parts;
    } while (member != asset);
    walk->parts++;
}

static void leave(struct walk *walk, uint32_t asset)
{
    if (walk->low[asset] == walk->found[asset])
        close_part(walk, asset);
    walk->path_length--;
    if (walk->path_length > 0)
        lower(&walk->low[walk->path[walk->path_length - 1]], walk->low[asset]);
}

static void walk_from(struct walk *walk, uint32_t start)
{
    enter(walk, start);
    while (walk->path_length > 0) {
        uint32_t here = walk->path[walk->path_length - 1], fed;

        if (walk->next[here] == walk->site->assets[here].downstream_count) {
            leave(walk, here);
            continue;
        }
        fed = (uint32_t) walk->site->assets[here].downstream[walk->next[here]++];
        if (walk->found[fed] == 0)
            enter(walk, fed);
        else if (walk->part[fed] == NONE)
            lower(&walk->low[here], walk->found[fed]);
    }
}

davy_status davy_plant_circles(const davy_site *site, uint32_t **out, size_t *count)
{
    size_t assets = site->asset_count;
    uint32_t *memory = calloc(5 * assets + 1, sizeof *memory);
    struct walk walk = {.site = site, .part = malloc((assets + 1) * sizeof *walk.part)};

    if (!memory || !walk.part) {
        free(memory);
        free(walk.part);
        return davy_fail(DAVY_ERR_NOMEM, "graph of %zu assets", assets);
    }
    walk.found = memory;
    walk.low = memory + assets;
    walk.next = memory + 2 * assets;
    walk.path = memory + 3 * assets;
    walk.open = memory + 4 * assets;
    for (size_t i = 0; i < assets; i++)
        walk.part[i] = NONE;
    for (uint32_t i = 0; i < assets; i++)
        if (walk.found[i] == 0)
            walk_from(&walk, i);
    free(memory);
    *out = walk.part;
    *count = walk.parts;
    return DAVY_OK;
}
