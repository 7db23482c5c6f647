/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/tensors.h"
#include "serve/oip/memory.h"

/**
 * @file
 * Forms with files: multipart/form-data, read part by part where it lies.
 *
 * Stage: serve. Source: RFC 7578, RFC 2046 section 5.1.1. Preambles and epilogues are left aside;
 * a part without a name, a header without an end and a body without its last boundary are refused.
 */
#define DAVY_MULTIPART_BOUNDARY_MAX 70              /* RFC 2046 */
#define DAVY_MULTIPART_HEADERS_MAX  ((size_t) 4096) /* of a part */

typedef struct davy_multipart {
    const char *at, *end;
    char delimiter[DAVY_MULTIPART_BOUNDARY_MAX + 5]; /* "\r\n--BOUNDARY" */
} davy_multipart;

typedef struct davy_multipart_part {
    const char *name; /* of the field */
    davy_bytes bytes;
} davy_multipart_part;

/** @param type  the Content-Type of the request, with its boundary */
DAVY_MUST_CHECK davy_status davy_multipart_begin(const char *type, const char *bytes, size_t length,
                                                 davy_multipart *form);
/** The next part; `more` is false behind the last one. */
DAVY_MUST_CHECK davy_status davy_multipart_next(davy_multipart *form, davy_oip_memory *memory,
                                                davy_multipart_part *part, bool *more);
