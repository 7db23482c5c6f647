/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/receiver.h"
#include "core/buffer.h"

/**
 * @file
 * A message as one line of RFC 5424, with its id, alarm and state as structured data.
 *
 * Stage: alarm. Pure. Facility 16 (local0); severity 2 critical, 3 error, 4 warning, 5 notice of
 * the alarm's priority, 6 for what is over or acknowledged and for signs of life.
 */
DAVY_MUST_CHECK davy_status davy_syslog_write(const davy_delivery *delivery, const char *host,
                                              davy_buffer *out);
