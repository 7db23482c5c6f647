/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include "../nn/onnx_bytes.h"

#include <malloc.h>
#include <sys/stat.h>

/* A repository that strangers may write into: nothing outside of it is opened, nobody is waited
 * for, and what would eat the machine is refused before it does. */

/* --------------------------------------------------------------------------------- the outside */

static char outside[64];

static int strangers_set_up(void **state)
{
    plant_folder(outside);
    return folder_set_up(state);
}

static int strangers_tear_down(void **state)
{
    plant_remove(outside);
    return folder_tear_down(state);
}

static const char *outside_path(const char *name)
{
    static char path[128];

    (void) snprintf(path, sizeof path, "%s/%s", outside, name);
    return path;
}

static void put_outside(const char *name, float factor)
{
    davy_buffer bytes = {0};

    folder_onnx(factor, &bytes);
    folder_write(outside_path(name), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

static void refused(davy_repository *repository, const char *name, davy_status status,
                    const char *words)
{
    davy_lease *lease = NULL;

    assert_fails(davy_repository_acquire(repository, name, "", &lease), status, words);
}

static void no_link_is_followed(void **state)
{
    davy_repository *repository;

    (void) state;
    put_outside("1/model.onnx", 7);
    put_outside("model.onnx", 7);
    folder_put("good", 1, 1);
    assert_int_equal(symlink(outside, folder_path("model")), 0);
    assert_ok(davy_folder_make(folder_path("version"), 0755));
    assert_int_equal(symlink(outside_path("1"), folder_path("version/1")), 0);
    assert_ok(davy_folder_make(folder_path("file/1"), 0755));
    assert_int_equal(symlink(outside_path("model.onnx"), folder_path("file/1/model.onnx")), 0);
    assert_ok(davy_folder_make(folder_path("inner/1"), 0755)); /* not even one that stays inside */
    assert_int_equal(symlink("../../good/1/model.onnx", folder_path("inner/1/model.onnx")), 0);
    folder_put("config", 1, 1);
    folder_write_text(outside_path("config.pbtxt"), "max_batch_size: 4");
    assert_int_equal(symlink(outside_path("config.pbtxt"), folder_path("config/config.pbtxt")), 0);
    folder_put("aliases", 1, 1);
    folder_write_text(outside_path("aliases.json"), "{\"champion\": 1}");
    assert_int_equal(symlink(outside_path("aliases.json"), folder_path("aliases/aliases.json")), 0);
    folder_put("labels", 1, 1);
    folder_write_text(outside_path("labels.txt"), "secret");
    folder_write_text(folder_path("labels/config.pbtxt"),
                      "output { name: \"y\" data_type: TYPE_FP32 dims: [ -1, 2 ] label_filename: "
                      "\"../../secret\" }");
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "good", ""), 1, 0);
    refused(repository, "model", DAVY_ERR_NOT_FOUND, "'model'");
    refused(repository, "version", DAVY_ERR_UNAVAILABLE, "no version");
    refused(repository, "file", DAVY_ERR_UNAVAILABLE, "there is no file model.onnx");
    refused(repository, "inner", DAVY_ERR_UNAVAILABLE, "there is no file model.onnx");
    refused(repository, "config", DAVY_ERR_UNAVAILABLE, "over a link");
    refused(repository, "aliases", DAVY_ERR_UNAVAILABLE, "over a link");
    refused(repository, "labels", DAVY_ERR_UNAVAILABLE, "leads out of its folder");
    davy_repository_close(repository);
}

