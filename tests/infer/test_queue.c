/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The queue by itself: who leads, who goes together, who waits and who is refused. What runs a
 * batch is the test's here, so that a run lasts until the test says so; models are asked in
 * test_host.c and test_batching.c.
 */
#include "../testing.h"

#include "infer/queue.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define ASKS_MAX 16

static davy_gate *gate;
static davy_queue *queue;
static sem_t may_run;     /* a run takes one before it ends */
static atomic_size_t ran; /* asks that have begun to run */
static char order[256]; /* "a|bc|d": batches by the names of their asks; by one leader at a time */

typedef struct asking {
    davy_ask ask;
    davy_tensor input;
    char name;
    pthread_t thread, leader;
    davy_status status;
    char sentence[DAVY_ERROR_MAX];
} asking;

static void run(void *context, size_t place, davy_ask *const *asks, size_t count)
{
    char text[ASKS_MAX + 2] = "";

    (void) context;
    (void) place;
    for (size_t i = 0; i < count; i++) {
        asking *who = asks[i]->context;

        text[i] = who->name;
        who->leader = pthread_self();
    }
    text[count] = '|';
    strcat(order, text);
    atomic_fetch_add(&ran, count);
    while (sem_wait(&may_run) != 0)
        ;
}

static void open_queue(const davy_batching *batching, size_t batch_max, size_t waiting_max,
                       double promise_ms)
{
    const davy_queue_options options = {.model = "scale",
                                        .batching = batching,
                                        .batch_max = batch_max,
                                        .places = 1,
                                        .waiting_max = waiting_max,
                                        .promise_ms = promise_ms,
                                        .run = run};
    davy_queue_options filled = options;

    assert_ok(davy_gate_create(1, &gate));
    filled.gate = gate;
    assert_ok(davy_queue_create(&filled, &queue));
    assert_int_equal(sem_init(&may_run, 0, 0), 0);
    atomic_store(&ran, 0);
    order[0] = '\0';
}

static void close_queue(void)
{
    assert_int_equal(davy_queue_length(queue), 0);
    davy_queue_destroy(queue);
    davy_gate_destroy(gate);
    assert_int_equal(sem_destroy(&may_run), 0);
}

static void set_asking(asking *a, char name, int64_t rows)
{
    *a = (asking){.name = name, .input = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {rows, 2}}};
    a->ask = (davy_ask){.inputs = &a->input, .input_count = 1, .rows = (size_t) rows, .context = a};
}

static void *ask(void *context)
{
    asking *a = context;

    a->status = davy_queue_ask(queue, &a->ask);
    (void) snprintf(a->sentence, sizeof a->sentence, "%s", davy_error());
    return NULL;
}

static void start(asking *a)
{
    assert_int_equal(pthread_create(&a->thread, NULL, ask, a), 0);
}

static void join(asking *a)
{
    assert_int_equal(pthread_join(a->thread, NULL), 0);
}

static void wait_length(size_t length)
{
    while (davy_queue_length(queue) != length)
        (void) sched_yield();
}

static void wait_ran(size_t count)
{
    while (atomic_load(&ran) != count)
        (void) sched_yield();
}

/* 'a' runs and holds the only place; the others come behind it one after another. */
static void start_all(asking *asks, size_t count)
{
    asks[0].input.dims[1] = 1; /* of a form of its own */
    start(&asks[0]);
    wait_ran(1);
    for (size_t i = 1; i < count; i++) {
        start(&asks[i]);
        wait_length(i);
    }
}

static void let_run(size_t runs)
{
    for (size_t i = 0; i < runs; i++)
        assert_int_equal(sem_post(&may_run), 0);
}

static void set_all(asking *asks, size_t count, int64_t rows)
{
    for (size_t i = 0; i < count; i++)
        set_asking(&asks[i], (char) ('a' + (int) i), rows);
}

static void join_all(asking *asks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        join(&asks[i]);
        assert_int_equal(asks[i].status, DAVY_OK);
    }
}

