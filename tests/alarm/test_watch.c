/* SPDX-License-Identifier: Apache-2.0 */

/* Figures and floods of a real alarm engine, from its records. */
#include "alarm/watch.h"

#include "alarm/flood/flood_json.h"
#include "alarm_testing.h"

#include <jansson.h>

#define DAY (86400 * S)

/* T-1 feeds P-1, which feeds R-1; the desk has all of them, and X-1 belongs to the site. */
static char *plant_text(void)
{
    davy_buffer text = {0};
    static const char *const names[] = {"R-1", "P-1", "T-1", "X-1"};
    static const char *const fed[] = {"", "downstream: [R-1], ", "downstream: [P-1], ", ""};

    davy_buffer_append_text(&text, "site: {name: a}\nassets:\n");
    for (size_t i = 0; i < 4; i++) {
        davy_buffer_printf(&text, "- {name: %s, %ssignals: [", names[i], fed[i]);
        for (size_t signal = 0; signal < 5; signal++)
            davy_buffer_printf(&text, "{name: s%zu, priority: low, limits: {hi: 9}}, ", signal);
        davy_buffer_append_text(&text, "]}\n");
    }
    davy_buffer_append_text(&text, "positions: [{name: desk, title: The desk,"
                                   " assets: [T-1, P-1, R-1]}]\n");
    assert_ok(davy_buffer_ok(&text));
    return text.bytes;
}

/* What was published: "true 11", whether the flood is and how many alarms it has. */
struct wire {
    char lines[50][40];
    size_t count;
};

static void take_event(void *context, const char *event, const char *json)
{
    struct wire *wire = context;
    json_t *card = json_loads(json, 0, NULL);

    assert_string_equal(event, "flood");
    assert_non_null(card);
    assert_null(json_object_get(card, "order"));
    if (wire->count < DAVY_ARRAY_LENGTH(wire->lines))
        (void) snprintf(wire->lines[wire->count++], sizeof wire->lines[0], "%s %d",
                        json_is_true(json_object_get(card, "now")) ? "flood" : "over",
                        (int) json_integer_value(json_object_get(card, "alarms")));
    json_decref(card);
}

struct setup {
    struct alarm_bench *bench;
    struct wire wire;
    davy_alarm_watch *watch;
};

static void open_watch(struct setup *setup)
{
    const davy_alarm_watch_parts parts = {setup->bench->records, setup->bench->file,
                                          &setup->bench->clock.clock, &setup->wire, take_event};

    assert_ok(davy_alarm_watch_create(&parts, &setup->watch));
    assert_ok(davy_alarm_watch_use(setup->watch, setup->bench->site));
}

static struct setup *start(void)
{
    struct setup *setup = calloc(1, sizeof *setup);
    char *text = plant_text();

    assert_non_null(setup);
    setup->bench = bench_create();
    bench_use_site(setup->bench, text);
    bench_configure(setup->bench);
    free(text);
    open_watch(setup);
    return setup;
}

static void finish(struct setup *setup)
{
    davy_alarm_watch_destroy(setup->watch);
    bench_destroy(setup->bench);
    free(setup);
}

static void find(struct setup *setup, const char *key, bool active)
{
    davy_finding finding = finding_of(setup->bench, key, active);

    assert_ok(davy_alarms_take(setup->bench->alarms, &finding, 1));
}

static void step(struct setup *setup, int64_t by_ns)
{
    davy_clock_fake_advance(&setup->bench->clock, by_ns);
}

