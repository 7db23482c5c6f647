/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/trainer.h"

#include "little.h"

static struct davy_trainer *train(const struct little *little, const davy_trainer_options *options)
{
    davy_trainer *trainer;

    assert_ok(davy_trainer_create(little->graph, little->loss, options, NULL, &trainer));
    return trainer;
}

static void the_loss_falls(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){.optimiser.rate = 0.01F});
    static struct little_batch batch;
    float first = 0.0F, loss = 0.0F;

    (void) state;
    for (uint32_t i = 0; i < 300; i++) {
        assert_ok(davy_trainer_step(trainer, little_fill(&batch, i % 8 * 32, 32), &loss));
        first = i == 0 ? loss : first;
    }
    assert_true(loss < 0.05F * first);
    assert_int_equal(davy_trainer_steps(trainer), 300);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_falls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
