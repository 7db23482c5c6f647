/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt_peer.h"
#include "plant.h"

#include "collect/payload.h"
#include "core/file.h"

#include <unistd.h>

/* A source under test, without a runner. */
struct fixture {
    struct plant plant;
    mqtt_broker *broker;
    void *state;
    davy_sample samples[64];
    size_t count;
};

static const char *const all_topics[] = {"plant/#"};

/* Every signal of its own topic "plant/0", "plant/1", ... unless the test says otherwise. */
static void init(struct fixture *fixture, const char *address, size_t signals)
{
    static const char *const topics[] = {"plant/0", "plant/1", "plant/2", "plant/3"};

    plant_init(&fixture->plant, "mqtt", signals);
    fixture->plant.source.address = address;
    fixture->plant.source.format = "number";
    fixture->plant.source.timeout_ns = 10 * DAVY_NS_PER_S;
    for (size_t i = 0; i < signals; i++)
        fixture->plant.signals[i].from.topic = topics[i % DAVY_ARRAY_LENGTH(topics)];
    fixture->state = calloc(1, davy_source_mqtt.state_size);
    assert_non_null(fixture->state);
}

static void init_real(struct fixture *fixture, size_t signals)
{
    fixture->broker = mqtt_broker_start(NULL);
    assert_non_null(fixture->broker);
    init(fixture, mqtt_broker_address(fixture->broker), signals);
}

static davy_status open_source(struct fixture *fixture)
{
    return davy_source_mqtt.open(fixture->state, &fixture->plant.site, &fixture->plant.source,
                                 davy_clock_system());
}

static void publish(struct fixture *fixture, const char *topic, const char *text)
{
    mqtt_broker_publish(fixture->broker, topic, text, strlen(text), false);
}

/* Read until `wanted` samples are there. */
static void read_samples(struct fixture *fixture, size_t wanted)
{
    fixture->count = 0;
    for (int i = 0; i < 100 && fixture->count < wanted; i++) {
        size_t count = 0;

        assert_ok(davy_source_mqtt.read(fixture->state, 100, fixture->samples + fixture->count,
                                        DAVY_ARRAY_LENGTH(fixture->samples) - fixture->count,
                                        &count));
        fixture->count += count;
    }
    assert_int_equal(fixture->count, wanted);
}

static void close_source(struct fixture *fixture)
{
    davy_source_mqtt.close(fixture->state);
    memset(fixture->state, 0, davy_source_mqtt.state_size);
}

static void clear(struct fixture *fixture)
{
    davy_source_mqtt.close(fixture->state);
    free(fixture->state);
    mqtt_broker_stop(fixture->broker);
}

static void plain_numbers_come_at_their_arrival(void **state)
{
    struct fixture fixture = {0};
    int64_t before_ns, after_ns;

    (void) state;
    init_real(&fixture, 2);
    fixture.plant.signals[1].from.scale = 0.1;
    fixture.plant.signals[1].from.offset = -40;
    assert_ok(open_source(&fixture));
    before_ns = davy_wall_ns(davy_clock_system());
    publish(&fixture, "plant/0", "21.5");
    publish(&fixture, "plant/unknown", "1");
    publish(&fixture, "plant/1", " 7\n");
    publish(&fixture, "plant/0", "broken");
    read_samples(&fixture, 3);
    after_ns = davy_wall_ns(davy_clock_system());
    assert_int_equal(fixture.samples[0].signal, PLANT_FIRST_ID);
    assert_true(fixture.samples[0].value == 21.5);
    assert_int_equal(fixture.samples[0].quality, DAVY_QUALITY_GOOD);
    assert_true(fixture.samples[0].time_ns >= before_ns && fixture.samples[0].time_ns <= after_ns);
    assert_true(fixture.samples[1].value == 7 * 0.1 - 40);
    assert_int_equal(fixture.samples[2].quality, DAVY_QUALITY_BAD);
    assert_true(isnan(fixture.samples[2].value));
    clear(&fixture);
}

