/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What would it have done: counts by hand on small histories.
 *
 * Pressure is 900 for 1000 s, once a second, but for three stretches:
 *
 *     seconds 100 to 109   1010     above 1000 for 10 s
 *     seconds 300 to 319   1040     above 1000 for 20 s
 *     seconds 500 to 504   1100     above 1000 and 1050 for 5 s
 *
 * The pump's current is 5, and 0 from second 290 to 330.
 */
#include "alarm/whatif/answers.h"
#include "alarm/whatif/whatif.h"

#include "core/sample.h"
#include "site/load.h"
#include "store/private.h"
#include "store/rollup_make.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define S       DAVY_NS_PER_S
#define BEGIN   (1767225600LL * S) /* 2026-01-01T00:00:00Z */
#define SECONDS 1000

static char *const folder = temporary;
static davy_store *store;

static double pressure_at(int second)
{
    if (second >= 100 && second < 110)
        return 1010.0;
    if (second >= 300 && second < 320)
        return 1040.0;
    return second >= 500 && second < 505 ? 1100.0 : 900.0;
}

static int make_history(void **state)
{
    davy_sample samples[2];
    davy_signal_id pressure, current;

    assert_int_equal(temporary_make(state), 0);
    assert_ok(davy_store_open(folder, NULL, &store));
    assert_ok(davy_store_signal(store, "T-101/pressure", "kPa", &pressure));
    assert_ok(davy_store_signal(store, "P-1/current", "A", &current));
    for (int second = 0; second < SECONDS; second++) {
        samples[0] = (davy_sample){BEGIN + second * S, pressure_at(second), pressure, 0};
        samples[1] = (davy_sample){BEGIN + second * S, second >= 290 && second <= 330 ? 0.0 : 5.0,
                                   current, 0};
        assert_ok(davy_store_append(store, samples, 2));
    }
    return 0;
}

static int remove_history(void **state)
{
    davy_store_close(store);
    return temporary_remove(state);
}

static davy_site *site_of(const char *pressure, const char *rules)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    char text[1024];

    (void) snprintf(text, sizeof text,
                    "site: {name: a}\n"
                    "positions: [{name: farm, assets: [\"T-*\"]}]\n"
                    "assets:\n"
                    "- {name: T-101, signals: [{name: pressure, unit: kPa, %s}]}\n"
                    "- {name: P-1, signals: [{name: current, unit: A, deadline: 10s}]}\n%s",
                    pressure, rules);
    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

/* Ask with events, and give the sites back. */
static json_t *ask(davy_site *current, davy_site *proposed, const davy_event_list *events)
{
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN,
                                           .to_ns = BEGIN + SECONDS * S,
                                           .events = events};
    json_t *answer = NULL;

    assert_ok(davy_whatif_ask(&question, &answer));
    davy_site_destroy(current);
    davy_site_destroy(proposed);
    return answer;
}

static json_t *find(const json_t *answer, const char *list, const char *name, const char *value)
{
    json_t *item;
    size_t index;

    json_array_foreach(json_object_get(answer, list), index, item)
    {
        if (strcmp(json_string_value(json_object_get(item, name)), value) == 0)
            return item;
    }
    fail_msg("no %s '%s' in %s", name, value, list);
    return NULL;
}

static void assert_counts(const json_t *item, int before, int after)
{
    assert_int_equal(json_integer_value(json_object_get(item, "before")), before);
    assert_int_equal(json_integer_value(json_object_get(item, "after")), after);
}

static void a_higher_limit_rings_less(void **state)
{
    json_t *answer = ask(site_of("limits: {hi: 1000}, priority: high", ""),
                         site_of("limits: {hi: 1050}, priority: high", ""), NULL);
    const json_t *hi = find(answer, "conditions", "condition", "T-101/pressure:hi");

    (void) state;
    assert_counts(hi, 3, 1);
    assert_counts(json_object_get(answer, "alarms"), 3, 1);
    assert_counts(find(answer, "priorities", "priority", "high"), 3, 1);
    assert_counts(find(answer, "priorities", "priority", "low"), 0, 0);
    assert_counts(find(answer, "positions", "position", "farm"), 3, 1);
    assert_counts(find(answer, "positions", "position", "site"), 0, 0);
    /* 999 s from the first sample to the last one: 3 / (999 / 86400) */
    assert_near(json_number_value(json_object_get(hi, "before_per_day")), 259.459, 0.001);
    assert_int_equal(json_array_size(json_object_get(answer, "conditions")), 1);
    assert_int_equal(json_integer_value(json_object_get(answer, "samples")), SECONDS);
    assert_true(json_is_null(json_object_get(answer, "events")));
    json_decref(answer);
}

