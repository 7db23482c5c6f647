/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Evidence of an incident: it is replayed to the same bits, and every byte that was changed is
 * found.
 */
#include "incident_testing.h"

#include "alarm/change/ledger.h"
#include "core/file.h"
#include "respond/incident/evidence.h"
#include "respond/incident/response.h"
#include "respond/threat/frozen.h"
#include "site/load.h"

#include <sodium.h>
#include <sys/stat.h>

#define SITE                                                                                   \
    "site: {name: harbour, location: [30.657, 104.066], timezone: Asia/Shanghai}\n"            \
    "assets:\n"                                                                                \
    "  - {name: T-101, at: [120, 40], holds: {chemical: chlorine, amount: 20 t}}\n"            \
    "places:\n"                                                                                \
    "  - {name: village, kind: open, at: [600, 500], people: 1500, outside: true}\n"           \
    "scenarios:\n"                                                                             \
    "  - {name: T-101-leak, asset: T-101, release: {kind: gas hole, hole: 20 mm, height: 1 m," \
    " pressure: 7 bar, temperature: 20 Cel, duration: 30 min}}\n"
/* As POST /api/v1/impact takes it. */
#define ORDER                                                                            \
    "scenario: {name: T-101 leaks, asset: T-101, release: {kind: gas hole, hole: 20 mm," \
    " height: 1 m, pressure: 7 bar, temperature: 20 Cel, duration: 30 min}}\\n"          \
    "weather: {wind: 3 m/s, wind_from: 225, stability: D, temperature: 20 Cel,"          \
    " humidity: 60 %}\\n"

static davy_site *site;

static const davy_site *lend_site(void *context)
{
    (void) context;
    return site;
}

static void take_back(void *context, const davy_site *lent)
{
    (void) context;
    (void) lent;
}

static struct incident_bench *create(void)
{
    struct incident_bench *bench = bench_create();
    const davy_incidents_parts parts = {.records = bench->records,
                                        .clock = &bench->clock.clock,
                                        .acquire_site = lend_site,
                                        .release_site = take_back};
    char path[160], hash[DAVY_FROZEN_HASH_MAX];

    davy_incidents_close(bench->book);
    assert_ok(davy_incidents_open(&parts, &bench->book));
    /* As the daemon keeps a file that comes into force. */
    davy_frozen_hash(SITE, sizeof SITE - 1, hash);
    (void) snprintf(path, sizeof path, "%s/settings", bench->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void) snprintf(path, sizeof path, "%s/settings/%s", bench->folder, hash);
    assert_ok(davy_file_replace(path, SITE, sizeof SITE - 1, 0600));
    return bench;
}

static davy_buffer evidence_of(struct incident_bench *bench, uint64_t id)
{
    davy_author author;
    davy_buffer out = {0};
    davy_evidence_order order = {.records = bench->records,
                                 .data = bench->folder,
                                 .site = "harbour",
                                 .by = "jan",
                                 .incident = id,
                                 .now_ns = davy_wall_ns(&bench->clock.clock),
                                 .author = &author};

    assert_ok(davy_author_open(bench->folder, &author));
    assert_ok(davy_evidence_write(&order, &out));
    davy_author_clear(&author);
    return out;
}

/* An incident with a computed impact, a given one, and an alarm of a minute before. */
static uint64_t tell_story(struct incident_bench *bench)
{
    davy_record alarm = {.kind = DAVY_RECORD_ALARM,
                         .time_ns = NEW_YEAR - 60 * S,
                         .subject = "T-101/pressure:hi",
                         .body = "{}"};
    davy_record old = {.kind = DAVY_RECORD_ALARM,
                       .time_ns = NEW_YEAR - 7200 * S,
                       .subject = "T-101/pressure:hi",
                       .body = "{}"};
    davy_record other = {.kind = DAVY_RECORD_ALARM,
                         .time_ns = NEW_YEAR,
                         .subject = "T-102/pressure:hi",
                         .body = "{}"};
    json_t *begin_event = json_of("{\"type\":\"begin\",\"name\":\"T-101 leaks\",\"by\":\"jan\","
                                  "\"alarms\":[{\"id\":3,\"key\":\"T-101/pressure:hi\"}]}");
    char *text = json_dumps(begin_event, JSON_COMPACT);
    davy_record first = {
        .kind = DAVY_RECORD_INCIDENT, .time_ns = NEW_YEAR, .subject = "incident 1", .body = text};

    assert_ok(davy_records_append(bench->records, &old, 1));
    assert_ok(davy_records_append(bench->records, &alarm, 1));
    assert_ok(davy_records_append(bench->records, &other, 1));
    assert_ok(davy_records_append(bench->records, &first, 1));
    free(text);
    json_decref(begin_event);
    /* The book reads it as after a restart. */
    davy_incidents_close(bench->book);
    assert_ok(davy_incidents_open(&(davy_incidents_parts){.records = bench->records,
                                                          .clock = &bench->clock.clock,
                                                          .acquire_site = lend_site,
                                                          .release_site = take_back},
                                  &bench->book));
    assert_ok(add(bench, 1, "{\"type\":\"impact\",\"order\":\"" ORDER "\"}"));
    assert_ok(add(bench, 1, "{\"type\":\"impact\",\"impact\":{\"zones\":[]}}"));
    assert_ok(add(bench, 1, "{\"type\":\"note\",\"text\":\"说明\"}"));
    return 1;
}

