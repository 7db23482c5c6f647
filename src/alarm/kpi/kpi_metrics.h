/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/kpi.h"
#include "core/buffer.h"

/**
 * @file
 * The live figures of each operator position in Prometheus text.
 *
 * Stage: alarm. What looks back looks back as far as the kpi does: 30 days in the daemon.
 *
 * Source: Prometheus, "Exposition formats", text version 0.0.4.
 */
void davy_kpi_metrics(const davy_kpi *kpi, const davy_site *site, davy_buffer *out);