/* All rings within ten minutes, on the first of January. */
static void days_and_floods_are_told(void **state)
{
    davy_site *current = site_of("limits: {hi: 1000}", ""),
              *proposed = site_of("limits: {hi: 1050}", "");
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN,
                                           .to_ns = BEGIN + SECONDS * S,
                                           .whole = true};
    const json_t *day, *farm;
    json_t *answer = NULL;

    (void) state;
    assert_ok(davy_whatif_ask(&question, &answer));
    assert_int_equal(json_array_size(json_object_get(answer, "daily")), 1);
    day = json_array_get(json_object_get(answer, "daily"), 0);
    assert_string_equal(json_string_value(json_object_get(day, "from")),
                        "2026-01-01T00:00:00.000Z");
    assert_counts(day, 3, 1);
    assert_int_equal(json_integer_value(json_object_get(answer, "bar_days")), 1);
    farm = find(answer, "floods", "position", "farm");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(farm, "before"), "peak")),
                     3);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(farm, "after"), "peak")),
                     1);
    json_decref(answer);
    davy_site_destroy(current);
    davy_site_destroy(proposed);

    answer = ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1050}", ""), NULL);
    assert_true(json_is_null(json_object_get(answer, "floods")));
    json_decref(answer);
}

/* Twelve seconds: only the stretch of twenty is long enough. */
static void an_on_delay_rings_for_what_lasts(void **state)
{
    json_t *answer = ask(site_of("limits: {hi: 1000}", ""),
                         site_of("limits: {hi: 1000}, on_delay: 12s", ""), NULL);

    (void) state;
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:hi"), 3, 1);
    json_decref(answer);
}

/* With a deadband of 150 the value is never back below 850, and the first alarm stands for ever. */
static void a_deadband_joins_alarms(void **state)
{
    json_t *answer = ask(site_of("limits: {hi: 1000}", ""),
                         site_of("limits: {hi: 1000}, deadband: 150", ""), NULL);

    (void) state;
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:hi"), 3, 1);
    json_decref(answer);
}

/* The pump is off from second 290 to 330, so the stretch from 300 to 319 rings for nobody. */
static void suppression_by_design_is_rehearsed(void **state)
{
    static const char rule[] = "alarms:\n- {match: [\"T-101/pressure:hi\"], "
                               "suppress_when: \"P-1/current < 1\"}\n";
    json_t *answer =
        ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1000}", rule), NULL);

    (void) state;
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:hi"), 3, 2);
    assert_true(json_is_true(json_object_get(answer, "whole")));
    json_decref(answer);
}

/* Active for 20 s: raised, and announced again after 8 s and 16 s. The others last 10 s and 5 s. */
static void a_re_alarm_rings_again(void **state)
{
    static const char rule[] = "alarms:\n- {match: [\"T-101/pressure:hi\"], re_alarm: 8s}\n";
    json_t *answer =
        ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1000}", rule), NULL);

    (void) state;
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:hi"), 3, 6);
    json_decref(answer);
}

static void add(davy_event_list *events, int from, int to, const char *name, const char *asset)
{
    const davy_event event = {.from_ns = BEGIN + from * S,
                              .to_ns = BEGIN + to * S,
                              .name = (char *) name,
                              .asset = (char *) asset};

    assert_ok(davy_event_list_add(events, &event));
}

static void assert_verdict(const json_t *events, const char *name, const char *verdict,
                           double before_s, double after_s)
{
    const json_t *event = find(events, "list", "name", name);
    const json_t *before = json_object_get(json_object_get(event, "before"), "delay_s");
    const json_t *after = json_object_get(json_object_get(event, "after"), "delay_s");

    assert_string_equal(json_string_value(json_object_get(event, "verdict")), verdict);
    assert_int_equal(json_is_null(before), before_s < 0.0);
    assert_int_equal(json_is_null(after), after_s < 0.0);
    if (before_s >= 0.0)
        assert_near(json_number_value(before), before_s, 1e-9);
    if (after_s >= 0.0)
        assert_near(json_number_value(after), after_s, 1e-9);
}

