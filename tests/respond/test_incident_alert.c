/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The public alert of an incident, held against CAP 1.2 by the reader of tests/alarm/cap_schema.h,
 * which knows nothing of davy's writer.
 */
#include "incident_testing.h"

#include "../alarm/cap_schema.h"
#include "respond/incident/alert.h"
#include "site/load.h"

#define RING(r) "[[" r ",-" r "],[" r "," r "],[-" r "," r "],[-" r ",-" r "]]"
#define ZONE(effect, endpoint, severity, r)                                           \
    "{\"effect\":\"" effect "\",\"endpoint\":\"" endpoint "\",\"severity\":" severity \
    ",\"people\":1,\"distance\":" r ",\"kind\":\"value\",\"band\":[10," r             \
    "],\"ring\":" RING(r) "}"
#define FAR_ZONE  ZONE("toxic", "AEGL-1 60 min", "1", "500")
#define NEAR_ZONE ZONE("toxic", "AEGL-3 60 min", "3", "100")
#define FIRE_ZONE ZONE("fireball", "12.5 kW/m2", "3", "80")
#define LOST_ZONE                                                                                  \
    "{\"effect\":\"explosion\",\"endpoint\":\"13.8 kPa\",\"severity\":2,\"people\":0,\"ring\":[]," \
    "\"kind\":\"no data\",\"text\":\"not enough data: heat of combustion\"}"
#define IMPACT                                                                                    \
    "{\"type\":\"impact\",\"impact\":{\"chemical\":{\"name\":\"chlorine\"},\"zones\":[" NEAR_ZONE \
    "," FAR_ZONE "," FIRE_ZONE "," LOST_ZONE "]}}"
#define PUBLISH "{\"type\":\"publish\",\"message\":\"Alert\",\"text\":\"Shut <windows> & doors\"}"
#define UPDATE  "{\"type\":\"publish\",\"message\":\"Update\"}"
#define CANCEL  "{\"type\":\"publish\",\"message\":\"Cancel\"}"
#define SITE                                                                                 \
    "site: {name: \"Har bour\", title: Harbour Park, location: [30.657, 104.066],\n"         \
    "       timezone: Asia/Shanghai}\n"                                                      \
    "receivers:\n- {name: town, kind: webhook, url: \"http://127.0.0.1:1/\", format: cap}\n" \
    "- {name: own, kind: webhook, url: \"http://127.0.0.1:1/\"}\n"
#define NOWHERE "site: {name: harbour}\n"

static davy_site *site;
static char sent[8][32];
static size_t sent_count;

static const davy_site *lend_site(void *context)
{
    (void) context;
    return site;
}

static void take_back(void *context, const davy_site *lent)
{
    (void) context;
    assert_ptr_equal(lent, site);
}

static void note_sent(void *context, const davy_incident *incident,
                      const davy_incident_alert *alert)
{
    (void) context;
    assert_true(sent_count < DAVY_ARRAY_LENGTH(sent));
    (void) snprintf(sent[sent_count++], sizeof sent[0], "%u %s %zu", (unsigned) incident->id,
                    alert->message, alert->receiver_count);
}

static void load(const char *text)
{
    davy_site_faults faults = {0};

    davy_site_destroy(site);
    if (davy_site_parse("site.yaml", text, strlen(text), &faults, &site) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
}

/* A book that makes alerts. */
static void use_alerts(struct incident_bench *bench)
{
    const davy_incidents_parts parts = {.records = bench->records,
                                        .clock = &bench->clock.clock,
                                        .acquire_site = lend_site,
                                        .release_site = take_back,
                                        .send = note_sent};

    davy_incidents_close(bench->book);
    assert_ok(davy_incidents_open(&parts, &bench->book));
}

static struct incident_bench *create(const char *site_text)
{
    struct incident_bench *bench = bench_create();

    load(site_text);
    use_alerts(bench);
    sent_count = 0;
    return bench;
}

static davy_status take_cap(void *context, const davy_incident *incident)
{
    assert_true(incident->alert_count > 0);
    *(char **) context = strdup(incident->alerts[incident->alert_count - 1].cap);
    return DAVY_OK;
}

static char *last_cap(struct incident_bench *bench, uint64_t id)
{
    char *cap = NULL;

    assert_ok(davy_incidents_get(bench->book, id, take_cap, &cap));
    return cap;
}

static size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;

    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}

