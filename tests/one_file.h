/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdlib.h>
#include <unistd.h>

/**
 * @file
 * One file of a test's own, which its group makes and removes.
 */
static char path[] = "/tmp/davy-test-XXXXXX";

static int make_path(void **state)
{
    int descriptor = mkstemp(path);

    (void) state;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_path(void **state)
{
    (void) state;
    return unlink(path);
}
