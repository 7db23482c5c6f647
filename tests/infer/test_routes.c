/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Canary and shadow: two versions of a model, which answer 2 x and 3 x, or cannot answer at all.
 */
#include "host_testing.h"

#include "infer/chores.h"
#include "infer/routes.h"

static char told[256];

static void changed(void *context, const char *name, unsigned version, const char *state,
                    const char *reason)
{
    (void) context;
    (void) name;
    (void) version;
    if (strcmp(state, "TAKEN BACK") == 0)
        (void) snprintf(told, sizeof told, "%s", reason);
}

static davy_host *open_two(void)
{
    const davy_host_options options = {
        .repository = {.changed = changed, .poll_ns = FOLDER_POLL_NS}};
    davy_host *host;

    folder_put("scale", 1, 3);
    folder_put("scale", 2, 2);
    told[0] = '\0';
    host = host_open(&options);
    davy_chores_settle(host->chores); /* both are measured, so that only traffic is left to do */
    return host;
}

/* Set the traffic, and wait until the version it names is there. */
static void set_traffic(davy_host *host, const davy_traffic *traffic)
{
    const char *version = traffic->canary[0] ? traffic->canary : traffic->shadow;
    davy_lease *lease = NULL;

    assert_ok(davy_repository_set_traffic(davy_host_repository(host), "scale", traffic));
    while (davy_repository_acquire(davy_host_repository(host), "scale", version, &lease) != DAVY_OK)
        folder_settle();
    davy_lease_release(lease);
    davy_chores_settle(host->chores);
}

static char *traffic_text(davy_host *host)
{
    davy_buffer text = {0};

    assert_ok(davy_host_traffic_json(host, "scale", &text));
    return text.bytes;
}

static void assert_traffic(davy_host *host, const char *words)
{
    char *text = traffic_text(host);

    if (!strstr(text, words))
        fail_msg("\"%s\" does not say \"%s\"", text, words);
    free(text);
}

/* Of 400 clients a quarter, to within five standard deviations of a binomial; each stays. */
static void a_canary_gets_its_share_of_the_clients(void **state)
{
    const davy_traffic traffic = {
        .canary = "1", .canary_share = 0.25, .error_bound = 1, .decide_after = 1000};
    davy_host *host = open_two();
    size_t canaries = 0;
    question q;

    (void) state;
    set_traffic(host, &traffic);
    for (size_t i = 0; i < 400; i++) {
        char client[16];
        float first;

        (void) snprintf(client, sizeof client, "client-%zu", i);
        question_set(&q, "scale", 1);
        q.request.client = client;
        first = question_factor(host, &q);
        assert_true(first == 2 || first == 3);
        canaries += first == 3;
        assert_near(question_factor(host, &q), first, 0);
    }
    assert_true(canaries > 100 - 44 && canaries < 100 + 44);
    davy_host_destroy(host);
}

static void a_version_that_is_named_is_no_canary(void **state)
{
    const davy_traffic traffic = {.canary = "1", .canary_share = 1};
    davy_host *host = open_two();
    question q;

    (void) state;
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    assert_near(question_factor(host, &q), 3, 0);
    q.request.version = "2";
    assert_near(question_factor(host, &q), 2, 0);
    davy_host_destroy(host);
}

/* The version that is served answers each of them, and after ten the canary is taken back, in the
 * setting too. */
static void a_canary_that_fails_is_taken_back_and_nobody_notices(void **state)
{
    const davy_traffic traffic = {
        .canary = "1", .canary_share = 1, .error_bound = 0.5, .decide_after = 10};
    davy_host *host = open_two();
    davy_traffic now;
    question q;

    (void) state;
    put_table("scale", 1);
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    for (size_t i = 0; i < 9; i++)
        assert_near(question_factor(host, &q), 2, 0);
    assert_traffic(host, "\"canary_failures\":9");
    assert_traffic(host, "\"canary_taken_back\":false");
    assert_near(question_factor(host, &q), 2, 0);
    davy_chores_settle(host->chores);
    assert_ok(davy_repository_traffic(davy_host_repository(host), "scale", &now));
    assert_string_equal(now.canary, "");
    assert_non_null(strstr(told, "the canary '1' was taken back: 10 of 10 requests failed"));
    assert_near(question_factor(host, &q), 2, 0); /* why stays to be seen */
    assert_traffic(host, "\"canary_requests\":10,\"canary_failures\":10");
    assert_traffic(host, "\"canary_taken_back\":true");
    assert_ok(davy_repository_set_traffic(davy_host_repository(host), "scale", &traffic));
    assert_traffic(host, "\"canary_requests\":0"); /* the same anew begins anew */
    assert_traffic(host, "\"canary_taken_back\":false");
    davy_host_destroy(host);
}

static void a_canary_that_is_not_there_has_not_failed(void **state)
{
    const davy_traffic traffic = {
        .canary = "9", .canary_share = 1, .error_bound = 0, .decide_after = 1};
    davy_host *host = open_two();
    question q;

    (void) state;
    assert_ok(davy_repository_set_traffic(davy_host_repository(host), "scale", &traffic));
    question_set(&q, "scale", 1);
    assert_near(question_factor(host, &q), 2, 0);
    assert_traffic(host, "\"canary_requests\":0,\"canary_failures\":0,\"canary_absent\":1");
    davy_host_destroy(host);
}

