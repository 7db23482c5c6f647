/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/checkpoint.h"

#include "core/file.h"
#include "little.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/davy-test-checkpoint-XXXXXX";
static char path[64];

/* The file. */

static davy_block block(const char *name, const void *bytes, size_t length)
{
    davy_block made = {.bytes = bytes, .length = length};

    memcpy(made.name, name, strlen(name));
    return made;
}

static void write_three(void)
{
    const davy_block blocks[] = {block("first", "one", 3), block("empty", "", 0),
                                 block("last", "twelve bytes", 12)};

    assert_ok(davy_checkpoint_write(path, blocks, DAVY_ARRAY_LENGTH(blocks)));
}

static void blocks_come_back(void **state)
{
    davy_checkpoint checkpoint;

    (void) state;
    write_three();
    assert_ok(davy_checkpoint_read(path, 1000, &checkpoint));
    assert_int_equal(checkpoint.count, 3);
    assert_int_equal(davy_checkpoint_find(&checkpoint, "empty")->length, 0);
    assert_int_equal(davy_checkpoint_find(&checkpoint, "last")->length, 12);
    assert_memory_equal(davy_checkpoint_find(&checkpoint, "last")->bytes, "twelve bytes", 12);
    assert_null(davy_checkpoint_find(&checkpoint, "twelfth"));
    davy_checkpoint_clear(&checkpoint);
}

static void a_file_without_blocks_is_fine(void **state)
{
    davy_checkpoint checkpoint;

    (void) state;
    assert_ok(davy_checkpoint_write(path, NULL, 0));
    assert_ok(davy_checkpoint_read(path, 1000, &checkpoint));
    assert_int_equal(checkpoint.count, 0);
    davy_checkpoint_clear(&checkpoint);
}

/* Every bit of the file: seen, or in the zeros between blocks, where it means nothing. */
static void every_flipped_bit_is_seen(void **state)
{
    davy_buffer file = {0};
    davy_checkpoint checkpoint;
    size_t unseen = 0;

    (void) state;
    write_three();
    assert_ok(davy_file_read(path, 1000, &file));
    for (size_t bit = 0; bit < file.length * 8; bit++) {
        file.bytes[bit / 8] ^= (char) (1 << bit % 8);
        if (davy_checkpoint_parse(file.bytes, file.length, &checkpoint) == DAVY_OK) {
            unseen++;
            assert_memory_equal(davy_checkpoint_find(&checkpoint, "first")->bytes, "one", 3);
            assert_memory_equal(davy_checkpoint_find(&checkpoint, "last")->bytes, "twelve", 6);
        } else {
            assert_int_equal(checkpoint.count, 0);
        }
        file.bytes[bit / 8] ^= (char) (1 << bit % 8);
    }
    /* head 24 + 3 * 56 + 8 = 200, then 56 zeros; 3 bytes, then 61 zeros */
    assert_int_equal(unseen, (56 + 61) * 8);
    davy_buffer_clear(&file);
}

static void every_cut_is_seen(void **state)
{
    davy_buffer file = {0};
    davy_checkpoint checkpoint;

    (void) state;
    write_three();
    assert_ok(davy_file_read(path, 1000, &file));
    for (size_t length = 0; length < file.length; length++) {
        char *cut = malloc(length + 1); /* of its own, so that a sanitizer sees a step beyond */

        memcpy(cut, file.bytes, length);
        assert_int_equal(davy_checkpoint_parse(cut, length, &checkpoint), DAVY_ERR_CORRUPT);
        free(cut);
    }
    davy_buffer_clear(&file);
}

