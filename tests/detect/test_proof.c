/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/proof.h"

#include "detect/novel.h"
#include "detect/shift.h"
#include "detect_testing.h"
#include "numbers.h"

#include <stdlib.h>
#include <unistd.h>

/* A moment of 2023, in seconds; the proofs end then. */
#define NOW_S 1700000000LL

/* Samples after which the signals of this plant have taught their checks enough. */
#define LEARNT 4000

static const char text[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: T\n"
    "    signals:\n"
    "      - {name: all, unit: kPa, range: [0, 1600], limits: {lolo: 10, lo: 20, hi: 1000,\n"
    "         hihi: 1200}, deadband: 5, on_delay: 30s}\n"
    "      - {name: fast, unit: kPa, rate_limit: 50/s}\n"
    "      - {name: still, unit: kPa, stuck: 10min}\n"
    "      - {name: slow, unit: kPa, stuck: 1s}\n"
    "      - {name: moves, unit: kPa, shift: 1}\n"
    "      - {name: odd, unit: kPa, novel: 1000}\n"
    "      - {name: young, unit: kPa, shift: 1}\n"
    "      - {name: newborn, unit: kPa, novel: 1000}\n"
    "      - {name: quiet, unit: kPa, deadline: 60s}\n"
    "      - {name: zero, unit: kPa, limits: {hi: 0}}\n"
    "detectors:\n"
    "  - {name: lost, model: nowhere, signals: [T/all, T/fast]}\n"
    "alarms:\n"
    "  - {match: [\"T/slow:stuck\", \"T/odd:novel\", \"T/moves:shift\"], on_delay: 1d}\n"
    "  - {match: [\"T/fast:rate\", \"T/quiet:silence\", \"source in:source\"], on_delay: 2h}\n";

static char folder[64];
static davy_store *store;
static davy_site *site;
static davy_condition *conditions;
static size_t condition_count;
static davy_detect *at_work;
static struct found real;

static void teach(const char *path, size_t count)
{
    const davy_site_signal *signal = davy_site_find_signal(site, path);
    uint64_t seed = 3;

    assert_non_null(signal);
    for (size_t i = 0; i < count; i++) {
        const davy_sample sample = sample_at((double) (NOW_S - LEARNT + (int64_t) i), signal->id,
                                             500 + normal(&seed), DAVY_QUALITY_GOOD);

        davy_detect_samples(at_work, &sample, 1, 0);
    }
}

static int begin(void **state)
{
    const davy_detect_callbacks callbacks = {.context = &real, .finding = note_finding};
    size_t bytes;

    (void) state;
    (void) snprintf(folder, sizeof folder, "/tmp/davy-proof-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_ok(davy_store_open(folder, NULL, &store));
    site = site_from(text);
    for (size_t i = 0; i < site->signal_count; i++)
        assert_ok(davy_store_signal(store, site->signals[i].path, "kPa", &site->signals[i].id));
    assert_ok(davy_site_index(site));
    assert_ok(davy_conditions_make(site, &conditions, &condition_count, &bytes));
    assert_ok(davy_detect_create(site, folder, &callbacks, 0, NULL, &at_work));
    real.conditions = conditions;
    teach("T/moves", LEARNT);
    teach("T/odd", LEARNT);
    teach("T/young", DAVY_SHIFT_BASELINE - 1);
    teach("T/newborn", 999);
    real.count = 0;
    return 0;
}

static int end(void **state)
{
    char command[128];

    (void) state;
    davy_detect_destroy(at_work);
    free(conditions);
    davy_site_destroy(site);
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

/* One proof from its beginning to the next look at the time, as the daemon takes it. */
struct trial {
    davy_proof *proof;
    davy_proof_samples samples;
    struct found found;
    size_t sent; /* samples that were looked at when it was found */
    bool done;
};

static void note_proof(void *context, const davy_finding *finding)
{
    struct trial *trial = context;

    if (finding->active)
        note_finding(&trial->found, finding);
    trial->done |= finding->active && finding->condition == davy_proof_index(trial->proof);
}

static const davy_condition *condition_of(const char *key)
{
    for (size_t i = 0; i < condition_count; i++)
        if (strcmp(conditions[i].key, key) == 0)
            return &conditions[i];
    fail_msg("the site has no condition %s", key);
    return NULL;
}

static davy_status make(struct trial *trial, const davy_condition *condition)
{
    const davy_proof_parts parts = {
        .site = site,
        .condition = condition,
        .registry = folder,
        .store = store,
        .callbacks = {.context = trial, .finding = note_proof},
        .wall_ns = NOW_S * S,
        .now_ns = 1000 * S,
    };
    davy_status status;
    size_t count;

    *trial = (struct trial){0};
    status = davy_proof_create(&parts, &trial->proof);
    if (status != DAVY_OK)
        return status;
    trial->found.conditions = davy_detect_conditions(davy_proof_engine(trial->proof), &count);
    if (davy_proof_borrows(trial->proof))
        davy_detect_lend(at_work, condition->signal, davy_proof_engine(trial->proof), 0);
    return davy_proof_prepare(trial->proof, &trial->samples);
}

static void hand_over(struct trial *trial)
{
    davy_detect *engine = davy_proof_engine(trial->proof);

    for (size_t i = 0; i < trial->samples.count && !trial->done; i += trial->samples.batch) {
        size_t left = trial->samples.count - i;

        trial->sent = i + (left < trial->samples.batch ? left : trial->samples.batch);
        davy_detect_samples(engine, trial->samples.samples + i, trial->sent - i, 1000 * S);
    }
    davy_detect_tick(engine, 1000 * S, NOW_S * S);
}

/* Keys of what began, in the order of the site: "T/all:hi T/all:hihi". */
static const char *began(const struct trial *trial, char keys[400])
{
    size_t length = 0;

    keys[0] = '\0';
    for (size_t i = 0; i < condition_count; i++)
        for (size_t k = 0; k < trial->found.count; k++) {
            const davy_finding *finding = &trial->found.findings[k];

            if (strcmp(trial->found.conditions[finding->condition].key, conditions[i].key) == 0)
                length += (size_t) snprintf(keys + length, 400 - length, "%s%s",
                                            length > 0 ? " " : "", conditions[i].key);
        }
    return keys;
}

static const davy_finding *finding_of(const struct trial *trial)
{
    for (size_t i = 0; i < trial->found.count; i++)
        if (trial->found.findings[i].condition == davy_proof_index(trial->proof))
            return &trial->found.findings[i];
    fail_msg("%s was not found", davy_proof_condition(trial->proof)->key);
    return NULL;
}

/* What begins beside the condition stands on its other side: beyond hihi is beyond hi. */
static const struct {
    const char *key, *began;
} kinds[] = {
    {"T/all:lolo", "T/all:lolo T/all:lo"},
    {"T/all:lo", "T/all:lo"},
    {"T/all:hi", "T/all:hi"},
    {"T/all:hihi", "T/all:hi T/all:hihi"},
    {"T/all:quality", "T/all:quality"},
    {"T/fast:rate", "T/fast:rate"},
    {"T/fast:quality", "T/fast:quality"},
    {"T/still:stuck", "T/still:stuck"},
    {"T/still:quality", "T/still:quality"},
    {"T/slow:stuck", "T/slow:stuck"},
    {"T/slow:quality", "T/slow:quality"},
    {"T/moves:shift", "T/moves:shift"},
    {"T/moves:quality", "T/moves:quality"},
    {"T/odd:novel", "T/odd:novel"},
    {"T/odd:quality", "T/odd:quality"},
    {"T/young:shift", NULL},
    {"T/young:quality", "T/young:quality"},
    {"T/newborn:novel", NULL},
    {"T/newborn:quality", "T/newborn:quality"},
    {"T/quiet:quality", "T/quiet:quality"},
    {"T/quiet:silence", "T/quiet:silence"},
    {"T/zero:hi", "T/zero:hi"},
    {"T/zero:quality", "T/zero:quality"},
    {"detector lost:model", NULL},
    {"detector lost:verdict", "detector lost:verdict"},
    {"source in:source", "source in:source"},
};

static void every_condition_of_a_site_has_its_deviation_and_no_other_begins(void **state)
{
    struct trial trial;
    char keys[400];

    (void) state;
    assert_int_equal(condition_count, DAVY_ARRAY_LENGTH(kinds));
    for (size_t i = 0; i < condition_count; i++) {
        assert_string_equal(conditions[i].key, kinds[i].key);
        if (!kinds[i].began)
            continue;
        assert_ok(make(&trial, &conditions[i]));
        hand_over(&trial);
        assert_string_equal(began(&trial, keys), kinds[i].began);
        davy_proof_destroy(trial.proof);
    }
}

/* A hundredth of the limit or the deadband of 5, whichever is more, by hand. */
static void a_limit_is_passed_by_a_hundredth_or_its_deadband(void **state)
{
    static const struct {
        const char *key;
        double value, limit;
    } cases[] = {
        {"T/all:lolo", 10 - 5, 10},      {"T/all:lo", 20 - 5, 20},
        {"T/all:hi", 1000 + 10, 1000},   {"T/all:hihi", 1200 + 12, 1200},
        {"T/zero:hi", 0.01 * 0.01, 0.0},
    };
    struct trial trial;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        assert_ok(make(&trial, condition_of(cases[i].key)));
        hand_over(&trial);
        assert_near(finding_of(&trial)->value, cases[i].value, 1e-9);
        assert_near(finding_of(&trial)->limit, cases[i].limit, 0);
        assert_int_equal(finding_of(&trial)->time_ns, NOW_S * S);
        davy_proof_destroy(trial.proof);
    }
}

/* The on-delay is proved with the rest: one sample beyond the limit is not enough. */
static void a_delay_lies_behind_the_last_sample(void **state)
{
    struct trial trial;

    (void) state;
    assert_ok(make(&trial, condition_of("T/all:hi")));
    assert_int_equal(trial.samples.count, 2);
    assert_int_equal(trial.samples.samples[1].time_ns - trial.samples.samples[0].time_ns, 30 * S);
    davy_detect_samples(davy_proof_engine(trial.proof), trial.samples.samples, 1, 1000 * S);
    assert_int_equal(trial.found.count, 0);
    davy_proof_destroy(trial.proof);
    assert_ok(make(&trial, condition_of("T/still:stuck")));
    hand_over(&trial);
    assert_true(finding_of(&trial)->time_ns - trial.samples.samples[0].time_ns >= 600 * S);
    davy_proof_destroy(trial.proof);
}

/* No sample is later than now, and a test of a check of one signal is never more than 32 of them:
 * also with an on-delay of a day beyond a stuck time of one second. */
static void samples_are_few_and_end_now(void **state)
{
    struct trial trial;

    (void) state;
    for (size_t i = 0; i < condition_count; i++) {
        if (!kinds[i].began)
            continue;
        assert_ok(make(&trial, &conditions[i]));
        assert_true(trial.samples.count <= 32);
        for (size_t k = 0; k < trial.samples.count; k++)
            assert_true(trial.samples.samples[k].time_ns <= NOW_S * S);
        davy_proof_destroy(trial.proof);
    }
}

/* Signals of their own, under marked paths: the engine at work knows none of them. */
static void the_engine_at_work_does_not_know_the_samples(void **state)
{
    davy_detect_stats before, after;
    struct trial trial;
    size_t sent = 0;

    (void) state;
    davy_detect_get_stats(at_work, &before);
    for (size_t i = 0; i < condition_count; i++) {
        if (!kinds[i].began)
            continue;
        assert_ok(make(&trial, &conditions[i]));
        davy_detect_samples(at_work, trial.samples.samples, trial.samples.count, 0);
        sent += trial.samples.count;
        for (size_t k = 0; k < trial.samples.count; k++)
            assert_null(davy_site_signal_by_id(site, trial.samples.samples[k].signal));
        davy_proof_destroy(trial.proof);
    }
    davy_detect_get_stats(at_work, &after);
    assert_true(sent > 100);
    assert_int_equal(after.unknown - before.unknown, sent);
    assert_int_equal(after.samples, before.samples);
    assert_int_equal(real.count, 0);
}

static davy_status note_path(void *context, const davy_store_signal_info *info)
{
    *(bool *) context |= strcmp(info->path, "prooftest/T/all") == 0;
    return DAVY_OK;
}

static void marked_signals_have_a_folder_of_their_own(void **state)
{
    struct trial trial;
    bool seen = false;

    (void) state;
    assert_ok(make(&trial, condition_of("T/all:hi")));
    assert_ok(davy_store_signals(store, note_path, &seen));
    assert_true(seen);
    davy_proof_destroy(trial.proof);
}

/* What was lent is a copy: a proof of a shift by 1024 sigmas teaches the check at work nothing. */
static void what_a_proof_learns_goes_with_it(void **state)
{
    const size_t moves = (size_t) (davy_site_find_signal(site, "T/moves") - site->signals);
    const size_t odd = (size_t) (davy_site_find_signal(site, "T/odd") - site->signals);
    const davy_shift shift = *davy_detect_shift(at_work, moves);
    const davy_novel novel = *davy_detect_novel(at_work, odd);
    struct trial trial;

    (void) state;
    for (int round = 0; round < 3; round++) {
        assert_ok(make(&trial, condition_of("T/moves:shift")));
        hand_over(&trial);
        assert_true(trial.done);
        davy_proof_destroy(trial.proof);
        assert_ok(make(&trial, condition_of("T/odd:novel")));
        hand_over(&trial);
        assert_true(trial.done);
        davy_proof_destroy(trial.proof);
    }
    assert_memory_equal(&shift, davy_detect_shift(at_work, moves), sizeof shift);
    assert_memory_equal(&novel, davy_detect_novel(at_work, odd), sizeof novel);
}

static void what_cannot_be_proved_says_why(void **state)
{
    static const davy_condition own = {
        .key = "davy:store", .kind = DAVY_CONDITION_STORE, .rule = &davy_site_rule_plain};
    struct trial trial;

    (void) state;
    assert_fails(make(&trial, condition_of("T/young:shift")), DAVY_ERR_UNAVAILABLE,
                 "it has seen 299 of the 300 samples of its baseline");
    davy_proof_destroy(trial.proof);
    assert_fails(make(&trial, condition_of("T/newborn:novel")), DAVY_ERR_UNAVAILABLE,
                 "it has seen 999 samples and cannot tell what comes once in 1000");
    davy_proof_destroy(trial.proof);
    assert_fails(make(&trial, condition_of("detector lost:model")), DAVY_ERR_UNAVAILABLE,
                 "nowhere");
    davy_proof_destroy(trial.proof);
    assert_fails(make(&trial, &own), DAVY_ERR_UNSUPPORTED, "'davy:store' is of the daemon itself");
    davy_proof_destroy(NULL);
}

/* A path that has no room for the mark is named by the number of its signal. */
static void a_path_without_room_for_the_mark_is_named_by_its_number(void **state)
{
    davy_site *own = site, *longest;
    davy_condition *of_own = conditions, *of_longest;
    char asset[61], signal[61], words[512], number[64];
    struct trial trial;
    davy_signal_id id;
    size_t count, bytes;

    (void) state;
    memset(asset, 'a', sizeof asset - 1);
    memset(signal, 's', sizeof signal - 1);
    asset[sizeof asset - 1] = signal[sizeof signal - 1] = '\0';
    (void) snprintf(words, sizeof words,
                    "site: {name: test}\nassets: [{name: %s, signals: [{name: %s, stuck: 1h}]}]\n",
                    asset, signal);
    longest = site_from(words);
    longest->signals[0].id = own->signals[0].id;
    assert_ok(davy_conditions_make(longest, &of_longest, &count, &bytes));
    site = longest;
    conditions = of_longest;
    assert_ok(make(&trial, &conditions[0]));
    hand_over(&trial);
    assert_true(trial.done);
    (void) snprintf(number, sizeof number, "prooftest/%u", (unsigned) longest->signals[0].id);
    assert_ok(davy_store_find(store, number, &id));
    assert_int_equal(davy_proof_site(trial.proof)->signals[0].id, id);
    davy_proof_destroy(trial.proof);
    site = own;
    conditions = of_own;
    free(of_longest);
    davy_site_destroy(longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_of_a_site_has_its_deviation_and_no_other_begins),
        cmocka_unit_test(a_limit_is_passed_by_a_hundredth_or_its_deadband),
        cmocka_unit_test(a_delay_lies_behind_the_last_sample),
        cmocka_unit_test(samples_are_few_and_end_now),
        cmocka_unit_test(the_engine_at_work_does_not_know_the_samples),
        cmocka_unit_test(marked_signals_have_a_folder_of_their_own),
        cmocka_unit_test(what_a_proof_learns_goes_with_it),
        cmocka_unit_test(what_cannot_be_proved_says_why),
        cmocka_unit_test(a_path_without_room_for_the_mark_is_named_by_its_number),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
