/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/route.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "serve/limits.h"

/* First segments that belong to the API in any spelling; the console never answers there. */
static const char *const reserved[] = {"api", "v1", "v2", "metrics", "health"};

/* Does the template fit? *id is its variable segment, if it has one. */
static bool path_fits(const char *template, const davy_target *target, const char **id)
{
    size_t segment = 0;

    *id = NULL;
    while (*template) {
        const char *begin = template + 1;
        size_t length = strcspn(begin, "/");

        if (segment == target->segment_count)
            return false;
        if (*begin == '{')
            *id = target->segments[segment];
        else if (strlen(target->segments[segment]) != length ||
                 memcmp(target->segments[segment], begin, length) != 0)
            return false;
        segment++;
        template = begin + length;
    }
    return segment == target->segment_count;
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

static bool is_reserved(const davy_target *target)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(reserved); i++)
        if (target->segment_count > 0 && strcasecmp(target->segments[0], reserved[i]) == 0)
            return true;
    return false;
}

void davy_route_find(const char *method, const davy_target *target, davy_route_match *match)
{
    const char *literal_path = NULL;

    *match = (davy_route_match){0};
    if (!target->canonical)
        return;
    for (size_t i = 0; i < davy_route_count; i++) {
        const davy_route *route = &davy_routes[i];
        const char *id;

        /* a literal path hides the templates after it: /alarms/history is no /alarms/{id} */
        if (!path_fits(route->path, target, &id) ||
            (literal_path && strcmp(literal_path, route->path) != 0))
            continue;
        literal_path = route->path;
        allow_add(match->allow, route->method);
        if (!match->route && method_fits(route, method)) {
            match->route = route;
            match->id = id;
        }
    }
    match->console = match->allow[0] == '\0' && !is_reserved(target);
}

size_t davy_route_body_max(const davy_route *route)
{
    return route->body == DAVY_BODY_LINES  ? DAVY_HTTP_WRITE_MAX
           : route->body == DAVY_BODY_JSON ? DAVY_HTTP_JSON_MAX
                                           : 0;
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
