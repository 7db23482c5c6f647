/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * A small disk of its own for a test: a tmpfs of 4 MiB over the test's temporary folder. Only where
 * mounting is allowed.
 */
#include "temporary.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>

#define SMALL_DISK "size=4m"

static inline bool small_disk_mount(void)
{
    return mount("tmpfs", temporary, "tmpfs", 0, SMALL_DISK) == 0;
}

/* For cmocka: also when a test has failed in the middle. */
static inline int small_disk_remove(void **state)
{
    (void) umount2(temporary, MNT_DETACH);
    return temporary_remove(state);
}

/* Write until not a byte more fits. */
static inline void small_disk_fill(void)
{
    static const char block[65536];
    char path[96];
    int file;

    (void) snprintf(path, sizeof path, "%s/ballast", temporary);
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (size_t size = sizeof block; size > 0; size /= 16)
        while (write(file, block, size) > 0)
            continue;
    close(file);
}

static inline void small_disk_make_room(void)
{
    char path[96];

    (void) snprintf(path, sizeof path, "%s/ballast", temporary);
    (void) unlink(path);
}