/* What a client did wrong is not the canary's fault. */
static void a_clients_fault_does_not_count(void **state)
{
    const davy_traffic traffic = {
        .canary = "1", .canary_share = 1, .error_bound = 0, .decide_after = 1};
    davy_host *host = open_two();
    question q;

    (void) state;
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    q.input.name = "w";
    assert_int_equal(question_ask(host, &q), DAVY_ERR_INVALID);
    davy_infer_response_clear(&q.response);
    assert_traffic(host, "\"canary_requests\":1");
    assert_traffic(host, "\"canary_failures\":0");
    davy_host_destroy(host);
}

static void a_shadow_is_compared_and_its_answers_are_dropped(void **state)
{
    const davy_traffic traffic = {.shadow = "1", .error_bound = 1, .decide_after = 1000};
    davy_host *host = open_two();
    question q;

    (void) state;
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    q.request.id = "picture-17";
    assert_near(question_factor(host, &q), 2, 0);
    davy_chores_settle(host->chores);
    assert_traffic(host, "\"shadow_compared\":1,\"shadow_disagreed\":1");
    assert_traffic(host, "\"id\":\"picture-17\",\"client\":\"alice\",\"version\":2,"
                         "\"shadow_version\":1,\"reason\":\"y[0]: 2, and 3 by the shadow\"");
    davy_host_destroy(host);
}

static void a_shadow_that_says_the_same_agrees(void **state)
{
    const davy_traffic traffic = {.shadow = "2"};
    davy_host *host = open_two();
    question q;

    (void) state;
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    assert_near(question_factor(host, &q), 2, 0);
    davy_chores_settle(host->chores);
    assert_traffic(host, "\"shadow_compared\":1,\"shadow_disagreed\":0");
    davy_host_destroy(host);
}

/* The same version as canary for nobody and as shadow for all: its disagreements take it back. */
static void a_canary_that_disagrees_is_taken_back(void **state)
{
    const davy_traffic traffic = {
        .canary = "1", .canary_share = 0, .shadow = "1", .error_bound = 0.1, .decide_after = 5};
    davy_host *host = open_two();
    davy_traffic now;
    question q;

    (void) state;
    set_traffic(host, &traffic);
    question_set(&q, "scale", 1);
    for (size_t i = 0; i < 5; i++) {
        assert_near(question_factor(host, &q), 2, 0);
        davy_chores_settle(host->chores);
    }
    assert_ok(davy_repository_traffic(davy_host_repository(host), "scale", &now));
    assert_string_equal(now.canary, "");
    assert_non_null(strstr(told, "5 of 5 requests were answered otherwise"));
    davy_host_destroy(host);
}

/* What people act upon is the word; the number beside it may move. */
static void answers_agree_by_what_they_say(void **state)
{
    float a[2] = {0.7F, 0.3F}, b[2] = {0.6F, 0.4F}, c[2] = {0.4F, 0.6F};
    davy_bytes normal = {"normal", 6}, alarm = {"alarm", 5};
    davy_named_tensor one[2] = {
        {"p", {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 2}, .data = a}}};
    davy_named_tensor other[2] = {
        {"p", {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 2}, .data = b}}};
    davy_infer_response x = {.outputs = one, .output_count = 1},
                        y = {.outputs = other, .output_count = 1};
    char reason[DAVY_ERROR_MAX];

    (void) state;
    assert_false(davy_answers_agree(&x, &y, 0, reason)); /* numbers: 0.7 is not 0.6 */
    assert_true(davy_answers_agree(&x, &y, 2, reason));  /* classes: both say the first */
    other[0].tensor.data = c;
    assert_false(davy_answers_agree(&x, &y, 2, reason));
    assert_string_equal(reason, "p[0]: class 0, and class 1 by the shadow");
    one[1] = (davy_named_tensor){"verdict",
                                 {.type = DAVY_TYPE_TEXT, .rank = 1, .dims = {1}, .data = &normal}};
    other[1] = one[1];
    x.output_count = y.output_count = 2;
    assert_true(davy_answers_agree(&x, &y, 0, reason)); /* the word is the same */
    other[1].tensor.data = &alarm;
    assert_false(davy_answers_agree(&x, &y, 0, reason));
    assert_string_equal(reason, "verdict[0]: 'normal', and 'alarm' by the shadow");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_canary_gets_its_share_of_the_clients),
        IN_FOLDER(a_version_that_is_named_is_no_canary),
        IN_FOLDER(a_canary_that_fails_is_taken_back_and_nobody_notices),
        IN_FOLDER(a_canary_that_is_not_there_has_not_failed),
        IN_FOLDER(a_clients_fault_does_not_count),
        IN_FOLDER(a_shadow_is_compared_and_its_answers_are_dropped),
        IN_FOLDER(a_shadow_that_says_the_same_agrees),
        IN_FOLDER(a_canary_that_disagrees_is_taken_back),
        cmocka_unit_test(answers_agree_by_what_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
