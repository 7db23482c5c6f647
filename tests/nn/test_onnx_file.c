/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What the readers of ONNX models and tensors take, and what they refuse with which words. Files
 * are put together here by hand, by the field numbers of onnx.proto.
 */
#include "onnx_bytes.h"

#include "core/file.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/tensor_file.h"

#include <stdlib.h>
#include <unistd.h>

/* A model with input x, output y and these nodes, closed by NULL. */
static void put_model(davy_buffer *to, int64_t ir, int64_t opset, const char *const *nodes)
{
    davy_buffer graph = {0};

    for (; *nodes; nodes++)
        put_node(&graph, GRAPH_NODE, *nodes);
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_int(to, MODEL_IR, ir);
    put_message(to, MODEL_GRAPH, &graph);
    put_opset(to, MODEL_OPSET, "", opset);
}

static davy_status import(davy_buffer *bytes)
{
    davy_graph *graph = NULL;
    davy_status status = davy_onnx_import(bytes->bytes, bytes->length, NULL, 0, &graph);

    davy_buffer_clear(bytes);
    davy_graph_destroy(graph);
    return status;
}

static davy_status import_nodes(const char *const *nodes)
{
    davy_buffer bytes = {0};

    put_model(&bytes, 8, 13, nodes);
    return import(&bytes);
}

#define NODES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ------------------------------------------------------------------------------------- models */

static void a_small_model_is_read(void **state)
{
    (void) state;
    assert_ok(import_nodes(NODES("Relu x -> y")));
}

static void versions_are_checked(void **state)
{
    davy_buffer bytes = {0};

    (void) state;
    put_model(&bytes, 8, 18, NODES("Relu x -> y"));
    assert_fails(import(&bytes), DAVY_ERR_UNSUPPORTED, "operator set 18");
    put_model(&bytes, 2, 13, NODES("Relu x -> y"));
    assert_fails(import(&bytes), DAVY_ERR_UNSUPPORTED, "IR version 2");
    put_int(&bytes, MODEL_IR, 8);
    assert_fails(import(&bytes), DAVY_ERR_CORRUPT, "no graph");
}

static void all_missing_operators_are_told_at_once(void **state)
{
    (void) state;
    assert_fails(
        import_nodes(NODES("Fly x -> a", "Relu a -> b", "Swim b -> y")), DAVY_ERR_UNSUPPORTED,
        "davy has not got Fly (node 'a', operator set 13), Swim (node 'y', operator set 13)");
}

static void values_are_made_once_and_before_they_are_used(void **state)
{
    (void) state;
    assert_fails(import_nodes(NODES("Relu z -> y")), DAVY_ERR_CORRUPT,
                 "input 'z' is made by nobody before it");
    assert_fails(import_nodes(NODES("Relu b -> a", "Relu a -> b", "Relu b -> y")), DAVY_ERR_CORRUPT,
                 "input 'b' is made by nobody before it");
    assert_fails(import_nodes(NODES("Relu x -> a", "Tanh x -> a", "Relu a -> y")), DAVY_ERR_CORRUPT,
                 "'a' is made twice");
    assert_fails(import_nodes(NODES("Relu x -> x")), DAVY_ERR_CORRUPT, "'x' is made twice");
    assert_fails(import_nodes(NODES("Relu x -> z")), DAVY_ERR_CORRUPT,
                 "nobody makes the output 'y'");
}

static void a_node_that_makes_nothing_is_left_out(void **state)
{
    (void) state;
    assert_ok(import_nodes(NODES("Relu x -> y", "Identity x -> -", "Identity y ->")));
}

static void a_model_without_an_inner_graph_is_refused(void **state)
{
    (void) state;
    assert_fails(import_nodes(NODES("If x -> y")), DAVY_ERR_CORRUPT, "no graph 'then_branch'");
}

/* Each level wraps the one before in an attribute's graph. */
static void graphs_nest_to_a_limit(void **state)
{
    davy_buffer inner = {0};

    (void) state;
    put_node(&inner, GRAPH_NODE, "Relu x -> y");
    for (int i = 0; i < 40; i++) {
        davy_buffer attribute = {0}, node = {0}, graph = {0};

        put_text(&attribute, 1, "then_branch");
        put_message(&attribute, 6, &inner);
        put_text(&node, 4, "If");
        put_message(&node, 5, &attribute);
        put_message(&graph, GRAPH_NODE, &node);
        inner = graph;
    }
    {
        davy_buffer model = {0};

        put_int(&model, MODEL_IR, 8);
        put_message(&model, MODEL_GRAPH, &inner);
        put_opset(&model, MODEL_OPSET, "", 13);
        assert_fails(import(&model), DAVY_ERR_CORRUPT, "nested too deep");
    }
}

