/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host.h"
#include "serve/call.h"

/**
 * @file
 * From a call to the host of models and back: which model is meant, and what a refusal becomes.
 *
 * Stage: serve. The model is the first variable of a route's path and the version or label the
 * second; a protocol without them in its path sets call->id itself, after davy_permit_model().
 */

/** Who serves models; DAVY_ERR_UNAVAILABLE when nobody does, or not yet. */
DAVY_MUST_CHECK davy_status davy_oip_host(const davy_call *call, davy_host **host);
DAVY_MUST_CHECK davy_status davy_oip_repository(const davy_call *call,
                                                davy_repository **repository);

/** Hold the version that the call means; release it. */
DAVY_MUST_CHECK davy_status davy_oip_lease(const davy_call *call, davy_lease **out);

/**
 * Ask, in the name of the call's model and key.
 *
 * @return DAVY_OK; DAVY_OK also when the call was answered with a refusal: look at
 * call->answer.code
 */
DAVY_MUST_CHECK davy_status davy_oip_ask(davy_call *call, davy_infer_request *ask,
                                         davy_infer_response *response);

/** Whether the event loop itself may try to answer. */
bool davy_oip_is_quick(const davy_call *call);

/** What the version that answered says of itself; NULL when it is gone. Release a lease that is
 * not NULL. */
const davy_served_info *davy_oip_answered_by(const davy_call *call,
                                             const davy_infer_response *response,
                                             davy_lease **lease);
