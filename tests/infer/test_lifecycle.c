/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* Versions come, are swapped and go, while others ask. */

typedef struct listed {
    char text[1024];
} listed;

static davy_status note(void *context, const davy_repository_entry *entry)
{
    listed *list = context;
    const size_t used = strlen(list->text);

    (void) snprintf(list->text + used, sizeof list->text - used, "%s/%u %s ", entry->name,
                    entry->version, entry->state);
    return DAVY_OK;
}

static const char *list(davy_repository *repository)
{
    static listed all;

    all.text[0] = '\0';
    assert_ok(davy_repository_list(repository, false, note, &all));
    return all.text;
}

static void poll_settled(davy_repository *repository)
{
    assert_ok(davy_repository_poll(repository));
    folder_settle();
    assert_ok(davy_repository_poll(repository));
}

/* A repository that looks only when it is told to. */
static davy_repository *open_slow(davy_model_control control, const char *const *startup,
                                  size_t count)
{
    const davy_repository_options options = {.folder = folder,
                                             .control = control,
                                             .poll_ns = FOLDER_POLL_NS,
                                             .startup = startup,
                                             .startup_count = count};
    davy_repository *repository = NULL;

    assert_ok(davy_repository_open(&options, &repository));
    return repository;
}

static void follows_its_folder(void **state)
{
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_put("scale", 1, 1);
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    folder_put("scale", 2, 2); /* a newer version */
    folder_put("other", 1, 7); /* another model */
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 2, 0);
    assert_near(folder_factor(repository, "other", ""), 7, 0);
    folder_put("scale", 2, 3); /* the same version with other numbers */
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 3, 0);
    plant_remove(folder_path("scale/2"));
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    plant_remove(folder_path("scale"));
    poll_settled(repository);
    assert_fails(davy_repository_acquire(repository, "scale", "", &lease), DAVY_ERR_NOT_FOUND,
                 "'scale'");
    assert_string_equal(list(repository), "other/1 READY ");
    assert_fails(davy_repository_unload(repository, "other", false), DAVY_ERR_UNSUPPORTED,
                 "explicit model control");
    davy_repository_close(repository);
}

static void what_serves_stays_when_the_new_one_fails(void **state)
{
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_put("scale", 1, 1);
    repository = folder_open(DAVY_CONTROL_POLL);
    folder_write_text(folder_path("scale/2/model.onnx"), "half a file");
    poll_settled(repository);
    assert_string_equal(list(repository), "scale/1 READY scale/2 UNAVAILABLE ");
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    assert_fails(davy_repository_acquire(repository, "scale", "2", &lease), DAVY_ERR_UNAVAILABLE,
                 "not an ONNX model");
    folder_write_text(folder_path("scale/1/model.onnx"), "half a file"); /* what serves, too */
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    folder_put("scale", 2, 2);
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 2, 0);
    folder_write_text(folder_path("scale/config.pbtxt"), "max_batch: 7"); /* a wrong config */
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", ""), 2, 0);
    davy_repository_close(repository);
}

static void a_policy_chooses_versions(void **state)
{
    davy_repository *repository;

    (void) state;
    for (unsigned version = 1; version <= 4; version++)
        folder_put("scale", version, (float) version);
    folder_write_text(folder_path("scale/config.pbtxt"),
                      "version_policy { latest { num_versions: 2 } }");
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_string_equal(list(repository), "scale/1 UNAVAILABLE scale/2 UNAVAILABLE scale/3 READY "
                                          "scale/4 READY ");
    folder_write_text(folder_path("scale/config.pbtxt"),
                      "version_policy { specific { versions: [1, 3] } }");
    poll_settled(repository);
    assert_string_equal(list(repository), "scale/1 READY scale/2 UNAVAILABLE scale/3 READY "
                                          "scale/4 UNAVAILABLE ");
    assert_near(folder_factor(repository, "scale", ""), 3, 0);
    folder_write_text(folder_path("scale/config.pbtxt"), "version_policy { all { } }");
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", "2"), 2, 0);
    davy_repository_close(repository);
}

