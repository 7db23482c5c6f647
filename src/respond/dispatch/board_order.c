/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/board_private.h"

#include <math.h>
#include <string.h>

#include "respond/dispatch/assemble.h"

/** A number of an object between two bounds; `*value` stays what it was without the key. */
static davy_status read_number(const json_t *object, const char *key, double low, double high,
                               double *value)
{
    const json_t *given = json_object_get(object, key);
    const double number = json_number_value(given);

    if (!given || json_is_null(given))
        return DAVY_OK;
    if (!json_is_number(given) || !(number >= low) || !(number <= high))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a number from %g to %g", key, low, high);
    *value = number;
    return DAVY_OK;
}

static const char *read_name(davy_board *board, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && strlen(text) <= DAVY_INCIDENT_TEXT_MAX + 16
               ? davy_dispatch_plan_text(&board->before, text)
               : NULL;
}

static davy_status read_assignments(davy_board *board, const json_t *list)
{
    const size_t count = json_array_size(list);
    davy_dispatch_plan *before = &board->before;

    if (count > DAVY_DISPATCH_UNITS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'assignments' of the plan before: at most %zu",
                         DAVY_DISPATCH_UNITS_MAX);
    before->assignments = davy_arena_array(&before->arena, count + 1, sizeof *before->assignments);
    if (!before->assignments)
        return davy_fail(DAVY_ERR_NOMEM, "plan before");
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        davy_assignment *was = &before->assignments[before->assignment_count++];
        davy_status status;

        was->unit = read_name(board, object, "resource");
        was->task = read_name(board, object, "task");
        was->staging = read_name(board, object, "staging");
        was->seconds = NAN;
        if (!was->unit || !was->task)
            return davy_fail(DAVY_ERR_INVALID,
                             "assignment %zu of the plan before has no 'resource' or no 'task'",
                             i + 1);
        status =
            read_number(object, "seconds", 0.0, DAVY_DISPATCH_WITHIN_MAX_S * 10.0, &was->seconds);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/** The tasks that the plan before could not cover are not new. */
static davy_status read_uncovered(davy_board *board, const json_t *list)
{
    const size_t count = json_array_size(list);
    davy_dispatch_plan *before = &board->before;

    if (count > DAVY_DISPATCH_TASKS_MAX * (DAVY_DISPATCH_NEEDS_MAX + 1))
        return davy_fail(DAVY_ERR_INVALID, "'uncovered' of the plan before: too many");
    before->lacks = davy_arena_array(&before->arena, count + 1, sizeof *before->lacks);
    if (!before->lacks)
        return davy_fail(DAVY_ERR_NOMEM, "plan before");
    for (size_t i = 0; i < count; i++) {
        const char *task = read_name(board, json_array_get(list, i), "task");

        if (task)
            before->lacks[before->lack_count++].task = task;
    }
    return DAVY_OK;
}

/** From its moment on the zones of a forecast hold instead of those of now. */
static davy_status read_forecast(davy_board *board, const json_t *forecast)
{
    const size_t now = board->question.closure_count;
    double from = DAVY_BOARD_FORECAST_S;
    davy_status status = read_number(forecast, "from", 1.0, DAVY_DISPATCH_WITHIN_MAX_S, &from);

    if (status == DAVY_OK)
        status = davy_board_zones(board, json_object_get(forecast, "impact"), from);
    for (size_t c = 0; status == DAVY_OK && c < now; c++)
        board->closures[c].to_s = from;
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "'forecast'");
}

static davy_status check_keys(const json_t *body)
{
    static const char *const keys[] = {"before", "forecast", "reserve", "reserve_price", "within"};
    const char *key;
    json_t *value;

    json_object_foreach((json_t *) body, key, value)
    {
        bool known = false;

        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
            known = known || strcmp(key, keys[i]) == 0;
        if (!known)
            return davy_fail(DAVY_ERR_INVALID,
                             "'%.64s' is none of before, forecast, reserve, reserve_price, within",
                             key);
    }
    return DAVY_OK;
}

static davy_status read_before(davy_board *board, const json_t *before)
{
    davy_status status = read_assignments(board, json_object_get(before, "assignments"));

    if (status == DAVY_OK)
        status = read_uncovered(board, json_object_get(before, "uncovered"));
    board->has_before = true;
    return status;
}

davy_status davy_board_order(davy_board *board, const json_t *body)
{
    const json_t *forecast = json_object_get(body, "forecast"),
                 *before = json_object_get(body, "before");
    double reserve = board->question.reserve, within = 0.0;
    davy_status status = check_keys(body);

    if (status == DAVY_OK)
        status = read_number(body, "reserve", 0.0, (double) DAVY_DISPATCH_UNITS_MAX, &reserve);
    if (status == DAVY_OK)
        status = read_number(body, "reserve_price", 0.0, DAVY_DISPATCH_LACK_S / 2.0,
                             &board->question.reserve_price_s);
    if (status == DAVY_OK)
        status = read_number(body, "within", 1.0, DAVY_DISPATCH_WITHIN_MAX_S, &within);
    if (status == DAVY_OK && json_is_object(before))
        status = read_before(board, before);
    if (status == DAVY_OK && json_is_object(forecast))
        status = read_forecast(board, forecast);
    board->question.reserve = (int) reserve;
    for (size_t t = 0; within > 0.0 && t < board->question.task_count; t++)
        board->tasks[t].within_s = within;
    return status;
}
