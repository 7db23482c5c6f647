/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "core/sample.h"
#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * @file
 * What the store's benchmarks share: a failure ends the program with its sentence, and the clock.
 */

static inline void must(davy_status status)
{
    if (status != DAVY_OK) {
        (void) fprintf(stderr, "%s: %s\n", davy_status_name(status), davy_error());
        exit(EXIT_FAILURE);
    }
}

/** Seconds of the monotonic clock. */
static inline double seconds(void)
{
    return (double) davy_monotonic_ns(davy_clock_system()) / DAVY_NS_PER_S;
}
