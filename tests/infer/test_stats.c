/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Counts of requests, inferences and executions as Triton's documentation works them out
 * (docs/user_guide/metrics.md, "Count Metrics"), in its JSON and in Prometheus text.
 */
#include "host_testing.h"

#include "infer/chores.h"

#include <jansson.h>

static davy_infer_stats stats;

/* Requests of these sizes that run together. */
static void execute(const size_t *rows, size_t count)
{
    const davy_infer_times times = {.queue = 1, .input = 2, .compute = 3, .output = 4};
    size_t all = 0;

    for (size_t i = 0; i < count; i++) {
        davy_stats_add_success(&stats, rows[i], 10, &times);
        all += rows[i];
    }
    davy_stats_add_execution(&stats, all, &times);
}

static void assert_counts(uint64_t requests, uint64_t inferences, uint64_t executions)
{
    assert_int_equal(stats.success.count, requests);
    assert_int_equal(stats.inferences, inferences);
    assert_int_equal(stats.executions, executions);
    memset(&stats, 0, sizeof stats);
}

static void the_worked_examples_of_triton_come_out(void **state)
{
    static const size_t one = 1, eight = 8, ones[] = {1, 1}, both[] = {1, 8};

    (void) state;
    memset(&stats, 0, sizeof stats);
    execute(&one, 1); /* "Client sends a single batch-1 request" */
    assert_counts(1, 1, 1);
    execute(&eight, 1); /* "Client sends a single batch-8 request" */
    assert_counts(1, 8, 1);
    execute(&one, 1); /* "2 requests: batch-1 and batch-8. Dynamic batching is not enabled" */
    execute(&eight, 1);
    assert_counts(2, 9, 2);
    execute(ones, 2); /* "batch-1 and batch-1 ... dynamically batched by the server" */
    assert_counts(2, 2, 1);
    execute(both, 2); /* "batch-1 and batch-8 ... dynamically batched by the server" */
    assert_counts(2, 9, 1);
}

static const json_t *one_model(const json_t *root)
{
    const json_t *list = json_object_get(root, "model_stats");

    assert_int_equal(json_array_size(list), 1);
    return json_array_get(list, 0);
}

static json_int_t number(const json_t *object, const char *first, const char *second,
                         const char *third)
{
    const json_t *found = json_object_get(object, first);

    if (second)
        found = json_object_get(found, second);
    if (third)
        found = json_object_get(found, third);
    assert_true(json_is_integer(found));
    return json_integer_value(found);
}

/* Two requests that were answered, of three and one rows, and one that was not. */
static davy_host *ask_three(void)
{
    davy_host *host;
    question q;

    folder_put("scale", 3, 2);
    host = host_open(NULL);
    question_set(&q, "scale", 3);
    assert_ok(question_ask(host, &q));
    question_reset(&q, "scale", 1);
    assert_ok(question_ask(host, &q));
    q.input.name = "w";
    assert_int_equal(question_ask(host, &q), DAVY_ERR_INVALID);
    davy_infer_response_clear(&q.response);
    return host;
}

static void the_json_has_the_words_of_triton(void **state)
{
    davy_host *host = ask_three();
    davy_buffer text = {0};
    json_t *root;
    const json_t *model;

    (void) state;
    assert_ok(davy_host_stats_json(host, "scale", "", &text));
    root = json_loads(text.bytes, 0, NULL);
    assert_non_null(root);
    model = one_model(root);
    assert_string_equal(json_string_value(json_object_get(model, "name")), "scale");
    assert_string_equal(json_string_value(json_object_get(model, "version")), "3");
    assert_true(number(model, "last_inference", NULL, NULL) > 1600000000000);
    assert_int_equal(number(model, "inference_count", NULL, NULL), 2); /* it takes no batches */
    assert_int_equal(number(model, "execution_count", NULL, NULL), 2);
    assert_int_equal(number(model, "inference_stats", "success", "count"), 2);
    assert_int_equal(number(model, "inference_stats", "fail", "count"), 1);
    assert_int_equal(number(model, "inference_stats", "queue", "count"), 2);
    assert_true(number(model, "inference_stats", "compute_infer", "ns") > 0);
    assert_int_equal(number(model, "inference_stats", "cache_hit", "count"), 0);
    assert_int_equal(number(model, "latency", "request", "count"), 2);
    assert_true(number(model, "latency", "request", "p99_ns") >=
                number(model, "latency", "compute_infer", "p50_ns"));
    model = json_array_get(json_object_get(model, "batch_stats"), 0);
    assert_int_equal(number(model, "batch_size", NULL, NULL), 1);
    assert_int_equal(number(model, "compute_infer", "count", NULL), 2);
    json_decref(root);
    davy_buffer_clear(&text);
    assert_fails(davy_host_stats_json(host, "other", "", &text), DAVY_ERR_NOT_FOUND,
                 "requested model 'other' is not available");
    davy_host_destroy(host);
}

