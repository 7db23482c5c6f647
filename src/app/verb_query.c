/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy query PATTERN`: samples of stored signals, also beside a running daemon. What is asked and
 * how it is written is that of GET /api/v1/samples, and with --states that of GET /api/v1/states.
 */
#include "app/verb.h"
#include "core/clock.h"
#include "serve/samples/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const davy_usage usage = {
    "query", "PATTERN", "Print stored samples of the signals that match a pattern.",
    "Patterns: T-101/pressure, 'T-101/*', '**', several with commas. Times: RFC 3339, seconds "
    "since\n"
    "1970, now, or -2h for two hours ago. Without --from: all that is stored.\n"
    "--lines is for /api/v2/write; --columns goes into a file for numpy or `davy import`.\n"
    "Samples of proof tests only by their own name: 'prooftest/**'.\n"};

/* In place of --to: as late as samples may be. */
#define NOT_GIVEN INT64_MAX

struct settings {
    const char *data;
    int64_t from_ns, to_ns, step_ns;
    uint64_t pixels;
    bool csv, json, lines, columns, states;
};

static davy_status choose_form(const struct settings *settings, const davy_samples_form **form)
{
    const struct {
        bool chosen;
        const char *name;
    } choices[] = {{settings->csv, "csv"},
                   {settings->json, "json"},
                   {settings->lines, "lines"},
                   {settings->columns, "columns"}};

    *form = NULL;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(choices); i++) {
        if (!choices[i].chosen)
            continue;
        if (*form)
            return davy_fail(DAVY_ERR_INVALID, "both --%s and --%s", (*form)->name,
                             choices[i].name);
        *form = davy_samples_form_find(choices[i].name);
    }
    if (!*form)
        *form = davy_samples_form_find("text");
    if (settings->columns && isatty(STDOUT_FILENO))
        return davy_fail(DAVY_ERR_INVALID, "--columns are bytes: send them to a file, > FILE");
    return DAVY_OK;
}

/* Of all signals together. */
static davy_status find_extent(davy_samples_query *query, int64_t *first_ns, int64_t *last_ns)
{
    davy_signal_id *signals = davy_arena_array(&query->arena, query->count, sizeof *signals);

    if (!signals)
        return davy_fail(DAVY_ERR_NOMEM, "%zu signals", query->count);
    for (size_t i = 0; i < query->count; i++)
        signals[i] = query->signals[i].id;
    return davy_store_summary_extent(query->store, signals, query->count, first_ns, last_ns);
}

/* Steps begin with the first sample of any signal when no time was given, and end with the last
 * one: else pixels would be shared with days to come. Times in state go on to now. */
static davy_status fit_to_samples(const struct settings *settings, davy_samples_query *query)
{
    const bool has_from = settings->from_ns != INT64_MIN;
    int64_t first_ns, last_ns;
    davy_status status;

    if (has_from && (settings->to_ns != NOT_GIVEN || settings->states))
        return DAVY_OK;
    status = find_extent(query, &first_ns, &last_ns);
    if (status == DAVY_ERR_NOT_FOUND) { /* an answer in its form, with nothing in it */
        query->count = 0;
        query->from_ns = 0;
        query->to_ns = 1;
        return DAVY_OK;
    }
    if (status != DAVY_OK)
        return status;
    if (!has_from)
        query->from_ns = first_ns;
    last_ns +=
        !settings->states || last_ns == query->from_ns; /* the last value stands for no time */
    if (query->to_ns > last_ns)
        query->to_ns = last_ns > query->from_ns ? last_ns : query->from_ns + 1;
    return DAVY_OK;
}

static davy_status set_step(const struct settings *settings, davy_samples_query *query)
{
    davy_status status = fit_to_samples(settings, query);

    if (status != DAVY_OK)
        return status;
    if (query->from_ns >= query->to_ns)
        return davy_fail(DAVY_ERR_INVALID, "--from is not before --to");
    if (settings->states)
        return davy_samples_set_states(query, settings->step_ns, davy_wall_ns(davy_clock_system()));
    return davy_samples_set_step(query, settings->step_ns, settings->pixels);
}

static davy_status print_all(const davy_producer *producer)
{
    davy_buffer piece = {0};
    davy_status status = DAVY_OK;
    bool end = false;

    while (!end && status == DAVY_OK) {
        davy_buffer_reset(&piece);
        status = producer->fill(producer->state, &piece, &end);
        if (status == DAVY_OK && fwrite(piece.bytes, 1, piece.length, stdout) != piece.length)
            status = davy_fail(DAVY_ERR_IO, "cannot write to standard output");
    }
    davy_buffer_clear(&piece);
    return status;
}

static davy_status prepare(const struct settings *settings, const char *pattern,
                           davy_samples_query *query)
{
    davy_status status = davy_samples_select(query, pattern);

    if (status == DAVY_ERR_NOT_FOUND)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no stored signal matches '%s'; see davy query '**'",
                           pattern);
    if (status == DAVY_OK && settings->step_ns > 0 && settings->pixels > 0)
        status = davy_fail(DAVY_ERR_INVALID, "both --step and --pixels");
    if (status == DAVY_OK && settings->states && settings->pixels > 0)
        status = davy_fail(DAVY_ERR_INVALID, "--states goes with --step, not with --pixels");
    if (status == DAVY_OK && (settings->step_ns > 0 || settings->pixels > 0 || settings->states))
        status = set_step(settings, query);
    return status;
}

static davy_status answer(const struct settings *settings, const char *pattern, davy_store *store)
{
    const int64_t latest_ns = davy_wall_ns(davy_clock_system()) + DAVY_STORE_FUTURE_MAX_NS;
    davy_samples_query query = {.store = store,
                                .from_ns = settings->from_ns,
                                .to_ns =
                                    settings->to_ns != NOT_GIVEN ? settings->to_ns : latest_ns};
    const davy_samples_form *form;
    davy_producer producer;
    davy_status status = choose_form(settings, &form);

    if (status == DAVY_OK)
        status = prepare(settings, pattern, &query);
    if (status != DAVY_OK) {
        davy_arena_clear(&query.arena);
        return status;
    }
    status = settings->states ? davy_samples_states_producer(&query, form, &producer)
                              : davy_samples_producer(&query, form, &producer);
    if (status != DAVY_OK)
        return status;
    status = print_all(&producer);
    producer.destroy(producer.state);
    return status;
}

/* An answer with a hole in it must not look whole. */
static void tell_damage(davy_store *store)
{
    davy_store_stats stats;
    uint64_t damaged;

    davy_store_get_stats(store, &stats);
    damaged = stats.damaged_chunks + stats.damaged_frames;
    if (damaged > 0)
        (void) fprintf(stderr,
                       "davy query: %" PRIu64
                       " damaged places were left out; davy verify tells where\n",
                       damaged);
}

static int query_store(void *context, const davy_option_list *words)
{
    const davy_store_options read_only = {.read_only = true};
    const struct settings *settings = context;
    davy_store *store = NULL;
    davy_status status = davy_store_open(settings->data, &read_only, &store);

    if (status == DAVY_OK)
        status = answer(settings, words->items[0], store);
    if (store)
        tell_damage(store);
    davy_store_close(store);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("query", status);
}

static int query(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER, .from_ns = INT64_MIN, .to_ns = NOT_GIVEN};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"from", DAVY_OPTION_TIME, &settings.from_ns, "T", "first time"},
        {"to", DAVY_OPTION_TIME, &settings.to_ns, "T", "time after the last"},
        {"step", DAVY_OPTION_DURATION, &settings.step_ns, "D",
         "summarise in steps: count, min, mean, max"},
        {"pixels", DAVY_OPTION_INTEGER, &settings.pixels, "N", "summarise in at most N steps"},
        {"states", DAVY_OPTION_FLAG, &settings.states, NULL,
         "how long signals with few values stood at each, in all or by --step"},
        {"csv", DAVY_OPTION_FLAG, &settings.csv, NULL, "print CSV"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
        {"lines", DAVY_OPTION_FLAG, &settings.lines, NULL, "print line protocol"},
        {"columns", DAVY_OPTION_FLAG, &settings.columns, NULL, "write binary columns"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          query_store, &settings);
}

const davy_verb davy_verb_query = {"query", "print stored samples", query};
