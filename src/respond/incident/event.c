/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/event.h"

#include "alarm/alarm.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum field_type {
    FIELD_TEXT,   /* bounded words */
    FIELD_LONG,   /* a document */
    FIELD_ID,     /* a whole number from 1 */
    FIELD_COUNT,  /* from 1 to DAVY_INCIDENT_COUNT_MAX */
    FIELD_SCALE,  /* 1 to 5 */
    FIELD_MONEY,  /* a finite number from 0 */
    FIELD_TIME,   /* RFC 3339 */
    FIELD_POINT,  /* [east, north] */
    FIELD_FLAG,   /* true or false */
    FIELD_STATE,  /* a word of the event's family */
    FIELD_ALARMS, /* ids, or objects with one */
    FIELD_NAMES,  /* texts */
    FIELD_OBJECT,
    FIELD_IMPACT, /* an object with "zones" */
    FIELD_PPE     /* A, B, C or D */
} field_type;

#define OF(kind) (1U << (unsigned) (kind))
#define PLACED                                                                     \
    (OF(DAVY_INCIDENT_BEGIN) | OF(DAVY_INCIDENT_UPDATE) | OF(DAVY_INCIDENT_TASK) | \
     OF(DAVY_INCIDENT_RESOURCE) | OF(DAVY_INCIDENT_PERSON))
#define ABOUT    (OF(DAVY_INCIDENT_BEGIN) | OF(DAVY_INCIDENT_UPDATE))
#define MEMBERS  (OF(DAVY_INCIDENT_PERSON) | OF(DAVY_INCIDENT_TASK) | OF(DAVY_INCIDENT_RESOURCE))
#define ANY      (OF(DAVY_INCIDENT_EVENTS) - 1)
#define AT(name) offsetof(davy_incident_event, name)

/* Which keys which events have, and which they must have. */
static const struct field {
    const char *name;
    field_type type;
    size_t at;
    unsigned of, needed;
} fields[] = {
    {"name", FIELD_TEXT, AT(name), ABOUT | OF(DAVY_INCIDENT_PERSON) | OF(DAVY_INCIDENT_RESOURCE),
     OF(DAVY_INCIDENT_BEGIN) | OF(DAVY_INCIDENT_RESOURCE)},
    {"drill", FIELD_FLAG, AT(drill), OF(DAVY_INCIDENT_BEGIN), 0},
    {"description", FIELD_TEXT, AT(description), ABOUT, 0},
    {"objectives", FIELD_TEXT, AT(objectives), ABOUT, 0},
    {"safety", FIELD_TEXT, AT(safety), ABOUT, 0},
    {"commander", FIELD_TEXT, AT(commander), ABOUT, 0},
    {"asset", FIELD_TEXT, AT(asset), ABOUT, 0},
    {"scenario", FIELD_TEXT, AT(scenario), ABOUT | OF(DAVY_INCIDENT_IMPACT), 0},
    {"place", FIELD_TEXT, AT(place), PLACED, 0},
    {"at", FIELD_POINT, AT(east), PLACED, 0},
    {"scale", FIELD_SCALE, AT(scale), ABOUT, 0},
    {"loss_yuan", FIELD_MONEY, AT(loss_yuan), OF(DAVY_INCIDENT_UPDATE), 0},
    {"alarms", FIELD_ALARMS, AT(alarms), OF(DAVY_INCIDENT_BEGIN) | OF(DAVY_INCIDENT_ALARM),
     OF(DAVY_INCIDENT_ALARM)},
    {"impact", FIELD_IMPACT, AT(impact), OF(DAVY_INCIDENT_IMPACT), 0},
    {"order", FIELD_LONG, AT(order), OF(DAVY_INCIDENT_IMPACT), 0},
    {"inputs", FIELD_OBJECT, AT(inputs), OF(DAVY_INCIDENT_IMPACT), 0},
    {"hash", FIELD_TEXT, AT(hash), OF(DAVY_INCIDENT_IMPACT), 0},
    {"id", FIELD_ID, AT(id), OF(DAVY_INCIDENT_PERSON) | OF(DAVY_INCIDENT_TASK), 0},
    {"state", FIELD_STATE, AT(state), MEMBERS, 0},
    {"count", FIELD_COUNT, AT(count), OF(DAVY_INCIDENT_PERSON), 0},
    {"what", FIELD_TEXT, AT(what), OF(DAVY_INCIDENT_TASK), 0},
    {"capability", FIELD_TEXT, AT(capability), OF(DAVY_INCIDENT_TASK), 0},
    {"crew", FIELD_COUNT, AT(crew), OF(DAVY_INCIDENT_TASK), 0},
    {"ppe", FIELD_PPE, AT(ppe), OF(DAVY_INCIDENT_TASK), 0},
    {"priority", FIELD_SCALE, AT(priority), OF(DAVY_INCIDENT_TASK), 0},
    {"resources", FIELD_NAMES, AT(resources), OF(DAVY_INCIDENT_TASK), 0},
    {"task", FIELD_ID, AT(task), OF(DAVY_INCIDENT_RESOURCE), 0},
    {"text", FIELD_TEXT, AT(text),
     OF(DAVY_INCIDENT_NOTE) | OF(DAVY_INCIDENT_LESSON) | OF(DAVY_INCIDENT_CLOSE) |
         OF(DAVY_INCIDENT_PUBLISH),
     OF(DAVY_INCIDENT_NOTE) | OF(DAVY_INCIDENT_LESSON) | OF(DAVY_INCIDENT_CLOSE)},
    {"owner", FIELD_TEXT, AT(owner), OF(DAVY_INCIDENT_LESSON) | OF(DAVY_INCIDENT_TASK), 0},
    {"due", FIELD_TIME, AT(due_ns), OF(DAVY_INCIDENT_LESSON) | OF(DAVY_INCIDENT_TASK), 0},
    {"message", FIELD_TEXT, AT(message), OF(DAVY_INCIDENT_PUBLISH), OF(DAVY_INCIDENT_PUBLISH)},
    {"addresses", FIELD_TEXT, AT(addresses), OF(DAVY_INCIDENT_PUBLISH), 0},
    {"response", FIELD_TEXT, AT(response), OF(DAVY_INCIDENT_PUBLISH), 0},
    {"receivers", FIELD_NAMES, AT(receivers), OF(DAVY_INCIDENT_PUBLISH), 0},
    {"cap", FIELD_LONG, AT(cap), OF(DAVY_INCIDENT_PUBLISH), 0},
    {"comment", FIELD_TEXT, AT(comment), ANY, OF(DAVY_INCIDENT_REOPEN)},
    {"happened", FIELD_TIME, AT(happened_ns), ANY, 0},
    {"by", FIELD_TEXT, AT(by), ANY, 0},
};

