/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/ledger.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/log.h"
#include "infer/verdict.h"
#include "serve/api/json.h"
#include "serve/exchange.h"
#include "serve/limits.h"
#include "serve/oip/ask.h"

#define HASH_BYTES 32
#define HASH_HEX   (2 * HASH_BYTES + 1)
#define MODEL_MAX  128 /* bytes of a model's name that are kept */

typedef struct ledger_entry {
    int64_t time_ns;
    char by[DAVY_KEY_NAME_MAX];
    davy_role role;
    char address[DAVY_ADDRESS_MAX];
    char model[MODEL_MAX];
    unsigned version; /* 0: none answered */
    char model_hash[HASH_HEX];
    char request_hash[HASH_HEX];
    char verdict[DAVY_VERDICT_MAX];
} ledger_entry;

struct davy_ledger {
    pthread_mutex_t guard;
    size_t count;
    uint64_t more; /* that did not fit */
    ledger_entry entries[DAVY_HTTP_INFERENCES_RECORDED_PER_SECOND];
};

davy_status davy_ledger_create(davy_ledger **out)
{
    davy_ledger *ledger = calloc(1, sizeof *ledger);

    if (!ledger)
        return davy_fail(DAVY_ERR_NOMEM, "the audit of questions to models");
    pthread_mutex_init(&ledger->guard, NULL);
    *out = ledger;
    return DAVY_OK;
}

void davy_ledger_destroy(davy_ledger *ledger)
{
    if (!ledger)
        return;
    pthread_mutex_destroy(&ledger->guard);
    free(ledger);
}

/* -- What is kept of a question ---------------------------------------------------------------- */

/* What was said, in the words of the version that said it. */
static void write_verdict(const davy_call *call, const davy_infer_response *response,
                          char text[DAVY_VERDICT_MAX])
{
    davy_lease *lease = NULL;
    const davy_served_info *info = davy_oip_answered_by(call, response, &lease);

    davy_infer_verdict(response, info, text);
    if (lease)
        davy_lease_release(lease);
}

static void describe(const davy_call *call, const davy_infer_response *response, davy_status status,
                     ledger_entry *entry)
{
    unsigned char hash[HASH_BYTES];
    const char *bytes = call->body.bytes ? call->body.bytes : "";

    *entry = (ledger_entry){.time_ns = davy_wall_ns(call->system->clock), .role = call->role};
    memcpy(entry->by, call->by, sizeof entry->by);
    memcpy(entry->address, call->address, sizeof entry->address);
    (void) snprintf(entry->model, sizeof entry->model, "%s", call->id ? call->id : "");
    (void) crypto_generichash(hash, sizeof hash, (const unsigned char *) bytes, call->body.length,
                              NULL, 0);
    (void) sodium_bin2hex(entry->request_hash, sizeof entry->request_hash, hash, sizeof hash);
    if (status != DAVY_OK) {
        (void) snprintf(entry->verdict, sizeof entry->verdict, "%s", davy_status_name(status));
        return;
    }
    entry->version = response->version;
    if (response->file_hash)
        (void) snprintf(entry->model_hash, sizeof entry->model_hash, "%s", response->file_hash);
    write_verdict(call, response, entry->verdict);
}

void davy_audit_inference(const davy_call *call, const davy_infer_response *response,
                          davy_status status)
{
    davy_ledger *ledger = call->server->ledger;
    ledger_entry entry;

    if (!ledger)
        return;
    describe(call, response, status, &entry);
    pthread_mutex_lock(&ledger->guard);
    if (ledger->count < DAVY_ARRAY_LENGTH(ledger->entries))
        ledger->entries[ledger->count++] = entry;
    else
        ledger->more++;
    pthread_mutex_unlock(&ledger->guard);
}

/* -- Writing ----------------------------------------------------------------------------------- */

static void write_entry(davy_buffer *out, const ledger_entry *entry)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "action", "inference");
    davy_json_text(out, "outcome", entry->verdict);
    davy_json_text(out, "by", entry->by[0] ? entry->by : NULL);
    davy_json_text(out, "role", davy_role_name(entry->role));
    davy_json_text(out, "address", entry->address);
    davy_json_text(out, "subject", entry->model);
    davy_json_object(out, "given");
    davy_json_unsigned(out, "version", entry->version);
    davy_json_text(out, "model_hash", entry->model_hash[0] ? entry->model_hash : NULL);
    davy_json_text(out, "request_hash", entry->request_hash);
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_buffer_append(out, "", 1); /* bodies stand in one buffer, each with its zero */
}

static void write_more(davy_buffer *out, uint64_t more)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "action", "inference");
    davy_json_text(out, "outcome", "more");
    davy_json_text(out, "by", NULL);
    davy_json_unsigned(out, "count", more);
    davy_json_object_end(out);
    davy_buffer_append(out, "", 1);
}

static davy_status append(const davy_server_system *system, const ledger_entry *entries,
                          size_t count, uint64_t more)
{
    davy_buffer bodies = {0};
    davy_record *records = calloc(count + 1, sizeof *records);
    size_t total = count + (more > 0);
    const char *body;
    davy_status status;

    for (size_t i = 0; i < count; i++)
        write_entry(&bodies, &entries[i]);
    if (more > 0)
        write_more(&bodies, more);
    status = records ? davy_buffer_ok(&bodies) : davy_fail(DAVY_ERR_NOMEM, "the audit");
    body = bodies.bytes;
    for (size_t i = 0; i < total && status == DAVY_OK; i++, body += strlen(body) + 1)
        records[i] = (davy_record){
            .time_ns = i < count ? entries[i].time_ns : davy_wall_ns(system->clock),
            .kind = DAVY_RECORD_AUDIT,
            .subject = i < count ? entries[i].model : "models",
            .body = body,
        };
    if (status == DAVY_OK)
        status = davy_records_append(system->records, records, total);
    davy_buffer_clear(&bodies);
    free(records);
    return status;
}

void davy_ledger_flush(davy_ledger *ledger, const davy_server_system *system)
{
    ledger_entry *taken;
    size_t count;
    uint64_t more;

    pthread_mutex_lock(&ledger->guard);
    count = ledger->count;
    more = ledger->more;
    taken = count > 0 ? malloc(count * sizeof *taken) : NULL;
    if (count > 0 && !taken) { /* the next time there may be memory */
        pthread_mutex_unlock(&ledger->guard);
        return;
    }
    if (count > 0)
        memcpy(taken, ledger->entries, count * sizeof *taken);
    ledger->count = 0;
    ledger->more = 0;
    pthread_mutex_unlock(&ledger->guard);
    if (count + more > 0 && append(system, taken, count, more) != DAVY_OK) {
        davy_log(DAVY_LOG_ERROR, "serve", "%zu questions to models are not in the audit: %s", count,
                 davy_error());
        pthread_mutex_lock(&ledger->guard);
        ledger->more += count + more; /* their number is kept for a disk that works again */
        pthread_mutex_unlock(&ledger->guard);
    }
    free(taken);
}
