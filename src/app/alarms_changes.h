/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/client.h"

#include <stdbool.h>

/**
 * @file
 * `davy alarms changes`: who changed which setting of the alarms, when, and why.
 *
 * Stage: app.
 */
DAVY_MUST_CHECK davy_status davy_alarms_print_changes(const davy_client *client, bool json);
