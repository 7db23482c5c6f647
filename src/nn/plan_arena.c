/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/plan_private.h"

#include <stdlib.h>

/* Above this many buffers the search for gaps, which is quadratic, gives way to no reuse. */
#define BUFFERS_MAX 8192

/* A piece of the arena that lives from time `first` to time `last`. */
struct buffer {
    size_t bytes, offset;
    size_t first, last;
};

struct layout {
    davy_plan *plan;
    struct buffer *buffers;
    size_t count;
    uint32_t *of_value; /* [value_count] index + 1 of the buffer of a home; 0 for none */
    uint32_t *of_diff;
    uint32_t *of_step; /* [3 * step_count] saved, scratch, scratch of the way back */
};

/* The steps forward are times 0 .. n-1; step s goes back at time 2n-1-s. */
static size_t time_back(const davy_plan *plan, size_t step)
{
    return 2 * plan->step_count - 1 - step;
}

static uint32_t add(struct layout *layout, size_t bytes, size_t first, size_t last)
{
    struct buffer *buffer = &layout->buffers[layout->count++];

    *buffer = (struct buffer){.bytes = (bytes + DAVY_PLAN_ALIGNMENT - 1) / DAVY_PLAN_ALIGNMENT *
                                       DAVY_PLAN_ALIGNMENT,
                              .first = first,
                              .last = last};
    layout->plan->naive_bytes += buffer->bytes;
    return (uint32_t) layout->count;
}

static void live_until(struct layout *layout, uint32_t buffer, size_t time)
{
    if (buffer && layout->buffers[buffer - 1].last < time)
        layout->buffers[buffer - 1].last = time;
}

/* The buffer of the memory where a value lies; 0 when that is not in the arena. */
static uint32_t buffer_of(const struct layout *layout, davy_value value)
{
    return value == DAVY_VALUE_NONE ? 0 : layout->of_value[layout->plan->values[value].home];
}

static void use_inputs(struct layout *layout, size_t s)
{
    const davy_step *step = &layout->plan->steps[s];
    const unsigned needs = step->node->op->needs;

    for (size_t i = 0; i < step->node->in_count; i++) {
        const uint32_t buffer = buffer_of(layout, step->node->in[i]);

        live_until(layout, buffer, s);
        if (step->back && (i >= 8 || (needs & DAVY_NEEDS_IN(i))))
            live_until(layout, buffer, time_back(layout->plan, s));
    }
    for (size_t i = 0; step->back && i < step->node->out_count; i++)
        if (i >= 8 || (needs & DAVY_NEEDS_OUT(i)))
            live_until(layout, buffer_of(layout, step->node->out[i]), time_back(layout->plan, s));
}

/* The input whose memory may become the first output's. */
static davy_value reused_input(const davy_node *node)
{
    size_t i = node->op->flags & DAVY_OP_IN_PLACE ? 0 : SIZE_MAX;

    if (node->op->flags & DAVY_OP_ADDS)
        i = DAVY_ADDED_INPUT;
    return i < node->in_count ? node->in[i] : DAVY_VALUE_NONE;
}

/* @return the buffer of an input that this output takes over; 0: none */
static uint32_t in_place(const struct layout *layout, size_t s, davy_value out)
{
    const davy_plan *plan = layout->plan;
    const davy_node *node = plan->steps[s].node;
    const davy_value in = reused_input(node);
    const uint32_t from = buffer_of(layout, in);
    size_t users = 0;

    if (!from || node->out[0] != out || layout->buffers[from - 1].last != s ||
        davy_tensor_bytes(&plan->values[out].tensor) != davy_tensor_bytes(&plan->values[in].tensor))
        return 0;
    for (size_t i = 0; i < node->in_count; i++)
        users += buffer_of(layout, node->in[i]) == from;
    return users == 1 ? from : 0;
}

