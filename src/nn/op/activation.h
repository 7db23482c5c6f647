/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Activation attributes of operators that end with one: `activation` (a name) and `slope`.
 *
 * Stage: nn.
 */

/** Name in attributes and reports: "none", "relu", "leaky", ...; never NULL. */
const char *davy_activation_name(davy_activation activation);

/** Read both attributes. DAVY_ERR_INVALID for an unknown name. */
DAVY_MUST_CHECK davy_status davy_activation_read(const davy_call *call, davy_activation *activation,
                                                 float *slope);

/** Whether the way back wants what the activation read; the others want what it wrote. */
static inline bool davy_activation_keeps_input(davy_activation activation)
{
    return activation == DAVY_ACTIVATION_GELU || activation == DAVY_ACTIVATION_SILU;
}