static void evidence_is_replayed_to_the_same_bits(void **state)
{
    struct incident_bench *bench = create();
    davy_buffer file = evidence_of(bench, tell_story(bench));
    davy_evidence_found found;
    json_t *json = json_of(file.bytes); /* any reader of JSON reads it */

    (void) state;
    assert_ok(davy_evidence_check(file.bytes, file.length, &found));
    assert_int_equal(found.records, 5); /* four events, and the alarm of a minute before */
    assert_int_equal(found.events, 4);
    assert_int_equal(found.impacts, 1);
    assert_int_equal(found.given, 1);
    assert_int_equal(found.missing, 0);
    assert_string_equal(found.incident, "T-101 leaks");
    assert_string_equal(found.author, json_string_value(json_object_get(json, "author")));
    json_decref(json);
    davy_buffer_clear(&file);
    bench_destroy(bench);
}

/* Who changes a byte has no key for another signature. */
static void every_byte_that_is_changed_is_found(void **state)
{
    struct incident_bench *bench = create();
    davy_buffer file = evidence_of(bench, tell_story(bench));
    davy_evidence_found found;

    (void) state;
    for (size_t i = 0; i < file.length; i += i < 400 ? 1 : 37) {
        const char was = file.bytes[i];

        file.bytes[i] = (char) (was ^ 1);
        if (davy_evidence_check(file.bytes, file.length, &found) == DAVY_OK)
            fail_msg("byte %zu of %zu, '%c', can be changed", i, file.length, was);
        file.bytes[i] = was;
    }
    for (size_t length = 0; length < file.length; length += 1 + file.length / 97) {
        const char was = file.bytes[length];

        file.bytes[length] = '\0';
        assert_int_not_equal(davy_evidence_check(file.bytes, length, &found), DAVY_OK);
        file.bytes[length] = was;
    }
    assert_ok(davy_evidence_check(file.bytes, file.length, &found));
    davy_buffer_clear(&file);
    bench_destroy(bench);
}

/* Signs a payload as whoever has a key could, to lie. */
static davy_buffer sign_again(const char *payload)
{
    unsigned char public_key[32], secret[64], signature[64];
    char hex[129];
    davy_buffer out = {0};

    assert_true(sodium_init() >= 0);
    assert_int_equal(crypto_sign_keypair(public_key, secret), 0);
    assert_int_equal(crypto_sign_detached(signature, NULL, (const unsigned char *) payload,
                                          strlen(payload), secret),
                     0);
    (void) sodium_bin2hex(hex, sizeof hex, public_key, 32);
    davy_buffer_printf(&out, "{\"davy_evidence\":1,\n\"author\":\"%s\",\n\"signature\":\"", hex);
    (void) sodium_bin2hex(hex, sizeof hex, signature, 64);
    davy_buffer_printf(&out, "%s\",\n\"payload\":%s}\n", hex, payload);
    return out;
}

static json_t *record_at(json_t *payload, size_t index)
{
    return json_array_get(json_object_get(payload, "records"), index);
}

/* The record's body with one word in place of another, and its hash made to fit. */
static void rewrite(json_t *payload, size_t index, const char *word, const char *by)
{
    json_t *record = record_at(payload, index);
    const char *body = json_string_value(json_object_get(record, "body"));
    const char *subject = json_string_value(json_object_get(record, "subject"));
    const char *found = strstr(body, word);
    char hash[DAVY_FROZEN_HASH_MAX];
    davy_buffer text = {0}, hashed = {0};

    if (!found)
        fail_msg("no %s in %.400s", word, body);
    davy_buffer_append(&text, body, (size_t) (found - body));
    davy_buffer_append_text(&text, by);
    davy_buffer_append_text(&text, found + strlen(word));
    davy_buffer_append(&hashed, subject, strlen(subject) + 1);
    davy_buffer_append_text(&hashed, text.bytes);
    davy_frozen_hash(hashed.bytes, hashed.length, hash);
    assert_int_equal(json_object_set_new(record, "body", json_string(text.bytes)), 0);
    assert_int_equal(json_object_set_new(record, "hash", json_string(hash)), 0);
    davy_buffer_clear(&text);
    davy_buffer_clear(&hashed);
}

