/* SPDX-License-Identifier: Apache-2.0 */
#include "modbus_peer.h"
#include "plant.h"

#include <modbus/modbus.h>

/* A source under test, without a runner. */
struct fixture {
    struct plant plant;
    modbus_peer *peer;
    void *state;
    davy_sample samples[PLANT_SIGNALS_MAX];
    size_t count;
};

static void init(struct fixture *fixture, enum modbus_manners manners, size_t signals)
{
    fixture->peer = modbus_peer_start(manners);
    plant_init(&fixture->plant, "modbus", signals);
    fixture->plant.source.address = modbus_peer_address(fixture->peer);
    for (size_t i = 0; i < signals; i++) {
        davy_site_from *from = &fixture->plant.signals[i].from;

        from->table = DAVY_MODBUS_HOLDING;
        from->type = DAVY_MODBUS_UINT16;
        from->address = (uint16_t) i;
    }
    fixture->state = calloc(1, davy_source_modbus.state_size);
    assert_non_null(fixture->state);
}

static davy_status open_source(struct fixture *fixture)
{
    return davy_source_modbus.open(fixture->state, &fixture->plant.site, &fixture->plant.source,
                                   davy_clock_system());
}

/* One whole poll, however often read() returns without a sample before it. */
static davy_status poll_once(struct fixture *fixture)
{
    davy_status status;

    do
        status = davy_source_modbus.read(fixture->state, 200, fixture->samples, PLANT_SIGNALS_MAX,
                                         &fixture->count);
    while (status == DAVY_OK && fixture->count == 0);
    return status;
}

static void clear(struct fixture *fixture)
{
    davy_source_modbus.close(fixture->state);
    free(fixture->state);
    modbus_peer_stop(fixture->peer);
}

static void polls_all_signals_of_all_tables(void **state)
{
    static const davy_site_from from[] = {
        {.table = DAVY_MODBUS_HOLDING, .address = 7, .type = DAVY_MODBUS_UINT16, .scale = 1},
        {.table = DAVY_MODBUS_INPUT, .address = 8, .type = DAVY_MODBUS_UINT16, .scale = 1},
        {.table = DAVY_MODBUS_COIL, .address = 9, .type = DAVY_MODBUS_BIT, .scale = 1},
        {.table = DAVY_MODBUS_DISCRETE, .address = 10, .type = DAVY_MODBUS_BIT, .scale = 1},
        {.table = DAVY_MODBUS_HOLDING, .address = 100, .type = DAVY_MODBUS_UINT32, .scale = 1},
        {.table = DAVY_MODBUS_HOLDING,
         .address = 7,
         .type = DAVY_MODBUS_UINT16,
         .scale = 0.1,
         .offset = -40},
    };
    /* Registers hold their own address, bits its parity: 100 and 101 together are 0x00640065. */
    static const double wanted[] = {7, 8, 1, 0, 0x00640065, 7 * 0.1 - 40};
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, DAVY_ARRAY_LENGTH(from));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(from); i++)
        fixture.plant.signals[i].from = from[i];
    assert_ok(open_source(&fixture));
    for (int round = 0; round < 3; round++) {
        assert_ok(poll_once(&fixture));
        assert_int_equal(fixture.count, DAVY_ARRAY_LENGTH(from));
        for (size_t i = 0; i < fixture.count; i++) {
            size_t signal = fixture.samples[i].signal - PLANT_FIRST_ID;

            assert_true(fixture.samples[i].value == wanted[signal]);
            assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_GOOD);
            assert_true(fixture.samples[i].time_ns == fixture.samples[0].time_ns);
        }
    }
    assert_int_equal(modbus_peer_reads(fixture.peer), 3 * 5);
    assert_int_equal(modbus_peer_others(fixture.peer), 0); /* a source never writes */
    clear(&fixture);
}

