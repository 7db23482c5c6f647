/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/optimum.h"

#include <coin/Cbc_C_Interface.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "respond/dispatch/problem.h"

/**
 * The integer program, columns in this order:
 *
 *     send[k]   0 or 1   one for each possible pair of a unit and a task
 *     lack[d]   >= 0     what is missing of demand d
 *     short[r]  >= 0     what is missing of reserve r
 *
 * rows: a unit is sent once at most; gains + lack[d] >= amount[d]; the holders of r that are sent
 * - short[r] <= free[r] - keep[r]. Lacks and shorts are whole by themselves when the sends are.
 */
typedef struct columns {
    size_t *unit, *task; /* [pairs] of a send */
    int *index;          /* [columns] of a row */
    double *value;
    size_t pairs, count;
} columns;

/* Cbc's command line solver, which its C interface goes through, has state of the process. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static bool list_columns(const davy_problem *problem, davy_arena *arena, columns *list)
{
    const size_t units = problem->question->unit_count, tasks = problem->question->task_count;
    const size_t most = units * tasks + problem->demand_count + problem->reserve_count + 1;

    list->unit = davy_arena_array(arena, most, sizeof *list->unit);
    list->task = davy_arena_array(arena, most, sizeof *list->task);
    list->index = davy_arena_array(arena, most, sizeof *list->index);
    list->value = davy_arena_array(arena, most, sizeof *list->value);
    if (!list->unit || !list->task || !list->index || !list->value)
        return false;
    for (size_t u = 0; u < units; u++)
        for (size_t t = 0; t < tasks; t++)
            if (davy_problem_pair(problem, u, t)->unfit == DAVY_FIT) {
                list->unit[list->pairs] = u;
                list->task[list->pairs++] = t;
            }
    list->count = list->pairs + problem->demand_count + problem->reserve_count;
    return true;
}

static void add_columns(const davy_problem *problem, const columns *list, Cbc_Model *model)
{
    for (size_t k = 0; k < list->pairs; k++)
        Cbc_addCol(model, "", 0.0, 1.0,
                   davy_problem_pair(problem, list->unit[k], list->task[k])->cost, 1, 0, NULL,
                   NULL);
    for (size_t d = 0; d < problem->demand_count; d++)
        Cbc_addCol(model, "", 0.0, problem->demands[d].amount, problem->demands[d].price, 0, 0,
                   NULL, NULL);
    for (size_t r = 0; r < problem->reserve_count; r++)
        Cbc_addCol(model, "", 0.0, problem->reserves[r].keep, problem->question->reserve_price_s, 0,
                   0, NULL, NULL);
}

static void put(const columns *list, int *count, size_t column, double value)
{
    list->index[*count] = (int) column;
    list->value[(*count)++] = value;
}

static void add_rows(const davy_problem *problem, const columns *list, Cbc_Model *model)
{
    for (size_t k = 0; k < list->pairs;) {
        const size_t unit = list->unit[k];
        int count = 0;

        for (; k < list->pairs && list->unit[k] == unit; k++)
            put(list, &count, k, 1.0);
        Cbc_addRow(model, "", count, list->index, list->value, 'L', 1.0);
    }
    for (size_t d = 0; d < problem->demand_count; d++) {
        int count = 0;

        for (size_t k = 0; k < list->pairs; k++)
            if (list->task[k] == problem->demands[d].task &&
                davy_problem_gain(problem, list->unit[k], d) > 0)
                put(list, &count, k, davy_problem_gain(problem, list->unit[k], d));
        put(list, &count, list->pairs + d, 1.0);
        Cbc_addRow(model, "", count, list->index, list->value, 'G', problem->demands[d].amount);
    }
    for (size_t r = 0; r < problem->reserve_count; r++) {
        int count = 0;

        for (size_t k = 0; k < list->pairs; k++)
            if (davy_problem_holds(problem, list->unit[k], r))
                put(list, &count, k, 1.0);
        put(list, &count, list->pairs + problem->demand_count + r, -1.0);
        Cbc_addRow(model, "", count, list->index, list->value, 'L',
                   problem->reserves[r].free - problem->reserves[r].keep);
    }
}

/** The first answer as a start, so that there is always something to stop with. */
static void add_start(const davy_problem *problem, const columns *list, const size_t *choice,
                      Cbc_Model *model)
{
    for (size_t k = 0; k < list->pairs; k++)
        list->value[k] = choice[list->unit[k]] == list->task[k] ? 1.0 : 0.0;
    for (size_t d = 0; d < problem->demand_count; d++)
        list->value[list->pairs + d] = davy_problem_missing(problem, choice, d);
    for (size_t r = 0; r < problem->reserve_count; r++)
        list->value[list->pairs + problem->demand_count + r] =
            davy_problem_short(problem, choice, r);
    for (size_t k = 0; k < list->count; k++)
        list->index[k] = (int) k;
    Cbc_setMIPStartI(model, (int) list->count, list->index, list->value);
}

