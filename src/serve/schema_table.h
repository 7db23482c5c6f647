/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/openapi.h"

/**
 * @file
 * Words that the tables of schemas are written in. Private to schemas.c, the files
 * api/schemas_*.c and oip/schemas.c.
 *
 * Stage: serve.
 */
#define REQUIRED false, false
#define NULLABLE true, false
#define OPTIONAL false, true

#define SCHEMA(name, fields)                    \
    {                                           \
        name, fields, DAVY_ARRAY_LENGTH(fields) \
    }
