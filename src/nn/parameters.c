/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/parameters.h"

#include "nn/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Floats that a value takes in a vector. */
static size_t room(const davy_tensor *tensor)
{
    return (davy_tensor_bytes(tensor) + DAVY_PLAN_ALIGNMENT - 1) / DAVY_PLAN_ALIGNMENT *
           DAVY_PLAN_ALIGNMENT / sizeof(float);
}

static davy_status list_values(const davy_graph *graph, davy_role role, davy_vector *vector)
{
    vector->values = calloc(graph->value_count + 1, sizeof *vector->values);
    if (!vector->values)
        return davy_fail(DAVY_ERR_NOMEM, "the parameters of '%s'", graph->name);
    for (size_t i = 0; i < graph->value_count; i++)
        if (graph->values[i].role == role) {
            vector->values[vector->value_count++] = (davy_value) i;
            vector->count += room(&graph->values[i].tensor);
        }
    return DAVY_OK;
}

/* Whether a training before this one has put them together. */
static bool lie_together(const davy_graph *graph, const davy_vector *vector)
{
    const float *next =
        vector->value_count ? davy_f32(&graph->values[vector->values[0]].tensor) : NULL;

    for (size_t i = 0; i < vector->value_count; i++) {
        const davy_tensor *tensor = &graph->values[vector->values[i]].tensor;

        if (tensor->data != next)
            return false;
        next += room(tensor);
    }
    return true;
}

/* Whether another value of the graph lies there too. */
static bool is_shared(const davy_graph *graph, const char *start, const char *end)
{
    for (size_t i = 0; i < graph->value_count; i++) {
        const char *data = graph->values[i].tensor.data;

        if (data && data < end && data + davy_tensor_bytes(&graph->values[i].tensor) > start)
            return true;
    }
    return false;
}

/* The graph's arena keeps where a parameter was; whole pages of it go back to the system, so that
 * training does not hold all weights twice. */
static void give_back(const davy_graph *graph, void *data, size_t bytes)
{
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    char *start = (char *) data + (page - (uintptr_t) data % page) % page;
    const char *end = (char *) data + bytes;

    if (end > start && (size_t) (end - start) >= page && !is_shared(graph, start, end))
        (void) madvise(start, (size_t) (end - start) / page * page, MADV_DONTNEED);
}

static void move(davy_graph *graph, const davy_vector *vector)
{
    float *to = vector->data;

    for (size_t i = 0; i < vector->value_count; i++) {
        davy_tensor *tensor = &graph->values[vector->values[i]].tensor;
        void *from = tensor->data;

        memcpy(to, from, davy_tensor_bytes(tensor));
        tensor->data = to;
        give_back(graph, from, davy_tensor_bytes(tensor));
        to += room(tensor);
    }
}

davy_status davy_vector_gather(davy_graph *graph, davy_role role, davy_vector *out)
{
    davy_vector vector = {.count = 0};
    davy_status status = list_values(graph, role, &vector);

    if (status != DAVY_OK)
        return status;
    if (vector.value_count && lie_together(graph, &vector)) {
        vector.data = davy_f32(&graph->values[vector.values[0]].tensor);
    } else {
        vector.data = davy_arena_array(&graph->arena, vector.count + 1, sizeof(float));
        if (!vector.data) {
            davy_vector_clear(&vector);
            return davy_fail(DAVY_ERR_NOMEM, "the parameters of '%s'", graph->name);
        }
        move(graph, &vector);
    }
    *out = vector;
    return DAVY_OK;
}

void davy_vector_clear(davy_vector *vector)
{
    free(vector->values);
    *vector = (davy_vector){.count = 0};
}

bool davy_all_finite(const float *numbers, size_t count)
{
    uint32_t sick = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &numbers[i], sizeof bits);
        sick |= (uint32_t) ((bits & 0x7f800000U) == 0x7f800000U); /* no branch: vectors */
    }
    return sick == 0;
}

const char *davy_vector_sick(const davy_vector *vector, const davy_graph *graph,
                             const float *numbers)
{
    for (size_t i = 0; i < vector->value_count; i++) {
        const davy_edge *edge = &graph->values[vector->values[i]];
        const size_t count = room(&edge->tensor);

        if (!davy_all_finite(numbers, count))
            return edge->name;
        numbers += count;
    }
    return NULL;
}

static bool has_prefix(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_learnt(const davy_edge *edge)
{
    return edge->role == DAVY_ROLE_PARAMETER || edge->role == DAVY_ROLE_STATISTIC;
}

static davy_status find_prefix(const davy_graph *graph, const char *prefix)
{
    for (size_t i = 0; i < graph->value_count; i++)
        if (is_learnt(&graph->values[i]) && has_prefix(graph->values[i].name, prefix))
            return DAVY_OK;
    return davy_fail(DAVY_ERR_NOT_FOUND, "no parameter of '%s' begins with '%.80s'", graph->name,
                     prefix);
}

davy_status davy_graph_freeze(davy_graph *graph, const char *const *prefixes, size_t count,
                              davy_role *kept)
{
    for (size_t p = 0; p < count; p++) {
        davy_status status = find_prefix(graph, prefixes[p]);

        if (status != DAVY_OK)
            return status;
    }
    for (size_t i = 0; i < graph->value_count; i++) {
        davy_edge *edge = &graph->values[i];

        kept[i] = edge->role;
        for (size_t p = 0; p < count; p++)
            if (is_learnt(edge) && has_prefix(edge->name, prefixes[p]))
                edge->role = DAVY_ROLE_CONSTANT;
    }
    return DAVY_OK;
}

void davy_graph_thaw(davy_graph *graph, const davy_role *kept, size_t count)
{
    for (size_t i = 0; i < count && i < graph->value_count; i++)
        graph->values[i].role = kept[i];
}