static void expect_words(const char *cap, const char *const *words)
{
    for (; *words; words++)
        if (!strstr(cap, *words))
            fail_msg("no %s in\n%s", *words, cap);
}

static void the_alert_is_lawful_and_says_where_and_what(void **state)
{
    static const char *const words[] = {
        "<identifier>Har-bour-20260101T000000Z-1-1</identifier>",
        "<sender>davy@Har-bour</sender>",
        "<sent>2026-01-01T00:02:00-00:00</sent>",
        "<status>Actual</status>",
        "<scope>Public</scope>",
        "<category>CBRNE</category>",
        "<urgency>Immediate</urgency>",
        "<severity>Extreme</severity>",
        "<language>zh-CN</language>",
        "chlorine, 有毒气体: AEGL-1 60 min, 500 m(各模型 10 至 500 m)",
        "chlorine, toxic gas: AEGL-1 60 min, 500 m (10 to 500 m by all models)",
        "Zones as of 2026-01-01T00:01:00Z",
        "not drawn: 13.8 kPa: not enough data: heat of combustion",
        "chlorine, fireball: 12.5 kW/m2, 80 m",
        "Shut &lt;windows&gt; &amp; doors",
        "<expires>2026-01-01T08:02:00-00:00</expires>",
        "<areaDesc>tank farm</areaDesc>",
        NULL};
    struct incident_bench *bench = create(SITE);
    const uint64_t id = begin(bench, "{\"name\":\"T-101 leaks\",\"place\":\"tank farm\"}");
    struct cap_seen seen;
    char *cap;

    (void) state;
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id, PUBLISH));
    cap = last_cap(bench, id);
    seen = cap_check_alert(cap);
    assert_int_equal(seen.infos, 2);
    expect_words(cap, words);
    /* Two effects have a ground, each told in both languages; of the toxic ones the far one. */
    assert_int_equal(occurrences(cap, "<polygon>"), 4);
    assert_null(strstr(cap, "AEGL-3"));
    assert_int_equal(sent_count, 1);
    assert_string_equal(sent[0], "1 Alert 1"); /* who takes CAP */
    free(cap);
    bench_destroy(bench);
}

/* 500 m north of 30.657 N are 500 / 110,870 m a degree (WGS 84 there): 30.66151. */
static void the_polygon_is_never_smaller_than_the_zone(void **state)
{
    struct incident_bench *bench = create(SITE);
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");
    double north = 0, south = 90, latitude, longitude;
    char *cap, *at;
    int used;

    (void) state;
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id, PUBLISH));
    cap = last_cap(bench, id);
    at = strstr(cap, "<polygon>") + 9;
    while (sscanf(at, "%lf,%lf%n", &latitude, &longitude, &used) == 2) {
        north = fmax(north, latitude);
        south = fmin(south, latitude);
        at += used;
    }
    assert_true(north >= 30.657 + 500 / 110900.0 && north < 30.657 + 520 / 110800.0);
    assert_true(south <= 30.657 - 500 / 110900.0 && south > 30.657 - 520 / 110800.0);
    free(cap);
    bench_destroy(bench);
}

static void a_drill_is_an_exercise_and_says_so(void **state)
{
    static const char *const words[] = {"<status>Exercise</status>", "演练", "EXERCISE: ", NULL};
    struct incident_bench *bench = create(SITE);
    const uint64_t id = begin(bench, "{\"name\":\"x\",\"drill\":true}");
    char *cap;

    (void) state;
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id, PUBLISH));
    cap = last_cap(bench, id);
    assert_true(cap_check_alert(cap).note);
    expect_words(cap, words);
    free(cap);
    bench_destroy(bench);
}

static void later_alerts_name_those_before(void **state)
{
    static const char *const words[] = {
        "<references>davy@Har-bour,Har-bour-20260101T000000Z-1-1,2026-01-01T00:02:00-00:00 "
        "davy@Har-bour,Har-bour-20260101T000000Z-1-2,2026-01-01T00:03:00-00:00</references>",
        "<responseType>AllClear</responseType>", "<urgency>Past</urgency>", "警报解除", NULL};
    struct incident_bench *bench = create(SITE);
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");
    char *cap;

    (void) state;
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id, PUBLISH));
    assert_ok(add(bench, id, UPDATE));
    /* The end can be told when there is no ground any more. */
    assert_ok(add(bench, id, "{\"type\":\"impact\",\"impact\":{\"zones\":[]}}"));
    assert_fails(add(bench, id, UPDATE), DAVY_ERR_EXISTS, "attach an impact");
    assert_ok(add(bench, id, CANCEL));
    cap = last_cap(bench, id);
    assert_string_equal(cap_check_alert(cap).type, "Cancel");
    expect_words(cap, words);
    free(cap);
    /* A new alert after the end refers to nothing. */
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id, PUBLISH));
    cap = last_cap(bench, id);
    assert_false(cap_check_alert(cap).references);
    free(cap);
    bench_destroy(bench);
}