/** Solve in silence; Cbc puts a handler of its own on Ctrl-C, which is not its business here. */
static void solve(Cbc_Model *model)
{
    struct sigaction interrupt;

    (void) sigaction(SIGINT, NULL, &interrupt);
    Cbc_solve(model);
    (void) sigaction(SIGINT, &interrupt, NULL);
}

static void read_choice(const columns *list, const double *solution, size_t units, size_t *choice)
{
    for (size_t u = 0; u < units; u++)
        choice[u] = DAVY_IDLE;
    for (size_t k = 0; k < list->pairs; k++)
        if (solution[k] > 0.5)
            choice[list->unit[k]] = list->task[k];
}

/** Take the solution when it costs no more than the choice that is there. */
static davy_optimum read_solution(const davy_problem *problem, const columns *list,
                                  Cbc_Model *model, davy_arena *arena, size_t *choice)
{
    davy_optimum optimum = {.bound = Cbc_getBestPossibleObjValue(model)};
    const size_t units = problem->question->unit_count;
    const double *solution = Cbc_bestSolution(model);
    const double before = davy_problem_cost(problem, choice);
    size_t *better = davy_arena_array(arena, units + 1, sizeof *better);
    double after;

    if (!solution || !better)
        return optimum;
    read_choice(list, solution, units, better);
    after = davy_problem_cost(problem, better);
    optimum.found = after <= before + 1e-6 * fabs(before);
    optimum.proven = optimum.found && Cbc_isProvenOptimal(model);
    if (optimum.found && after < before)
        for (size_t u = 0; u < units; u++)
            choice[u] = better[u];
    return optimum;
}

davy_optimum davy_optimise(const davy_problem *problem, size_t *choice)
{
    davy_optimum optimum = {.bound = NAN};
    davy_arena arena = {0};
    columns list = {0};
    Cbc_Model *model;

    if (!list_columns(problem, &arena, &list))
        return optimum;
    if (list.pairs == 0) {
        /* Nobody can be sent anywhere: there is one plan. */
        optimum = (davy_optimum){true, true, davy_problem_cost(problem, choice)};
        davy_arena_clear(&arena);
        return optimum;
    }
    (void) pthread_mutex_lock(&one_at_a_time);
    model = Cbc_newModel();
    Cbc_setLogLevel(model, 0);
    Cbc_setParameter(model, "log", "0");
    Cbc_setParameter(model, "timeMode", "elapsed"); /* a person waits for it, not a processor */
    add_columns(problem, &list, model);
    add_rows(problem, &list, model);
    add_start(problem, &list, choice, model);
    Cbc_setMaximumSeconds(model, problem->question->limit_s);
    solve(model);
    optimum = read_solution(problem, &list, model, &arena, choice);
    Cbc_deleteModel(model);
    (void) pthread_mutex_unlock(&one_at_a_time);
    davy_arena_clear(&arena);
    return optimum;
}

const char *davy_optimum_version(void)
{
    return Cbc_getVersion();
}
