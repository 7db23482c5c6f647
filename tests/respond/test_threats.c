/* SPDX-License-Identifier: Apache-2.0 */

/* Scenarios begin by alarm and by hand, follow the weather, and survive a restart. */
#include "../testing.h"

#include "core/file.h"
#include "respond/threat/threats.h"
#include "site/load.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static const char plant[] =
    "site: {name: a, location: [30.657, 104.066]}\n"
    "assets:\n"
    "- {name: T-101, at: [120, 40], holds: {chemical: chlorine, amount: 20 t},\n"
    "   signals: [{name: p, limits: {lo: 5}}]}\n"
    "- {name: WS, signals: [{name: v, unit: km/h}, {name: d, unit: deg}, {name: r, unit: W/m2}]}\n"
    "- {name: GATE, signals: [{name: inside}]}\n"
    "places: [{name: hall, kind: open, at: [130, 40], people: 7, badges: GATE/inside}]\n"
    "detectors: [{name: watch, model: m, signals: [T-101/p], budget: 1/day}]\n"
    "weather: {wind_speed: WS/v, wind_from: WS/d, radiation: WS/r}\n"
    "scenarios:\n"
    "- {name: leak, asset: T-101, when: [\"T-101/p:lo\", watch], frequency: 0.01,\n"
    "   release: {kind: liquid hole, hole: 20 "
    "mm,\n"
    "   head: 2 m, pressure: 6.8 bar, temperature: 20 Cel, duration: 30 min}, endpoints: "
    "[AEGL-2]}\n";

struct bench {
    char folder[64];
    davy_store *store;
    davy_records *records;
    davy_site *site;
    davy_threats *threats;
    pthread_mutex_t mutex;
    size_t events;
    char last[65536];
};

static void pause_ms(long ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};

    (void) nanosleep(&pause, NULL);
}

static const davy_site *acquire(void *context)
{
    return ((struct bench *) context)->site;
}

static void release(void *context, const davy_site *site)
{
    (void) context;
    (void) site;
}

static void publish(void *context, const char *event, const char *json)
{
    struct bench *bench = context;

    assert_string_equal(event, "zone");
    pthread_mutex_lock(&bench->mutex);
    bench->events++;
    (void) snprintf(bench->last, sizeof bench->last, "%s", json);
    pthread_mutex_unlock(&bench->mutex);
}

static void open_threats(struct bench *bench)
{
    const davy_threats_parts parts = {.store = bench->store,
                                      .records = bench->records,
                                      .clock = davy_clock_system(),
                                      .context = bench,
                                      .acquire_site = acquire,
                                      .release_site = release,
                                      .publish = publish};

    assert_ok(davy_threats_open(&parts, &bench->threats));
    assert_ok(davy_threats_start(bench->threats));
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    davy_site_faults faults = {0};
    char path[128];

    (void) snprintf(bench->folder, sizeof bench->folder, "/tmp/davy-threats-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    pthread_mutex_init(&bench->mutex, NULL);
    (void) snprintf(path, sizeof path, "%s/records.db", bench->folder);
    assert_ok(davy_store_open(bench->folder, NULL, &bench->store));
    assert_ok(davy_records_open(path, &bench->records));
    assert_ok(davy_site_parse("site.yaml", plant, sizeof plant - 1, &faults, &bench->site));
    davy_site_faults_clear(&faults);
    for (size_t i = 0; i < bench->site->signal_count; i++)
        assert_ok(davy_store_signal(bench->store, bench->site->signals[i].path, "",
                                    &bench->site->signals[i].id));
    open_threats(bench);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    char command[128];

    davy_threats_close(bench->threats);
    davy_site_destroy(bench->site);
    davy_records_close(bench->records);
    davy_store_close(bench->store);
    (void) snprintf(command, sizeof command, "rm -r %s", bench->folder);
    (void) !system(command);
    pthread_mutex_destroy(&bench->mutex);
    free(bench);
    return 0;
}

static void blow(struct bench *bench, double kmh, double from)
{
    const int64_t now_ns = davy_wall_ns(davy_clock_system());
    const double values[] = {kmh, from, 500};
    davy_sample samples[3];

    for (size_t i = 0; i < 3; i++)
        samples[i] = (davy_sample){
            .time_ns = now_ns, .value = values[i], .signal = bench->site->signals[1 + i].id};
    assert_ok(davy_store_append(bench->store, samples, 3));
}

static json_t *look(struct bench *bench)
{
    davy_buffer text = {0};
    json_t *all, *one;

    assert_ok(davy_threats_json(bench->threats, NULL, &text));
    all = json_loads(text.bytes, 0, NULL);
    assert_non_null(all);
    one = json_incref(json_array_get(json_object_get(all, "zones"), 0));
    json_decref(all);
    davy_buffer_clear(&text);
    return one;
}

static double wind_from(const json_t *zone)
{
    return json_number_value(json_object_get(json_object_get(zone, "weather"), "wind_from"));
}

static const char *live(const json_t *zone, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(zone, "live"), key));

    return text ? text : "null";
}

