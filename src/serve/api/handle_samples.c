/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "core/clock.h"
#include "core/quantity.h"
#include "serve/handlers.h"
#include "serve/samples/samples.h"

#define PIXELS_MAX 100000

/* step=10s, or pixels=1200 for a step that gives at most so many. */
static davy_status read_step(const davy_call *call, davy_samples_query *query)
{
    const char *step = davy_target_parameter(&call->target, "step");
    int64_t step_ns = 0;
    uint64_t pixels;
    davy_status status = davy_call_number(call, "pixels", 1, PIXELS_MAX, 0, &pixels);

    if (status != DAVY_OK)
        return status;
    if (step && pixels > 0)
        return davy_fail(DAVY_ERR_INVALID, "the query has both 'step' and 'pixels'");
    if (step && davy_duration_parse(step, &step_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'step'");
    return step || pixels > 0 ? davy_samples_set_step(query, step_ns, pixels) : DAVY_OK;
}

/* limit=1000, and cursor=... for the pages after the first. */
static davy_status read_page(const davy_call *call, const char *pattern, davy_samples_query *query)
{
    const char *cursor = davy_target_parameter(&call->target, "cursor");
    uint64_t limit;
    davy_status status = davy_call_number(call, "limit", 1, DAVY_SAMPLES_LIMIT_MAX, 0, &limit);

    if (status != DAVY_OK || (limit == 0 && !cursor))
        return status;
    if (limit == 0)
        return davy_fail(DAVY_ERR_INVALID, "'cursor' needs 'limit'");
    if (query->step_ns > 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "'limit' is for samples as they are: leave 'step' and 'pixels' out");
    return davy_samples_cut(query, pattern, limit, cursor);
}

static davy_status read_form(const davy_call *call, const davy_samples_form **form)
{
    const char *name = davy_target_parameter(&call->target, "format");

    *form = davy_samples_form_find(name ? name : "json");
    return *form ? DAVY_OK
                 : davy_fail(DAVY_ERR_INVALID,
                             "'format' is '%.16s', not json, csv, lines, columns or text", name);
}

static davy_status read_span(const davy_call *call, davy_samples_query *query)
{
    davy_status status = davy_call_time(call, "from", &query->from_ns);

    if (status == DAVY_OK)
        status = davy_call_time(call, "to", &query->to_ns);
    if (status == DAVY_OK && query->from_ns >= query->to_ns)
        status = davy_fail(DAVY_ERR_INVALID, "'from' is not before 'to'");
    return status;
}

static davy_status read_query(davy_call *call, davy_samples_query *query)
{
    const char *pattern = davy_target_parameter(&call->target, "signals");
    davy_status status = read_span(call, query);

    if (status == DAVY_OK)
        status = read_step(call, query);
    if (status == DAVY_OK)
        status = davy_samples_select(query, pattern);
    return status == DAVY_OK ? read_page(call, pattern, query) : status;
}

davy_status davy_handle_samples(davy_call *call)
{
    davy_samples_query query = {.store = call->system->store, .wanted = call->wanted};
    const davy_samples_form *form;
    davy_status status = read_form(call, &form);

    if (status == DAVY_OK)
        status = read_query(call, &query);
    if (status != DAVY_OK) {
        davy_arena_clear(&query.arena);
        return status;
    }
    call->answer.code = 200;
    call->answer.type = form->type;
    (void) snprintf(call->answer.next, sizeof call->answer.next, "%s", query.next);
    return davy_samples_producer(&query, form, &call->answer.produce);
}

static davy_status read_states(davy_call *call, davy_samples_query *query)
{
    const char *step = davy_target_parameter(&call->target, "step");
    int64_t step_ns = 0;
    davy_status status = read_span(call, query);

    if (status == DAVY_OK && step && davy_duration_parse(step, &step_ns) != DAVY_OK)
        status = davy_fail_in(DAVY_ERR_INVALID, "'step'");
    if (status == DAVY_OK)
        status = davy_samples_set_states(query, step_ns, davy_wall_ns(davy_clock_system()));
    if (status == DAVY_OK)
        status = davy_samples_select(query, davy_target_parameter(&call->target, "signals"));
    return status;
}

davy_status davy_handle_states(davy_call *call)
{
    davy_samples_query query = {.store = call->system->store, .wanted = call->wanted};
    const davy_samples_form *form;
    davy_status status = read_form(call, &form);

    if (status == DAVY_OK)
        status = read_states(call, &query);
    if (status != DAVY_OK) {
        davy_arena_clear(&query.arena);
        return status;
    }
    call->answer.code = 200;
    call->answer.type = form->type;
    return davy_samples_states_producer(&query, form, &call->answer.produce);
}
