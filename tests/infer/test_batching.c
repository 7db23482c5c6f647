/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Models that are asked by many at a time: batches, state of graphs, ensembles, warming. The host's
 * gate is held by the test while requests gather, so what goes together does not depend on time.
 */
#include "host_testing.h"

#include "infer/chores.h"

#include <sched.h>

#define ASKERS 6

static void put_config(const char *name, const char *text)
{
    folder_write_text(folder_path("%s/config.pbtxt", name), text);
}

/* One thread with one question. */
typedef struct asker {
    davy_host *host;
    question q;
    pthread_t thread;
    davy_status status;
    char sentence[256];
} asker;

static void *ask(void *context)
{
    asker *a = context;

    a->status = question_ask(a->host, &a->q);
    (void) snprintf(a->sentence, sizeof a->sentence, "%s", davy_error());
    return NULL;
}

static size_t waiting(davy_host *host, const char *model)
{
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;
    size_t length;

    assert_ok(davy_repository_acquire(davy_host_repository(host), model, "", &lease));
    assert_ok(davy_desk_of(host, lease, &desk));
    length = davy_queue_length(desk->queue);
    davy_lease_release(lease);
    return length;
}

static void hold_gate(davy_host *host)
{
    davy_chores_settle(host->chores); /* nothing is measured while the test holds it */
    for (size_t i = 0; i < host->places; i++)
        assert_true(davy_gate_enter(host->gate, 0));
}

static void open_gate(davy_host *host)
{
    for (size_t i = 0; i < host->places; i++)
        davy_gate_leave(host->gate);
}

/* The first leads and waits at the gate; the others wait for it, in this order. */
static void gather(davy_host *host, asker *askers, size_t count, const char *model)
{
    hold_gate(host);
    for (size_t i = 0; i < count; i++) {
        askers[i].host = host;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
        while (i > 0 && waiting(host, model) != i)
            (void) sched_yield();
        while (i == 0 && davy_gate_line(host->gate) != 1)
            (void) sched_yield();
    }
    open_gate(host);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
}

