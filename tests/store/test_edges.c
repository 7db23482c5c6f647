/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is read, against sums by hand over the samples, where mistakes hide: samples on the very
 * edges of steps, of tiers and of days and a nanosecond beside them, at both ends of the calendar,
 * about 1970 and on a leap day; values that are no numbers, as large and as small as doubles are,
 * integers that no double has. The same questions in memory, sealed, with late samples above what
 * is sealed, merged, rolled up and opened again: answers must be the same, but for the last digits
 * of sums.
 */
#include "store/private.h"
#include "store/rollup_make.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <float.h>
#include <stdlib.h>

#define S        DAVY_NS_PER_S
#define DAY_NS   (86400 * S)
#define SIGNALS  5
#define SAMPLES  1500
#define SPAN_NS  (2 * DAY_NS) /* of the samples of one place in the calendar */
#define STEPS    40000
#define QUESTION 16

static davy_sample model[SIGNALS][SAMPLES];
static size_t counts[SIGNALS];
static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

/* On an edge, a nanosecond beside one, or anywhere. */
static int64_t random_time(int64_t base_ns)
{
    static const int64_t grids[] = {10 * S, 60 * S, 420 * S, 3600 * S, 14400 * S, DAY_NS, S / 7};
    const int64_t grid_ns = grids[random_below(DAVY_ARRAY_LENGTH(grids))];
    const int64_t time_ns =
        base_ns + (int64_t) random_below((uint64_t) (SPAN_NS / grid_ns)) * grid_ns;

    switch (random_below(4)) {
    case 0:
        return time_ns;
    case 1:
        return time_ns + 1;
    case 2:
        return time_ns > base_ns ? time_ns - 1 : time_ns;
    default:
        return base_ns + (int64_t) random_below((uint64_t) SPAN_NS);
    }
}

static double random_value(size_t signal)
{
    static const double odd[] = {NAN,      INFINITY, -INFINITY, -0.0,    0.0,       DBL_MAX,
                                 -DBL_MAX, 5e-324,   DBL_MIN,   -5e-324, 1.0 / 3.0, 0x1p53 + 2};
    static const double large[] = {9007199254740993.0, 9007199254740992.0, 1e18, -1e18, 123.0};

    switch (signal) {
    case 0: /* as a transmitter sends it */
        return (double) random_below(5000) / 100 - 20;
    case 1:
        return random_below(4) ? (double) random_below(100) / 10 : odd[random_below(12)];
    case 2:
        return large[random_below(DAVY_ARRAY_LENGTH(large))];
    case 3: /* states */
        return random_below(8) ? (double) random_below(3) : -0.0;
    default: /* cancels */
        return (double) (1 - 2 * (int) random_below(2)) *
               (1e15 / 8 + (double) random_below(1000) / 8);
    }
}

static davy_sample random_sample(size_t signal, int64_t base_ns)
{
    davy_sample sample = {random_time(base_ns), random_value(signal), (davy_signal_id) signal, 0};

    if (sample.time_ns > DAVY_STORE_TIME_MAX)
        sample.time_ns = DAVY_STORE_TIME_MAX;
    if (random_below(12) == 0)
        sample.quality = (uint32_t) random_below(3);
    return sample;
}

