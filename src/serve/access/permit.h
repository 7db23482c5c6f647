/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"

/**
 * @file
 * May the caller use this model? The one place that answers.
 *
 * Stage: serve. A key may be bound to models by patterns; one that is not may use what its role
 * allows. The router asks for every route whose path has `{model}`, with the name as it was
 * normalised, before a handler runs. A handler whose route names no model (a list of models, a
 * protocol with a model of its own choice, a member of an ensemble asked for by name) asks itself,
 * and leaves out or denies what is not permitted.
 */

/** False for a caller without a role, and for a name that no pattern of the key fits. */
bool davy_permit_model(const davy_call *call, const char *model);
