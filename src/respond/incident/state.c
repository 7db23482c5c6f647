/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/state.h"

#include "core/buffer.h"

#include <string.h>

#define STATES_MAX 6

/* The drawings of the header, a letter a column; a family's first row is that of what is new. */
struct family {
    const char *name;
    int count;
    const char *words[STATES_MAX];
    const char *rows[STATES_MAX + 1];
    const char *settled; /* a '+' for each state that needs nobody any more */
};

static const struct family families[DAVY_STATES_COUNT] = {
    [DAVY_STATES_TASK] = {"task",
                          DAVY_TASK_STATES,
                          {"open", "assigned", "under-way", "done", "failed", "cancelled"},
                          {"++xxxx", "=+x+x+", "+=++++", "x+=+++", "xxxxxx", "+xxxxx", "xxxxxx"},
                          "xxx+++"},
    [DAVY_STATES_RESOURCE] = {"resource",
                              DAVY_RESOURCE_STATES,
                              {"requested", "committed", "en-route", "on-scene", "released",
                               "out-of-service"},
                              {"++xxxx", "=+xx++", "x=++++", "x+=+++", "x+x=++", "++xxx+",
                               "xxxx+="},
                              "xxxx++"},
    [DAVY_STATES_PERSON] = {"person",
                            DAVY_PERSON_STATES,
                            {"missing", "safe", "injured", "severe", "dead", "withdrawn"},
                            {"+++++x", "=+++++", "+=++++", "x+=+++", "xx+=++", "xxxx=+", "xxxxxx"},
                            "x+++++"},
};

static const char *const state_names[DAVY_INCIDENT_STATES] = {"open", "contained", "closed"};

static const struct {
    const char *name;
    const char *next; /* o, c, z for open, contained, closed; x refused: by the state before */
} events[DAVY_INCIDENT_EVENTS] = {
    [DAVY_INCIDENT_UPDATE] = {"update", "ocx"}, [DAVY_INCIDENT_ALARM] = {"alarm", "ocx"},
    [DAVY_INCIDENT_IMPACT] = {"impact", "ocx"}, [DAVY_INCIDENT_PERSON] = {"person", "ocz"},
    [DAVY_INCIDENT_TASK] = {"task", "ocx"},     [DAVY_INCIDENT_RESOURCE] = {"resource", "ocx"},
    [DAVY_INCIDENT_NOTE] = {"note", "ocz"},     [DAVY_INCIDENT_PUBLISH] = {"publish", "ocx"},
    [DAVY_INCIDENT_LESSON] = {"lesson", "ocz"}, [DAVY_INCIDENT_CONTAIN] = {"contain", "cxx"},
    [DAVY_INCIDENT_REOPEN] = {"reopen", "xoo"}, [DAVY_INCIDENT_CLOSE] = {"close", "zzx"},
    [DAVY_INCIDENT_BEGIN] = {"begin", "xxx"},
};

static bool is_state(davy_states family, int state)
{
    return state >= 0 && state < families[family].count;
}

int davy_states_count(davy_states family)
{
    return families[family].count;
}

const char *davy_state_name(davy_states family, int state)
{
    return is_state(family, state) ? families[family].words[state] : "";
}

davy_status davy_state_find(davy_states family, const char *name, int *state)
{
    const struct family *of = &families[family];
    davy_buffer words = {0};
    davy_status status;

    for (int i = 0; i < of->count; i++) {
        if (strcmp(of->words[i], name) == 0) {
            *state = i;
            davy_buffer_clear(&words);
            return DAVY_OK;
        }
        davy_buffer_printf(&words, "%s%s", i > 0 ? ", " : "", of->words[i]);
    }
    status = davy_fail(DAVY_ERR_INVALID, "'%.32s' is no state of a %s: it is one of %s", name,
                       of->name, words.bytes ? words.bytes : "those of the documents");
    davy_buffer_clear(&words);
    return status;
}

davy_status davy_state_step(davy_states family, int from, int to)
{
    const struct family *of = &families[family];

    if (!is_state(family, to))
        return davy_fail(DAVY_ERR_INVALID, "a %s needs a state", of->name);
    if (from != DAVY_STATE_NEW && !is_state(family, from))
        return davy_fail(DAVY_ERR_INVALID, "a %s is in no state", of->name);
    if (of->rows[from + 1][to] != 'x')
        return DAVY_OK;
    if (from == DAVY_STATE_NEW)
        return davy_fail(DAVY_ERR_INVALID, "a new %s does not begin %s", of->name, of->words[to]);
    return davy_fail(DAVY_ERR_INVALID, "a %s that is %s does not become %s", of->name,
                     of->words[from], of->words[to]);
}

bool davy_state_is_settled(davy_states family, int state)
{
    return is_state(family, state) && families[family].settled[state] == '+';
}

const char *davy_incident_state_name(davy_incident_state state)
{
    return (size_t) state < DAVY_INCIDENT_STATES ? state_names[state] : "unknown";
}

const char *davy_incident_event_name(davy_incident_event_kind kind)
{
    return (size_t) kind < DAVY_INCIDENT_EVENTS ? events[kind].name : "unknown";
}

davy_status davy_incident_event_find(const char *name, davy_incident_event_kind *kind)
{
    for (size_t i = 0; i < DAVY_INCIDENT_BEGIN; i++)
        if (strcmp(events[i].name, name) == 0) {
            *kind = (davy_incident_event_kind) i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_INVALID,
                     "'%.32s' is no event of an incident: it is one of update, alarm, impact, "
                     "person, task, resource, note, publish, lesson, contain, reopen, close",
                     name);
}

davy_status davy_incident_step(davy_incident_state state, davy_incident_event_kind kind,
                               davy_incident_state *next)
{
    const char letter = events[kind].next[state];

    if (kind == DAVY_INCIDENT_BEGIN)
        return davy_fail(DAVY_ERR_INVALID, "an incident begins once");
    if (letter == 'x' && state == DAVY_INCIDENT_CLOSED)
        return davy_fail(DAVY_ERR_INVALID,
                         "a closed incident takes no '%s': reopen it with a reason first",
                         events[kind].name);
    if (letter == 'x')
        return davy_fail(DAVY_ERR_INVALID, "an incident that is %s takes no '%s'",
                         state_names[state], events[kind].name);
    *next = letter == 'o'   ? DAVY_INCIDENT_OPEN
            : letter == 'c' ? DAVY_INCIDENT_CONTAINED
                            : DAVY_INCIDENT_CLOSED;
    return DAVY_OK;
}
