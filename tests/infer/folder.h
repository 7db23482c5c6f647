/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../models/plant.h"

#include "core/file.h"
#include "infer/repository.h"
#include "nn/graph.h"
#include "nn/onnx/onnx.h"

#include <time.h>

/**
 * @file
 * A folder of models of its own for every test, and small models to put there: y = factor * x, of
 * any number of rows of two.
 */
static char folder[64];

static inline int folder_set_up(void **state)
{
    (void) state;
    plant_folder(folder);
    return 0;
}

static inline int folder_tear_down(void **state)
{
    (void) state;
    plant_remove(folder);
    return 0;
}

/* "FOLDER/path", in a place that the next eight calls leave alone. */
static inline const char *folder_path(const char *format, ...)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    va_list arguments;
    int used = snprintf(path, sizeof paths[0], "%s/", folder);

    va_start(arguments, format);
    (void) vsnprintf(path + used, sizeof paths[0] - (size_t) used, format, arguments);
    va_end(arguments);
    return path;
}

/* A file as anybody writes one: in place, and in a folder that is made for it. */
static inline void folder_write(const char *path, const void *bytes, size_t length)
{
    char parent[512];
    FILE *file;

    (void) snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = '\0';
    assert_ok(davy_folder_make(parent, 0755));
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void folder_write_text(const char *path, const char *text)
{
    folder_write(path, text, strlen(text));
}

static inline void folder_onnx(float factor, davy_buffer *out)
{
    const davy_tensor number = {.type = DAVY_TYPE_F32, .data = &factor};
    davy_graph *graph = NULL;
    davy_value in[2], y;

    assert_ok(davy_graph_create("scale", 0, &graph));
    in[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    in[1] = davy_graph_constant(graph, "factor", &number);
    y = davy_graph_node(graph, "mul", in, 2, 1)->out[0];
    davy_graph_name(graph, y, "y");
    davy_graph_output(graph, y);
    assert_ok(davy_onnx_export(graph, NULL, 0, out));
    davy_graph_destroy(graph);
}

/* NAME/VERSION/model.onnx that answers factor * x. */
static inline void folder_put(const char *name, unsigned version, float factor)
{
    davy_buffer bytes = {0};

    folder_onnx(factor, &bytes);
    folder_write(folder_path("%s/%u/model.onnx", name, version), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}

/* Wait until what was written counts as whole. */
#define FOLDER_POLL_NS INT64_C(20000000)

static inline void folder_settle(void)
{
    const struct timespec time = {.tv_nsec = FOLDER_POLL_NS + FOLDER_POLL_NS / 2};

    (void) nanosleep(&time, NULL);
}

/* The repository of the folder, with looks that a test can wait for. */
static inline davy_repository *folder_open(davy_model_control control)
{
    const davy_repository_options options = {
        .folder = folder, .control = control, .poll_ns = FOLDER_POLL_NS};
    davy_repository *repository = NULL;

    assert_ok(davy_repository_open(&options, &repository));
    return repository;
}

/* What a held version makes of 1. */
static inline davy_status folder_ask(const davy_lease *lease, float *answer)
{
    float row[2] = {1, 2};
    const davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 2}, .data = row};
    davy_instance *instance = NULL;
    davy_tensor output;
    davy_status status = davy_instance_create(davy_lease_served(lease), NULL, &instance);

    if (status == DAVY_OK)
        status = davy_instance_run(instance, &input, &output);
    if (status == DAVY_OK)
        *answer = davy_f32(&output)[0];
    davy_instance_destroy(instance);
    return status;
}

/* The factor of the version that is meant. */
static inline float folder_factor(davy_repository *repository, const char *name,
                                  const char *version)
{
    davy_lease *lease = NULL;
    float answer = -1;

    assert_ok(davy_repository_acquire(repository, name, version, &lease));
    assert_ok(folder_ask(lease, &answer));
    davy_lease_release(lease);
    return answer;
}
