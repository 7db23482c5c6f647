/* SPDX-License-Identifier: Apache-2.0 */
#include "data/flows.h"

#include "core/sample.h"
#include "core/time_format.h"
#include "data/column_types.h"
#include "data/flow_trail.h"
#include "data/word_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX  1024
#define WORDS_MAX ((size_t) 1 << 20) /* different hosts, services or ports */
#define ROWS_MAX  1000000
#define BYTES_MAX 1e18 /* of a row: more is no size */

/* What columns of the file are for. */
typedef enum role { TIME, HOST, SERVICE, STATE, SOURCE, PORT, BYTES, ROLES } role;

/* What else can be said. */
enum { SECONDS = ROLES, ROWS, SERROR, RERROR, KEYS };

static const struct {
    const char *key, *value; /* value: where it is not given; NULL: nothing */
} keys[KEYS] = {
    [TIME] = {"time", NULL},       [HOST] = {"host", NULL},
    [SERVICE] = {"service", NULL}, [STATE] = {"state", NULL},
    [SOURCE] = {"source", NULL},   [PORT] = {"port", NULL},
    [BYTES] = {"bytes", NULL},     [SECONDS] = {"seconds", "2"},
    [ROWS] = {"rows", "100"},      [SERROR] = {"serror", "S0+S1+S2+S3"},
    [RERROR] = {"rerror", "REJ"},
};

/* Whose rows are remembered, which words of them are told apart, and for how long. */
enum { HOST_SECONDS, SERVICE_SECONDS, SOURCE_SECONDS, HOST_ROWS, SERVICE_ROWS, SIDES };

static const struct {
    role key, other;
    bool timed;
} sides[SIDES] = {
    [HOST_SECONDS] = {HOST, SERVICE, true},  [SERVICE_SECONDS] = {SERVICE, HOST, true},
    [SOURCE_SECONDS] = {SOURCE, HOST, true}, [HOST_ROWS] = {HOST, SERVICE, false},
    [SERVICE_ROWS] = {SERVICE, HOST, false},
};

static double count_of(const davy_flow_sight *s)
{
    return (double) s->count;
}

static double serror_rate(const davy_flow_sight *s)
{
    return (double) s->serrors / (double) s->count;
}

static double rerror_rate(const davy_flow_sight *s)
{
    return (double) s->rerrors / (double) s->count;
}

static double same_rate(const davy_flow_sight *s)
{
    return (double) s->same / (double) s->count;
}

static double different_rate(const davy_flow_sight *s)
{
    return s->others > 1 ? (double) s->others / (double) s->count : 0;
}

static double same_port_rate(const davy_flow_sight *s)
{
    return (double) s->same_port / (double) s->count;
}

static double bytes_of(const davy_flow_sight *s)
{
    return s->bytes;
}

static const struct {
    const char *name;
    int side;
    role needs; /* a column without which it cannot be told */
    double (*measure)(const davy_flow_sight *sight);
} features[] = {
    {"count", HOST_SECONDS, HOST, count_of},
    {"srv_count", SERVICE_SECONDS, SERVICE, count_of},
    {"serror_rate", HOST_SECONDS, STATE, serror_rate},
    {"srv_serror_rate", SERVICE_SECONDS, STATE, serror_rate},
    {"rerror_rate", HOST_SECONDS, STATE, rerror_rate},
    {"srv_rerror_rate", SERVICE_SECONDS, STATE, rerror_rate},
    {"same_srv_rate", HOST_SECONDS, SERVICE, same_rate},
    {"diff_srv_rate", HOST_SECONDS, SERVICE, different_rate},
    {"srv_diff_host_rate", SERVICE_SECONDS, HOST, different_rate},
    {"host_bytes", HOST_SECONDS, BYTES, bytes_of},
    {"srv_bytes", SERVICE_SECONDS, BYTES, bytes_of},
    {"source_count", SOURCE_SECONDS, SOURCE, count_of},
    {"source_bytes", SOURCE_SECONDS, BYTES, bytes_of},
    {"source_diff_host_rate", SOURCE_SECONDS, SOURCE, different_rate},
    {"dst_host_count", HOST_ROWS, HOST, count_of},
    {"dst_host_srv_count", SERVICE_ROWS, SERVICE, count_of},
    {"dst_host_same_srv_rate", HOST_ROWS, SERVICE, same_rate},
    {"dst_host_diff_srv_rate", HOST_ROWS, SERVICE, different_rate},
    {"dst_host_same_src_port_rate", HOST_ROWS, PORT, same_port_rate},
    {"dst_host_srv_diff_host_rate", SERVICE_ROWS, HOST, different_rate},
    {"dst_host_serror_rate", HOST_ROWS, STATE, serror_rate},
    {"dst_host_srv_serror_rate", SERVICE_ROWS, STATE, serror_rate},
    {"dst_host_rerror_rate", HOST_ROWS, STATE, rerror_rate},
    {"dst_host_srv_rerror_rate", SERVICE_ROWS, STATE, rerror_rate},
};

#define FEATURES DAVY_ARRAY_LENGTH(features)

