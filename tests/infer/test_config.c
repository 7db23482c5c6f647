/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "infer/config.h"

#include <stdlib.h>

/* Keys, forms and defaults are those of Triton's model_config.proto and
 * docs/model_configuration.md; the way of writing is that of the files in its docs/examples and qa
 * folders. */

static davy_arena arena;

static int set_up(void **state)
{
    (void) state;
    arena = (davy_arena){0};
    return 0;
}

static int tear_down(void **state)
{
    (void) state;
    davy_arena_clear(&arena);
    return 0;
}

static davy_status parse(const char *text, davy_infer_config *out)
{
    /* In memory of exactly its length, so that a byte too many is seen. */
    char *bytes = malloc(strlen(text) + 1);
    davy_status status;

    assert_non_null(bytes);
    memcpy(bytes, text, strlen(text));
    status = davy_infer_config_parse("config.pbtxt", bytes, strlen(text), &arena, out);
    free(bytes);
    return status;
}

static void reads_tensors_as_files_write_them(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(parse(
        "# a comment\n"
        "name: \"res\" 'net' # texts side by side\n"
        "platform: \"onnxruntime_onnx\"\n"
        "max_batch_size : 16\n"
        "input [\n"
        "  { name: \"data\" data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, 224, -1 ] },\n"
        "  { name: \"mask\", data_type: TYPE_BOOL; dims: 7 dims: 8 optional: true }\n"
        "]\n"
        "input < name: \"third\" data_type: TYPE_STRING dims [ 1 ] >\n"
        "output { name: \"y\\x21\\041\\u00e9\" data_type: TYPE_INT64 dims: [ 0x10, 010, ]"
        " label_filename: \"labels.txt\" }\n",
        &config));
    assert_string_equal(config.name, "resnet");
    assert_string_equal(config.platform, "onnxruntime_onnx");
    assert_int_equal(config.batch_max, 16);
    assert_int_equal(config.input_count, 3);
    assert_int_equal(config.inputs[0].type, DAVY_TYPE_F32);
    assert_int_equal(config.inputs[0].rank, 3);
    assert_int_equal(config.inputs[0].dims[2], -1);
    assert_true(config.inputs[1].optional);
    assert_int_equal(config.inputs[1].dims[1], 8);
    assert_string_equal(config.inputs[2].name, "third");
    assert_int_equal(config.inputs[2].type, DAVY_TYPE_TEXT);
    assert_string_equal(config.outputs[0].name, "y!!\xc3\xa9");
    assert_int_equal(config.outputs[0].dims[0], 16);
    assert_int_equal(config.outputs[0].dims[1], 8);
    assert_string_equal(config.labels_file, "labels.txt");
    assert_string_equal(config.aside, "format");
    assert_int_equal(config.policy, DAVY_VERSIONS_LATEST);
    assert_int_equal(config.policy_count, 1);
}

static void an_empty_file_says_what_no_file_says(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(parse(" \n# nothing", &config));
    assert_string_equal(config.name, "");
    assert_int_equal(config.batch_max, 0);
    assert_int_equal(config.policy_count, 1);
    assert_false(config.batching.dynamic);
    assert_null(config.image.input);
}

static void reads_policies_of_versions(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(parse("version_policy: { latest: { num_versions: 3 } }", &config));
    assert_int_equal(config.policy, DAVY_VERSIONS_LATEST);
    assert_int_equal(config.policy_count, 3);
    assert_ok(parse("version_policy { all {} }", &config));
    assert_int_equal(config.policy, DAVY_VERSIONS_ALL);
    assert_ok(parse("version_policy: { specific: { versions: [2, 5] }}", &config));
    assert_int_equal(config.policy, DAVY_VERSIONS_SPECIFIC);
    assert_int_equal(config.policy_count, 2);
    assert_int_equal(config.policy_versions[1], 5);
    assert_fails(parse("version_policy { all {} latest {} }", &config), DAVY_ERR_INVALID,
                 "line 1: version_policy is one of");
    assert_fails(parse("version_policy { specific { versions: 0 } }", &config), DAVY_ERR_INVALID,
                 "versions is a whole number of 1 to");
}

