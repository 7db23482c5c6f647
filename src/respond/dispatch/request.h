/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "respond/incident/book.h"
#include "site/site.h"

#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * A plan for an incident, as it is asked for over HTTP.
 *
 * Stage: respond, room dispatch. For any thread; the incidents are not held while it is solved.
 */

/**
 * @param body    see davy_board_order(); NULL asks for nothing special
 * @param now_ns  wall clock, for what is due
 * @param out     the plan (plan.h)
 * @return DAVY_ERR_NOT_FOUND without such an incident; DAVY_ERR_INVALID names what does not fit
 */
DAVY_MUST_CHECK davy_status davy_dispatch_request(const davy_site *site, davy_incidents *incidents,
                                                  uint64_t id, const json_t *body, int64_t now_ns,
                                                  davy_buffer *out);
