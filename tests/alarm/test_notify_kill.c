/* SPDX-License-Identifier: Apache-2.0 */

/*
 * davy is killed with SIGKILL while alarms are raised, recorded, followed, sent and confirmed,
 * again and again. At the end every transition that was recorded has arrived, with one id, and in
 * the order of the records.
 */
#include "notify_testing.h"

#include "alarm/notify/notice.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#define ROUNDS 30

/* The daemon of one round: argv is "child FOLDER PORT SEED". It works on real clocks and threads.
 */
struct child {
    struct notify_bench bench;
    struct alarm_bench alarms;
};

static void wake(void *context, const davy_alarm *alarm, const char *transition)
{
    (void) alarm;
    (void) transition;
    davy_notify_wake(((struct child *) context)->bench.notify);
}

static void open_child(struct child *child, const char *folder, int port)
{
    const davy_alarms_callbacks callbacks = {child, wake};
    const davy_notify_parts parts = {.file = child->bench.file,
                                     .clock = davy_clock_system(),
                                     .context = &child->bench,
                                     .acquire_site = lend_site,
                                     .release_site = take_site_back,
                                     .watches = bench_watches};
    davy_notify_parts whole = parts;
    char site[4096];

    child->bench.alarms = &child->alarms;
    (void) snprintf(child->alarms.file, sizeof child->alarms.file, "%.60s/records.db", folder);
    (void) snprintf(child->bench.file, sizeof child->bench.file, "%.60s/notify.db", folder);
    (void) snprintf(site, sizeof site,
                    "%sreceivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\"}]\n"
                    "routes: [{to: [hook]}]\n",
                    alarm_site, port);
    bench_use_site(&child->alarms, site);
    if (davy_records_open(child->alarms.file, &child->alarms.records) != DAVY_OK)
        _exit(2);
    whole.records = child->alarms.records;
    if (davy_notify_open(&whole, &child->bench.notify) != DAVY_OK ||
        davy_alarms_open(child->alarms.records, davy_clock_system(), &callbacks,
                         &child->alarms.alarms) != DAVY_OK ||
        davy_alarms_configure(child->alarms.alarms, child->alarms.site, child->alarms.conditions,
                              child->alarms.condition_count) != DAVY_OK ||
        davy_notify_start(child->bench.notify) != DAVY_OK)
        _exit(3);
}

/* Raises and ends alarms until it is killed; with the seed 0 it only sends what is due. */
static int run_child(const char *folder, int port, uint64_t seed)
{
    static const char *const keys[] = {HI, HIHI, LEVEL};
    struct child *child = calloc(1, sizeof *child);

    if (!child || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return 1;
    open_child(child, folder, port);
    for (uint64_t i = seed; seed > 0; i++) {
        davy_finding finding = finding_of(&child->alarms, keys[i % 3], (i / 3) % 2 == 0);

        if (davy_alarms_take(child->alarms.alarms, &finding, 1) != DAVY_OK)
            return 4;
        if (i % 17 == 0)
            usleep(3000); /* so that it also dies with nothing to do */
    }
    for (;;)
        pause();
}

static pid_t start_child(const char *folder, int port, unsigned seed)
{
    char port_text[16], seed_text[16];
    pid_t pid;

    (void) snprintf(port_text, sizeof port_text, "%d", port);
    (void) snprintf(seed_text, sizeof seed_text, "%u", seed);
    pid = fork();
    if (pid == 0) {
        (void) execl("/proc/self/exe", "test_notify_kill", "child", folder, port_text, seed_text,
                     (char *) NULL);
        _exit(1);
    }
    assert_true(pid > 0);
    return pid;
}

static void kill_child(pid_t pid)
{
    int outcome;

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &outcome, 0), pid);
    if (!WIFSIGNALED(outcome))
        fail_msg("the child ended by itself with %d", WEXITSTATUS(outcome));
}

/* Ids of all announced transitions, in the order of the records. */
struct expected {
    const davy_site *site;
    char (*ids)[DAVY_NOTICE_ID_MAX];
    size_t count;
};

