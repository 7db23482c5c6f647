/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What each step of features makes, by hand and beside NumPy, SciPy and scikit-learn.
 */
#include "features_testing.h"

#include "features_golden.h"
#include "models/features/feature_merit.h"

/* Rows 0, 1, 2, 3 of the level: by hand. */
static void window_statistics_are_those_of_the_rows(void **state)
{
    taught *t =
        teach(4, 0, "window:stats=mean+std+slope+min+max+last+range+rms+skew+kurtosis+crest");

    (void) state;
    assert_ok(t->status);
    assert_near(feature(t, 0, "mean(T/level)"), 1.5, 1e-6);
    assert_near(feature(t, 0, "std(T/level)"), sqrt(1.25), 1e-6);
    assert_near(feature(t, 0, "slope(T/level)"), 1, 1e-6);
    assert_near(feature(t, 0, "min(T/level)"), 0, 0);
    assert_near(feature(t, 0, "max(T/level)"), 3, 0);
    assert_near(feature(t, 0, "last(T/level)"), 3, 0);
    assert_near(feature(t, 0, "range(T/level)"), 3, 0);
    assert_near(feature(t, 0, "rms(T/level)"), sqrt(14.0 / 4), 1e-6);
    assert_near(feature(t, 0, "skew(T/level)"), 0, 1e-6);
    assert_near(feature(t, 0, "kurtosis(T/level)"), 1.64, 1e-5); /* 41 / 25 */
    assert_near(feature(t, 0, "crest(T/level)"), 3 / sqrt(14.0 / 4), 1e-6);
    taught_free(t);
}

/* Seven times 0.1, added up, is not quite 0.7: what is left over is no shape. */
static void a_channel_that_stands_still_has_no_shape(void **state)
{
    davy_table table = make_table(3);
    taught *t;

    (void) state;
    for (size_t row = 0; row < ROWS; row++)
        table.values[ROWS + row] = row < 20 ? 0.1 : 0.7;
    t = teach_table(table, 7, 0, "window:stats=skew+kurtosis");
    assert_ok(t->status);
    for (size_t i = 0; i < t->samples.count; i++) {
        assert_near(feature(t, i, "skew(T/flow)"), 0, 1e-6);
        assert_near(feature(t, i, "kurtosis(T/flow)"), 0, 1e-6);
        assert_true(feature(t, i, "kurtosis(T/level)") > 1);
    }
    taught_free(t);
}

static void spans_look_at_the_newest_rows(void **state)
{
    taught *t = teach(6, 0, "window:spans=2,6:stats=mean:of=T/level");
    size_t count;

    (void) state;
    assert_ok(t->status);
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 2);
    assert_near(feature(t, 0, "mean2(T/level)"), 4.5, 1e-6); /* rows 4 and 5 of 0 .. 5 */
    assert_near(feature(t, 0, "mean(T/level)"), 2.5, 1e-6);
    taught_free(t);
}

/* "unused" is not among the samples, so it has no feature. */
static void each_word_that_occurs_becomes_a_feature(void **state)
{
    taught *t = teach(1, 0, "onehot");
    size_t count;

    (void) state;
    assert_ok(t->status);
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 5);
    assert_near(feature(t, 4, "T/kind=base"), 1, 0);
    assert_near(feature(t, 4, "T/kind=acid"), 0, 0);
    assert_near(feature(t, 4, "T/level"), 4, 0);
    taught_free(t);
}

static void a_difference_is_to_the_row_before(void **state)
{
    taught *t = teach(4, 0, "difference:lag=2:of=T/level,last");

    (void) state;
    assert_ok(t->status);
    assert_near(feature(t, 5, "diff2(T/level)"), 2, 0);
    assert_near(feature(t, 5, "T/level"), 8, 0);
    taught_free(t);
}

/* The first window of the second run ends at row 23 and has seen rows 20 .. 22 as its early ones.
 */
static void early_rows_are_those_of_the_own_run(void **state)
{
    taught *t = teach(4, 3, "early:of=T/level,last");

    (void) state;
    assert_ok(t->status);
    assert_near(feature(t, 0, "rise(T/level)"), 3 - 1, 0);
    assert_near(feature(t, 10, "rise(T/level)"), 13 - 1, 0);
    assert_near(feature(t, 17, "rise(T/level)"), 23 - 21, 0);
    assert_near(feature(t, 17, "T/level"), 23, 0);
    taught_free(t);
}