static void a_lone_request_runs_in_its_own_thread(void **state)
{
    const davy_batching batching = {.dynamic = true};
    asking a;

    (void) state;
    open_queue(&batching, 8, 8, 0);
    set_asking(&a, 'a', 1);
    let_run(1);
    assert_ok(davy_queue_ask(queue, &a.ask));
    assert_true(pthread_equal(a.leader, pthread_self()));
    assert_string_equal(order, "a|");
    close_queue();
}

static void those_who_wait_share_a_batch_in_the_order_of_arrival(void **state)
{
    const davy_batching batching = {.dynamic = true};
    asking asks[7];

    (void) state;
    open_queue(&batching, 4, 8, 0);
    set_all(asks, 7, 1);
    start_all(asks, 7);
    let_run(3);
    join_all(asks, 7);
    assert_string_equal(order, "a|bcde|fg|");
    assert_true(pthread_equal(asks[3].leader, asks[1].thread)); /* the oldest leads */
    close_queue();
}

/* Rows are counted, not requests, and nobody is overtaken by one that would still fit. */
static void a_batch_ends_before_the_first_that_does_not_fit(void **state)
{
    const davy_batching batching = {.dynamic = true};
    asking asks[6];

    (void) state;
    open_queue(&batching, 4, 8, 0);
    set_all(asks, 6, 1);
    set_asking(&asks[2], 'c', 2);
    set_asking(&asks[3], 'd', 2); /* 1 + 2 + 2 is more than 4 */
    asks[5].input.dims[1] = 3;
    start_all(asks, 6);
    let_run(4);
    join_all(asks, 6);
    assert_string_equal(order, "a|bc|de|f|");
    close_queue();
}

static void a_request_that_runs_alone_has_no_company(void **state)
{
    const davy_batching batching = {.dynamic = true};
    asking asks[5];

    (void) state;
    open_queue(&batching, 8, 8, 0);
    set_all(asks, 5, 1);
    asks[2].ask.alone = true;
    start_all(asks, 5);
    let_run(4);
    join_all(asks, 5);
    assert_string_equal(order, "a|b|c|de|");
    close_queue();
}

/* As Triton: the largest preferred size that is there; what is left goes when nothing else may. */
static void a_preferred_size_is_kept(void **state)
{
    const davy_batching batching = {.dynamic = true, .preferred = {2, 4}, .preferred_count = 2};
    asking asks[8];

    (void) state;
    open_queue(&batching, 6, 8, 0);
    set_all(asks, 8, 1);
    start_all(asks, 8);
    let_run(4);
    join_all(asks, 8);
    assert_string_equal(order, "a|bcde|fg|h|");
    close_queue();
}

/* The delay is an hour: the test ends only if a full batch does not wait for it. */
static void a_leader_waits_for_company_until_its_batch_is_full(void **state)
{
    const davy_batching batching = {.dynamic = true, .delay_us = 3600000000U};
    asking asks[3];

    (void) state;
    open_queue(&batching, 3, 8, 0);
    set_all(asks, 3, 1);
    let_run(1);
    for (size_t i = 0; i < 3; i++)
        start(&asks[i]);
    for (size_t i = 0; i < 3; i++)
        join(&asks[i]);
    assert_int_equal(strlen(order), 4);
    assert_int_equal(order[3], '|');
    close_queue();
}

static void a_leader_goes_alone_when_nobody_came_in_time(void **state)
{
    const davy_batching batching = {.dynamic = true, .delay_us = 1000};
    asking a;

    (void) state;
    open_queue(&batching, 3, 8, 0);
    set_asking(&a, 'a', 1);
    let_run(1);
    assert_ok(davy_queue_ask(queue, &a.ask));
    assert_string_equal(order, "a|");
    assert_true(a.ask.started_ns - a.ask.arrived_ns >= 1000000);
    close_queue();
}

