/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/json.h"

#include <string.h>

#include "serve/limits.h"

static void write_members(davy_buffer *out, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t index;

    if (json_is_object(value)) {
        json_object_foreach((json_t *) value, key, member) davy_json_tree(out, key, member);
        davy_json_object_end(out);
    } else {
        json_array_foreach(value, index, member) davy_json_tree(out, NULL, member);
        davy_json_array_end(out);
    }
}

void davy_json_tree(davy_buffer *out, const char *key, const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        davy_json_object(out, key);
        write_members(out, value);
        break;
    case JSON_ARRAY:
        davy_json_array(out, key);
        write_members(out, value);
        break;
    case JSON_STRING:
        davy_json_text(out, key, json_string_value(value));
        break;
    case JSON_INTEGER:
        davy_json_integer(out, key, json_integer_value(value));
        break;
    case JSON_REAL:
        davy_json_number(out, key, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        davy_json_boolean(out, key, json_is_true(value));
        break;
    case JSON_NULL:
        davy_json_null(out, key);
        break;
    }
}

/* The parser recurses once per level: look at the depth before it does. */
static bool depth_is_fine(const char *bytes, size_t length)
{
    size_t depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < length; i++) {
        if (in_text) {
            if (bytes[i] == '\\')
                i++;
            else if (bytes[i] == '"')
                in_text = false;
        } else if (bytes[i] == '"') {
            in_text = true;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
            if (++depth > DAVY_HTTP_JSON_DEPTH_MAX)
                return false;
        } else if ((bytes[i] == '}' || bytes[i] == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

static const davy_json_field *field_find(const davy_json_field *fields, size_t count,
                                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static davy_status check_text(const davy_json_field *field, const json_t *value)
{
    if (!json_is_string(value))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a text", field->name);
    if (json_string_length(value) > field->length_max)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is longer than %zu bytes", field->name,
                         field->length_max);
    return DAVY_OK;
}

static davy_status check_number(const char *key, const json_t *value)
{
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 1 || number > UINT32_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a whole number from 1 to %u", key,
                         UINT32_MAX);
    return DAVY_OK;
}

static davy_status check_value(const davy_json_field *field, const json_t *value)
{
    if (field->length_max == 0)
        return check_number(field->name, value);
    if (field->length_max == DAVY_JSON_OBJECT)
        return json_is_object(value)
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "'%s' is not an object", field->name);
    if (field->length_max != DAVY_JSON_BOOLEAN)
        return check_text(field, value);
    return json_is_boolean(value)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "'%s' is neither true nor false", field->name);
}

static davy_status check_fields(json_t *object, const davy_json_field *fields, size_t count)
{
    const char *key;
    json_t *value;
    davy_status status;

    json_object_foreach(object, key, value)
    {
        const davy_json_field *field = field_find(fields, count, key);

        if (!field)
            return davy_fail(DAVY_ERR_INVALID, "the body has an unknown key '%.64s'", key);
        status = check_value(field, value);
        if (status != DAVY_OK)
            return status;
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && !json_object_get(object, fields[i].name))
            return davy_fail(DAVY_ERR_INVALID, "the body needs '%s'", fields[i].name);
    return DAVY_OK;
}

davy_status davy_json_parse(const char *bytes, size_t length, json_t **out)
{
    json_error_t error;
    json_t *object;

    if (!depth_is_fine(bytes, length))
        return davy_fail(DAVY_ERR_INVALID, "the body is nested deeper than %d levels",
                         DAVY_HTTP_JSON_DEPTH_MAX);
    object =
        length == 0 ? json_object() : json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    if (!object && length == 0)
        return davy_fail(DAVY_ERR_NOMEM, "a JSON body");
    if (!object)
        return davy_fail(DAVY_ERR_INVALID, "the body is not JSON: line %d column %d: %s",
                         error.line, error.column, error.text);
    if (!json_is_object(object)) {
        json_decref(object);
        return davy_fail(DAVY_ERR_INVALID, "the body is not a JSON object");
    }
    *out = object;
    return DAVY_OK;
}

davy_status davy_json_read(const char *bytes, size_t length, const davy_json_field *fields,
                           size_t count, json_t **out)
{
    json_t *object = NULL;
    davy_status status = davy_json_parse(bytes, length, &object);

    if (status == DAVY_OK)
        status = check_fields(object, fields, count);
    if (status == DAVY_OK)
        *out = object;
    else
        json_decref(object);
    return status;
}

const char *davy_json_get(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

uint32_t davy_json_get_number(const json_t *object, const char *key)
{
    return (uint32_t) json_integer_value(json_object_get(object, key));
}
