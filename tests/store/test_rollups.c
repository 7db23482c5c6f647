/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rollups against a model that keeps every sample in an array and adds up by hand. Random
 * histories: late, repeated and corrected samples, values that are no numbers, bad and uncertain
 * ones, three days; sealed, rolled up, closed, opened and killed at random moments. A failure
 * prints its seed.
 */
#include "store/private.h"
#include "store/rollup_make.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#define SIGNALS   3
#define PLACES    9000                           /* different times of a signal */
#define START_NS  (1767268800LL * DAVY_NS_PER_S) /* 2026-01-01T12:00:00Z */
#define PLACE_NS  (23 * DAVY_NS_PER_S)           /* 9,000 of them are two days and nine hours */
#define END_NS    (START_NS + PLACES * PLACE_NS)
#define LATER_NS  (END_NS + 10 * 86400 * DAVY_NS_PER_S)
#define HISTORIES 8
#define ACTIONS   60

static struct {
    bool there;
    double value;
    uint8_t quality;
} model[SIGNALS][PLACES];

/*
 * Steps of 10 s of which the samples are gone: what they had is kept and counts where the step
 * begins, what comes later is not taken.
 */
#define SLOT_NS (10 * DAVY_NS_PER_S)
#define SLOTS   (PLACES * PLACE_NS / SLOT_NS + 3)

static bool kept[SIGNALS][SLOTS];
static bool retires; /* whether days go in this history */

static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

/* Not on any grid: up to half a place later, in milliseconds. */
static int64_t time_of(size_t place)
{
    return START_NS + (int64_t) place * PLACE_NS +
           (int64_t) (place * 2654435761U % 11500) * DAVY_NS_PER_MS;
}

static size_t slot_of(int64_t time_ns)
{
    return (size_t) ((time_ns - START_NS) / SLOT_NS);
}

/* Where a sample counts. */
static int64_t counted_ns(size_t signal, size_t place)
{
    const int64_t time_ns = time_of(place);

    return kept[signal][slot_of(time_ns)] ? time_ns - (time_ns - START_NS) % SLOT_NS : time_ns;
}

static double random_value(size_t signal)
{
    if (signal == 1 && random_below(30) == 0) {
        static const double odd[] = {NAN, INFINITY, -0.0, 1e300, 1.0 / 3};

        return odd[random_below(DAVY_ARRAY_LENGTH(odd))];
    }
    return signal == 2 ? (double) random_below(3) : (double) random_below(500) / 10 - 20;
}

static davy_sample random_sample(size_t signal, size_t place)
{
    davy_sample sample = {time_of(place), random_value(signal), (davy_signal_id) signal, 0};

    if (random_below(15) == 0)
        sample.quality = (uint32_t) random_below(3);
    if (sample.quality == DAVY_QUALITY_BAD && random_below(2))
        sample.value = NAN;
    return sample;
}

/* A stretch in order, as a plant sends it, or samples from anywhere. */
static void append_some(davy_store *store)
{
    static davy_sample samples[3000];
    static size_t places[3000];
    const size_t count = 1 + random_below(random_below(3) ? 30 : DAVY_ARRAY_LENGTH(samples));
    const size_t signal = random_below(SIGNALS), begin = random_below(PLACES);
    const bool in_order = random_below(3) > 0;

    for (size_t i = 0; i < count; i++) {
        places[i] = in_order ? (begin + i) % PLACES : random_below(PLACES);
        samples[i] = random_sample(in_order ? signal : random_below(SIGNALS), places[i]);
    }
    assert_ok(davy_store_append(store, samples, count));
    for (size_t i = 0; i < count; i++) {
        if (kept[samples[i].signal][slot_of(samples[i].time_ns)])
            continue;
        model[samples[i].signal][places[i]].there = true;
        model[samples[i].signal][places[i]].value = samples[i].value;
        model[samples[i].signal][places[i]].quality = (uint8_t) samples[i].quality;
    }
}

/* A step of the model, the sum in more digits, and the sum of the sizes. */
struct expected {
    davy_store_bucket bucket;
    long double sum, sizes;
};

static void expect_sample(struct expected *expected, int64_t time_ns, double value, uint8_t quality)
{
    davy_store_bucket *bucket = &expected->bucket;

    if (quality == DAVY_QUALITY_BAD) {
        bucket->bad++;
        return;
    }
    bucket->first = bucket->count++ == 0 ? value : bucket->first;
    bucket->last = value;
    bucket->uncertain += quality == DAVY_QUALITY_UNCERTAIN;
    expected->sum += value;
    expected->sizes += fabsl(value);
    if (isnan(bucket->min) || value < bucket->min) {
        bucket->min = value;
        bucket->min_time_ns = time_ns;
    }
    if (isnan(bucket->max) || value > bucket->max) {
        bucket->max = value;
        bucket->max_time_ns = time_ns;
    }
}