/* Level 1 is the most urgent; without a word the default holds, here 2. */
static void the_more_urgent_goes_first(void **state)
{
    const davy_batching batching = {.priority_levels = 3, .priority_default = 2};
    asking asks[5];

    (void) state;
    open_queue(&batching, 1, 8, 0);
    set_all(asks, 5, 1);
    asks[1].ask.priority = 3;
    asks[3].ask.priority = 1;
    asks[4].ask.priority = 1;
    start_all(asks, 5);
    let_run(5);
    join_all(asks, 5);
    assert_string_equal(order, "a|d|e|c|b|");
    close_queue();
}

static void a_full_queue_refuses_and_says_so(void **state)
{
    const davy_batching batching = {.queue = {.size_max = 2}};
    asking asks[3], late;

    (void) state;
    open_queue(&batching, 1, 8, 0);
    set_all(asks, 3, 1);
    set_asking(&late, 'z', 1);
    start_all(asks, 3);
    assert_fails(davy_queue_ask(queue, &late.ask), DAVY_ERR_FULL,
                 "model 'scale': exceeds maximum queue size: 2 requests wait already");
    assert_int_equal(late.ask.refusal, DAVY_REFUSAL_QUEUE);
    assert_true(late.ask.retry_after_ms > 0);
    let_run(3);
    join_all(asks, 3);
    close_queue();
}

static void a_request_that_waited_too_long_is_refused(void **state)
{
    const davy_batching batching = {.queue = {.timeout_us = 1000}};
    asking asks[2];

    (void) state;
    open_queue(&batching, 1, 8, 0);
    set_all(asks, 2, 1);
    start_all(asks, 2);
    join(&asks[1]); /* while the first still runs */
    assert_int_equal(asks[1].status, DAVY_ERR_TIMEOUT);
    assert_int_equal(asks[1].ask.refusal, DAVY_REFUSAL_TIMEOUT);
    assert_non_null(strstr(asks[1].sentence, "waited longer than the 1000 us it may"));
    let_run(1);
    join(&asks[0]);
    assert_string_equal(order, "a|");
    close_queue();
}

/* With DELAY it waits on, behind those whose time is not over. */
static void a_request_whose_time_is_over_may_wait_behind_the_others(void **state)
{
    const davy_batching batching = {.queue = {.timeout_us = 1000000,
                                              .allow_timeout_override = true,
                                              .action = DAVY_TIMEOUT_DELAY}};
    asking asks[3];

    (void) state;
    open_queue(&batching, 1, 8, 0);
    set_all(asks, 3, 1);
    asks[1].ask.timeout_us = 1; /* it may ask for less, not for more */
    asks[2].ask.timeout_us = 2000000000;
    start_all(asks, 2);
    (void) nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* its time is over */
    start(&asks[2]);
    wait_length(2);
    let_run(3);
    join_all(asks, 3);
    assert_string_equal(order, "a|c|b|");
    close_queue();
}

static int64_t ten_ms(const void *context, size_t rows)
{
    (void) context;
    (void) rows;
    return 10000000;
}

/* A run takes 10 ms. One runs: 10 + 10 are promised. One runs and one waits: 30 are too much. */
static void what_is_promised_is_not_promised_twice(void **state)
{
    const davy_batching batching = {0};
    asking asks[2], late;

    (void) state;
    open_queue(&batching, 1, 8, 25);
    davy_queue_set_forecast(queue, (davy_forecast){.ns = ten_ms});
    set_all(asks, 2, 1);
    set_asking(&late, 'z', 1);
    start_all(asks, 2);
    assert_fails(davy_queue_ask(queue, &late.ask), DAVY_ERR_FULL,
                 "model 'scale' promises an answer in 25.0 ms: 1 requests wait, and with them it "
                 "would take 30.0 ms as measured on this machine");
    assert_int_equal(late.ask.refusal, DAVY_REFUSAL_CAPACITY);
    assert_int_equal(late.ask.retry_after_ms, 5);
    let_run(2);
    join_all(asks, 2);
    close_queue();
}

