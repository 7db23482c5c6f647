/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/openapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/api/json.h"
#include "serve/route.h"

/* -- Schemas --------------------------------------------------------------------------------------
 */

static void write_ref(davy_buffer *out, const char *schema, size_t length)
{
    char ref[96];

    (void) snprintf(ref, sizeof ref, "#/components/schemas/%.*s", (int) length, schema);
    davy_json_text(out, "$ref", ref);
}

static bool is_plain(const char *type, size_t length)
{
    static const char *const plain[] = {"string", "number", "integer", "boolean", "object"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(plain); i++)
        if (strlen(plain[i]) == length && memcmp(plain[i], type, length) == 0)
            return true;
    return false;
}

static void write_plain(davy_buffer *out, const char *type, size_t length, bool nullable)
{
    char word[16];

    (void) snprintf(word, sizeof word, "%.*s", (int) length, type);
    if (!nullable) {
        davy_json_text(out, "type", word);
        return;
    }
    davy_json_array(out, "type");
    davy_json_text(out, NULL, word);
    davy_json_text(out, NULL, "null");
    davy_json_array_end(out);
}

/* The members of a schema for one value, which is no array. */
static void write_value(davy_buffer *out, const char *type, size_t length, bool nullable)
{
    if (length == 3 && memcmp(type, "any", 3) == 0)
        return;
    if (length == 4 && memcmp(type, "time", 4) == 0) {
        write_plain(out, "string", 6, nullable);
        davy_json_text(out, "format", "date-time");
    } else if (is_plain(type, length)) {
        write_plain(out, type, length, nullable);
    } else if (nullable) {
        davy_json_array(out, "anyOf");
        davy_json_object(out, NULL);
        write_ref(out, type, length);
        davy_json_object_end(out);
        davy_json_object(out, NULL);
        davy_json_text(out, "type", "null");
        davy_json_object_end(out);
        davy_json_array_end(out);
    } else {
        write_ref(out, type, length);
    }
}

static void write_field(davy_buffer *out, const davy_schema_field *field)
{
    size_t length = strcspn(field->type, "?[");
    bool array = strchr(field->type, '[') != NULL;

    davy_json_object(out, field->name);
    if (field->about)
        davy_json_text(out, "description", field->about);
    if (array) {
        write_plain(out, "array", 5, field->nullable);
        davy_json_object(out, "items");
        write_value(out, field->type, length, field->type[length] == '?');
        davy_json_object_end(out);
    } else {
        write_value(out, field->type, length, field->nullable);
    }
    davy_json_object_end(out);
}

static void write_schema(davy_buffer *out, const davy_schema *schema)
{
    davy_json_object(out, schema->name);
    davy_json_text(out, "type", "object");
    davy_json_object(out, "properties");
    for (size_t i = 0; i < schema->count; i++)
        write_field(out, &schema->fields[i]);
    davy_json_object_end(out);
    davy_json_array(out, "required");
    for (size_t i = 0; i < schema->count; i++)
        if (!schema->fields[i].optional)
            davy_json_text(out, NULL, schema->fields[i].name);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

/* -- Paths ----------------------------------------------------------------------------------------
 */

static void write_parameter(davy_buffer *out, const char *name, const char *in, bool required,
                            const char *about)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "name", name);
    davy_json_text(out, "in", in);
    davy_json_boolean(out, "required", required);
    if (about)
        davy_json_text(out, "description", about);
    davy_json_object(out, "schema");
    davy_json_text(out, "type", "string");
    davy_json_object_end(out);
    davy_json_object_end(out);
}

static void write_parameters(davy_buffer *out, const davy_route *route)
{
    davy_json_array(out, "parameters");
    for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
        char name[32];

        (void) snprintf(name, sizeof name, "%.*s", (int) strcspn(at + 1, "}"), at + 1);
        write_parameter(out, name, "path", true, NULL);
    }
    for (size_t i = 0; i < DAVY_ROUTE_PARAMETERS_MAX && route->parameters[i].name; i++)
        write_parameter(out, route->parameters[i].name, "query", route->parameters[i].required,
                        route->parameters[i].about);
    davy_json_array_end(out);
}

/* {"content": {TYPE: {"schema": ...}}}: `what` is a schema, with "[]" a list of it, or a media type
 * when it has a '/'. */
static void write_content(davy_buffer *out, const char *what, const char *type)
{
    bool media = strchr(what, '/') != NULL;

    davy_json_object(out, "content");
    davy_json_object(out, media ? what : type);
    davy_json_object(out, "schema");
    if (media) {
        davy_json_text(out, "type", strcmp(what, "application/json") == 0 ? "object" : "string");
    } else if (strchr(what, '[')) {
        davy_json_text(out, "type", "array");
        davy_json_object(out, "items");
        write_ref(out, what, strcspn(what, "["));
        davy_json_object_end(out);
    } else {
        write_ref(out, what, strlen(what));
    }
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_json_object_end(out);
}

static void write_answer(davy_buffer *out, unsigned code, const char *gives, const char *type)
{
    char name[8];

    (void) snprintf(name, sizeof name, "%u", code);
    davy_json_object(out, name);
    davy_json_text(out, "description", davy_http_title(code));
    if (gives)
        write_content(out, gives, type);
    davy_json_object_end(out);
}

