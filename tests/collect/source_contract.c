/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What collect/source.h promises of every kind of source, checked for each kind that has a peer
 * here. A new kind adds a rig to the table at the end.
 */
#include "modbus_peer.h"
#include "mqtt_peer.h"
#include "plant.h"

#include "core/file.h"

#include <dirent.h>
#include <unistd.h>

enum { SIGNALS = 3 };

/** A plant with a peer of one kind. */
struct rig {
    struct plant plant;
    void *peer;
    char text[64]; /* a path or an address */
    void *state;
};

struct rig_kind {
    const davy_source_kind *kind;
    bool (*start)(struct rig *rig); /* a peer that is there; false: not installed */
    void (*feed)(struct rig *rig);  /* let it give a sample of each signal */
    void (*lose)(struct rig *rig);  /* let it vanish */
    void (*stop)(struct rig *rig);
    void (*point_to_nothing)(struct rig *rig); /* instead of start() */
};

/* replay: two files, of which the second can vanish; the rows after the first are an hour away. */

static const char *const replay_files[] = {"a.csv", "b.csv"};

static void replay_write(struct rig *rig, const char *name, const char *text)
{
    char path[128];

    (void) snprintf(path, sizeof path, "%s/%s", rig->text, name);
    assert_ok(davy_file_replace(path, text, strlen(text), 0600));
}

static void replay_point_to_nothing(struct rig *rig)
{
    plant_init(&rig->plant, "replay", SIGNALS);
    rig->plant.source.files = replay_files;
    rig->plant.source.file_count = 2;
    rig->plant.source.time_column = "time";
    rig->plant.source.speed = 1.0;
    rig->plant.site.file = "/nonexistent/site.yaml";
}

static bool replay_start(struct rig *rig)
{
    static char site_file[80];

    replay_point_to_nothing(rig);
    (void) snprintf(rig->text, sizeof rig->text, "/tmp/davy-contract-XXXXXX");
    assert_non_null(mkdtemp(rig->text));
    (void) snprintf(site_file, sizeof site_file, "%s/site.yaml", rig->text);
    rig->plant.site.file = site_file;
    replay_write(rig, "a.csv", "time,s0,s1,s2\n1000,,,\n1000,1,2,3\n");
    replay_write(rig, "b.csv", "time,s0,s1,s2\n1000,1,2,3\n4600,1,2,3\n");
    return true;
}

static void replay_feed(struct rig *rig)
{
    (void) rig; /* its rows come by themselves */
}

static void replay_remove(struct rig *rig, const char *name)
{
    char path[128];

    (void) snprintf(path, sizeof path, "%s/%s", rig->text, name);
    (void) unlink(path);
}

static void replay_lose(struct rig *rig)
{
    replay_remove(rig, "b.csv");
}

static void replay_stop(struct rig *rig)
{
    replay_remove(rig, "a.csv");
    replay_remove(rig, "b.csv");
    assert_int_equal(rmdir(rig->text), 0);
}

static const struct rig_kind replay_rig = {&davy_source_replay, replay_start,
                                           replay_feed,         replay_lose,
                                           replay_stop,         replay_point_to_nothing};

/* modbus */

static void modbus_point_to_nothing(struct rig *rig)
{
    plant_init(&rig->plant, "modbus", SIGNALS);
    for (size_t i = 0; i < SIGNALS; i++) {
        rig->plant.signals[i].from.table = DAVY_MODBUS_HOLDING;
        rig->plant.signals[i].from.type = DAVY_MODBUS_UINT16;
        rig->plant.signals[i].from.address = (uint16_t) (i + 1);
    }
    rig->plant.source.address = "tcp://127.0.0.1:1"; /* no one listens on tcpmux */
}

static bool modbus_start(struct rig *rig)
{
    modbus_point_to_nothing(rig);
    rig->peer = modbus_peer_start(MODBUS_HONEST);
    (void) snprintf(rig->text, sizeof rig->text, "%s", modbus_peer_address(rig->peer));
    rig->plant.source.address = rig->text;
    return true;
}

static void modbus_feed(struct rig *rig)
{
    (void) rig; /* it answers when it is asked */
}

static void modbus_lose(struct rig *rig)
{
    modbus_peer_stop(rig->peer);
    rig->peer = NULL;
}

static void modbus_stop(struct rig *rig)
{
    if (rig->peer)
        modbus_peer_stop(rig->peer);
}

static const struct rig_kind modbus_rig = {&davy_source_modbus, modbus_start,
                                           modbus_feed,         modbus_lose,
                                           modbus_stop,         modbus_point_to_nothing};

/* mqtt */