/* local.Twice(a) = a + a, in a domain of the model. */
static void functions_of_the_model_are_inlined(void **state)
{
    davy_buffer bytes = {0}, graph = {0}, node = {0}, function = {0};
    const float numbers[] = {1.5F, -2.0F};
    const davy_tensor x = {
        .type = DAVY_TYPE_F32, .rank = 1, .dims = {2}, .data = (void *) (uintptr_t) numbers};
    davy_graph *read;
    davy_network *network;
    davy_session *session;
    davy_tensor y;

    (void) state;
    put_text(&node, 1, "x");
    put_text(&node, 2, "y");
    put_text(&node, 4, "Twice");
    put_text(&node, 7, "local");
    put_message(&graph, GRAPH_NODE, &node);
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_text(&function, 1, "Twice");
    put_text(&function, 4, "a");
    put_text(&function, 5, "b");
    put_node(&function, 7, "Add a a -> b");
    put_opset(&function, 9, "", 13);
    put_text(&function, 10, "local");
    put_int(&bytes, MODEL_IR, 8);
    put_message(&bytes, MODEL_GRAPH, &graph);
    put_opset(&bytes, MODEL_OPSET, "", 13);
    put_opset(&bytes, MODEL_OPSET, "local", 1);
    put_message(&bytes, MODEL_FUNCTION, &function);
    assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &read));
    assert_ok(davy_network_create(read, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &x, &y));
    assert_true(davy_f32(&y)[0] == 3.0F && davy_f32(&y)[1] == -4.0F);
    davy_session_destroy(session);
    davy_network_destroy(network);
    davy_buffer_clear(&bytes);
}

/* ------------------------------------------------------------------------------------- tensors */

static davy_status parse(davy_buffer *bytes, davy_arena *arena, davy_tensor *out)
{
    const char *name;
    davy_status status =
        davy_tensor_parse(bytes->bytes ? bytes->bytes : "", bytes->length, arena, out, &name);

    davy_buffer_clear(bytes);
    return status;
}

static void tensors_of_all_types_come_back(void **state)
{
    static const davy_type types[] = {DAVY_TYPE_F32, DAVY_TYPE_U8,  DAVY_TYPE_I8,  DAVY_TYPE_U16,
                                      DAVY_TYPE_I16, DAVY_TYPE_I32, DAVY_TYPE_I64, DAVY_TYPE_F16,
                                      DAVY_TYPE_F64, DAVY_TYPE_U32, DAVY_TYPE_U64, DAVY_TYPE_BF16};
    uint64_t numbers[6] = {1, 2, 3, 4, 5, UINT64_MAX};
    const char *texts[6] = {"a", "", "Schwefelwasserstoff", "\xe6\xb0\xaf", "e", "f"};
    davy_arena arena = {0};

    (void) state;
    for (size_t i = 0; i <= DAVY_ARRAY_LENGTH(types); i++) {
        const bool text = i == DAVY_ARRAY_LENGTH(types);
        const davy_tensor tensor = {.type = text ? DAVY_TYPE_TEXT : types[i],
                                    .rank = 2,
                                    .dims = {2, 3},
                                    .data = text ? (void *) texts : numbers};
        davy_buffer bytes = {0};
        davy_tensor again;
        const char *name;

        assert_ok(davy_tensor_write(&tensor, "value", &bytes));
        assert_ok(davy_tensor_parse(bytes.bytes, bytes.length, &arena, &again, &name));
        assert_string_equal(name, "value");
        assert_int_equal(again.type, tensor.type);
        assert_true(davy_tensor_same_shape(&again, &tensor));
        if (!text)
            assert_memory_equal(again.data, tensor.data, davy_tensor_bytes(&tensor));
        for (int k = 0; text && k < 6; k++)
            assert_string_equal(((const char **) again.data)[k], texts[k]);
        davy_buffer_clear(&bytes);
    }
    davy_arena_clear(&arena);
}

static void typed_fields_are_read(void **state)
{
    davy_arena arena = {0};
    davy_buffer bytes = {0}, packed = {0};
    davy_tensor tensor;

    (void) state;
    put_int(&bytes, TENSOR_DIMS, 3);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_I8);
    for (int i = -1; i < 2; i++)
        put_varint(&packed, (uint64_t) (int64_t) i);
    put_message(&bytes, 5, &packed); /* int32_data */
    assert_ok(parse(&bytes, &arena, &tensor));
    assert_int_equal(((const int8_t *) tensor.data)[0], -1);
    assert_int_equal(((const int8_t *) tensor.data)[2], 1);

    put_int(&bytes, TENSOR_DIMS, 2);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_BOOL);
    put_bytes(&bytes, TENSOR_RAW, "\x05\x00", 2);
    assert_ok(parse(&bytes, &arena, &tensor));
    assert_memory_equal(tensor.data, "\x01\x00", 2); /* a boolean is 0 or 1 */
    davy_arena_clear(&arena);
}