static void a_logarithm_keeps_the_sign(void **state)
{
    taught *t = teach(1, 0, "log:of=T/flow");

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < t->samples.count; i++) {
        const double x = t->table.values[ROWS + i];

        assert_near(feature(t, i, "log(T/flow)"), copysign(log1p(fabs(x)), x), 1e-5);
    }
    taught_free(t);
}

/* Mean and deviation are those of the 30 samples that are learnt from. */
static void standardising_learns_from_its_part_alone(void **state)
{
    taught *t = teach(1, 0, "standardise");
    double sum = 0, squares = 0;

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < 30; i++) {
        const double x = feature(t, i, "T/level");

        sum += x;
        squares += x * x;
    }
    assert_near(sum / 30, 0, 1e-5);
    assert_near(squares / 30, 1, 1e-5);
    taught_free(t);
}

/* ---------------------------------------------------------------------------- against scikit-learn
 */

#define WAVES     12
#define WAVE_ROWS 64

/* The waves of make_features.py, a wave a row. */
static davy_table make_waves(void)
{
    davy_table table = plant_table(WAVES, WAVE_ROWS);

    table.independent = true;
    table.labels = calloc(WAVES, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t i = 0; i < WAVES; i++)
        for (size_t j = 0; j < WAVE_ROWS; j++) {
            const double t = (double) j / 64, pi = 3.14159265358979323846;

            table.labels[i] = (double) (i % 2);
            table.values[j * WAVES + i] =
                (1 + 0.5 * sin(4 * pi * t)) *
                    sin(2 * pi * (4 + (double) (i % 5)) * t + (double) i) +
                (double) i / 10;
        }
    return table;
}

/* As waveforms at 64 Hz; the first nine are learnt from. */
static taught *teach_waves(const char *text)
{
    static size_t columns[WAVE_ROWS];
    const davy_cut cut = {.form = {.kind = DAVY_FORM_WAVE,
                                   .steps = WAVE_ROWS,
                                   .channels = 1,
                                   .stride = 1,
                                   .rate = 64},
                          .task = DAVY_TASK_REGRESS,
                          .columns = columns,
                          .column_count = WAVE_ROWS,
                          .training = true};
    const char *names[WAVE_ROWS];
    const davy_features_source source = {names, NULL, WAVE_ROWS};
    taught *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->table = make_waves();
    for (size_t j = 0; j < WAVE_ROWS; j++) {
        columns[j] = j;
        names[j] = t->table.names[j];
    }
    assert_ok(davy_sample_set_cut(&t->table, &cut, &t->samples));
    for (size_t i = 0; i < WAVES; i++)
        t->held[i] = i < 9 ? DAVY_PURPOSE_LEARN : DAVY_PURPOSE_JUDGE;
    t->lesson = (davy_lesson){
        .samples = &t->samples, .held = t->held, .task = DAVY_TASK_REGRESS, .seed = 1};
    t->status = davy_features_fit(&t->lesson, &source, text, &t->features);
    assert_ok(t->status);
    return t;
}

/* All features of all waves, in order. Logarithms of nothing (floats have 1e-7 of noise) are only
 * known to be small. */
static void compare(const char *text, const double *golden, size_t columns, double tolerance)
{
    taught *t = teach_waves(text);
    size_t count;
    float values[64];

    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, columns);
    for (size_t i = 0; i < WAVES; i++) {
        assert_ok(davy_sample_set_read(davy_features_samples(t->features), i, values));
        for (size_t j = 0; j < columns; j++) {
            const double expected = golden[i * columns + j];

            if (expected < -20)
                assert_true((double) values[j] < -20);
            else
                assert_near((double) values[j], expected, tolerance);
        }
    }
    taught_free(t);
}

static void spectra_and_envelopes_are_those_of_scipy(void **state)
{
    (void) state;
    compare("spectrum:bands=4", golden_spectrum, 4, 1e-4);
    compare("envelope:bands=4:high=16", golden_envelope, 4, 1e-3);
}

static void order_statistics_are_those_of_numpy(void **state)
{
    (void) state;
    compare("quantiles:at=10,25,50,90,100", golden_quantiles, 5, 1e-5);
    compare("window:stats=skew", golden_skew, 1, 1e-5);
    compare("window:stats=kurtosis", golden_kurtosis, 1, 1e-5);
}

static void components_are_those_of_scikit_learn(void **state)
{
    (void) state;
    compare("pca:keep=3", golden_pca, 3, 1e-4);
}

/* Four samples that share one bit of two: ln 2 when alike, 0 when not. Eight bins of 16 numbers
 * hold two each. */
