/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Does a repository keep what it loads and unloads? 10,000 times a model of 256 x 256 weights is
 * loaded, asked once and unloaded, and the memory of the process is printed on the way.
 *
 *     build/bench/bench_reload [TIMES]
 */
#include "core/buffer.h"
#include "core/clock.h"
#include "core/file.h"
#include "infer/repository.h"
#include "nn/layers.h"
#include "nn/onnx/onnx.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 256
#define TIMES 10000
#define LINES 10

static davy_status write_model(const char *folder)
{
    char path[128];
    davy_graph *graph = NULL;
    davy_buffer bytes = {0};
    davy_status status = davy_graph_create("dense", 0, &graph);

    if (status != DAVY_OK)
        return status;
    davy_graph_output(graph, davy_layer_dense(graph, "y",
                                              davy_graph_input(graph, "x", DAVY_TYPE_F32, 2,
                                                               (int64_t[]){-1, WIDTH}),
                                              WIDTH, DAVY_ACTIVATION_RELU));
    davy_layers_initialise(graph, 1);
    status = davy_onnx_export(graph, NULL, 0, &bytes);
    davy_graph_destroy(graph);
    (void) snprintf(path, sizeof path, "%s/dense/1", folder);
    if (status == DAVY_OK)
        status = davy_folder_make(path, 0755);
    (void) snprintf(path, sizeof path, "%s/dense/1/model.onnx", folder);
    if (status == DAVY_OK)
        status = davy_file_replace(path, bytes.bytes, bytes.length, 0644);
    davy_buffer_clear(&bytes);
    return status;
}

static davy_status ask(davy_repository *repository)
{
    static float row[WIDTH];
    const davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, WIDTH}, .data = row};
    davy_lease *lease = NULL;
    davy_instance *instance = NULL;
    davy_tensor output;
    davy_status status = davy_repository_acquire(repository, "dense", "", &lease);

    if (status == DAVY_OK)
        status = davy_instance_create(davy_lease_served(lease), NULL, &instance);
    if (status == DAVY_OK)
        status = davy_instance_run(instance, &input, &output);
    davy_instance_destroy(instance);
    davy_lease_release(lease);
    return status;
}

static long resident_kilobytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file) {
        if (fscanf(file, "%*s %ld", &pages) != 1)
            pages = 0;
        (void) fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static davy_status reload(const char *folder, size_t times)
{
    const davy_repository_options options = {.folder = folder, .control = DAVY_CONTROL_EXPLICIT};
    davy_repository *repository = NULL;
    const int64_t begin = davy_monotonic_ns(davy_clock_system());
    davy_status status = davy_repository_open(&options, &repository);

    for (size_t i = 1; i <= times && status == DAVY_OK; i++) {
        status = davy_repository_load(repository, "dense", NULL, NULL, 0);
        if (status == DAVY_OK)
            status = ask(repository);
        if (status == DAVY_OK)
            status = davy_repository_unload(repository, "dense", false);
        if (i == 1 || i % (times / LINES + 1) == 0 || i == times)
            (void) printf("%8zu loads  %8ld KiB resident  %8zu bytes in use\n", i,
                          resident_kilobytes(), mallinfo2().uordblks);
    }
    davy_repository_close(repository);
    if (status == DAVY_OK)
        (void) printf("%.0f microseconds for a load, a question and an unload\n",
                      (double) (davy_monotonic_ns(davy_clock_system()) - begin) / 1e3 /
                          (double) times);
    return status;
}

int main(int count, char **arguments)
{
    char folder[] = "/tmp/davy-reload-XXXXXX", path[128];
    const size_t times = count > 1 ? strtoul(arguments[1], NULL, 10) : TIMES;
    davy_status status;

    if (!mkdtemp(folder))
        return 1;
    status = write_model(folder);
    if (status == DAVY_OK)
        status = reload(folder, times);
    if (status != DAVY_OK)
        (void) fprintf(stderr, "%s\n", davy_error());
    for (const char *const *name =
             (const char *const[]){"/dense/1/model.onnx", "/dense/1", "/dense", "", NULL};
         *name; name++) {
        (void) snprintf(path, sizeof path, "%s%s", folder, *name);
        (void) remove(path);
    }
    return status == DAVY_OK ? 0 : 1;
}
