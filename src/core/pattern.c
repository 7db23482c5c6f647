/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"

#include <stddef.h>
#include <string.h>

/* Classic two-pointer wildcard match: on a mismatch go back to the last star and let it take one
 * character more. Linear memory, no recursion. */
static bool matches_one(const char *pattern, size_t length, const char *path)
{
    const char *end = pattern + length;
    const char *star = NULL;
    const char *resume = NULL;
    bool crosses_slash = false;

    while (*path) {
        if (pattern < end && *pattern == '*') {
            crosses_slash = pattern + 1 < end && pattern[1] == '*';
            pattern += crosses_slash ? 2 : 1;
            star = pattern;
            resume = path;
        } else if (pattern < end && *pattern == *path) {
            pattern++;
            path++;
        } else if (star && (crosses_slash || *resume != '/')) {
            path = ++resume;
            pattern = star;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

/* One that begins so, of patterns separated by commas. */
static bool any_matches(const char *patterns, const char *begin, const char *path)
{
    for (;;) {
        size_t length = strcspn(patterns, ",");

        if (strncmp(patterns, begin, strlen(begin)) == 0 && matches_one(patterns, length, path))
            return true;
        if (patterns[length] == '\0')
            return false;
        patterns += length + 1;
    }
}

bool davy_pattern_matches(const char *patterns, const char *path)
{
    return any_matches(patterns, "", path);
}

bool davy_pattern_selects(const char *patterns, const char *path)
{
    return any_matches(patterns, davy_path_is_proof(path) ? DAVY_PROOF_FOLDER : "", path);
}

bool davy_path_is_proof(const char *path)
{
    return strncmp(path, DAVY_PROOF_FOLDER, strlen(DAVY_PROOF_FOLDER)) == 0;
}
