/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "serve/api/json.h"
#include "serve/handlers.h"

static const char *state_name(const davy_detect_status *status)
{
    if (!status->model)
        return "unavailable";
    return davy_verdict_name(status->verdict);
}

static void write_model(davy_buffer *out, const davy_detect_status *status)
{
    const davy_model_info *model = status->model;

    if (model) {
        davy_json_unsigned(out, "version", model->version);
        davy_json_text(out, "kind", model->kind);
        davy_json_number(out, "promise_per_day", status->promise_per_day);
        davy_json_time(out, "trained", model->trained_ns);
        davy_json_text(out, "model_hash", model->file_hash);
        return;
    }
    davy_json_null(out, "version");
    davy_json_null(out, "kind");
    davy_json_null(out, "promise_per_day");
    davy_json_null(out, "trained");
    davy_json_null(out, "model_hash");
}

static void read_status(const davy_call *call, size_t index, davy_detect_status *status)
{
    if (call->system->detector_status(call->system->context, index, status) != DAVY_OK)
        *status = (davy_detect_status){
            .message = "it is being set up", .score = NAN, .verdict = DAVY_VERDICT_ABSTAIN};
}

/* What is said of this moment stands before what is true all the time, and hides none of it. */
static void write_message(davy_buffer *out, const davy_detect_status *status)
{
    char text[sizeof status->message + sizeof status->note + 2];

    (void) snprintf(text, sizeof text, "%s%s%s", status->message,
                    status->message[0] && status->note[0] ? "; " : "", status->note);
    davy_json_text(out, "message", text);
}

/* The members of a detector, without the brackets around them. */
static void write_detector(davy_buffer *out, const davy_site *site, size_t index,
                           const davy_detect_status *status)
{
    const davy_site_detector *detector = &site->detectors[index];

    davy_json_text(out, "name", detector->name);
    davy_json_text(out, "model", detector->model);
    davy_json_array(out, "signals");
    for (size_t i = 0; i < detector->signal_count; i++)
        davy_json_text(out, NULL, site->signals[detector->signals[i]].path);
    davy_json_array_end(out);
    davy_json_text(out, "priority", davy_priority_name(detector->priority));
    davy_json_text(out, "position",
                   davy_site_position_name(site, davy_site_detector_position(site, detector)));
    davy_json_text(out, "state", state_name(status));
    davy_json_number(out, "score", status->score);
    write_message(out, status);
    davy_json_time(out, "time", status->time_ns);
    davy_json_unsigned(out, "rows", status->rows);
    davy_json_unsigned(out, "abstained", status->abstained);
    davy_json_number(out, "budget_per_day",
                     status->model                  ? status->budget_per_day
                     : detector->budget_per_day > 0 ? detector->budget_per_day
                                                    : NAN);
    write_model(out, status);
}

davy_status davy_handle_detectors(davy_call *call)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    davy_buffer *out = &call->answer.body;
    davy_detect_status status;

    davy_json_object(out, NULL);
    davy_json_array(out, "detectors");
    for (size_t i = 0; i < site->detector_count; i++) {
        read_status(call, i, &status);
        davy_json_object(out, NULL);
        write_detector(out, site, i, &status);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    return davy_reply_json(call);
}

static void write_causes(davy_buffer *out, const davy_site *site, const davy_detect_status *status)
{
    davy_json_array(out, "contributions");
    for (size_t i = 0; i < status->cause_count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "signal", site->signals[status->causes[i].signal].path);
        davy_json_number(out, "contribution", status->causes[i].contribution);
        davy_json_number(out, "value", status->causes[i].value);
        davy_json_number(out, "expected", status->causes[i].expected);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

davy_status davy_handle_detector(davy_call *call)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    davy_buffer *out = &call->answer.body;
    davy_status status = DAVY_OK;
    davy_detect_status now;
    size_t i = 0;

    while (i < site->detector_count && strcmp(site->detectors[i].name, call->id) != 0)
        i++;
    if (i < site->detector_count) {
        read_status(call, i, &now);
        davy_json_object(out, NULL);
        write_detector(out, site, i, &now);
        write_causes(out, site, &now);
        davy_json_object_end(out);
    } else {
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no detector '%.64s'", call->id);
    }
    system->release_site(system->context, site);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}
