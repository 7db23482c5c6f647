/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy replay DETECTOR`: the alarms a detector would have raised over history. With --proposed:
 * what a changed site file would have done (replay_whatif.c).
 */
#include "app/dataset.h"
#include "app/model_site.h"
#include "app/replay_whatif.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "core/timestamp.h"
#include "detect/replay.h"
#include "models/registry/registry.h"
#include "site/condition.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "replay", "DETECTOR | --proposed FILE",
    "Tell the alarms a detector, or a changed site file, would have raised over history.",
    "With --site, DETECTOR is a detector of that site, with its delays; without, it is a model of "
    "the\n"
    "registry (name, name@alias or name@version). Without --csv the history is what is stored.\n"
    "With --proposed, the changed site file is compared with that of --site: alarms a day, and\n"
    "which labelled events are found.\n"};

#define NS_PER_DAY (86400.0 * (double) DAVY_NS_PER_S)

struct settings {
    davy_dataset dataset;
    const char *models, *registry, *detector;
    const char *proposed, *events, *keep, *key_file;
    bool whole, json, json_progress;
    davy_site *site;
    bool ignores_suppression; /* the site suppresses the detector's alarms at times */
    json_t *alarms;
};

static void format_time(int64_t time_ns, char text[DAVY_TIMESTAMP_MAX])
{
    text[0] = '\0';
    if (time_ns != 0)
        davy_timestamp_format(time_ns, 3, text);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *causes_json(const davy_site *site, const davy_finding *finding)
{
    json_t *causes = json_array();

    for (size_t i = 0; i < finding->cause_count; i++) {
        const davy_cause *cause = &finding->causes[i];

        json_array_append_new(
            causes, json_pack("{s:s, s:o, s:o, s:o}", "signal", site->signals[cause->signal].path,
                              "contribution", number(cause->contribution), "value",
                              number(cause->value), "expected", number(cause->expected)));
    }
    return causes;
}

static void take_alarm(void *context, const davy_replay_alarm *alarm)
{
    struct settings *settings = context;
    char begin[DAVY_TIMESTAMP_MAX], end[DAVY_TIMESTAMP_MAX];

    format_time(alarm->begin_ns, begin);
    format_time(alarm->end_ns, end);
    json_array_append_new(
        settings->alarms,
        json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o}", "condition", alarm->condition->key,
                  "begin", begin, "end", end[0] ? json_string(end) : json_null(), "peak",
                  number(alarm->peak), "text", alarm->finding->text, "model", alarm->finding->model,
                  "causes", causes_json(settings->site, alarm->finding)));
}

/* The signals that took part, the first three of them. */
static const char *show_causes(const json_t *alarm, const char *path,
                               char text[DAVY_PRINT_CELL_MAX])
{
    const json_t *causes = json_object_get(alarm, path), *cause;
    size_t length = 0, index;

    text[0] = '\0';
    json_array_foreach(causes, index, cause)
    {
        const char *signal = json_string_value(json_object_get(cause, "signal"));

        if (signal && index < 3 && length < DAVY_PRINT_CELL_MAX)
            length += (size_t) snprintf(text + length, DAVY_PRINT_CELL_MAX - length, "%s%s",
                                        length ? ", " : "", signal);
    }
    return text;
}

static const char *show_end(const json_t *alarm, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    const char *end = davy_print_value(alarm, path, text);

    return strcmp(end, "-") == 0 ? "stands" : end;
}

static davy_status print_table(const struct settings *settings, const davy_replay_stats *stats,
                               double days)
{
    static const davy_print_field fields[] = {
        {"begin", "begin", false, NULL},
        {"end", "end", false, show_end},
        {"peak", "peak", true, NULL},
        {"condition", "condition", false, NULL},
        {"causes", "causes", false, show_causes},
    };
    const size_t count = json_array_size(settings->alarms);
    davy_status status =
        davy_print_objects("alarms", fields, DAVY_ARRAY_LENGTH(fields), settings->alarms);

    (void) printf("\n%zu %s in %.3g days: %.3g a day\n", count, count == 1 ? "alarm" : "alarms",
                  days, days > 0 ? (double) count / days : 0.0);
    (void) printf("limit for at most %.3g false alarms a day; the model's history vouches for "
                  "%.3g\n",
                  stats->budget_per_day, stats->promise_per_day);
    if (stats->note[0])
        (void) fprintf(stderr, "davy replay: %s: %s\n", settings->detector, stats->note);
    return status;
}

static davy_status print_json(const struct settings *settings, const davy_replay_stats *stats,
                              double days)
{
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:I, s:f, s:o, s:o, s:s, s:b, s:O}", "detector",
                  settings->detector, "samples", (json_int_t) stats->samples, "rows",
                  (json_int_t) stats->rows, "abstained", (json_int_t) stats->abstained, "days",
                  days, "budget_per_day", number(stats->budget_per_day), "promise_per_day",
                  number(stats->promise_per_day), "note", stats->note, "ignores_suppression",
                  settings->ignores_suppression, "alarms", settings->alarms);

    return davy_print_json(object);
}

static davy_status load_site(struct settings *settings)
{
    davy_model *model;
    davy_status status;

    if (settings->dataset.site_file) {
        status = davy_dataset_load_site(&settings->dataset);
        settings->site = settings->dataset.site;
        return status;
    }
    status = davy_registry_open(settings->registry, settings->detector, &model);
    if (status != DAVY_OK)
        return status;
    status = davy_model_site(davy_model_describe(model), settings->detector, &settings->site);
    davy_model_close(model);
    return status;
}

static davy_status find_detector(const struct settings *settings, size_t *index)
{
    const davy_site *site = settings->site;

    *index = 0;
    if (!settings->dataset.site_file)
        return DAVY_OK;
    for (; *index < site->detector_count; (*index)++)
        if (strcmp(site->detectors[*index].name, settings->detector) == 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_NOT_FOUND, "'%s' has no detector '%s'", settings->dataset.site_file,
                     settings->detector);
}

/* Suppression needs all signals of the site at once, and a replay of one detector has its own. */
static void note_suppression(struct settings *settings, size_t detector)
{
    const davy_condition_name name = {DAVY_CONDITION_MODEL, detector};

    settings->ignores_suppression =
        davy_condition_rule(settings->site, name)->suppression != DAVY_SITE_NONE;
    if (settings->ignores_suppression)
        (void) fprintf(stderr,
                       "davy replay: %s: suppress_when is not applied here: alarms that it keeps "
                       "back are told too. 'davy replay --proposed' applies it\n",
                       settings->detector);
}

/* Ids for the samples: those of the store, or for a table simply the order of the signals. */
static davy_status bind(struct settings *settings, davy_store *store)
{
    for (size_t i = 0; i < settings->site->signal_count; i++) {
        davy_site_signal *signal = &settings->site->signals[i];

        signal->id = (davy_signal_id) i;
        if (store && davy_store_find(store, signal->path, &signal->id) != DAVY_OK)
            signal->id = DAVY_SIGNAL_NONE;
    }
    return davy_site_index(settings->site);
}

static davy_status replay_history(struct settings *settings, davy_replay *replay, davy_store *store)
{
    davy_table table = {0};
    davy_status status;

    if (store)
        return davy_replay_store(replay, store, settings->dataset.from_ns, settings->dataset.to_ns);
    status = davy_dataset_read(&settings->dataset, &table);
    if (status == DAVY_OK)
        status = davy_replay_table(replay, &table);
    davy_table_clear(&table);
    return status;
}

static davy_status replay_site(struct settings *settings, davy_store *store,
                               davy_replay_stats *stats)
{
    davy_replay_options options = {.site = settings->site,
                                   .registry = settings->registry,
                                   .context = settings,
                                   .alarm = take_alarm};
    davy_replay *replay = NULL;
    davy_status status = bind(settings, store);

    if (status == DAVY_OK)
        status = find_detector(settings, &options.detector);
    if (status == DAVY_OK)
        note_suppression(settings, options.detector);
    if (status == DAVY_OK)
        status = davy_replay_create(&options, &replay);
    if (status == DAVY_OK)
        status = replay_history(settings, replay, store);
    if (status == DAVY_OK)
        davy_replay_get_stats(replay, stats);
    davy_replay_destroy(replay);
    return status;
}

static davy_status replay_detector(struct settings *settings, const char *detector)
{
    davy_replay_stats stats = {0};
    davy_store *store = NULL;
    davy_status status;
    double days;

    settings->detector = detector;
    settings->alarms = json_array();
    status = load_site(settings);
    if (status == DAVY_OK && settings->dataset.csv.count == 0)
        status = davy_dataset_open_store(&settings->dataset, &store);
    if (status == DAVY_OK)
        status = replay_site(settings, store, &stats);
    days = (double) (stats.last_ns - stats.first_ns) / NS_PER_DAY;
    if (status == DAVY_OK)
        status = settings->json ? print_json(settings, &stats, days)
                                : print_table(settings, &stats, days);
    davy_store_close(store);
    if (settings->site != settings->dataset.site)
        davy_site_destroy(settings->site);
    json_decref(settings->alarms);
    return status;
}

static int replay_history_of(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    davy_replay_wish wish = {.dataset = &settings->dataset,
                             .proposed = settings->proposed,
                             .events = settings->events,
                             .whole = settings->whole,
                             .keep = settings->keep,
                             .key_file = settings->key_file,
                             .json = settings->json,
                             .json_progress = settings->json_progress};
    char folder[PATH_MAX];
    davy_status status;

    settings->registry =
        davy_models_folder(settings->dataset.data, settings->models, folder, sizeof folder);
    wish.registry = settings->registry;
    if ((words->count == 1) == (settings->proposed != NULL))
        status = davy_fail(DAVY_ERR_INVALID,
                           "name a detector, or a changed site file with --proposed FILE");
    else if (words->count == 1)
        status = replay_detector(settings, words->items[0]);
    else
        status = davy_replay_whatif(&wish);
    davy_dataset_clear(&settings->dataset);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("replay", status);
}

static int replay(int argc, char **argv)
{
    struct settings settings = {.dataset = davy_dataset_default()};
    const davy_option options[] = {
        DAVY_DATASET_OPTIONS(&settings.dataset),
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"proposed", DAVY_OPTION_TEXT, &settings.proposed, "FILE",
         "changed site file, compared with that of --site"},
        {"events", DAVY_OPTION_TEXT, &settings.events, "FILE",
         "CSV of events to find: from, to, name and, if given, asset"},
        {"whole", DAVY_OPTION_FLAG, &settings.whole, NULL,
         "rehearse all of the site, and tell floods"},
        {"keep", DAVY_OPTION_TEXT, &settings.keep, "REASON",
         "keep the figures as the reason of the change"},
        {"key-file", DAVY_OPTION_TEXT, &settings.key_file, "FILE",
         "file with the key for --keep; else DAVY_KEY of the environment"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
        {"json-progress", DAVY_OPTION_FLAG, &settings.json_progress, NULL,
         "tell progress on standard error, a JSON object a line"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 1, argc, argv,
                          replay_history_of, &settings);
}

const davy_verb davy_verb_replay = {"replay", "tell the alarms a detector would have raised",
                                    replay};