/* Dense layers whose sums have many terms: what is in a batch must not change their order. */
static void put_dense(const char *name)
{
    davy_graph *graph = NULL;
    davy_buffer bytes = {0};
    davy_value in[2], x;
    float weights[2 * 200];
    const davy_tensor table = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {2, 200}, .data = weights};
    const davy_tensor back = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {200, 2}, .data = weights};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(weights); i++)
        weights[i] = (float) sin((double) i);
    assert_ok(davy_graph_create(name, 0, &graph));
    in[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    in[1] = davy_graph_constant(graph, "w", &table);
    x = davy_graph_node(graph, "matmul", in, 2, 1)->out[0];
    in[0] = davy_graph_node(graph, "tanh", &x, 1, 1)->out[0];
    in[1] = davy_graph_constant(graph, "v", &back);
    x = davy_graph_node(graph, "matmul", in, 2, 1)->out[0];
    davy_graph_name(graph, x, "y");
    davy_graph_output(graph, x);
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    davy_graph_destroy(graph);
    folder_write(folder_path("%s/1/model.onnx", name), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

static void a_batch_gives_each_the_bits_it_has_alone(void **state)
{
    asker askers[ASKERS];
    davy_buffer stats = {0};
    davy_host *host;

    (void) state;
    put_dense("dense");
    put_config("dense", "max_batch_size: 16 dynamic_batching { }");
    host = host_open(NULL);
    for (size_t i = 0; i < ASKERS; i++) {
        question_set(&askers[i].q, "dense", 1 + (int64_t) i % 3);
        for (size_t k = 0; k < 6; k++)
            askers[i].q.numbers[k] = (float) (i + 1) / (float) (k + 3);
    }
    gather(host, askers, ASKERS, "dense");
    for (size_t i = 0; i < ASKERS; i++) {
        const size_t bytes = 2 * (1 + i % 3) * sizeof(float);
        float together[6];

        assert_int_equal(askers[i].status, DAVY_OK);
        assert_int_equal(askers[i].q.response.batch, 12); /* 1 + 2 + 3 + 1 + 2 + 3 */
        assert_int_equal(askers[i].q.response.outputs[0].tensor.dims[0], 1 + i % 3);
        memcpy(together, askers[i].q.response.outputs[0].tensor.data, bytes);
        assert_ok(question_ask(host, &askers[i].q));
        assert_memory_equal(together, askers[i].q.response.outputs[0].tensor.data, bytes);
        davy_infer_response_clear(&askers[i].q.response);
    }
    assert_ok(davy_host_stats_json(host, "dense", "", &stats));
    assert_non_null(strstr(stats.bytes, "\"inference_count\":24,\"execution_count\":7"));
    assert_non_null(strstr(stats.bytes, "{\"batch_size\":12,\"compute_input\":{\"count\":1,"));
    davy_buffer_clear(&stats);
    davy_host_destroy(host);
}

/* A config that does not ask for it: as Triton, each request runs by itself. */
static void without_dynamic_batching_each_runs_by_itself(void **state)
{
    asker askers[3];
    davy_host *host;

    (void) state;
    put_dense("dense");
    put_config("dense", "max_batch_size: 16");
    host = host_open(NULL);
    for (size_t i = 0; i < 3; i++)
        question_set(&askers[i].q, "dense", 2);
    gather(host, askers, 3, "dense");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(askers[i].q.response.batch, 2);
        davy_infer_response_clear(&askers[i].q.response);
    }
    question_set(&askers[0].q, "dense", 17);
    assert_fails(question_ask(host, &askers[0].q), DAVY_ERR_INVALID,
                 "inference request batch-size must be <= 16 for 'dense'");
    davy_infer_response_clear(&askers[0].q.response);
    davy_host_destroy(host);
}

static void one_bad_request_does_not_fail_its_company(void **state)
{
    asker askers[3];
    davy_host *host;

    (void) state;
    put_table("table", 1);
    put_config("table", "max_batch_size: 16 dynamic_batching { }");
    host = host_open(NULL);
    for (size_t i = 0; i < 3; i++) {
        question_set(&askers[i].q, "table", 1);
        askers[i].q.numbers[0] = i == 1 ? 2 : 0;
        askers[i].q.numbers[1] = 1;
    }
    gather(host, askers, 3, "table");
    assert_int_equal(askers[0].status, DAVY_OK);
    assert_int_equal(askers[1].status, DAVY_ERR_INVALID);
    assert_int_equal(askers[2].status, DAVY_OK);
    assert_near(davy_f32(&askers[2].q.response.outputs[0].tensor)[1], 6, 0);
    for (size_t i = 0; i < 3; i++)
        davy_infer_response_clear(&askers[i].q.response);
    davy_host_destroy(host);
}

/* y = x + sum, and sum = y the next time: the running sum of a sequence. */
static void put_sum(const char *name)
{
    davy_graph *graph = NULL;
    davy_buffer bytes = {0};
    davy_value in[2], y, copy;

    assert_ok(davy_graph_create(name, 0, &graph));
    in[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    in[1] = davy_graph_input(graph, "sum", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    y = davy_graph_node(graph, "add", in, 2, 1)->out[0];
    davy_graph_name(graph, y, "y");
    davy_graph_output(graph, y);
    copy = davy_graph_node(graph, "identity", &y, 1, 1)->out[0];
    davy_graph_name(graph, copy, "next");
    davy_graph_output(graph, copy);
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    davy_graph_destroy(graph);
    folder_write(folder_path("%s/1/model.onnx", name), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
    put_config(name, "max_batch_size: 8 sequence_batching { state [ { input_name: \"sum\" "
                     "output_name: \"next\" data_type: TYPE_FP32 dims: [ 2 ] } ] }");
}

static float ask_sum(davy_host *host, const char *client, const char *sequence, float x, bool start)
{
    question q;
    float y;

    question_set(&q, "sum", 1);
    q.numbers[0] = x;
    q.request.client = client;
    q.request.sequence = sequence;
    q.request.sequence_start = start;
    assert_ok(question_ask(host, &q));
    assert_int_equal(q.response.output_count, 1); /* the state stays with the host */
    assert_string_equal(q.response.outputs[0].name, "y");
    y = davy_f32(&q.response.outputs[0].tensor)[0];
    davy_infer_response_clear(&q.response);
    return y;
}

static void a_graph_keeps_its_state_for_each_sequence(void **state)
{
    davy_host *host;
    question q;

    (void) state;
    put_sum("sum");
    host = host_open(NULL);
    assert_near(ask_sum(host, "alice", "1", 3, true), 3, 0);
    assert_near(ask_sum(host, "alice", "2", 100, true), 100, 0);
    assert_near(ask_sum(host, "bob", "1", 1000, true), 1000, 0);
    assert_near(ask_sum(host, "alice", "1", 4, false), 7, 0);
    assert_near(ask_sum(host, "bob", "1", 1, false), 1001, 0);
    assert_near(ask_sum(host, "alice", "1", 5, true), 5, 0); /* begun anew */
    question_set(&q, "sum", 1);
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID,
                 "inference request to model 'sum' must specify a non-zero or non-empty "
                 "correlation ID");
    q.request.sequence = "9";
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID, "does not know the sequence '9'");
    q.request.sequence_start = true;
    q.input.name = "sum"; /* nobody hands in a state from outside */
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID, "unexpected inference input 'sum'");
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

static void put_both(const char *first)
{
    char text[1024];

    folder_put("two", 1, 2);
    folder_put("three", 1, 3);
    assert_ok(davy_folder_make(folder_path("both/1"), 0755));
    (void) snprintf(
        text, sizeof text,
        "platform: \"ensemble\"\n"
        "input [ { name: \"x\" data_type: TYPE_FP32 dims: [ -1, 2 ] } ]\n"
        "output [ { name: \"z\" data_type: TYPE_FP32 dims: [ -1, 2 ] } ]\n"
        "ensemble_scheduling { step [\n"
        "  { model_name: \"three\" model_version: -1\n"
        "    input_map { key: \"x\" value: \"mid\" } output_map { key: \"y\" value: \"z\" } },\n"
        "  { model_name: \"two\" model_version: -1\n"
        "    input_map { key: \"x\" value: \"%s\" } output_map { key: \"y\" value: \"mid\" } }\n"
        "] }\n",
        first);
    put_config("both", text);
}

/* Steps are run in the order of what they need, which is not that of the file. */
static void an_ensemble_runs_its_steps_in_the_order_of_need(void **state)
{
    davy_buffer stats = {0};
    davy_host *host;
    question q;

    (void) state;
    put_both("x");
    host = host_open(NULL);
    question_set(&q, "both", 3);
    assert_ok(question_ask(host, &q));
    assert_string_equal(q.response.model, "both");
    assert_int_equal(q.response.output_count, 1);
    assert_string_equal(q.response.outputs[0].name, "z");
    for (size_t i = 0; i < 6; i++)
        assert_near(davy_f32(&q.response.outputs[0].tensor)[i], 6 * q.numbers[i], 0);
    davy_infer_response_clear(&q.response);
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"both", "two", "three"};

        davy_buffer_reset(&stats);
        assert_ok(davy_host_stats_json(host, names[i], "", &stats));
        assert_non_null(strstr(stats.bytes, "\"inference_count\":1,\"execution_count\":1"));
    }
    davy_buffer_clear(&stats);
    q.request.explain = true;
    assert_fails(question_ask(host, &q), DAVY_ERR_UNSUPPORTED, "ask its models");
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

static void an_ensemble_in_a_circle_is_not_served(void **state)
{
    davy_host *host;
    question q;

    (void) state;
    put_both("z");
    host = host_open(NULL);
    question_set(&q, "both", 1);
    assert_fails(question_ask(host, &q), DAVY_ERR_UNAVAILABLE,
                 "its steps wait for each other in a cycle");
    assert_int_equal(q.response.refusal, DAVY_REFUSAL_STATE);
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

/* What a step says of the request is said of the ensemble. */
static void a_step_that_fails_fails_the_ensemble(void **state)
{
    davy_host *host;
    question q;

    (void) state;
    put_both("x");
    host = host_open(NULL);
    assert_ok(davy_repository_unload(davy_host_repository(host), "three", false));
    question_set(&q, "both", 1);
    assert_int_equal(question_ask(host, &q), DAVY_ERR_UNAVAILABLE);
    assert_non_null(strstr(davy_error(), "three"));
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

#define WARMED                                                                      \
    "model_warmup [ { name: \"stored\" batch_size: 1 inputs { key: \"x\" value: { " \
    "data_type: TYPE_FP32 dims: [ 2 ] input_data_file: \"x.raw\" } } } ] max_batch_size: 4"

/* A version that cannot answer what it is to be warmed with is not served. */
static void a_version_is_warmed_before_it_is_served(void **state)
{
    static const float right[2] = {0, 1}, wrong[2] = {0, 7};
    davy_host *host;
    question q;

    (void) state;
    put_table("table", 1);
    put_config("table", WARMED);
    folder_write(folder_path("table/warmup/x.raw"), wrong, sizeof wrong);
    host = host_open(NULL);
    question_set(&q, "table", 1);
    assert_fails(question_ask(host, &q), DAVY_ERR_UNAVAILABLE, "warm-up 'stored'");
    folder_write(folder_path("table/warmup/x.raw"), right, sizeof right);
    assert_ok(davy_repository_load(davy_host_repository(host), "table", NULL, NULL, 0));
    q.numbers[0] = 0;
    q.numbers[1] = 1;
    assert_ok(question_ask(host, &q));
    folder_write(folder_path("table/warmup/x.raw"), right, 3);
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

/* All CPUs but one run what requests ask, however many ask and of how many models. */
static void *keep_asking(void *context)
{
    asker *a = context;

    for (size_t i = 0; i < 200 && a->status == DAVY_OK; i++) {
        a->status = question_ask(a->host, &a->q);
        davy_infer_response_clear(&a->q.response);
    }
    return NULL;
}

static void a_cpu_is_left_to_others(void **state)
{
    static const char *const models[] = {"dense", "scale", "other"};
    const davy_host_options options = {.api_share = 0.01};
    asker askers[ASKERS];
    davy_host *host;

    (void) state;
    put_dense("dense");
    folder_put("scale", 1, 2);
    folder_put("other", 1, 3);
    host = host_open(&options);
    assert_int_equal(host->places, 1);
    for (size_t i = 0; i < ASKERS; i++) {
        question_set(&askers[i].q, models[i % 3], 2);
        askers[i].host = host;
        askers[i].status = DAVY_OK;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, keep_asking, &askers[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        assert_int_equal(askers[i].status, DAVY_OK);
    }
    assert_int_equal(davy_gate_most(host->gate), 1);
    davy_host_destroy(host);
}

/* The event loop of a server asks so: a quick model that nobody is ahead at, measured, and nothing
 * that takes longer than its run. What is refused is in no count, since it comes again. */
static void who_must_not_wait_is_answered_by_a_quick_model_alone(void **state)
{
    const davy_certificate quick = {.count = 1, .at = {{.batch = 1, .p50_ns = 5000}}};
    const davy_certificate slow = {.count = 1, .at = {{.batch = 1, .p50_ns = 5000000}}};
    davy_host *host;
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;
    question q;

    (void) state;
    folder_put("scale", 1, 2);
    host = host_open(NULL);
    davy_chores_settle(host->chores);
    assert_ok(davy_repository_acquire(davy_host_repository(host), "scale", "", &lease));
    assert_ok(davy_desk_of(host, lease, &desk));
    davy_desk_certify(desk, &slow); /* whatever was measured on a machine that others use */
    assert_false(davy_host_is_quick(host, "scale", ""));
    davy_desk_certify(desk, &quick);
    assert_true(davy_host_is_quick(host, "scale", ""));
    assert_false(davy_host_is_quick(host, "nobody", ""));
    question_set(&q, "scale", 2);
    q.request.at_once = true;
    assert_ok(question_ask(host, &q));
    assert_near(davy_f32(&q.response.outputs[0].tensor)[3], 8, 0);
    hold_gate(host);
    assert_fails(question_ask(host, &q), DAVY_ERR_UNAVAILABLE, "others are ahead");
    assert_int_equal(q.response.refusal, DAVY_REFUSAL_WAIT);
    open_gate(host);
    davy_desk_certify(desk, &slow);
    assert_fails(question_ask(host, &q), DAVY_ERR_UNAVAILABLE, "it takes its time");
    assert_int_equal(q.response.refusal, DAVY_REFUSAL_WAIT);
    assert_ok(davy_repository_set_traffic(
        davy_host_repository(host), "scale",
        &(davy_traffic){.canary = "1", .canary_share = 1, .error_bound = 1, .decide_after = 10}));
    assert_fails(question_ask(host, &q), DAVY_ERR_UNAVAILABLE, "traffic of two kinds");
    assert_int_equal(q.response.refusal, DAVY_REFUSAL_WAIT);
    davy_infer_response_clear(&q.response);
    for (size_t i = 0; i < DAVY_FAILURES; i++)
        assert_int_equal(atomic_load(&desk->stats.fail[i].count), 0);
    davy_lease_release(lease);
    davy_host_destroy(host);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_batch_gives_each_the_bits_it_has_alone),
        IN_FOLDER(without_dynamic_batching_each_runs_by_itself),
        IN_FOLDER(one_bad_request_does_not_fail_its_company),
        IN_FOLDER(a_graph_keeps_its_state_for_each_sequence),
        IN_FOLDER(an_ensemble_runs_its_steps_in_the_order_of_need),
        IN_FOLDER(an_ensemble_in_a_circle_is_not_served),
        IN_FOLDER(a_step_that_fails_fails_the_ensemble),
        IN_FOLDER(a_version_is_warmed_before_it_is_served),
        IN_FOLDER(a_cpu_is_left_to_others),
        IN_FOLDER(who_must_not_wait_is_answered_by_a_quick_model_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
