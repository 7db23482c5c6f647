/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/promql.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct query_reader {
    const char *text, *at;
    davy_promql *out;
} query_reader;

static const struct {
    const char *name;
    davy_promql_function function;
} functions[] = {
    {"avg_over_time", DAVY_PROMQL_AVG}, {"min_over_time", DAVY_PROMQL_MIN},
    {"max_over_time", DAVY_PROMQL_MAX}, {"sum_over_time", DAVY_PROMQL_SUM},
    {"rate", DAVY_PROMQL_RATE},         {"count_over_time", DAVY_PROMQL_COUNT},
};

static davy_status wrong(const query_reader *reader, const char *what)
{
    return davy_fail(DAVY_ERR_INVALID, "the query, column %zu: %s",
                     (size_t) (reader->at - reader->text) + 1, what);
}

static void skip_space(query_reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static bool take(query_reader *reader, const char *word)
{
    const size_t length = strlen(word);

    skip_space(reader);
    if (strncmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

static davy_status read_name(query_reader *reader, char name[DAVY_PROMQL_NAME_MAX])
{
    size_t length = 0;

    skip_space(reader);
    if (!begins_name(*reader->at))
        return wrong(reader, "a name is missing");
    while (begins_name(reader->at[length]) ||
           (reader->at[length] >= '0' && reader->at[length] <= '9'))
        length++;
    if (length >= DAVY_PROMQL_NAME_MAX)
        return wrong(reader, "the name is too long");
    memcpy(name, reader->at, length);
    name[length] = '\0';
    reader->at += length;
    return DAVY_OK;
}

/* "..." and '...' with \\, \", \', \n and \t; `...` as it stands. */
static davy_status read_text(query_reader *reader, char value[DAVY_PROMQL_VALUE_MAX])
{
    const char quote = (skip_space(reader), *reader->at);
    size_t length = 0;

    if (quote != '"' && quote != '\'' && quote != '`')
        return wrong(reader, "a value in quotes is missing");
    for (reader->at++; *reader->at != quote; reader->at++) {
        char c = *reader->at;

        if (c == '\0')
            return wrong(reader, "the quotes are not closed");
        if (c == '\\' && quote != '`') {
            c = *++reader->at;
            if (c == '\0' || !strchr("\\\"'nt", c))
                return wrong(reader, "this escape is not understood: write \\\\ for a backslash");
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if (length + 1 >= DAVY_PROMQL_VALUE_MAX)
            return wrong(reader, "the value is too long");
        value[length++] = c;
    }
    value[length] = '\0';
    reader->at++;
    return DAVY_OK;
}

static davy_status compile(query_reader *reader, davy_promql_matcher *matcher)
{
    const char *fault = davy_promql_compile(matcher);

    return fault ? wrong(reader, fault) : DAVY_OK;
}

static davy_promql_matcher *add_matcher(query_reader *reader)
{
    davy_promql *out = reader->out;

    if (out->count == DAVY_PROMQL_MATCHERS_MAX)
        return NULL;
    out->matchers[out->count] = (davy_promql_matcher){.regular = false};
    return &out->matchers[out->count];
}

static davy_status read_operator(query_reader *reader, davy_promql_matcher *matcher, bool *regular)
{
    *regular = take(reader, "=~");
    if (*regular)
        return DAVY_OK;
    matcher->negative = take(reader, "!=");
    if (matcher->negative)
        return DAVY_OK;
    *regular = matcher->negative = take(reader, "!~");
    if (matcher->negative || take(reader, "="))
        return DAVY_OK;
    return wrong(reader, "one of = != =~ !~ is missing");
}

static davy_status read_matcher(query_reader *reader)
{
    davy_promql_matcher *matcher = add_matcher(reader);
    bool regular = false;
    davy_status status;

    if (!matcher)
        return wrong(reader, "there are too many matchers");
    status = read_name(reader, matcher->name);
    if (status == DAVY_OK)
        status = read_operator(reader, matcher, &regular);
    if (status == DAVY_OK)
        status = read_text(reader, matcher->value);
    if (status == DAVY_OK && regular)
        status = compile(reader, matcher);
    if (status != DAVY_OK)
        return status;
    matcher->regular = regular;
    reader->out->count++;
    return DAVY_OK;
}

static davy_status read_matchers(query_reader *reader)
{
    while (!take(reader, "}")) {
        davy_status status = read_matcher(reader);

        if (status != DAVY_OK)
            return status;
        if (take(reader, ","))
            continue;
        if (!take(reader, "}"))
            return wrong(reader, "a comma or } is missing");
        break;
    }
    return DAVY_OK;
}

/* Prometheus: one matcher at least must not fit a label that is absent. */
static davy_status check_selector(const query_reader *reader)
{
    for (size_t i = 0; i < reader->out->count; i++)
        if (!davy_promql_fits(&reader->out->matchers[i], ""))
            return DAVY_OK;
    return wrong(reader, "the selector needs a name or a matcher that an empty value does not fit");
}

/* @param name  that has been read; "" for none */
static davy_status read_selector(query_reader *reader, const char *name)
{
    davy_promql_matcher *matcher = add_matcher(reader);
    davy_status status = DAVY_OK;

    if (*name && matcher) {
        (void) snprintf(matcher->name, sizeof matcher->name, "__name__");
        (void) snprintf(matcher->value, sizeof matcher->value, "%s", name);
        reader->out->count++;
    }
    if (take(reader, "{"))
        status = read_matchers(reader);
    else if (!*name)
        status = wrong(reader, "a selector is missing");
    return status == DAVY_OK ? check_selector(reader) : status;
}

static davy_status read_window(query_reader *reader)
{
    size_t length;
    davy_status status;

    if (!take(reader, "["))
        return wrong(reader, "a range such as [5m] is missing");
    length = strcspn(reader->at, "]");
    status = davy_promql_duration(reader->at, length, &reader->out->window_ns);
    if (status != DAVY_OK)
        return wrong(reader, "the range must be like 5m, 1h30m or 100ms, without subquery");
    reader->at += length;
    return take(reader, "]") ? DAVY_OK : wrong(reader, "] is missing");
}

/* offset 1h, behind a selector or its range. */
static davy_status read_offset(query_reader *reader)
{
    size_t length;
    davy_status status;

    if (!take(reader, "offset"))
        return DAVY_OK;
    skip_space(reader);
    length = strcspn(reader->at, " \t\r\n)");
    status = davy_promql_duration(reader->at, length, &reader->out->offset_ns);
    if (status != DAVY_OK)
        return wrong(reader, "offset needs a duration above 0 such as 1h");
    reader->at += length;
    return DAVY_OK;
}

static davy_status read_call(query_reader *reader, const char *function)
{
    char name[DAVY_PROMQL_NAME_MAX] = "";
    davy_status status = DAVY_OK;
    size_t i = 0;

    while (i < DAVY_ARRAY_LENGTH(functions) && strcmp(functions[i].name, function) != 0)
        i++;
    if (i == DAVY_ARRAY_LENGTH(functions))
        return wrong(reader,
                     "this function is none of avg_over_time, min_over_time, max_over_time,"
                     " sum_over_time, count_over_time and rate, nor sum, avg, min, max, count");
    reader->out->function = functions[i].function;
    skip_space(reader);
    if (begins_name(*reader->at))
        status = read_name(reader, name);
    if (status == DAVY_OK)
        status = read_selector(reader, name);
    if (status == DAVY_OK)
        status = read_window(reader);
    if (status == DAVY_OK)
        status = read_offset(reader);
    if (status == DAVY_OK && !take(reader, ")"))
        status = wrong(reader, ") is missing");
    return status;
}

static davy_status read_number(query_reader *reader, double *out)
{
    char *end;

    skip_space(reader);
    if (!isdigit((unsigned char) *reader->at) || strspn(reader->at, "0123456789.eE") > 32 ||
        (reader->at[0] == '0' && strchr("xX", reader->at[1]) && reader->at[1]))
        return wrong(reader, "a decimal number is missing");
    *out = strtod(reader->at, &end);
    reader->at = end;
    return DAVY_OK;
}

static davy_status read_sum(query_reader *reader)
{
    davy_status status = read_number(reader, &reader->out->scalar);

    reader->out->function = DAVY_PROMQL_SCALAR;
    while (status == DAVY_OK) {
        const bool minus = take(reader, "-");
        double number = 0;

        if (!minus && !take(reader, "+"))
            break;
        status = read_number(reader, &number);
        reader->out->scalar += minus ? -number : number;
    }
    return status;
}

/* A selector or a function of one, whose first name has been read; "" for none. */
static davy_status read_vector(query_reader *reader, const char *name)
{
    davy_status status;

    if (*name && take(reader, "("))
        return read_call(reader, name);
    reader->out->function = DAVY_PROMQL_NEWEST;
    status = read_selector(reader, name);
    return status == DAVY_OK ? read_offset(reader) : status;
}

static davy_promql_aggregate find_aggregate(const char *name)
{
    static const char *const names[] = {"", "sum", "avg", "min", "max", "count"};

    for (size_t i = 1; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0)
            return (davy_promql_aggregate) i;
    return DAVY_PROMQL_NO_AGGREGATE;
}

/* by (asset, unit), before or behind what is aggregated. */
static davy_status read_by(query_reader *reader)
{
    davy_promql *out = reader->out;
    davy_status status = DAVY_OK;

    skip_space(reader);
    if (strncmp(reader->at, "without", strlen("without")) == 0)
        return wrong(reader, "'without' is not supported: name the labels that stay with 'by'");
    if (out->by_given || strncmp(reader->at, "by", 2) != 0 || begins_name(reader->at[2]))
        return DAVY_OK;
    reader->at += 2;
    out->by_given = true;
    if (!take(reader, "("))
        return wrong(reader, "( is missing");
    while (status == DAVY_OK && !take(reader, ")")) {
        if (out->by_count == DAVY_PROMQL_BY_MAX)
            return wrong(reader, "there are too many labels");
        status = read_name(reader, out->by[out->by_count++]);
        if (status != DAVY_OK || take(reader, ","))
            continue;
        if (!take(reader, ")"))
            return wrong(reader, "a comma or ) is missing");
        break;
    }
    return status;
}

static davy_status read_aggregate(query_reader *reader)
{
    char name[DAVY_PROMQL_NAME_MAX] = "";
    davy_status status = read_by(reader);

    if (status == DAVY_OK && !take(reader, "("))
        status = wrong(reader, "( is missing");
    skip_space(reader);
    if (status == DAVY_OK && begins_name(*reader->at))
        status = read_name(reader, name);
    if (status == DAVY_OK && find_aggregate(name) != DAVY_PROMQL_NO_AGGREGATE)
        status = wrong(reader, "an aggregation of an aggregation is not supported");
    if (status == DAVY_OK)
        status = read_vector(reader, name);
    if (status == DAVY_OK && !take(reader, ")"))
        status = wrong(reader, ") is missing");
    return status == DAVY_OK ? read_by(reader) : status;
}

/* "sum (", "sum by (": else it is the name of a metric. */
static bool begins_aggregate(query_reader *reader, const char *name)
{
    skip_space(reader);
    reader->out->aggregate = find_aggregate(name);
    if (!strchr("(bw", *reader->at) || !*reader->at)
        reader->out->aggregate = DAVY_PROMQL_NO_AGGREGATE;
    return reader->out->aggregate != DAVY_PROMQL_NO_AGGREGATE;
}

static davy_status read_query(query_reader *reader)
{
    char name[DAVY_PROMQL_NAME_MAX] = "";
    davy_status status = DAVY_OK;

    skip_space(reader);
    if (isdigit((unsigned char) *reader->at))
        return read_sum(reader);
    if (begins_name(*reader->at))
        status = read_name(reader, name);
    if (status != DAVY_OK)
        return status;
    return begins_aggregate(reader, name) ? read_aggregate(reader) : read_vector(reader, name);
}

davy_status davy_promql_parse(const char *text, davy_promql *out)
{
    query_reader reader = {text, text, out};
    davy_status status;

    out->count = 0;
    out->window_ns = out->offset_ns = 0;
    out->scalar = 0;
    out->aggregate = DAVY_PROMQL_NO_AGGREGATE;
    out->by_given = false;
    out->by_count = 0;
    status = read_query(&reader);
    skip_space(&reader);
    if (status == DAVY_OK && *reader.at)
        status = wrong(&reader, "davy answers a selector, or one function of one selector and "
                                "range, or one sum, avg, min, max or count of it, and nothing "
                                "behind it");
    if (status != DAVY_OK)
        davy_promql_clear(out);
    return status;
}

void davy_promql_clear(davy_promql *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->matchers[i].regular && !query->matchers[i].choice)
            regfree(&query->matchers[i].expression);
    query->count = 0;
}
