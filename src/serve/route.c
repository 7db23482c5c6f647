/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/route.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "serve/limits.h"

/* First segments that are the API's in any spelling, where the console never answers, and how a
 * failure is told beneath them. */
static const struct {
    const char *name;
    davy_error_form form;
} reserved[] = {
    {"api", DAVY_ERROR_PROBLEM},        {"health", DAVY_ERROR_PROBLEM},
    {"invocations", DAVY_ERROR_MLFLOW}, {"metrics", DAVY_ERROR_PROBLEM},
    {"ping", DAVY_ERROR_MLFLOW},        {"v1", DAVY_ERROR_PLAIN},
    {"v2", DAVY_ERROR_PLAIN},           {"version", DAVY_ERROR_MLFLOW},
};

/* Variables of a template as they stand in a target: the first `length` bytes of a segment. */
typedef struct variables {
    size_t count;
    struct {
        size_t segment, length;
    } at[DAVY_ROUTE_VARIABLES_MAX];
} variables;

/* Does "{model}:predict" fit a segment? Then *variable bytes of it are the variable, not none. */
static bool segment_fits(const char *template, size_t length, const char *segment, size_t *variable)
{
    const size_t whole = strlen(segment);
    const char *tail = *template == '{' ? memchr(template, '}', length) : NULL;
    const size_t fixed = tail ? length - (size_t) (tail + 1 - template) : length;

    *variable = whole > fixed && tail ? whole - fixed : 0;
    if (tail ? *variable == 0 : whole != length)
        return false;
    return memcmp(tail ? tail + 1 : template, segment + whole - fixed, fixed) == 0;
}

static bool path_fits(const char *template, const davy_target *target, variables *found)
{
    size_t segment = 0;

    found->count = 0;
    while (*template) {
        const char *begin = template + 1;
        size_t length = (size_t) (strchrnul(begin, '/') - begin);
        size_t variable;

        if (segment == target->segment_count ||
            !segment_fits(begin, length, target->segments[segment], &variable))
            return false;
        if (variable > 0) {
            found->at[found->count].segment = segment;
            found->at[found->count++].length = variable;
        }
        segment++;
        template = begin + length;
    }
    return segment == target->segment_count;
}

/* The text of a variable; what follows it in its segment is cut off. */
static const char *take_variable(davy_target *target, const variables *found, size_t index)
{
    char *segment;

    if (index >= found->count)
        return NULL;
    segment = target->segments[found->at[index].segment];
    segment[found->at[index].length] = '\0';
    return segment;
}

static void allow_add(char allow[64], const char *method)
{
    size_t length = strlen(allow);

    (void) snprintf(allow + length, 64 - length, "%s%s%s", length ? ", " : "", method,
                    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

static bool method_fits(const davy_route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static bool find_reserved(const davy_target *target, davy_error_form *form)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(reserved); i++)
        if (target->segment_count > 0 && strcasecmp(target->segments[0], reserved[i].name) == 0) {
            *form = reserved[i].form;
            return true;
        }
    *form = DAVY_ERROR_PROBLEM;
    return false;
}

/* /api/v1/query and its like, which programs made for Prometheus ask. */
static bool is_of_prometheus(const davy_target *target)
{
    static const char *const names[] = {"query",  "query_range", "query_exemplars", "series",
                                        "labels", "label",       "metadata"};

    if (target->segment_count < 3 || strcmp(target->segments[1], "v1") != 0)
        return false;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(target->segments[2], names[i]) == 0)
            return true;
    return false;
}

davy_error_form davy_route_error_form(const davy_target *target)
{
    davy_error_form form;

    (void) find_reserved(target, &form);
    if (form == DAVY_ERROR_PLAIN && target->segment_count > 1 &&
        strcmp(target->segments[1], "vision") == 0)
        return DAVY_ERROR_VISION;
    if (form == DAVY_ERROR_PROBLEM && target->segment_count > 0 &&
        strcasecmp(target->segments[0], "api") == 0 && is_of_prometheus(target))
        return DAVY_ERROR_PROMETHEUS;
    return form;
}

size_t davy_route_count(void)
{
    return davy_routes_own_count + davy_routes_protocols_count;
}

const davy_route *davy_route_at(size_t index)
{
    return index < davy_routes_own_count ? &davy_routes_own[index]
                                         : &davy_routes_protocols[index - davy_routes_own_count];
}

size_t davy_route_index(const davy_route *route)
{
    const uintptr_t offset = (uintptr_t) route - (uintptr_t) davy_routes_own;

    if (offset < davy_routes_own_count * sizeof *route)
        return offset / sizeof *route;
    return davy_routes_own_count + (size_t) (route - davy_routes_protocols);
}

void davy_route_find(const char *method, davy_target *target, davy_route_match *match)
{
    const char *first_path = NULL;
    davy_error_form form;
    variables found = {0};

    *match = (davy_route_match){0};
    if (!target->canonical)
        return;
    for (size_t i = 0; i < davy_route_count(); i++) {
        const davy_route *route = davy_route_at(i);
        variables fitting;

        /* a path hides the templates after it: /alarms/history is no /alarms/{id} */
        if (!path_fits(route->path, target, &fitting) ||
            (first_path && strcmp(first_path, route->path) != 0))
            continue;
        first_path = route->path;
        found = fitting;
        allow_add(match->allow, route->method);
        if (!match->route && method_fits(route, method))
            match->route = route;
    }
    if (match->route) {
        match->id = take_variable(target, &found, 0);
        match->version = take_variable(target, &found, 1);
    }
    match->console = match->allow[0] == '\0' && !find_reserved(target, &form);
}

bool davy_route_is_of_model(const davy_route *route)
{
    return route && strstr(route->path, "{model}");
}

size_t davy_route_body_max(const davy_route *route, size_t tensors_max)
{
    switch (route->body) {
    case DAVY_BODY_JSON:
        return DAVY_HTTP_JSON_MAX;
    case DAVY_BODY_DOCUMENT:
        return DAVY_HTTP_DOCUMENT_MAX;
    case DAVY_BODY_LINES:
        return DAVY_HTTP_WRITE_MAX;
    case DAVY_BODY_TENSORS:
    case DAVY_BODY_FORM:
        return tensors_max;
    case DAVY_BODY_FILE:
        return DAVY_HTTP_UPLOAD_MAX;
    case DAVY_BODY_FIELDS:
        return DAVY_HTTP_TARGET_MAX;
    case DAVY_BODY_NONE:
        break;
    }
    return 0;
}

static bool knows(const davy_route *route, const char *name)
{
    for (size_t i = 0; i < DAVY_ROUTE_PARAMETERS_MAX && route->parameters[i].name; i++)
        if (strcmp(route->parameters[i].name, name) == 0)
            return true;
    return false;
}

davy_status davy_route_check_query(const davy_route *route, const davy_target *target)
{
    if (target->query_fault)
        return davy_fail(DAVY_ERR_INVALID, "%s", target->query_fault);
    for (size_t i = 0; !route->lenient && i < target->parameter_count; i++)
        if (!knows(route, target->parameters[i].name))
            return davy_fail(DAVY_ERR_INVALID, "the query has an unknown parameter '%.64s'",
                             target->parameters[i].name);
    for (size_t i = 0; i < DAVY_ROUTE_PARAMETERS_MAX && route->parameters[i].name; i++)
        if (route->parameters[i].required &&
            !davy_target_parameter(target, route->parameters[i].name))
            return davy_fail(DAVY_ERR_INVALID, "the query needs '%s'", route->parameters[i].name);
    return DAVY_OK;
}
