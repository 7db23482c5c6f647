/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

/**
 * @file
 * The body of a write, made plain before anything reads it. Pure over bytes.
 *
 * Stage: serve.
 */

/**
 * Unpack the body when `encoding` is gzip. That it is UTF-8 is for the reader of the lines to see,
 * who knows their numbers.
 *
 * @return DAVY_ERR_FULL past DAVY_HTTP_WRITE_MAX, DAVY_ERR_INVALID when it is damaged
 */
DAVY_MUST_CHECK davy_status davy_write_decode(davy_buffer *body, const char *encoding);
