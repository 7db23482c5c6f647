/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "site/site.h"
#include "store/records.h"

struct json_t;

/**
 * @file
 * The figures of any past range, computed from the records in one pass.
 *
 * Stage: alarm. The pass begins with the first record, because an alarm that was raised before the
 * range may stand in it; memory is bounded by the number of alarms.
 */

/**
 * @param from_ns   begin, at least 0
 * @param to_ns     end, not included; what lies after now_ns was not observed
 * @param position  name of one; NULL for all
 * @param out       davy_kpi_json(), a new reference
 * @return DAVY_ERR_INVALID for a range without length, DAVY_ERR_NOT_FOUND for an unknown position
 */
DAVY_MUST_CHECK davy_status davy_kpi_history(davy_records *records, const davy_site *site,
                                             int64_t from_ns, int64_t to_ns, int64_t now_ns,
                                             const char *position, struct json_t **out);