static struct expected expect(size_t signal, int64_t from_ns, int64_t to_ns)
{
    struct expected expected = {
        .bucket = {.min = NAN, .max = NAN, .sum = NAN, .first = NAN, .last = NAN}};
    const int64_t before = (from_ns - START_NS) / PLACE_NS - 1;

    for (size_t i = before > 0 ? (size_t) before : 0; i < PLACES && counted_ns(signal, i) < to_ns;
         i++)
        if (model[signal][i].there && counted_ns(signal, i) >= from_ns)
            expect_sample(&expected, time_of(i), model[signal][i].value, model[signal][i].quality);
    return expected;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Every addition rounds once: n 2^-53 times the sum of the sizes (Higham, "Accuracy and Stability
 * of Numerical Algorithms", 2nd ed., (4.4)), and once more what is set right by decimals. */
static bool is_sum(double sum, const struct expected *expected)
{
    const long double bound =
        (long double) (expected->bucket.count + 1) * 0x1p-53L * expected->sizes;

    if (expected->bucket.count == 0)
        return isnan(sum);
    if (!isfinite((double) expected->sum) || !isfinite((double) expected->sizes))
        return same(sum, (double) expected->sum);
    return fabsl((long double) sum - expected->sum) <= bound;
}

static void compare_bucket(const davy_store_bucket *got, const struct expected *expected)
{
    const davy_store_bucket *bucket = &expected->bucket;

    assert_int_equal(got->count, bucket->count);
    assert_int_equal(got->bad, bucket->bad);
    assert_int_equal(got->uncertain, bucket->uncertain);
    assert_true(same(got->min, bucket->min) && same(got->max, bucket->max));
    assert_true(same(got->first, bucket->first) && same(got->last, bucket->last));
    assert_true(is_sum(got->sum, expected));
    if (!isnan(bucket->min))
        assert_true(got->min_time_ns == bucket->min_time_ns &&
                    got->max_time_ns == bucket->max_time_ns);
}

/* Steps that a tier has, multiples of them, and steps that none has. */
static int64_t random_step_ns(void)
{
    static const int64_t steps[] = {10,   20,   30,    60, 120, 600, 2160,
                                    3600, 7200, 86400, 37, 61,  3599};
    const int64_t step_ns = steps[random_below(DAVY_ARRAY_LENGTH(steps))] * DAVY_NS_PER_S;

    return random_below(8) ? step_ns : step_ns + (int64_t) random_below(1000000007);
}

static void compare(davy_store *store, size_t signal)
{
    static davy_store_bucket buckets[DAVY_STORE_BUCKETS_MAX];
    const int64_t step_ns = random_step_ns();
    int64_t from_ns = START_NS + (int64_t) random_below(PLACES / 2) * PLACE_NS;
    int64_t to_ns = from_ns + (int64_t) (1 + random_below(PLACES)) * PLACE_NS;
    size_t count;

    if (random_below(4))
        from_ns -= from_ns % (random_below(2) ? step_ns : 3600 * DAVY_NS_PER_S);
    count = (size_t) ((to_ns - from_ns - 1) / step_ns + 1);
    assert_ok(davy_store_summarise(store, (davy_signal_id) signal, from_ns, to_ns, step_ns, buckets,
                                   count));
    for (size_t i = 0; i < count; i++) {
        const int64_t begin_ns = from_ns + (int64_t) i * step_ns;
        const int64_t end_ns = begin_ns + step_ns < to_ns ? begin_ns + step_ns : to_ns;
        const struct expected expected = expect(signal, begin_ns, end_ns);

        assert_true(buckets[i].time_ns == begin_ns);
        compare_bucket(&buckets[i], &expected);
    }
}

/* How long signal 2 stood at a value in [from_ns, to_ns). */
static int64_t expect_held(double value, int64_t from_ns, int64_t to_ns)
{
    bool at = false;
    int64_t since_ns = 0, held_ns = 0;

    for (size_t i = 0; i <= PLACES; i++) {
        const int64_t time_ns = i < PLACES && time_of(i) < to_ns ? time_of(i) : to_ns;

        if (time_ns < to_ns && !model[2][i].there)
            continue;
        if (at && time_ns > from_ns)
            held_ns += time_ns - (since_ns > from_ns ? since_ns : from_ns);
        if (time_ns == to_ns)
            break;
        at = model[2][i].quality != DAVY_QUALITY_BAD && model[2][i].value == value;
        since_ns = time_ns;
    }
    return held_ns;
}

static void compare_states(davy_store *store)
{
    static davy_store_state_step steps[DAVY_STORE_BUCKETS_MAX];
    const int64_t step_ns = random_step_ns() * 20;
    const int64_t from_ns =
        START_NS + (int64_t) random_below(PLACES / 2) * PLACE_NS / step_ns * step_ns;
    const int64_t to_ns = from_ns + (int64_t) (1 + random_below(PLACES)) * PLACE_NS;
    const size_t count = (size_t) ((to_ns - from_ns - 1) / step_ns + 1);
    double values[DAVY_STORE_STATES_MAX];
    size_t states;

    assert_ok(
        davy_store_states(store, 2, from_ns, to_ns, step_ns, values, &states, steps, count, NULL));
    assert_true(states <= 3);
    for (size_t i = 0; i < count; i += 1 + random_below(8)) {
        const int64_t begin_ns = from_ns + (int64_t) i * step_ns;
        const int64_t end_ns = begin_ns + step_ns < to_ns ? begin_ns + step_ns : to_ns;

        assert_true(steps[i].time_ns == begin_ns);
        for (size_t k = 0; k < states; k++)
            assert_true(steps[i].held_ns[k] == expect_held(values[k], begin_ns, end_ns));
    }
}

static davy_store *open_store(bool read_only)
{
    davy_store_options options = {.read_only = read_only};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

static void compare_as_reader(void)
{
    davy_store *reader = open_store(true);

    compare(reader, random_below(SIGNALS));
    davy_store_close(reader);
}

/* A child seals and rolls up and is killed in the middle of it. */
static void kill_maker(davy_store **store)
{
    const useconds_t moment = (useconds_t) random_below(20000);
    pid_t child;
    int how;

    davy_store_close(*store);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        davy_store *own;

        if (davy_store_open(temporary, NULL, &own) != DAVY_OK || davy_store_seal(own) != DAVY_OK ||
            davy_store_roll_up(own, LATER_NS) != DAVY_OK)
            _exit(1);
        for (;;)
            pause();
    }
    usleep(moment);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    *store = open_store(false);
}

/* What retention does with a day, the second one of the history or the first. */
static void retire(davy_store *store)
{
    const int32_t number = davy_day_of(START_NS) + (int32_t) random_below(2);
    davy_day_file *files;
    size_t count;

    assert_ok(davy_store_seal(store));
    assert_ok(davy_days_files(store->days, number, number, &files, &count));
    for (size_t i = 0; i < count; i++) {
        uint64_t bytes;

        assert_ok(davy_rollups_outlive(store, files[i]));
        assert_ok(davy_rollups_note_gone(store, files[i]));
        assert_ok(davy_days_remove(store->days, files[i], &bytes));
    }
    free(files);
    for (size_t signal = 0; signal < SIGNALS; signal++)
        for (size_t i = 0; i < PLACES; i++)
            if (model[signal][i].there && davy_day_of(time_of(i)) == number)
                kept[signal][slot_of(time_of(i))] = true;
}

static void act(davy_store **store)
{
    switch (random_below(retires ? 18 : 16)) {
    case 0:
        assert_ok(davy_store_seal(*store));
        break;
    case 1:
        davy_store_close(*store);
        *store = open_store(false);
        break;
    case 2:
        compare_as_reader();
        break;
    case 3:
        assert_ok(davy_store_seal(*store));
        assert_ok(davy_store_roll_up(*store, LATER_NS));
        break;
    case 4: /* not all days */
        assert_ok(davy_store_roll_up(*store, START_NS + 86400 * DAVY_NS_PER_S));
        break;
    case 5:
        kill_maker(store);
        break;
    case 6:
    case 7:
    case 8:
        compare(*store, random_below(SIGNALS));
        break;
    case 9: /* of days that are gone, late samples are not seen */
        if (!retires)
            compare_states(*store);
        break;
    case 16:
        retire(*store);
        break;
    default:
        append_some(*store);
    }
}

static void make_signals(davy_store *store)
{
    for (size_t i = 0; i < SIGNALS; i++) {
        davy_signal_id id;
        char path[16];

        (void) snprintf(path, sizeof path, "unit/%zu", i);
        assert_ok(davy_store_signal(store, path, "", &id));
        assert_int_equal(id, i);
    }
}

static void live_through(uint64_t seed)
{
    davy_store *store;
    uint64_t checked, damaged;

    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
    memset(model, 0, sizeof model);
    memset(kept, 0, sizeof kept);
    store = open_store(false);
    make_signals(store);
    for (int i = 0; i < ACTIONS; i++)
        act(&store);
    for (size_t signal = 0; signal < SIGNALS; signal++)
        compare(store, signal);
    if (!retires)
        compare_states(store);
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(damaged, 0);
    davy_store_close(store);
}

static void live_through_all(void **state)
{
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        print_message("# seed %llu\n", (unsigned long long) seed);
        live_through(seed);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

static void every_history_adds_up_as_the_model_says(void **state)
{
    retires = false;
    live_through_all(state);
}

static void rollups_of_days_that_are_gone_answer_alone(void **state)
{
    retires = true;
    live_through_all(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_history_adds_up_as_the_model_says),
        TEST(rollups_of_days_that_are_gone_answer_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
