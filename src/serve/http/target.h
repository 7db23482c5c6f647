/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "serve/limits.h"

#include <stdbool.h>

/**
 * @file
 * A request's target, "/api/v1/samples?from=1", taken apart and normalised once.
 *
 * Stage: serve. This is the only place that decodes a path: the router matches and authorises what
 * comes out of it, and handlers see nothing else. A path that has two spellings after decoding
 * ("//", "/./", "/../", an encoded slash, a trailing slash) is not canonical and names no route.
 * Pure functions over text.
 *
 * Source: RFC 3986 section 6.2 (normalisation), RFC 9112 section 3.2 (forms of a target).
 */
#define DAVY_TARGET_SEGMENTS_MAX 16

typedef struct davy_parameter {
    const char *name, *value; /* decoded UTF-8 */
} davy_parameter;

typedef struct davy_target {
    char text[DAVY_HTTP_TARGET_MAX + 1];      /* what the pointers below point into */
    char *segments[DAVY_TARGET_SEGMENTS_MAX]; /* decoded; "/" has none */
    size_t segment_count;
    davy_parameter parameters[DAVY_HTTP_PARAMETERS_MAX];
    size_t parameter_count;
    bool canonical;          /* false: the path names nothing */
    const char *query_fault; /* why the query cannot be read; NULL when it can */
} davy_target;

/** Take a raw target apart. Never fails: what cannot be read is not canonical. */
void davy_target_parse(const char *raw, davy_target *target);

/** The one parameter that may be there several times: selectors of series, as Prometheus has it. */
#define DAVY_TARGET_AGAIN "match[]"

/** Add a parameter, whose texts are borrowed; the same selector again is not added. NULL, or what
 * is wrong: it is there already, or there are too many. */
const char *davy_target_add(davy_target *target, const char *name, const char *value);

/** The value of a parameter, or NULL. */
const char *davy_target_parameter(const davy_target *target, const char *name);
