/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy query PATTERN`: samples of stored signals, also beside a running daemon.
 */
#include "app/verb.h"
#include "core/clock.h"
#include "core/pattern.h"
#include "core/timestamp.h"
#include "store/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "query", "PATTERN", "Print stored samples of the signals that match a pattern.",
    "Patterns: T-101/pressure, 'T-101/*', '**', several with commas. Times: RFC 3339, seconds "
    "since\n"
    "1970, now, or -2h for two hours ago. Without --from: all that is stored.\n"
    "Samples of proof tests only by their own name: 'prooftest/**'.\n"};

struct settings {
    const char *data, *pattern;
    int64_t from_ns, to_ns, step_ns;
    bool csv, json;
    davy_store *store;
    size_t matched;
};

/* One signal on its way to the terminal. */
struct output {
    const struct settings *settings;
    const davy_store_signal_info *signal;
    const char *separator;                  /* between the elements of a JSON array */
    enum { TIMES, VALUES, QUALITY } column; /* of the JSON array being written */
};

/* Shortest text that reads back as the same double. */
static void print_number(double value, const char *missing)
{
    char text[32];

    if (!isfinite(value)) {
        (void) fputs(missing, stdout);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void) snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    (void) fputs(text, stdout);
}

static davy_status written(void)
{
    return ferror(stdout) ? davy_fail(DAVY_ERR_IO, "cannot write to standard output") : DAVY_OK;
}

static davy_status print_lines(void *context, const davy_store_run *run)
{
    const struct output *output = context;
    bool csv = output->settings->csv;

    for (size_t i = 0; i < run->count; i++) {
        char time[DAVY_TIMESTAMP_MAX];

        davy_timestamp_format(run->times[i], 9, time);
        (void) printf(csv ? "%s,%s," : "%s  %-32s ", time, output->signal->path);
        print_number(run->values[i], csv ? "" : "-");
        (void) printf(csv ? ",%s\n" : "  %s\n", davy_quality_name(run->quality[i]));
    }
    return written();
}

static davy_status print_column(void *context, const davy_store_run *run)
{
    struct output *output = context;

    for (size_t i = 0; i < run->count; i++) {
        (void) fputs(output->separator, stdout);
        output->separator = ",";
        if (output->column == TIMES)
            (void) printf("%" PRId64, run->times[i]);
        else if (output->column == VALUES)
            print_number(run->values[i], "null");
        else
            (void) printf("%u", (unsigned) run->quality[i]);
    }
    return written();
}

/* The API's form has a column after the other; a scan for each keeps memory flat. */
static davy_status print_json(struct output *output)
{
    static const char *const names[] = {"times", "values", "quality"};
    const struct settings *settings = output->settings;
    davy_status status = DAVY_OK;

    (void) printf("%s{\"signal\": \"%s\", \"unit\": \"%s\"", settings->matched > 1 ? ",\n " : "\n ",
                  output->signal->path, output->signal->unit);
    for (int column = TIMES; column <= QUALITY && status == DAVY_OK; column++) {
        (void) printf(", \"%s\": [", names[column]);
        output->column = column;
        output->separator = "";
        status = davy_store_scan(settings->store, output->signal->id, settings->from_ns,
                                 settings->to_ns, print_column, output);
        (void) printf("]");
    }
    (void) printf("}");
    return status;
}

static void print_bucket(const struct output *output, const davy_store_bucket *bucket)
{
    const double figures[] = {bucket->min, bucket->sum / (double) bucket->count, bucket->max};
    bool csv = output->settings->csv;
    char time[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(bucket->time_ns, 3, time);
    (void) printf(csv ? "%s,%s,%llu,%llu" : "%s  %-32s %8llu %6llu", time, output->signal->path,
                  (unsigned long long) bucket->count, (unsigned long long) bucket->bad);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(figures); i++)
        (void) (csv ? printf(isfinite(figures[i]) ? ",%.10g" : ",", figures[i])
                    : printf(" %12.6g", figures[i]));
    (void) printf("\n");
}

static void print_bucket_json(struct output *output, const davy_store_bucket *bucket)
{
    (void) printf(
        "%s{\"time\": %" PRId64 ", \"count\": %llu, \"bad\": %llu, \"min\": ", output->separator,
        bucket->time_ns, (unsigned long long) bucket->count, (unsigned long long) bucket->bad);
    output->separator = ", ";
    print_number(bucket->min, "null");
    (void) printf(", \"mean\": ");
    print_number(bucket->sum / (double) bucket->count, "null");
    (void) printf(", \"max\": ");
    print_number(bucket->max, "null");
    (void) printf("}");
}

static davy_status print_steps(struct output *output)
{
    const struct settings *settings = output->settings;
    int64_t from_ns = settings->from_ns, to_ns = settings->to_ns, last_ns;
    davy_store_bucket *buckets;
    davy_status status;
    size_t count;

    if (from_ns == INT64_MIN &&
        davy_store_extent(settings->store, &output->signal->id, 1, &from_ns, &last_ns) != DAVY_OK)
        return DAVY_OK; /* nothing stored */
    count = (size_t) ((uint64_t) (to_ns - from_ns + settings->step_ns - 1) /
                      (uint64_t) settings->step_ns);
    if (count > DAVY_STORE_BUCKETS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu steps; choose a --step that gives at most %zu",
                         count, DAVY_STORE_BUCKETS_MAX);
    buckets = calloc(count + 1, sizeof *buckets);
    if (!buckets)
        return davy_fail(DAVY_ERR_NOMEM, "%zu steps", count);
    status = davy_store_summarise(settings->store, output->signal->id, from_ns, to_ns,
                                  settings->step_ns, buckets, count);
    if (settings->json)
        (void) printf("%s{\"signal\": \"%s\", \"unit\": \"%s\", \"steps\": [",
                      settings->matched > 1 ? ",\n " : "\n ", output->signal->path,
                      output->signal->unit);
    output->separator = "";
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        if (buckets[i].count + buckets[i].bad > 0)
            settings->json ? print_bucket_json(output, &buckets[i])
                           : print_bucket(output, &buckets[i]);
    if (settings->json)
        (void) printf("]}");
    free(buckets);
    return status == DAVY_OK ? written() : status;
}

static davy_status print_signal(void *context, const davy_store_signal_info *signal)
{
    struct settings *settings = context;
    struct output output = {.settings = settings, .signal = signal};

    if (!davy_pattern_selects(settings->pattern, signal->path))
        return DAVY_OK;
    settings->matched++;
    if (settings->step_ns > 0)
        return print_steps(&output);
    if (settings->json)
        return print_json(&output);
    return davy_store_scan(settings->store, signal->id, settings->from_ns, settings->to_ns,
                           print_lines, &output);
}

static void print_heading(const struct settings *settings)
{
    if (settings->json)
        (void) printf("{\"signals\": [");
    else if (settings->csv)
        (void) printf(settings->step_ns > 0 ? "time,signal,count,bad,min,mean,max\n"
                                            : "time,signal,value,quality\n");
    else if (settings->step_ns > 0)
        (void) printf("%-24s  %-32s %8s %6s %12s %12s %12s\n", "time", "signal", "count", "bad",
                      "min", "mean", "max");
}

static int query_store(void *context, const davy_option_list *words)
{
    const davy_store_options read_only = {.read_only = true};
    struct settings *settings = context;
    davy_status status = davy_store_open(settings->data, &read_only, &settings->store);

    if (status != DAVY_OK)
        return davy_verb_fail("query", status);
    settings->pattern = words->items[0];
    print_heading(settings);
    status = davy_store_signals(settings->store, print_signal, settings);
    if (settings->json)
        (void) printf("\n]}\n");
    davy_store_close(settings->store);
    if (status == DAVY_OK && settings->matched == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no stored signal matches '%s'; see davy query '**'",
                           settings->pattern);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("query", status);
}

static int query(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER,
                                .from_ns = INT64_MIN,
                                .to_ns =
                                    davy_wall_ns(davy_clock_system()) + DAVY_STORE_FUTURE_MAX_NS};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"from", DAVY_OPTION_TIME, &settings.from_ns, "T", "first time"},
        {"to", DAVY_OPTION_TIME, &settings.to_ns, "T", "time after the last"},
        {"step", DAVY_OPTION_DURATION, &settings.step_ns, "D",
         "summarise in steps: count, min, mean, max"},
        {"csv", DAVY_OPTION_FLAG, &settings.csv, NULL, "print CSV"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          query_store, &settings);
}

const davy_verb davy_verb_query = {"query", "print stored samples", query};
