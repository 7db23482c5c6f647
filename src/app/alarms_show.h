/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/client.h"

#include <stdbool.h>

/**
 * @file
 * `davy alarms show ID` and `davy alarms judge ID VERDICT`: one alarm with its advice, its reason
 * and what went before it, and a person's answer to it.
 *
 * Stage: app.
 */

/** @param json  {"alarm", "related"} as the daemon gives them */
DAVY_MUST_CHECK davy_status davy_alarms_show(const davy_client *client, const char *id, bool json);

/** @param comment  NULL for none */
DAVY_MUST_CHECK davy_status davy_alarms_judge(const davy_client *client, const char *id,
                                              const char *verdict, const char *comment, bool json);
