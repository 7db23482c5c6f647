/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/state.h"

#include "../testing.h"

/* What may follow, written down a second time from how people work, not from the drawing: every
 * pair that is not here is refused. "new" is an entry that is not there yet. */
static const struct {
    davy_states family;
    const char *from, *to;
} ways[] = {
    {DAVY_STATES_TASK, "new", "open assigned"},
    {DAVY_STATES_TASK, "open", "open assigned done cancelled"},
    {DAVY_STATES_TASK, "assigned", "open assigned under-way done failed cancelled"},
    {DAVY_STATES_TASK, "under-way", "assigned under-way done failed cancelled"},
    {DAVY_STATES_TASK, "done", ""},
    {DAVY_STATES_TASK, "failed", "open"},
    {DAVY_STATES_TASK, "cancelled", ""},
    {DAVY_STATES_RESOURCE, "new", "requested committed"},
    {DAVY_STATES_RESOURCE, "requested", "requested committed released out-of-service"},
    {DAVY_STATES_RESOURCE, "committed", "committed en-route on-scene released out-of-service"},
    {DAVY_STATES_RESOURCE, "en-route", "committed en-route on-scene released out-of-service"},
    {DAVY_STATES_RESOURCE, "on-scene", "committed on-scene released out-of-service"},
    {DAVY_STATES_RESOURCE, "released", "requested committed out-of-service"},
    {DAVY_STATES_RESOURCE, "out-of-service", "released out-of-service"},
    {DAVY_STATES_PERSON, "new", "missing safe injured severe dead"},
    {DAVY_STATES_PERSON, "missing", "missing safe injured severe dead withdrawn"},
    {DAVY_STATES_PERSON, "safe", "missing safe injured severe dead withdrawn"},
    {DAVY_STATES_PERSON, "injured", "safe injured severe dead withdrawn"},
    {DAVY_STATES_PERSON, "severe", "injured severe dead withdrawn"},
    {DAVY_STATES_PERSON, "dead", "dead withdrawn"},
    {DAVY_STATES_PERSON, "withdrawn", ""},
};

static bool has_word(const char *words, const char *word)
{
    const size_t length = strlen(word);

    for (const char *at = words; (at = strstr(at, word)); at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static int state_of(davy_states family, const char *name)
{
    int state = DAVY_STATE_NEW;

    if (strcmp(name, "new") != 0)
        assert_ok(davy_state_find(family, name, &state));
    return state;
}

static void every_pair_is_allowed_or_refused_with_a_sentence(void **state)
{
    size_t rows = 0, pairs = 0;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ways); i++) {
        const davy_states family = ways[i].family;
        const int from = state_of(family, ways[i].from);

        rows++;
        for (int to = 0; to < davy_states_count(family); to++) {
            const bool wanted = has_word(ways[i].to, davy_state_name(family, to));

            pairs++;
            if (wanted)
                assert_ok(davy_state_step(family, from, to));
            else
                assert_fails(davy_state_step(family, from, to), DAVY_ERR_INVALID,
                             davy_state_name(family, to));
        }
    }
    for (int family = 0; family < DAVY_STATES_COUNT; family++)
        rows -= (size_t) davy_states_count((davy_states) family) + 1;
    assert_int_equal(rows, 0); /* every state of every family has a row above */
    assert_int_equal(pairs, 3 * 7 * 6);
}

static void a_state_that_is_none_is_refused(void **state)
{
    int found = 7;

    (void) state;
    assert_fails(davy_state_find(DAVY_STATES_TASK, "begun", &found), DAVY_ERR_INVALID,
                 "one of open, assigned, under-way, done, failed, cancelled");
    assert_int_equal(found, 7);
    assert_fails(davy_state_step(DAVY_STATES_TASK, 0, 6), DAVY_ERR_INVALID, "needs a state");
    assert_fails(davy_state_step(DAVY_STATES_TASK, 9, 0), DAVY_ERR_INVALID, "no state");
    assert_string_equal(davy_state_name(DAVY_STATES_PERSON, DAVY_STATE_NEW), "");
}

static void what_needs_nobody_is_settled(void **state)
{
    static const struct {
        davy_states family;
        const char *settled;
    } rows[] = {{DAVY_STATES_TASK, "done failed cancelled"},
                {DAVY_STATES_RESOURCE, "released out-of-service"},
                {DAVY_STATES_PERSON, "safe injured severe dead withdrawn"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        for (int of = 0; of < davy_states_count(rows[i].family); of++)
            assert_int_equal(davy_state_is_settled(rows[i].family, of),
                             has_word(rows[i].settled, davy_state_name(rows[i].family, of)));
}

/* Rows of the first drawing: open, contained, closed; a dash is a refusal. */
static void every_event_meets_every_state_of_an_incident(void **state)
{
    static const char *const rows[][4] = {
        {"update", "open", "contained", "-"},      {"alarm", "open", "contained", "-"},
        {"impact", "open", "contained", "-"},      {"person", "open", "contained", "closed"},
        {"task", "open", "contained", "-"},        {"resource", "open", "contained", "-"},
        {"note", "open", "contained", "closed"},   {"publish", "open", "contained", "-"},
        {"lesson", "open", "contained", "closed"}, {"contain", "contained", "-", "-"},
        {"reopen", "-", "open", "open"},           {"close", "closed", "closed", "-"},
    };

    (void) state;
    assert_int_equal(DAVY_ARRAY_LENGTH(rows), DAVY_INCIDENT_EVENTS - 1);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        davy_incident_event_kind kind;

        assert_ok(davy_incident_event_find(rows[i][0], &kind));
        for (int from = 0; from < DAVY_INCIDENT_STATES; from++) {
            davy_incident_state next = DAVY_INCIDENT_STATES;
            const davy_status status = davy_incident_step((davy_incident_state) from, kind, &next);

            if (strcmp(rows[i][from + 1], "-") == 0) {
                assert_int_equal(status, DAVY_ERR_INVALID);
                assert_non_null(strstr(davy_error(), rows[i][0]));
            } else {
                assert_int_equal(status, DAVY_OK);
                assert_string_equal(davy_incident_state_name(next), rows[i][from + 1]);
            }
        }
    }
}

static void an_incident_begins_once(void **state)
{
    davy_incident_event_kind kind;
    davy_incident_state next;

    (void) state;
    assert_fails(davy_incident_event_find("begin", &kind), DAVY_ERR_INVALID, "no event");
    for (int from = 0; from < DAVY_INCIDENT_STATES; from++)
        assert_fails(davy_incident_step((davy_incident_state) from, DAVY_INCIDENT_BEGIN, &next),
                     DAVY_ERR_INVALID, "once");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_is_allowed_or_refused_with_a_sentence),
        cmocka_unit_test(a_state_that_is_none_is_refused),
        cmocka_unit_test(what_needs_nobody_is_settled),
        cmocka_unit_test(every_event_meets_every_state_of_an_incident),
        cmocka_unit_test(an_incident_begins_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
