/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host.h"

/**
 * @file
 * Certificate: what a version can do on this machine, measured.
 *
 * Stage: infer. Measured once a version is ready, by the host's own thread, which is a guest at the
 * gate: with a quarter of its time at most, and under any traffic to the end. Bounded in time, so
 * slow models are measured less often. Until then nothing is refused for want of capacity.
 */

/** Time of a run of so many samples, between the sizes that were measured. */
int64_t davy_certificate_ns(const davy_certificate *certificate, size_t rows);

/** A run of a size on behalf of the measurement. @return nanoseconds, or -1 for a failure */
typedef int64_t (*davy_certificate_run)(void *context, size_t rows);

/** Measure sizes 1, 2, 4 ... to batch_max. */
void davy_certificate_measure(size_t batch_max, davy_certificate_run run, void *context,
                              davy_certificate *out);