static void an_alias_moves_when_its_version_is_open(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 2, 2);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 1, \"next\": 2}");
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    folder_write_text(folder_path("scale/3/model.onnx"), "half a file");
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 3, \"next\": 2}");
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", "champion"), 1, 0);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    folder_put("scale", 3, 3);
    poll_settled(repository);
    assert_near(folder_factor(repository, "scale", "champion"), 3, 0);
    assert_string_equal(list(repository), "scale/1 UNAVAILABLE scale/2 READY scale/3 READY ");
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": \"three\"}");
    poll_settled(repository); /* a wrong file of aliases changes nothing */
    assert_near(folder_factor(repository, "scale", "champion"), 3, 0);
    davy_repository_close(repository);
}

static void explicit_control_loads_what_is_asked_for(void **state)
{
    const char *const startup[] = {"first"};
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_put("first", 1, 1);
    folder_put("second", 1, 2);
    repository = open_slow(DAVY_CONTROL_EXPLICIT, startup, 1);
    assert_string_equal(list(repository), "first/1 READY second/1 UNAVAILABLE ");
    assert_fails(davy_repository_acquire(repository, "second", "", &lease), DAVY_ERR_UNAVAILABLE,
                 "no version that is loaded");
    assert_ok(davy_repository_load(repository, "second", NULL, NULL, 0));
    assert_near(folder_factor(repository, "second", ""), 2, 0);
    folder_put("second", 2, 3); /* nobody asked for it */
    poll_settled(repository);
    assert_near(folder_factor(repository, "second", ""), 2, 0);
    assert_ok(davy_repository_load(repository, "second", NULL, NULL, 0));
    assert_near(folder_factor(repository, "second", ""), 3, 0);
    assert_ok(davy_repository_unload(repository, "second", false));
    assert_fails(davy_repository_acquire(repository, "second", "", &lease), DAVY_ERR_UNAVAILABLE,
                 "loaded");
    assert_string_equal(list(repository),
                        "first/1 READY second/1 UNAVAILABLE second/2 UNAVAILABLE ");
    assert_fails(davy_repository_unload(repository, "second", false), DAVY_ERR_NOT_FOUND,
                 "not loaded");
    assert_fails(davy_repository_load(repository, "third", NULL, NULL, 0), DAVY_ERR_NOT_FOUND,
                 "there is no model 'third'");
    davy_repository_close(repository);
}

static void files_of_a_request_are_served_and_leave_nothing(void **state)
{
    davy_buffer bytes = {0};
    davy_model_file file = {.path = "5/model.onnx"};
    const davy_model_file half = {.path = "5/model.onnx", .bytes = {"half", 4}};
    davy_repository *repository;
    davy_lease *lease = NULL;
    struct stat about;

    (void) state;
    folder_put("scale", 1, 1);
    folder_onnx(5, &bytes);
    file.bytes = (davy_bytes){bytes.bytes, bytes.length};
    repository = open_slow(DAVY_CONTROL_EXPLICIT, NULL, 0);
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    assert_ok(davy_repository_load(repository, "scale", "{\"max_batch_size\": 4}", &file, 1));
    assert_near(folder_factor(repository, "scale", ""), 5, 0);
    assert_ok(davy_repository_acquire(repository, "scale", "5", &lease));
    assert_int_equal(davy_served_describe(davy_lease_served(lease))->batch_max, 4);
    davy_lease_release(lease);
    poll_settled(repository); /* the folder says otherwise, and was not asked */
    assert_near(folder_factor(repository, "scale", ""), 5, 0);
    assert_fails(davy_repository_load(repository, "scale", NULL, &half, 1), DAVY_ERR_CORRUPT,
                 "not an ONNX model");
    assert_near(folder_factor(repository, "scale", ""), 5, 0);
    assert_fails(davy_repository_load(repository, "scale", "{\"nonsense\": 1}", &file, 1),
                 DAVY_ERR_INVALID, "'nonsense' is no key");
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0)); /* the folder again */
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    assert_ok(davy_repository_load(repository, "new", NULL, &file, 1));
    assert_near(folder_factor(repository, "new", ""), 5, 0);
    assert_int_not_equal(stat(folder_path("new"), &about), 0);
    davy_repository_close(repository);
    davy_buffer_clear(&bytes);
    /* What is left of the folder is what was put there. */
    assert_int_equal(stat(folder, &about), 0);
    assert_int_equal(about.st_nlink, 3); /* ".", its name, and scale/.. */
}