static void sizes_are_checked_against_the_bytes(void **state)
{
    davy_arena arena = {0};
    davy_buffer bytes = {0};
    davy_tensor tensor;

    (void) state;
    put_int(&bytes, TENSOR_DIMS, 3);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_F32);
    put_bytes(&bytes, TENSOR_RAW, "12345678", 8);
    assert_fails(parse(&bytes, &arena, &tensor), DAVY_ERR_CORRUPT, "8 bytes instead of 12");
    put_int(&bytes, TENSOR_DIMS, (int64_t) 1 << 39);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_F32);
    assert_fails(parse(&bytes, &arena, &tensor), DAVY_ERR_CORRUPT, "0 elements instead of");
    put_int(&bytes, TENSOR_DIMS, -1);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_F32);
    assert_fails(parse(&bytes, &arena, &tensor), DAVY_ERR_CORRUPT, "dimension 0 is -1");
    for (int i = 0; i < 3; i++)
        put_int(&bytes, TENSOR_DIMS, (int64_t) 1 << 30);
    put_int(&bytes, TENSOR_TYPE, DAVY_TYPE_F32);
    assert_fails(parse(&bytes, &arena, &tensor), DAVY_ERR_CORRUPT, "2^40");
    put_int(&bytes, TENSOR_TYPE, 14); /* complex64 */
    assert_fails(parse(&bytes, &arena, &tensor), DAVY_ERR_UNSUPPORTED, "element type 14");
    davy_arena_clear(&arena);
}

/* ------------------------------------------------------------------------------- external data */

/* A model whose initializer lies at `location`. */
static davy_status import_external(const char *folder, const char *location, const char *length)
{
    davy_buffer bytes = {0}, graph = {0}, tensor = {0}, entry = {0};
    davy_graph *read = NULL;
    davy_status status;

    put_int(&tensor, TENSOR_DIMS, 2);
    put_int(&tensor, TENSOR_TYPE, DAVY_TYPE_F32);
    put_text(&tensor, TENSOR_NAME, "w");
    put_text(&entry, 1, "location");
    put_text(&entry, 2, location);
    put_message(&tensor, TENSOR_EXTERNAL, &entry);
    put_text(&entry, 1, "length");
    put_text(&entry, 2, length);
    put_message(&tensor, TENSOR_EXTERNAL, &entry);
    put_int(&tensor, TENSOR_LOCATION, 1);
    put_node(&graph, GRAPH_NODE, "Add x w -> y");
    put_message(&graph, GRAPH_INITIALIZER, &tensor);
    put_value(&graph, GRAPH_INPUT, "x");
    put_value(&graph, GRAPH_OUTPUT, "y");
    put_int(&bytes, MODEL_IR, 8);
    put_message(&bytes, MODEL_GRAPH, &graph);
    put_opset(&bytes, MODEL_OPSET, "", 13);
    status = davy_onnx_import(bytes.bytes, bytes.length, folder, 0, &read);
    davy_buffer_clear(&bytes);
    davy_graph_destroy(read);
    return status;
}

static void external_data_lie_beneath_the_model(void **state)
{
    char folder[] = "/tmp/davy-external-XXXXXX", path[64], other[64];

    (void) state;
    assert_non_null(mkdtemp(folder));
    (void) snprintf(path, sizeof path, "%s/weights", folder);
    assert_ok(davy_file_replace(path, "12345678", 8, 0600));
    (void) snprintf(other, sizeof other, "%s/link", folder);
    assert_int_equal(symlink("/etc/hostname", other), 0);

    assert_ok(import_external(folder, "weights", "8"));
    assert_fails(import_external(NULL, "weights", "8"), DAVY_ERR_UNSUPPORTED,
                 "a model in a folder");
    assert_fails(import_external(folder, "../weights", "8"), DAVY_ERR_DENIED, "beneath");
    assert_fails(import_external(folder, "/etc/hostname", "8"), DAVY_ERR_DENIED, "beneath");
    assert_fails(import_external(folder, "a/../../weights", "8"), DAVY_ERR_IO, "beneath");
    assert_fails(import_external(folder, "link", "8"), DAVY_ERR_DENIED, "beneath");
    assert_fails(import_external(folder, ".", "8"), DAVY_ERR_DENIED, "no regular file");
    assert_fails(import_external(folder, "", "8"), DAVY_ERR_IO, "beneath");
    assert_fails(import_external(folder, "weights", "4"), DAVY_ERR_CORRUPT, "4 bytes instead");
    assert_fails(import_external(folder, "weights", "-4"), DAVY_ERR_CORRUPT, "no number");
    assert_int_equal(truncate(path, 7), 0);
    assert_fails(import_external(folder, "weights", "8"), DAVY_ERR_CORRUPT, "ends before 8 bytes");
    assert_int_equal(unlink(path) + unlink(other) + rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_model_is_read),
        cmocka_unit_test(versions_are_checked),
        cmocka_unit_test(all_missing_operators_are_told_at_once),
        cmocka_unit_test(values_are_made_once_and_before_they_are_used),
        cmocka_unit_test(a_node_that_makes_nothing_is_left_out),
        cmocka_unit_test(a_model_without_an_inner_graph_is_refused),
        cmocka_unit_test(graphs_nest_to_a_limit),
        cmocka_unit_test(functions_of_the_model_are_inlined),
        cmocka_unit_test(tensors_of_all_types_come_back),
        cmocka_unit_test(typed_fields_are_read),
        cmocka_unit_test(sizes_are_checked_against_the_bytes),
        cmocka_unit_test(external_data_lie_beneath_the_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
