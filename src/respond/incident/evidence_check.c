/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/book.h"
#include "respond/incident/evidence.h"
#include "respond/incident/evidence_private.h"
#include "respond/incident/fold.h"
#include "site/load.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void davy_evidence_hash(const char *subject, const char *body, char hash[DAVY_FROZEN_HASH_MAX])
{
    davy_buffer text = {0};

    davy_buffer_append(&text, subject, strlen(subject) + 1);
    davy_buffer_append_text(&text, body);
    davy_frozen_hash(text.bytes ? text.bytes : "", text.length, hash);
    davy_buffer_clear(&text);
}

davy_status davy_evidence_fold(davy_incident *incident, const davy_record *record)
{
    json_t *body = json_loads(record->body, JSON_REJECT_DUPLICATES, NULL);
    davy_incident_event event;
    davy_status status = davy_incident_event_read(body, &event);

    if (status == DAVY_OK)
        status = davy_incident_apply(incident, &event, record->sequence, record->time_ns);
    json_decref(body);
    return status == DAVY_ERR_NOMEM ? status : DAVY_OK;
}

/* The signature ------------------------------------------------------------------------------- */

#define AUTHOR_DIGITS    64
#define SIGNATURE_DIGITS ((size_t) 2 * DAVY_SIGNATURE_SIZE)

static davy_status take(const char **at, const char *end, const char *text)
{
    const size_t length = strlen(text);

    if ((size_t) (end - *at) < length || memcmp(*at, text, length) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "this is no evidence of davy, or its head was changed");
    *at += length;
    return DAVY_OK;
}

static davy_status take_digits(const char **at, const char *end, size_t count, char *out)
{
    if ((size_t) (end - *at) < count || strspn(*at, "0123456789abcdef") < count)
        return davy_fail(DAVY_ERR_CORRUPT, "this is no evidence of davy, or its head was changed");
    memcpy(out, *at, count);
    out[count] = '\0';
    *at += count;
    return DAVY_OK;
}