static void failures_say_what_they_met(void **state)
{
    davy_checkpoint checkpoint;

    (void) state;
    write_three();
    assert_fails(davy_checkpoint_read(path, 100, &checkpoint), DAVY_ERR_FULL, path);
    assert_ok(davy_file_replace(path, "davyckpt\2\0\0\0\0\0\0\0\30\0\0\0\0\0\0\0", 24, 0600));
    assert_fails(davy_checkpoint_read(path, 1000, &checkpoint), DAVY_ERR_UNSUPPORTED, "version 2");
    assert_ok(davy_file_replace(path, "nothing", 7, 0600));
    assert_fails(davy_checkpoint_read(path, 1000, &checkpoint), DAVY_ERR_CORRUPT,
                 "is no checkpoint");
    (void) unlink(path);
    assert_fails(davy_checkpoint_read(path, 1000, &checkpoint), DAVY_ERR_NOT_FOUND, path);
}

/* The training in it. */

static struct davy_trainer *train(const struct little *little, const davy_trainer_options *options,
                                  davy_pool *pool)
{
    davy_trainer *trainer;

    assert_ok(davy_trainer_create(little->graph, little->loss, options, pool, &trainer));
    return trainer;
}

static void run_steps(davy_trainer *trainer, uint32_t from, uint32_t to)
{
    static struct little_batch batch;

    for (uint32_t i = from; i < to; i++)
        assert_ok(davy_trainer_step(trainer, little_fill(&batch, 32 * i, 32), NULL));
}

/* Six steps, cut after `cut` of them, or not. The weights, and then their average. */
static void six_steps(const davy_trainer_options *options, uint32_t cut, size_t threads,
                      float weights[2][LITTLE_WEIGHTS])
{
    struct little little = little_build(little_dropout);
    davy_pool *pool;
    davy_trainer *trainer;

    assert_ok(davy_pool_create(threads, &pool));
    trainer = train(&little, options, pool);
    run_steps(trainer, 0, cut ? cut : 6);
    if (cut) {
        assert_ok(davy_trainer_save(trainer, path, "", NULL, 0));
        davy_trainer_destroy(trainer);
        davy_graph_destroy(little.graph);
        little = little_build(little_dropout);
        trainer = train(&little, options, pool);
        assert_ok(davy_trainer_load(trainer, path, "", NULL));
        assert_int_equal(davy_trainer_steps(trainer), cut);
        run_steps(trainer, cut, 6);
    }
    little_weights(little.graph, weights[0]);
    davy_trainer_show_average(trainer, true);
    little_weights(little.graph, weights[1]);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
    davy_pool_destroy(pool);
}

static void three_steps_and_three_are_six_to_the_bit(void **state)
{
    static float whole[2][LITTLE_WEIGHTS], cut[2][LITTLE_WEIGHTS];

    (void) state;
    for (int kind = DAVY_OPTIMISER_ADAM; kind <= (int) DAVY_OPTIMISER_NESTEROV; kind++) {
        const davy_trainer_options options = {
            .optimiser = {.kind = (davy_optimiser_kind) kind,
                          .l1 = 1e-4F,
                          .l2 = 1e-3F,
                          .clip = 0.5F},
            .schedule = {.kind = DAVY_SCHEDULE_COSINE, .steps = 8, .warmup = 2},
            .average = 0.95F,
            .seed = 12};

        six_steps(&options, 0, 1, whole);
        assert_memory_not_equal(whole[0], whole[1], sizeof whole[0]);
        for (size_t threads = 1; threads <= 2; threads++) {
            six_steps(&options, 3, threads, cut);
            assert_memory_equal(whole[0], cut[0], sizeof whole[0]);
            assert_memory_equal(whole[1], cut[1], sizeof whole[1]);
        }
    }
}