static void a_batch_smaller_than_a_poll_is_continued(void **state)
{
    struct fixture fixture;
    size_t total = 0;

    (void) state;
    init(&fixture, MODBUS_HONEST, 10);
    assert_ok(open_source(&fixture));
    while (total < 10) {
        assert_ok(davy_source_modbus.read(fixture.state, 200, fixture.samples, 3, &fixture.count));
        for (size_t i = 0; i < fixture.count; i++, total++)
            assert_true(fixture.samples[i].value == (double) total);
    }
    assert_int_equal(modbus_peer_reads(fixture.peer), 1);
    clear(&fixture);
}

static void one_refused_register_does_not_spoil_the_others(void **state)
{
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, 40);
    modbus_peer_refuse(fixture.peer, 17);
    assert_ok(open_source(&fixture));
    for (int round = 0; round < 2; round++) {
        assert_ok(poll_once(&fixture));
        assert_int_equal(fixture.count, 40);
        for (size_t i = 0; i < 40; i++) {
            size_t signal = fixture.samples[i].signal - PLANT_FIRST_ID;

            assert_int_equal(fixture.samples[i].quality,
                             signal == 17 ? DAVY_QUALITY_BAD : DAVY_QUALITY_GOOD);
            assert_true(signal == 17 ? isnan(fixture.samples[i].value)
                                     : fixture.samples[i].value == (double) signal);
        }
    }
    clear(&fixture);
}

static void a_register_the_device_has_not_in_a_gap_costs_no_signal(void **state)
{
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, 2);
    fixture.plant.signals[1].from.address = 10;
    modbus_peer_refuse(fixture.peer, 5);
    assert_ok(open_source(&fixture));
    assert_ok(poll_once(&fixture));
    assert_int_equal(fixture.count, 2);
    assert_true(fixture.samples[0].value == 0.0 && fixture.samples[1].value == 10.0);
    clear(&fixture);
}

static void a_busy_device_is_bad_for_the_poll_and_not_lost(void **state)
{
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, 3);
    assert_ok(open_source(&fixture));
    modbus_peer_fail(fixture.peer, MODBUS_EXCEPTION_SLAVE_OR_SERVER_BUSY);
    assert_ok(poll_once(&fixture));
    assert_int_equal(fixture.count, 3);
    assert_int_equal(fixture.samples[2].quality, DAVY_QUALITY_BAD);
    assert_int_equal(modbus_peer_reads(fixture.peer), 1);
    modbus_peer_fail(fixture.peer, 0);
    assert_ok(poll_once(&fixture));
    assert_int_equal(fixture.samples[2].quality, DAVY_QUALITY_GOOD);
    clear(&fixture);
}

static void a_value_scaled_past_the_largest_double_is_bad(void **state)
{
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, 1);
    /* 0x00FE00FF times 1e308 is past the largest double. */
    fixture.plant.signals[0].from = (davy_site_from){
        .table = DAVY_MODBUS_HOLDING, .address = 254, .type = DAVY_MODBUS_UINT32, .scale = 1e308};
    assert_ok(open_source(&fixture));
    assert_ok(poll_once(&fixture));
    assert_int_equal(fixture.samples[0].quality, DAVY_QUALITY_BAD);
    clear(&fixture);
}

/* Each of these must end the read within the time limit of the request, whatever it sends. */
static void a_device_that_misbehaves_is_lost(void **state)
{
    static const struct {
        enum modbus_manners manners;
        davy_status status;
    } cases[] = {{MODBUS_SILENT, DAVY_ERR_TIMEOUT},      {MODBUS_TRICKLE, DAVY_ERR_TIMEOUT},
                 {MODBUS_GARBAGE, DAVY_ERR_UNAVAILABLE}, {MODBUS_ENDLESS, DAVY_ERR_UNAVAILABLE},
                 {MODBUS_WRONG, DAVY_ERR_UNAVAILABLE},   {MODBUS_SHORT, DAVY_ERR_UNAVAILABLE},
                 {MODBUS_HANG_UP, DAVY_ERR_UNAVAILABLE}};
    struct fixture fixture;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_status status;

        init(&fixture, cases[i].manners, 100);
        fixture.plant.source.timeout_ns = 300 * DAVY_NS_PER_MS;
        assert_ok(open_source(&fixture));
        status = poll_once(&fixture);
        if (status != cases[i].status)
            fail_msg("case %zu: %s: %s", i, davy_status_name(status), davy_error());
        assert_int_equal(fixture.count, 0);
        assert_non_null(strstr(davy_error(), modbus_peer_address(fixture.peer)));
        clear(&fixture);
    }
}

