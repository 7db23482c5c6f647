/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy verify`: are the records of a data folder as they were written?
 */
#include "app/verb.h"
#include "store/records.h"

#include <limits.h>
#include <stdio.h>

static const davy_usage usage = {"verify", "",
                                 "Check the hash chain of the records (alarms, actions, audit).",
                                 "A record that was changed or taken away breaks the chain; the "
                                 "first one that does is named.\n"};

struct settings {
    const char *data;
    bool json;
};

static int verify_records(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    davy_records *records = NULL;
    uint64_t checked = 0;
    char path[PATH_MAX];
    davy_status status;

    (void) words;
    (void) snprintf(path, sizeof path, "%s/records.db", settings->data);
    status = davy_records_open_read_only(path, &records);
    if (status == DAVY_OK)
        status = davy_records_verify(records, &checked);
    davy_records_close(records);
    if (settings->json)
        (void) printf("{\"intact\": %s, \"checked\": %llu}\n", status == DAVY_OK ? "true" : "false",
                      (unsigned long long) checked);
    else if (status == DAVY_OK)
        (void) printf("%llu records are as they were written\n", (unsigned long long) checked);
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

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 0, argc, argv,
                          verify_records, &settings);
}

const davy_verb davy_verb_verify = {"verify", "check that stored records were not changed", verify};