static davy_status read_text(const struct field *field, const json_t *value, const char **out)
{
    const char *text = json_string_value(value);
    char what[32];

    (void) snprintf(what, sizeof what, "'%s'", field->name);
    if (!text || *text == '\0')
        return davy_fail(DAVY_ERR_INVALID, "%s is not a text with words", what);
    if (strlen(text) != json_string_length(value))
        return davy_fail(DAVY_ERR_INVALID, "%s has a zero in it", what);
    *out = text;
    return davy_alarm_words_check(what, text, DAVY_INCIDENT_TEXT_MAX);
}

static davy_status read_whole(const struct field *field, const json_t *value, json_int_t most,
                              uint32_t *out)
{
    const json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 1 || number > most)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a whole number from 1 to %lld", field->name,
                         (long long) most);
    *out = (uint32_t) number;
    return DAVY_OK;
}

static davy_status read_time(const struct field *field, const json_t *value, int64_t *out)
{
    const char *text = NULL;
    davy_status status = read_text(field, value, &text);

    if (status == DAVY_OK && davy_timestamp_parse(text, out) != DAVY_OK)
        status = davy_fail_in(DAVY_ERR_INVALID, "'%s'", field->name);
    return status;
}

/* Half the way around the earth is as far as anything can be. */
#define FAR_M 2e7

static davy_status read_point(const struct field *field, const json_t *value, double *out)
{
    for (size_t i = 0; i < 2; i++) {
        const json_t *number = json_array_get(value, i);

        if (json_array_size(value) != 2 || !json_is_number(number) ||
            !(fabs(json_number_value(number)) <= FAR_M))
            return davy_fail(DAVY_ERR_INVALID,
                             "'%s' is not [east, north] in metres from the site's origin",
                             field->name);
        out[i] = json_number_value(number);
    }
    return DAVY_OK;
}

static davy_status check_list(const struct field *field, const json_t *value)
{
    const size_t count = json_array_size(value);

    if (!json_is_array(value) || count == 0 || count > DAVY_INCIDENT_NAMES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a list of 1 to %zu entries", field->name,
                         DAVY_INCIDENT_NAMES_MAX);
    return DAVY_OK;
}

static davy_status check_alarms(const struct field *field, const json_t *value)
{
    davy_status status = check_list(field, value);
    size_t index;
    const json_t *entry;

    json_array_foreach(value, index, entry)
    {
        const json_t *id = json_is_object(entry) ? json_object_get(entry, "id") : entry;
        uint32_t number;

        if (status == DAVY_OK)
            status = read_whole(field, id, UINT32_MAX, &number);
    }
    return status;
}

static davy_status check_names(const struct field *field, const json_t *value)
{
    davy_status status = check_list(field, value);
    size_t index;
    const json_t *entry;

    json_array_foreach(value, index, entry)
    {
        const char *name;

        if (status == DAVY_OK)
            status = read_text(field, entry, &name);
    }
    return status;
}

static davy_status check_impact(const struct field *field, const json_t *value)
{
    size_t index;
    const json_t *zone;

    if (!json_is_object(value) || !json_is_array(json_object_get(value, "zones")))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is no object with a list 'zones'", field->name);
    json_array_foreach(json_object_get(value, "zones"), index, zone)
    {
        const double people = json_number_value(json_object_get(zone, "people"));

        if (!json_is_object(zone) || !(people >= 0 && people <= DAVY_INCIDENT_COUNT_MAX))
            return davy_fail(DAVY_ERR_INVALID, "zone %zu of '%s' is none", index + 1, field->name);
    }
    return DAVY_OK;
}