static void labelled_events_are_kept_missed_or_later(void **state)
{
    davy_event_list events = {0};
    json_t *answer, *told;

    (void) state;
    add(&events, 495, 510, "burst", "T-101");
    add(&events, 290, 330, "leak", NULL);
    add(&events, 700, 710, "quiet", NULL);
    add(&events, 499, 505, "pump", "P-1");
    davy_event_list_sort(&events);
    answer = ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1030}, on_delay: 3s", ""),
                 &events);
    told = json_object_get(answer, "events");
    assert_verdict(told, "burst", "later", 5.0, 8.0);
    assert_verdict(told, "leak", "later", 10.0, 13.0);
    assert_verdict(told, "quiet", "unfound", -1.0, -1.0);
    assert_verdict(told, "pump", "unfound", -1.0, -1.0);
    assert_int_equal(json_integer_value(json_object_get(told, "kept")), 2);
    assert_int_equal(json_integer_value(json_object_get(told, "later")), 2);
    assert_near(json_number_value(json_object_get(json_object_get(told, "worst_delay_s"), "after")),
                13.0, 1e-9);
    json_decref(answer);

    answer = ask(site_of("limits: {hi: 1050}", ""),
                 site_of("limits: {hi: 1000}, deadband: 150", ""), &events);
    told = json_object_get(answer, "events");
    /* The first alarm stands for ever: it stood when the burst began, and that finds nothing. */
    assert_verdict(told, "burst", "missed", 5.0, -1.0);
    assert_true(json_is_true(
        json_object_get(json_object_get(find(told, "list", "name", "burst"), "after"), "stood")));
    assert_verdict(told, "leak", "unfound", -1.0, -1.0);
    json_decref(answer);
    davy_event_list_clear(&events);
}

static void add_label(davy_labels *labels, const char *key, davy_alarm_verdict verdict, int from,
                      int64_t to_ns)
{
    static davy_label items[8];

    labels->items = items;
    items[labels->count++] = (davy_label){.key = (char *) key,
                                          .verdict = verdict,
                                          .from_ns = BEGIN + from * S,
                                          .to_ns = to_ns,
                                          .by = (char *) "mei"};
}

static void assert_spared(const json_t *nuisance, const char *answer, const char *verdict)
{
    assert_string_equal(
        json_string_value(json_object_get(find(nuisance, "list", "answer", answer), "verdict")),
        verdict);
}

/* With hi 1000 the pressure rings at 100, 300 and 500; with hi 1020 at 300 and 500, at the same
 * moments; with hi 890 it rings at once and stands for ever: since 100 s and 300 s, which is within
 * the hour of lead. */