struct davy_flows {
    char text[TEXT_MAX];     /* what `given` points into */
    const char *given[KEYS]; /* NULL: not said */
    double seconds, rows;
    size_t chosen[FEATURES]; /* [extra.count] of the features */
    const char *names[FEATURES];
    davy_csv_extra extra;
};

/* A file under way. */
typedef struct walk {
    davy_flows of;
    size_t fields[ROLES];
    davy_time_format format;
    davy_word_list words[ROLES];
    davy_flow_side sides[SIDES];
} walk;

/* ------------------------------------------------------------------------------------- the text */

static davy_status fail_key(const char *key)
{
    char known[256] = "";
    size_t used = 0;

    for (size_t k = 0; k < KEYS; k++)
        used += (size_t) snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "",
                                  keys[k].key);
    return davy_fail(DAVY_ERR_INVALID, "--flows: '%.60s' is not KEY=VALUE; the keys are %s", key,
                     known);
}

static davy_status read_pair(davy_flows *f, char *pair)
{
    char *equals = strchr(pair, '=');
    size_t k = 0;

    if (!equals || !equals[1])
        return fail_key(pair);
    *equals = '\0';
    while (k < KEYS && strcmp(keys[k].key, pair) != 0)
        k++;
    if (k == KEYS)
        return fail_key(pair);
    if (f->given[k])
        return davy_fail(DAVY_ERR_INVALID, "--flows: %s is said twice", pair);
    f->given[k] = equals + 1;
    return DAVY_OK;
}

static davy_status read_limit(const davy_flows *f, size_t key, double low, double high,
                              double *value)
{
    const char *text = f->given[key];

    if (!davy_cell_number(text, strlen(text), '.', value) || *value < low || *value > high)
        return davy_fail(DAVY_ERR_INVALID, "--flows: %s=%.40s is no number from %g to %g",
                         keys[key].key, text, low, high);
    return DAVY_OK;
}

static davy_status read_text(davy_flows *f)
{
    char *rest = f->text, *pair;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && (pair = strsep(&rest, ",")) != NULL)
        status = read_pair(f, pair);
    for (size_t k = 0; k < KEYS; k++)
        f->given[k] = f->given[k] ? f->given[k] : keys[k].value;
    if (status == DAVY_OK && (!f->given[HOST] || !f->given[SERVICE]))
        status = davy_fail(DAVY_ERR_INVALID,
                           "--flows: host=COL and service=COL say what rows are counted by");
    if (status == DAVY_OK)
        status = read_limit(f, SECONDS, 1e-9, 1e9, &f->seconds);
    if (status == DAVY_OK)
        status = read_limit(f, ROWS, 1, ROWS_MAX, &f->rows);
    return status;
}

static bool is_made(const davy_flows *f, int side)
{
    return f->given[sides[side].key] && (!sides[side].timed || f->given[TIME]);
}

static void choose_features(davy_flows *f)
{
    for (size_t i = 0; i < FEATURES; i++)
        if (is_made(f, features[i].side) && f->given[features[i].needs]) {
            f->names[f->extra.count] = features[i].name;
            f->chosen[f->extra.count++] = i;
        }
}

/* ------------------------------------------------------------------------------------- the rows */

static davy_status read_time(walk *w, const char *text, int64_t *time_ns)
{
    unsigned set;

    if (w->format == DAVY_TIME_FORMATS) {
        set = davy_time_formats(text, DAVY_TIME_ALL);
        for (int i = 0; i < DAVY_TIME_FORMATS; i++)
            if (set == DAVY_TIME_BIT(i))
                w->format = (davy_time_format) i;
        if (w->format == DAVY_TIME_FORMATS || !davy_time_read(text, w->format, time_ns))
            return davy_fail(DAVY_ERR_INVALID,
                             "column '%s': '%.40s' is no time; write 2026-01-02T03:04:05.678Z or "
                             "seconds",
                             w->of.given[TIME], text);
    }
    if (!davy_time_read(text, w->format, time_ns))
        return davy_fail(DAVY_ERR_INVALID, "column '%s': '%.40s' is not a time as %s",
                         w->of.given[TIME], text, davy_time_format_look(w->format));
    return DAVY_OK;
}

/* Whether a state is in a list "S0+S1". */
static bool is_among(const char *list, const char *state, size_t length)
{
    while (length > 0 && *list) {
        const size_t one = strcspn(list, "+");

        if (one == length && memcmp(list, state, length) == 0)
            return true;
        list += one + (list[one] == '+');
    }
    return false;
}

/* The number of the word in a role's column; 0 where there is no such column. */
static davy_status read_word(walk *w, role r, const char *const *fields, const uint32_t *lengths,
                             uint32_t *word)
{
    size_t index = 0;
    davy_status status = DAVY_OK;

    if (w->of.given[r])
        status = davy_word_list_add(&w->words[r], fields[w->fields[r]], lengths[w->fields[r]],
                                    WORDS_MAX, &index);
    *word = (uint32_t) index;
    return status == DAVY_ERR_FULL
               ? davy_fail(status, "--flows: column '%s' holds more than %zu words", w->of.given[r],
                           WORDS_MAX)
               : status;
}

