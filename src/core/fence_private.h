/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/fence.h"

#include <linux/filter.h>

/**
 * @file
 * The two halves of a fence.
 *
 * Stage: core, inside.
 */

/** Version of Landlock in this kernel; 0: none. */
int davy_fence_landlock(void);

/** From this version on a program cannot signal what is outside. */
#define DAVY_FENCE_LANDLOCK_SIGNALS 6

/** @param ruleset  a descriptor */
DAVY_MUST_CHECK davy_status davy_fence_files(const davy_fence_gates *gates, int *ruleset);

/** @param filter  its instructions are the caller's, to be freed; none in a build without
 * libseccomp */
DAVY_MUST_CHECK davy_status davy_fence_calls(const davy_fence_gates *gates,
                                             struct sock_fprog *filter);