static int by_time(const void *a, const void *b)
{
    const davy_sample *x = a, *y = b;

    return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

/* The one of the time is corrected, or there is one more. */
static void remember(const davy_sample *sample)
{
    davy_sample *all = model[sample->signal];
    size_t *count = &counts[sample->signal], i = 0;

    while (i < *count && all[i].time_ns != sample->time_ns)
        i++;
    all[i] = *sample;
    *count += i == *count;
}

static void append_some(davy_store *store, int64_t base_ns, size_t count)
{
    static davy_sample samples[SAMPLES * SIGNALS];

    for (size_t i = 0; i < count; i++) {
        samples[i] = random_sample(random_below(SIGNALS), base_ns);
        remember(&samples[i]);
    }
    assert_ok(davy_store_append(store, samples, count));
    for (size_t i = 0; i < SIGNALS; i++)
        qsort(model[i], counts[i], sizeof model[i][0], by_time);
}

/* A step by hand. */
struct expected {
    davy_store_bucket bucket;
    long double sum, sizes;
};

static void expect_sample(struct expected *expected, const davy_sample *sample)
{
    davy_store_bucket *bucket = &expected->bucket;
    const double value = sample->value == 0 ? 0.0 : sample->value; /* a step tells no -0 */

    if (sample->quality == DAVY_QUALITY_BAD) {
        bucket->bad++;
        return;
    }
    bucket->first = bucket->count++ == 0 ? value : bucket->first;
    bucket->last = value;
    bucket->uncertain += sample->quality == DAVY_QUALITY_UNCERTAIN;
    expected->sum += value;
    expected->sizes += fabsl(value);
    if (isnan(bucket->min) || value < bucket->min) {
        bucket->min = value;
        bucket->min_time_ns = sample->time_ns;
    }
    if (isnan(bucket->max) || value > bucket->max) {
        bucket->max = value;
        bucket->max_time_ns = sample->time_ns;
    }
}

static bool same(double a, double b)
{
    return (a == b && signbit(a) == signbit(b)) || (isnan(a) && isnan(b));
}

/* n 2^-53 times the sum of the sizes: Higham, "Accuracy and Stability of Numerical Algorithms", 2nd
 * ed., (4.4). Beyond the largest double a sum is an infinity or, of both signs, none. */
static bool is_sum(double sum, const struct expected *expected)
{
    const long double bound =
        (long double) (expected->bucket.count + 1) * 0x1p-53L * expected->sizes;

    if (expected->bucket.count == 0)
        return isnan(sum);
    if (isnan(expected->sum) || isinf(expected->sum))
        return same(sum, (double) expected->sum) || (isnan(sum) && isinf(expected->sum));
    if (!isfinite(sum))
        return expected->sizes > (long double) DBL_MAX;
    return fabsl((long double) sum - expected->sum) <= bound + 5e-324L;
}

static void compare_step(const davy_store_bucket *got, size_t signal, size_t *at, int64_t end_ns)
{
    struct expected expected = {
        .bucket = {.min = NAN, .max = NAN, .sum = NAN, .first = NAN, .last = NAN}};
    const davy_store_bucket *bucket = &expected.bucket;

    for (; *at < counts[signal] && model[signal][*at].time_ns < end_ns; ++*at)
        expect_sample(&expected, &model[signal][*at]);
    assert_int_equal(got->count, bucket->count);
    assert_int_equal(got->bad, bucket->bad);
    assert_int_equal(got->uncertain, bucket->uncertain);
    assert_true(same(got->min, bucket->min) && same(got->max, bucket->max));
    assert_true(same(got->first, bucket->first) && same(got->last, bucket->last));
    assert_true(is_sum(got->sum, &expected));
    if (!isnan(bucket->min))
        assert_true(got->min_time_ns == bucket->min_time_ns &&
                    got->max_time_ns == bucket->max_time_ns);
}

struct question {
    size_t signal;
    int64_t from_ns, to_ns, step_ns;
};

static struct question random_question(int64_t base_ns)
{
    static const int64_t steps[] = {10 * S, 60 * S, 420 * S,          3600 * S,    DAY_NS,
                                    37 * S, S * 61, 1234567891LL * 7, 2 * SPAN_NS, 60 * S + 1};
    struct question ask = {.signal = random_below(SIGNALS),
                           .step_ns = steps[random_below(DAVY_ARRAY_LENGTH(steps))]};

    ask.from_ns = random_time(base_ns);
    if (random_below(2))
        ask.from_ns = base_ns + (ask.from_ns - base_ns) / (3600 * S) * (3600 * S);
    ask.to_ns =
        ask.from_ns + 1 + (int64_t) random_below((uint64_t) (base_ns + SPAN_NS - ask.from_ns));
    if (random_below(2))
        ask.to_ns =
            ask.from_ns + (ask.to_ns - ask.from_ns + ask.step_ns - 1) / ask.step_ns * ask.step_ns;
    return ask;
}

static davy_store_bucket got[STEPS];

static size_t summarise(davy_store *store, const struct question *ask)
{
    const size_t count =
        (size_t) (((uint64_t) ask->to_ns - (uint64_t) ask->from_ns - 1) / (uint64_t) ask->step_ns) +
        1;

    assert_true(count <= STEPS);
    assert_ok(davy_store_summarise(store, (davy_signal_id) ask->signal, ask->from_ns, ask->to_ns,
                                   ask->step_ns, got, count));
    return count;
}

static void compare(davy_store *store, const struct question *ask)
{
    const size_t count = summarise(store, ask);
    size_t at = 0;

    while (at < counts[ask->signal] && model[ask->signal][at].time_ns < ask->from_ns)
        at++;
    for (size_t i = 0; i < count; i++) {
        const int64_t begin_ns = (int64_t) ((uint64_t) ask->from_ns + i * (uint64_t) ask->step_ns);

        assert_true(got[i].time_ns == begin_ns);
        compare_step(&got[i], ask->signal, &at,
                     i + 1 < count ? begin_ns + ask->step_ns : ask->to_ns);
    }
}

#define STATES_SIGNAL 3

/* How long one value was held in [begin_ns, end_ns) by hand. */
static int64_t expect_held(double value, int64_t begin_ns, int64_t end_ns, int64_t to_ns)
{
    const davy_sample *all = model[STATES_SIGNAL];
    const size_t count = counts[STATES_SIGNAL];
    int64_t held_ns = 0;

    for (size_t i = 0; i < count && all[i].time_ns < to_ns; i++) {
        const int64_t from_ns = all[i].time_ns > begin_ns ? all[i].time_ns : begin_ns;
        int64_t until_ns = i + 1 < count && all[i + 1].time_ns < to_ns ? all[i + 1].time_ns : to_ns;

        until_ns = until_ns < end_ns ? until_ns : end_ns;
        if (all[i].quality != DAVY_QUALITY_BAD && all[i].value == value && from_ns < until_ns)
            held_ns += until_ns - from_ns;
    }
    return held_ns;
}

static void compare_states(davy_store *store, const struct question *ask)
{
    static davy_store_state_step steps[STEPS];
    const size_t count =
        (size_t) (((uint64_t) ask->to_ns - (uint64_t) ask->from_ns - 1) / (uint64_t) ask->step_ns) +
        1;
    double values[DAVY_STORE_STATES_MAX];
    size_t states;

    assert_ok(davy_store_states(store, STATES_SIGNAL, ask->from_ns, ask->to_ns, ask->step_ns,
                                values, &states, steps, count, NULL));
    assert_true(states <= 3);
    for (size_t i = 0; i < count; i += 1 + random_below(1 + count / 50))
        for (size_t k = 0; k < states; k++) {
            const int64_t end_ns = i + 1 < count ? steps[i].time_ns + ask->step_ns : ask->to_ns;

            assert_false(signbit(values[k]));
            assert_true(steps[i].held_ns[k] ==
                        expect_held(values[k], steps[i].time_ns, end_ns, ask->to_ns));
        }
}

/* Every sample, to the bit. */
static davy_status take_run(void *context, const davy_store_run *run)
{
    size_t *at = context;

    for (size_t i = 0; i < run->count; i++, ++*at) {
        const davy_sample *sample = &model[run->signal][*at];

        assert_true(*at < counts[run->signal]);
        assert_true(sample->time_ns == run->times[i] && sample->quality == run->quality[i]);
        assert_memory_equal(&sample->value, &run->values[i], sizeof sample->value);
    }
    return DAVY_OK;
}

static void compare_all(davy_store *store, int64_t base_ns)
{
    const struct question whole = {0, DAVY_STORE_TIME_MIN, DAVY_STORE_TIME_MAX, 365 * DAY_NS};

    for (size_t signal = 0; signal < SIGNALS; signal++) {
        struct question ask = whole;
        size_t at = 0;

        ask.signal = signal;
        assert_ok(
            davy_store_scan(store, (davy_signal_id) signal, INT64_MIN, INT64_MAX, take_run, &at));
        assert_int_equal(at, counts[signal]);
        compare(store, &ask);
    }
    for (int i = 0; i < QUESTION; i++) {
        const struct question ask = random_question(base_ns);

        compare(store, &ask);
        if (i % 4 == 0)
            compare_states(store, &ask);
    }
}

static davy_store *open_store(void)
{
    davy_store *store;

    assert_ok(davy_store_open(temporary, NULL, &store));
    return store;
}

/* What retention does: samples of all days go, their rollups stay. */
static void retire_all(davy_store *store)
{
    davy_day_file *files;
    size_t count;

    assert_ok(davy_store_seal(store));
    assert_ok(davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count));
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++) {
        uint64_t bytes;

        assert_ok(davy_rollups_outlive(store, files[i]));
        assert_ok(davy_rollups_note_gone(store, files[i]));
        assert_ok(davy_days_remove(store->days, files[i], &bytes));
    }
    free(files);
}

