/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Explanations that take long: how many there are at a time, who is refused, what they cost.
 */
#include "host_testing.h"

#include "infer/chores.h"
#include "infer/explaining.h"

#include <sched.h>

#define COLUMNS (PLANT_SIGNALS - 1)
#define CROWD   DAVY_EXPLANATIONS_MAX

static davy_host *host;
static float numbers[2 * COLUMNS];

static int set_up(void **state)
{
    davy_table table;

    (void) folder_set_up(state);
    table = plane_train(400, NULL, 0);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            numbers[i * COLUMNS + k] = (float) table.values[k * table.rows + i];
    plane_clear(&table);
    host = host_open(NULL);
    davy_chores_settle(host->chores); /* who measures takes no place from now on */
    return 0;
}

static int tear_down(void **state)
{
    davy_host_destroy(host);
    return folder_tear_down(state);
}

typedef struct why {
    davy_named_tensor input;
    davy_infer_request request;
    davy_infer_response response;
    davy_status status;
    char sentence[DAVY_ERROR_MAX];
    pthread_t thread;
} why;

static void set_why(why *w, const char *client, bool explain)
{
    *w = (why){
        .input = {"sample",
                  {.type = DAVY_TYPE_F32, .rank = 3, .dims = {1, 1, COLUMNS}, .data = numbers}},
        .request = {.model = "plant",
                    .version = "",
                    .client = client,
                    .input_count = 1,
                    .explain = explain}};
    w->request.inputs = &w->input;
}

static void *ask_why(void *context)
{
    why *w = context;

    w->status = davy_host_infer(host, &w->request, &w->response);
    (void) snprintf(w->sentence, sizeof w->sentence, "%s", davy_error());
    return NULL;
}

static davy_status ask_here(why *w)
{
    davy_infer_response_clear(&w->response);
    return davy_host_infer(host, &w->request, &w->response);
}

static davy_desk *desk_of_plant(void)
{
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;

    assert_ok(davy_repository_acquire(davy_host_repository(host), "plant", "", &lease));
    assert_ok(davy_desk_of(host, lease, &desk));
    davy_lease_release(lease); /* it stays open: it is served */
    return desk;
}

/* Two of one client, eight in all; each that is refused is told why and when to come again. */
static void there_are_so_many_at_a_time(void **state)
{
    static const char *const clients[CROWD] = {"alice", "alice", "bob",  "bob",
                                               "carol", "carol", "dave", "dave"};
    why crowd[CROWD], late;

    (void) state;
    assert_true(davy_gate_try(host->gate)); /* so that they stay */
    for (size_t i = 0; i < CROWD; i++) {
        set_why(&crowd[i], clients[i], true);
        assert_int_equal(pthread_create(&crowd[i].thread, NULL, ask_why, &crowd[i]), 0);
    }
    while (davy_explaining_count(host->explaining) != CROWD)
        (void) sched_yield();
    set_why(&late, "alice", true);
    assert_fails(ask_here(&late), DAVY_ERR_FULL,
                 "'alice' has 2 explanations under way, and no client has more at a time");
    assert_int_equal(late.response.refusal, DAVY_REFUSAL_CAPACITY);
    assert_true(late.response.retry_after_ms > 0);
    set_why(&late, "erin", true);
    assert_fails(ask_here(&late), DAVY_ERR_FULL, "8 explanations are under way");
    assert_int_equal(late.response.refusal, DAVY_REFUSAL_CAPACITY);
    davy_gate_leave(host->gate);
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(pthread_join(crowd[i].thread, NULL), 0);
        assert_ok(crowd[i].status);
        assert_int_equal(crowd[i].response.attribution_count, 1);
        davy_infer_response_clear(&crowd[i].response);
    }
    assert_ok(ask_here(&late)); /* there is room again */
    davy_infer_response_clear(&late.response);
}