static void mqtt_point_to_nothing(struct rig *rig)
{
    static const char *const topics[SIGNALS] = {"plant/0", "plant/1", "plant/2"};

    plant_init(&rig->plant, "mqtt", SIGNALS);
    for (size_t i = 0; i < SIGNALS; i++)
        rig->plant.signals[i].from.topic = topics[i];
    rig->plant.source.timeout_ns = 10 * DAVY_NS_PER_S;
    rig->plant.source.address = "mqtt://127.0.0.1:1";
}

static bool mqtt_start(struct rig *rig)
{
    mqtt_point_to_nothing(rig);
    rig->peer = mqtt_broker_start(NULL);
    if (!rig->peer)
        return false;
    (void) snprintf(rig->text, sizeof rig->text, "%s", mqtt_broker_address(rig->peer));
    rig->plant.source.address = rig->text;
    return true;
}

static void mqtt_feed(struct rig *rig)
{
    for (size_t i = 0; i < SIGNALS; i++)
        mqtt_broker_publish(rig->peer, rig->plant.signals[i].from.topic, "7", 1, false);
}

static void mqtt_lose(struct rig *rig)
{
    mqtt_broker_kill(rig->peer);
}

static void mqtt_stop(struct rig *rig)
{
    mqtt_broker_stop(rig->peer);
}

static const struct rig_kind mqtt_rig = {&davy_source_mqtt, mqtt_start, mqtt_feed,
                                         mqtt_lose,         mqtt_stop,  mqtt_point_to_nothing};

static const struct rig_kind *const rigs[] = {&replay_rig, &modbus_rig, &mqtt_rig};

/* Call `check` with a rig of each kind whose peer can be started. */
static void with_each_rig(void (*check)(const davy_source_kind *kind,
                                        const struct rig_kind *rigging, struct rig *rig))
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rigs); i++) {
        struct rig *rig = calloc(1, sizeof *rig);

        assert_non_null(rig);
        if (!rigs[i]->start(rig)) {
            print_message("# %s: its peer is not installed\n", rigs[i]->kind->name);
            free(rig);
            continue;
        }
        rig->state = calloc(1, rigs[i]->kind->state_size);
        assert_non_null(rig->state);
        check(rigs[i]->kind, rigs[i], rig);
        rigs[i]->stop(rig);
        free(rig->state);
        free(rig);
    }
}

static davy_status open_rig(const davy_source_kind *kind, struct rig *rig)
{
    return kind->open(rig->state, &rig->plant.site, &rig->plant.source, davy_clock_system());
}

static void is_found_by_its_name_and_whole(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rigs); i++) {
        const davy_source_kind *kind = rigs[i]->kind;

        assert_ptr_equal(davy_source_kind_find(kind->name), kind);
        assert_true(kind->state_size > 0);
        assert_non_null(kind->open);
        assert_non_null(kind->read);
        assert_non_null(kind->close);
    }
    assert_null(davy_source_kind_find("lines"));
    assert_null(davy_source_kind_find(""));
}

static void tells_why_there_is_no_peer_and_closes_half_open(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rigs); i++) {
        struct rig *rig = calloc(1, sizeof *rig);

        assert_non_null(rig);
        rigs[i]->point_to_nothing(rig);
        rig->state = calloc(1, rigs[i]->kind->state_size);
        assert_non_null(rig->state);
        rigs[i]->kind->close(rig->state); /* never opened */
        memset(rig->state, 0, rigs[i]->kind->state_size);
        assert_true(open_rig(rigs[i]->kind, rig) < DAVY_OK);
        assert_true(strlen(davy_error()) > 10);
        rigs[i]->kind->close(rig->state);
        free(rig->state);
        free(rig);
    }
}

/* Read with room for one sample only, until each signal has come. */
static void check_samples(const davy_source_kind *kind, const struct rig_kind *rigging,
                          struct rig *rig)
{
    size_t seen[SIGNALS] = {0}, total = 0;
    davy_sample samples[2];

    assert_ok(open_rig(kind, rig));
    rigging->feed(rig);
    for (int i = 0; i < 1000 && total < SIGNALS; i++) {
        size_t count = 7;

        samples[1].signal = 12345; /* behind the capacity: not to be touched */
        assert_ok(kind->read(rig->state, 50, samples, 1, &count));
        assert_true(count <= 1);
        assert_int_equal(samples[1].signal, 12345);
        if (count == 0)
            continue;
        assert_in_range(samples[0].signal, PLANT_FIRST_ID, PLANT_FIRST_ID + SIGNALS - 1);
        assert_int_equal(samples[0].quality, DAVY_QUALITY_GOOD);
        assert_true(isfinite(samples[0].value));
        assert_true(samples[0].time_ns > 0);
        total += seen[samples[0].signal - PLANT_FIRST_ID]++ == 0;
    }
    assert_int_equal(total, SIGNALS);
    kind->close(rig->state);
}