static void information_is_counted_in_bins(void **state)
{
    static const uint8_t x[] = {0, 0, 1, 1}, y[] = {0, 1, 0, 1};
    double numbers[16];
    uint8_t bins[16];
    size_t counts[4], count;

    (void) state;
    assert_near(davy_merit_shared(x, 2, x, 2, 4, counts), log(2), 1e-12);
    assert_near(davy_merit_shared(x, 2, y, 2, 4, counts), 0, 1e-12);
    for (size_t i = 0; i < 16; i++)
        numbers[i] = (double) (15 - i);
    assert_ok(davy_merit_bins(numbers, 16, 8, bins, &count));
    assert_int_equal(count, 8);
    assert_int_equal(bins[0], 7);
    assert_int_equal(bins[15], 0);
    for (size_t i = 0; i < 16; i++)
        numbers[i] = 3;
    assert_ok(davy_merit_bins(numbers, 16, 8, bins, &count));
    assert_int_equal(count, 1);
}

/* A matrix of 200 rows: column 0 is the class with a little noise, 1 the same again with a little
 * more, 2 knows the other half of the answer, 3 is noise and 4 never moves. */
static davy_feature_matrix make_matrix(davy_sample_set *samples)
{
    davy_feature_matrix m = {.rows = 200, .columns = 5, .classes = 4};
    uint64_t seed = 5;

    m.values = calloc(m.rows * m.columns, sizeof *m.values);
    m.targets = calloc(m.rows, sizeof *m.targets);
    m.members = calloc(m.rows, sizeof *m.members);
    samples->groups = calloc(m.rows, sizeof *samples->groups);
    assert_true(m.values && m.targets && m.members && samples->groups);
    samples->group_count = m.rows;
    for (size_t i = 0; i < m.rows; i++) {
        float *x = m.values + i * m.columns;

        m.members[i] = i;
        samples->groups[i] = (uint32_t) i;
        m.targets[i] = (double) (i % 4);
        x[0] = (float) ((double) (i % 2) + 0.05 * plant_normal(&seed));
        x[1] = x[0] + (float) (0.2 * plant_normal(&seed));
        x[2] = (float) ((double) (i / 2 % 2) + 0.3 * plant_normal(&seed));
        x[3] = (float) plant_normal(&seed);
        x[4] = 7;
    }
    return m;
}

static void merits_know_what_says_something(void **state)
{
    davy_sample_set samples = {0};
    const davy_lesson lesson = {.samples = &samples, .seed = 3};
    davy_feature_matrix m = make_matrix(&samples);
    double merit[5] = {0};

    (void) state;
    assert_ok(davy_merit_variance(&lesson, &m, 0, merit));
    assert_near(merit[4], 0, 0);
    assert_true(merit[3] > merit[0]);
    assert_ok(davy_merit_information(&lesson, &m, 0, merit));
    assert_true(merit[0] > merit[2] && merit[1] > merit[3] && merit[2] > merit[3]);
    assert_near(merit[4], 0, 0);
    memset(merit, 0, sizeof merit);
    assert_ok(davy_merit_mrmr(&lesson, &m, 2, merit)); /* 1 says what 0 has said */
    assert_near(merit[0], 2, 0);
    assert_near(merit[2], 1, 0);
    assert_near(merit[1], 0, 0);
    memset(merit, 0, sizeof merit);
    assert_ok(davy_merit_l1(&lesson, &m, 2, merit));
    assert_true(merit[0] > 0 && merit[2] > 0);
    assert_near(merit[3], 0, 0);
#ifdef DAVY_HAVE_XGBOOST
    memset(merit, 0, sizeof merit);
    assert_ok(davy_merit_permutation(&lesson, &m, 0, merit));
    assert_true(merit[0] > merit[3] && merit[2] > merit[3] && merit[0] > merit[1]);
    assert_near(merit[4], 0, 0);
#endif
    davy_feature_matrix_clear(&m);
    free(samples.groups);
}

#ifdef DAVY_HAVE_XGBOOST
/* Two groups are left to learn from, of four: whatever is drawn, one of them asks the other. */
static void of_two_groups_one_is_asked(void **state)
{
    davy_sample_set samples = {0};
    davy_feature_matrix m = make_matrix(&samples);

    (void) state;
    samples.group_count = 4;
    for (size_t i = 0; i < m.rows; i++)
        samples.groups[i] = i < m.rows / 2 ? 1 : 3;
    for (uint64_t seed = 0; seed < 8; seed++) {
        const davy_lesson lesson = {.samples = &samples, .seed = seed};
        double merit[5] = {0};

        assert_ok(davy_merit_permutation(&lesson, &m, 0, merit));
        assert_true(merit[0] > merit[3] && merit[2] > merit[3]);
    }
    davy_feature_matrix_clear(&m);
    free(samples.groups);
}
#endif

