/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host_private.h"

/**
 * @file
 * Explanations in the reply: one attribution for each sample that was asked.
 *
 * Stage: infer. A request that is explained runs alone, because explaining is the longer part and
 * nobody should wait for somebody else's.
 */

/** Samples that one request may have explained: shares of a network cost hundreds of runs each. */
#define DAVY_EXPLAIN_SAMPLES_MAX ((size_t) 64)

/** Explain the samples that an instance has just run. */
DAVY_MUST_CHECK davy_status davy_explain_reply(davy_visit *visit, davy_instance *instance);
