/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Blocks of FEMA's forms (NIMS ICS Forms Booklet), by their numbers and titles, and what of an
 * incident stands in them.
 */
#include "incident_testing.h"

#include "respond/incident/forms.h"

struct filled {
    davy_incident_form_order order;
    davy_buffer html;
};

static davy_status fill(void *context, const davy_incident *incident)
{
    struct filled *filled = context;

    return davy_incident_form_write(incident, &filled->order, &filled->html);
}

/* The caller frees. */
static char *form_of(struct incident_bench *bench, uint64_t id, const char *name)
{
    struct filled filled = {
        .order = {.prepared_by = "jan", .site = "Harbour Park", .now_ns = NEW_YEAR + 3600 * S}};
    davy_buffer events = {0};
    json_t *list;

    assert_true(davy_incident_form_find(name, &filled.order.form));
    assert_ok(davy_incident_timeline(bench->records, id, 0, 0, &events));
    list = json_of(events.bytes);
    filled.order.events = list;
    assert_ok(davy_incidents_get(bench->book, id, fill, &filled));
    json_decref(list);
    davy_buffer_clear(&events);
    return davy_buffer_take(&filled.html);
}

/* All of them, one behind the other. */
static void assert_in_order(const char *page, const char *const *words)
{
    for (; *words; words++) {
        const char *found = strstr(page, *words);

        if (!found)
            fail_msg("no '%s', or not in its place", *words);
        page = found;
    }
}

static struct incident_bench *create(uint64_t *id)
{
    static const char *const events[] = {
        "{\"type\":\"impact\",\"impact\":{\"zones\":[{\"severity\":3,\"people\":4,\"endpoint\":"
        "\"AEGL-3\",\"ring\":[[0,0],[100,0],[0,100]]}]}}",
        "{\"type\":\"person\",\"name\":\"Li <b>Wei</b>\",\"state\":\"missing\"}",
        "{\"type\":\"task\",\"what\":\"search the pump house\",\"ppe\":\"A\"}",
        "{\"type\":\"task\",\"what\":\"old one\"}",
        "{\"type\":\"task\",\"id\":2,\"state\":\"cancelled\"}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"committed\"}",
        "{\"type\":\"resource\",\"name\":\"medic-1\",\"state\":\"requested\"}",
        "{\"type\":\"resource\",\"name\":\"medic-1\",\"state\":\"released\"}",
    };
    struct incident_bench *bench = bench_create();

    *id = begin(bench, "{\"name\":\"T-101 leaks\",\"drill\":true,\"commander\":\"Zhao\",\"at\":"
                       "[20,20],\"objectives\":\"stop the leak\",\"safety\":\"stay upwind\"}");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++)
        assert_ok(add(bench, *id, events[i]));
    return bench;
}

static void form_201_has_its_ten_blocks(void **state)
{
    static const char *const words[] = {"Incident Briefing (ICS 201)",
                                        "EXERCISE",
                                        "1. Incident Name",
                                        "T-101 leaks",
                                        "2. Incident Number",
                                        "3. Date/Time Initiated",
                                        "2026-01-01",
                                        "4. Map/Sketch",
                                        "<polygon",
                                        "AEGL-3",
                                        "5. Situation Summary and Health and Safety Briefing",
                                        "Missing 1",
                                        "deadly harm 4",
                                        "stay upwind",
                                        "6. Prepared by",
                                        "jan",
                                        "7. Current and Planned Objectives",
                                        "stop the leak",
                                        "8. Current and Planned Actions, Strategies, and Tactics",
                                        "search the pump house",
                                        "9. Current Organization",
                                        "Incident Commander",
                                        "Zhao",
                                        "10. Resource Summary",
                                        "engine-1",
                                        "committed",
                                        NULL};
    uint64_t id;
    struct incident_bench *bench = create(&id);
    char *page = form_of(bench, id, "201");

    (void) state;
    assert_in_order(page, words);
    assert_non_null(strstr(page, "<span lang=\"zh\">10. 资源汇总</span>"));
    free(page);
    bench_destroy(bench);
}

static void form_204_has_what_stands(void **state)
{
    static const char *const words[] = {"Assignment List (ICS 204)",
                                        "1. Incident Name",
                                        "2. Operational Period",
                                        "3. Branch, Division, Group, Staging Area",
                                        "4. Operations Personnel",
                                        "5. Resources Assigned",
                                        "engine-1",
                                        "6. Work Assignments",
                                        "search the pump house",
                                        "7. Special Instructions",
                                        "stay upwind",
                                        "8. Communications",
                                        "9. Prepared by",
                                        NULL};
    uint64_t id;
    struct incident_bench *bench = create(&id);
    char *page = form_of(bench, id, "204");

    (void) state;
    assert_in_order(page, words);
    assert_null(strstr(page, "old one")); /* cancelled */
    assert_null(strstr(page, "medic-1")); /* released */
    free(page);
    bench_destroy(bench);
}

static void form_214_is_the_log_and_no_text_is_markup(void **state)
{
    static const char *const words[] = {"Activity Log (ICS 214)",
                                        "1. Incident Name",
                                        "2. Operational Period",
                                        "3. Name",
                                        "4. ICS Position",
                                        "5. Home Agency (and Unit)",
                                        "Harbour Park",
                                        "6. Resources Assigned",
                                        "7. Activity Log",
                                        "begin: T-101 leaks",
                                        "person: Li &lt;b&gt;Wei&lt;/b&gt;, missing (jan)",
                                        "task: cancelled (jan)",
                                        "8. Prepared by",
                                        NULL};
    uint64_t id;
    struct incident_bench *bench = create(&id);
    char *page = form_of(bench, id, "214");

    (void) state;
    assert_in_order(page, words);
    assert_null(strstr(page, "<b>"));
    assert_null(strstr(page, "<script"));
    free(page);
    bench_destroy(bench);
}

static void an_empty_incident_fills_every_form(void **state)
{
    static const char *const names[] = {"201", "204", "214"};
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");
    davy_incident_form form;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        char *page = form_of(bench, id, names[i]);

        assert_non_null(page);
        assert_null(strstr(page, "<svg"));
        assert_null(strstr(page, "(null)"));
        free(page);
    }
    assert_false(davy_incident_form_find("202", &form));
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_201_has_its_ten_blocks),
        cmocka_unit_test(form_204_has_what_stands),
        cmocka_unit_test(form_214_is_the_log_and_no_text_is_markup),
        cmocka_unit_test(an_empty_incident_fills_every_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
