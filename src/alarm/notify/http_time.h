/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * Retry-After of RFC 9110, 10.2.3: seconds, or a date.
 *
 * Stage: alarm.
 */

/** Nanoseconds from now; 0 for what is neither, or is past. */
int64_t davy_http_retry_after(const char *value, int64_t now_ns);