/* Buffers of what step s makes, after the lives of what stands before it are known. */
static void place_outputs(struct layout *layout, const size_t *last, size_t s)
{
    davy_plan *plan = layout->plan;
    const davy_node *node = plan->steps[s].node;

    for (size_t i = 0; i < node->out_count; i++) {
        const davy_value out = node->out[i];

        if (out == DAVY_VALUE_NONE || plan->values[out].place != DAVY_PLACE_ARENA ||
            plan->values[out].home != out)
            continue;
        layout->of_value[out] = in_place(layout, s, out);
        if (layout->of_value[out]) {
            live_until(layout, layout->of_value[out], last[out]);
        } else {
            layout->of_value[out] =
                add(layout, davy_tensor_bytes(&plan->values[out].tensor), s, last[out]);
        }
    }
}

/* When the memory of each home is used for the last time. */
static bool find_last(struct layout *layout, size_t *last)
{
    davy_plan *plan = layout->plan;
    const size_t end = 2 * plan->step_count;
    struct buffer *lives = calloc(plan->graph->value_count + 1, sizeof *lives);

    if (!lives)
        return false;
    /* use_inputs() on a layout with one buffer a value. */
    for (size_t i = 0; i < plan->graph->value_count; i++)
        layout->of_value[i] = (uint32_t) i + 1;
    layout->buffers = lives;
    for (size_t s = 0; s < plan->step_count; s++) {
        use_inputs(layout, s);
        for (size_t i = 0; i < plan->steps[s].node->out_count; i++)
            live_until(layout, buffer_of(layout, plan->steps[s].node->out[i]), s);
    }
    for (size_t i = 0; i < plan->graph->output_count; i++)
        live_until(layout, buffer_of(layout, plan->graph->outputs[i]), end);
    live_until(layout, buffer_of(layout, plan->options.loss), end);
    for (size_t i = 0; i < plan->graph->value_count; i++) {
        last[i] = lives[i].last;
        layout->of_value[i] = 0;
    }
    free(lives);
    layout->buffers = NULL;
    return true;
}

/* A gradient lives from its last user's way back to its maker's. */
static void place_diffs(struct layout *layout, size_t s)
{
    davy_plan *plan = layout->plan;
    const davy_node *node = plan->steps[s].node;

    for (size_t i = 0; i < node->in_count; i++) {
        const davy_value in = node->in[i];
        const davy_planned *value = in == DAVY_VALUE_NONE ? NULL : &plan->values[in];

        if (!value || value->diff_place != DAVY_PLACE_ARENA || layout->of_diff[value->diff_home])
            continue;
        layout->of_diff[value->diff_home] =
            add(layout, davy_tensor_bytes(&value->tensor), time_back(plan, s),
                value->place == DAVY_PLACE_INPUT ? 2 * plan->step_count : time_back(plan, s));
    }
}

static void use_diffs(struct layout *layout, size_t s)
{
    davy_plan *plan = layout->plan;
    const davy_node *node = plan->steps[s].node;

    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE)
            live_until(layout, layout->of_diff[plan->values[node->out[i]].diff_home],
                       time_back(plan, s));
}

static void place_step(struct layout *layout, size_t s)
{
    const davy_step *step = &layout->plan->steps[s];
    const size_t back = time_back(layout->plan, s);

    if (step->saved_size)
        layout->of_step[3 * s] = add(layout, step->saved_size, s, step->back ? back : s);
    if (step->scratch_size)
        layout->of_step[3 * s + 1] = add(layout, step->scratch_size, s, s);
    if (step->scratch_size && step->back)
        layout->of_step[3 * s + 2] = add(layout, step->scratch_size, back, back);
}

static void list_buffers(struct layout *layout, const size_t *last)
{
    davy_plan *plan = layout->plan;

    for (size_t s = 0; s < plan->step_count; s++) {
        if (plan->steps[s].late)
            continue;
        place_outputs(layout, last, s);
        place_step(layout, s);
    }
    if (!plan->options.env.training || plan->options.loss == DAVY_VALUE_NONE)
        return;
    layout->of_diff[plan->values[plan->options.loss].diff_home] =
        add(layout, sizeof(float), plan->step_count, 2 * plan->step_count);
    for (size_t s = plan->step_count; s-- > 0;) {
        place_diffs(layout, s);
        use_diffs(layout, s);
    }
}

