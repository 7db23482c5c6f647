/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/cut.h"

#include "little.h"
#include "nn/network.h"
#include "nn/op.h"

/* What the trainer evaluates and what is left answer the same, and the targets are gone. */
static void a_trained_graph_is_served_without_its_loss(void **state)
{
    struct little little = little_build(little_dropout);
    struct little_batch batch;
    davy_trainer *trainer;
    davy_network *network;
    davy_session *session;
    davy_tensor y;
    float expected[40];

    (void) state;
    assert_ok(
        davy_trainer_create(little.graph, little.loss, &(davy_trainer_options){0}, NULL, &trainer));
    assert_ok(davy_trainer_step(trainer, little_fill(&batch, 0, 32), NULL));
    assert_ok(davy_trainer_evaluate(trainer, little_fill(&batch, 32, 20), NULL));
    memcpy(expected, davy_trainer_output(trainer, 0)->data, sizeof expected);
    davy_trainer_destroy(trainer);

    assert_ok(davy_graph_cut(little.graph, &little.y, 1));
    assert_int_equal(little.graph->input_count, 1);
    assert_int_equal(little.graph->output_count, 1);
    for (size_t i = 0; i < little.graph->node_count; i++)
        assert_string_not_equal(little.graph->nodes[i].op->name, "mse");
    assert_ok(davy_network_create(little.graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, batch.inputs, &y));
    for (size_t i = 0; i < 40; i++)
        assert_near(davy_f32(&y)[i], expected[i], 1e-6);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void a_graph_still_grows_after_a_cut(void **state)
{
    struct little little = little_build(NULL);
    davy_value hidden = little.graph->nodes[1].out[0], more;

    (void) state;
    assert_ok(davy_graph_cut(little.graph, &hidden, 1));
    assert_int_equal(little.graph->node_count, 2);
    more = little_layer(little.graph, "three", hidden, 16, 5);
    assert_int_equal(davy_graph_tensor(little.graph, more)->dims[1], 5);
    davy_graph_output(little.graph, more);
    assert_ok(davy_graph_status(little.graph));
    davy_graph_destroy(little.graph);
}

static void refuses_outputs_that_no_node_makes(void **state)
{
    struct little little = little_build(NULL);

    (void) state;
    assert_fails(davy_graph_cut(little.graph, &little.graph->inputs[0], 1), DAVY_ERR_INVALID,
                 "output 0 of 'little'");
    assert_int_equal(little.graph->input_count, 2);
    davy_graph_destroy(little.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trained_graph_is_served_without_its_loss),
        cmocka_unit_test(a_graph_still_grows_after_a_cut),
        cmocka_unit_test(refuses_outputs_that_no_node_makes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
