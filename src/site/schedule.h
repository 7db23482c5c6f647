/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * Stretches of the week: "Mon-Fri 08:00-18:00, Sat 22:00-06:00".
 *
 * Stage: site. A stretch is a day, a range of days ("Fri-Mon" goes over the weekend) or nothing for
 * every day, and two times; one that ends at or before its beginning ends on the next day, and
 * 24:00 is the end of a day.
 */

/** Most stretches of one schedule. */
#define DAVY_SITE_SPANS_MAX ((size_t) 16)

DAVY_MUST_CHECK davy_status davy_site_schedule_parse(const char *text,
                                                     davy_site_span spans[DAVY_SITE_SPANS_MAX],
                                                     size_t *count);

/** "08:00" to "23:59" -> minute of the day. False when it is none. */
bool davy_site_minute_parse(const char *text, int *minute);

/**
 * The latest moment at or before this one at which the clock on the wall shows this minute of the
 * day; both as in davy_site_schedule_holds().
 */
int64_t davy_site_latest_minute(int minute, int64_t local_s);

/**
 * True inside one of the stretches, and always when there are none.
 *
 * @param local_s  seconds since 1970 as the clock on the site's wall shows them
 */
bool davy_site_schedule_holds(const davy_site_span *spans, size_t count, int64_t local_s);