static void reads_batching_with_priorities(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(
        parse("max_batch_size: 16\n"
              "dynamic_batching:\n{\n"
              "  preferred_batch_size: [ 8, 4 ]\n"
              "  max_queue_delay_microseconds: 100\n"
              "  preserve_ordering: true\n"
              "  priority_levels: 3\n"
              "  default_priority_level: 2\n"
              "  default_queue_policy { timeout_action: DELAY max_queue_size: 7\n"
              "    default_timeout_microseconds: 5000 }\n"
              "  priority_queue_policy [ { key: 1 value: { timeout_action: REJECT\n"
              "    allow_timeout_override: true max_queue_size: 10 } } ]\n"
              "}\n"
              "instance_group [ { kind: KIND_CPU count: 2 }, { kind: KIND_GPU gpus: [ 0 ] } ]",
              &config));
    assert_true(config.batching.dynamic);
    assert_int_equal(config.batching.preferred_count, 2);
    assert_int_equal(config.batching.preferred[0], 4); /* ascending */
    assert_int_equal(config.batching.preferred[1], 8);
    assert_int_equal(config.batching.delay_us, 100);
    assert_int_equal(config.batching.priority_levels, 3);
    assert_int_equal(config.batching.priority_default, 2);
    assert_int_equal(config.batching.queues[0].size_max, 10);
    assert_true(config.batching.queues[0].allow_timeout_override);
    assert_int_equal(config.batching.queues[0].action, DAVY_TIMEOUT_REJECT);
    assert_int_equal(config.batching.queues[1].size_max, 7); /* the default's */
    assert_int_equal(config.batching.queues[2].timeout_us, 5000);
    assert_int_equal(config.instances, 3);
}

/* docs/architecture.md, "Stateful Models", and "Implicit State Management". */
static void reads_sequences_with_controls_and_states(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(parse("max_batch_size: 2\n"
                    "sequence_batching {\n"
                    "  max_sequence_idle_microseconds: 5000000\n"
                    "  oldest { max_candidate_sequences: 1024 max_queue_delay_microseconds: 10 }\n"
                    "  control_input [\n"
                    "    { name: \"START\" control [ { kind: CONTROL_SEQUENCE_START\n"
                    "      fp32_false_true: [ 0, 1 ] } ] },\n"
                    "    { name: \"READY\" control { kind: CONTROL_SEQUENCE_READY\n"
                    "      int32_false_true: [ 0, 1 ] } },\n"
                    "    { name: \"CORRID\" control [ { kind: CONTROL_SEQUENCE_CORRID\n"
                    "      data_type: TYPE_UINT64 } ] }\n"
                    "  ]\n"
                    "  state [ { input_name: \"in\" output_name: \"out\" data_type: TYPE_INT32\n"
                    "    dims: [ 4 ] initial_state: { data_type: TYPE_INT32 dims: [ 4 ]\n"
                    "    zero_data: true name: \"zeros\" } } ]\n"
                    "}",
                    &config));
    assert_true(config.sequencing.on);
    assert_int_equal(config.sequencing.idle_us, 5000000);
    assert_int_equal(config.sequencing.sequences_max, 1024);
    assert_string_equal(config.sequencing.start, "START");
    assert_string_equal(config.sequencing.ready, "READY");
    assert_string_equal(config.sequencing.correlation, "CORRID");
    assert_null(config.sequencing.end);
    assert_int_equal(config.sequencing.state_count, 1);
    assert_string_equal(config.sequencing.states[0].output, "out");
    assert_int_equal(config.sequencing.states[0].dims[0], 4);
    assert_fails(parse("sequence_batching { control_input { name: \"A\" control { kind: "
                       "CONTROL_SEQUENCE_START fp32_false_true: [ 1, 0 ] } } }",
                       &config),
                 DAVY_ERR_INVALID, "0 for false and 1 for true");
    assert_fails(parse("sequence_batching { iterative_sequence: true }", &config), DAVY_ERR_INVALID,
                 "davy has no iterative_sequence");
}

