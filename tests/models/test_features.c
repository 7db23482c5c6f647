/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The contract of all steps of features, and their grammar.
 */
#include "features_testing.h"

#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include <math.h>

/* ------------------------------------------------------------------------------------ the contract
 */

/* Every step, on windows of 8 rows that know their early ones. */
static const char *const every[] = {
    "impute,onehot",
    "impute:by=T/kind:missing=yes:of=T/l*+T/f*,window",
    "impute:mean:of=T/flow,impute:of=T/level,last",
    "onehot",
    "hash:buckets=4",
    "log",
    "difference",
    "difference:lag=2:keep=no,early",
    "early,last",
    "window",
    "window:spans=3,8:stats=rms+skew+kurtosis+crest",
    "last",
    "lags:rows=0,2",
    "quantiles",
    "spectrum:bands=2",
    "spectrum:bands=3:scale=log:of=T/flow",
    "envelope:bands=2",
    "onehot,regimes:of=T/level:count=3",
    "window,standardise",
    "window,pca:keep=3",
    "onehot,novelty:planes=2:beside=yes",
    "onehot,novelty:planes=2:fuse=yes",
    "window,select:variance:3",
    "onehot,window,select:mi:4",
    "onehot,window,select:mrmr:4",
    "onehot,window,select:l1:4",
#ifdef DAVY_HAVE_XGBOOST
    "onehot,window,select:permutation:4",
#endif
};

static void export_features(const taught *t, davy_buffer *onnx)
{
    davy_graph *graph = t->features->graph;

    davy_graph_output(graph, t->features->features);
    assert_ok(davy_onnx_export(graph, NULL, 0, onnx));
    graph->output_count = 0;
}

static void same_bytes(const taught *a, const taught *b, const char *text, bool same)
{
    davy_buffer x = {0}, y = {0};

    export_features(a, &x);
    export_features(b, &y);
    if ((x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0) != same)
        fail_msg("%s: the graphs are %s", text, same ? "not the same" : "the same");
    davy_buffer_clear(&x);
    davy_buffer_clear(&y);
}

static void every_step_gives_the_same_bytes_again(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(every); i++) {
        taught *a = teach(8, 3, every[i]), *b = teach(8, 3, every[i]);

        if (a->status != DAVY_OK)
            fail_msg("%s: %s", every[i], davy_error());
        same_bytes(a, b, every[i], true);
        taught_free(a);
        taught_free(b);
    }
}

/* The last rows belong to judged windows alone: what they hold must not reach a graph. */
static void no_step_looks_at_what_is_judged(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(every); i++) {
        davy_table table = make_table(3);
        taught *a = teach(8, 3, every[i]), *b;

        for (size_t row = 36; row < ROWS; row++) {
            table.values[row] += 1000;
            table.values[ROWS + row] *= -30;
            table.values[2 * ROWS + row] = 3;
            table.labels[row] = 99;
        }
        b = teach_table(table, 8, 3, every[i]);
        assert_ok(b->status);
        same_bytes(a, b, every[i], true);
        taught_free(a);
        taught_free(b);
    }
}

/* A batch, and the same one by one through the file. */
static void every_file_answers_as_it_was_learnt(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(every); i++) {
        taught *t = teach(8, 3, every[i]);
        davy_buffer onnx = {0};
        davy_graph *graph = NULL;
        davy_network *network;
        davy_session *session;
        float window[9 * 3], row[DAVY_FEATURES_MAX];

        assert_ok(t->status);
        export_features(t, &onnx);
        assert_ok(davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &graph));
        assert_ok(davy_network_create(graph, NULL, &network));
        assert_ok(davy_session_create(network, NULL, &session));
        for (size_t s = 0; s < t->samples.count; s++) {
            const davy_tensor in = {
                .type = DAVY_TYPE_F32, .rank = 3, .dims = {1, 9, 3}, .data = window};
            davy_tensor out;

            assert_ok(davy_sample_set_read(&t->samples, s, window));
            assert_ok(davy_sample_set_read(davy_features_samples(t->features), s, row));
            assert_ok(davy_session_run(session, &in, &out));
            assert_int_equal(davy_tensor_count(&out), t->features->count);
            if (memcmp(row, out.data, t->features->count * sizeof *row) != 0)
                fail_msg("%s: sample %zu has other features", every[i], s);
        }
        davy_session_destroy(session);
        davy_network_destroy(network);
        davy_buffer_clear(&onnx);
        taught_free(t);
    }
}

