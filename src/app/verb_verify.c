/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy verify`: is a data folder, or the evidence of an incident, as it was written?
 */
#include "app/last_done.h"
#include "app/verb.h"
#include "app/verify_evidence.h"
#include "app/verify_files.h"
#include "core/json.h"
#include "store/records.h"
#include "store/store.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static const davy_usage usage = {
    "verify", "[FILE]",
    "Check what a data folder holds: every chunk, the chain of the records, and the small files "
    "beside them; or replay the evidence of an incident.",
    "A chunk that was damaged does not match its checksum; a record (alarm, action, audit) that "
    "was\n"
    "changed or taken away breaks the chain, and the first one that does is named.\n"
    "With a FILE of `davy incidents export`: its signature, its records, that the incident is what "
    "its "
    "events\nmake of it, and every impact computed again to the same bits.\n"};

struct settings {
    const char *data;
    bool json;
};

struct found {
    uint64_t records, chunks, damaged_chunks;
    davy_buffer faults; /* a JSON array of them */
    bool json;
};

static void tell_fault(void *context, const davy_store_fault *fault)
{
    struct found *found = context;

    if (!found->json) {
        (void) printf("%s: %s\n  %s\n", fault->where, fault->what, fault->means);
        return;
    }
    davy_json_object(&found->faults, NULL);
    davy_json_text(&found->faults, "where", fault->where);
    davy_json_text(&found->faults, "what", fault->what);
    davy_json_text(&found->faults, "means", fault->means);
    davy_json_object_end(&found->faults);
}

static davy_status check_records(const char *data, struct found *found)
{
    davy_records *records = NULL;
    char path[PATH_MAX], keys[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", data);
    (void) snprintf(keys, sizeof keys, "%s/keys.json", data);
    if (access(path, F_OK) != 0 && access(keys, F_OK) != 0)
        return DAVY_OK; /* no daemon has run on it: history was imported */
    if (access(path, F_OK) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "'%s' is not there: no daemon has run, or it was "
                         "taken away",
                         path);
    status = davy_records_open_read_only(path, &records);
    if (status == DAVY_OK)
        status = davy_records_verify(records, &found->records);
    if (status == DAVY_OK && found->records == 0)
        status =
            davy_fail(DAVY_ERR_CORRUPT,
                      "'%s' holds no record; a daemon writes the first when it starts: all were "
                      "taken away",
                      path);
    davy_records_close(records);
    return status;
}

/* Damage of the records is told like that of the store, and the store is looked at all the same:
 * who repairs one must know of the other. */
static davy_status verify_records(const char *data, struct found *found)
{
    const davy_status status = check_records(data, found);

    if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_NOT_FOUND)
        tell_fault(found, &(davy_store_fault){
                              "records.db", davy_error(),
                              "alarms, actions and audit prove nothing from there on; samples are "
                              "kept elsewhere"});
    return status;
}

static davy_status verify_store(const char *data, struct found *found)
{
    const davy_store_options read_only = {.read_only = true};
    davy_store *store;
    davy_status status = davy_store_open(data, &read_only, &store);

    if (status != DAVY_OK)
        return status;
    status =
        davy_store_verify_faults(store, &found->chunks, &found->damaged_chunks, tell_fault, found);
    davy_store_close(store);
    return status;
}

static void print_json(struct found *found, bool intact)
{
    davy_json_array_end(&found->faults);
    (void) printf("{\"intact\": %s, \"records\": %llu, \"chunks\": %llu, \"damaged\": %llu, "
                  "\"faults\": %s}\n",
                  intact ? "true" : "false", (unsigned long long) found->records,
                  (unsigned long long) found->chunks, (unsigned long long) found->damaged_chunks,
                  davy_buffer_ok(&found->faults) == DAVY_OK ? found->faults.bytes : "null");
}

static int verify_data(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    struct found found = {.json = settings->json};
    davy_status status, records, files;
    uint64_t small = 0;

    if (words->count == 1)
        return davy_verify_evidence(words->items[0], settings->json);
    davy_json_array(&found.faults, NULL);
    records = verify_records(settings->data, &found);
    files = davy_verify_files(settings->data, tell_fault, &found, &small);
    status = verify_store(settings->data, &found);
    status = status == DAVY_OK ? files : status;
    found.damaged_chunks += small;
    if (status == DAVY_OK && found.damaged_chunks > 0)
        status = davy_fail(DAVY_ERR_CORRUPT,
                           "%llu pieces are damaged, as told; damage is never served and the rest "
                           "is whole",
                           (unsigned long long) found.damaged_chunks);
    if (status == DAVY_OK && records != DAVY_OK)
        status = davy_fail(records, "the records are not as they were written: see above");
    if (status == DAVY_OK || status == DAVY_ERR_CORRUPT)
        davy_last_done_note(settings->data, "verify", NULL,
                            found.damaged_chunks + (records != DAVY_OK));
    if (settings->json)
        print_json(&found, status == DAVY_OK);
    else if (status == DAVY_OK)
        (void) printf("%llu records and %llu chunks are as they were written\n",
                      (unsigned long long) found.records, (unsigned long long) found.chunks);
    davy_buffer_clear(&found.faults);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("verify", status);
}

static int verify(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 1, argc, argv,
                          verify_data, &settings);
}

const davy_verb davy_verb_verify = {"verify", "check that stored data were not changed", verify};
