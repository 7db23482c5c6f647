/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"
#include "site/site.h"

/**
 * @file
 * A site of one detector, made from a model alone: for a replay of a model that no site has yet.
 *
 * Stage: app.
 */

/** Signals are those of the model, without limits; the detector has the model's name. */
DAVY_MUST_CHECK davy_status davy_model_site(const davy_model_info *model, const char *reference,
                                            davy_site **out);