static void answers_are_events_that_must_be_found_or_spared(void **state)
{
    davy_event_list events = {0};
    davy_labels labels = {0};
    davy_site *site = site_of("limits: {hi: 1000}", "");
    json_t *answer, *told, *nuisance;

    (void) state;
    add_label(&labels, "T-101/pressure:hi", DAVY_ALARM_FALSE, 100, BEGIN + 110 * S);
    add_label(&labels, "T-101/pressure:hi", DAVY_ALARM_TRUE, 300, BEGIN + 320 * S);
    add_label(&labels, "T-101/pressure:hi", DAVY_ALARM_KNOWN_WORK, 500, INT64_MAX);
    add_label(&labels, "P-1/current:lo", DAVY_ALARM_TRUE, 290, BEGIN + 331 * S);
    add_label(&labels, "T-101/pressure:hi", DAVY_ALARM_TRUE, -50, BEGIN - 40 * S); /* before all */
    assert_ok(davy_event_list_add_answers(&events, &labels, site, BEGIN, BEGIN + SECONDS * S));
    davy_site_destroy(site);
    assert_int_equal(events.count, 4);
    assert_string_equal(events.items[1].name, "P-1/current:lo");
    assert_string_equal(events.items[1].asset, "P-1"); /* which is not asked for it here */
    assert_string_equal(events.items[2].asset, "T-101");
    assert_true(events.items[3].to_ns == BEGIN + SECONDS * S);

    answer = ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1020}", ""), &events);
    told = json_object_get(answer, "events");
    nuisance = json_object_get(answer, "nuisance");
    assert_verdict(told, "T-101/pressure:hi", "same", 0.0, 0.0);
    assert_int_equal(json_integer_value(json_object_get(told, "count")), 2);
    assert_string_equal(
        json_string_value(json_object_get(find(told, "list", "name", "P-1/current:lo"), "source")),
        "answer");
    assert_spared(nuisance, "false", "spared");
    assert_spared(nuisance, "known-work", "stays");
    assert_int_equal(json_integer_value(json_object_get(nuisance, "spared")), 1);
    assert_int_equal(json_integer_value(json_object_get(nuisance, "count")), 2);
    json_decref(answer);

    answer = ask(site_of("limits: {hi: 1030}", ""), site_of("limits: {hi: 890}", ""), &events);
    told = json_object_get(
        find(json_object_get(answer, "events"), "list", "name", "T-101/pressure:hi"), "after");
    assert_near(json_number_value(json_object_get(told, "delay_s")), -300.0, 1e-9);
    assert_false(json_is_true(json_object_get(told, "stood")));
    assert_spared(json_object_get(answer, "nuisance"), "false", "new");
    json_decref(answer);
    davy_event_list_clear(&events);
}

/* An hour and a second before is too long: it stood, and finds nothing. */
static void an_alarm_that_stands_for_long_finds_no_answer(void **state)
{
    davy_event event = {.from_ns = BEGIN + 300 * S,
                        .to_ns = BEGIN + 320 * S,
                        .name = (char *) "T-101/pressure:hi",
                        .lead_ns = 299 * S,
                        .answer = DAVY_ALARM_TRUE};
    davy_event_list events = {0};
    json_t *answer;

    (void) state;
    assert_ok(davy_event_list_add(&events, &event));
    answer = ask(site_of("limits: {hi: 1030}", ""), site_of("limits: {hi: 890}", ""), &events);
    assert_verdict(json_object_get(answer, "events"), "T-101/pressure:hi", "missed", 0.0, -1.0);
    json_decref(answer);
    davy_event_list_clear(&events);
}

/* Outside of the samples nothing is unfound, because nothing was looked at. */
static void events_outside_of_the_samples_are_counted_apart(void **state)
{
    davy_event_list events = {0};
    const json_t *told;
    json_t *answer;

    (void) state;
    add(&events, -100, -50, "before", NULL);
    add(&events, 290, 330, "leak", NULL);
    add(&events, 5000, 5010, "after", NULL);
    answer = ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1020}", ""), &events);
    told = json_object_get(answer, "events");
    assert_int_equal(json_integer_value(json_object_get(told, "outside")), 2);
    assert_int_equal(json_integer_value(json_object_get(told, "count")), 1);
    assert_int_equal(json_integer_value(json_object_get(told, "unfound")), 0);
    json_decref(answer);
    davy_event_list_clear(&events);
}

static bool stop_at_once(void *context, uint64_t done_s, uint64_t total_s)
{
    int *told = context;

    assert_true(done_s <= total_s);
    (*told)++;
    return false;
}

static void a_question_is_ended(void **state)
{
    davy_site *current = site_of("limits: {hi: 1000}", "");
    davy_site *proposed = site_of("limits: {hi: 1050}", "");
    int told = 0;
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN,
                                           .to_ns = BEGIN + SECONDS * S,
                                           .progress = stop_at_once,
                                           .context = &told};
    json_t *answer = NULL;

    (void) state;
    assert_fails(davy_whatif_ask(&question, &answer), DAVY_ERR_TIMEOUT, "was ended");
    assert_int_equal(told, 1);
    davy_site_destroy(current);
    davy_site_destroy(proposed);
}

/* A logic that is never true makes all signals be rehearsed together, sample by sample; without it
 * each is rehearsed alone, and what is quiet is passed. */
