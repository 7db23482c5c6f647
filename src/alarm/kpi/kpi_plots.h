/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <jansson.h>

/**
 * @file
 * Plots of the figures of one position: alarms over time beside the targets, and distributions.
 *
 * Stage: alarm.
 */

/** @param position  of davy_kpi_json(), with something observed */
void davy_kpi_plots(davy_buffer *html, const json_t *position);