static void wrong_settings_are_told(void **state)
{
    struct fixture fixture;

    (void) state;
    init(&fixture, MODBUS_HONEST, 1);
    fixture.plant.source.unit_id = 300;
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "unit id 300");
    davy_source_modbus.close(fixture.state);
    memset(fixture.state, 0, davy_source_modbus.state_size);
    fixture.plant.source.address = "10.0.0.5";
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "write tcp://host:502");
    clear(&fixture);
}

/* Poll every 100 ms, on a clock moved by hand. Read at 330 ms, the polls of 200 and 300 ms are one;
 * the next is due at 400 ms, not at 430. */
static void polls_keep_their_phase_and_leave_out_what_was_missed(void **state)
{
    static const struct {
        int64_t at_ms;
        size_t count;
    } steps[] = {{0, 1}, {99, 0}, {100, 1}, {130, 0}, {330, 1}, {399, 0}, {400, 1}, {499, 0}};
    struct fixture fixture;
    davy_clock_fake clock;
    int64_t now_ms = 0;

    (void) state;
    init(&fixture, MODBUS_HONEST, 1);
    davy_clock_fake_init(&clock, 0);
    fixture.plant.source.poll_ns = 100 * DAVY_NS_PER_MS;
    assert_ok(davy_source_modbus.open(fixture.state, &fixture.plant.site, &fixture.plant.source,
                                      &clock.clock));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps); i++) {
        davy_clock_fake_advance(&clock, (steps[i].at_ms - now_ms) * DAVY_NS_PER_MS);
        now_ms = steps[i].at_ms;
        assert_ok(davy_source_modbus.read(fixture.state, 0, fixture.samples, PLANT_SIGNALS_MAX,
                                          &fixture.count));
        assert_int_equal(fixture.count, steps[i].count);
        if (fixture.count > 0)
            assert_true(fixture.samples[0].time_ns == now_ms * DAVY_NS_PER_MS);
    }
    clear(&fixture);
}

/* A device that refuses everything for a while is cut to single registers; ten minutes later it is
 * asked in one request again. */
static void cuts_are_forgotten_after_a_while(void **state)
{
    struct fixture fixture;
    davy_clock_fake clock;
    unsigned before;

    (void) state;
    init(&fixture, MODBUS_HONEST, 8);
    davy_clock_fake_init(&clock, 0);
    assert_ok(davy_source_modbus.open(fixture.state, &fixture.plant.site, &fixture.plant.source,
                                      &clock.clock));
    modbus_peer_fail(fixture.peer, MODBUS_EXCEPTION_SLAVE_OR_SERVER_FAILURE);
    assert_ok(poll_once(&fixture));
    modbus_peer_fail(fixture.peer, 0);
    for (int round = 0; round < 2; round++) {
        davy_clock_fake_advance(&clock, round == 0 ? DAVY_NS_PER_S : 600 * DAVY_NS_PER_S);
        before = modbus_peer_reads(fixture.peer);
        assert_ok(poll_once(&fixture));
        assert_int_equal(fixture.count, 8);
        assert_int_equal(fixture.samples[7].quality, DAVY_QUALITY_GOOD);
        assert_int_equal(modbus_peer_reads(fixture.peer) - before, round == 0 ? 8 : 1);
    }
    clear(&fixture);
}

static size_t count_good(struct sink *sink)
{
    size_t good = 0;

    pthread_mutex_lock(&sink->lock);
    for (size_t i = 0; i < sink->count; i++)
        good += sink->samples[i].quality == DAVY_QUALITY_GOOD;
    pthread_mutex_unlock(&sink->lock);
    return good;
}

/* 99 good devices beside one that sends a byte a second: counts of polls, taken at one moment, are
 * compared with each other and with what their own interval allows. */