static davy_status expect_record(void *context, const davy_record *record)
{
    struct expected *expected = context;
    davy_notice_draft draft = {0};
    davy_notice notice;

    if (davy_notice_draft_record(expected->site, record, &draft) == DAVY_OK) {
        davy_notice_make(expected->site, &draft, NULL, &notice);
        assert_true(expected->count < SINK_MAX);
        memcpy(expected->ids[expected->count++], notice.id, DAVY_NOTICE_ID_MAX);
    }
    davy_notice_draft_clear(&draft);
    return DAVY_OK;
}

/* Messages of the sink, each id where it came first. @return how many came again */
static size_t assert_arrived(struct sink *sink, const struct expected *expected)
{
    size_t next = 0, again = 0;

    for (size_t i = 0; i < sink->count; i++) {
        if (next < expected->count && strcmp(sink->messages[i].id, expected->ids[next]) == 0) {
            next++;
        } else {
            size_t j = 0;

            while (j < next && strcmp(sink->messages[i].id, expected->ids[j]) != 0)
                j++;
            if (j == next)
                fail_msg("message %zu (%s) is not the one that was due: %zu of %zu", i,
                         sink->messages[i].id, next, expected->count);
            again++;
        }
    }
    assert_int_equal(next, expected->count);
    return again;
}

static struct expected read_expected(const char *folder, const davy_site *site)
{
    struct expected expected = {.site = site};
    char file[96];
    davy_records *records;

    expected.ids = calloc(SINK_MAX, sizeof *expected.ids);
    assert_non_null(expected.ids);
    (void) snprintf(file, sizeof file, "%.60s/records.db", folder);
    assert_ok(davy_records_open(file, &records));
    assert_ok(davy_records_scan(records, DAVY_RECORD_ALARM, NULL, 0, 0, expect_record, &expected));
    davy_records_close(records);
    return expected;
}

/* Until nothing new has come for half a second, or for a minute in all. */
static void drain(struct sink *sink, const char *folder, const davy_site *site)
{
    struct expected expected = read_expected(folder, site);
    pid_t pid = start_child(folder, sink->port, 0);

    for (int i = 0; i < 600; i++) {
        size_t count = sink_count(sink);

        usleep(100000);
        if (count > 0 && expected.count > 0 &&
            strcmp(sink->messages[count - 1].id, expected.ids[expected.count - 1]) == 0)
            break;
    }
    free(expected.ids);
    kill_child(pid);
}

static void what_was_recorded_arrives_whenever_davy_is_killed(void **state)
{
    struct sink *sink = sink_create(0);
    struct alarm_bench *plant = bench_create();
    struct expected expected;
    size_t again;
    char folder[64] = "/tmp/davy-test-XXXXXX", command[128];

    (void) state;
    assert_non_null(mkdtemp(folder));
    kill_child(start_child(folder, sink->port, 0)); /* before it has anything */
    for (unsigned round = 1; round <= ROUNDS; round++) {
        size_t before = sink_count(sink);
        pid_t pid = start_child(folder, sink->port, round);

        /* Answers that never come: sent, and not confirmed. Errors: kept, and not sent. */
        atomic_store(&sink->silent, round % 5 == 3);
        atomic_store(&sink->code, round % 5 == 4 ? 503 : 200);
        for (int i = 0; i < 100 && sink_count(sink) < before + 1 + round % 7; i++)
            usleep(2000);
        usleep(1000 * (round * 7 % 23));
        kill_child(pid);
    }
    atomic_store(&sink->silent, false);
    atomic_store(&sink->code, 200);
    drain(sink, folder, plant->site);

    expected = read_expected(folder, plant->site);
    assert_true(expected.count > ROUNDS);
    again = assert_arrived(sink, &expected);
    (void) printf("# %zu transitions, %zu messages came again\n", expected.count, again);
    assert_true(again > 0); /* else no kill has met the gap between sent and confirmed */
    free(expected.ids);
    bench_destroy(plant);
    sink_destroy(sink);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a fixed command of a test */
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_recorded_arrives_whenever_davy_is_killed),
    };

    if (argc == 5 && strcmp(argv[1], "child") == 0)
        return run_child(argv[2], atoi(argv[3]), strtoul(argv[4], NULL, 10));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
