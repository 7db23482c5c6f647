/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "plant.h"

/**
 * @file
 * A registry of its own for every test: include it in a test file, and name both functions.
 */
static char registry[64];

static int registry_set_up(void **state)
{
    (void) state;
    plant_folder(registry);
    return 0;
}

static int registry_tear_down(void **state)
{
    (void) state;
    plant_remove(registry);
    return 0;
}