static void set_wind(json_t *payload)
{
    rewrite(payload, 2, "\"wind\":3.0,\"wind_height", "\"wind\":9.0,\"wind_height");
}

static void set_people(json_t *payload)
{
    rewrite(payload, 2, "\"village\"", "\"villagf\"");
}

static void set_body(json_t *payload)
{
    (void) json_object_set_new(record_at(payload, 4), "body", json_string("{}"));
}

static void swap_records(json_t *payload)
{
    json_t *list = json_object_get(payload, "records");
    json_t *second = json_incref(json_array_get(list, 1));

    (void) json_array_remove(list, 1);
    (void) json_array_append_new(list, second);
}

static void drop_note(json_t *payload)
{
    (void) json_array_remove(json_object_get(payload, "records"), 4);
}

static void drop_all(json_t *payload)
{
    (void) json_array_clear(json_object_get(payload, "records"));
}

static void change_state(json_t *payload)
{
    (void) json_object_set_new(json_object_get(payload, "incident"), "state",
                               json_string("closed"));
}

static void change_site(json_t *payload)
{
    json_t *sites = json_object_get(payload, "sites");
    void *at = json_object_iter(sites);

    (void) json_object_iter_set_new(sites, at, json_string(SITE "# nothing\n"));
}

static void who_signs_a_lie_is_found_by_the_replay(void **state)
{
    static const struct {
        void (*lie)(json_t *payload);
        const char *words;
    } lies[] = {
        {set_wind, "other bits"},
        {set_people, "is not what was computed"},
        {set_body, "was changed"},
        {swap_records, "not in its place"},
        {drop_note, "not what its events make of it"},
        {drop_all, "no incident that begins"},
        {change_state, "not what its events make of it"},
        {change_site, "was changed"},
    };
    struct incident_bench *bench = create();
    davy_buffer file = evidence_of(bench, tell_story(bench));

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lies); i++) {
        json_t *whole = json_of(file.bytes);
        json_t *payload = json_object_get(whole, "payload");
        davy_evidence_found found;
        davy_buffer lie;
        char *text;

        lies[i].lie(payload);
        text = json_dumps(payload, JSON_COMPACT);
        lie = sign_again(text);
        if (davy_evidence_check(lie.bytes, lie.length, &found) != DAVY_ERR_CORRUPT ||
            !strstr(davy_error(), lies[i].words))
            fail_msg("lie %zu: %s", i, davy_error());
        free(text);
        davy_buffer_clear(&lie);
        json_decref(whole);
    }
    davy_buffer_clear(&file);
    bench_destroy(bench);
}

static void what_is_no_evidence_is_told(void **state)
{
    static const char *const texts[] = {"", "{}", "{\"davy_evidence\":2,\n", "\xff\xfe",
                                        "{\"davy_evidence\":1,\n\"author\":\"zz"};
    struct incident_bench *bench = create();
    davy_author author;
    davy_buffer out = {0};
    davy_evidence_found found;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        assert_fails(davy_evidence_check(texts[i], strlen(texts[i]), &found), DAVY_ERR_CORRUPT,
                     "no evidence");
    assert_ok(davy_author_open(bench->folder, &author));
    assert_fails(
        davy_evidence_write(
            &(davy_evidence_order){.records = bench->records, .incident = 7, .author = &author},
            &out),
        DAVY_ERR_NOT_FOUND, "no incident 7");
    davy_author_clear(&author);
    bench_destroy(bench);
}

static davy_status write_response(void *context, const davy_incident *incident)
{
    davy_incident_response_write(context, incident, NEW_YEAR + 600 * S);
    return DAVY_OK;
}

/* By hand: opened at 0 s, each event a minute later; the search was due after 150 s and ended after
 * 240 s, the cooling is due after 300 s and goes on at 600 s. */