static void what_the_standard_or_the_ground_refuses_is_not_kept(void **state)
{
    static const struct {
        const char *impact, *publish, *words;
    } cases[] = {
        {"{\"type\":\"note\",\"text\":\"x\"}", PUBLISH, "attach an impact first"},
        {"{\"type\":\"impact\",\"impact\":{\"zones\":[{\"ring\":[[0,0],[9,9],[9,0],[0,9]]}]}}",
         PUBLISH, "crosses itself"},
        {"{\"type\":\"impact\",\"impact\":{\"zones\":[{\"ring\":[[0,0],[9,9],[18,18]]}]}}", PUBLISH,
         "no area"},
        {"{\"type\":\"impact\",\"impact\":{\"zones\":[{\"ring\":[[0,0],[9,\"a\"],[9,0]]}]}}",
         PUBLISH, "not [east, north]"},
        {IMPACT, "{\"type\":\"publish\",\"message\":\"Alert\",\"response\":\"Run\"}",
         "responseType"},
        {IMPACT, "{\"type\":\"publish\",\"message\":\"Alert\",\"receivers\":[\"moon\"]}",
         "no receiver 'moon'"},
        {IMPACT, "{\"type\":\"publish\",\"message\":\"Alert\",\"cap\":\"<alert/>\"}",
         "'cap' is not for"},
    };
    struct incident_bench *bench = create(SITE);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const uint64_t id = begin(bench, "{\"name\":\"x\"}");
        davy_status status;
        uint64_t before, after;

        assert_ok(add(bench, id, cases[i].impact));
        assert_ok(davy_records_last(bench->records, &before));
        status = add(bench, id, cases[i].publish);
        if ((status != DAVY_ERR_EXISTS && status != DAVY_ERR_INVALID) ||
            !strstr(davy_error(), cases[i].words))
            fail_msg("case %zu: %s", i, davy_error());
        assert_ok(davy_records_last(bench->records, &after));
        assert_int_equal(before, after);
    }
    assert_int_equal(sent_count, 0);
    load(NOWHERE);
    assert_ok(add(bench, 5, IMPACT));
    assert_fails(add(bench, 5, PUBLISH), DAVY_ERR_EXISTS, "no 'location'");
    bench_destroy(bench);
}

static void what_may_not_have_been_sent_is_sent_again(void **state)
{
    struct incident_bench *bench = create(SITE);
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");

    (void) state;
    assert_ok(add(bench, id, IMPACT));
    assert_ok(add(bench, id,
                  "{\"type\":\"publish\",\"message\":\"Alert\",\"receivers\":[\"town\",\"own\"],"
                  "\"addresses\":\"town\"}"));
    assert_string_equal(sent[0], "1 Alert 2");
    use_alerts(bench);
    assert_ok(davy_incidents_resend(bench->book));
    assert_int_equal(sent_count, 2);
    assert_string_equal(sent[1], "1 Alert 2");
    davy_clock_fake_advance(&bench->clock, DAVY_INCIDENTS_RESEND_NS);
    assert_ok(davy_incidents_resend(bench->book));
    assert_int_equal(sent_count, 2);
    bench_destroy(bench);
}

static int drop_site(void **state)
{
    (void) state;
    davy_site_destroy(site);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_alert_is_lawful_and_says_where_and_what),
        cmocka_unit_test(the_polygon_is_never_smaller_than_the_zone),
        cmocka_unit_test(a_drill_is_an_exercise_and_says_so),
        cmocka_unit_test(later_alerts_name_those_before),
        cmocka_unit_test(what_the_standard_or_the_ground_refuses_is_not_kept),
        cmocka_unit_test(what_may_not_have_been_sent_is_sent_again),
    };

    return cmocka_run_group_tests(tests, NULL, drop_site);
}