static void signals_alone_ring_as_together(void **state)
{
    static const char never[] = "alarms:\n- {match: [\"P-1/current:silence\"], "
                                "suppress_when: \"P-1/current > 99\"}\n";
    static const char *const proposals[] = {
        "limits: {hi: 1050}", "limits: {hi: 1000}, on_delay: 6500ms, off_delay: 3s",
        "limits: {hi: 899, hihi: 1099}, deadband: 20", "limits: {lo: 901, hi: 1030}"};
    static const char *const kept[] = {"alarms",    "conditions", "priorities",
                                       "positions", "events",     "nuisance"};
    davy_event_list events = {0};

    (void) state;
    add(&events, 50, 150, "first", NULL);
    add(&events, 305, 400, "under it", "T-101");
    add(&events, 490, 502, "last", NULL);
    davy_event_list_sort(&events);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(proposals); i++) {
        json_t *alone = ask(site_of("limits: {hi: 1000}", ""), site_of(proposals[i], ""), &events);
        json_t *together =
            ask(site_of("limits: {hi: 1000}", never), site_of(proposals[i], never), &events);

        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(kept); j++)
            assert_true(
                json_equal(json_object_get(alone, kept[j]), json_object_get(together, kept[j])));
        json_decref(alone);
        json_decref(together);
    }
    davy_event_list_clear(&events);
}

/* The pressure steps six times by more than 60 kPa in a second: up and down at 100, 300 and 500
 * (110, 140 and 200 kPa), and no further. Alarms of the rate ring the same on both sides. */
static void checks_of_a_signal_that_do_not_change_are_left_out(void **state)
{
    static const char *const files[] = {"limits: {hi: 1000}, rate_limit: 60/s, stuck: 50s",
                                        "limits: {hi: 1050}, rate_limit: 60/s, stuck: 50s",
                                        "limits: {hi: 1050}, rate_limit: 150/s, stuck: 50s"};
    davy_event_list events = {0};
    json_t *answer = ask(site_of(files[0], ""), site_of(files[1], ""), NULL);

    (void) state;
    assert_counts(json_object_get(answer, "alarms"), 3, 1);
    assert_int_equal(json_array_size(json_object_get(answer, "conditions")), 1);
    json_decref(answer);

    add(&events, 290, 330, "leak", NULL);
    answer = ask(site_of(files[0], ""), site_of(files[1], ""), &events); /* the whole site */
    assert_true(json_integer_value(json_object_get(json_object_get(answer, "alarms"), "before")) >
                6);
    assert_int_equal(json_array_size(json_object_get(answer, "conditions")), 1);
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:hi"), 3, 1);
    json_decref(answer);

    answer = ask(site_of(files[1], ""), site_of(files[2], ""), NULL);
    assert_counts(find(answer, "conditions", "condition", "T-101/pressure:rate"), 6, 2);
    json_decref(answer);
    davy_event_list_clear(&events);
}

static void the_same_settings_are_not_rehearsed(void **state)
{
    json_t *answer =
        ask(site_of("limits: {hi: 1000}", ""), site_of("limits: {hi: 1000}, title: P", ""), NULL);

    (void) state;
    assert_int_equal(json_array_size(json_object_get(answer, "changes")), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "samples")), 0);
    assert_true(json_is_null(json_object_get(json_object_get(answer, "alarms"), "before_per_day")));
    json_decref(answer);
}

static void a_time_without_samples_is_told(void **state)
{
    davy_site *current = site_of("limits: {hi: 1000}", "");
    davy_site *proposed = site_of("limits: {hi: 1050}", "");
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN - 100 * S,
                                           .to_ns = BEGIN - 50 * S};
    json_t *answer;

    (void) state;
    assert_fails(davy_whatif_ask(&question, &answer), DAVY_ERR_NOT_FOUND, "no sample");
    davy_site_destroy(current);
    davy_site_destroy(proposed);
}

/* What retention does with a day whose rollups stay. */
static void retire_day(int64_t time_ns)
{
    const int32_t number = davy_day_of(time_ns);
    davy_day_file *files;
    uint64_t bytes;
    size_t count;

    assert_ok(davy_store_seal(store));
    assert_ok(davy_days_files(store->days, number, number, &files, &count));
    assert_int_equal(count, 1);
    assert_ok(davy_rollups_outlive(store, files[0]));
    assert_ok(davy_rollups_note_gone(store, files[0]));
    assert_ok(davy_days_remove(store->days, files[0], &bytes));
    free(files);
}

