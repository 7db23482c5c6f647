/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/json.h"

#include <jansson.h>

/**
 * @file
 * JSON of other stages out, beside core/json.h, and small JSON bodies in.
 *
 * Stage: serve.
 */

/** A tree that another stage made; as deep as that stage made it. NULL writes null. */
void davy_json_tree(davy_buffer *out, const char *key, const json_t *value);

/** One key that a body may have. */
typedef struct davy_json_field {
    const char *name;
    bool required;
    size_t length_max; /* bytes of a text, without its zero; 0: a whole number of 32 bits, not 0;
                        * DAVY_JSON_BOOLEAN; DAVY_JSON_OBJECT */
} davy_json_field;

/** In place of the length of a text: true or false. */
#define DAVY_JSON_BOOLEAN SIZE_MAX
/** An object, which its reader looks at. */
#define DAVY_JSON_OBJECT (SIZE_MAX - 1)

/** Read a body that is an object of any keys, no deeper than DAVY_HTTP_JSON_DEPTH_MAX. An empty
 * body is an empty object. */
DAVY_MUST_CHECK davy_status davy_json_parse(const char *bytes, size_t length, json_t **out);

/**
 * Read a body that is an object of texts, whole numbers and booleans. DAVY_ERR_INVALID names what
 * is wrong: syntax, depth, a key that is unknown, missing, of another type, too long or out of
 * range.
 *
 * @param out  the object; give back with json_decref(). An empty body is an empty object.
 */
DAVY_MUST_CHECK davy_status davy_json_read(const char *bytes, size_t length,
                                           const davy_json_field *fields, size_t count,
                                           json_t **out);

/** A text of an object that was read; NULL when the key is absent. */
const char *davy_json_get(const json_t *object, const char *key);

/** A number of an object that was read; 0 when the key is absent. */
uint32_t davy_json_get_number(const json_t *object, const char *key);