static void ninety_nine_good_devices_keep_their_interval_beside_a_hostile_one(void **state)
{
    enum { DEVICES = 100, POLLS = 10 };
    static struct plant plants[DEVICES];
    static struct sink sinks[DEVICES];
    davy_runner *runners[DEVICES];
    size_t polls[DEVICES], most = 0;
    modbus_peer *good = modbus_peer_start(MODBUS_HONEST);
    modbus_peer *hostile = modbus_peer_start(MODBUS_TRICKLE);

    (void) state;
    for (size_t i = 0; i < DEVICES; i++) {
        const davy_runner_callbacks callbacks = sink_callbacks(&sinks[i]);

        plant_init(&plants[i], "modbus", 1);
        sink_init(&sinks[i]);
        plants[i].source.poll_ns = 200 * DAVY_NS_PER_MS;
        plants[i].source.timeout_ns = DAVY_NS_PER_S; /* its answer takes 1.7 s */
        plants[i].source.address = modbus_peer_address(i == 0 ? hostile : good);
        plants[i].signals[0].from.table = DAVY_MODBUS_HOLDING;
        plants[i].signals[0].from.type = DAVY_MODBUS_FLOAT64;
        assert_ok(davy_runner_start(&plants[i].site, &plants[i].source, davy_clock_system(),
                                    &callbacks, &runners[i]));
    }
    WAIT_FOR(count_good(&sinks[DEVICES / 2]) >= POLLS);
    for (size_t i = 0; i < DEVICES; i++) {
        polls[i] = count_good(&sinks[i]);
        if (polls[i] > most)
            most = polls[i];
    }
    for (size_t i = 1; i < DEVICES; i++)
        assert_true(polls[i] * 2 >= most);
    assert_int_equal(polls[0], 0);
    assert_int_equal(sink_told(&sinks[0], DAVY_SOURCE_RUNNING), 0); /* it never answered */
    for (size_t i = 0; i < DEVICES; i++)
        davy_runner_interrupt(runners[i]);
    for (size_t i = 0; i < DEVICES; i++) {
        davy_runner_stop(runners[i]);
        sink_clear(&sinks[i]);
    }
    modbus_peer_stop(good);
    modbus_peer_stop(hostile);
}

/* A stop shall not wait for the answer of a device that takes its time. */
static void a_stop_interrupts_a_request(void **state)
{
    struct plant plant;
    struct sink sink;
    modbus_peer *peer = modbus_peer_start(MODBUS_SILENT);
    const davy_runner_callbacks callbacks = sink_callbacks(&sink);
    davy_runner *runner;

    (void) state;
    plant_init(&plant, "modbus", 1);
    sink_init(&sink);
    plant.source.timeout_ns = 3600 * DAVY_NS_PER_S;
    plant.source.address = modbus_peer_address(peer);
    plant.signals[0].from.table = DAVY_MODBUS_HOLDING;
    assert_ok(
        davy_runner_start(&plant.site, &plant.source, davy_clock_system(), &callbacks, &runner));
    pause_ms(100);
    davy_runner_stop(runner); /* a failure here is the time limit of the whole test */
    assert_int_equal(sink.count, 0);
    assert_int_equal(sink.told[DAVY_SOURCE_LOST], 0);
    sink_clear(&sink);
    modbus_peer_stop(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_all_signals_of_all_tables),
        cmocka_unit_test(a_batch_smaller_than_a_poll_is_continued),
        cmocka_unit_test(one_refused_register_does_not_spoil_the_others),
        cmocka_unit_test(a_register_the_device_has_not_in_a_gap_costs_no_signal),
        cmocka_unit_test(a_busy_device_is_bad_for_the_poll_and_not_lost),
        cmocka_unit_test(a_value_scaled_past_the_largest_double_is_bad),
        cmocka_unit_test(a_device_that_misbehaves_is_lost),
        cmocka_unit_test(wrong_settings_are_told),
        cmocka_unit_test(polls_keep_their_phase_and_leave_out_what_was_missed),
        cmocka_unit_test(cuts_are_forgotten_after_a_while),
        cmocka_unit_test(ninety_nine_good_devices_keep_their_interval_beside_a_hostile_one),
        cmocka_unit_test(a_stop_interrupts_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