/* Where the signed bytes are. */
static davy_status check_signature(const char *bytes, size_t length, const char **payload,
                                   size_t *payload_length, davy_evidence_found *found)
{
    unsigned char signature[DAVY_SIGNATURE_SIZE];
    char digits[SIGNATURE_DIGITS + 1];
    const char *at = bytes, *end = bytes + length;
    davy_status status = take(&at, end, DAVY_EVIDENCE_HEAD);

    if (status == DAVY_OK)
        status = take_digits(&at, end, AUTHOR_DIGITS, found->author);
    if (status == DAVY_OK)
        status = take(&at, end, DAVY_EVIDENCE_SIGNATURE);
    if (status == DAVY_OK)
        status = take_digits(&at, end, SIGNATURE_DIGITS, digits);
    if (status == DAVY_OK)
        status = take(&at, end, DAVY_EVIDENCE_PAYLOAD);
    if (status != DAVY_OK)
        return status;
    if ((size_t) (end - at) < 2 || memcmp(end - 2, DAVY_EVIDENCE_END, 2) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the file is cut off");
    *payload = at;
    *payload_length = (size_t) (end - 2 - at);
    (void) sodium_hex2bin(signature, sizeof signature, digits, SIGNATURE_DIGITS, NULL, NULL, NULL);
    return davy_author_check(found->author, *payload, *payload_length, signature);
}

/* The records --------------------------------------------------------------------------------- */

struct replay {
    const json_t *payload;
    davy_evidence_found *found;
    davy_incident incident;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static davy_status check_record(const json_t *object, uint64_t after, davy_record *record)
{
    char hash[DAVY_FROZEN_HASH_MAX];

    *record = (davy_record){
        .sequence = (uint64_t) json_integer_value(json_object_get(object, "sequence")),
        .time_ns = json_integer_value(json_object_get(object, "time_ns")),
        .kind = (davy_record_kind) json_integer_value(json_object_get(object, "kind")),
        .subject = text_of(object, "subject"),
        .body = text_of(object, "body")};
    davy_evidence_hash(record->subject, record->body, hash);
    if (strcmp(hash, text_of(object, "hash")) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "record %llu was changed",
                         (unsigned long long) record->sequence);
    if (record->sequence <= after)
        return davy_fail(DAVY_ERR_CORRUPT, "record %llu is not in its place",
                         (unsigned long long) record->sequence);
    return DAVY_OK;
}

/* Impacts -------------------------------------------------------------------------------------- */

static davy_status compute(const json_t *inputs, const char *text, davy_buffer *out)
{
    davy_site_faults faults = {0};
    davy_thawed thawed = {0};
    davy_site *site = NULL;
    davy_status status = davy_impact_thaw(inputs, &thawed);

    if (status == DAVY_OK && text)
        status = davy_site_parse("site.yaml", text, strlen(text), &faults, &site);
    if (status == DAVY_OK)
        status = davy_thawed_place(&thawed, site);
    if (status == DAVY_OK)
        status = davy_impact_write(&thawed.input, out);
    davy_thawed_clear(&thawed);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return status;
}

/* The bits are those of the record, and what was attached is what they say. */
static davy_status compare(const davy_record *record, const json_t *body, const davy_buffer *text)
{
    const json_t *attached = json_object_get(body, "impact");
    char hash[DAVY_FROZEN_HASH_MAX];
    json_t *again;
    bool same;

    davy_frozen_hash(text->bytes, text->length, hash);
    if (strcmp(hash, text_of(body, "hash")) != 0)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "the impact of record %llu comes out to other bits: %s and not %s",
                         (unsigned long long) record->sequence, hash, text_of(body, "hash"));
    again = json_loadb(text->bytes, text->length, 0, NULL);
    same = !attached || json_equal(again, (json_t *) attached);
    json_decref(again);
    return same ? DAVY_OK
                : davy_fail(DAVY_ERR_CORRUPT, "the impact of record %llu is not what was computed",
                            (unsigned long long) record->sequence);
}

static davy_status replay_impact(struct replay *replay, const davy_record *record)
{
    json_t *body = json_loads(record->body, 0, NULL);
    const json_t *inputs = json_object_get(body, "inputs");
    const char *hash = text_of(inputs, "site");
    const char *site =
        json_string_value(json_object_get(json_object_get(replay->payload, "sites"), hash));
    char found[DAVY_FROZEN_HASH_MAX];
    davy_buffer text = {0};
    davy_status status = DAVY_OK;

    if (inputs && *hash && !site) {
        replay->found->missing++;
    } else if (inputs) {
        davy_frozen_hash(site ? site : "", site ? strlen(site) : 0, found);
        if (site && strcmp(found, hash) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT, "site file %s was changed", hash);
        if (status == DAVY_OK)
            status = compute(inputs, site, &text);
        if (status == DAVY_OK)
            status = compare(record, body, &text);
        replay->found->impacts += status == DAVY_OK;
    } else if (json_object_get(body, "impact")) {
        replay->found->given++;
    }
    davy_buffer_clear(&text);
    json_decref(body);
    return status;
}

/* All of it ------------------------------------------------------------------------------------ */

static davy_status replay_records(struct replay *replay)
{
    size_t index;
    const json_t *object;
    uint64_t after = 0;
    davy_status status = DAVY_OK;

    json_array_foreach(json_object_get(replay->payload, "records"), index, object)
    {
        davy_record record;

        status = check_record(object, after, &record);
        if (status != DAVY_OK)
            return status;
        after = record.sequence;
        replay->found->records++;
        if (record.kind == DAVY_RECORD_INCIDENT)
            status = davy_evidence_fold(&replay->incident, &record);
        if (status == DAVY_OK &&
            (record.kind == DAVY_RECORD_INCIDENT || record.kind == DAVY_RECORD_IMPACT))
            status = replay_impact(replay, &record);
        if (status != DAVY_OK)
            return status;
    }
    return status;
}

/* What the file says of the incident is what its events make of it. */
static davy_status check_fold(struct replay *replay)
{
    davy_buffer text = {0};
    json_t *folded;
    bool same;
    davy_status status;

    if (replay->incident.first == 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the evidence has no incident that begins");
    davy_incident_json_write(&text, &replay->incident, true);
    status = davy_buffer_ok(&text);
    folded = status == DAVY_OK ? json_loadb(text.bytes, text.length, 0, NULL) : NULL;
    same = json_equal(folded, json_object_get(replay->payload, "incident"));
    json_decref(folded);
    davy_buffer_clear(&text);
    if (status == DAVY_OK && !same)
        status = davy_fail(DAVY_ERR_CORRUPT, "the incident is not what its events make of it");
    replay->found->events = replay->incident.events;
    replay->found->drill = replay->incident.drill;
    (void) snprintf(replay->found->incident, sizeof replay->found->incident, "%s",
                    replay->incident.name);
    return status;
}

davy_status davy_evidence_check(const char *bytes, size_t length, davy_evidence_found *found)
{
    struct replay replay = {.found = found};
    const char *payload = NULL;
    size_t payload_length = 0;
    json_t *json = NULL;
    davy_status status;

    *found = (davy_evidence_found){0};
    status = check_signature(bytes, length, &payload, &payload_length, found);
    if (status == DAVY_OK) {
        json = json_loadb(payload, payload_length, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(json))
            status = davy_fail(DAVY_ERR_CORRUPT, "the payload is no JSON object");
    }
    replay.payload = json;
    replay.incident.id =
        (uint64_t) json_integer_value(json_object_get(json_object_get(json, "incident"), "id"));
    found->chain = (uint64_t) json_integer_value(json_object_get(json, "chain"));
    if (status == DAVY_OK)
        status = replay_records(&replay);
    if (status == DAVY_OK)
        status = check_fold(&replay);
    davy_incident_clear(&replay.incident);
    json_decref(json);
    return status;
}
