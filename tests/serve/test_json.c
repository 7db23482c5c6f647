/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/api/json.h"

#include "serve/limits.h"

static const davy_json_field fields[] = {{"comment", true, 8}, {"duration", false, 8}};

static davy_status read(const char *text)
{
    json_t *object = NULL;
    davy_status status =
        davy_json_read(text, strlen(text), fields, DAVY_ARRAY_LENGTH(fields), &object);

    json_decref(object);
    return status;
}

static void a_body_must_be_what_it_is_meant_to_be(void **state)
{
    (void) state;
    assert_ok(read("{\"comment\":\"seen\",\"duration\":\"5min\"}"));
    assert_fails(read(""), DAVY_ERR_INVALID, "needs 'comment'");
    assert_fails(read("{\"coment\":\"seen\"}"), DAVY_ERR_INVALID, "unknown key 'coment'");
    assert_fails(read("{\"comment\":1}"), DAVY_ERR_INVALID, "'comment' is not a text");
    assert_fails(read("{\"comment\":\"123456789\"}"), DAVY_ERR_INVALID, "longer than 8");
    assert_fails(read("{\"comment\":\"a\",\"comment\":\"b\"}"), DAVY_ERR_INVALID, "duplicate");
    assert_fails(read("[1]"), DAVY_ERR_INVALID, "not a JSON object");
    assert_fails(read("{\"comment\":\"\xFF\"}"), DAVY_ERR_INVALID, "not JSON");
    assert_fails(read("{\"comment\":\"a\"} x"), DAVY_ERR_INVALID, "not JSON");
    assert_fails(read("{\"comment\":"), DAVY_ERR_INVALID, "not JSON");
    assert_fails(read("{\"comment\":\"a\\u0000b\"}"), DAVY_ERR_INVALID, "not JSON");
}

static void nesting_is_refused_before_it_is_parsed(void **state)
{
    char deep[DAVY_HTTP_JSON_MAX];
    json_t *object;

    (void) state;
    memset(deep, '[', sizeof deep);
    assert_fails(davy_json_read(deep, sizeof deep, fields, 2, &object), DAVY_ERR_INVALID, "nested");
    /* brackets inside a text do not count */
    assert_fails(read("{\"comment\":\"[[[[[[[[[[[[\\\"[[\"}"), DAVY_ERR_INVALID, "longer than 8");
}

static void a_tree_of_another_stage_is_written_as_it_is(void **state)
{
    davy_buffer out = {0};
    json_t *tree = json_loads("{\"a\":[1,2.5,true,false,null,\"x\"],\"b\":{}}", 0, NULL);

    (void) state;
    davy_json_tree(&out, NULL, tree);
    assert_string_equal(out.bytes, "{\"a\":[1,2.5,true,false,null,\"x\"],\"b\":{}}");
    json_decref(tree);
    davy_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_must_be_what_it_is_meant_to_be),
        cmocka_unit_test(nesting_is_refused_before_it_is_parsed),
        cmocka_unit_test(a_tree_of_another_stage_is_written_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