static void json_gives_a_sample_for_each_path_at_its_own_time(void **state)
{
    struct fixture fixture = {0};

    (void) state;
    init_real(&fixture, 4);
    fixture.plant.source.topics = all_topics;
    fixture.plant.source.topic_count = 1;
    fixture.plant.source.format = "json";
    for (size_t i = 0; i < 4; i++)
        fixture.plant.signals[i].from.topic = "plant/t101";
    fixture.plant.signals[0].from.path = "$.tank.levels[1]";
    fixture.plant.signals[1].from.path = "$.pressure";
    fixture.plant.signals[2].from.path = "$.absent";
    assert_ok(open_source(&fixture));
    publish(&fixture, "plant/t101",
            "{\"timestamp\":1700000000123,\"tank\":{\"levels\":[1,2.5]},\"pressure\":null,"
            "\"s3\":true}");
    publish(&fixture, "plant/other", "{\"pressure\":1}");
    publish(&fixture, "plant/t101", "{\"pressure\":");
    read_samples(&fixture, 3 + 4);
    for (size_t i = 0; i < 3; i++)
        assert_true(fixture.samples[i].time_ns == 1700000000123 * DAVY_NS_PER_MS);
    for (size_t i = 0; i < 3; i++) {
        const davy_sample *sample = &fixture.samples[i];

        switch (sample->signal - PLANT_FIRST_ID) {
        case 0:
            assert_true(sample->value == 2.5);
            break;
        case 1:
            assert_int_equal(sample->quality, DAVY_QUALITY_BAD);
            break;
        default: /* a signal without a path is the member of its name */
            assert_int_equal(sample->signal, PLANT_FIRST_ID + 3);
            assert_true(sample->value == 1.0);
        }
    }
    for (size_t i = 3; i < 7; i++) /* what is no JSON marks all signals of the topic */
        assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_BAD);
    clear(&fixture);
}

static void neuron_errors_become_bad_samples(void **state)
{
    struct fixture fixture = {0};

    (void) state;
    init_real(&fixture, 2);
    for (size_t i = 0; i < 2; i++)
        fixture.plant.signals[i].from.topic = "neuron/plant";
    fixture.plant.source.format = "neuron";
    fixture.plant.signals[0].from.tag = "tag 0";
    assert_ok(open_source(&fixture));
    publish(&fixture, "neuron/plant",
            "{\"timestamp\":1650006388943,\"node\":\"modbus\",\"group\":\"grp\",\"values\":"
            "{\"tag 0\":123},\"errors\":{\"s1\":2014},\"metas\":{}}");
    read_samples(&fixture, 2);
    for (size_t i = 0; i < 2; i++) {
        bool bad = fixture.samples[i].signal == PLANT_FIRST_ID + 1;

        assert_int_equal(fixture.samples[i].quality, bad ? DAVY_QUALITY_BAD : DAVY_QUALITY_GOOD);
        assert_true(fixture.samples[i].time_ns == 1650006388943 * DAVY_NS_PER_MS);
        assert_true(bad || fixture.samples[i].value == 123.0);
    }
    clear(&fixture);
}

/* A retained number may be a year old: nobody can tell. */
static void retained_values_of_unknown_age_are_uncertain(void **state)
{
    static const char dated[] = "{\"timestamp\":1700000000000,\"s1\":5}";
    struct fixture fixture = {0};

    (void) state;
    init_real(&fixture, 2);
    fixture.plant.signals[1].from.path = "$.s1";
    mqtt_broker_publish(fixture.broker, "plant/0", "3", 1, true);
    mqtt_broker_publish(fixture.broker, "plant/1", dated, sizeof dated - 1, true);
    assert_ok(open_source(&fixture));
    publish(&fixture, "plant/0", "4");
    read_samples(&fixture, 3);
    for (size_t i = 0; i < 3; i++) {
        if (fixture.samples[i].value == 3.0)
            assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_UNCERTAIN);
        else
            assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_GOOD);
    }
    clear(&fixture);
}

