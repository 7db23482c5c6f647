/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * A folder for the files of one test, removed at the end. For cmocka's setup and teardown. In
 * memory where that is possible: what is tested is what a program finds after another one ended,
 * and that does not depend on the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char temporary[64];

static inline int temporary_make(void **state)
{
    (void) state;
    (void) snprintf(temporary, sizeof temporary, "%s/davy-test-store-XXXXXX",
                    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(temporary) ? 0 : -1;
}

static inline int temporary_remove(void **state)
{
    char command[128];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", temporary);
    return system(command);
}