static davy_status read_ppe(const struct field *field, const json_t *value, const char **out)
{
    davy_status status = read_text(field, value, out);

    if (status == DAVY_OK && (strlen(*out) != 1 || !strchr("ABCD", **out)))
        status = davy_fail(DAVY_ERR_INVALID, "'%s' is not A, B, C or D", field->name);
    return status;
}

static davy_status read_state(const davy_incident_event *event, const json_t *value, int *out)
{
    const davy_states family = event->kind == DAVY_INCIDENT_TASK       ? DAVY_STATES_TASK
                               : event->kind == DAVY_INCIDENT_RESOURCE ? DAVY_STATES_RESOURCE
                                                                       : DAVY_STATES_PERSON;

    if (!json_is_string(value))
        return davy_fail(DAVY_ERR_INVALID, "'state' is not a text");
    return davy_state_find(family, json_string_value(value), out);
}

static davy_status read_field(const struct field *field, const json_t *value,
                              davy_incident_event *event)
{
    void *at = (char *) event + field->at;

    switch (field->type) {
    case FIELD_TEXT:
        return read_text(field, value, at);
    case FIELD_ID:
        return read_whole(field, value, UINT32_MAX, at);
    case FIELD_COUNT:
        return read_whole(field, value, DAVY_INCIDENT_COUNT_MAX, at);
    case FIELD_SCALE:
        return read_whole(field, value, DAVY_INCIDENT_SCALE_MAX, at);
    case FIELD_TIME:
        return read_time(field, value, at);
    case FIELD_POINT:
        return read_point(field, value, at);
    case FIELD_PPE:
        return read_ppe(field, value, at);
    case FIELD_STATE:
        return read_state(event, value, at);
    case FIELD_MONEY:
        if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
            !isfinite(json_number_value(value)))
            return davy_fail(DAVY_ERR_INVALID, "'%s' is not a number from 0", field->name);
        *(double *) at = json_number_value(value);
        return DAVY_OK;
    case FIELD_FLAG:
        if (!json_is_boolean(value))
            return davy_fail(DAVY_ERR_INVALID, "'%s' is neither true nor false", field->name);
        *(bool *) at = json_is_true(value);
        return DAVY_OK;
    default:
        break;
    }
    if (field->type == FIELD_LONG) {
        *(const char **) at = json_string_value(value);
        return json_is_string(value)
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "'%s' is not a text", field->name);
    }
    *(const json_t **) at = value;
    if (field->type == FIELD_OBJECT)
        return json_is_object(value)
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "'%s' is no object", field->name);
    return field->type == FIELD_ALARMS  ? check_alarms(field, value)
           : field->type == FIELD_NAMES ? check_names(field, value)
                                        : check_impact(field, value);
}

static const struct field *find_field(const char *name, davy_incident_event_kind kind)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(fields); i++)
        if (strcmp(fields[i].name, name) == 0 && (fields[i].of & OF(kind)) != 0)
            return &fields[i];
    return NULL;
}

static davy_status read_fields(davy_incident_event *event)
{
    const char *key;
    json_t *value;
    davy_status status = DAVY_OK;

    json_object_foreach((json_t *) event->body, key, value)
    {
        const struct field *field = find_field(key, event->kind);

        if (strcmp(key, "type") == 0)
            continue;
        if (!field)
            return davy_fail(DAVY_ERR_INVALID, "'%s' has no key '%.64s'",
                             davy_incident_event_name(event->kind), key);
        if (status == DAVY_OK)
            status = read_field(field, value, event);
    }
    return status;
}

static davy_status check_needed(const davy_incident_event *event)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(fields); i++)
        if ((fields[i].needed & OF(event->kind)) != 0 &&
            !json_object_get(event->body, fields[i].name))
            return davy_fail(DAVY_ERR_INVALID, "'%s' needs '%s'",
                             davy_incident_event_name(event->kind), fields[i].name);
    return DAVY_OK;
}

davy_status davy_incident_event_read(const struct json_t *body, davy_incident_event *event)
{
    const json_t *type = json_object_get(body, "type");
    davy_status status = DAVY_OK;

    *event = (davy_incident_event){.kind = DAVY_INCIDENT_BEGIN,
                                   .body = body,
                                   .east = NAN,
                                   .north = NAN,
                                   .loss_yuan = NAN,
                                   .state = DAVY_STATE_NEW};
    if (!json_is_object(body))
        return davy_fail(DAVY_ERR_INVALID, "an event is an object");
    if (type && !json_is_string(type))
        return davy_fail(DAVY_ERR_INVALID, "'type' is not a text");
    if (type && strcmp(json_string_value(type), "begin") != 0)
        status = davy_incident_event_find(json_string_value(type), &event->kind);
    if (status == DAVY_OK)
        status = read_fields(event);
    return status == DAVY_OK ? check_needed(event) : status;
}