static const char *error_schema(const davy_route *route)
{
    static const char *const schemas[] = {
        [DAVY_ERROR_PROBLEM] = "Problem",
        [DAVY_ERROR_PLAIN] = "Error",
        [DAVY_ERROR_MLFLOW] = "MlflowError",
        [DAVY_ERROR_VISION] = "VisionError",
        [DAVY_ERROR_PROMETHEUS] = "PrometheusError",
    };
    davy_target target;

    davy_target_parse(route->path, &target);
    return schemas[davy_route_error_form(&target)];
}

static void write_answers(davy_buffer *out, const davy_route *route)
{
    static const unsigned guarded[] = {400, 401, 403, 429};
    const bool health = route->role == DAVY_ROLE_NONE;
    const char *problem = error_schema(route);
    const char *type =
        strcmp(problem, "Problem") == 0 ? "application/problem+json" : "application/json";

    davy_json_object(out, "responses");
    write_answer(out, route->code, route->gives, "application/json");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(guarded) && !health; i++)
        write_answer(out, guarded[i], problem, type);
    for (const char *at = route->more_codes; at && *at; at += strspn(at, " ")) {
        char *end;
        unsigned code = (unsigned) strtoul(at, &end, 10);

        write_answer(out, code, health ? route->gives : problem,
                     health ? "application/json" : type);
        at = end;
    }
    davy_json_object_end(out);
}

static void write_route(davy_buffer *out, const davy_route *route)
{
    char method[8] = "";

    for (size_t i = 0; route->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char) (route->method[i] | 0x20); /* lower case */
    davy_json_object(out, method);
    davy_json_text(out, "summary", route->summary);
    davy_json_text(out, "x-davy-role", davy_role_name(route->role));
    write_parameters(out, route);
    if (route->takes) {
        davy_json_object(out, "requestBody");
        write_content(out, route->takes, "application/json");
        davy_json_object_end(out);
    }
    write_answers(out, route);
    davy_json_array(out, "security");
    if (route->role != DAVY_ROLE_NONE) {
        davy_json_object(out, NULL);
        davy_json_array(out, "key");
        davy_json_array_end(out);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static bool is_first_of_path(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(davy_route_at(i)->path, davy_route_at(index)->path) == 0)
            return false;
    return true;
}

static void write_paths(davy_buffer *out)
{
    davy_json_object(out, "paths");
    for (size_t i = 0; i < davy_route_count(); i++) {
        const char *path = davy_route_at(i)->path;

        if (!is_first_of_path(i))
            continue;
        davy_json_object(out, path);
        for (size_t j = i; j < davy_route_count(); j++)
            if (strcmp(path, davy_route_at(j)->path) == 0)
                write_route(out, davy_route_at(j));
        davy_json_object_end(out);
    }
    davy_json_object_end(out);
}

static void write_components(davy_buffer *out)
{
    davy_json_object(out, "components");
    davy_json_object(out, "securitySchemes");
    davy_json_object(out, "key");
    davy_json_text(out, "type", "http");
    davy_json_text(out, "scheme", "bearer");
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_json_object(out, "schemas");
    for (size_t i = 0; i < davy_schema_count; i++)
        write_schema(out, &davy_schemas[i]);
    for (size_t i = 0; i < davy_alarm_schema_count; i++)
        write_schema(out, &davy_alarm_schemas[i]);
    for (size_t i = 0; i < davy_storage_schema_count; i++)
        write_schema(out, &davy_storage_schemas[i]);
    for (size_t i = 0; i < davy_whatif_schema_count; i++)
        write_schema(out, &davy_whatif_schemas[i]);
    for (size_t i = 0; i < davy_impact_schema_count; i++)
        write_schema(out, &davy_impact_schemas[i]);
    for (size_t i = 0; i < davy_ground_schema_count; i++)
        write_schema(out, &davy_ground_schemas[i]);
    for (size_t i = 0; i < davy_chemical_schema_count; i++)
        write_schema(out, &davy_chemical_schemas[i]);
    for (size_t i = 0; i < davy_incident_schema_count; i++)
        write_schema(out, &davy_incident_schemas[i]);
    for (size_t i = 0; i < davy_dispatch_schema_count; i++)
        write_schema(out, &davy_dispatch_schemas[i]);
    for (size_t i = 0; i < davy_model_schema_count; i++)
        write_schema(out, &davy_model_schemas[i]);
    davy_json_object_end(out);
    davy_json_object_end(out);
}

davy_status davy_openapi_write(davy_buffer *out)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "openapi", "3.1.0");
    davy_json_object(out, "info");
    davy_json_text(out, "title", "davy");
    davy_json_text(out, "version", DAVY_VERSION);
    davy_json_object(out, "license");
    davy_json_text(out, "name", "Apache-2.0");
    davy_json_text(out, "identifier", "Apache-2.0");
    davy_json_object_end(out);
    davy_json_object_end(out);
    write_paths(out);
    write_components(out);
    davy_json_object_end(out);
    return davy_buffer_ok(out);
}
