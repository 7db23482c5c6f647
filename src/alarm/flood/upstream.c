/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/upstream.h"

#include <stdlib.h>

/* A way leaves an asset, goes round and may come back to it, and nothing is upstream of itself. So
 * what is quiet hands on two: the nearest, and the nearest of another asset. */
#define KEPT 2

struct search {
    const davy_arrows *arrows;
    davy_upstream (*found)[KEPT]; /* [asset_count] */
    bool *alarmed;                /* [asset_count] */
    struct way {
        uint32_t at;
        davy_upstream from;
    } * queue; /* [KEPT * asset_count]: each asset hands on each of its two once */
    size_t count;
};

void davy_arrows_clear(davy_arrows *arrows)
{
    free(arrows->first);
    free(arrows->to);
    *arrows = (davy_arrows){0};
}

davy_status davy_arrows_make(const davy_site *site, davy_arrows *out)
{
    size_t total = 0;

    for (size_t i = 0; i < site->asset_count; i++)
        total += site->assets[i].downstream_count;
    *out = (davy_arrows){.asset_count = site->asset_count,
                         .first = calloc(site->asset_count + 1, sizeof *out->first),
                         .to = calloc(total + 1, sizeof *out->to)};
    if (!out->first || !out->to) {
        davy_arrows_clear(out);
        return davy_fail(DAVY_ERR_NOMEM, "%zu arrows of the plant", total);
    }
    total = 0;
    for (size_t i = 0; i < site->asset_count; i++) {
        for (size_t n = 0; n < site->assets[i].downstream_count; n++)
            out->to[total++] = (uint32_t) site->assets[i].downstream[n];
        out->first[i + 1] = (uint32_t) total;
    }
    return DAVY_OK;
}

/* An asset in alarm hides what is farther upstream, so it hands on itself alone. */
static void reach(struct search *search, uint32_t at, davy_upstream from)
{
    davy_upstream *found = search->found[at];
    size_t place = found[0].of == DAVY_SITE_NONE ? 0 : 1;

    if (from.of == at || found[place].of != DAVY_SITE_NONE || (place > 0 && found[0].of == from.of))
        return;
    found[place] = from;
    if (!search->alarmed[at])
        search->queue[search->count++] = (struct way){at, from};
}

static void walk(struct search *search)
{
    const davy_arrows *arrows = search->arrows;

    for (size_t i = 0; i < search->count; i++) {
        const struct way way = search->queue[i];
        const davy_upstream next = {way.from.of, way.from.steps + 1};

        for (uint32_t n = arrows->first[way.at]; n < arrows->first[way.at + 1]; n++)
            reach(search, arrows->to[n], next);
    }
}

static void begin(struct search *search, const size_t *alarmed, size_t count)
{
    for (size_t i = 0; i < search->arrows->asset_count; i++)
        for (size_t n = 0; n < KEPT; n++)
            search->found[i][n].of = DAVY_SITE_NONE;
    for (size_t i = 0; i < count; i++) {
        search->alarmed[alarmed[i]] = true;
        search->queue[search->count++] = (struct way){(uint32_t) alarmed[i], {alarmed[i], 0}};
    }
}

davy_status davy_upstream_find(const davy_arrows *arrows, const size_t *alarmed, size_t count,
                               davy_upstream *out)
{
    const size_t assets = arrows->asset_count + 1;
    struct search search = {.arrows = arrows};
    davy_status status = DAVY_OK;

    search.found = calloc(assets, sizeof *search.found);
    search.alarmed = calloc(assets, sizeof *search.alarmed);
    search.queue = calloc(KEPT * assets, sizeof *search.queue);
    if (search.found && search.alarmed && search.queue) {
        begin(&search, alarmed, count);
        walk(&search);
        for (size_t i = 0; i < count; i++)
            out[alarmed[i]] = search.found[alarmed[i]][0];
    } else {
        status = davy_fail(DAVY_ERR_NOMEM, "what is upstream of %zu assets", count);
    }
    free(search.found);
    free(search.alarmed);
    free(search.queue);
    return status;
}
