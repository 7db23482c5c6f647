/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/state.h"

#include <string.h>

/* The table of the header, a letter for each event in the order of davy_alarm_event. */
static const char *const table[DAVY_ALARM_STATES] = {
    [DAVY_ALARM_NORMAL] = "B...xxGx.H.Ix..",
    [DAVY_ALARM_UNACKNOWLEDGED] = ".DEBCxGx.H.Ix.A",
    [DAVY_ALARM_ACKNOWLEDGED] = ".AFBxxGx.H.Ix.A",
    [DAVY_ALARM_RETURNED] = "B...AxGx.H.Ix.A",
    [DAVY_ALARM_LATCHED] = "B...FxGx.H.Ix.A",
    [DAVY_ALARM_LATCHED_ACKNOWLEDGED] = "B...xAGx.H.Ix.A",
    [DAVY_ALARM_SHELVED] = "uuu.xxGeeH.Ix.A",
    [DAVY_ALARM_SUPPRESSED] = "uuu.xxxx..eIx.A",
    [DAVY_ALARM_OUT_OF_SERVICE] = "uuu.xxxx...xeeA",
};

static const char *const state_names[DAVY_ALARM_STATES] = {
    "normal",  "unacknowledged", "acknowledged",   "returned", "latched", "latched-acknowledged",
    "shelved", "suppressed",     "out-of-service",
};

static const char *const event_names[DAVY_ALARM_EVENTS] = {
    "raised",
    "returned",
    "latched",
    "re-alarmed",
    "acknowledged",
    "reset",
    "shelved",
    "unshelved",
    "shelf-ended",
    "suppressed",
    "unsuppressed",
    "out-of-service",
    "returned-to-service",
    "out-of-service-ended",
    "removed",
};

const char *davy_alarm_state_name(davy_alarm_state state)
{
    return (size_t) state < DAVY_ALARM_STATES ? state_names[state] : "unknown";
}

davy_status davy_alarm_state_find(const char *name, davy_alarm_state *state)
{
    for (size_t i = 0; i < DAVY_ALARM_STATES; i++)
        if (strcmp(state_names[i], name) == 0) {
            *state = (davy_alarm_state) i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_NOT_FOUND, "'%s' is no state of an alarm", name);
}

const char *davy_alarm_event_name(davy_alarm_event event)
{
    return (size_t) event < DAVY_ALARM_EVENTS ? event_names[event] : "unknown";
}

static bool lies_over(davy_alarm_state state)
{
    return state >= DAVY_ALARM_SHELVED;
}

/* Show a state: one of A to F is evaluated as well, the others keep what lies under them. */
static davy_alarm_phase show(const davy_alarm_phase *phase, davy_alarm_state state)
{
    return (davy_alarm_phase){state, lies_over(state) ? phase->evaluated : state};
}

static davy_alarm_step_kind evaluate(const davy_alarm_phase *phase, davy_alarm_event event,
                                     davy_alarm_phase *next)
{
    char cell = table[phase->evaluated][event];

    if (cell == '.')
        return DAVY_ALARM_STEP_NONE;
    *next = (davy_alarm_phase){phase->shown, (davy_alarm_state) (cell - 'A')};
    return DAVY_ALARM_STEP_SILENT;
}

davy_alarm_step_kind davy_alarm_step(const davy_alarm_phase *phase, davy_alarm_event event,
                                     davy_alarm_phase *next)
{
    char cell = table[phase->shown][event];

    if (cell == '.')
        return DAVY_ALARM_STEP_NONE;
    if (cell == 'x')
        return DAVY_ALARM_STEP_FORBIDDEN;
    if (cell == 'u')
        return evaluate(phase, event, next);
    *next = show(phase, cell == 'e' ? phase->evaluated : (davy_alarm_state) (cell - 'A'));
    return DAVY_ALARM_STEP_ANNOUNCED;
}

bool davy_alarm_phase_active(const davy_alarm_phase *phase)
{
    return phase->evaluated == DAVY_ALARM_UNACKNOWLEDGED ||
           phase->evaluated == DAVY_ALARM_ACKNOWLEDGED;
}

bool davy_alarm_phase_acknowledged(const davy_alarm_phase *phase)
{
    return phase->evaluated != DAVY_ALARM_UNACKNOWLEDGED &&
           phase->evaluated != DAVY_ALARM_RETURNED && phase->evaluated != DAVY_ALARM_LATCHED;
}

bool davy_alarm_phase_latched(const davy_alarm_phase *phase)
{
    return phase->evaluated == DAVY_ALARM_LATCHED ||
           phase->evaluated == DAVY_ALARM_LATCHED_ACKNOWLEDGED;
}
