/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The part of Prometheus' query language that davy answers.
 *
 * Stage: serve.
 *
 *     query    = vector | over [ by ] "(" vector ")" [ by ] | sum of numbers
 *     vector   = selector [ offset ] | function "(" selector "[" duration "]" [ offset ] ")"
 *     selector = name [ "{" matchers "}" ] | "{" matchers "}"
 *     offset   = "offset" duration
 *     over     = sum | avg | min | max | count
 *     by       = "by" "(" labels ")"
 *     function = {avg, min, max, sum, count}_over_time | rate
 *
 * "1+1" is what Grafana tests a data source with. Everything else is refused by name and never
 * half answered. Regular expressions match whole values; they are POSIX extended ones, and what
 * means another thing in Prometheus' RE2 (escaped letters and digits, repetition in braces, "(?")
 * is refused: so are back-references, large repetitions and groups that are repeated, which take
 * POSIX long. A choice of words, "(T-101|T-102)", as a dashboard's variable becomes, may be long
 * and have any number of them.
 *
 * Source: Prometheus documentation, "Querying basics" and "Query functions". Pure functions.
 */
#define DAVY_PROMQL_MATCHERS_MAX 16
#define DAVY_PROMQL_NAME_MAX     64
#define DAVY_PROMQL_VALUE_MAX    4096 /* a choice of some hundred assets */
#define DAVY_PROMQL_BY_MAX       8

/** Longest window and step, 100 years of 365 days: the sum of it and any time fits 64 bits. */
#define DAVY_PROMQL_DURATION_MAX_NS (INT64_C(100) * 365 * 86400 * 1000000000)

typedef enum davy_promql_function {
    DAVY_PROMQL_SCALAR,
    DAVY_PROMQL_NEWEST, /* a selector alone */
    DAVY_PROMQL_AVG,
    DAVY_PROMQL_MIN,
    DAVY_PROMQL_MAX,
    DAVY_PROMQL_SUM,
    DAVY_PROMQL_COUNT,
    DAVY_PROMQL_RATE
} davy_promql_function;

/** Over series. */
typedef enum davy_promql_aggregate {
    DAVY_PROMQL_NO_AGGREGATE,
    DAVY_PROMQL_OVER_SUM,
    DAVY_PROMQL_OVER_AVG,
    DAVY_PROMQL_OVER_MIN,
    DAVY_PROMQL_OVER_MAX,
    DAVY_PROMQL_OVER_COUNT
} davy_promql_aggregate;

typedef struct davy_promql_matcher {
    char name[DAVY_PROMQL_NAME_MAX];
    char value[DAVY_PROMQL_VALUE_MAX];
    bool negative, regular; /* != and !~; =~ and !~ */
    bool choice;            /* regular, and words alone: compared without an expression */
    regex_t expression;     /* when regular and no choice */
} davy_promql_matcher;

typedef struct davy_promql {
    davy_promql_function function;
    double scalar;
    int64_t window_ns; /* of a function */
    int64_t offset_ns; /* so much earlier */
    davy_promql_aggregate aggregate;
    bool by_given;
    size_t by_count;
    char by[DAVY_PROMQL_BY_MAX][DAVY_PROMQL_NAME_MAX]; /* labels that stay */
    size_t count;
    davy_promql_matcher matchers[DAVY_PROMQL_MATCHERS_MAX];
} davy_promql;

/** Read a query. DAVY_ERR_INVALID names the column and what is wrong; then there is nothing to
 * clear. */
DAVY_MUST_CHECK davy_status davy_promql_parse(const char *text, davy_promql *out);

void davy_promql_clear(davy_promql *query);

/** Make a matcher's value a regular expression. NULL, or what is wrong with it. */
const char *davy_promql_compile(davy_promql_matcher *matcher);

/** True when a value, "" for a label that is absent, fits. */
bool davy_promql_fits(const davy_promql_matcher *matcher, const char *value);

/** "5m", "1h30m", "100ms". DAVY_ERR_INVALID for zero and for more than
 * DAVY_PROMQL_DURATION_MAX_NS. */
DAVY_MUST_CHECK davy_status davy_promql_duration(const char *text, size_t length, int64_t *out);