static void a_payload_past_the_limit_is_bad(void **state)
{
    size_t length = DAVY_PAYLOAD_MAX + 1;
    char *bytes = malloc(length);
    struct fixture fixture = {0};

    (void) state;
    assert_non_null(bytes);
    memset(bytes, ' ', length);
    bytes[0] = '7';
    init_real(&fixture, 2);
    fixture.plant.signals[1].from.path = "$.s1";
    assert_ok(open_source(&fixture));
    mqtt_broker_publish(fixture.broker, "plant/0", bytes, length, false);
    mqtt_broker_publish(fixture.broker, "plant/0", bytes, length - 1, false);
    mqtt_broker_publish(fixture.broker, "plant/1", bytes, length, false);
    read_samples(&fixture, 3);
    assert_int_equal(fixture.samples[0].quality, DAVY_QUALITY_BAD);
    assert_true(fixture.samples[1].value == 7.0);
    assert_int_equal(fixture.samples[2].quality, DAVY_QUALITY_BAD);
    clear(&fixture);
    free(bytes);
}

static void more_samples_than_a_batch_holds_are_kept(void **state)
{
    struct fixture fixture = {0};
    davy_sample sample;
    size_t total = 0;

    (void) state;
    init_real(&fixture, 4);
    for (size_t i = 0; i < 4; i++)
        fixture.plant.signals[i].from.topic = "plant/all";
    assert_ok(open_source(&fixture));
    for (int i = 0; i < 10; i++)
        publish(&fixture, "plant/all", "1");
    for (int i = 0; i < 200 && total < 40; i++) {
        size_t count = 0;

        assert_ok(davy_source_mqtt.read(fixture.state, 100, &sample, 1, &count));
        assert_true(count <= 1);
        total += count;
    }
    assert_int_equal(total, 40);
    clear(&fixture);
}

static void a_password_out_of_a_file_opens_the_broker(void **state)
{
    struct fixture fixture = {0};
    char path[] = "/tmp/davy-password-XXXXXX";
    int descriptor = mkstemp(path);

    (void) state;
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_ok(davy_file_replace(path, "secret\n", 7, 0600));
    fixture.broker = mqtt_broker_start("secret");
    assert_non_null(fixture.broker);
    init(&fixture, mqtt_broker_address(fixture.broker), 1);
    assert_fails(open_source(&fixture), DAVY_ERR_DENIED, "not authorised");
    close_source(&fixture);
    fixture.plant.source.username = "davy";
    fixture.plant.source.password_file = "/nonexistent/password";
    assert_fails(open_source(&fixture), DAVY_ERR_NOT_FOUND, "/nonexistent/password");
    close_source(&fixture);
    fixture.plant.source.password_file = path;
    assert_ok(open_source(&fixture));
    publish(&fixture, "plant/0", "1");
    read_samples(&fixture, 1);
    clear(&fixture);
    unlink(path);
}

static void a_false_broker_is_lost_when_it_is_opened(void **state)
{
    static const struct {
        enum mqtt_manners manners;
        davy_status status;
        const char *words;
    } cases[] = {{MQTT_SILENT, DAVY_ERR_TIMEOUT, "does not answer"},
                 {MQTT_GARBAGE, DAVY_ERR_TIMEOUT, "does not answer"},
                 {MQTT_TRICKLE, DAVY_ERR_TIMEOUT, "does not answer"},
                 {MQTT_REFUSE_CONNECT, DAVY_ERR_DENIED, "not authorised"},
                 {MQTT_REFUSE_TOPIC, DAVY_ERR_DENIED, "refuses the subscription of 'plant/0'"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        mqtt_false_broker *broker = mqtt_false_broker_start(cases[i].manners);
        struct fixture fixture = {0};

        init(&fixture, mqtt_false_broker_address(broker), 1);
        if (cases[i].status == DAVY_ERR_TIMEOUT)
            fixture.plant.source.timeout_ns = 300 * DAVY_NS_PER_MS;
        assert_fails(open_source(&fixture), cases[i].status, cases[i].words);
        clear(&fixture);
        mqtt_false_broker_stop(broker);
    }
}

static void a_broker_that_breaks_the_protocol_is_lost(void **state)
{
    mqtt_false_broker *broker = mqtt_false_broker_start(MQTT_NONSENSE);
    davy_status status = DAVY_OK;
    struct fixture fixture = {0};

    (void) state;
    init(&fixture, mqtt_false_broker_address(broker), 1);
    assert_ok(open_source(&fixture));
    for (int i = 0; i < 100 && status == DAVY_OK; i++)
        status = davy_source_mqtt.read(fixture.state, 100, fixture.samples, 8, &fixture.count);
    assert_int_equal(status, DAVY_ERR_UNAVAILABLE);
    clear(&fixture);
    mqtt_false_broker_stop(broker);
}

static void a_message_that_never_ends_gives_nothing_and_holds_up_nothing(void **state)
{
    mqtt_false_broker *broker = mqtt_false_broker_start(MQTT_HUGE);
    struct fixture fixture = {0};

    (void) state;
    init(&fixture, mqtt_false_broker_address(broker), 1);
    assert_ok(open_source(&fixture));
    for (int i = 0; i < 3; i++) {
        assert_ok(davy_source_mqtt.read(fixture.state, 50, fixture.samples, 8, &fixture.count));
        assert_int_equal(fixture.count, 0);
    }
    clear(&fixture);
    mqtt_false_broker_stop(broker);
}

static void wrong_settings_are_told(void **state)
{
    struct fixture fixture = {0};

    (void) state;
    init(&fixture, "tcp://127.0.0.1", 1);
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "write mqtt://host:1883");
    close_source(&fixture);
    fixture.plant.source.address = "mqtt://127.0.0.1:1";
    assert_fails(open_source(&fixture), DAVY_ERR_UNAVAILABLE, "mqtt://127.0.0.1:1: ");
    close_source(&fixture);
    fixture.plant.signals[0].from.path = "$.a..b";
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "signal 'A/s0': the path '$.a..b'");
    close_source(&fixture);
    fixture.plant.signals[0].from.topic = NULL;
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "'A/s0' names no topic");
    clear(&fixture);
}