/* 20 ms of work are ahead of one that may wait 15. */
static void what_would_time_out_is_refused_at_once(void **state)
{
    const davy_batching batching = {0};
    asking asks[2], late;

    (void) state;
    open_queue(&batching, 1, 8, 0);
    davy_queue_set_forecast(queue, (davy_forecast){.ns = ten_ms});
    set_all(asks, 2, 1);
    set_asking(&late, 'z', 1);
    late.ask.timeout_us = 15000;
    start_all(asks, 2);
    assert_fails(davy_queue_ask(queue, &late.ask), DAVY_ERR_FULL,
                 "1 requests wait, which is 20.0 ms of work as measured on this machine, and the "
                 "request may wait 15.0 ms");
    assert_int_equal(late.ask.refusal, DAVY_REFUSAL_CAPACITY);
    let_run(2);
    join_all(asks, 2);
    close_queue();
}

/* One runs, and one waits whose explanation takes 40 ms beyond its run: 10 + 10 + 40 ahead. */
static void an_explanation_counts_as_what_it_takes(void **state)
{
    const davy_batching batching = {0};
    asking asks[2], late;

    (void) state;
    open_queue(&batching, 1, 8, 0);
    davy_queue_set_forecast(queue, (davy_forecast){.ns = ten_ms});
    set_all(asks, 2, 1);
    asks[1].ask.more_ns = 40000000;
    set_asking(&late, 'z', 1);
    late.ask.timeout_us = 15000;
    start_all(asks, 2);
    assert_fails(davy_queue_ask(queue, &late.ask), DAVY_ERR_FULL, "which is 60.0 ms of work");
    let_run(2);
    join_all(asks, 2);
    close_queue();
}

/* Others can wait for a run of two rows: three of one row that could go together do not, unless
 * the config prefers three. */
static void a_batch_is_no_longer_than_others_can_wait_for(void **state)
{
    const davy_batching batching = {.dynamic = true};
    const davy_batching prefers = {.dynamic = true, .preferred = {3}, .preferred_count = 1};
    asking asks[4];

    (void) state;
    open_queue(&batching, 8, 8, 0);
    davy_queue_set_forecast(queue, (davy_forecast){.ns = ten_ms, .most = 2});
    set_all(asks, 4, 1);
    start_all(asks, 4);
    let_run(3);
    join_all(asks, 4);
    assert_string_equal(order, "a|bc|d|");
    close_queue();
    open_queue(&prefers, 8, 8, 0);
    davy_queue_set_forecast(queue, (davy_forecast){.ns = ten_ms, .most = 2});
    set_all(asks, 4, 1);
    start_all(asks, 4);
    let_run(2);
    join_all(asks, 4);
    assert_string_equal(order, "a|bcd|");
    close_queue();
}

/* Alone, it would wait an hour for company; it may wait a millisecond, and is run then. */
static void who_leads_waits_for_company_no_longer_than_it_may(void **state)
{
    const davy_batching batching = {.dynamic = true, .delay_us = UINT64_C(3600000000)};
    asking hurried;

    (void) state;
    open_queue(&batching, 8, 8, 0);
    set_asking(&hurried, 'a', 1);
    hurried.ask.timeout_us = 1000;
    let_run(1);
    assert_ok(davy_queue_ask(queue, &hurried.ask));
    assert_true(hurried.ask.ready_ns - hurried.ask.arrived_ns >= 1000000);
    assert_string_equal(order, "a|");
    close_queue();
}

