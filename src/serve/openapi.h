/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The OpenAPI 3.1 description, written from the table of routes and the table of schemas.
 *
 * Stage: serve. Source: OpenAPI Specification 3.1.0; its schemas are JSON Schema 2020-12.
 */

/** A property. Types: "string", "number", "integer", "boolean", "time", "object", "any", the
 * name of a schema, and any of these with "[]" behind it. */
typedef struct davy_schema_field {
    const char *name;
    const char *type;
    const char *about; /* NULL where the name says it */
    bool nullable;
    bool optional; /* may be absent */
} davy_schema_field;

typedef struct davy_schema {
    const char *name;
    const davy_schema_field *fields;
    size_t count;
} davy_schema;

/** Every object of our own API, and every one of the protocols that models are asked by. */
extern const davy_schema davy_schemas[], davy_alarm_schemas[], davy_model_schemas[],
    davy_whatif_schemas[];
extern const davy_schema davy_ground_schemas[];
extern const davy_schema davy_impact_schemas[];
extern const size_t davy_impact_schema_count;
extern const davy_schema davy_chemical_schemas[];
extern const davy_schema davy_incident_schemas[];
extern const davy_schema davy_dispatch_schemas[];
extern const size_t davy_schema_count, davy_alarm_schema_count, davy_model_schema_count,
    davy_whatif_schema_count;
extern const size_t davy_ground_schema_count;
extern const size_t davy_chemical_schema_count;
extern const size_t davy_incident_schema_count;
extern const size_t davy_dispatch_schema_count;
extern const davy_schema davy_storage_schemas[];
extern const size_t davy_storage_schema_count;

/** Write the description into an empty buffer. */
DAVY_MUST_CHECK davy_status davy_openapi_write(davy_buffer *out);
