/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/handover/handover.h"

#include "alarm/handover/past.h"
#include "alarm/reason.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The one who gives or takes ------------------------------------------------------------------- */

static davy_status check_words(const char *by, const char *comment)
{
    const davy_alarm_request request = {
        .action = DAVY_ALARM_COMMENT, .by = by, .comment = comment ? comment : "-"};

    return davy_alarm_request_check(&request);
}

static davy_status keep(const davy_handover_source *source, size_t position, json_t *body,
                        uint64_t *id)
{
    char subject[DAVY_HANDOVER_SUBJECT_MAX];
    char *text = json_dumps(body, JSON_COMPACT);
    davy_record record = {.time_ns = davy_wall_ns(source->clock),
                          .kind = DAVY_RECORD_AUDIT,
                          .subject = subject,
                          .body = text};
    davy_status status = text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a handover");

    davy_handover_subject(source->site, position, subject);
    if (status == DAVY_OK)
        status = davy_records_append(source->records, &record, 1);
    free(text);
    json_decref(body);
    *id = record.sequence;
    return status;
}

static json_t *signature(const char *action, const char *by, const char *comment)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "action", action, "outcome", "done", "by", by,
                     "comment", davy_alarm_text_json(comment));
}

davy_status davy_handover_give(const davy_handover_source *source, size_t position, const char *by,
                               const char *comment, uint64_t *id)
{
    json_t *page = NULL, *body;
    davy_status status = check_words(by, comment);

    if (status == DAVY_OK)
        status = davy_handover_page(source, position, &page);
    if (status != DAVY_OK)
        return status;
    body = signature("handover.given", by, comment);
    (void) json_object_set_new(body, "page", page);
    return keep(source, position, body, id);
}

/* Why it cannot be taken by this key. */
static davy_status check_taking(const davy_handover *last, uint64_t id, const char *by)
{
    if (last->id != id)
        return davy_fail(DAVY_ERR_INVALID, "a newer handover, %llu, was given: take that one",
                         (unsigned long long) last->id);
    if (last->taken.time_ns != 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' has taken this handover already", last->taken.by);
    if (strcmp(last->given.by, by) == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' gave this handover: the key of another person takes it", by);
    return DAVY_OK;
}

static davy_status take(const davy_handover_source *source, size_t position, uint64_t id,
                        const char *by, const char *comment)
{
    davy_handover last, taken;
    json_t *page = NULL, *body;
    davy_status status = check_words(by, comment);

    if (status == DAVY_OK)
        status = davy_handover_signed(source, position, id, &page);
    json_decref(page);
    if (status == DAVY_OK)
        status = davy_handover_last(source, position, &last, &taken);
    if (status == DAVY_OK)
        status = check_taking(&last, id, by);
    if (status != DAVY_OK)
        return status;
    body = signature("handover.taken", by, comment);
    (void) json_object_set_new(body, "id", json_integer((json_int_t) id));
    return keep(source, position, body, &id);
}

/* Between the look at who has taken it and the record that it is taken nobody else looks. */
davy_status davy_handover_take(const davy_handover_source *source, size_t position, uint64_t id,
                               const char *by, const char *comment)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    davy_status status;

    pthread_mutex_lock(&one_at_a_time);
    status = take(source, position, id, by, comment);
    pthread_mutex_unlock(&one_at_a_time);
    return status;
}

/* What was signed ------------------------------------------------------------------------------ */

struct list {
    json_t *handovers; /* newest first */
    size_t limit;
};

static void add_handover(void *context, const davy_handover *handover)
{
    struct list *list = context;

    (void) json_array_insert_new(list->handovers, 0,
                                 json_pack("{s:I, s:o, s:o}", "id", (json_int_t) handover->id,
                                           "given", davy_handover_side_json(&handover->given),
                                           "taken", davy_handover_side_json(&handover->taken)));
    if (json_array_size(list->handovers) > list->limit)
        (void) json_array_remove(list->handovers, list->limit);
}

davy_status davy_handover_list(const davy_handover_source *source, size_t position, size_t limit,
                               struct json_t **out)
{
    struct list list = {json_array(), limit};
    davy_status status = davy_handover_visit(source, position, add_handover, &list);

    if (status == DAVY_OK)
        *out = list.handovers;
    else
        json_decref(list.handovers);
    return status;
}

struct wanted {
    uint64_t id;
    json_t *page;
};

static davy_status take_page(void *context, const davy_record *record)
{
    struct wanted *wanted = context;
    json_t *body = record->sequence == wanted->id ? json_loads(record->body, 0, NULL) : NULL;

    wanted->page = json_incref(json_object_get(body, "page"));
    json_decref(body);
    return DAVY_OK;
}

davy_status davy_handover_signed(const davy_handover_source *source, size_t position, uint64_t id,
                                 struct json_t **out)
{
    char subject[DAVY_HANDOVER_SUBJECT_MAX];
    struct wanted wanted = {id, NULL};
    davy_status status = DAVY_OK;

    davy_handover_subject(source->site, position, subject);
    if (id > 0)
        status = davy_records_scan(source->records, DAVY_RECORD_AUDIT, subject, id - 1, 1,
                                   take_page, &wanted);
    if (status == DAVY_OK && !wanted.page)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "position '%s' has no handover %llu",
                      davy_site_position_name(source->site, position), (unsigned long long) id);
    *out = wanted.page;
    return status;
}