/* Until the zone is there and the wind comes from here. */
static json_t *await(struct bench *bench, double from)
{
    for (int i = 0; i < 600; i++) {
        json_t *zone = look(bench);

        if (zone && json_object_get(zone, "geojson") && wind_from(zone) == from)
            return zone;
        json_decref(zone);
        pause_ms(50);
    }
    fail_msg("no zone with a wind from %g", from);
    return NULL;
}

static davy_alarm alarm_of(uint64_t occurrence)
{
    return (davy_alarm){.key = "T-101/p:lo",
                        .active = true,
                        .state = DAVY_ALARM_UNACKNOWLEDGED,
                        .occurrences = occurrence};
}

static void an_alarm_begins_the_scenario_and_the_wind_moves_it(void **state)
{
    struct bench *bench = *state;
    const davy_alarm alarm = alarm_of(1);
    json_t *zone;
    size_t events;

    blow(bench, 14.4, 225);
    davy_threats_alarm(bench->threats, &alarm);
    zone = await(bench, 225);
    assert_string_equal(live(zone, "state"), "active");
    assert_string_equal(live(zone, "by"), "null");
    assert_near(json_number_value(json_object_get(json_object_get(zone, "weather"), "wind")), 4.0,
                1e-12);
    assert_true(json_array_size(json_object_get(zone, "zones")) > 0);
    json_decref(zone);
    pthread_mutex_lock(&bench->mutex);
    events = bench->events;
    assert_non_null(strstr(bench->last, "\"alarms\":[\"T-101/p:lo\"]"));
    assert_null(strstr(bench->last, "ring"));
    pthread_mutex_unlock(&bench->mutex);
    assert_int_equal(events, 1);

    blow(bench, 14.4, 228); /* no news */
    pause_ms(2600);
    blow(bench, 14.4, 90);
    json_decref(await(bench, 90));
    pthread_mutex_lock(&bench->mutex);
    assert_int_equal(bench->events, 2);
    pthread_mutex_unlock(&bench->mutex);
}

/* Bayes with a release in a hundred years and an alarm without one each day: 0.01 / (0.01 + 365.25)
 * of the alarms are releases. The alarm of a limit says nothing of how likely one is. */
static void an_alarm_of_a_detector_says_how_likely_a_release_is(void **state)
{
    struct bench *bench = *state;
    davy_alarm alarm = alarm_of(1);
    json_t *zone;

    blow(bench, 14.4, 225);
    davy_threats_alarm(bench->threats, &alarm);
    zone = await(bench, 225);
    assert_true(json_is_null(json_object_get(zone, "likelihood")));
    json_decref(zone);
    assert_ok(davy_threats_end(bench->threats, "li", "leak", NULL));

    alarm = alarm_of(1);
    alarm.key = "detector watch:model";
    alarm.detector = "watch";
    davy_threats_alarm(bench->threats, &alarm);
    zone = await(bench, 225);
    assert_near(json_number_value(json_object_get(zone, "likelihood")), 0.01 / 365.26, 1e-8);
    json_decref(zone);
}

static void it_is_there_after_a_restart_until_a_person_ends_it(void **state)
{
    struct bench *bench = *state;
    davy_alarm alarm = alarm_of(1);
    json_t *zone;

    blow(bench, 14.4, 225);
    davy_threats_alarm(bench->threats, &alarm);
    json_decref(await(bench, 225));
    davy_threats_close(bench->threats);
    open_threats(bench);
    zone = await(bench, 225);
    assert_string_equal(live(zone, "state"), "active");
    assert_int_equal(json_array_size(json_object_get(json_object_get(zone, "live"), "alarms")), 1);
    json_decref(zone);

    assert_ok(davy_threats_end(bench->threats, "li", "leak", "the valve is shut"));
    assert_null(look(bench));
    assert_fails(davy_threats_end(bench->threats, "li", "leak", NULL), DAVY_ERR_NOT_FOUND,
                 "has not begun");
    davy_threats_close(bench->threats);
    open_threats(bench);
    davy_threats_alarm(bench->threats, &alarm); /* the same occurrence, announced again */
    pause_ms(700);
    assert_null(look(bench));
    alarm = alarm_of(2);
    davy_threats_alarm(bench->threats, &alarm); /* a new one begins it again */
    json_decref(await(bench, 225));
}

