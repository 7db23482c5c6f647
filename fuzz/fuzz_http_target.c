/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the one place that decodes a request's target, and the router behind it: a canonical path
 * has no segment that a file system or another router could read in a second way, and no path finds
 * a route whose segments it does not have.
 */
#include "core/utf8.h"
#include "serve/route.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_segments(const davy_target *target)
{
    for (size_t i = 0; i < target->segment_count; i++) {
        const char *segment = target->segments[i];

        assert(*segment && strcmp(segment, ".") != 0 && strcmp(segment, "..") != 0);
        assert(!strpbrk(segment, "/\\\r\n\t") && davy_utf8_valid(segment, strlen(segment)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_target target;
    davy_route_match match;
    char *raw = calloc(size + 1, 1);

    if (!raw)
        return 0;
    memcpy(raw, data, size);
    davy_target_parse(raw, &target);
    davy_route_find("GET", &target, &match);
    if (target.canonical)
        check_segments(&target);
    else
        assert(!match.route && !match.console && !match.allow[0]);
    if (match.route)
        assert(target.segment_count >= 1 && (match.id != NULL) == !!strchr(match.route->path, '{'));
    free(raw);
    return 0;
}
