/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "/index.html"

static int compare_path(const void *path, const void *asset)
{
    return strcmp(path, ((const davy_asset *) asset)->path);
}

static const davy_asset *find(const char *path)
{
    return bsearch(path, davy_assets, davy_asset_count, sizeof davy_assets[0], compare_path);
}

static void join_path(const davy_target *target, char *path, size_t capacity)
{
    size_t length = 0;

    path[0] = '\0';
    for (size_t i = 0; i < target->segment_count && length < capacity; i++)
        length += (size_t) snprintf(path + length, capacity - length, "/%s", target->segments[i]);
}

static const davy_asset *asset_for(const davy_target *target)
{
    char path[DAVY_HTTP_TARGET_MAX];
    const char *last = target->segment_count ? target->segments[target->segment_count - 1] : "";
    const davy_asset *asset;

    join_path(target, path, sizeof path);
    asset = find(path);
    return asset || strchr(last, '.') ? asset : find(PAGE);
}

/* Does an Accept-Encoding list the word, and not with q=0? */
static bool accepts_gzip(const char *accepts)
{
    const char *word = accepts ? strstr(accepts, "gzip") : NULL;

    return word && strncmp(word + 4, ";q=0", 4) != 0;
}

bool davy_console_answer(davy_call *call, const char *known, const char *accepts)
{
    const davy_asset *asset = asset_for(&call->target);

    if (!asset)
        return false;
    call->answer.asset = asset;
    call->answer.asset_gzip = asset->gzip && accepts_gzip(accepts);
    call->answer.type = asset->type;
    call->answer.code = known && strstr(known, asset->etag) ? 304 : 200;
    return true;
}

const char *davy_console_cache_control(const davy_asset *asset)
{
    return strncmp(asset->path, "/assets/", 8) == 0 ? "public, max-age=31536000, immutable"
                                                    : "no-cache";
}
