/* SPDX-License-Identifier: Apache-2.0 */
#include "core/memory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS "/sys/fs/cgroup"

/* The number behind a word at the beginning of a line. False: there is no such line. */
static bool read_number(const char *path, const char *word, uint64_t *number)
{
    FILE *file = fopen(path, "re");
    bool found = false;
    char line[256];

    while (file && !found && fgets(line, sizeof line, file))
        if (strncmp(line, word, strlen(word)) == 0) {
            char *end;

            *number = strtoull(line + strlen(word), &end, 10);
            found = end > line + strlen(word); /* "max" is none */
        }
    if (file)
        (void) fclose(file);
    return found;
}

/* What one group leaves. */
static uint64_t left_in(const char *folder)
{
    char path[PATH_MAX];
    uint64_t most, used = 0;

    if (snprintf(path, sizeof path, "%s/memory.max", folder) >= (int) sizeof path ||
        !read_number(path, "", &most))
        return UINT64_MAX;
    (void) snprintf(path, sizeof path, "%s/memory.stat", folder);
    (void) read_number(path, "anon ", &used);
    return used < most ? most - used : 0;
}

uint64_t davy_memory_in_group(const char *root, const char *path)
{
    char folder[PATH_MAX - 64];
    uint64_t least = UINT64_MAX;

    if (snprintf(folder, sizeof folder, "%s%s", root, path) >= (int) sizeof folder)
        return least;
    for (;;) {
        const uint64_t left = left_in(folder);
        char *slash = strrchr(folder, '/');

        least = left < least ? left : least;
        if (!slash || (size_t) (slash - folder) < strlen(root))
            return least;
        *slash = '\0';
    }
}

/* The group of this process: the line "0::PATH". */
static void find_group(char *path, size_t capacity)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_MAX];

    path[0] = '\0';
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "0::/", 4) == 0) {
            line[strcspn(line, "\n")] = '\0';
            (void) snprintf(path, capacity, "%s", line + 3);
        }
    if (file)
        (void) fclose(file);
}

uint64_t davy_memory_available(void)
{
    char path[PATH_MAX];
    uint64_t kilobytes = 0, left;

    find_group(path, sizeof path);
    left = davy_memory_in_group(GROUPS, path);
    (void) read_number("/proc/meminfo", "MemAvailable:", &kilobytes);
    return kilobytes * 1024 < left ? kilobytes * 1024 : left;
}

davy_status davy_memory_check(uint64_t bytes)
{
    const uint64_t available = davy_memory_available();

    if (available == 0 || bytes <= available)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_FULL, "%.3g GB of memory are needed, and %.3g GB are free",
                     (double) bytes / 1e9, (double) available / 1e9);
}