static void its_time_binds_while_it_waits_for_its_turn(void **state)
{
    why w;

    (void) state;
    assert_true(davy_gate_try(host->gate));
    set_why(&w, "alice", true);
    w.request.timeout_us = 1000;
    assert_fails(ask_here(&w), DAVY_ERR_TIMEOUT, "model 'plant': the request waited longer than");
    assert_int_equal(w.response.refusal, DAVY_REFUSAL_TIMEOUT);
    davy_gate_leave(host->gate);
    davy_infer_response_clear(&w.response);
}

/* The first is long, since nobody knows; those after it are what the first has shown. */
static void what_an_explanation_costs_is_learnt(void **state)
{
    davy_desk *desk = desk_of_plant();
    why w;

    (void) state;
    set_why(&w, "alice", false);
    assert_ok(ask_here(&w));
    assert_near(w.response.cost, 1, 0);
    assert_int_equal(atomic_load(&desk->explain_ns[0]), 0);
    assert_null(desk->explainer.instance);
    w.request.explain = true;
    assert_ok(ask_here(&w));
    assert_true(w.response.cost > 1);
    assert_true(atomic_load(&desk->explain_ns[0]) > 0);
    assert_non_null(desk->explainer.instance);
    w.request.explain_method = "nonsense";
    assert_fails(ask_here(&w), DAVY_ERR_INVALID, "'nonsense' is no way to explain");
    davy_infer_response_clear(&w.response);
}

/* Whether it is part of its run or takes turns with others: the same bits. */
static void a_long_one_says_what_a_short_one_says(void **state)
{
    davy_desk *desk = desk_of_plant();
    double shares[2][COLUMNS];
    why w;

    (void) state;
    set_why(&w, "alice", true);
    w.request.explain_method = "permutation";
    for (size_t i = 0; i < 2; i++) {
        atomic_store(&desk->explain_ns[5], i == 0 ? 1 : 2 * DAVY_EXPLAIN_LONG_NS);
        assert_ok(ask_here(&w));
        assert_string_equal(w.response.attributions[0].method, "permutation");
        assert_int_equal(w.response.attributions[0].count, COLUMNS);
        memcpy(shares[i], w.response.attributions[0].shares, sizeof shares[i]);
        assert_int_equal(desk->explainer.instance != NULL, i == 1);
    }
    assert_memory_equal(shares[0], shares[1], sizeof shares[0]);
    davy_infer_response_clear(&w.response);
}

static void none_begins_when_the_server_stops(void **state)
{
    why w;

    (void) state;
    davy_host_stop_explaining(host);
    set_why(&w, "alice", true);
    assert_fails(ask_here(&w), DAVY_ERR_UNAVAILABLE, "the server stops");
    assert_int_equal(w.response.refusal, DAVY_REFUSAL_STATE);
    w.request.explain = false;
    assert_ok(ask_here(&w));
    davy_infer_response_clear(&w.response);
}

/* One that runs ends at its next step. */
static void one_that_runs_ends_when_the_server_stops(void **state)
{
    why w;

    (void) state;
    assert_true(davy_gate_try(host->gate));
    set_why(&w, "alice", true);
    assert_int_equal(pthread_create(&w.thread, NULL, ask_why, &w), 0);
    while (davy_gate_line(host->gate) != 1)
        (void) sched_yield();
    davy_host_stop_explaining(host);
    davy_gate_leave(host->gate);
    assert_int_equal(pthread_join(w.thread, NULL), 0);
    assert_int_equal(w.status, DAVY_ERR_UNAVAILABLE);
    assert_non_null(strstr(w.sentence, "the server stops"));
    davy_infer_response_clear(&w.response);
}

#define WITH_PLANT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLANT(there_are_so_many_at_a_time),
        WITH_PLANT(its_time_binds_while_it_waits_for_its_turn),
        WITH_PLANT(what_an_explanation_costs_is_learnt),
        WITH_PLANT(a_long_one_says_what_a_short_one_says),
        WITH_PLANT(none_begins_when_the_server_stops),
        WITH_PLANT(one_that_runs_ends_when_the_server_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
