/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy backup` and `davy restore`: a data folder copied as it was at one moment, and back.
 */
#include "app/last_done.h"
#include "app/verb.h"
#include "store/backup.h"

#include <stdio.h>

static const davy_usage backup_usage = {
    "backup", "DIR", "Copy a daemon's data, as they are at one moment, while it runs.",
    "DIR must not be there: it appears when the copy is complete, synced and read back. It holds "
    "keys\n"
    "and alarms as the data do: keep it as safe. Exit code 65: the copy was made, and what it was "
    "taken\nfrom is damaged.\n"};

static const davy_usage restore_usage = {
    "restore", "DIR", "Make the data of a daemon from a copy of davy backup.",
    "The folder of --data must not be there: move the old one away first. The copy stays as it is. "
    "Exit\n"
    "code 65: the data are there, and the copy was damaged.\n"};

struct settings {
    const char *data;
    bool json;
};

static void print_report(const char *to, const davy_backup_report *report, bool json)
{
    bool intact = report->damaged == 0 && !report->chain_broken;

    if (json)
        (void) printf("{\"intact\": %s, \"files\": %llu, \"bytes\": %llu, \"frames\": %llu, "
                      "\"chunks\": %llu, \"records\": %llu, \"damaged\": %llu}\n",
                      intact ? "true" : "false", (unsigned long long) report->files,
                      (unsigned long long) report->bytes, (unsigned long long) report->frames,
                      (unsigned long long) report->chunks, (unsigned long long) report->records,
                      (unsigned long long) report->damaged);
    else
        (void) printf("%s: %llu files, %llu bytes; %llu chunks, %llu frames of the log and %llu "
                      "records read back\n",
                      to, (unsigned long long) report->files, (unsigned long long) report->bytes,
                      (unsigned long long) report->chunks, (unsigned long long) report->frames,
                      (unsigned long long) report->records);
}

/* @param note  who looks at the data shall see that they were copied */
static int copy(const char *verb, const char *from, const char *to, bool json, bool note)
{
    davy_backup_report report;
    davy_status status = davy_backup_make(from, to, &report);

    if (status != DAVY_OK)
        return davy_verb_fail(verb, status);
    print_report(to, &report, json);
    if (note)
        davy_last_done_note(from, "backup", to, report.damaged + report.chain_broken);
    if (report.chain_broken)
        return davy_verb_fail(verb, DAVY_ERR_CORRUPT);
    if (report.damaged > 0)
        return davy_verb_fail(
            verb, davy_fail(DAVY_ERR_CORRUPT,
                            "%llu pieces in '%s' are damaged, here and in the copy; davy verify "
                            "tells more, an older copy may have them whole",
                            (unsigned long long) report.damaged, from));
    return EX_OK;
}

static int backup_data(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;

    return copy("backup", settings->data, words->items[0], settings->json, true);
}

static int restore_data(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;

    return copy("restore", words->items[0], settings->data, settings->json, false);
}

static int call(const davy_usage *usage, davy_verb_body body, int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, body,
                          &settings);
}

static int backup(int argc, char **argv)
{
    return call(&backup_usage, backup_data, argc, argv);
}

static int restore(int argc, char **argv)
{
    return call(&restore_usage, restore_data, argc, argv);
}

const davy_verb davy_verb_backup = {"backup", "copy the data while the daemon runs", backup};
const davy_verb davy_verb_restore = {"restore", "make the data from a backup", restore};