static void a_config_alone_may_come_with_a_request(void **state)
{
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_put("scale", 1, 1);
    repository = open_slow(DAVY_CONTROL_EXPLICIT, NULL, 0);
    assert_ok(davy_repository_load(repository, "scale", "{\"max_batch_size\": 8}", NULL, 0));
    assert_ok(davy_repository_acquire(repository, "scale", "", &lease));
    assert_int_equal(davy_served_describe(davy_lease_served(lease))->batch_max, 8);
    davy_lease_release(lease);
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    assert_ok(davy_repository_acquire(repository, "scale", "", &lease));
    assert_int_equal(davy_served_describe(davy_lease_served(lease))->batch_max, 0);
    davy_lease_release(lease);
    davy_repository_close(repository);
}

#define ENSEMBLE                                                                                   \
    "platform: \"ensemble\" input { name: \"in\" data_type: TYPE_FP32 dims: [ -1, 2 ] } "          \
    "output { name: \"out\" data_type: TYPE_FP32 dims: [ -1, 2 ] } ensemble_scheduling { step [ "  \
    "{ model_name: \"%s\" input_map { key: \"x\" value: \"in\" } output_map { key: \"y\" value: "  \
    "\"t\" } }, { model_name: \"second\" input_map { key: \"x\" value: \"t\" } output_map { key: " \
    "\"y\" value: \"out\" } } ] }"

static void put_ensemble(const char *name, const char *member)
{
    char text[1024];

    (void) snprintf(text, sizeof text, ENSEMBLE, member);
    folder_write_text(folder_path("%s/config.pbtxt", name), text);
    assert_ok(davy_folder_make(folder_path("%s/1", name), 0755));
}

static void an_ensemble_comes_and_goes_with_its_models(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("first", 1, 1);
    folder_put("second", 1, 2);
    put_ensemble("both", "first");
    put_ensemble("again", "second");
    repository = open_slow(DAVY_CONTROL_EXPLICIT, NULL, 0);
    assert_ok(davy_repository_load(repository, "both", NULL, NULL, 0));
    assert_ok(davy_repository_load(repository, "again", NULL, NULL, 0));
    assert_string_equal(list(repository),
                        "again/1 READY both/1 READY first/1 READY second/1 READY ");
    assert_ok(davy_repository_unload(repository, "both", true)); /* `second` has another user */
    assert_string_equal(list(repository),
                        "again/1 READY both/1 UNAVAILABLE first/1 UNAVAILABLE second/1 READY ");
    assert_ok(davy_repository_unload(repository, "again", true));
    assert_string_equal(list(repository), "again/1 UNAVAILABLE both/1 UNAVAILABLE first/1 "
                                          "UNAVAILABLE second/1 UNAVAILABLE ");
    put_ensemble("both", "again");
    put_ensemble("again", "both");
    assert_fails(davy_repository_load(repository, "both", NULL, NULL, 0), DAVY_ERR_INVALID,
                 "is a part of itself");
    put_ensemble("own", "own");
    assert_fails(davy_repository_load(repository, "own", NULL, NULL, 0), DAVY_ERR_INVALID,
                 "itself");
    davy_repository_close(repository);
}

