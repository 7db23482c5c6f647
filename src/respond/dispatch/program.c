/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/program.h"

#include <float.h>

/** Entries of all sends. */
static size_t count_entries(const davy_problem *problem)
{
    size_t entries = 0;

    for (size_t u = 0; u < problem->question->unit_count; u++) {
        size_t held = 0;

        for (size_t r = 0; r < problem->reserve_count; r++)
            held += davy_problem_holds(problem, u, r);
        for (size_t t = 0; t < problem->question->task_count; t++)
            if (davy_problem_pair(problem, u, t)->unfit == DAVY_FIT)
                entries += 1 + held + problem->first_demand[t + 1] - problem->first_demand[t];
    }
    return entries;
}

static bool take_memory(davy_program *p, const davy_problem *problem, davy_arena *arena)
{
    const size_t units = problem->question->unit_count, tasks = problem->question->task_count;
    const size_t others = problem->demand_count + problem->reserve_count;
    const size_t columns = units * tasks + others + 1, rows = units + others + 1;
    const size_t entries = count_entries(problem) + others + 1;

    p->unit = davy_arena_array(arena, columns, sizeof *p->unit);
    p->task = davy_arena_array(arena, columns, sizeof *p->task);
    p->start = davy_arena_array(arena, columns + 1, sizeof *p->start);
    p->index = davy_arena_array(arena, entries, sizeof *p->index);
    p->value = davy_arena_array(arena, entries, sizeof *p->value);
    p->low = davy_arena_array(arena, columns, sizeof(double));
    p->high = davy_arena_array(arena, columns, sizeof(double));
    p->cost = davy_arena_array(arena, columns, sizeof(double));
    p->first = davy_arena_array(arena, columns, sizeof(double));
    p->row_low = davy_arena_array(arena, rows, sizeof(double));
    p->row_high = davy_arena_array(arena, rows, sizeof(double));
    return p->unit && p->task && p->start && p->index && p->value && p->low && p->high && p->cost &&
           p->first && p->row_low && p->row_high;
}

/** An entry of the column behind the last one. */
static void put(davy_program *p, size_t row, double value)
{
    const int at = p->start[p->columns + 1]++;

    p->index[at] = (int) row;
    p->value[at] = value;
}

/** Begin a column behind the last one; its entries follow, and then it counts. */
static void begin_column(davy_program *p, double high, double cost, double first)
{
    p->start[p->columns + 1] = p->start[p->columns];
    p->high[p->columns] = high;
    p->cost[p->columns] = cost;
    p->first[p->columns] = first;
}

static void begin_row(davy_program *p, double low, double high)
{
    p->row_low[p->rows] = low;
    p->row_high[p->rows++] = high;
}

static void add_send(davy_program *p, const davy_problem *problem, size_t u, size_t t, bool first)
{
    p->unit[p->pairs] = u;
    p->task[p->pairs++] = t;
    begin_column(p, 1.0, davy_problem_pair(problem, u, t)->cost, first);
    for (size_t d = problem->first_demand[t]; d < problem->first_demand[t + 1]; d++)
        if (davy_problem_gain(problem, u, d) > 0)
            put(p, d, davy_problem_gain(problem, u, d));
    for (size_t r = 0; r < problem->reserve_count; r++)
        if (davy_problem_holds(problem, u, r))
            put(p, problem->demand_count + r, 1.0);
    put(p, p->rows - 1, 1.0); /* the unit's row, the last one so far */
    p->columns++;
}

static void add_sends(davy_program *p, const davy_problem *problem, const size_t *choice)
{
    for (size_t u = 0; u < problem->question->unit_count; u++) {
        bool has_row = false;

        for (size_t t = 0; t < problem->question->task_count; t++) {
            if (davy_problem_pair(problem, u, t)->unfit != DAVY_FIT)
                continue;
            if (!has_row)
                begin_row(p, -DBL_MAX, 1.0);
            has_row = true;
            add_send(p, problem, u, t, choice[u] == t);
        }
    }
}

bool davy_program_write(davy_program *p, const davy_problem *problem, const size_t *choice,
                        davy_arena *arena)
{
    *p = (davy_program){0};
    if (!take_memory(p, problem, arena))
        return false;
    for (size_t d = 0; d < problem->demand_count; d++)
        begin_row(p, problem->demands[d].amount, DBL_MAX);
    for (size_t r = 0; r < problem->reserve_count; r++)
        begin_row(p, -DBL_MAX, problem->reserves[r].free - problem->reserves[r].keep);
    add_sends(p, problem, choice);
    for (size_t d = 0; d < problem->demand_count; d++) {
        begin_column(p, problem->demands[d].amount, problem->demands[d].price,
                     davy_problem_missing(problem, choice, d));
        put(p, d, 1.0);
        p->columns++;
    }
    for (size_t r = 0; r < problem->reserve_count; r++) {
        begin_column(p, problem->reserves[r].keep, problem->question->reserve_price_s,
                     davy_problem_short(problem, choice, r));
        put(p, problem->demand_count + r, -1.0);
        p->columns++;
    }
    return true;
}
