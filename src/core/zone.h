/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Time zones of the IANA database: how far the clock on a plant's wall is from UTC.
 *
 * Stage: core. The C library knows one zone for the whole process, and changing it races with every
 * thread that reads the environment; here a zone is an object that never changes.
 *
 * Source: RFC 8536 (TZif, versions 1 to 3), POSIX.1-2017 section 8.3 for the rule at its end.
 */
typedef struct davy_timezone davy_timezone;

/** Folder of the machine's zones. */
#define DAVY_ZONE_FOLDER "/usr/share/zoneinfo"

/** "Asia/Shanghai" of the machine's zones; "UTC" is known without them. DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_timezone_open(const char *name, davy_timezone **out);

/** A zone from the bytes of its file. DAVY_ERR_CORRUPT when they are none. */
DAVY_MUST_CHECK davy_status davy_timezone_parse(const void *bytes, size_t length,
                                                davy_timezone **out);

/** NULL is fine. */
void davy_timezone_close(davy_timezone *zone);

/** Seconds east of UTC at this moment. */
int davy_timezone_offset_s(const davy_timezone *zone, int64_t utc_s);
