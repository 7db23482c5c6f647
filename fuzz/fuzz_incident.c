/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes what strangers send of incidents: a file of evidence, or (first byte 'e') a row of events,
 * one JSON object a line, which are folded. What is taken must keep the invariants of the fold.
 */
#include "core/utf8.h"
#include "respond/incident/evidence.h"
#include "respond/incident/fold.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fold_line(davy_incident *incident, const char *line, size_t length, uint64_t sequence)
{
    json_t *body = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    davy_incident_event event;
    davy_incident_state next;

    if (davy_incident_event_read(body, &event) == DAVY_OK &&
        (event.kind == DAVY_INCIDENT_BEGIN) == (incident->first == 0) &&
        (incident->first == 0 || davy_incident_check(incident, &event) == DAVY_OK)) {
        if (incident->first != 0)
            assert(davy_incident_step(incident->state, event.kind, &next) == DAVY_OK);
        /* What was checked applies. */
        assert(davy_incident_apply(incident, &event, sequence, (int64_t) sequence) == DAVY_OK);
    }
    json_decref(body);
}

static void fold_lines(const char *bytes, size_t size)
{
    davy_incident incident = {.id = 1};
    davy_buffer text = {0};
    uint64_t sequence = 1;

    for (const char *end = bytes + size; bytes < end;) {
        const char *newline = memchr(bytes, '\n', (size_t) (end - bytes));
        const size_t length = newline ? (size_t) (newline - bytes) : (size_t) (end - bytes);

        fold_line(&incident, bytes, length, sequence++);
        bytes += length + (newline ? 1 : 0);
    }
    if (incident.first != 0) {
        json_t *json;

        davy_incident_json_write(&text, &incident, true);
        json = json_loadb(text.bytes, text.length, 0, NULL);
        assert(json_is_object(json));
        assert(davy_utf8_valid(text.bytes, text.length));
        json_decref(json);
    }
    davy_buffer_clear(&text);
    davy_incident_clear(&incident);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_evidence_found found;
    char *bytes;

    if (size > 0 && data[0] == 'e') {
        fold_lines((const char *) data + 1, size - 1);
        return 0;
    }
    bytes = malloc(size + 1);
    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    bytes[size] = '\0';
    if (davy_evidence_check(bytes, size, &found) == DAVY_OK)
        assert(found.events > 0 && found.records >= found.events);
    free(bytes);
    return 0;
}