/* Ten days before, of which rollups tell and no sample: no alarm can ring in them, so they are no
 * days in which none rang. */
static void days_of_which_only_rollups_are_left_were_not_observed(void **state)
{
    davy_site *current = site_of("limits: {hi: 1000}", "");
    davy_site *proposed = site_of("limits: {hi: 1050}", "");
    const davy_whatif_question question = {.store = store,
                                           .registry = folder,
                                           .current = current,
                                           .proposed = proposed,
                                           .from_ns = BEGIN - 11 * 86400 * S,
                                           .to_ns = BEGIN + 86400 * S};
    davy_sample early = {BEGIN - 10 * 86400 * S, 1100.0, 0, 0};
    json_t *answer;

    (void) state;
    assert_ok(davy_store_find(store, "T-101/pressure", &early.signal));
    assert_ok(davy_store_append(store, &early, 1));
    retire_day(early.time_ns);
    assert_ok(davy_whatif_ask(&question, &answer));
    assert_near(json_number_value(json_object_get(answer, "days")), 999.0 / 86400, 1e-9);
    assert_near(
        json_number_value(json_object_get(
            find(answer, "conditions", "condition", "T-101/pressure:hi"), "before_per_day")),
        259.459, 0.001);
    json_decref(answer);
    davy_site_destroy(current);
    davy_site_destroy(proposed);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void events_come_from_a_file(void **state)
{
    davy_event_list events = {0};
    char path[96];

    (void) state;
    (void) snprintf(path, sizeof path, "%s/events.csv", folder);
    write_file(path, "name,from,to,asset\n"
                     "second,2026-01-01T00:10:00Z,2026-01-01T00:11:00Z,\n"
                     "first,2026-01-01T00:00:10Z,2026-01-01T00:01:00Z,T-101\n");
    assert_ok(davy_event_list_read(path, &events));
    assert_int_equal(events.count, 2);
    assert_string_equal(events.items[0].name, "first");
    assert_string_equal(events.items[0].asset, "T-101");
    assert_true(events.items[0].from_ns == BEGIN + 10 * S);
    assert_null(events.items[1].asset);
    davy_event_list_clear(&events);

    write_file(path, "name,from,to\nlate,2026-01-01T00:10:00Z,2026-01-01T00:09:00Z\n");
    assert_fails(davy_event_list_read(path, &events), DAVY_ERR_INVALID, "ends before it begins");
    davy_event_list_clear(&events);
    write_file(path, "name,from\nlate,2026-01-01T00:10:00Z\n");
    assert_fails(davy_event_list_read(path, &events), DAVY_ERR_NOT_FOUND, "to");
    davy_event_list_clear(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_higher_limit_rings_less),
        cmocka_unit_test(days_and_floods_are_told),
        cmocka_unit_test(an_on_delay_rings_for_what_lasts),
        cmocka_unit_test(a_deadband_joins_alarms),
        cmocka_unit_test(suppression_by_design_is_rehearsed),
        cmocka_unit_test(a_re_alarm_rings_again),
        cmocka_unit_test(labelled_events_are_kept_missed_or_later),
        cmocka_unit_test(answers_are_events_that_must_be_found_or_spared),
        cmocka_unit_test(an_alarm_that_stands_for_long_finds_no_answer),
        cmocka_unit_test(events_outside_of_the_samples_are_counted_apart),
        cmocka_unit_test(a_question_is_ended),
        cmocka_unit_test(signals_alone_ring_as_together),
        cmocka_unit_test(checks_of_a_signal_that_do_not_change_are_left_out),
        cmocka_unit_test(the_same_settings_are_not_rehearsed),
        cmocka_unit_test(a_time_without_samples_is_told),
        cmocka_unit_test(events_come_from_a_file),
        cmocka_unit_test(days_of_which_only_rollups_are_left_were_not_observed),
    };

    return cmocka_run_group_tests(tests, make_history, remove_history);
}
