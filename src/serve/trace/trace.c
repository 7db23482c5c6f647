/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/trace.h"

#include "core/clock.h"

#include <stdio.h>
#include <string.h>

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

void davy_trace_begin(davy_trace *trace, davy_tracer *tracer, int64_t begun_ns)
{
    trace->tracer = tracer;
    if (!tracer)
        return;
    davy_tracer_draw(tracer, trace->ids.trace, trace->ids.span);
    trace->at_ns[DAVY_TRACE_BEGUN] = begun_ns;
    trace->ids.sampled = davy_tracer_samples(tracer, trace->ids.trace, NULL);
}

void davy_trace_follow(davy_trace *trace, const char *traceparent)
{
    davy_trace_ids caller;

    if (!trace->tracer || !davy_traceparent_read(traceparent, &caller))
        return;
    memcpy(trace->ids.trace, caller.trace, sizeof caller.trace);
    memcpy(trace->parent, caller.span, sizeof caller.span);
    trace->has_parent = true;
    trace->ids.sampled = davy_tracer_samples(trace->tracer, caller.trace, &caller.sampled);
}

bool davy_trace_response(const davy_trace *trace, char text[DAVY_TRACEPARENT_MAX])
{
    if (trace->tracer)
        davy_traceparent_write(&trace->ids, text);
    return trace->tracer != NULL;
}

void davy_trace_mark(davy_trace *trace, davy_trace_moment moment)
{
    if (trace->tracer && trace->ids.sampled)
        trace->at_ns[moment] = now_ns();
}

void davy_trace_answered(davy_trace *trace, const davy_infer_response *response)
{
    const davy_infer_times *times = &response->times;

    davy_trace_mark(trace, DAVY_TRACE_ANSWERED);
    if (!trace->tracer || !trace->ids.sampled || !response->model)
        return;
    (void) snprintf(trace->model, sizeof trace->model, "%s", response->model);
    trace->version = response->version;
    trace->batch = response->batch;
    if (times->started_ns == 0)
        return; /* it was refused, or is an ensemble, which has many */
    trace->at_ns[DAVY_TRACE_ARRIVED] = times->arrived_ns;
    trace->at_ns[DAVY_TRACE_STARTED] = times->started_ns;
    trace->at_ns[DAVY_TRACE_RAN] =
        times->started_ns + times->input + times->compute + times->output;
}

void davy_trace_end(davy_trace *trace)
{
    if (!trace->tracer || !trace->ids.sampled)
        return;
    davy_trace_mark(trace, DAVY_TRACE_ENDED);
    trace->wall_ns = davy_wall_ns(davy_clock_system()) - trace->at_ns[DAVY_TRACE_ENDED];
    davy_tracer_put(trace->tracer, trace);
    trace->tracer = NULL;
}
