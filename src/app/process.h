/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <sys/types.h>

/**
 * @file
 * Other programs: run to their end, or kept running beside the demo and ended with it.
 *
 * Stage: app. A child gets SIGTERM when davy dies, however it dies.
 */

/** Run a program and wait; DAVY_ERR_UNAVAILABLE with its name when it fails. argv ends with NULL.
 */
DAVY_MUST_CHECK davy_status davy_process_run(const char *const *argv);

/** Run a program with its standard output in a file. */
DAVY_MUST_CHECK davy_status davy_process_run_to_file(const char *const *argv, const char *path);

/**
 * Start a program and leave it running.
 *
 * @param output  NULL, or a descriptor to read its standard output from; the caller closes it
 */
DAVY_MUST_CHECK davy_status davy_process_start(const char *const *argv, int *output, pid_t *pid);

/** Ask a child to end, and wait; SIGKILL after five seconds. 0 is fine. */
void davy_process_stop(pid_t pid);
