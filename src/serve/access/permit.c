/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/permit.h"

#include "core/pattern.h"

bool davy_permit_model(const davy_call *call, const char *model)
{
    if (call->role == DAVY_ROLE_NONE || !model || !model[0])
        return false;
    return !call->key.terms.models[0] || davy_pattern_matches(call->key.terms.models, model);
}