static int larger_first(const void *a, const void *b)
{
    const struct buffer *x = *(struct buffer *const *) a, *y = *(struct buffer *const *) b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y; /* the same plan in every run */
}

static bool collide(const struct buffer *a, const struct buffer *b)
{
    return a->first <= b->last && b->first <= a->last && a->offset < b->offset + b->bytes &&
           b->offset < a->offset + a->bytes;
}

/* The lowest place where a buffer meets none of those placed before. */
static void settle(struct buffer *buffer, struct buffer *const *placed, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (collide(buffer, placed[i])) {
            buffer->offset = placed[i]->offset + placed[i]->bytes;
            i = (size_t) -1; /* look at all of them again */
        }
}

static davy_status settle_all(struct layout *layout)
{
    struct buffer **order = calloc(layout->count + 1, sizeof(struct buffer *));
    size_t top = 0;

    if (!order)
        return davy_plan_fail_memory(layout->plan);
    for (size_t i = 0; i < layout->count; i++)
        order[i] = &layout->buffers[i];
    qsort(order, layout->count, sizeof(struct buffer *), larger_first);
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->count <= BUFFERS_MAX)
            settle(order[i], order, i);
        else
            order[i]->offset = top;
        if (order[i]->offset + order[i]->bytes > top)
            top = order[i]->offset + order[i]->bytes;
    }
    layout->plan->arena_bytes = top;
    free(order);
    return DAVY_OK;
}

static size_t offset_of(const struct layout *layout, uint32_t buffer)
{
    return buffer ? layout->buffers[buffer - 1].offset : 0;
}

static void write_offsets(struct layout *layout)
{
    davy_plan *plan = layout->plan;

    for (size_t i = 0; i < plan->graph->value_count; i++) {
        davy_planned *value = &plan->values[i];

        if (value->place == DAVY_PLACE_ARENA)
            value->offset = offset_of(layout, layout->of_value[value->home]);
        if (value->diff_place == DAVY_PLACE_ARENA)
            value->diff_offset = offset_of(layout, layout->of_diff[value->diff_home]);
    }
    for (size_t s = 0; s < plan->step_count; s++) {
        plan->steps[s].saved_offset = offset_of(layout, layout->of_step[3 * s]);
        plan->steps[s].scratch_offset = offset_of(layout, layout->of_step[3 * s + 1]);
        plan->steps[s].scratch_back_offset = offset_of(layout, layout->of_step[3 * s + 2]);
    }
}

davy_status davy_plan_arena(davy_plan *plan)
{
    const size_t values = plan->graph->value_count + 1;
    struct layout layout = {.plan = plan,
                            .of_value = calloc(values, sizeof *layout.of_value),
                            .of_diff = calloc(values, sizeof *layout.of_diff),
                            .of_step = calloc(3 * plan->step_count + 1, sizeof *layout.of_step)};
    size_t *last = calloc(values, sizeof *last);
    davy_status status = davy_plan_fail_memory(plan);

    if (layout.of_value && layout.of_diff && layout.of_step && last && find_last(&layout, last))
        layout.buffers = calloc(2 * values + 3 * plan->step_count, sizeof *layout.buffers);
    if (layout.buffers) {
        list_buffers(&layout, last);
        status = settle_all(&layout);
        write_offsets(&layout);
    }
    if (status == DAVY_OK && plan->arena_bytes > plan->options.env.memory_max)
        status = davy_fail(DAVY_ERR_FULL, "'%s' needs %zu bytes for these shapes; it may take %zu",
                           plan->graph->name, plan->arena_bytes, plan->options.env.memory_max);
    free(layout.of_value);
    free(layout.of_diff);
    free(layout.of_step);
    free(layout.buffers);
    free(last);
    return status;
}
