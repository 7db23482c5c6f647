/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that gather columns from the rows of a window.
 *
 * Stage: models. Deviations are of the window as it is (divided by n). A channel that does not move
 * has a slope, a skew and a kurtosis of 0.
 */
#include "models/features/feature_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STILL    1e-15 /* a deviation below this is none */
#define ROUNDING 1e-5  /* one below this share of the values is what is lost in adding them */

/* What statistics of one span share; each is made when it is asked for first. */
typedef struct span {
    davy_features *f;
    size_t rows;
    davy_value x;        /* [N, rows, C] */
    davy_value offset;   /* [C] about where each channel is */
    davy_value centred;  /* [N, rows, C] less the mean */
    davy_value variance; /* [N, 1, C] */
} span;

/* Sums of small numbers are exact to more places, so that another runtime adds up to the same float
 * and a tree sends it the same way. */
static davy_value less_offset(span *s)
{
    return davy_neural_binary(s->f->graph, "sub", s->x, s->offset);
}

static davy_value mean_of(span *s)
{
    return davy_neural_binary(s->f->graph, "add",
                              davy_feature_reduce(s->f, "reduce_mean", less_offset(s), 1, false),
                              s->offset);
}

static davy_value centre(span *s)
{
    const davy_value x = s->centred == DAVY_VALUE_NONE ? less_offset(s) : DAVY_VALUE_NONE;

    if (s->centred == DAVY_VALUE_NONE)
        s->centred = davy_neural_binary(s->f->graph, "sub", x,
                                        davy_feature_reduce(s->f, "reduce_mean", x, 1, true));
    return s->centred;
}

/* Mean of x^power, power 2 or more. */
static davy_value moment(span *s, davy_value x, int power, bool keep)
{
    davy_value y = x;

    for (int i = 1; i < power; i++)
        y = davy_neural_binary(s->f->graph, "mul", y, x);
    return davy_feature_reduce(s->f, "reduce_mean", y, 1, keep);
}

static davy_value variance_of(span *s)
{
    if (s->variance == DAVY_VALUE_NONE)
        s->variance = moment(s, centre(s), 2, true);
    return s->variance;
}

static davy_value deviation_of(span *s)
{
    return davy_feature_unary(s->f, "sqrt",
                              davy_feature_reduce(s->f, "reduce_mean", variance_of(s), 1, false));
}

/* a / b, where b is not below STILL: there it is near 0, as a is. */
static davy_value ratio(span *s, davy_value a, davy_value b)
{
    return davy_neural_binary(s->f->graph, "div", a,
                              davy_classic_number(s->f->graph, "max", b, "features/still", STILL));
}

/* Of a channel that stands still no more than rounding is left: each runtime has its own. */
static davy_value rounding_of(span *s)
{
    const davy_value size = davy_feature_unary(s->f, "sqrt", moment(s, less_offset(s), 2, true));

    return davy_classic_number(s->f->graph, "mul", size, "features/rounding", ROUNDING);
}

/* The rows in deviations from their mean, to a power, on average. */
static davy_value standard_moment(span *s, int power)
{
    const davy_value deviation = davy_neural_binary(
        s->f->graph, "max", davy_feature_unary(s->f, "sqrt", variance_of(s)), rounding_of(s));

    return moment(s, ratio(s, centre(s), deviation), power, false);
}

/* Least squares over the rows: a row is one unit of time. */
static davy_value slope_of(span *s)
{
    const int64_t dims[] = {1, (int64_t) s->rows, 1};
    const double middle = ((double) s->rows - 1) / 2;
    float *weights = calloc(s->rows, sizeof *weights);
    double sum = 0;
    davy_value x;

    if (!weights) {
        davy_graph_fail(s->f->graph, davy_fail(DAVY_ERR_NOMEM, "features"));
        return DAVY_VALUE_NONE;
    }
    for (size_t t = 0; t < s->rows; t++)
        sum += ((double) t - middle) * ((double) t - middle);
    for (size_t t = 0; t < s->rows && sum > 0; t++)
        weights[t] = (float) (((double) t - middle) / sum);
    x = davy_feature_constant(s->f, "features/slope", weights, 3, dims);
    free(weights);
    x = davy_neural_binary(s->f->graph, "mul", centre(s), x);
    return davy_feature_reduce(s->f, "reduce_sum", x, 1, false);
}