static void reads_ensembles(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(parse("platform: \"ensemble\"\n"
                    "ensemble_scheduling { step [ {\n"
                    "  model_name: \"first\" model_version: -1\n"
                    "  input_map { key: \"x\" value: \"in\" }\n"
                    "  input_map { key: \"w\" value: \"in2\" }\n"
                    "  output_map [ { key : \"y\" value : \"between\" } ]\n"
                    "}, { model_name: \"second\" model_version: 3\n"
                    "  input_map { key: \"x\" value: \"between\" }\n"
                    "  output_map { key: \"y\" value: \"out\" } } ] }",
                    &config));
    assert_int_equal(config.step_count, 2);
    assert_string_equal(config.steps[0].version, "");
    assert_string_equal(config.steps[1].version, "3");
    assert_int_equal(config.steps[0].input_count, 2);
    assert_string_equal(config.steps[0].inputs[1].model, "w");
    assert_string_equal(config.steps[0].inputs[1].ensemble, "in2");
    assert_fails(parse("ensemble_scheduling { step { model_name: \"a\" } }", &config),
                 DAVY_ERR_INVALID, "no input_map or output_map in the step of 'a'");
}

static void reads_warm_ups_and_parameters(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(
        parse("model_warmup {\n"
              "  name: \"first\" batch_size: 16\n"
              "  inputs: { key: \"x\" value: { data_type: TYPE_FP32 dims: 1 dims: 32\n"
              "    random_data: true } }\n"
              "  inputs { key: \"z\" value { data_type: TYPE_INT8 dims: [ 4 ]\n"
              "    input_data_file: \"raw\" } }\n"
              "}\n"
              "parameters { key: \"execute_delay_ms\" value: { string_value: \"3\" } }\n"
              "parameters { key: \"davy.latency_ms\" value: { string_value: \"12.5\" } }\n"
              "parameters { key: \"davy.image\" value: { string_value: \"input=x size=640x480 "
              "layout=nchw colour=bgr mean=0.485,0.456,0.406 deviation=0.229,0.224,0.225 "
              "fit=letterbox\" } }\n"
              "parameters { key: \"davy.boxes\" value: { string_value: \"output=y layout=rows "
              "box=corners objectness=yes scale=relative score=0.3 overlap=0.5 most=20\" } }\n"
              "optimization { graph : { level : 1 } execution_accelerators {\n"
              "  gpu_execution_accelerator : [ { name : \"tensorrt\",\n"
              "    parameters { key: \"precision_mode\" value: \"FP16\" } } ] } }\n"
              "response_cache { enable: True }",
              &config));
    assert_int_equal(config.warmup_count, 1);
    assert_int_equal(config.warmups[0].batch, 16);
    assert_int_equal(config.warmups[0].count, 1);
    assert_string_equal(config.warmups[0].inputs[0].port.name, "x");
    assert_true(config.warmups[0].inputs[0].random);
    assert_int_equal(config.warmups[0].inputs[0].port.rank, 2);
    assert_string_equal(config.warmups[0].inputs[1].file, "raw");
    assert_near(config.latency_ms, 12.5, 0);
    assert_string_equal(config.image.input, "x");
    assert_int_equal(config.image.width, 640);
    assert_int_equal(config.image.height, 480);
    assert_true(config.image.channels_first && config.image.bgr);
    assert_near(config.image.mean[2], 0.406, 1e-7);
    assert_near(config.image.deviation[0], 0.229, 1e-7);
    assert_true(config.image.letterbox);
    assert_string_equal(config.boxes.output, "y");
    assert_true(config.boxes.corners && config.boxes.objectness && config.boxes.relative);
    assert_false(config.boxes.columns);
    assert_near(config.boxes.score, 0.3, 0);
    assert_near(config.boxes.overlap, 0.5, 0);
    assert_int_equal(config.boxes.most, 20);
    assert_string_equal(config.aside, "optimization, execute_delay_ms, response_cache");
}

