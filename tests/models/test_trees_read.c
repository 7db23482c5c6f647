/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Trees as XGBoost saves them, node by node, and what is none. test_trees.c has what it saves
 * itself.
 */
#include "models/kinds/trees.h"

#include "../testing.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A model as UBJSON has it, written from JSON: lists are of one type but for the outer ones. */
typedef struct written {
    uint8_t bytes[4096];
    size_t count;
} written;

static void put(written *out, char letter, uint64_t bits, size_t bytes)
{
    assert_true(out->count + 1 + bytes <= sizeof out->bytes);
    if (letter)
        out->bytes[out->count++] = (uint8_t) letter;
    while (bytes-- > 0)
        out->bytes[out->count++] = (uint8_t) (bits >> 8 * bytes);
}

static void put_text(written *out, const char *text)
{
    put(out, 'L', strlen(text), 8);
    for (; *text; text++)
        put(out, *text, 0, 0);
}

static uint32_t float_bits(double number)
{
    const float as_float = (float) number;
    uint32_t bits;

    memcpy(&bits, &as_float, sizeof bits);
    return bits;
}

/* Types as XGBoost has them: `d` for numbers that are no whole ones, `U` for truths. */
static char type_of(const char *name, const json_t *list)
{
    const json_t *first = json_array_get(list, 0);

    if (strcmp(name, "default_left") == 0)
        return 'U';
    return strcmp(name, "tree_info") == 0 || json_is_object(first) ? '\0'
           : json_is_real(first)                                   ? 'd'
                                                                   : 'l';
}

static void put_value(written *out, const char *name, const json_t *value)
{
    const char type = json_is_array(value) ? type_of(name, value) : '\0';
    const char *member;
    json_t *inner;
    size_t i;

    if (json_is_integer(value))
        put(out, 'i', (uint64_t) json_integer_value(value), 1);
    if (json_is_object(value)) {
        put(out, '{', 0, 0);
        json_object_foreach((json_t *) (uintptr_t) value, member, inner)
        {
            put_text(out, member);
            put_value(out, member, inner);
        }
        put(out, '}', 0, 0);
    }
    if (!json_is_array(value))
        return;
    put(out, '[', 0, 0);
    if (type)
        put(out, '$', (uint64_t) type, 1);
    put(out, '#', 0, 0);
    put(out, 'L', json_array_size(value), 8);
    json_array_foreach(value, i, inner)
    {
        if (!type)
            put_value(out, "", inner);
        else if (type == 'd')
            put(out, '\0', float_bits(json_number_value(inner)), 4);
        else
            put(out, '\0', (uint64_t) json_integer_value(inner), type == 'U' ? 1 : 4);
    }
}

#define TREE(left, right, feature, value, missing)                       \
    "{\"left_children\": [" left "], \"right_children\": [" right        \
    "], \"split_indices\": [" feature "], \"split_conditions\": [" value \
    "], \"default_left\": [" missing "]}"
#define MODEL(trees, info)                                                 \
    "{\"learner\": {\"gradient_booster\": {\"model\": {\"trees\": [" trees \
    "], \"tree_info\": [" info "]}}}}"

static written write_model(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    written out = {.count = 0};

    assert_non_null(root);
    put_value(&out, "", root);
    json_decref(root);
    return out;
}

static davy_status read_text(const char *json, davy_trees *trees)
{
    const written model = write_model(json);

    return davy_trees_read(trees, model.bytes, model.count);
}

static void trees_are_read_node_by_node(void **state)
{
    davy_trees trees = {0};

    (void) state;
    assert_ok(read_text(
        MODEL(TREE("1, -1, -1", "2, -1, -1", "3, 0, 0", "0.1, -2.0, 5.0", "1, 0, 0"), "2"),
        &trees));
    assert_int_equal(trees.count, 3);
    assert_int_equal(trees.groups[0], 2);
    assert_int_equal(trees.nodes[0].feature, 3);
    assert_true(trees.nodes[0].missing_yes);
    assert_true(trees.nodes[0].value == 0.1F);
    assert_int_equal(trees.nodes[1].feature, -1);
    assert_true(trees.nodes[1].value == -2.0F);
    assert_int_equal(davy_trees_depth(&trees), 1);
    davy_trees_clear(&trees);
}

static void what_is_no_tree_is_refused(void **state)
{
    static const struct {
        const char *json, *why;
    } cases[] = {
        {"{}", "no list of trees"},
        {"[{}]", "no list of trees"},
        {MODEL(TREE("-1", "-1", "0", "1.0", "0"), ""), "no list of trees"},
        {MODEL(TREE("-1", "", "0", "1.0", "0"), "0"), "unlike length"},
        {MODEL(TREE("-1", "-1", "0", "1", "0"), "0"), "another type"},
        {MODEL(TREE("-1.5", "-1", "0", "1.0", "0"), "0"), "another type"},
        {MODEL(TREE("-1", "-1", "0", "1.0", "0"), "-1"), "no group"},
        {MODEL(TREE("1, -1", "2, -1", "0, 0", "1.0, 2", "0, 0"), "0"), "branch to nowhere"},
        {MODEL(TREE("0, -1", "1, -1", "0, 0", "1.0, 2", "0, 0"), "0"), "branch to nowhere"},
        {MODEL(TREE("-1", "-1", "0", "1e99", "0"), "0"), "without a finite number"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_trees trees = {0};

        assert_fails(read_text(cases[i].json, &trees), DAVY_ERR_CORRUPT, cases[i].why);
        davy_trees_clear(&trees);
    }
}

/* Two trees of three nodes, at every length and with every byte another one: not refused is what
 * still is a model. Found by a sanitiser, if by anything. */
static void what_is_damaged_is_refused_or_a_model(void **state)
{
    const written model =
        write_model(MODEL(TREE("1, -1, -1", "2, -1, -1", "3, 0, 0", "0.1, -2.0, 5.0",
                               "1, 0, 0") ", " TREE("-1", "-1", "0", "1.0", "0"),
                          "0, 1"));

    (void) state;
    for (size_t length = 0; length < model.count; length++) {
        uint8_t *copy = malloc(length + 1); /* an end that a sanitiser watches */
        davy_trees trees = {0};
        davy_status status;

        assert_non_null(copy);
        memcpy(copy, model.bytes, length);
        status = davy_trees_read(&trees, copy, length);
        assert_true(length + 5 > model.count || status != DAVY_OK); /* braces at the end */
        davy_trees_clear(&trees);
        free(copy);
    }
    for (size_t i = 0; i < 8 * model.count; i++) {
        uint8_t *copy = malloc(model.count);
        davy_trees trees = {0};

        assert_non_null(copy);
        memcpy(copy, model.bytes, model.count);
        copy[i / 8] ^= (uint8_t) (1U << i % 8);
        if (davy_trees_read(&trees, copy, model.count) == DAVY_OK)
            assert_true(trees.trees <= 2 && trees.count <= 4);
        davy_trees_clear(&trees);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_read_node_by_node),
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(what_is_damaged_is_refused_or_a_model),
    };

    return cmocka_run_group_tests_name("models/trees_read", tests, NULL, NULL);
}
