/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/client.h"

#include <stdbool.h>

/**
 * @file
 * `davy alarms receivers` and `davy alarms test-receiver NAME`: who is told of alarms.
 *
 * Stage: app.
 */

/** Print the receivers with what waits for them and what went wrong last. */
DAVY_MUST_CHECK davy_status davy_alarms_print_receivers(const davy_client *client, bool json);

/** Send a drill to a receiver and wait half a minute for its confirmation; DAVY_ERR_UNAVAILABLE
 * tells why there is none. */
DAVY_MUST_CHECK davy_status davy_alarms_test_receiver(const davy_client *client, const char *name);
