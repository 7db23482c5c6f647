/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host_private.h"

/**
 * @file
 * Walking over the versions that are loaded, for those who write their counts.
 */
typedef void (*davy_desk_visit)(void *context, davy_desk *desk);

/**
 * Visit the desks of one model, of one version, or of all (NULL, or "").
 *
 * @return DAVY_ERR_NOT_FOUND when a name was given and nothing of it is loaded
 */
DAVY_MUST_CHECK davy_status davy_desks_visit(davy_host *host, const char *name, const char *version,
                                             davy_desk_visit visit, void *context);

/** A label of Prometheus: a name of a model is a folder's, that of a feature a column's, so what
 * would end the label is escaped. */
void davy_stats_label(davy_buffer *out, const char *label, const char *value);

static inline uint64_t davy_count_of(const _Atomic uint64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}