static davy_status read_flow(walk *w, const char *const *fields, const uint32_t *lengths,
                             davy_flow *flow, uint32_t words[ROLES])
{
    const size_t state = w->fields[STATE], bytes = w->fields[BYTES];
    double sent = 0;
    davy_status status = DAVY_OK;

    *flow = (davy_flow){0};
    for (role r = HOST; r <= PORT && status == DAVY_OK; r++)
        if (r != STATE)
            status = read_word(w, r, fields, lengths, &words[r]);
    if (status == DAVY_OK && w->of.given[TIME])
        status = read_time(w, fields[w->fields[TIME]], &flow->time_ns);
    if (w->of.given[STATE]) {
        flow->serror = is_among(w->of.given[SERROR], fields[state], lengths[state]);
        flow->rerror = is_among(w->of.given[RERROR], fields[state], lengths[state]);
    }
    if (w->of.given[BYTES] && davy_cell_number(fields[bytes], lengths[bytes], '.', &sent) &&
        fabs(sent) < BYTES_MAX)
        flow->bytes = (float) sent;
    flow->port = words[PORT];
    return status;
}

/* A row that says not where it went, or when, is not counted. */
static bool is_blank(const walk *w, const char *const *fields, const uint32_t *lengths)
{
    static const role needed[] = {HOST, SERVICE, TIME};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(needed); i++)
        if (w->of.given[needed[i]] &&
            davy_cell_blank(fields[w->fields[needed[i]]], lengths[w->fields[needed[i]]]))
            return true;
    return false;
}

static davy_status take_row(void *state, const char *const *fields, const uint32_t *lengths,
                            double *values, const char **texts)
{
    walk *w = state;
    davy_flow_sight sights[SIDES] = {0};
    uint32_t words[ROLES] = {0};
    davy_flow flow;
    davy_status status;

    (void) texts;
    for (size_t i = 0; i < w->of.extra.count; i++)
        values[i] = NAN;
    if (is_blank(w, fields, lengths))
        return DAVY_OK;
    status = read_flow(w, fields, lengths, &flow, words);
    for (int s = 0; s < SIDES && status == DAVY_OK; s++) {
        if (!is_made(&w->of, s))
            continue;
        flow.other = words[sides[s].other];
        status = davy_flow_side_add(&w->sides[s], words[sides[s].key], &flow, &sights[s]);
    }
    for (size_t i = 0; i < w->of.extra.count && status == DAVY_OK; i++) {
        const size_t feature = w->of.chosen[i];

        values[i] = features[feature].measure(&sights[features[feature].side]);
    }
    return status;
}

static void end(void *state)
{
    walk *w = state;

    for (size_t r = 0; r < ROLES; r++)
        davy_word_list_clear(&w->words[r]);
    for (size_t s = 0; s < SIDES; s++)
        davy_flow_side_clear(&w->sides[s]);
    free(w);
}

/* What was said is copied: a file may be open for longer. */
static davy_status begin(const void *what, const davy_csv *csv, void **state)
{
    const davy_flows *flows = what;
    walk *w = calloc(1, sizeof *w);
    davy_status status = DAVY_OK;

    if (!w)
        return davy_fail(DAVY_ERR_NOMEM, "flows");
    w->of = *flows;
    w->format = DAVY_TIME_FORMATS;
    for (size_t k = 0; k < KEYS; k++)
        if (flows->given[k] && flows->given[k] != keys[k].value)
            w->of.given[k] = w->of.text + (flows->given[k] - flows->text);
    for (size_t r = 0; r < ROLES && status == DAVY_OK; r++)
        if (w->of.given[r])
            status = davy_csv_column(csv, w->of.given[r], &w->fields[r]);
    for (size_t s = 0; s < SIDES; s++) {
        w->sides[s].span_ns =
            sides[s].timed ? (int64_t) (flows->seconds * DAVY_NS_PER_S + 0.5) : INT64_MAX;
        w->sides[s].rows = sides[s].timed ? SIZE_MAX : (size_t) flows->rows;
    }
    if (status != DAVY_OK) {
        end(w);
        return status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_INVALID : status;
    }
    *state = w;
    return DAVY_OK;
}

davy_status davy_flows_parse(const char *text, davy_flows **out)
{
    davy_flows *flows = calloc(1, sizeof *flows);
    davy_status status;

    if (!flows)
        return davy_fail(DAVY_ERR_NOMEM, "flows");
    if (strlen(text) >= sizeof flows->text) {
        free(flows);
        return davy_fail(DAVY_ERR_INVALID, "--flows: the text is too long");
    }
    memcpy(flows->text, text, strlen(text) + 1);
    status = read_text(flows);
    if (status != DAVY_OK) {
        free(flows);
        return status;
    }
    choose_features(flows);
    flows->extra.names = flows->names;
    flows->extra.what = flows;
    flows->extra.begin = begin;
    flows->extra.row = take_row;
    flows->extra.end = end;
    *out = flows;
    return DAVY_OK;
}

void davy_flows_destroy(davy_flows *flows)
{
    free(flows);
}

const davy_csv_extra *davy_flows_columns(const davy_flows *flows)
{
    return &flows->extra;
}
