/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host_private.h"

/**
 * @file
 * Doubts: samples that a model was not made for, said beside its answer.
 *
 * Stage: infer. Of what davy trained it is known where each signal was and what a sample looks
 * like; of anybody's graph nothing is, and nothing is said. A sample with a number that is not
 * finite where the model does not fill it is not judged: its outputs are NaN, and its company is
 * answered as if it were not there.
 */

/** Look at the samples; those that cannot be judged are left out of the run. */
DAVY_MUST_CHECK davy_status davy_doubts_before(davy_visit *visit);
/** What a run itself found of its samples. */
DAVY_MUST_CHECK davy_status davy_doubts_of_run(davy_visit *visit, const davy_instance *instance);
/** Take the answers of what was left out away; answers that are unsure. */
DAVY_MUST_CHECK davy_status davy_doubts_after(davy_visit *visit);