static void keeps_its_bounds(void **state)
{
    davy_repository_options options = {
        .folder = folder, .control = DAVY_CONTROL_EXPLICIT, .models_max = 2};
    davy_repository *repository = NULL;

    (void) state;
    folder_put("a", 1, 1);
    folder_put("b", 1, 2);
    folder_put("c", 1, 3);
    assert_ok(davy_repository_open(&options, &repository));
    assert_ok(davy_repository_load(repository, "a", NULL, NULL, 0));
    assert_ok(davy_repository_load(repository, "b", NULL, NULL, 0));
    assert_fails(davy_repository_load(repository, "c", NULL, NULL, 0), DAVY_ERR_FULL,
                 "2 versions are loaded, 2 at most");
    assert_ok(davy_repository_unload(repository, "a", false));
    assert_ok(davy_repository_load(repository, "c", NULL, NULL, 0));
    davy_repository_close(repository);
    options = (davy_repository_options){
        .folder = folder, .control = DAVY_CONTROL_EXPLICIT, .memory_max = 64};
    assert_ok(davy_repository_open(&options, &repository));
    assert_fails(davy_repository_load(repository, "a", NULL, NULL, 0), DAVY_ERR_FULL,
                 "64 bytes are left of 64");
    davy_repository_close(repository);
}

static void traffic_loads_what_it_names(void **state)
{
    davy_traffic traffic = {.canary = "1", .canary_share = 0.25}, seen = {.canary = ""};
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 2, 2);
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_ok(davy_repository_set_traffic(repository, "scale", &traffic));
    assert_near(folder_factor(repository, "scale", "1"), 1, 0);
    assert_ok(davy_repository_traffic(repository, "scale", &seen));
    assert_near(seen.canary_share, 0.25, 0);
    traffic = (davy_traffic){.canary = "best", .canary_share = 0.5};
    assert_fails(davy_repository_set_traffic(repository, "scale", &traffic), DAVY_ERR_NOT_FOUND,
                 "'best'");
    assert_ok(davy_repository_traffic(repository, "scale", &seen));
    assert_string_equal(seen.canary, "1"); /* as it was */
    traffic.canary_share = 1.5;
    assert_fails(davy_repository_set_traffic(repository, "scale", &traffic), DAVY_ERR_INVALID,
                 "0 to 1");
    davy_repository_close(repository);
}

/* ---------------------------------------------------------------------------- while others ask */

struct askers {
    davy_repository *repository;
    atomic_bool stop;
    atomic_uint asked, failed;
    atomic_uint destroyed;
};

static void *ask_on(void *context)
{
    struct askers *askers = context;
    float last = 0;

    while (!atomic_load(&askers->stop)) {
        davy_lease *lease = NULL;
        float answer = -1;

        if (davy_repository_acquire(askers->repository, "scale", "", &lease) != DAVY_OK ||
            folder_ask(lease, &answer) != DAVY_OK || answer < last)
            atomic_fetch_add(&askers->failed, 1);
        last = answer; /* versions only go up */
        davy_lease_release(lease);
        atomic_fetch_add(&askers->asked, 1);
    }
    return NULL;
}

#define SWAPS 30

/* Every version answers as its number: a request that fails, or a number that goes back, is seen.
 */
static void versions_swap_without_one_failed_request(void **state)
{
    struct askers askers = {.stop = false};
    pthread_t threads[3];
    unsigned before = 0;

    (void) state;
    folder_put("scale", 1, 1);
    askers.repository = open_slow(DAVY_CONTROL_EXPLICIT, (const char *const[]){"scale"}, 1);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_on, &askers), 0);
    for (unsigned version = 2; version <= SWAPS; version++) {
        folder_put("scale", version, (float) version);
        assert_ok(davy_repository_load(askers.repository, "scale", NULL, NULL, 0));
        while (atomic_load(&askers.asked) < before + 20 && atomic_load(&askers.failed) == 0)
            (void) sched_yield();
        before = atomic_load(&askers.asked);
    }
    atomic_store(&askers.stop, true);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&askers.failed), 0);
    assert_near(folder_factor(askers.repository, "scale", ""), SWAPS, 0);
    davy_repository_close(askers.repository);
}