static void a_lost_broker_is_a_recorded_gap_and_found_again(void **state)
{
    struct fixture fixture = {0};
    struct sink sink;
    const davy_runner_callbacks callbacks = sink_callbacks(&sink);
    davy_runner *runner;

    (void) state;
    init_real(&fixture, 2);
    sink_init(&sink);
    assert_ok(davy_runner_start(&fixture.plant.site, &fixture.plant.source, davy_clock_system(),
                                &callbacks, &runner));
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_RUNNING) == 1);
    publish(&fixture, "plant/0", "1");
    WAIT_FOR(sink_count(&sink) == 1);
    mqtt_broker_kill(fixture.broker);
    WAIT_FOR(sink_count(&sink) == 3); /* a mark for each of the two signals */
    mqtt_broker_revive(fixture.broker);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_RUNNING) == 2);
    publish(&fixture, "plant/0", "2");
    WAIT_FOR(sink_count(&sink) == 4);
    davy_runner_stop(runner);
    assert_int_equal(sink.samples[1].quality, DAVY_QUALITY_BAD);
    assert_int_equal(sink.samples[2].quality, DAVY_QUALITY_BAD);
    assert_true(sink.samples[3].value == 2.0);
    assert_true(sink.told[DAVY_SOURCE_LOST] >= 1);
    sink_clear(&sink);
    clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_come_at_their_arrival),
        cmocka_unit_test(json_gives_a_sample_for_each_path_at_its_own_time),
        cmocka_unit_test(neuron_errors_become_bad_samples),
        cmocka_unit_test(retained_values_of_unknown_age_are_uncertain),
        cmocka_unit_test(a_payload_past_the_limit_is_bad),
        cmocka_unit_test(more_samples_than_a_batch_holds_are_kept),
        cmocka_unit_test(a_password_out_of_a_file_opens_the_broker),
        cmocka_unit_test(a_false_broker_is_lost_when_it_is_opened),
        cmocka_unit_test(a_broker_that_breaks_the_protocol_is_lost),
        cmocka_unit_test(a_message_that_never_ends_gives_nothing_and_holds_up_nothing),
        cmocka_unit_test(wrong_settings_are_told),
        cmocka_unit_test(a_lost_broker_is_a_recorded_gap_and_found_again),
    };
    mqtt_broker *broker = mqtt_broker_start(NULL);

    if (!broker) {
        (void) puts("1..0 # SKIP mosquitto is not installed");
        return EXIT_SUCCESS;
    }
    mqtt_broker_stop(broker);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