/* Steps that begin and end with steps of rollups: these answer as the samples did. */
static void compare_whole_steps(davy_store *store, int64_t base_ns)
{
    static const int64_t steps[] = {10 * S, 20 * S, 60 * S, 420 * S, 3600 * S, 5000 * S, DAY_NS};

    for (int i = 0; i < QUESTION; i++) {
        const int64_t step_ns = steps[random_below(DAVY_ARRAY_LENGTH(steps))];
        const int64_t from_ns = base_ns + (int64_t) random_below(86400 / 10) * 10 * S;
        const struct question ask = {random_below(SIGNALS), from_ns,
                                     from_ns + step_ns * (1 + (int64_t) random_below(20)), step_ns};

        compare(store, &ask);
        compare_states(store, &ask);
    }
}

static void live_through(int64_t base_ns)
{
    davy_store *store = open_store();
    davy_signal_id id;

    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < SIGNALS; i++) {
        char path[16];

        (void) snprintf(path, sizeof path, "unit/%zu", i);
        assert_ok(davy_store_signal(store, path, "", &id));
    }
    append_some(store, base_ns, 2000);
    compare_all(store, base_ns);
    assert_ok(davy_store_seal(store));
    compare_all(store, base_ns);
    append_some(store, base_ns, 1000);
    compare_all(store, base_ns);
    assert_ok(davy_store_roll_up(store, INT64_MAX));
    compare_all(store, base_ns);
    assert_ok(davy_store_seal(store));
    compare_all(store, base_ns);
    assert_ok(davy_store_compact(store));
    assert_ok(davy_store_roll_up(store, INT64_MAX));
    compare_all(store, base_ns);
    append_some(store, base_ns, 300);
    compare_all(store, base_ns);
    davy_store_close(store);
    store = open_store();
    compare_all(store, base_ns);
    compare_whole_steps(store, base_ns);
    retire_all(store);
    compare_whole_steps(store, base_ns);
    davy_store_close(store);
}

static void live_through_seeds(void **state, int64_t base_ns)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        random_state = seed * 0x9e3779b97f4a7c15ULL + (uint64_t) base_ns;
        print_message("# seed %llu\n", (unsigned long long) seed);
        live_through(base_ns);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

static void at_the_beginning_of_the_calendar(void **state)
{
    live_through_seeds(state, DAVY_STORE_TIME_MIN);
}

static void about_1970(void **state)
{
    live_through_seeds(state, -DAY_NS);
}

static void before_1970(void **state)
{
    live_through_seeds(state, -1000 * DAY_NS - DAY_NS / 2);
}

static void on_a_leap_day(void **state) /* 2024-02-28T12:00:00Z */
{
    live_through_seeds(state, 1709121600LL * S);
}

static void at_the_end_of_the_calendar(void **state)
{
    live_through_seeds(state, DAVY_STORE_TIME_MAX + S - SPAN_NS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_the_beginning_of_the_calendar),
        TEST(before_1970),
        TEST(about_1970),
        TEST(on_a_leap_day),
        TEST(at_the_end_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