/* What was kept, and what the caller gave, are in it too. */
static void a_checkpoint_has_what_was_kept(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){0}, NULL);
    float kept[LITTLE_WEIGHTS], now[LITTLE_WEIGHTS];
    davy_buffer extra = {0};

    (void) state;
    run_steps(trainer, 0, 2);
    assert_ok(davy_trainer_keep(trainer));
    little_weights(little.graph, kept);
    run_steps(trainer, 2, 4);
    assert_ok(davy_trainer_save(trainer, path, "mine\n", "seven", 5));
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);

    little = little_build(NULL);
    trainer = train(&little, &(davy_trainer_options){0}, NULL);
    assert_fails(davy_trainer_load(trainer, path, "yours\n", &extra), DAVY_ERR_INVALID,
                 "'mine' where this one has 'yours'");
    assert_int_equal(extra.length, 0);
    assert_ok(davy_trainer_load(trainer, path, "mine\n", &extra));
    assert_int_equal(extra.length, 5);
    assert_memory_equal(extra.bytes, "seven", 5);
    assert_ok(davy_trainer_recall(trainer));
    little_weights(little.graph, now);
    assert_memory_equal(kept, now, sizeof kept);
    davy_buffer_clear(&extra);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

static void another_training_is_told_by_the_line_that_differs(void **state)
{
    static const char *const prefixes[] = {"one/"};
    static const struct {
        davy_trainer_options options;
        const char *words;
    } cases[] = {
        {{.optimiser.kind = DAVY_OPTIMISER_SGD}, "'optimiser adam' where this one has 'optimiser"},
        {{.optimiser.rate = 0.5F}, "'rate 0.00100000005' where this one has 'rate 0.5'"},
        {{.seed = 7}, "'seed 0' where this one has 'seed 7'"},
        {{.schedule.warmup = 3}, "'schedule constant 0 0 0' where"},
        {{.average = 0.5F}, "'average 0' where this one has 'average 0.5'"},
        {{.frozen = prefixes, .frozen_count = 1},
         "'parameter 'one/weights' float[3, 16]' where this one has 'frozen 'one/weights'"},
    };
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){0}, NULL);

    (void) state;
    run_steps(trainer, 0, 1);
    assert_ok(davy_trainer_save(trainer, path, "", NULL, 0));
    davy_trainer_destroy(trainer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        trainer = train(&little, &cases[i].options, NULL);
        assert_fails(davy_trainer_load(trainer, path, "", NULL), DAVY_ERR_INVALID, cases[i].words);
        assert_int_equal(davy_trainer_steps(trainer), 0);
        davy_trainer_destroy(trainer);
    }
    davy_graph_destroy(little.graph);
}

static void another_graph_is_refused(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){0}, NULL);

    (void) state;
    assert_ok(davy_trainer_save(trainer, path, "", NULL, 0));
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
    little = little_build(little_dropout);
    trainer = train(&little, &(davy_trainer_options){0}, NULL);
    assert_fails(davy_trainer_load(trainer, path, "", NULL), DAVY_ERR_INVALID,
                 "'operator dense' where this one has 'operator dropout'");
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

/* A file made with care: checksums fit, numbers do not. */
static void numbers_that_cannot_be_are_refused(void **state)
{
    static const char *const names[] = {"weights", "moment", "square", "square", "average"};
    static const float sick[] = {NAN, INFINITY, NAN, -1.0F, -INFINITY};
    const davy_trainer_options options = {.average = 0.9F};
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &options, NULL);

    (void) state;
    run_steps(trainer, 0, 1);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_checkpoint checkpoint;
        davy_block blocks[DAVY_CHECKPOINT_BLOCKS_MAX];
        float before[LITTLE_WEIGHTS], after[LITTLE_WEIGHTS];

        assert_ok(davy_trainer_save(trainer, path, "", NULL, 0));
        assert_ok(davy_checkpoint_read(path, 100000, &checkpoint));
        memcpy(blocks, checkpoint.blocks, sizeof blocks);
        memcpy((char *) (uintptr_t) davy_checkpoint_find(&checkpoint, names[i])->bytes + 8,
               &sick[i], sizeof sick[i]);
        assert_ok(davy_checkpoint_write(path, blocks, checkpoint.count));
        davy_checkpoint_clear(&checkpoint);
        little_weights(little.graph, before);
        assert_fails(davy_trainer_load(trainer, path, "", NULL), DAVY_ERR_CORRUPT, names[i]);
        little_weights(little.graph, after);
        assert_memory_equal(before, after, sizeof before);
    }
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