static void response_times_are_held_against_the_plan(void **state)
{
    static const char expected[] =
        "{\"opened\":\"2026-01-01T00:00:00.000Z\",\"first_committed_s\":120,"
        "\"first_arrived_s\":180,\"first_alert_s\":null,\"contained_s\":360,\"closed_s\":null,"
        "\"tasks\":[{\"id\":1,\"what\":\"search\",\"due\":\"2026-01-01T00:02:30.000Z\","
        "\"ended\":\"2026-01-01T00:04:00.000Z\",\"late_s\":90},{\"id\":2,\"what\":\"cool\","
        "\"due\":\"2026-01-01T00:05:00.000Z\",\"ended\":null,\"late_s\":300}],\"late\":2}";
    static const char *const events[] = {
        "{\"type\":\"task\",\"what\":\"search\",\"due\":\"2026-01-01T00:02:30Z\",\"resources\":"
        "[\"engine-1\"]}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"committed\"}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"on-scene\"}",
        "{\"type\":\"task\",\"id\":1,\"state\":\"failed\"}",
        "{\"type\":\"task\",\"what\":\"cool\",\"due\":\"2026-01-01T00:05:00Z\"}",
        "{\"type\":\"contain\"}",
    };
    struct incident_bench *bench = create();
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");
    davy_buffer text = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++)
        assert_ok(add(bench, id, events[i]));
    assert_ok(davy_incidents_get(bench->book, id, write_response, &text));
    assert_string_equal(text.bytes, expected);
    davy_buffer_clear(&text);
    bench_destroy(bench);
}

/* 1.5 m/s and class F: the worst case of 40 CFR 68.22(b). Of an incident the same is refused. */
static void a_drill_rehearses_a_scenario_that_has_not_begun(void **state)
{
    static const char leak[] = "{\"type\":\"impact\",\"scenario\":\"T-101-leak\"}";
    struct incident_bench *bench = create();
    const uint64_t real = begin(bench, "{\"name\":\"x\"}");
    const uint64_t drill = begin(bench, "{\"name\":\"y\",\"drill\":true}");
    davy_evidence_found found;
    davy_buffer file;
    json_t *now, *weather;

    (void) state;
    assert_fails(add(bench, real, leak), DAVY_ERR_INVALID, "has not begun");
    assert_fails(add(bench, drill, "{\"type\":\"impact\",\"scenario\":\"none\"}"), DAVY_ERR_INVALID,
                 "no scenario 'none'");
    assert_ok(add(bench, drill, leak));
    now = look(bench, drill);
    weather = json_object_get(json_object_get(now, "impact"), "weather");
    assert_near(json_number_value(json_object_get(weather, "wind")), 1.5, 0);
    assert_string_equal(json_string_value(json_object_get(weather, "stability")), "F");
    json_decref(now);
    file = evidence_of(bench, drill);
    assert_ok(davy_evidence_check(file.bytes, file.length, &found));
    assert_int_equal(found.impacts, 1);
    assert_true(found.drill);
    davy_buffer_clear(&file);
    bench_destroy(bench);
}

static void an_order_that_is_wrong_says_where(void **state)
{
    struct incident_bench *bench = create();
    const uint64_t id = begin(bench, "{\"name\":\"x\"}");

    (void) state;
    assert_fails(add(bench, id, "{\"type\":\"impact\",\"order\":\"scenario: {nam: x}\\n\"}"),
                 DAVY_ERR_INVALID, "order");
    assert_fails(add(bench, id, "{\"type\":\"impact\",\"scenario\":\"T-101-leak\"}"),
                 DAVY_ERR_INVALID, "has not begun");
    assert_fails(add(bench, id, "{\"type\":\"impact\"}"), DAVY_ERR_EXISTS, "an impact needs");
    assert_fails(add(bench, id, "{\"type\":\"impact\",\"impact\":{\"zones\":[]},\"hash\":\"00\"}"),
                 DAVY_ERR_INVALID, "'hash' is not for");
    bench_destroy(bench);
}

static int load_site(void **state)
{
    davy_site_faults faults = {0};

    (void) state;
    if (davy_site_parse("site.yaml", SITE, sizeof SITE - 1, &faults, &site) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    return 0;
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
        cmocka_unit_test(evidence_is_replayed_to_the_same_bits),
        cmocka_unit_test(every_byte_that_is_changed_is_found),
        cmocka_unit_test(who_signs_a_lie_is_found_by_the_replay),
        cmocka_unit_test(what_is_no_evidence_is_told),
        cmocka_unit_test(response_times_are_held_against_the_plan),
        cmocka_unit_test(a_drill_rehearses_a_scenario_that_has_not_begun),
        cmocka_unit_test(an_order_that_is_wrong_says_where),
    };

    return cmocka_run_group_tests(tests, load_site, drop_site);
}