/* Each with the words that lead to the fault. */
static void names_line_and_key_of_every_fault(void **state)
{
    static const struct {
        const char *text, *words;
    } faults[] = {
        {"name: \"a\"\nmax_batch: 8", "line 2: 'max_batch' is no key of a config"},
        {"dynamic_batching { delay: 1 }", "'delay' is no key of dynamic_batching, which has "
                                          "preferred_batch_size"},
        {"name: \"a\"\n\nname: \"b\"", "line 3: 'name' is given twice"},
        {"max_batch_size: -1", "max_batch_size is a whole number of 0 to"},
        {"max_batch_size: 99999999999", "max_batch_size is a whole number"},
        {"max_batch_size: 8x", "not '8x'"},
        {"max_batch_size: \"\"", "not ''"},
        {"max_batch_size { }", "not '{...}'"},
        {"name: 7", "name is a text in quotes, not '7'"},
        {"name: \"a", "a text is not closed"},
        {"name: \"a\nb\"", "not closed on its line"},
        {"name: \"\\0\"", "an escape of no character"},
        {"name: \"\\ud800\"", "an escape of no character"},
        {"name: \"\\377\"", "name is not UTF-8"},
        {"name \"a\"", "instead of ':' or '{'"},
        {"name:", "the end instead of a value"},
        {"input [ { name: \"x\" }", "instead of ',' or ']'"},
        {"input { name: \"x\"", "the end instead of '}'"},
        {"input { name: \"x\" >", "instead of a key"},
        {"input { name: \"x\" data_type: FP32 }", "data_type is one of TYPE_INVALID"},
        {"input { data_type: TYPE_FP32 }", "input 1 has no name"},
        {"input { name: \"x\" } input { name: \"x\" }", "two tensors have the name 'x'"},
        {"input { name: \"x\" dims: [1,1,1,1,1,1,1,1] }", "more than 7 dims"},
        {"input { name: \"x\" dims: -2 }", "dims is a whole number of -1 to"},
        {"input { name: \"x\" allow_ragged_batch: true }", "davy has no allow_ragged_batch"},
        {"model_transaction_policy { decoupled: true }", "davy has no model_transaction_policy"},
        {"default_model_filename: \"model.plan\"", "davy serves model.onnx"},
        {"dynamic_batching {} sequence_batching {}", "one of them at most"},
        {"max_batch_size: 4 dynamic_batching { preferred_batch_size: 8 }",
         "preferred_batch_size 8 is above max_batch_size 4"},
        {"dynamic_batching { priority_levels: 18446744073709551615 }",
         "priority_levels is a whole"},
        {"dynamic_batching { priority_levels: 65 default_priority_level: 1 }", "64 at most"},
        {"dynamic_batching { priority_levels: 2 }", "without default_priority_level"},
        {"dynamic_batching { priority_queue_policy { key: 4294967296 value {} } }",
         "key is a whole"},
        {"parameters { key: \"davy.unknown\" }", "none of davy's parameters"},
        {"parameters { key: \"davy.latency_ms\" value { string_value: \"-1\" } }", "above 0"},
        {"parameters { key: \"davy.latency_ms\" value { string_value: \"nan\" } }", "above 0"},
        {"parameters { key: \"davy.image\" value { string_value: \"size=0x4\" } }", "'size=0x4'"},
        {"parameters { key: \"davy.image\" value { string_value: \"input=x\" } }", "and a size"},
        {"parameters { key: \"davy.image\" value { string_value: \"fit=crop\" } }", "'fit=crop'"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"score=0.3\" } }",
         "names an output"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"output=y score=1.5\" } }",
         "'score=1.5' is none of output=NAME, layout=rows|columns"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"output=y overlap=nan\" } }",
         "'overlap=nan'"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"output=y most=1001\" } }",
         "'most=1001'"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"output=y most=-1\" } }",
         "'most=-1'"},
        {"parameters { key: \"davy.boxes\" value { string_value: \"output=y box=middle\" } }",
         "'box=middle'"},
        {"model_warmup { inputs { key: \"x\" value { input_data_file: \"../raw\" } } }",
         "a name without a path, not '../raw'"},
        {"[ext]: 1", "instead of a key"},
        {"\x01", "\\x01 instead of a key"},
    };
    davy_infer_config config;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(faults); i++) {
        assert_fails(parse(faults[i].text, &config), DAVY_ERR_INVALID, faults[i].words);
        assert_non_null(strstr(davy_error(), "config.pbtxt: "));
    }
}