/* A pipe without a writer would be waited for for ever. */
static void no_pipe_is_waited_for(void **state)
{
    davy_repository *repository;

    (void) state;
    assert_ok(davy_folder_make(folder_path("graph/1"), 0755));
    assert_int_equal(mkfifo(folder_path("graph/1/model.onnx"), 0600), 0);
    folder_put("config", 1, 1);
    assert_int_equal(mkfifo(folder_path("config/config.pbtxt"), 0600), 0);
    folder_put("aliases", 1, 1);
    assert_int_equal(mkfifo(folder_path("aliases/aliases.json"), 0600), 0);
    assert_int_equal(mkfifo(folder_path("model"), 0600), 0);
    folder_put("json", 1, 1);
    assert_int_equal(mkfifo(folder_path("json/1/model.json"), 0600), 0);
    repository = folder_open(DAVY_CONTROL_POLL);
    refused(repository, "graph", DAVY_ERR_UNAVAILABLE, "there is no file model.onnx");
    refused(repository, "config", DAVY_ERR_UNAVAILABLE, "not a regular file");
    refused(repository, "aliases", DAVY_ERR_UNAVAILABLE, "not a regular file");
    refused(repository, "model", DAVY_ERR_NOT_FOUND, "'model'");
    davy_repository_close(repository);
}

/* y = x + w, where w lies in a file. */
static void put_external(const char *name, const char *location)
{
    davy_buffer bytes = {0}, graph = {0}, tensor = {0}, entry = {0};

    put_int(&tensor, TENSOR_DIMS, 2);
    put_int(&tensor, TENSOR_TYPE, DAVY_TYPE_F32);
    put_text(&tensor, TENSOR_NAME, "w");
    put_text(&entry, 1, "location");
    put_text(&entry, 2, location);
    put_message(&tensor, TENSOR_EXTERNAL, &entry);
    put_int(&tensor, TENSOR_LOCATION, 1);
    put_node(&graph, GRAPH_NODE, "Add x w -> y");
    put_message(&graph, GRAPH_INITIALIZER, &tensor);
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_int(&bytes, MODEL_IR, 8);
    put_message(&bytes, MODEL_GRAPH, &graph);
    put_opset(&bytes, MODEL_OPSET, "", 13);
    folder_write(folder_path("%s/1/model.onnx", name), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

static void external_data_stay_inside(void **state)
{
    const float numbers[2] = {1, 2};
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_write(outside_path("weights"), numbers, sizeof numbers);
    folder_write(folder_path("weights"), numbers, sizeof numbers);
    put_external("absolute", outside_path("weights"));
    put_external("upwards", "../../weights");
    put_external("link", "weights");
    assert_int_equal(symlink(outside_path("weights"), folder_path("link/1/weights")), 0);
    put_external("pipe", "weights");
    assert_int_equal(mkfifo(folder_path("pipe/1/weights"), 0600), 0);
    put_external("good", "data/weights");
    folder_write(folder_path("good/1/data/weights"), numbers, sizeof numbers);
    repository = folder_open(DAVY_CONTROL_POLL);
    refused(repository, "absolute", DAVY_ERR_UNAVAILABLE, "not a file beneath");
    refused(repository, "upwards", DAVY_ERR_UNAVAILABLE, "not a file beneath");
    refused(repository, "link", DAVY_ERR_UNAVAILABLE, "not a file beneath");
    refused(repository, "pipe", DAVY_ERR_UNAVAILABLE, "no regular file");
    assert_ok(davy_repository_acquire(repository, "good", "", &lease));
    davy_lease_release(lease);
    davy_repository_close(repository);
}

static void names_and_paths_of_requests_lead_nowhere(void **state)
{
    static const char *const names[] = {"",     ".",       "..",   "../good", "a/b",
                                        "/etc", ".hidden", "a\nb", "\xff"};
    static const char *const paths[] = {"",          "/etc/x",    "../x",
                                        "1/../../x", "1//x",      "1/./x",
                                        "1/",        "1/a/b/c/d", "../good/1/model.onnx"};
    davy_repository *repository;
    davy_buffer bytes = {0};
    struct stat about;

    (void) state;
    folder_put("good", 1, 1);
    folder_onnx(2, &bytes);
    repository = folder_open(DAVY_CONTROL_EXPLICIT);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        const davy_model_file file = {"1/model.onnx", {bytes.bytes, bytes.length}};

        assert_fails(davy_repository_load(repository, names[i], NULL, NULL, 0), DAVY_ERR_INVALID,
                     "no name of a model");
        assert_fails(davy_repository_load(repository, names[i], NULL, &file, 1), DAVY_ERR_INVALID,
                     "no name of a model");
    }
    assert_fails(davy_repository_load(repository, "%2e%2e", NULL, NULL, 0), DAVY_ERR_NOT_FOUND,
                 "'%2e%2e'");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++) {
        const davy_model_file file = {paths[i], {bytes.bytes, bytes.length}};

        assert_fails(davy_repository_load(repository, "good", NULL, &file, 1), DAVY_ERR_INVALID,
                     "no path like 1/model.onnx");
    }
    assert_int_equal(stat(folder, &about), 0);
    assert_int_equal(about.st_nlink, 3); /* nothing is left but good/ */
    assert_ok(davy_repository_load(repository, "good", NULL, NULL, 0));
    assert_near(folder_factor(repository, "good", ""), 1, 0);
    davy_repository_close(repository);
    davy_buffer_clear(&bytes);
}

