/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdint.h>

/**
 * @file
 * How much memory is free, so that one can say no before the kernel does.
 *
 * Stage: core. Linux grants memory that it does not have and ends a process that uses it. Who holds
 * what grows with the rows of a file asks here first; who can, uses core/bulk.h instead. Two who
 * ask at once both hear of the same memory.
 *
 * Source: Linux, Documentation/filesystems/proc.rst (MemAvailable), admin-guide/cgroup-v2.rst
 * (memory.max, memory.stat).
 */

/** Bytes that may be taken without pushing others out: of the machine, and of the control groups
 * (version 2) that this process is in. 0 where the kernel does not say. */
uint64_t davy_memory_available(void);

/**
 * The least that the limits of a control group and of those around it leave: what of it is pages of
 * files is given back and does not count.
 *
 * @param root  where control groups are mounted
 * @param path  of the group, from there: "/system.slice/davy.service"
 * @return UINT64_MAX where nothing is limited
 */
uint64_t davy_memory_in_group(const char *root, const char *path);

/** DAVY_ERR_FULL, and a sentence, when that many bytes are more than are available. */
DAVY_MUST_CHECK davy_status davy_memory_check(uint64_t bytes);
