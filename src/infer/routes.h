/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host_private.h"

/**
 * @file
 * Routes: which version answers a request that names none, and what is learnt from it.
 *
 * Stage: infer. A *canary* gets a share of the requests, chosen by a hash of client and sequence,
 * or client and id, so that the same one is always on the same side. Where it fails, the version
 * that is served answers instead, and the failure is counted. A *shadow* is asked after the answer,
 * by the host's own thread; its answers are compared and dropped. When the share of failures (or of
 * disagreements, where the shadow is the canary) passes the stated bound, the canary is taken back.
 *
 * Requests of sequences have no shadow: one that is left out for want of time would break its past.
 */
typedef struct davy_routes davy_routes;

/** Disagreements that are kept of a model, the newest. */
#define DAVY_DISAGREEMENTS_MAX 256

DAVY_MUST_CHECK davy_status davy_routes_create(davy_host *host, davy_routes **out);
/** NULL is fine. */
void davy_routes_destroy(davy_routes *routes);

/** Ask by the traffic of the model. */
DAVY_MUST_CHECK davy_status davy_routes_ask(davy_routes *routes, const davy_infer_request *request,
                                            davy_infer_response *response);

/** Whether two answers say the same; `reason` says what differs first. */
bool davy_answers_agree(const davy_infer_response *one, const davy_infer_response *other,
                        size_t labels, char reason[DAVY_ERROR_MAX]);