/* Its time ends while it leads and another has the gate: refused, or run late, as is configured. */
static void a_leader_whose_time_ends_at_the_gate_is_refused_or_runs_late(void **state)
{
    const davy_batching rejects = {.dynamic = true, .delay_us = UINT64_C(3600000000)};
    const davy_batching delays = {
        .dynamic = true, .delay_us = UINT64_C(3600000000), .queue = {.action = DAVY_TIMEOUT_DELAY}};
    asking hurried;

    (void) state;
    open_queue(&rejects, 8, 8, 0);
    assert_true(davy_gate_try(gate));
    set_asking(&hurried, 'a', 1);
    hurried.ask.timeout_us = 1000;
    assert_fails(davy_queue_ask(queue, &hurried.ask), DAVY_ERR_TIMEOUT,
                 "waited longer than the 1000 us it may");
    assert_int_equal(hurried.ask.refusal, DAVY_REFUSAL_TIMEOUT);
    close_queue();
    open_queue(&delays, 8, 8, 0);
    assert_true(davy_gate_try(gate));
    set_asking(&hurried, 'b', 1);
    hurried.ask.timeout_us = 1000;
    let_run(1);
    start(&hurried);
    while (davy_gate_line(gate) != 1)
        (void) sched_yield();
    davy_gate_leave(gate);
    join(&hurried);
    assert_ok(hurried.status);
    assert_string_equal(order, "b|");
    close_queue();
}

/* It runs in its own thread when nobody is there; else it is told so, and nothing has happened. */
static void who_must_not_wait_is_answered_at_once_or_told(void **state)
{
    const davy_batching batching = {0}, delays = {.dynamic = true, .delay_us = 1000};
    asking first, second;

    (void) state;
    open_queue(&batching, 1, 8, 0);
    assert_true(davy_queue_is_idle(queue));
    set_asking(&second, 'b', 1);
    second.ask.at_once = true;
    let_run(1);
    assert_ok(davy_queue_ask(queue, &second.ask));
    set_asking(&first, 'a', 1);
    start(&first);
    wait_ran(2);
    assert_false(davy_queue_is_idle(queue));
    assert_fails(davy_queue_ask(queue, &second.ask), DAVY_ERR_UNAVAILABLE, "others are ahead");
    assert_int_equal(second.ask.refusal, DAVY_REFUSAL_WAIT);
    let_run(1);
    join(&first);
    assert_true(davy_gate_try(gate)); /* another model runs */
    assert_fails(davy_queue_ask(queue, &second.ask), DAVY_ERR_UNAVAILABLE, "others are ahead");
    davy_gate_leave(gate);
    assert_string_equal(order, "b|a|");
    close_queue();
    open_queue(&delays, 8, 8, 0);
    assert_false(davy_queue_is_idle(queue)); /* it would wait for company */
    assert_fails(davy_queue_ask(queue, &second.ask), DAVY_ERR_UNAVAILABLE, "others are ahead");
    close_queue();
}

/* What a leader's run says of the others reaches their own threads. */
static void run_badly(void *context, size_t place, davy_ask *const *asks, size_t count)
{
    run(context, place, asks, count);
    for (size_t i = 1; i < count; i++)
        davy_ask_fail(asks[i], davy_fail(DAVY_ERR_CORRUPT, "ask %zu failed", i));
}

static void a_failure_is_told_in_the_thread_that_asked(void **state)
{
    const davy_batching batching = {.dynamic = true};
    davy_queue_options options = {.model = "scale",
                                  .batching = &batching,
                                  .batch_max = 4,
                                  .places = 1,
                                  .waiting_max = 8,
                                  .run = run_badly};
    asking asks[4];

    (void) state;
    open_queue(&batching, 4, 8, 0);
    davy_queue_destroy(queue);
    options.gate = gate;
    assert_ok(davy_queue_create(&options, &queue));
    set_all(asks, 4, 1);
    start_all(asks, 4);
    let_run(2);
    for (size_t i = 0; i < 4; i++)
        join(&asks[i]);
    assert_int_equal(asks[1].status, DAVY_OK);
    assert_int_equal(asks[2].status, DAVY_ERR_CORRUPT);
    assert_string_equal(asks[2].sentence, "ask 1 failed");
    assert_string_equal(asks[3].sentence, "ask 2 failed");
    close_queue();
}

/* Everybody is in exactly one batch, whatever comes when. */
#define CROWD      8
#define CROWD_ASKS 300

