/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What a model remembers from request to request, and for whom: a watcher that davy trained, whose
 * own scorer says what is right, to the bit.
 */
#include "host_testing.h"

#include "infer/sequence_private.h"

#define ROWS 60

static davy_table table;
static davy_model *model;
static double rows[ROWS][PLANT_SIGNALS];
static double expected[ROWS]; /* scores of the rows as one run */

static int set_up(void **state)
{
    davy_train_report report = {0};
    davy_scorer *scorer = NULL;

    (void) folder_set_up(state);
    table = plant_make(2000, 3);
    model = plant_train(&table, folder, NULL, 0, 1.0, &report);
    assert_ok(davy_scorer_create(model, &scorer));
    for (size_t i = 0; i < ROWS; i++) {
        davy_score score;

        for (size_t k = 0; k < PLANT_SIGNALS; k++)
            rows[i][k] = table.values[k * table.rows + i];
        davy_scorer_update(scorer, rows[i], &score);
        expected[i] = score.score;
    }
    davy_scorer_destroy(scorer);
    return 0;
}

static int tear_down(void **state)
{
    davy_model_close(model);
    davy_table_clear(&table);
    return folder_tear_down(state);
}

/* Rows [first, first + count) in a sequence of a client; scores are added to `scores`. */
static davy_status ask(davy_host *host, const char *client, const char *sequence, size_t first,
                       size_t count, bool start, bool end, double *scores)
{
    const davy_named_tensor input = {"rows",
                                     {.type = DAVY_TYPE_F64,
                                      .rank = 2,
                                      .dims = {(int64_t) count, PLANT_SIGNALS},
                                      .data = rows[first]}};
    const davy_infer_request request = {.model = "plant",
                                        .version = "",
                                        .client = client,
                                        .inputs = &input,
                                        .input_count = 1,
                                        .sequence = sequence,
                                        .sequence_start = start,
                                        .sequence_end = end};
    davy_infer_response response = {0};
    davy_status status = davy_host_infer(host, &request, &response);

    if (status == DAVY_OK)
        memcpy(scores, response.outputs[0].tensor.data, count * sizeof *scores);
    davy_infer_response_clear(&response);
    return status;
}

static void the_past_goes_on_from_request_to_request(void **state)
{
    davy_host *host = host_open(NULL);
    double scores[ROWS];

    (void) state;
    for (size_t i = 0; i < ROWS; i += 10)
        assert_ok(ask(host, "alice", "line-1", i, 10, i == 0, i == 50, scores + i));
    assert_memory_equal(scores, expected, sizeof scores);
    davy_host_destroy(host);
}

static void a_request_without_a_sequence_is_a_run_of_its_own(void **state)
{
    davy_host *host = host_open(NULL);
    double scores[ROWS];

    (void) state;
    for (size_t i = 0; i < 3; i++) {
        assert_ok(ask(host, "alice", NULL, 0, ROWS, false, false, scores));
        assert_memory_equal(scores, expected, sizeof scores);
    }
    davy_host_destroy(host);
}

/* The same id of another client is another sequence, and neither sees the other's rows. */
static void no_past_is_shared_between_clients(void **state)
{
    davy_host *host = host_open(NULL);
    double alice[ROWS], bob[ROWS];

    (void) state;
    assert_ok(ask(host, "alice", "7", 0, 30, true, false, alice));
    assert_fails(ask(host, "bob", "7", 30, 30, false, false, bob), DAVY_ERR_INVALID,
                 "model 'plant' does not know the sequence '7'");
    assert_ok(ask(host, "bob", "7", 0, 10, true, false, bob));
    assert_ok(ask(host, "alice", "7", 30, 30, false, false, alice + 30));
    assert_ok(ask(host, "bob", "7", 10, 50, false, true, bob + 10));
    assert_memory_equal(alice, expected, sizeof alice);
    assert_memory_equal(bob, expected, sizeof bob);
    davy_host_destroy(host);
}

static void a_start_forgets_and_an_end_ends(void **state)
{
    davy_host *host = host_open(NULL);
    double scores[ROWS];

    (void) state;
    assert_ok(ask(host, "alice", "7", 20, 20, true, false, scores));
    assert_ok(ask(host, "alice", "7", 0, ROWS, true, true, scores));
    assert_memory_equal(scores, expected, sizeof scores);
    assert_fails(ask(host, "alice", "7", 0, 1, false, false, scores), DAVY_ERR_INVALID,
                 "Begin it anew with sequence_start");
    davy_host_destroy(host);
}

/* With a clock that the test moves: a minute without a request. */
static void an_idle_sequence_ends(void **state)
{
    const davy_infer_request start = {.client = "a", .sequence = "1", .sequence_start = true},
                             more = {.client = "a", .sequence = "1"};
    davy_clock_fake clock;
    davy_served *served = NULL;
    davy_sequences *sequences = NULL;
    davy_sequence *sequence = NULL;

    (void) state;
    assert_ok(davy_served_open(folder_path("plant/1"), "plant", 1, NULL, &served));
    assert_ok(davy_sequences_create(served, NULL, &sequences));
    davy_clock_fake_init(&clock, 0);
    sequences->clock = &clock.clock;
    assert_ok(davy_sequence_enter(sequences, &start, &sequence));
    davy_sequence_leave(sequences, sequence, false);
    davy_clock_fake_advance(&clock, INT64_C(59000000000));
    assert_ok(davy_sequence_enter(sequences, &more, &sequence));
    davy_sequence_leave(sequences, sequence, false);
    assert_int_equal(davy_sequences_count(sequences), 1);
    davy_clock_fake_advance(&clock, INT64_C(60000000000));
    assert_fails(davy_sequence_enter(sequences, &more, &sequence), DAVY_ERR_INVALID, "idle");
    assert_int_equal(davy_sequences_count(sequences), 0);
    davy_sequences_destroy(sequences);
    davy_served_close(served);
}