/* Five alarms of R-1, then five of P-1, then T-1/s0: one each second, and 11 in all. */
static void flood_the_desk(struct setup *setup)
{
    char key[32];

    for (int i = 0; i < 11; i++) {
        (void) snprintf(key, sizeof key, "%s/s%d:hi",
                        i < 5    ? "R-1"
                        : i < 10 ? "P-1"
                                 : "T-1",
                        i % 5);
        step(setup, S);
        find(setup, key, true);
    }
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static void the_card_has_the_first_out_and_the_causal_order(void **state)
{
    struct setup *setup = start();
    json_t *answer, *card, *order;

    (void) state;
    flood_the_desk(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_ok(davy_alarm_watch_floods(setup->watch, &answer));
    assert_int_equal(json_array_size(json_object_get(answer, "floods")), 1);
    card = json_array_get(json_object_get(answer, "floods"), 0);
    assert_string_equal(text_at(card, "position"), "desk");
    assert_string_equal(text_at(card, "title"), "The desk");
    assert_string_equal(text_at(json_object_get(card, "first_out"), "key"), "R-1/s0:hi");
    order = json_object_get(card, "order");
    assert_int_equal(json_array_size(order), 11);
    assert_string_equal(text_at(json_array_get(order, 0), "key"), "T-1/s0:hi");
    assert_string_equal(text_at(json_array_get(order, 0), "text"),
                        "nothing upstream of it is in alarm");
    assert_string_equal(text_at(json_array_get(order, 1), "key"), "P-1/s0:hi");
    assert_string_equal(text_at(json_array_get(order, 1), "text"), "T-1 feeds it");
    assert_string_equal(text_at(json_array_get(order, 2), "why"), "same");
    assert_string_equal(text_at(json_array_get(order, 6), "of"), "P-1");
    assert_string_equal(text_at(json_array_get(order, 6), "state"), "unacknowledged");
    json_decref(answer);
    finish(setup);
}

static davy_status note_flood_record(void *context, const davy_record *record)
{
    struct wire *wire = context;
    json_t *body = json_loads(record->body, 0, NULL);

    (void) snprintf(wire->lines[wire->count++], sizeof wire->lines[0], "%s %s", record->subject,
                    text_at(body, "flood"));
    json_decref(body);
    return DAVY_OK;
}

static void assert_records(struct setup *setup, const char *const *lines, size_t count)
{
    struct wire records = {0};

    assert_ok(davy_records_scan(setup->bench->records, DAVY_RECORD_FINDING, NULL, 0, 0,
                                note_flood_record, &records));
    assert_int_equal(records.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(records.lines[i], lines[i]);
}

static void restart(struct setup *setup)
{
    davy_alarm_watch_destroy(setup->watch);
    bench_restart(setup->bench);
    open_watch(setup);
}

/* Told once each, though the program ends in the flood and starts again. */
static void begin_and_end_are_recorded_once_over_a_restart(void **state)
{
    static const char *const lines[] = {"flood desk began", "flood desk ended"};
    struct setup *setup = start();

    (void) state;
    flood_the_desk(setup);
    assert_records(setup, lines, 0);
    for (int i = 0; i < 3; i++)
        assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_records(setup, lines, 1);
    assert_string_equal(setup->wire.lines[0], "flood 11");
    assert_int_equal(setup->wire.count, 1);

    restart(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_records(setup, lines, 1);
    step(setup, 700 * S);
    for (int i = 0; i < 3; i++)
        assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_records(setup, lines, 2);
    assert_string_equal(setup->wire.lines[setup->wire.count - 1], "over 11");
    restart(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_records(setup, lines, 2);
    finish(setup);
}

/* davy was down when the flood ended: it is told at the next start. */
static void a_flood_that_ended_while_nobody_looked_is_told(void **state)
{
    static const char *const lines[] = {"flood desk began", "flood desk ended"};
    struct setup *setup = start();

    (void) state;
    flood_the_desk(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    step(setup, DAY);
    restart(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_records(setup, lines, 2);
    finish(setup);
}

static json_t *figures_of(json_t *answer, size_t position)
{
    return json_array_get(json_object_get(answer, "positions"), position);
}

static json_t *figure_of(json_t *position, const char *name)
{
    size_t index;
    json_t *figure;

    json_array_foreach(json_object_get(position, "figures"), index, figure)
    {
        if (strcmp(text_at(figure, "name"), name) == 0)
            return figure;
    }
    fail_msg("no figure '%s'", name);
    return NULL;
}

/* The figures that were kept while it ran, and those of a pass over the records afterwards. */
static void live_figures_are_those_of_the_records(void **state)
{
    struct setup *setup = start();
    const davy_alarm_request acknowledge = {.action = DAVY_ALARM_ACKNOWLEDGE, .by = "o"};
    const davy_alarm_request shelve = {
        .action = DAVY_ALARM_SHELVE, .by = "o", .duration_ns = 3600 * S};
    json_t *live, *past;
    int64_t now_ns;
    uint64_t refused = 0;

    (void) state;
    for (uint64_t round = 0; round < 40; round++) {
        flood_the_desk(setup);
        assert_ok(davy_alarm_watch_poll(setup->watch));
        find(setup, "X-1/s1:hi", round % 2 == 0);
        if (davy_alarms_act(setup->bench->alarms, 10 + round % 20,
                            round % 3 ? &acknowledge : &shelve) != DAVY_OK)
            refused++;
        step(setup, (int64_t) (round % 7) * 1000 * S);
        assert_ok(davy_alarm_watch_poll(setup->watch));
        for (int i = 0; i < 11; i++) {
            char key[32];

            (void) snprintf(key, sizeof key, "%s/s%d:hi",
                            i < 5    ? "R-1"
                            : i < 10 ? "P-1"
                                     : "T-1",
                            i % 5);
            find(setup, key, false);
        }
        assert_ok(davy_alarms_tick(setup->bench->alarms));
        assert_ok(davy_alarm_watch_poll(setup->watch));
    }
    step(setup, S);
    now_ns = davy_wall_ns(&setup->bench->clock.clock);
    step(setup, 2 * S); /* as late as the watch lets time pass */
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_ok(davy_alarm_watch_kpi(setup->watch, NULL, &live));
    assert_ok(davy_alarm_watch_history(setup->watch, setup->bench->site, NEW_YEAR - DAY, now_ns,
                                       NULL, &past));
    assert_true(json_integer_value(json_object_get(figures_of(live, 1), "alarms")) > 100);
    assert_in_range(refused, 1, 30); /* what is refused is recorded nowhere */
    for (size_t position = 0; position < 2; position++)
        assert_true(json_equal(figures_of(live, position), figures_of(past, position)));
    json_decref(live);
    json_decref(past);
    finish(setup);
}

/* One raise and a shelf: counted by hand. */
static void a_position_has_its_own_figures(void **state)
{
    struct setup *setup = start();
    json_t *answer, *desk;

    (void) state;
    find(setup, "T-1/s0:hi", true);
    assert_ok(bench_act(setup->bench, "X-1/s0:hi", DAVY_ALARM_SHELVE, NULL, 3600 * S));
    step(setup, DAY / 2);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_ok(davy_alarm_watch_kpi(setup->watch, "desk", &answer));
    assert_int_equal(json_array_size(json_object_get(answer, "positions")), 1);
    desk = figures_of(answer, 0);
    assert_int_equal(json_integer_value(json_object_get(desk, "alarms")), 1);
    assert_false(json_is_true(json_object_get(desk, "enough")));
    assert_string_equal(text_at(figure_of(desk, "top_ten_share"), "verdict"), "over");
    assert_string_equal(text_at(figure_of(desk, "alarms_per_day"), "verdict"), "acceptable");
    assert_string_equal(text_at(json_array_get(json_object_get(desk, "top"), 0), "key"),
                        "T-1/s0:hi");
    json_decref(answer);
    assert_ok(davy_alarm_watch_kpi(setup->watch, "site", &answer));
    assert_int_equal(json_integer_value(
                         json_object_get(json_object_get(figures_of(answer, 0), "now"), "shelved")),
                     1);
    json_decref(answer);
    assert_fails(davy_alarm_watch_kpi(setup->watch, "nobody", &answer), DAVY_ERR_NOT_FOUND,
                 "no position 'nobody'");
    assert_fails(davy_alarm_watch_history(setup->watch, setup->bench->site, 5, 5, NULL, &answer),
                 DAVY_ERR_INVALID, "has no past in it");
    assert_fails(davy_alarm_watch_history(setup->watch, setup->bench->site, INT64_MAX - 1,
                                          INT64_MAX, NULL, &answer),
                 DAVY_ERR_INVALID, "has no past in it");
    finish(setup);
}

static void figures_are_written_for_prometheus(void **state)
{
    struct setup *setup = start();
    davy_buffer out = {0};

    (void) state;
    flood_the_desk(setup);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    davy_alarm_watch_metrics(setup->watch, &out);
    assert_ok(davy_buffer_ok(&out));
    assert_non_null(strstr(out.bytes, "davy_position_flood{position=\"desk\"} 1\n"));
    assert_non_null(strstr(out.bytes, "davy_position_flood{position=\"site\"} 0\n"));
    assert_non_null(
        strstr(out.bytes, "davy_position_annunciated_10_minutes{position=\"desk\"} 11\n"));
    davy_buffer_clear(&out);
    finish(setup);
}

static void before_the_first_reading_nothing_is_said(void **state)
{
    struct setup setup = {.bench = bench_create()};
    const davy_alarm_watch_parts parts = {setup.bench->records, setup.bench->file,
                                          &setup.bench->clock.clock, NULL, NULL};
    json_t *answer;

    (void) state;
    assert_ok(davy_alarm_watch_create(&parts, &setup.watch));
    assert_ok(davy_alarm_watch_poll(setup.watch));
    assert_fails(davy_alarm_watch_kpi(setup.watch, NULL, &answer), DAVY_ERR_UNAVAILABLE,
                 "being read");
    assert_fails(davy_alarm_watch_floods(setup.watch, &answer), DAVY_ERR_UNAVAILABLE, "being read");
    assert_false(davy_alarm_watch_is_old(setup.watch));
    assert_ok(davy_alarm_watch_use(setup.watch, setup.bench->site));
    step(&setup, DAY + S);
    assert_true(davy_alarm_watch_is_old(setup.watch));
    davy_alarm_watch_destroy(setup.watch);
    bench_destroy(setup.bench);
}

/* A record that is not as it was written costs itself alone, and is told. */
static void an_unreadable_record_is_counted(void **state)
{
    struct setup *setup = start();
    davy_record record = {.time_ns = NEW_YEAR,
                          .kind = DAVY_RECORD_ALARM,
                          .subject = "T-1/s0:hi",
                          .body = "{\"id\": 3, \"turn\": 9, \"transition\": \"raised\","
                                  " \"state\": \"confused\", \"priority\": \"low\"}"};
    json_t *answer;

    (void) state;
    assert_ok(davy_records_append(setup->bench->records, &record, 1));
    record.body = "[]";
    assert_ok(davy_records_append(setup->bench->records, &record, 1));
    find(setup, "T-1/s0:hi", true);
    assert_ok(davy_alarm_watch_poll(setup->watch));
    assert_ok(davy_alarm_watch_kpi(setup->watch, "desk", &answer));
    assert_int_equal(json_integer_value(json_object_get(answer, "unreadable")), 2);
    assert_int_equal(json_integer_value(json_object_get(figures_of(answer, 0), "alarms")), 1);
    json_decref(answer);
    finish(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_has_the_first_out_and_the_causal_order),
        cmocka_unit_test(begin_and_end_are_recorded_once_over_a_restart),
        cmocka_unit_test(a_flood_that_ended_while_nobody_looked_is_told),
        cmocka_unit_test(live_figures_are_those_of_the_records),
        cmocka_unit_test(a_position_has_its_own_figures),
        cmocka_unit_test(figures_are_written_for_prometheus),
        cmocka_unit_test(before_the_first_reading_nothing_is_said),
        cmocka_unit_test(an_unreadable_record_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
