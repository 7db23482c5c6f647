/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_record.h"

#include "app/verb.h"
#include "core/buffer.h"
#include "core/file.h"
#include "respond/threat/frozen.h"
#include "site/load.h"
#include "store/records.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    uint64_t sequence;
    json_t *body; /* NULL: the record is of another kind */
};

/* The first that is not before it may be behind it. */
static davy_status take_body(void *context, const davy_record *record)
{
    struct wanted *wanted = context;

    if (record->sequence == wanted->sequence)
        wanted->body = json_loads(record->body, 0, NULL);
    return DAVY_OK;
}

static davy_status read_record(const char *data, uint64_t sequence, json_t **body)
{
    struct wanted wanted = {.sequence = sequence};
    davy_records *records = NULL;
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", data);
    status = davy_records_open_read_only(path, &records);
    if (status == DAVY_OK && sequence > 0)
        status = davy_records_scan(records, DAVY_RECORD_IMPACT, NULL, sequence - 1, 1, take_body,
                                   &wanted);
    davy_records_close(records);
    *body = wanted.body;
    if (status == DAVY_OK && !json_object_get(wanted.body, "inputs"))
        status = davy_fail(DAVY_ERR_NOT_FOUND,
                           "record %llu is none of an impact; 'record' in GET /api/v1/zones is one",
                           (unsigned long long) sequence);
    return status;
}

/* The site file as it was, which the daemon has kept under its hash. */
static davy_status read_site(const char *data, const char *hash, davy_site **site)
{
    davy_site_faults faults = {0};
    davy_buffer text = {0};
    char path[PATH_MAX], found[DAVY_FROZEN_HASH_MAX];
    davy_status status;

    if (!hash[0])
        return DAVY_OK;
    (void) snprintf(path, sizeof path, "%s/settings/%s", data, hash);
    status = davy_file_read(path, DAVY_SITE_FILE_MAX, &text);
    if (status == DAVY_OK) {
        davy_frozen_hash(text.bytes ? text.bytes : "", text.length, found);
        if (strcmp(found, hash) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT, "'%s' was altered", path);
    }
    if (status == DAVY_OK)
        status = davy_site_parse(path, text.bytes ? text.bytes : "", text.length, &faults, site);
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
    return status;
}

static davy_status compute(const char *data, const json_t *body, davy_buffer *out)
{
    davy_thawed thawed = {0};
    davy_site *site = NULL;
    davy_status status = davy_impact_thaw(json_object_get(body, "inputs"), &thawed);

    if (status == DAVY_OK)
        status = read_site(data, thawed.site, &site);
    if (status == DAVY_OK)
        status = davy_thawed_place(&thawed, site);
    if (status == DAVY_OK)
        status = davy_impact_write(&thawed.input, out);
    davy_thawed_clear(&thawed);
    davy_site_destroy(site);
    return status;
}

static davy_status compare(const json_t *body, const davy_buffer *text)
{
    const char *recorded = json_string_value(json_object_get(body, "hash"));
    const char *version = json_string_value(json_object_get(body, "davy"));
    char hash[DAVY_FROZEN_HASH_MAX];

    davy_frozen_hash(text->bytes, text->length, hash);
    if (recorded && strcmp(recorded, hash) == 0)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_CORRUPT,
                     "the answer has other bits than the recorded one, of davy %s (this is " //
                     "%s): %s and not %s",
                     version ? version : "?", DAVY_VERSION, hash, recorded ? recorded : "?");
}

int davy_impact_record_print(const char *data, uint64_t sequence)
{
    davy_buffer text = {0};
    json_t *body = NULL;
    davy_status status = read_record(data, sequence, &body);

    if (status == DAVY_OK)
        status = compute(data, body, &text);
    if (status == DAVY_OK) {
        (void) printf("%s\n", text.bytes);
        status = compare(body, &text);
    }
    davy_buffer_clear(&text);
    json_decref(body);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("impact", status);
}
