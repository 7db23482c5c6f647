/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "serve/http/budget.h"

/**
 * @file
 * Bodies made plain and answers packed, as HTTP names it: gzip, and deflate, which is zlib's form.
 *
 * Stage: serve. Limits are held while a body grows, so that a bomb of 1000:1 costs no more than
 * they say. Several gzip members after another are one body (RFC 1952 section 2.2). Pure functions
 * over bytes.
 *
 * Source: RFC 9110 section 8.4.1, RFC 1950, RFC 1952.
 */
typedef enum davy_packing {
    DAVY_PACKING_NONE,
    DAVY_PACKING_GZIP,
    DAVY_PACKING_DEFLATE
} davy_packing;

/** The packing that a Content-Encoding names; NONE for "", "identity" and what is not known. */
davy_packing davy_packing_find(const char *encoding);

/** The packing that an Accept-Encoding likes best of what there is, by its weights. */
davy_packing davy_packing_choose(const char *accepts);

/** "gzip"; NULL for NONE. */
const char *davy_packing_name(davy_packing packing);

/**
 * @param limit   DAVY_ERR_FULL when the plain body would be longer, or when what was read so far
 *                became more than DAVY_HTTP_UNPACKED_RATIO of limits.h allows
 * @param budget  its bytes are taken from it as it grows; DAVY_ERR_UNAVAILABLE when it is empty.
 *                NULL: nobody counts
 * @param out     an empty buffer; holds the plain body, or a part of it after a failure
 * @return DAVY_ERR_INVALID when the bytes are of another form, are damaged or end early
 */
DAVY_MUST_CHECK davy_status davy_inflate(davy_packing packing, const char *bytes, size_t length,
                                         size_t limit, davy_budget *budget, davy_buffer *out);

/** Pack, quickly rather than tightly. @param out  an empty buffer */
DAVY_MUST_CHECK davy_status davy_deflate(davy_packing packing, const char *bytes, size_t length,
                                         davy_buffer *out);