static davy_value min_of(span *s)
{
    return davy_feature_reduce(s->f, "reduce_min", s->x, 1, false);
}

static davy_value max_of(span *s)
{
    return davy_feature_reduce(s->f, "reduce_max", s->x, 1, false);
}

static davy_value range_of(span *s)
{
    return davy_neural_binary(s->f->graph, "sub", max_of(s), min_of(s));
}

static davy_value last_of(span *s)
{
    const int64_t rows = (int64_t) s->rows;
    const davy_value newest = davy_layer_slice(s->f->graph, s->x, 1, rows - 1, rows);

    return davy_feature_reduce(s->f, "reduce_mean", newest, 1, false);
}

static davy_value rms_of(span *s)
{
    return davy_feature_unary(s->f, "sqrt", moment(s, s->x, 2, false));
}

static davy_value skew_of(span *s)
{
    return standard_moment(s, 3);
}

static davy_value kurtosis_of(span *s)
{
    return standard_moment(s, 4);
}

static davy_value crest_of(span *s)
{
    const davy_value most =
        davy_feature_reduce(s->f, "reduce_max", davy_feature_unary(s->f, "abs", s->x), 1, false);

    return ratio(s, most, rms_of(s));
}

typedef struct statistic {
    const char *name;
    davy_value (*make)(span *s);
} statistic;

static const statistic statistics[] = {
    {"mean", mean_of}, {"std", deviation_of},     {"slope", slope_of}, {"min", min_of},
    {"max", max_of},   {"last", last_of},         {"range", range_of}, {"rms", rms_of},
    {"skew", skew_of}, {"kurtosis", kurtosis_of}, {"crest", crest_of},
};

/* The statistics of a list "mean+std". @param wanted  [DAVY_ARRAY_LENGTH(statistics)] */
static davy_status read_statistics(const davy_feature_call *call,
                                   bool wanted[DAVY_ARRAY_LENGTH(statistics)])
{
    const char *text = davy_feature_text(call, "stats");

    for (;;) {
        const size_t length = strcspn(text, "+");
        bool found = false;

        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(statistics); i++)
            if (strlen(statistics[i].name) == length &&
                strncmp(statistics[i].name, text, length) == 0)
                wanted[i] = found = true;
        if (!found)
            return davy_feature_fail(call,
                                     "stats=%.*s is none of mean, std, slope, min, max, last, "
                                     "range, rms, skew, kurtosis, crest, joined by +",
                                     (int) (length < 40 ? length : 40), text);
        if (text[length] == '\0')
            return DAVY_OK;
        text += length + 1;
    }
}

static davy_status check_window(const davy_feature_call *call)
{
    bool wanted[DAVY_ARRAY_LENGTH(statistics)] = {false};
    double spans[DAVY_FEATURE_LIST_MAX];
    size_t count;
    davy_status status = davy_feature_list(call, "spans", 1, 65536, true, spans, &count);

    return status == DAVY_OK ? read_statistics(call, wanted) : status;
}

static davy_status gather_statistic(davy_features *f, span *s, const statistic *one,
                                    const bool *chosen, size_t count)
{
    const char **names = davy_arena_array(&f->arena, count + 1, sizeof *names);
    const bool whole = s->rows == davy_feature_rows(f);
    char span_text[32] = "";
    size_t n = 0;

    if (!whole)
        (void) snprintf(span_text, sizeof span_text, "%zu", s->rows);
    for (size_t c = 0; names && c < f->channel_count; c++)
        if (chosen[c])
            names[n++] =
                davy_feature_name(f, "%s%s(%s)", one->name, span_text, f->channels[c].name);
    return davy_feature_gather(f, one->make(s), names, count);
}

