/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/promql.h"

#include <ctype.h>
#include <math.h>
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

/* The longest first of those that begin alike. */
static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"ms", INT64_C(1000000)},          {"s", INT64_C(1000000000)},
    {"m", INT64_C(60000000000)},       {"h", INT64_C(3600000000000)},
    {"d", INT64_C(86400000000000)},    {"w", INT64_C(604800000000000)},
    {"y", INT64_C(31536000000000000)},
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

/* Of * + ? | and groups in one expression: some hundred optional ones take glibc 30 MiB. */
#define REGULAR_OPERATORS_MAX 64

/* What POSIX and RE2 read alike, and POSIX reads in good time: glibc writes x+ as xx*, which
 * doubles what is in groups in groups, and takes minutes for (.*.*)+ some dozen times, so that a
 * group is never repeated. */
static bool expression_is_plain(const char *text)
{
    bool bracket = false;
    int depth = 0;
    size_t operators = 0;

    for (const char *at = text; *at; at++) {
        if (*at == '\\') {
            if (bracket || !at[1] || isalnum((unsigned char) at[1]) || strchr("<>`'", at[1]))
                return false;
            at++;
        } else if (bracket) {
            bracket = *at != ']';
        } else if (*at == '[') {
            bracket = true;
            if (at[1] == '^')
                at++;
            if (at[1] == ']')
                return false;
        } else if (*at == '{' || (strchr("()|*+?", *at) && at[1] && strchr("*+?", at[1]))) {
            return false;
        } else {
            depth += (*at == '(') - (*at == ')');
            operators += strchr("(|*+?", *at) != NULL;
            if (depth < 0 || operators > REGULAR_OPERATORS_MAX)
                return false;
        }
    }
    return !bracket && depth == 0 && !strchr("*+?", text[0] ? text[0] : 'x');
}

static davy_status compile(query_reader *reader, davy_promql_matcher *matcher)
{
    char whole[DAVY_PROMQL_VALUE_MAX + 4] = "^(";

    if (!expression_is_plain(matcher->value))
        return wrong(reader, "this regular expression is not supported: use letters, classes, . * "
                             "+ ? | and groups");
    strcat(whole, matcher->value);
    strcat(whole, ")$");
    if (regcomp(&matcher->expression, whole, REG_EXTENDED | REG_NOSUB) != 0)
        return wrong(reader, "the regular expression is broken");
    return DAVY_OK;
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
        strcpy(matcher->name, "__name__");
        strcpy(matcher->value, name);
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

static davy_status read_call(query_reader *reader, const char *function)
{
    char name[DAVY_PROMQL_NAME_MAX] = "";
    davy_status status = DAVY_OK;
    size_t i = 0;

    while (i < DAVY_ARRAY_LENGTH(functions) && strcmp(functions[i].name, function) != 0)
        i++;
    if (i == DAVY_ARRAY_LENGTH(functions))
        return wrong(reader, "this function is none of avg_over_time, min_over_time, max_over_time,"
                             " sum_over_time, count_over_time and rate");
    reader->out->function = functions[i].function;
    skip_space(reader);
    if (begins_name(*reader->at))
        status = read_name(reader, name);
    if (status == DAVY_OK)
        status = read_selector(reader, name);
    if (status == DAVY_OK)
        status = read_window(reader);
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
    if (*name && take(reader, "("))
        return read_call(reader, name);
    reader->out->function = DAVY_PROMQL_NEWEST;
    return read_selector(reader, name);
}

davy_status davy_promql_parse(const char *text, davy_promql *out)
{
    query_reader reader = {text, text, out};
    davy_status status;

    out->count = 0;
    out->window_ns = 0;
    out->scalar = 0;
    status = read_query(&reader);
    skip_space(&reader);
    if (status == DAVY_OK && *reader.at)
        status = wrong(&reader, "davy answers a selector, or one function of one selector and "
                                "range, and nothing behind it");
    if (status != DAVY_OK)
        davy_promql_clear(out);
    return status;
}

void davy_promql_clear(davy_promql *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (query->matchers[i].regular)
            regfree(&query->matchers[i].expression);
    query->count = 0;
}

bool davy_promql_fits(const davy_promql_matcher *matcher, const char *value)
{
    const bool fits = matcher->regular ? regexec(&matcher->expression, value, 0, NULL, 0) == 0
                                       : strcmp(matcher->value, value) == 0;

    return fits != matcher->negative;
}

davy_status davy_promql_duration(const char *text, size_t length, int64_t *out)
{
    const char *end = text + length;
    int64_t sum = 0;

    while (text < end) {
        int64_t number = 0;
        size_t unit = 0;

        if (!isdigit((unsigned char) *text))
            return davy_fail(DAVY_ERR_INVALID, "a duration is like 5m, 1h30m or 100ms");
        for (; text < end && isdigit((unsigned char) *text); text++)
            if (number < INT64_MAX / 16)
                number = 10 * number + (*text - '0');
        while (unit < DAVY_ARRAY_LENGTH(units) &&
               ((size_t) (end - text) < strlen(units[unit].name) ||
                strncmp(text, units[unit].name, strlen(units[unit].name)) != 0))
            unit++;
        if (unit == DAVY_ARRAY_LENGTH(units))
            return davy_fail(DAVY_ERR_INVALID, "a duration has one of ms s m h d w y");
        if (number > (DAVY_PROMQL_DURATION_MAX_NS - sum) / units[unit].ns)
            return davy_fail(DAVY_ERR_INVALID, "a duration is 100 years at most");
        sum += number * units[unit].ns;
        text += strlen(units[unit].name);
    }
    if (sum == 0)
        return davy_fail(DAVY_ERR_INVALID, "a duration is longer than 0");
    *out = sum;
    return DAVY_OK;
}