static void count_destroyed(void *context)
{
    atomic_fetch_add(&((struct askers *) context)->destroyed, 1);
}

/* A version that is held outlives its swap, and what the host kept beside it goes with it. */
static void a_held_version_is_closed_by_the_last_who_lets_go(void **state)
{
    struct askers askers = {.stop = false};
    davy_lease *held = NULL, *same = NULL;
    float answer = 0;

    (void) state;
    folder_put("scale", 1, 1);
    askers.repository = open_slow(DAVY_CONTROL_EXPLICIT, (const char *const[]){"scale"}, 1);
    assert_ok(davy_repository_acquire(askers.repository, "scale", "", &held));
    assert_ok(davy_repository_acquire(askers.repository, "scale", "1", &same));
    *davy_lease_slot(held, count_destroyed) = &askers;
    folder_put("scale", 2, 2);
    assert_ok(davy_repository_load(askers.repository, "scale", NULL, NULL, 0));
    assert_string_equal(list(askers.repository), "scale/1 UNLOADING scale/2 READY ");
    assert_ok(folder_ask(held, &answer));
    assert_near(answer, 1, 0);
    davy_lease_release(held);
    assert_int_equal(atomic_load(&askers.destroyed), 0);
    davy_lease_release(same);
    assert_int_equal(atomic_load(&askers.destroyed), 1);
    assert_string_equal(list(askers.repository), "scale/1 UNAVAILABLE scale/2 READY ");
    davy_repository_close(askers.repository);
}

/* Load and unload as often. @return the fewest bytes that were in use between */
static size_t fewest_bytes_over(davy_repository *repository, size_t count)
{
    size_t fewest = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        size_t used;

        assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
        assert_near(folder_factor(repository, "scale", ""), 1, 0);
        assert_ok(davy_repository_unload(repository, "scale", false));
        used = mallinfo2().uordblks;
        fewest = used < fewest ? used : fewest;
    }
    return fewest;
}

/*
 * The long run is bench/bench_reload; a leak of one allocation a load, 32 bytes at the least, is
 * seen here already. The fewest bytes, since the thread that looks at the folder holds a list for
 * as long as it looks; what is allowed is what the threads' caches keep, which grows ever slower.
 */
static void loads_and_unloads_leave_nothing(void **state)
{
    davy_repository *repository;
    size_t before, after;

    (void) state;
    folder_put("scale", 1, 1);
    repository = open_slow(DAVY_CONTROL_EXPLICIT, NULL, 0);
    (void) fewest_bytes_over(repository, 50);
    before = fewest_bytes_over(repository, 50);
    (void) fewest_bytes_over(repository, 400);
    after = fewest_bytes_over(repository, 50);
    assert_true(after <= before + 8192);
    davy_repository_close(repository);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_set_up, folder_tear_down)
        TEST(follows_its_folder),
        TEST(what_serves_stays_when_the_new_one_fails),
        TEST(a_policy_chooses_versions),
        TEST(an_alias_moves_when_its_version_is_open),
        TEST(explicit_control_loads_what_is_asked_for),
        TEST(files_of_a_request_are_served_and_leave_nothing),
        TEST(a_config_alone_may_come_with_a_request),
        TEST(an_ensemble_comes_and_goes_with_its_models),
        TEST(keeps_its_bounds),
        TEST(traffic_loads_what_it_names),
        TEST(versions_swap_without_one_failed_request),
        TEST(a_held_version_is_closed_by_the_last_who_lets_go),
        TEST(loads_and_unloads_leave_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
