/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "site/site.h"

struct json_t;

/**
 * @file
 * A message in the form that a receiver wants.
 *
 * Stage: alarm.
 */

/** "application/json", "text/plain; charset=utf-8", "application/cap+xml". */
const char *davy_render_type(davy_notice_format format);

/** One line: "[harbour] HIGH T-101/pressure:hi raised: pressure 1213 kPa is above hi 1000 kPa". No
 * control characters, at most `capacity` bytes with the zero. */
void davy_render_line(const struct json_t *message, char *line, size_t capacity);

/** The message whole. @param body  its JSON as it is kept */
DAVY_MUST_CHECK davy_status davy_render(const struct json_t *message, const char *body,
                                        davy_notice_format format, davy_buffer *out);

/** The message as a CAP 1.2 alert: a drill is an Exercise, a return to normal cancels. */
DAVY_MUST_CHECK davy_status davy_render_cap(const struct json_t *message, davy_buffer *out);