/* Nothing moves, and all samples are alike. */
static void still_columns_are_no_trouble(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(every); i++) {
        davy_table table = make_table(3);
        taught *t;

        for (size_t k = 0; k < 3 * ROWS; k++)
            table.values[k] = 2;
        t = teach_table(table, 8, 3, every[i]);
        if (strstr(every[i], "pca") || strstr(every[i], "novelty") || strstr(every[i], "select"))
            assert_int_equal(t->status, DAVY_ERR_INVALID); /* there is nothing to go by */
        else
            assert_ok(t->status);
        taught_free(t);
    }
}

/* How much a feature moves among the samples to learn from. */
static double spread_of(const taught *t, size_t column)
{
    double least = INFINITY, most = -INFINITY;

    for (size_t s = 0; s < 3 * t->samples.count / 4; s++) {
        float row[DAVY_FEATURES_MAX];

        assert_ok(davy_sample_set_read(davy_features_samples(t->features), s, row));
        least = fmin(least, (double) row[column]);
        most = fmax(most, (double) row[column]);
    }
    return most - least;
}

/* The level rises by 1 each row, far from 0: its slope differs from 1 by rounding alone. That of
 * noise moves more than its rounding, and whether a word is there is not computed at all. */
static void rounding_is_told_from_movement(void **state)
{
    davy_table table = make_table(3);
    const float *rounding;
    taught *t;

    (void) state;
    for (size_t row = 0; row < ROWS; row++)
        table.values[row] = 1000.1 + (double) row;
    t = teach_table(table, 8, 0, "onehot,window:stats=slope+last");
    assert_ok(t->status);
    rounding = davy_features_samples(t->features)->rounding;
    assert_string_equal(t->features->names[0], "slope(T/level)");
    assert_string_equal(t->features->names[1], "slope(T/flow)");
    assert_true(spread_of(t, 0) <= (double) rounding[0]);
    assert_true(rounding[0] < 1e-3F);
    assert_true(spread_of(t, 1) > 1000 * (double) rounding[1] && rounding[1] > 0);
    for (size_t j = 0; j < t->features->count; j++)
        if (strstr(t->features->names[j], "last(T/kind"))
            assert_true(rounding[j] == 0);
    taught_free(t);
}

static void a_text_that_is_no_list_of_steps_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        ",",
        "windows",
        "window,",
        "window:spans=x",
        "window:1.5",
        "window:of",
        "window:stats=",
        "window:stats=sum",
        "onehot:most=0",
        "log:a:b",
        "standardise:a=1",
        "window:spans=5:spans=6",
        "difference:lag=-1",
        "window:",
        "onehot,impute",
        "log,impute:of=T/level",
        "impute:mode",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_features_check(wrong[i]), DAVY_ERR_INVALID, "");
    assert_ok(davy_features_check("onehot,window:spans=5,20,50,standardise"));
}

static void a_step_that_does_not_fit_says_why(void **state)
{
    static const struct {
        size_t steps;
        const char *text, *said;
    } wrong[] = {
        {4, "window:spans=5", "does not fit into a sample of 4"},
        {1, "difference", "does not fit into a sample of 1 row"},
        {4, "early", "--set early=20"},
        {4, "window:of=T/none", "names no channel"},
        {4, "log:of=T/kind", "holds words"},
        {1, "impute:of=T/kind", "holds words"},
        {1, "impute:by=T/none", "there is no such column"},
        {1, "onehot,onehot", "no column holds categories"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        taught *t = teach(wrong[i].steps, 0, wrong[i].text);

        assert_fails(t->status, DAVY_ERR_INVALID, wrong[i].said);
        taught_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_gives_the_same_bytes_again),
        cmocka_unit_test(no_step_looks_at_what_is_judged),
        cmocka_unit_test(every_file_answers_as_it_was_learnt),
        cmocka_unit_test(still_columns_are_no_trouble),
        cmocka_unit_test(rounding_is_told_from_movement),
        cmocka_unit_test(a_text_that_is_no_list_of_steps_is_refused),
        cmocka_unit_test(a_step_that_does_not_fit_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
