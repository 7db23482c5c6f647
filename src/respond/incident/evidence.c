/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/evidence.h"

#include "core/file.h"
#include "core/json.h"
#include "respond/incident/book.h"
#include "respond/incident/evidence_private.h"
#include "respond/incident/fold.h"
#include "respond/incident/response.h"
#include "respond/threat/threats.h"
#include "site/load.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Site files of one incident: it lasts days, and they change rarely. */
#define SITES_MAX ((size_t) 64)

/* The incident is folded first: it says which records belong to it. */
struct gathering {
    const davy_evidence_order *order;
    davy_incident incident;
    davy_buffer *out;
    int64_t from_ns, to_ns;
    char sites[SITES_MAX][DAVY_FROZEN_HASH_MAX];
    size_t site_count, records;
};

static davy_status fold_record(void *context, const davy_record *record)
{
    struct gathering *gathering = context;

    return davy_evidence_fold(&gathering->incident, record);
}

static bool is_of_alarm(const davy_incident *incident, const char *key)
{
    for (size_t i = 0; i < incident->alarm_count; i++)
        if (incident->alarms[i].key && strcmp(incident->alarms[i].key, key) == 0)
            return true;
    return false;
}

static bool is_of_incident(const struct gathering *gathering, const davy_record *record)
{
    const davy_incident *incident = &gathering->incident;
    const bool in_time =
        record->time_ns >= gathering->from_ns && record->time_ns <= gathering->to_ns;

    if (record->kind == DAVY_RECORD_INCIDENT)
        return davy_incident_of(record->subject) == incident->id;
    if (record->kind == DAVY_RECORD_ALARM)
        return in_time && is_of_alarm(incident, record->subject);
    return record->kind == DAVY_RECORD_IMPACT && in_time && incident->scenario &&
           strncmp(record->subject, DAVY_THREAT_SUBJECT, sizeof DAVY_THREAT_SUBJECT - 1) == 0 &&
           strcmp(record->subject + sizeof DAVY_THREAT_SUBJECT - 1, incident->scenario) == 0;
}

static davy_status note_site(struct gathering *gathering, const davy_record *record)
{
    json_t *body = json_loads(record->body, 0, NULL);
    const char *hash = json_string_value(json_object_get(json_object_get(body, "inputs"), "site"));
    size_t i = 0;

    while (hash && i < gathering->site_count && strcmp(gathering->sites[i], hash) != 0)
        i++;
    if (hash && i == gathering->site_count && i < SITES_MAX && strlen(hash) < DAVY_FROZEN_HASH_MAX)
        memcpy(gathering->sites[gathering->site_count++], hash, strlen(hash) + 1);
    json_decref(body);
    return DAVY_OK;
}

static davy_status write_record(void *context, const davy_record *record)
{
    struct gathering *gathering = context;
    davy_buffer *out = gathering->out;
    char hash[DAVY_FROZEN_HASH_MAX];

    if (!is_of_incident(gathering, record))
        return DAVY_OK;
    if (++gathering->records > DAVY_EVIDENCE_RECORDS_MAX || out->length > DAVY_EVIDENCE_BYTES_MAX)
        return davy_fail(DAVY_ERR_FULL, "the incident has more than %zu records, or %zu MiB",
                         DAVY_EVIDENCE_RECORDS_MAX, DAVY_EVIDENCE_BYTES_MAX / 1024 / 1024);
    davy_evidence_hash(record->subject, record->body, hash);
    davy_json_object(out, NULL);
    davy_json_unsigned(out, "sequence", record->sequence);
    davy_json_integer(out, "time_ns", record->time_ns);
    davy_json_integer(out, "kind", record->kind);
    davy_json_text(out, "subject", record->subject);
    davy_json_text(out, "body", record->body);
    davy_json_text(out, "hash", hash);
    davy_json_object_end(out);
    return note_site(gathering, record);
}