static atomic_size_t batches;

static void run_crowd(void *context, size_t place, davy_ask *const *asks, size_t count)
{
    size_t rows = 0;

    (void) context;
    (void) place;
    for (size_t i = 0; i < count; i++) {
        (*(int *) asks[i]->context)++;
        rows += asks[i]->rows;
    }
    if (rows > 8)
        davy_ask_fail(asks[0], davy_fail(DAVY_ERR_FULL, "%zu rows", rows));
    atomic_fetch_add(&batches, 1);
    (void) sched_yield();
}

static void *crowd(void *context)
{
    unsigned random = (unsigned) (uintptr_t) context;

    for (int i = 0; i < CROWD_ASKS; i++) {
        davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 2};
        davy_ask ask = {.inputs = &input, .input_count = 1};
        int times = 0;

        random = random * 1664525U + 1013904223U;
        ask.rows = 1 + (random >> 24) % 4;
        ask.alone = (random >> 16) % 16 == 0;
        ask.priority = (random >> 12) % 3;
        input.dims[0] = (int64_t) ask.rows;
        input.dims[1] = 2 + (random >> 8) % 8 / 7;
        ask.context = &times;
        if (davy_queue_ask(queue, &ask) != DAVY_OK || times != 1)
            return context;
    }
    return NULL;
}

static void many_threads_are_each_answered_once(void **state)
{
    const davy_batching batching = {.dynamic = true, .priority_levels = 2, .delay_us = 50};
    davy_queue_options options = {.model = "scale",
                                  .batching = &batching,
                                  .batch_max = 8,
                                  .places = 2,
                                  .waiting_max = 100,
                                  .run = run_crowd};
    pthread_t threads[CROWD];
    size_t most;

    (void) state;
    assert_ok(davy_gate_create(2, &gate));
    options.gate = gate;
    assert_ok(davy_queue_create(&options, &queue));
    atomic_store(&batches, 0);
    for (uintptr_t i = 0; i < CROWD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd, (void *) (i + 1)), 0);
    for (size_t i = 0; i < CROWD; i++) {
        void *failed;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_true(atomic_load(&batches) <= (size_t) CROWD * CROWD_ASKS);
    most = davy_gate_most(gate);
    assert_true(most >= 1 && most <= 2);
    davy_queue_destroy(queue);
    davy_gate_destroy(gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lone_request_runs_in_its_own_thread),
        cmocka_unit_test(those_who_wait_share_a_batch_in_the_order_of_arrival),
        cmocka_unit_test(a_batch_ends_before_the_first_that_does_not_fit),
        cmocka_unit_test(a_request_that_runs_alone_has_no_company),
        cmocka_unit_test(a_preferred_size_is_kept),
        cmocka_unit_test(a_leader_waits_for_company_until_its_batch_is_full),
        cmocka_unit_test(a_leader_goes_alone_when_nobody_came_in_time),
        cmocka_unit_test(the_more_urgent_goes_first),
        cmocka_unit_test(a_full_queue_refuses_and_says_so),
        cmocka_unit_test(a_request_that_waited_too_long_is_refused),
        cmocka_unit_test(a_request_whose_time_is_over_may_wait_behind_the_others),
        cmocka_unit_test(what_is_promised_is_not_promised_twice),
        cmocka_unit_test(what_would_time_out_is_refused_at_once),
        cmocka_unit_test(who_must_not_wait_is_answered_at_once_or_told),
        cmocka_unit_test(an_explanation_counts_as_what_it_takes),
        cmocka_unit_test(a_batch_is_no_longer_than_others_can_wait_for),
        cmocka_unit_test(who_leads_waits_for_company_no_longer_than_it_may),
        cmocka_unit_test(a_leader_whose_time_ends_at_the_gate_is_refused_or_runs_late),
        cmocka_unit_test(a_failure_is_told_in_the_thread_that_asked),
        cmocka_unit_test(many_threads_are_each_answered_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