static void assert_line(const davy_buffer *text, const char *line)
{
    char wanted[256];

    (void) snprintf(wanted, sizeof wanted, "\n%s\n", line);
    if (!strstr(text->bytes, wanted))
        fail_msg("no line \"%s\" in:\n%s", line, text->bytes);
}

static void the_metrics_have_the_names_of_triton(void **state)
{
    davy_host *host = ask_three();
    davy_buffer text = {0};

    (void) state;
    davy_host_stats_metrics(host, NULL, NULL, &text);
    assert_ok(davy_buffer_ok(&text));
    assert_line(&text, "nv_inference_request_success{model=\"scale\",version=\"3\"} 2");
    assert_line(&text,
                "nv_inference_request_failure{model=\"scale\",version=\"3\",reason=\"OTHER\"} 1");
    assert_line(&text, "nv_inference_count{model=\"scale\",version=\"3\"} 2");
    assert_line(&text, "nv_inference_exec_count{model=\"scale\",version=\"3\"} 2");
    assert_line(&text, "nv_inference_pending_request_count{model=\"scale\",version=\"3\"} 0");
    assert_line(&text, "# TYPE davy_inference_request_duration_seconds histogram");
    assert_line(&text, "davy_inference_request_duration_seconds_bucket{model=\"scale\",version="
                       "\"3\",le=\"+Inf\"} 2");
    assert_line(&text,
                "davy_inference_request_duration_seconds_count{model=\"scale\",version=\"3\"} 2");
    davy_buffer_clear(&text);
    davy_host_destroy(host);
}

/* Of a version that is served the box's own figures are known, once they were taken. */
static void a_version_is_measured_when_it_is_loaded(void **state)
{
    davy_certificate certificate = {0};
    davy_host *host;

    (void) state;
    folder_put("scale", 3, 2);
    host = host_open(NULL);
    davy_chores_settle(host->chores);
    assert_ok(davy_host_certificate(host, "scale", "", &certificate));
    assert_int_equal(certificate.count, 1);
    assert_int_equal(certificate.at[0].batch, 1);
    assert_true(certificate.at[0].p50_ns > 0);
    assert_true(certificate.at[0].p99_ns >= certificate.at[0].p50_ns);
    assert_int_equal(davy_host_certificate(host, "other", "", &certificate), DAVY_ERR_NOT_FOUND);
    davy_host_destroy(host);
}

static int64_t measured(void *context, size_t rows)
{
    (void) context;
    return (int64_t) rows * 1000 + 5000;
}

/* Powers of two and batch_max itself; between them a line, as the run here is one. */
static void what_was_not_measured_lies_between(void **state)
{
    davy_certificate certificate;

    (void) state;
    davy_certificate_measure(12, measured, NULL, &certificate);
    assert_int_equal(certificate.count, 5);
    assert_int_equal(certificate.at[4].batch, 12);
    assert_near((double) davy_certificate_ns(&certificate, 1), 6000, 6000.0 / 16);
    assert_near((double) davy_certificate_ns(&certificate, 6), 11000, 11000.0 / 16);
    assert_near((double) davy_certificate_ns(&certificate, 12), 17000, 17000.0 / 16);
}

static int64_t slow(void *context, size_t rows)
{
    size_t *most = context;

    *most = rows > *most ? rows : *most;
    return (int64_t) rows * 10000000;
}

/* 10 ms a row: what is measured holds a place that requests wait for, so no run of more than 50 ms
 * is made but that of one row; larger batches are told by the line. */
static void a_measurement_holds_nobody_up(void **state)
{
    davy_certificate certificate;
    size_t most = 0;

    (void) state;
    davy_certificate_measure(64, slow, &most, &certificate);
    assert_int_equal(most, 4);
    assert_near((double) davy_certificate_ns(&certificate, 64), 640e6, 640e6 / 16);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_examples_of_triton_come_out),
        IN_FOLDER(the_json_has_the_words_of_triton),
        IN_FOLDER(the_metrics_have_the_names_of_triton),
        IN_FOLDER(a_version_is_measured_when_it_is_loaded),
        cmocka_unit_test(what_was_not_measured_lies_between),
        cmocka_unit_test(a_measurement_holds_nobody_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
