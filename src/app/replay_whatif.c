/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_whatif.h"

#include "alarm/change/ledger.h"
#include "alarm/whatif/answers.h"
#include "alarm/whatif/whatif.h"
#include "app/client.h"
#include "app/dataset_answers.h"
#include "app/table_print.h"
#include "app/train_progress.h"
#include "app/verb.h"
#include "core/clock.h"
#include "site/load.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Asking ------------------------------------------------------------------------------------ */

/* The faults of the proposed file are an answer too. */
static davy_status load_proposed(const davy_replay_wish *wish, davy_site **out)
{
    davy_site_faults faults = {0};
    davy_status status = davy_site_load(wish->proposed, &faults, out);

    davy_site_faults_print(&faults, stderr, isatty(STDERR_FILENO));
    if (wish->json && faults.count > 0 &&
        davy_print_json(davy_site_faults_json(&faults)) != DAVY_OK)
        status = davy_fail(DAVY_ERR_IO, "the faults of the proposed file");
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
    return status == DAVY_OK ? load_proposed(wish, proposed) : status;
}

static bool tell_progress(void *context, uint64_t done_s, uint64_t total_s)
{
    davy_train_progress_tell(context, "rehearsing", done_s, total_s, "");
    return true;
}

/* Answers of people to alarms, as --label has them. */
static davy_status add_answers(const davy_replay_wish *wish, davy_event_list *events)
{
    const davy_dataset *dataset = wish->dataset;
    davy_labels labels = {0};
    davy_status status = davy_dataset_read_labels(dataset, &labels);

    if (status == DAVY_OK)
        status = davy_event_list_add_answers(events, &labels, dataset->site, dataset->from_ns,
                                             dataset->to_ns);
    davy_labels_clear(&labels);
    return status;
}

/* Without answers there is an answer all the same. */
static void note_answers(const davy_replay_wish *wish, const davy_event_list *events,
                         json_t *answer)
{
    const char *label = wish->dataset->label_column;
    bool has_answers = false;

    for (size_t i = 0; i < events->count; i++)
        has_answers |= events->items[i].answer != DAVY_ALARM_UNJUDGED;
    if (label && !has_answers)
        (void) json_array_append_new(
            json_object_get(answer, "notes"),
            json_sprintf("nobody has answered an alarm of that time that matches --label '%s': "
                         "davy alarms judge ID true|false|known-work",
                         label));
}

static davy_status gather_events(const davy_replay_wish *wish, davy_event_list *events)
{
    davy_status status = wish->events ? davy_event_list_read(wish->events, events) : DAVY_OK;

    return status == DAVY_OK && wish->dataset->label_column ? add_answers(wish, events) : status;
}

static davy_status ask(const davy_replay_wish *wish, davy_site *proposed, json_t **answer)
{
    davy_event_list events = {0};
    davy_train_progress progress = {.lines = wish->json_progress};
    davy_whatif_question question = {.registry = wish->registry,
                                     .current = wish->dataset->site,
                                     .proposed = proposed,
                                     .from_ns = wish->dataset->from_ns,
                                     .to_ns = wish->dataset->to_ns,
                                     .events = &events,
                                     .whole = wish->whole,
                                     .progress = tell_progress,
                                     .context = &progress};
    davy_status status = gather_events(wish, &events);

    if (status == DAVY_OK)
        status = davy_dataset_open_store(wish->dataset, &question.store);
    if (status == DAVY_OK)
        status = davy_whatif_ask(&question, answer);
    davy_train_progress_end(&progress, status == DAVY_OK);
    if (status == DAVY_OK)
        note_answers(wish, &events, *answer);
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
    char user[DAVY_ALARM_BY_MAX];
    davy_records *records = NULL;
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", wish->dataset->data);
    status = davy_records_open(path, &records);
    if (status == DAVY_OK)
        status = davy_change_keep(records, answer, davy_verb_user(user, sizeof user), wish->keep,
                                  davy_wall_ns(davy_clock_system()));
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
        status = wish->json ? davy_print_json(json_incref(answer)) : davy_replay_print(answer);
    if (status == DAVY_OK && wish->keep && !wish->json)
        (void) printf("the reason is kept: it serves when just this file comes into force\n");
    json_decref(answer);
    davy_site_destroy(proposed);
    return status;
}