/* A file that is not there any more is left out: the check counts its impacts as missing. */
static davy_status write_sites(struct gathering *gathering)
{
    davy_buffer *out = gathering->out;

    davy_json_object(out, "sites");
    for (size_t i = 0; i < gathering->site_count && gathering->order->data; i++) {
        davy_buffer text = {0};
        char path[PATH_MAX];

        (void) snprintf(path, sizeof path, "%s/settings/%s", gathering->order->data,
                        gathering->sites[i]);
        if (davy_file_read(path, DAVY_SITE_FILE_MAX, &text) == DAVY_OK && text.bytes)
            davy_json_counted_text(out, gathering->sites[i], text.bytes, text.length);
        davy_buffer_clear(&text);
    }
    davy_json_object_end(out);
    return davy_buffer_ok(out);
}

static davy_status write_payload(struct gathering *gathering)
{
    const davy_evidence_order *order = gathering->order;
    davy_buffer *out = gathering->out;
    uint64_t chain = 0;
    davy_status status = davy_records_last(order->records, &chain);

    davy_json_object(out, NULL);
    davy_json_text(out, "davy", DAVY_VERSION);
    davy_json_time(out, "made", order->now_ns);
    davy_json_text(out, "by", order->by);
    davy_json_text(out, "site", order->site);
    davy_json_unsigned(out, "chain", chain);
    davy_json_array(out, "records");
    if (status == DAVY_OK)
        status = davy_records_scan(order->records, 0, NULL, 0, 0, write_record, gathering);
    davy_json_array_end(out);
    if (status == DAVY_OK)
        status = write_sites(gathering);
    davy_buffer_append_text(out, ",\"incident\":");
    davy_incident_json_write(out, &gathering->incident, true);
    davy_buffer_append_text(out, ",\"response\":");
    davy_incident_response_write(out, &gathering->incident, order->now_ns);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}

static void sign(const davy_author *author, const davy_buffer *payload, davy_buffer *out)
{
    unsigned char signature[DAVY_SIGNATURE_SIZE];

    davy_author_sign(author, payload->bytes, payload->length, signature);
    davy_buffer_printf(out, DAVY_EVIDENCE_HEAD "%s" DAVY_EVIDENCE_SIGNATURE, author->key);
    for (size_t i = 0; i < sizeof signature; i++)
        davy_buffer_printf(out, "%02x", signature[i]);
    davy_buffer_append_text(out, DAVY_EVIDENCE_PAYLOAD);
    davy_buffer_append(out, payload->bytes, payload->length);
    davy_buffer_append_text(out, DAVY_EVIDENCE_END);
}

davy_status davy_evidence_write(const davy_evidence_order *order, davy_buffer *out)
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    char subject[DAVY_INCIDENT_SUBJECT_MAX];
    davy_buffer payload = {0};
    davy_status status;

    if (!gathering)
        return davy_fail(DAVY_ERR_NOMEM, "evidence");
    *gathering = (struct gathering){.order = order, .out = &payload};
    gathering->incident.id = order->incident;
    (void) snprintf(subject, sizeof subject, DAVY_INCIDENT_SUBJECT "%llu",
                    (unsigned long long) order->incident);
    status = davy_records_scan(order->records, DAVY_RECORD_INCIDENT, subject, 0, 0, fold_record,
                               gathering);
    if (status == DAVY_OK && gathering->incident.first == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident %llu",
                           (unsigned long long) order->incident);
    gathering->from_ns = gathering->incident.opened_ns - DAVY_EVIDENCE_BEFORE_NS;
    gathering->to_ns =
        gathering->incident.closed_ns ? gathering->incident.closed_ns : order->now_ns;
    if (status == DAVY_OK)
        status = write_payload(gathering);
    if (status == DAVY_OK) {
        sign(order->author, &payload, out);
        status = davy_buffer_ok(out);
    }
    davy_buffer_clear(&payload);
    davy_incident_clear(&gathering->incident);
    free(gathering);
    return status;
}
