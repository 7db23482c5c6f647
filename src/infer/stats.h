/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Counts and times of a model version, as Triton counts them, and histograms as it has none.
 *
 * Stage: infer. Adding is a few relaxed atomic additions; nobody waits for a reader.
 */
typedef struct davy_infer_stats davy_infer_stats;
struct davy_host;

/** {"model_stats": [...]} in Triton's words, of one model or of all (NULL). */
DAVY_MUST_CHECK davy_status davy_host_stats_json(struct davy_host *host, const char *name,
                                                 const char *version, davy_buffer *out);
/** Whether the reader may know of a model. */
typedef bool (*davy_model_permit)(const void *context, const char *model);
/** Prometheus text with Triton's names (nv_inference_...) and histograms of latency.
 * @param permit  NULL: all models are told */
void davy_host_stats_metrics(struct davy_host *host, davy_model_permit permit, const void *context,
                             davy_buffer *out);