static void a_person_begins_it_and_a_silent_station_is_told(void **state)
{
    struct bench *bench = *state;
    json_t *zone, *live_part;

    assert_fails(davy_threats_begin(bench->threats, "li", "leek", NULL), DAVY_ERR_NOT_FOUND,
                 "no scenario 'leek'");
    assert_ok(davy_threats_begin(bench->threats, "li", "leak", "it smells"));
    zone = look(bench); /* at once */
    assert_non_null(zone);
    assert_string_equal(live(zone, "by"), "li");
    live_part = json_object_get(zone, "live");
    assert_true(json_array_size(json_object_get(live_part, "assumed")) >= 2);
    assert_true(json_integer_value(json_object_get(live_part, "record")) > 0);
    /* Without a direction the zone is all around the tank: a point on each side is in it. */
    assert_true(json_array_size(json_object_get(json_array_get(json_object_get(zone, "zones"), 0),
                                                "ring")) > 8);
    json_decref(zone);
}

/* Readings that are bad, or older than the deadline of two minutes, are none. */
static void bad_and_old_readings_are_silent(void **state)
{
    struct bench *bench = *state;
    const int64_t now_ns = davy_wall_ns(davy_clock_system());
    const davy_sample samples[] = {
        {.time_ns = now_ns,
         .value = 36,
         .signal = bench->site->signals[1].id,
         .quality = DAVY_QUALITY_UNCERTAIN},
        {.time_ns = now_ns - 130 * DAVY_NS_PER_S,
         .value = 90,
         .signal = bench->site->signals[2].id},
        {.time_ns = now_ns - 110 * DAVY_NS_PER_S,
         .value = 500,
         .signal = bench->site->signals[3].id},
    };
    json_t *zone, *assumed;
    char *text;

    assert_ok(davy_store_append(bench->store, samples, DAVY_ARRAY_LENGTH(samples)));
    assert_ok(davy_threats_begin(bench->threats, "li", "leak", NULL));
    zone = look(bench);
    assumed = json_object_get(json_object_get(zone, "live"), "assumed");
    text = json_dumps(assumed, 0);
    assert_non_null(strstr(text, "\"wind_speed\""));
    assert_non_null(strstr(text, "\"wind_from\""));
    assert_null(strstr(text, "\"radiation\""));
    assert_near(json_number_value(json_object_get(json_object_get(zone, "weather"), "wind")), 1.5,
                0.0);
    free(text);
    json_decref(zone);
}

static davy_site *read_plant(const char *text)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    assert_ok(davy_site_parse("site.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

static void count(struct bench *bench, double people)
{
    const davy_sample sample = {.time_ns = davy_wall_ns(davy_clock_system()),
                                .value = people,
                                .signal = bench->site->signals[4].id};

    assert_ok(davy_store_append(bench->store, &sample, 1));
}

static bool has_people(struct bench *bench, double people)
{
    json_t *zone = look(bench);
    const json_t *place = json_array_get(json_object_get(zone, "places"), 0);
    const bool is = place && json_number_value(json_object_get(place, "people")) == people;

    json_decref(zone);
    return is;
}

static void await_people(struct bench *bench, double people)
{
    for (int i = 0; i < 1200 && !has_people(bench, people); i++)
        pause_ms(10);
    assert_true(has_people(bench, people));
}

/* A counter that is below nothing is broken: the 7 of the file count. Then the wind stands still
 * and people move: they are counted anew. */
static void people_who_move_are_counted_anew(void **state)
{
    struct bench *bench = *state;
    const davy_alarm alarm = alarm_of(1);

    blow(bench, 18, 270);
    count(bench, -5);
    davy_threats_alarm(bench->threats, &alarm);
    await_people(bench, 7);
    count(bench, 31);
    await_people(bench, 31);
}

/* It goes on until a person ends it, and says what is wrong. */
static void a_scenario_that_left_the_site_file_is_told(void **state)
{
    struct bench *bench = *state;
    davy_site *before = bench->site;
    json_t *zone;

    assert_ok(davy_threats_begin(bench->threats, "li", "leak", NULL));
    davy_threats_stop(bench->threats);
    bench->site = read_plant("site: {name: a}\n");
    davy_threats_close(bench->threats);
    open_threats(bench);
    zone = look(bench);
    for (int i = 0; i < 200 && strcmp(live(zone, "problem"), "null") == 0; i++) {
        json_decref(zone);
        pause_ms(50);
        zone = look(bench);
    }
    assert_non_null(strstr(live(zone, "problem"), "no scenario of this name"));
    assert_string_equal(live(zone, "state"), "active");
    json_decref(zone);
    assert_ok(
        davy_threats_end(bench->threats, "li", "leak", NULL)); /* it can be ended all the same */
    davy_threats_stop(bench->threats);
    davy_site_destroy(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_alarm_begins_the_scenario_and_the_wind_moves_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_alarm_of_a_detector_says_how_likely_a_release_is, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_is_there_after_a_restart_until_a_person_ends_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(bad_and_old_readings_are_silent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_who_move_are_counted_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scenario_that_left_the_site_file_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_person_begins_it_and_a_silent_station_is_told, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