/* What was signed is what is served, and a seal is not got rid of by halves. */
static void seals_are_looked_at(void **state)
{
    davy_table table = plant_make(400, 3);
    davy_train_report report = {0};
    davy_model *model = plant_train(&table, folder, NULL, 0, 1.0, &report);
    davy_repository *repository;
    davy_buffer bytes = {0};

    (void) state;
    davy_model_close(model);
    davy_table_clear(&table);
    assert_int_equal(rename(folder_path("plant/1/model.json"), folder_path("json")), 0);
    repository = folder_open(DAVY_CONTROL_POLL);
    refused(repository, "plant", DAVY_ERR_UNAVAILABLE, "model.json");
    assert_int_equal(rename(folder_path("json"), folder_path("plant/1/model.json")), 0);
    folder_onnx(2, &bytes);
    folder_write(folder_path("plant/1/model.onnx"), bytes.bytes, bytes.length);
    assert_ok(davy_repository_poll(repository));
    refused(repository, "plant", DAVY_ERR_UNAVAILABLE, "not the file that model.json was written");
    davy_repository_close(repository);
    davy_buffer_clear(&bytes);
}

/* --------------------------------------------------------------------------------------- bombs */

/* What a refusal may cost, said in the project's goals: a tenth of a second of one core, which is
 * printed, and 32 MiB, which is held: a machine that is busy takes time and no memory. */
#define BOMB_BYTES ((long) 32 << 10) /* kilobytes, as /proc counts */