static void blocks_that_are_missing_or_short_are_refused(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){0}, NULL);
    davy_checkpoint checkpoint;

    (void) state;
    run_steps(trainer, 0, 1);
    assert_ok(davy_trainer_keep(trainer));
    assert_ok(davy_trainer_save(trainer, path, "", NULL, 0));
    assert_ok(davy_checkpoint_read(path, 100000, &checkpoint));
    for (size_t i = 0; i < checkpoint.count; i++)
        for (int missing = 0; missing < 2; missing++) {
            davy_block blocks[DAVY_CHECKPOINT_BLOCKS_MAX];
            size_t count = checkpoint.count;
            davy_status status;

            memcpy(blocks, checkpoint.blocks, sizeof blocks);
            if (missing)
                blocks[i] = blocks[--count];
            else
                blocks[i].length -= blocks[i].length > 0;
            assert_ok(davy_checkpoint_write(path, blocks, count));
            status = davy_trainer_load(trainer, path, "", NULL);
            if (strcmp(checkpoint.blocks[i].name, missing ? "kept" : "extra") == 0 ||
                (!missing && checkpoint.blocks[i].length == 0))
                assert_ok(status); /* there need not be any */
            else
                assert_int_not_equal(status, DAVY_OK);
        }
    davy_checkpoint_clear(&checkpoint);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

static void what_is_not_finite_is_not_saved(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){0}, NULL);

    (void) state;
    (void) unlink(path);
    davy_f32(&little.graph->values[davy_graph_find(little.graph, "two/bias")].tensor)[0] = NAN;
    assert_fails(davy_trainer_save(trainer, path, "", NULL, 0), DAVY_ERR_INVALID,
                 "'two/bias' is not finite and is not saved");
    assert_int_equal(access(path, F_OK), -1);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

static void a_step_that_has_begun_is_not_saved(void **state)
{
    struct little little = little_build(NULL);
    davy_trainer *trainer = train(&little, &(davy_trainer_options){.average = 0.5F}, NULL);
    struct little_batch batch;

    (void) state;
    assert_ok(davy_trainer_accumulate(trainer, little_fill(&batch, 0, 32), NULL));
    assert_fails(davy_trainer_save(trainer, path, "", NULL, 0), DAVY_ERR_INVALID, "has begun");
    davy_trainer_show_average(trainer, true);
    assert_fails(davy_trainer_save(trainer, path, "", NULL, 0), DAVY_ERR_INVALID, "the average");
    assert_fails(davy_trainer_load(trainer, path, "", NULL), DAVY_ERR_INVALID, "the average");
    davy_trainer_destroy(trainer);
    davy_graph_destroy(little.graph);
}

static int make_folder(void **state)
{
    (void) state;
    if (!mkdtemp(folder))
        return -1;
    (void) snprintf(path, sizeof path, "%s/checkpoint", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void) state;
    (void) unlink(path);
    return rmdir(folder); /* and nothing else was left in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_back),
        cmocka_unit_test(a_file_without_blocks_is_fine),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(failures_say_what_they_met),
        cmocka_unit_test(three_steps_and_three_are_six_to_the_bit),
        cmocka_unit_test(a_checkpoint_has_what_was_kept),
        cmocka_unit_test(another_training_is_told_by_the_line_that_differs),
        cmocka_unit_test(another_graph_is_refused),
        cmocka_unit_test(numbers_that_cannot_be_are_refused),
        cmocka_unit_test(blocks_that_are_missing_or_short_are_refused),
        cmocka_unit_test(what_is_not_finite_is_not_saved),
        cmocka_unit_test(a_step_that_has_begun_is_not_saved),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
