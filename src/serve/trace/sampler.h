/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Sampler: a share of the traces, the same share everywhere.
 *
 * Stage: serve. The last 56 bits of a trace's id decide, so that all who see the trace decide
 * alike. A parent-based sampler does what the caller did.
 *
 * Source: OpenTelemetry, "TraceState: Probability Sampling" (rejection threshold of 56 bits), and
 * the values of OTEL_TRACES_SAMPLER.
 */
typedef struct davy_sampler {
    bool parent_based;
    uint64_t threshold; /* of 2^56: ids below are not sent */
} davy_sampler;

/** @return DAVY_ERR_INVALID with the names there are, or for a share that is not 0 to 1 */
DAVY_MUST_CHECK davy_status davy_sampler_parse(const char *name, const char *share,
                                               davy_sampler *out);
/** @param followed  what the caller decided; NULL: nobody called */
bool davy_sampler_takes(const davy_sampler *sampler, const unsigned char trace[16],
                        const bool *followed);