static int64_t cpu_ns(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A line of /proc/self/status, in kilobytes: VmRSS now, VmHWM at most since it was cleared. */
static long kilobytes_of(const char *key)
{
    char line[256];
    long found = 0;
    FILE *file = fopen("/proc/self/status", "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            found = strtol(line + strlen(key), NULL, 10);
    (void) fclose(file);
    return found;
}

static long forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    (void) malloc_trim(0);
    assert_non_null(file);
    assert_true(fputs("5", file) >= 0);
    assert_int_equal(fclose(file), 0);
    return kilobytes_of("VmRSS:");
}

typedef struct cost {
    int64_t ns;
    long kilobytes;
} cost;

static cost measure_from(void)
{
    const long kilobytes = forget_peak();

    return (cost){cpu_ns(), kilobytes};
}

static void assert_cheap(const char *what, cost before)
{
    const int64_t ns = cpu_ns() - before.ns;
    const long kilobytes = kilobytes_of("VmHWM:") - before.kilobytes;

    (void) printf("# %s: %.1f ms of CPU, %ld KiB\n", what, (double) ns / 1e6, kilobytes);
#ifndef __SANITIZE_ADDRESS__
#ifndef __SANITIZE_THREAD__
    assert_true(kilobytes <= BOMB_BYTES);
#endif
#endif
}

/* Put the graph into a model, and this into the folder. */
static void put_bomb(const char *name, davy_buffer *graph)
{
    davy_buffer bytes = {0};

    put_int(&bytes, MODEL_IR, 8);
    put_message(&bytes, MODEL_GRAPH, graph);
    put_opset(&bytes, MODEL_OPSET, "", 13);
    folder_write(folder_path("%s/1/model.onnx", name), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

/* An initializer of int64. */
static void put_numbers(davy_buffer *graph, const char *name, int64_t dim, const int64_t *numbers,
                        size_t count)
{
    davy_buffer tensor = {0};

    if (dim >= 0)
        put_int(&tensor, TENSOR_DIMS, dim);
    put_int(&tensor, TENSOR_TYPE, DAVY_TYPE_I64);
    put_text(&tensor, TENSOR_NAME, name);
    put_bytes(&tensor, TENSOR_RAW, numbers, count * sizeof *numbers);
    put_message(graph, GRAPH_INITIALIZER, &tensor);
}

static davy_status open_bomb(const char *name, davy_served **served)
{
    char path[16];

    (void) snprintf(path, sizeof path, "%s/1", name);
    return davy_served_open(folder_path("%s", path), name, 1, NULL, served);
}

/* Run what could be opened, with zeros. */
static davy_status run_bomb(const char *name)
{
    float zeros[2] = {0};
    const davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {2}, .data = zeros};
    davy_served *served = NULL;
    davy_instance *instance = NULL;
    davy_tensor output;
    davy_status status = open_bomb(name, &served);

    if (status == DAVY_OK)
        status = davy_instance_create(served, NULL, &instance);
    if (status == DAVY_OK)
        status = davy_instance_run(instance, &input, &output);
    davy_instance_destroy(instance);
    davy_served_close(served);
    return status;
}

static void sizes_of_2_to_the_40_are_refused(void **state)
{
    static const int64_t huge[] = {(int64_t) 1 << 40}, large[] = {(int64_t) 1 << 33};
    davy_served *served = NULL;
    davy_buffer graph = {0};
    cost before;

    (void) state;
    put_numbers(&graph, "w", huge[0], huge, 1); /* it says so, and holds one number */
    put_node(&graph, GRAPH_NODE, "Add x w -> y");
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_bomb("said", &graph);
    put_numbers(&graph, "shape", 1, huge, 1); /* made while it runs */
    put_node(&graph, GRAPH_NODE, "ConstantOfShape shape -> z");
    put_node(&graph, GRAPH_NODE, "ReduceSum z -> s");
    put_node(&graph, GRAPH_NODE, "Add x s -> y");
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_bomb("made", &graph);
    put_numbers(&graph, "shape", 1, large, 1);
    put_node(&graph, GRAPH_NODE, "ConstantOfShape shape -> z");
    put_node(&graph, GRAPH_NODE, "ReduceSum z -> s");
    put_node(&graph, GRAPH_NODE, "Add x s -> y");
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_bomb("less", &graph);
    before = measure_from();
    assert_int_not_equal(open_bomb("said", &served), DAVY_OK);
    assert_cheap("an initializer of 2^40 numbers", before);
    before = measure_from();
    assert_int_not_equal(run_bomb("made"), DAVY_OK);
    assert_cheap("a run that makes 2^40 numbers", before);
    before = measure_from();
    assert_int_not_equal(run_bomb("less"), DAVY_OK);
    assert_cheap("a run that makes 2^33 numbers", before);
}

/* What no other look would find otherwise is not said to be for want of room. */
static void lasts(davy_repository *repository, const char *name, const char *words)
{
    assert_fails(davy_repository_load(repository, name, NULL, NULL, 0), DAVY_ERR_UNSUPPORTED,
                 words);
    assert_null(strstr(davy_error(), "are left of"));
}

static void a_million_nodes_are_refused(void **state)
{
    davy_repository *repository;
    davy_served *served = NULL;
    davy_buffer graph = {0};
    cost before;

    (void) state;
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "x");
    for (size_t i = 0; i < 1000000; i++)
        davy_buffer_append(&graph,
                           "\x0a\x0b\x0a\x01x\x12\x01y\x22\x03"
                           "Abs",
                           13); /* Abs x -> y */
    put_bomb("nodes", &graph);
    davy_buffer_clear(&graph);
    before = measure_from();
    assert_fails(open_bomb("nodes", &served), DAVY_ERR_UNSUPPORTED, "nodes");
    assert_cheap("a million nodes", before);
    repository = folder_open(DAVY_CONTROL_EXPLICIT);
    lasts(repository, "nodes", "more than 200000 nodes");
    davy_repository_close(repository);
}

static void a_config_beyond_its_limit_is_refused(void **state)
{
    const size_t length = DAVY_CONFIG_FILE_MAX + 1;
    char *blanks = malloc(length);
    davy_repository *repository;

    (void) state;
    assert_non_null(blanks);
    memset(blanks, ' ', length);
    folder_put("long", 1, 1);
    folder_write(folder_path("long/config.pbtxt"), blanks, length);
    free(blanks);
    repository = folder_open(DAVY_CONTROL_EXPLICIT);
    lasts(repository, "long", "longer than the 1048576 bytes");
    davy_repository_close(repository);
}

/* One byte of a file must not become more than 32 in memory. */
static void many_small_messages_are_refused(void **state)
{
    davy_served *served = NULL;
    davy_buffer graph = {0};
    cost before;

    (void) state;
    for (size_t i = 0; i < 400000; i++)
        davy_buffer_append(&graph, "\x6a\x00", 2); /* an empty value_info */
    put_bomb("messages", &graph);
    davy_buffer_clear(&graph);
    before = measure_from();
    assert_int_not_equal(open_bomb("messages", &served), DAVY_OK);
    assert_cheap("400,000 empty messages", before);
}

/* A Loop without a trip count whose condition stays true. */
static void put_endless(const char *name)
{
    davy_buffer graph = {0}, node = {0}, body = {0}, attribute = {0};

    put_node(&body, GRAPH_NODE, "Identity c -> d");
    put_node(&body, GRAPH_NODE, "Identity a -> b");
    put_text(&body, 2, "body");
    {
        davy_buffer info = {0};

        put_text(&info, 1, "i");
        put_message(&body, GRAPH_INPUT, &info);
        put_text(&info, 1, "c");
        put_message(&body, GRAPH_INPUT, &info);
        put_text(&info, 1, "a");
        put_message(&body, GRAPH_INPUT, &info);
        put_text(&info, 1, "d");
        put_message(&body, GRAPH_OUTPUT, &info);
        put_text(&info, 1, "b");
        put_message(&body, GRAPH_OUTPUT, &info);
    }
    put_text(&attribute, 1, "body");
    put_message(&attribute, 6, &body);
    put_int(&attribute, 20, 5); /* GRAPH */
    put_text(&node, 1, "");
    put_text(&node, 1, "");
    put_text(&node, 1, "x");
    put_text(&node, 2, "y");
    put_text(&node, 4, "Loop");
    put_message(&node, 5, &attribute);
    put_message(&graph, GRAPH_NODE, &node);
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_bomb(name, &graph);
}

static void an_endless_loop_is_ended(void **state)
{
    cost before;

    (void) state;
    put_endless("loop");
    before = measure_from();
    assert_fails(run_bomb("loop"), DAVY_ERR_FULL, "iterations");
    assert_cheap("an endless loop", before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, strangers_set_up, strangers_tear_down)
        TEST(a_million_nodes_are_refused),
        TEST(a_config_beyond_its_limit_is_refused),
        TEST(many_small_messages_are_refused),
        TEST(sizes_of_2_to_the_40_are_refused),
        TEST(an_endless_loop_is_ended),
        TEST(no_link_is_followed),
        TEST(no_pipe_is_waited_for),
        TEST(external_data_stay_inside),
        TEST(names_and_paths_of_requests_lead_nowhere),
        TEST(seals_are_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
