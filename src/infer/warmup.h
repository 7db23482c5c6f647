/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host_private.h"

/**
 * @file
 * Warming a version before it is served, and measuring it afterwards.
 *
 * Stage: infer. The first run of a form makes the plan and takes the memory; a client should not
 * wait for that. A config may say with what to warm: zeros, random numbers, or the bytes of a file
 * in the model's folder `warmup`, as they would come in a request: little-endian numbers in order,
 * texts with their length of four bytes before each.
 */

/**
 * Run the requests of the config, or one of zeros when it has none.
 *
 * @param model  descriptor of the model's folder
 * @return a failure of what the config says; what was only tried may fail
 */
DAVY_MUST_CHECK davy_status davy_warm(davy_desk *desk, int model);

/** Measure runs of a version that is served; what cannot be run is not measured. */
void davy_desk_measure(davy_desk *desk);
