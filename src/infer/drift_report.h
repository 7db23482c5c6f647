/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/stats.h"

/**
 * @file
 * What the drift monitors of a host saw, as JSON and for Prometheus.
 *
 * Stage: infer. Beside each monitor stand one that never fires and one that always does: a rate of
 * firing alone says nothing.
 */
/** {"versions": [...]} of a model, each version that is loaded. DAVY_ERR_NOT_FOUND without any. */
DAVY_MUST_CHECK davy_status davy_host_drift_json(struct davy_host *host, const char *name,
                                                 davy_buffer *out);
/** Prometheus text: davy_drift_... @param permit  NULL: all models are told */
void davy_host_drift_metrics(struct davy_host *host, davy_model_permit permit, const void *context,
                             davy_buffer *out);