static void more_sequences_than_it_keeps_are_refused(void **state)
{
    davy_infer_request start = {.client = "a", .sequence_start = true};
    davy_served *served = NULL;
    davy_sequences *sequences = NULL;
    davy_sequence *sequence = NULL;
    char id[16];

    (void) state;
    assert_ok(davy_served_open(folder_path("plant/1"), "plant", 1, NULL, &served));
    assert_ok(davy_sequences_create(served, NULL, &sequences));
    start.sequence = id;
    for (size_t i = 0; i < DAVY_SEQUENCES_MAX; i++) {
        (void) snprintf(id, sizeof id, "%zu", i);
        assert_ok(davy_sequence_enter(sequences, &start, &sequence));
        davy_sequence_leave(sequences, sequence, false);
    }
    (void) snprintf(id, sizeof id, "more");
    assert_fails(davy_sequence_enter(sequences, &start, &sequence), DAVY_ERR_FULL,
                 "1024 sequences are open");
    assert_int_equal(davy_sequences_count(sequences), DAVY_SEQUENCES_MAX);
    davy_sequences_destroy(sequences);
    davy_served_close(served);
}

/* Many clients with the same id at once, each row by row. */
#define CLIENTS 6

struct client {
    davy_host *host;
    pthread_barrier_t *together;
    pthread_t thread;
    char name[16];
    bool right;
};

static void *run_client(void *context)
{
    struct client *client = context;
    double scores[ROWS];

    client->right = true;
    (void) pthread_barrier_wait(client->together);
    for (size_t again = 0; again < 3; again++) {
        for (size_t i = 0; i < ROWS; i++)
            if (ask(client->host, client->name, "1", i, 1, i == 0, i == ROWS - 1, scores + i) !=
                DAVY_OK)
                client->right = false;
        if (memcmp(scores, expected, sizeof scores) != 0)
            client->right = false;
    }
    return NULL;
}

static void clients_at_once_keep_their_pasts_apart(void **state)
{
    davy_host *host = host_open(NULL);
    struct client clients[CLIENTS];
    pthread_barrier_t together;

    (void) state;
    assert_int_equal(pthread_barrier_init(&together, NULL, CLIENTS), 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i].host = host;
        clients[i].together = &together;
        (void) snprintf(clients[i].name, sizeof clients[i].name, "client-%zu", i);
        assert_int_equal(pthread_create(&clients[i].thread, NULL, run_client, &clients[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
        assert_true(clients[i].right);
    }
    (void) pthread_barrier_destroy(&together);
    davy_host_destroy(host);
}

/* Threads that share one sequence: each request is whole, and the last to end it is told. */
static void *ask_same(void *context)
{
    double score;

    for (size_t i = 0; i < 100; i++)
        if (ask(context, "alice", "same", 0, 1, true, i % 2 == 1, &score) != DAVY_OK)
            return context;
    return NULL;
}

static void threads_may_share_a_sequence(void **state)
{
    davy_host *host = host_open(NULL);
    pthread_t threads[4];

    (void) state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_same, host), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    davy_host_destroy(host);
}

/* What was not judged says why; what was has shares that add up to its score. */
static void rows_that_were_not_judged_and_shares_of_those_that_were(void **state)
{
    davy_host *host = host_open(NULL);
    double gap[50][PLANT_SIGNALS];
    const davy_named_tensor input = {
        "rows", {.type = DAVY_TYPE_F64, .rank = 2, .dims = {50, PLANT_SIGNALS}, .data = gap[0]}};
    const davy_infer_request request = {.model = "plant",
                                        .version = "",
                                        .inputs = &input,
                                        .input_count = 1,
                                        .explain = true,
                                        .explain_top = PLANT_SIGNALS};
    davy_infer_response response = {0};
    double sum = 0;

    (void) state;
    memcpy(gap, rows, sizeof gap);
    gap[0][2] = NAN;
    assert_ok(davy_host_infer(host, &request, &response));
    assert_true(response.doubt_count >= 1 && response.doubt_count < 50);
    assert_int_equal(response.doubts[0].sample, 0);
    assert_true(response.doubts[0].abstain);
    assert_string_equal(response.doubts[0].reason, "a signal is missing");
    assert_int_equal(response.attribution_count, 50);
    assert_int_equal(response.attributions[0].count, 0);
    assert_int_equal(response.attributions[49].count, PLANT_SIGNALS);
    for (size_t i = 0; i < PLANT_SIGNALS; i++)
        sum += response.attributions[49].shares[i];
    assert_near(sum, response.attributions[49].score, 1e-9);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

#define WITH_PLANT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLANT(the_past_goes_on_from_request_to_request),
        WITH_PLANT(a_request_without_a_sequence_is_a_run_of_its_own),
        WITH_PLANT(no_past_is_shared_between_clients),
        WITH_PLANT(a_start_forgets_and_an_end_ends),
        WITH_PLANT(an_idle_sequence_ends),
        WITH_PLANT(more_sequences_than_it_keeps_are_refused),
        WITH_PLANT(clients_at_once_keep_their_pasts_apart),
        WITH_PLANT(threads_may_share_a_sequence),
        WITH_PLANT(rows_that_were_not_judged_and_shares_of_those_that_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