/* Every prefix of a good file is read without a fault of memory, whatever is said of it. */
static void a_file_cut_anywhere_is_an_error_or_a_config(void **state)
{
    const char *whole =
        "name:'a\\n'max_batch_size:4 input<name:\"x\"data_type:TYPE_FP32 dims:[1,-1]>"
        "dynamic_batching{preferred_batch_size:[2,4]}#";
    char *cut = strdup(whole);
    davy_infer_config config;

    (void) state;
    for (size_t length = strlen(whole); length-- > 0;) {
        davy_status status;

        cut[length] = '\0';
        status = parse(cut, &config);
        assert_true(status == DAVY_OK || status == DAVY_ERR_INVALID);
    }
    free(cut);
}

static void bounds_depth_length_and_keys(void **state)
{
    const size_t length = 200000;
    char *text = malloc(2 * length + 1);
    davy_infer_config config;

    (void) state;
    assert_non_null(text);
    for (size_t i = 0; i < length; i++)
        memcpy(text + 2 * i, "a{", 2);
    text[2 * length] = '\0';
    assert_fails(parse(text, &config), DAVY_ERR_INVALID, "nested deeper than 16");
    for (size_t i = 0; i < length; i++)
        memcpy(text + 2 * i, "a<", 2);
    assert_fails(parse(text, &config), DAVY_ERR_INVALID, "nested deeper than 16");
    memset(text, '[', 2 * length);
    memcpy(text, "a:", 2);
    assert_fails(parse(text, &config), DAVY_ERR_INVALID, "instead of a value");
    for (size_t i = 0; i < length / 2; i++)
        memcpy(text + 4 * i, "a:1 ", 4);
    assert_fails(parse(text, &config), DAVY_ERR_INVALID, "more than 65536 keys");
    free(text);
    text = calloc(1, DAVY_CONFIG_FILE_MAX + 2);
    assert_non_null(text);
    memset(text, ' ', DAVY_CONFIG_FILE_MAX + 1);
    assert_fails(parse(text, &config), DAVY_ERR_INVALID, "longer than");
    free(text);
    for (int i = 0; i < 2; i++) /* a zero byte is no end */
        assert_fails(davy_infer_config_parse("config.pbtxt", "name: \"a\"\0{", 11, &arena, &config),
                     DAVY_ERR_INVALID, "\\x00");
}

static davy_status parse_json(const char *text, davy_infer_config *out)
{
    return davy_infer_config_parse_json(text, strlen(text), &arena, out);
}

