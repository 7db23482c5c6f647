/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/labels.h"

#include "alarm_testing.h"

static void find_at(struct alarm_bench *bench, const char *key, bool active, int64_t seconds)
{
    davy_finding finding = finding_of(bench, key, active);

    finding.time_ns = NEW_YEAR + seconds * S;
    assert_ok(davy_alarms_take(bench->alarms, &finding, 1));
}

static void judge(struct alarm_bench *bench, const char *key, davy_alarm_verdict verdict)
{
    const davy_alarm_request request = {
        .action = DAVY_ALARM_JUDGE, .by = "mei", .verdict = verdict};

    assert_ok(davy_alarms_act(bench->alarms, bench_see(bench, key).alarm.id, &request));
}

static davy_labels labels_of(struct alarm_bench *bench, const char *patterns)
{
    davy_labels labels = {0};

    assert_ok(davy_labels_read(bench->records, patterns, &labels));
    return labels;
}

static void assert_label(const davy_label *label, const char *key, davy_alarm_verdict verdict,
                         int64_t from_s, int64_t to_s)
{
    assert_string_equal(label->key, key);
    assert_string_equal(label->by, "mei");
    assert_int_equal(label->verdict, verdict);
    assert_int_equal(label->from_ns, NEW_YEAR + from_s * S);
    assert_int_equal(label->to_ns, to_s < 0 ? INT64_MAX : NEW_YEAR + to_s * S);
}

static void an_answer_is_a_stretch_of_the_data_it_was_given_to(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_labels labels;

    (void) state;
    find_at(bench, HI, true, 10);
    judge(bench, HI, DAVY_ALARM_FALSE); /* while it lasts */
    find_at(bench, HI, false, 20);
    find_at(bench, HI, true, 30); /* nobody answers this one */
    find_at(bench, HI, false, 40);
    find_at(bench, HI, true, 50);
    find_at(bench, HI, false, 60);
    judge(bench, HI, DAVY_ALARM_TRUE); /* when it is over, and then better */
    judge(bench, HI, DAVY_ALARM_KNOWN_WORK);
    find_at(bench, LEVEL, true, 70);
    judge(bench, LEVEL, DAVY_ALARM_TRUE);
    bench_restart(bench);

    labels = labels_of(bench, "T-101/*");
    assert_int_equal(labels.count, 3);
    assert_label(&labels.items[0], HI, DAVY_ALARM_FALSE, 10, 20);
    assert_label(&labels.items[1], HI, DAVY_ALARM_KNOWN_WORK, 50, 60);
    assert_label(&labels.items[2], LEVEL, DAVY_ALARM_TRUE, 70, -1);
    davy_labels_clear(&labels);
    labels = labels_of(bench, "T-101/level:*");
    assert_int_equal(labels.count, 1);
    davy_labels_clear(&labels);
    labels = labels_of(bench, "P-1/*");
    assert_int_equal(labels.count, 0);
    davy_labels_clear(&labels);
    bench_destroy(bench);
}

/* The on-delay of an alarm hides the first rows of a fault; its reason says where they began, and
 * its window reaches back to the rows before. */
static void the_stretch_of_a_model_begins_where_its_score_went_beyond_the_limit(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_finding finding = finding_of(bench, HEALTH, true);
    davy_labels labels;

    (void) state;
    finding.time_ns = finding.window_to_ns = NEW_YEAR + 60 * S;
    finding.window_from_ns = NEW_YEAR + 40 * S;
    finding.above_ns = NEW_YEAR + 45 * S;
    assert_ok(davy_alarms_take(bench->alarms, &finding, 1));
    find_at(bench, HEALTH, false, 90);
    judge(bench, HEALTH, DAVY_ALARM_TRUE);
    labels = labels_of(bench, "detector *");
    assert_int_equal(labels.count, 1);
    assert_label(&labels.items[0], HEALTH, DAVY_ALARM_TRUE, 45, 90);
    davy_labels_clear(&labels);
    bench_destroy(bench);
}

static void a_condition_that_was_taken_out_of_the_site_ends_its_stretch(void **state)
{
    static const char site[] = "site: {name: test}\n"
                               "sources: [{name: in, kind: lines}]\n"
                               "assets:\n"
                               "  - name: T-101\n"
                               "    signals: [{name: level, unit: \"%\", limits: {hi: 90}}]\n";
    struct alarm_bench *bench = bench_create();
    davy_labels labels;

    (void) state;
    find_at(bench, HI, true, 10);
    judge(bench, HI, DAVY_ALARM_TRUE);
    davy_clock_fake_advance(&bench->clock, 100 * S);
    bench_use_site(bench, site);
    bench_configure(bench);
    labels = labels_of(bench, "**");
    assert_int_equal(labels.count, 1);
    assert_label(&labels.items[0], HI, DAVY_ALARM_TRUE, 10, 100);
    davy_labels_clear(&labels);
    bench_destroy(bench);
}

static void a_record_that_is_no_json_is_passed_over(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_record record = {.time_ns = NEW_YEAR,
                          .kind = DAVY_RECORD_ALARM,
                          .subject = HI,
                          .body = "{\"judged\": \"judged\""};
    davy_labels labels;

    (void) state;
    assert_ok(davy_records_append(bench->records, &record, 1));
    find_at(bench, HI, true, 10);
    judge(bench, HI, DAVY_ALARM_TRUE);
    labels = labels_of(bench, "**");
    assert_int_equal(labels.count, 1);
    davy_labels_clear(&labels);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_a_stretch_of_the_data_it_was_given_to),
        cmocka_unit_test(the_stretch_of_a_model_begins_where_its_score_went_beyond_the_limit),
        cmocka_unit_test(a_condition_that_was_taken_out_of_the_site_ends_its_stretch),
        cmocka_unit_test(a_record_that_is_no_json_is_passed_over),
    };

    return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
