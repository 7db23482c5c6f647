/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_whatif.h"

#include "alarm/change/ledger.h"
#include "alarm/whatif/whatif.h"
#include "app/client.h"
#include "app/table_print.h"
#include "core/clock.h"
#include "site/load.h"

#include <jansson.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static long long count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *number_of(const json_t *object, const char *key, char text[32])
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_number(value))
        return "-";
    (void) snprintf(text, 32, "%.4g", json_number_value(value));
    return text;
}

/* Printing ---------------------------------------------------------------------------------- */

static void print_changes(const json_t *answer)
{
    const json_t *change;
    size_t index;

    (void) printf("changes:\n");
    json_array_foreach(json_object_get(answer, "changes"), index, change)(void)
        printf("  %s\n", text_of(change, "text"));
    (void) printf("\n");
}

/* Alarms of each `name` before and after. */
static davy_status print_counts(const json_t *answer, const char *list, const char *name)
{
    const davy_print_column columns[] = {
        {name, false, false},         {"before", true, true},      {"after", true, true},
        {"a day before", true, true}, {"a day after", true, true},
    };
    const json_t *row;
    davy_print *print;
    size_t index;
    davy_status status =
        davy_print_create(list, columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(answer, list), index, row)
    {
        char before[32], after[32], before_day[32], after_day[32];
        const char *texts[] = {text_of(row, name), number_of(row, "before", before),
                               number_of(row, "after", after),
                               number_of(row, "before_per_day", before_day),
                               number_of(row, "after_per_day", after_day)};

        if (status == DAVY_OK)
            status = davy_print_row(print, texts);
    }
    davy_print_finish(print);
    (void) printf("\n");
    return status;
}

static davy_status print_event_list(const json_t *events)
{
    static const davy_print_column columns[] = {
        {"event", false, false},         {"from", false, false},
        {"verdict", false, false},       {"delay before (s)", true, true},
        {"delay after (s)", true, true}, {"found by", false, false},
    };
    const json_t *event;
    davy_print *print;
    size_t index;
    davy_status status =
        davy_print_create("events", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(events, "list"), index, event)
    {
        const json_t *after = json_object_get(event, "after");
        char late_before[32], late_after[32];
        const char *texts[] = {text_of(event, "name"),
                               text_of(event, "from"),
                               text_of(event, "verdict"),
                               number_of(json_object_get(event, "before"), "delay_s", late_before),
                               number_of(after, "delay_s", late_after),
                               text_of(after, "condition")};

        if (status == DAVY_OK)
            status = davy_print_row(print, texts);
    }
    davy_print_finish(print);
    return status;
}

static davy_status print_events(const json_t *answer)
{
    const json_t *events = json_object_get(answer, "events");
    const json_t *worst = json_object_get(events, "worst_delay_s");
    char before[32], after[32];
    davy_status status;

    if (!json_is_object(events))
        return DAVY_OK;
    status = print_event_list(events);
    (void) printf("\n%lld events: %lld kept (%lld earlier, %lld later), %lld missed, %lld gained, "
                  "%lld found by neither\n",
                  count_of(events, "count"), count_of(events, "kept"), count_of(events, "earlier"),
                  count_of(events, "later"), count_of(events, "missed"), count_of(events, "gained"),
                  count_of(events, "unfound"));
    (void) printf("worst delay: %s s before, %s s after\n\n", number_of(worst, "before", before),
                  number_of(worst, "after", after));
    return status;
}

static davy_status print_answer(const json_t *answer)
{
    const json_t *alarms = json_object_get(answer, "alarms"), *note;
    char before[32], after[32];
    davy_status status;
    size_t index;

    if (json_array_size(json_object_get(answer, "changes")) == 0) {
        (void) printf("the proposed file changes no alarm\n");
        return DAVY_OK;
    }
    print_changes(answer);
    status = print_counts(answer, "conditions", "condition");
    if (status == DAVY_OK)
        status = print_counts(answer, "priorities", "priority");
    if (status == DAVY_OK)
        status = print_counts(answer, "positions", "position");
    if (status == DAVY_OK)
        status = print_events(answer);
    (void) printf(
        "alarms a day: %s before, %s after, in %.4g days from %s to %s%s\n",
        number_of(alarms, "before_per_day", before), number_of(alarms, "after_per_day", after),
        json_number_value(json_object_get(answer, "days")), text_of(answer, "from"),
        text_of(answer, "to"),
        json_is_true(json_object_get(answer, "whole")) ? ""
                                                       : "; what both files say alike is left out");
    json_array_foreach(json_object_get(answer, "notes"), index, note)(void)
        fprintf(stderr, "davy replay: %s\n", json_string_value(note));
    return status;
}