/* Triton's own form of POST .../load: protobuf's JSON, maps as objects, 64-bit numbers as texts. */
static void reads_the_same_from_json(void **state)
{
    davy_infer_config config;

    (void) state;
    assert_ok(
        parse_json("{\"name\": \"m\", \"maxBatchSize\": 8, \"input\": [{\"name\": \"INPUT__0\", "
                   "\"data_type\": \"TYPE_FP32\", \"dims\": [\"3\", -1]}],"
                   "\"versionPolicy\": {\"specific\": {\"versions\": [\"2\"]}},"
                   "\"dynamic_batching\": {\"preferredBatchSize\": [4], "
                   "\"maxQueueDelayMicroseconds\": \"100\", \"priorityLevels\": \"2\","
                   "\"defaultPriorityLevel\": 1,"
                   "\"priorityQueuePolicy\": {\"2\": {\"timeoutAction\": \"DELAY\"}}},"
                   "\"parameters\": {\"davy.latency_ms\": {\"string_value\": \"5\"}}}",
                   &config));
    assert_int_equal(config.batch_max, 8);
    assert_string_equal(config.inputs[0].name, "INPUT__0");
    assert_int_equal(config.inputs[0].dims[0], 3);
    assert_int_equal(config.policy_versions[0], 2);
    assert_int_equal(config.batching.queues[1].action, DAVY_TIMEOUT_DELAY);
    assert_near(config.latency_ms, 5, 0);
    assert_fails(parse_json("{\"input\": null}", &config), DAVY_ERR_INVALID, "null");
    assert_fails(parse_json("[]", &config), DAVY_ERR_INVALID, "no JSON object");
    assert_fails(parse_json("{\"a\": 1, \"a\": 1}", &config), DAVY_ERR_INVALID, "duplicate");
    assert_fails(parse_json("{\"name\": \"a\\u0000b\"}", &config), DAVY_ERR_INVALID, "");
    assert_fails(parse_json("{\"dims\": [[1]]}", &config), DAVY_ERR_INVALID, "a list in a list");
    assert_fails(parse_json("{\"name\": 7}", &config), DAVY_ERR_INVALID, "config: name is a text");
}

static void writes_what_it_reads_again(void **state)
{
    davy_infer_config config, again;
    davy_buffer first = {0}, second = {0};

    (void) state;
    assert_ok(
        parse("name: \"m\" platform: \"onnxruntime_onnx\" max_batch_size: 8\n"
              "input { name: \"x\" data_type: TYPE_STRING dims: [ -1, 3 ] }\n"
              "output { name: \"y\" data_type: TYPE_BF16 label_filename: \"l\" }\n"
              "version_policy { specific { versions: [ 1, 4 ] } }\n"
              "sequence_batching { control_input { name: \"S\" control { kind: "
              "CONTROL_SEQUENCE_START } } state { input_name: \"i\" output_name: \"o\" "
              "data_type: TYPE_FP64 dims: [ 2 ] } }\n"
              "instance_group { count: 3 }\n"
              "model_warmup { name: \"w\" count: 2 inputs { key: \"x\" value { data_type: "
              "TYPE_STRING dims: [ 1, 3 ] zero_data: true } } }\n"
              "parameters { key: \"davy.image\" value { string_value: \"input=x size=4x2\" } }"
              "parameters { key: \"davy.boxes\" value { string_value: \"output=y score=0.1\" } }",
              &config));
    davy_infer_config_write(&config, &first);
    assert_ok(davy_buffer_ok(&first));
    assert_ok(davy_infer_config_parse_json(first.bytes, first.length, &arena, &again));
    davy_infer_config_write(&again, &second);
    assert_string_equal(first.bytes, second.bytes);
    assert_non_null(strstr(first.bytes, "\"data_type\":\"TYPE_STRING\",\"dims\":[\"-1\",\"3\"]"));
    assert_non_null(strstr(first.bytes, "\"specific\":{\"versions\":[\"1\",\"4\"]}"));
    davy_buffer_clear(&first);
    davy_buffer_clear(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_tensors_as_files_write_them),
        cmocka_unit_test(an_empty_file_says_what_no_file_says),
        cmocka_unit_test(reads_policies_of_versions),
        cmocka_unit_test(reads_batching_with_priorities),
        cmocka_unit_test(reads_sequences_with_controls_and_states),
        cmocka_unit_test(reads_ensembles),
        cmocka_unit_test(reads_warm_ups_and_parameters),
        cmocka_unit_test(names_line_and_key_of_every_fault),
        cmocka_unit_test(a_file_cut_anywhere_is_an_error_or_a_config),
        cmocka_unit_test(bounds_depth_length_and_keys),
        cmocka_unit_test(reads_the_same_from_json),
        cmocka_unit_test(writes_what_it_reads_again),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
