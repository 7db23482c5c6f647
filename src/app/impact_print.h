/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "hazard/impact/impact.h"

/**
 * @file
 * An impact on the terminal: what comes out, how far by each model, who is in it.
 *
 * Stage: app.
 */
DAVY_MUST_CHECK davy_status davy_impact_print(const davy_impact *impact);