/* Mean of each channel over the newest rows that are learnt from. */
static davy_status find_offset(davy_features *f, const size_t *list, size_t count, davy_value *out)
{
    double *mean = davy_arena_array(&f->arena, count + 1, sizeof *mean);
    float *offset = davy_arena_array(&f->arena, count + 1, sizeof *offset);
    const int64_t dims[] = {(int64_t) count};
    davy_feature_matrix m = {0};
    davy_status status =
        mean && offset ? davy_feature_learn(
                             f, davy_feature_pick(f, davy_feature_newest(f, 1), list, count), &m)
                       : davy_fail(DAVY_ERR_NOMEM, "features");

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < m.rows; i++)
        for (size_t c = 0; c < count; c++)
            mean[c] += (double) m.values[i * count + c] / (double) m.rows;
    for (size_t c = 0; c < count; c++)
        offset[c] = (float) mean[c];
    davy_feature_matrix_clear(&m);
    *out = davy_feature_constant(f, "features/offset", offset, 1, dims);
    return DAVY_OK;
}

static davy_status gather_span(davy_features *f, const davy_feature_call *call, size_t rows,
                               const bool *chosen, size_t count)
{
    bool wanted[DAVY_ARRAY_LENGTH(statistics)] = {false};
    size_t *list = davy_arena_array(&f->arena, count + 1, sizeof *list);
    span s = {.f = f, .rows = rows, .centred = DAVY_VALUE_NONE, .variance = DAVY_VALUE_NONE};
    size_t n = 0;
    davy_status status = list ? read_statistics(call, wanted) : davy_fail(DAVY_ERR_NOMEM, "list");

    if (status == DAVY_OK && rows > davy_feature_rows(f))
        status = davy_feature_fail(call,
                                   "a span of %zu rows does not fit into a sample of %zu: "
                                   "window=N makes it longer",
                                   rows, davy_feature_rows(f));
    if (status != DAVY_OK)
        return status;
    for (size_t c = 0; c < f->channel_count; c++)
        if (chosen[c])
            list[n++] = c;
    status = find_offset(f, list, count, &s.offset);
    if (status != DAVY_OK)
        return status;
    s.x = davy_feature_newest(f, rows);
    if (count < f->channel_count)
        s.x = davy_feature_pick(f, s.x, list, count);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(statistics) && status == DAVY_OK; i++)
        if (wanted[i])
            status = gather_statistic(f, &s, &statistics[i], chosen, count);
    return status;
}

static davy_status fit_window(davy_features *f, const davy_feature_call *call)
{
    bool *chosen = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *chosen);
    double spans[DAVY_FEATURE_LIST_MAX] = {(double) davy_feature_rows(f)};
    size_t count = 0, span_count = 0;
    davy_status status = chosen ? davy_feature_choose(f, call, chosen, &count)
                                : davy_fail(DAVY_ERR_NOMEM, "features");

    if (status == DAVY_OK && davy_feature_text(call, "spans")[0])
        status = davy_feature_list(call, "spans", 1, 65536, true, spans, &span_count);
    else
        span_count = 1;
    for (size_t i = 0; i < span_count && status == DAVY_OK; i++)
        status = gather_span(f, call, (size_t) spans[i], chosen, count);
    return status;
}

static const davy_setting window_arguments[] = {
    {"spans", "", "newest rows that are looked at, as 5,20,50; empty: the whole window", NAN, NAN,
     NULL},
    {"stats", "mean+std+slope+min+max+last+range",
     "out of mean, std, slope, min, max, last, range, rms, skew, kurtosis, crest", NAN, NAN, NULL},
    {"of", "", "channels by patterns, as a+b*; empty: all that hold numbers", NAN, NAN, NULL},
};

const davy_feature_step davy_feature_window = {
    .name = "window",
    .meaning = "statistics of the newest rows, for each channel",
    .arguments = window_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(window_arguments),
    .check = check_window,
    .fit = fit_window,
};

static davy_status fit_last(davy_features *f, const davy_feature_call *call)
{
    const int64_t dims[] = {0, -1};
    const char **names = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *names);

    (void) call;
    for (size_t c = 0; names && c < f->channel_count; c++)
        names[c] = f->channels[c].name;
    return davy_feature_gather(f, davy_layer_reshape(f->graph, davy_feature_newest(f, 1), 2, dims),
                               names, f->channel_count);
}

const davy_feature_step davy_feature_last = {
    .name = "last",
    .meaning = "the newest row as it is",
    .fit = fit_last,
};