/* Asking ------------------------------------------------------------------------------------ */

static davy_status load_proposed(const char *file, davy_site **out)
{
    davy_site_faults faults = {0};
    davy_status status = davy_site_load(file, &faults, out);

    davy_site_faults_print(&faults, stderr, isatty(STDERR_FILENO));
    davy_site_faults_clear(&faults);
    return status;
}

static davy_status load_sites(const davy_replay_wish *wish, davy_site **proposed)
{
    davy_status status;

    if (!wish->dataset->site_file)
        return davy_fail(DAVY_ERR_INVALID,
                         "--proposed is compared with the site in force: name it with --site FILE");
    if (wish->dataset->csv.count > 0)
        return davy_fail(DAVY_ERR_INVALID, "--proposed looks at what is stored: leave --csv out, "
                                           "or bring the files in with 'davy import'");
    status = davy_dataset_load_site(wish->dataset);
    return status == DAVY_OK ? load_proposed(wish->proposed, proposed) : status;
}

static davy_status ask(const davy_replay_wish *wish, davy_site *proposed, json_t **answer)
{
    davy_event_list events = {0};
    davy_whatif_question question = {.registry = wish->registry,
                                     .current = wish->dataset->site,
                                     .proposed = proposed,
                                     .from_ns = wish->dataset->from_ns,
                                     .to_ns = wish->dataset->to_ns,
                                     .events = &events};
    davy_status status = wish->events ? davy_event_list_read(wish->events, &events) : DAVY_OK;

    if (status == DAVY_OK)
        status = davy_dataset_open_store(wish->dataset, &question.store);
    if (status == DAVY_OK)
        status = davy_whatif_ask(&question, answer);
    davy_store_close(question.store);
    davy_event_list_clear(&events);
    return status;
}

/* Keeping ----------------------------------------------------------------------------------- */

/* Over the running daemon, which alone may write. */
static davy_status keep_there(const davy_replay_wish *wish, json_t *answer)
{
    const davy_client client = {.data = wish->dataset->data, .key_file = wish->key_file};
    json_t *body = json_pack("{s:s, s:O}", "reason", wish->keep, "whatif", answer);
    json_t *kept = NULL;
    davy_status status = davy_client_call(&client, "POST", "/api/v1/changes", body, &kept);

    json_decref(body);
    json_decref(kept);
    return status;
}

static davy_status keep_here(const davy_replay_wish *wish, const json_t *answer)
{
    const struct passwd *user = getpwuid(getuid());
    davy_records *records = NULL;
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", wish->dataset->data);
    status = davy_records_open(path, &records);
    if (status == DAVY_OK)
        status = davy_change_keep(records, answer, user ? user->pw_name : "command line",
                                  wish->keep, davy_wall_ns(davy_clock_system()));
    davy_records_close(records);
    return status;
}

/* Whoever writes a data folder holds the lock of its store. */
static davy_status keep(const davy_replay_wish *wish, json_t *answer)
{
    davy_store *store = NULL;
    davy_status status = davy_store_open(wish->dataset->data, NULL, &store);

    if (status == DAVY_ERR_EXISTS)
        return keep_there(wish, answer);
    if (status == DAVY_OK)
        status = keep_here(wish, answer);
    davy_store_close(store);
    return status;
}

davy_status davy_replay_whatif(const davy_replay_wish *wish)
{
    davy_site *proposed = NULL;
    json_t *answer = NULL;
    davy_status status = load_sites(wish, &proposed);

    if (status == DAVY_OK)
        status = ask(wish, proposed, &answer);
    if (status == DAVY_OK && wish->keep)
        status = keep(wish, answer);
    if (status == DAVY_OK)
        status = wish->json ? davy_print_json(json_incref(answer)) : print_answer(answer);
    json_decref(answer);
    davy_site_destroy(proposed);
    return status;
}
