/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

/**
 * @file
 * A gzip body made plain, with a limit that is held while it grows.
 *
 * Stage: serve. A bomb of 1000:1 costs no more than the limit. Several gzip members after another
 * are one body (RFC 1952 section 2.2). A pure function over bytes.
 */

/**
 * @param limit  DAVY_ERR_FULL when the plain body would be longer
 * @param out    an empty buffer; holds the plain body, or a part of it after a failure
 * @return DAVY_ERR_INVALID when the bytes are not gzip, are damaged or end early
 */
DAVY_MUST_CHECK davy_status davy_inflate(const char *bytes, size_t length, size_t limit,
                                         davy_buffer *out);
