/* SPDX-License-Identifier: Apache-2.0 */
#include "models.h"

#include <pthread.h>

#define THREADS 4
#define RUNS    200
#define ROWS    8

static float rows[THREADS][ROWS * 2], wanted[THREADS][ROWS * 2];

/* What a thread works with; it counts what went wrong, for cmocka fails in its own thread alone. */
struct worker {
    pthread_t thread;
    davy *model;
    davy_session *session; /* of its own, or shared by mistake */
    size_t number, done, refused, wrong;
};

static void *run_own_session(void *context)
{
    struct worker *worker = context;
    const davy_array input = samples_of(rows[worker->number], ROWS);
    davy_session *session = NULL;
    char path[256];

    if (davy_session_open(worker->model, 1, &session) != DAVY_OK)
        worker->wrong++;
    (void) snprintf(path, sizeof path, "/none-%zu", worker->number);
    for (int i = 0; i < RUNS && worker->wrong == 0; i++) {
        if (davy_run(session, &input, 1) != DAVY_OK ||
            memcmp(davy_output(session, 0)->data, wanted[worker->number], sizeof *wanted) != 0)
            worker->wrong++;
        if (davy_open(path, &(davy *){NULL}) == DAVY_OK || !strstr(davy_error(), path))
            worker->wrong++; /* another thread's sentence */
    }
    davy_session_close(session);
    return NULL;
}

static void *run_shared_session(void *context)
{
    struct worker *worker = context;
    const davy_array input = samples_of(rows[0], ROWS);

    for (int i = 0; i < RUNS; i++) {
        const int result = davy_run(worker->session, &input, 1);

        if (result == DAVY_OK)
            worker->done++;
        else if (result == DAVY_ERR_INVALID && strstr(davy_error(), "another thread"))
            worker->refused++;
        else
            worker->wrong++;
    }
    return NULL;
}

static void start(struct worker *workers, davy *model, davy_session *session,
                  void *(*work)(void *) )
{
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.model = model, .session = session, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
}

/* One thread's answers are the golden ones: the promise is the same bits from any thread. */
static void threads_share_a_model_and_get_the_bits_of_one(void **state)
{
    davy *model = open_model("models/kind");
    davy_session *session = open_session(model, 1);
    struct worker workers[THREADS];

    (void) state;
    for (size_t i = 0; i < THREADS; i++) {
        for (size_t k = 0; k < 2 * (size_t) ROWS; k++)
            rows[i][k] = (float) ((i * 31 + k * 17) % 101);
        assert_done(davy_run(session, (davy_array[]){samples_of(rows[i], ROWS)}, 1));
        assert_done(davy_output_copy(session, 0, wanted[i], sizeof wanted[i]));
    }
    davy_session_close(session);
    start(workers, model, NULL, run_own_session);
    davy_close(model);
}

static void a_session_of_several_threads_gives_the_same_bits(void **state)
{
    davy *model = open_model("models/kind");
    davy_session *alone = open_session(model, 1), *many = open_session(model, 3);
    const davy_array input = samples_of(rows[0], ROWS);

    (void) state;
    assert_done(davy_run(alone, &input, 1));
    assert_done(davy_run(many, &input, 1));
    assert_memory_equal(floats(alone, 0), floats(many, 0), sizeof *wanted);
    davy_session_close(alone);
    davy_session_close(many);
    davy_close(model);
}

static void a_session_that_threads_share_by_mistake_refuses_all_but_one(void **state)
{
    davy *model = open_model("models/kind");
    davy_session *session = open_session(model, 1);
    struct worker workers[THREADS];
    size_t done = 0;

    (void) state;
    start(workers, model, session, run_shared_session);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(workers[i].done + workers[i].refused, RUNS);
        done += workers[i].done;
    }
    assert_true(done > 0);
    assert_done(davy_run(session, (davy_array[]){samples_of(rows[0], ROWS)}, 1));
    davy_session_close(session);
    davy_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_model_and_get_the_bits_of_one),
        cmocka_unit_test(a_session_of_several_threads_gives_the_same_bits),
        cmocka_unit_test(a_session_that_threads_share_by_mistake_refuses_all_but_one),
    };

    return cmocka_run_group_tests(tests, make_models, remove_models);
}