/* Two set points, 10 and 50; the signal is 100 or 200 with a deviation of 1 or 5. */
static void regimes_are_taken_out(void **state)
{
    davy_table table = make_table(3);
    taught *t;
    double sum = 0, squares = 0;

    (void) state;
    for (size_t row = 0; row < ROWS; row++) {
        const bool high = row % 4 == 1;

        table.values[row] = high ? 50 : 10;
        table.values[ROWS + row] = (high ? 200 : 100) + (high ? 5 : 1) * (row / 4 % 2 ? 1.0 : -1.0);
        table.values[2 * ROWS + row] = 0;
    }
    t = teach_table(table, 1, 0, "onehot,regimes:of=T/level:count=2");
    assert_ok(t->status);
    for (size_t i = 0; i < ROWS; i++) {
        const double x = feature(t, i, "T/flow");

        assert_true(fabs(x) > 0.8 && fabs(x) < 1.2);
        if (i < 30) {
            sum += x;
            squares += x * x;
        }
    }
    assert_near(sum / 30, 0, 1e-5);
    assert_near(squares / 30, 1, 1e-5);
    taught_free(t);
}

/* "acid", "base", "salt", "unused" by FNV-1a, of which the low bits are the bucket. */
static void a_hash_gives_each_word_one_bucket(void **state)
{
    taught *t = teach(1, 0, "hash:buckets=4");

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < 3; i++) {
        double sum = 0;

        for (size_t b = 0; b < 4; b++) {
            char name[16];

            (void) snprintf(name, sizeof name, "T/kind#%zu", b);
            sum += feature(t, i, name);
        }
        assert_near(sum, 1, 0);
    }
    taught_free(t);
}

/* Of the plane through the samples that are learnt from, T2 has a mean of the number of its
 * components: both distances are 1 on average. */
static void distances_are_1_on_average(void **state)
{
    taught *t = teach(1, 0, "onehot,standardise,novelty:planes=2");
    double t2 = 0, q = 0;

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < 30; i++) {
        t2 += exp(feature(t, i, "log T2")) / 30;
        q += exp(feature(t, i, "log Q")) / 30;
    }
    assert_near(t2, 1, 1e-4);
    assert_near(q, 1, 1e-4);
    taught_free(t);
}

/* The columns are as they were beside the distances. */
static void distances_may_stand_beside_the_columns(void **state)
{
    taught *t = teach(1, 0, "onehot,novelty:planes=2:beside=yes");
    taught *alone = teach(1, 0, "onehot,novelty:planes=2");

    (void) state;
    assert_ok(t->status);
    assert_ok(alone->status);
    for (size_t i = 0; i < ROWS; i++) {
        assert_near(feature(t, i, "T/level"), (double) i, 0);
        assert_near(feature(t, i, "T/kind=base"), (i % 3 == 1 ? 1 : 0), 0);
        assert_near(feature(t, i, "log T2"), feature(alone, i, "log T2"), 0);
        assert_near(feature(t, i, "log Q"), feature(alone, i, "log Q"), 0);
    }
    taught_free(t);
    taught_free(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_statistics_are_those_of_the_rows),
        cmocka_unit_test(a_channel_that_stands_still_has_no_shape),
        cmocka_unit_test(spans_look_at_the_newest_rows),
        cmocka_unit_test(each_word_that_occurs_becomes_a_feature),
        cmocka_unit_test(a_difference_is_to_the_row_before),
        cmocka_unit_test(early_rows_are_those_of_the_own_run),
        cmocka_unit_test(a_logarithm_keeps_the_sign),
        cmocka_unit_test(standardising_learns_from_its_part_alone),
        cmocka_unit_test(spectra_and_envelopes_are_those_of_scipy),
        cmocka_unit_test(order_statistics_are_those_of_numpy),
        cmocka_unit_test(components_are_those_of_scikit_learn),
        cmocka_unit_test(information_is_counted_in_bins),
        cmocka_unit_test(merits_know_what_says_something),
#ifdef DAVY_HAVE_XGBOOST
        cmocka_unit_test(of_two_groups_one_is_asked),
#endif
        cmocka_unit_test(regimes_are_taken_out),
        cmocka_unit_test(a_hash_gives_each_word_one_bucket),
        cmocka_unit_test(distances_are_1_on_average),
        cmocka_unit_test(distances_may_stand_beside_the_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