static void gives_samples_of_its_signals_within_the_capacity(void **state)
{
    (void) state;
    with_each_rig(check_samples);
}

static void check_quiet(const davy_source_kind *kind, const struct rig_kind *rigging,
                        struct rig *rig)
{
    davy_sample samples[64];
    size_t count = 1;

    (void) rigging;
    rig->plant.source.poll_ns = 3600 * DAVY_NS_PER_S;
    assert_ok(open_rig(kind, rig));
    for (int i = 0; i < 100 && count > 0; i++) /* what it had to say at its start */
        assert_ok(kind->read(rig->state, 20, samples, 64, &count));
    assert_int_equal(count, 0);
    for (int i = 0; i < 3; i++) {
        assert_ok(kind->read(rig->state, 1, samples, 64, &count));
        assert_int_equal(count, 0);
    }
    kind->close(rig->state);
}

static void a_quiet_source_gives_nothing_and_is_no_failure(void **state)
{
    (void) state;
    with_each_rig(check_quiet);
}

static void check_loss(const davy_source_kind *kind, const struct rig_kind *rigging,
                       struct rig *rig)
{
    davy_status status = DAVY_OK;
    davy_sample samples[64];
    size_t count;

    assert_ok(open_rig(kind, rig));
    rigging->lose(rig);
    for (int i = 0; i < 1000 && status == DAVY_OK; i++)
        status = kind->read(rig->state, 20, samples, 64, &count);
    assert_true(status < DAVY_OK);
    assert_int_not_equal(status, DAVY_ERR_NOT_FOUND); /* that would be the end of a replay */
    assert_true(strlen(davy_error()) > 10);
    kind->close(rig->state);
}

static void a_peer_that_vanishes_is_a_failure(void **state)
{
    (void) state;
    with_each_rig(check_loss);
}

/* A reader that would wait for an hour. */
struct reader {
    const davy_source_kind *kind;
    void *state;
    atomic_int reads;
};

static void *read_for_an_hour(void *argument)
{
    struct reader *reader = argument;
    davy_status status = DAVY_OK;
    davy_sample samples[64];
    size_t count = 1;

    while (status == DAVY_OK && count > 0) {
        status = reader->kind->read(reader->state, 3600000, samples, 64, &count);
        reader->reads++;
    }
    return NULL;
}

static void check_interrupt(const davy_source_kind *kind, const struct rig_kind *rigging,
                            struct rig *rig)
{
    struct reader reader = {.kind = kind, .state = rig->state};
    pthread_t thread;

    (void) rigging;
    if (!kind->interrupt)
        return;
    rig->plant.source.poll_ns = 3600 * DAVY_NS_PER_S;
    assert_ok(open_rig(kind, rig));
    assert_int_equal(pthread_create(&thread, NULL, read_for_an_hour, &reader), 0);
    pause_ms(30);
    kind->interrupt(rig->state);
    assert_int_equal(pthread_join(thread, NULL), 0); /* a hang is the time limit of the test */
    kind->close(rig->state);
}

static void an_interrupt_ends_a_read_of_another_thread(void **state)
{
    (void) state;
    with_each_rig(check_interrupt);
}

static size_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void check_descriptors(const davy_source_kind *kind, const struct rig_kind *rigging,
                              struct rig *rig)
{
    size_t before;

    (void) rigging;
    before = count_descriptors();
    for (int i = 0; i < 20; i++) {
        memset(rig->state, 0, kind->state_size);
        assert_ok(open_rig(kind, rig));
        kind->close(rig->state);
    }
    /* A peer of this process closes its own ends when it comes to it. */
    WAIT_FOR(count_descriptors() == before);
}

static void opening_and_closing_leaves_no_descriptor(void **state)
{
    (void) state;
    with_each_rig(check_descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_found_by_its_name_and_whole),
        cmocka_unit_test(tells_why_there_is_no_peer_and_closes_half_open),
        cmocka_unit_test(gives_samples_of_its_signals_within_the_capacity),
        cmocka_unit_test(a_quiet_source_gives_nothing_and_is_no_failure),
        cmocka_unit_test(a_peer_that_vanishes_is_a_failure),
        cmocka_unit_test(an_interrupt_ends_a_read_of_another_thread),
        cmocka_unit_test(opening_and_closing_leaves_no_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
