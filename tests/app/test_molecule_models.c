/* SPDX-License-Identifier: Apache-2.0 */
#include "../models/plant.h"

#include "app/molecule_models.h"
#include "core/file.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define ROWS 40

static char registry[64];

static int set_up(void **state)
{
    (void) state;
    plant_folder(registry);
    return 0;
}

static int tear_down(void **state)
{
    (void) state;
    plant_remove(registry);
    return 0;
}

/* A version that answers 3 x + 1, whose columns are said to be of molecules or not. */
static void learn(const char *name, const char *molecules, char folder[1024])
{
    static const char *const settings[] = {"holdout=0"};
    davy_table table = plant_table(ROWS, 1);
    davy_train_report report;
    const davy_train_options options = {.name = name,
                                        .kind = "linear",
                                        .task = "regress",
                                        .registry = registry,
                                        .settings = settings,
                                        .setting_count = DAVY_ARRAY_LENGTH(settings),
                                        .label = "y",
                                        .molecules = molecules,
                                        .unchecked = true};

    table.labels = calloc(ROWS, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t i = 0; i < ROWS; i++) {
        table.values[i] = (double) (i * 7 % 13);
        table.labels[i] = 3 * table.values[i] + 1;
    }
    assert_ok(davy_train(&table, &options, &report));
    (void) snprintf(folder, 1024, "%s", report.folder);
    davy_table_clear(&table);
}

static davy_molecule_models *make(size_t bytes_max)
{
    davy_molecule_models *models;

    assert_ok(davy_molecule_models_create(bytes_max, &models));
    return models;
}

static const davy_predictor *acquire(davy_molecule_models *models, const char *folder)
{
    const davy_predictor *predictor;

    assert_ok(davy_molecule_models_acquire(models, folder, &predictor));
    return predictor;
}

static void what_was_opened_is_not_opened_again(void **state)
{
    davy_molecule_models *models = make(DAVY_MOLECULE_MODELS_BYTES);
    const davy_predictor *first, *second;
    char folder[1024];

    (void) state;
    learn("dose", "radius=2", folder);
    first = acquire(models, folder);
    assert_non_null(first);
    assert_string_equal(davy_predictor_describe(first)->molecules, "radius=2");
    second = acquire(models, folder);
    assert_ptr_equal(first, second);
    davy_molecule_models_release(models, second);
    davy_molecule_models_release(models, first);
    /* Nobody uses it, and it is open still. */
    assert_ptr_equal(acquire(models, folder), first);
    davy_molecule_models_release(models, first);
    davy_molecule_models_release(models, NULL);
    davy_molecule_models_destroy(models);
    davy_molecule_models_destroy(NULL);
}

/* Written again with the same bytes: the change time is another. */
static void touch(const char *folder)
{
    struct timespec past[2] = {{1, 0}, {1, 0}};
    char path[1100];

    (void) snprintf(path, sizeof path, "%s/model.json", folder);
    assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
}

static void what_was_changed_is_opened_anew_and_the_old_lives_while_it_is_used(void **state)
{
    davy_molecule_models *models = make(DAVY_MOLECULE_MODELS_BYTES);
    const davy_predictor *before, *after;
    char folder[1024];

    (void) state;
    learn("dose", "radius=2", folder);
    before = acquire(models, folder);
    touch(folder);
    after = acquire(models, folder);
    assert_ptr_not_equal(before, after);
    assert_string_equal(davy_predictor_describe(before)->name, "dose");
    davy_molecule_models_release(models, before);
    assert_ptr_equal(acquire(models, folder), after);
    davy_molecule_models_release(models, after);
    davy_molecule_models_release(models, after);
    davy_molecule_models_destroy(models);
}

static void damage_is_told_each_time_and_mended_when_it_is_gone(void **state)
{
    davy_molecule_models *models = make(DAVY_MOLECULE_MODELS_BYTES);
    const davy_predictor *predictor = NULL;
    char folder[1024], path[1100], aside[1100];

    (void) state;
    learn("dose", "radius=2", folder);
    davy_molecule_models_release(models, acquire(models, folder));
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    (void) snprintf(aside, sizeof aside, "%s/aside", folder);
    assert_int_equal(rename(path, aside), 0);
    assert_ok(davy_file_replace(path, "nonsense", 8, 0644));
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(davy_molecule_models_acquire(models, folder, &predictor), DAVY_OK);
        assert_null(predictor);
    }
    assert_int_equal(rename(aside, path), 0);
    predictor = acquire(models, folder);
    assert_non_null(predictor);
    davy_molecule_models_release(models, predictor);
    davy_molecule_models_destroy(models);
}

static void a_model_of_other_things_is_passed_over(void **state)
{
    davy_molecule_models *models = make(DAVY_MOLECULE_MODELS_BYTES);
    const davy_predictor *predictor = (const davy_predictor *) models; /* anything but NULL */
    char folder[1024];

    (void) state;
    learn("pump", NULL, folder);
    for (int i = 0; i < 2; i++) {
        assert_ok(davy_molecule_models_acquire(models, folder, &predictor));
        assert_null(predictor);
    }
    davy_molecule_models_destroy(models);
}

/* With room for nothing, one that is used stays and one that is not goes. */
static void room_is_made_of_what_nobody_uses(void **state)
{
    davy_molecule_models *models = make(1);
    const davy_predictor *used, *other;
    char first[1024], second[1024];

    (void) state;
    learn("dose", "radius=2", first);
    learn("flash", "radius=2", second);
    used = acquire(models, first);
    other = acquire(models, second);
    davy_molecule_models_release(models, other);
    assert_ptr_equal(acquire(models, first), used);
    davy_molecule_models_release(models, used);
    davy_molecule_models_release(models, used);
    other = acquire(models, second);
    assert_string_equal(davy_predictor_describe(other)->name, "flash");
    davy_molecule_models_release(models, other);
    davy_molecule_models_destroy(models);
}

typedef struct asking {
    davy_molecule_models *models;
    const char *const *folders;
    bool failed;
} asking;

static void *ask_often(void *context)
{
    asking *a = context;

    for (int i = 0; i < 60 && !a->failed; i++) {
        const davy_predictor *predictor = NULL;

        a->failed =
            davy_molecule_models_acquire(a->models, a->folders[i % 2], &predictor) != DAVY_OK ||
            strcmp(davy_predictor_describe(predictor)->name, i % 2 ? "flash" : "dose") != 0;
        davy_molecule_models_release(a->models, predictor);
    }
    return NULL;
}

/* Room for one: threads open, use and close all the time. */
static void threads_share_them(void **state)
{
    char first[1024], second[1024];
    const char *const folders[] = {first, second};
    davy_molecule_models *models = make(1);
    asking asks[4];
    pthread_t threads[4];

    (void) state;
    learn("dose", "radius=2", first);
    learn("flash", "radius=2", second);
    for (size_t i = 0; i < 4; i++) {
        asks[i] = (asking){models, folders, false};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &asks[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_false(asks[i].failed);
    }
    davy_molecule_models_destroy(models);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_opened_is_not_opened_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_was_changed_is_opened_anew_and_the_old_lives_while_it_is_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_told_each_time_and_mended_when_it_is_gone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_model_of_other_things_is_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(room_is_made_of_what_nobody_uses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_them, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
