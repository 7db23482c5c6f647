/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/prometheus/request.h"

/**
 * @file
 * What a data source asks about the server itself.
 *
 * Source: Prometheus documentation, "HTTP API": build information, metadata, exemplars.
 */

/* The version of Prometheus' HTTP API that is answered: from it on, values of labels are asked with
 * match[], and Grafana decides by this number which way to ask. */
#define API_VERSION "2.24.0"

davy_status davy_handle_prometheus_build(davy_call *call)
{
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_object(out, "data");
    davy_json_text(out, "version", API_VERSION);
    davy_json_text(out, "revision", DAVY_VERSION);
    davy_json_text(out, "branch", "davy");
    davy_json_text(out, "buildUser", "");
    davy_json_text(out, "buildDate", "");
    davy_json_text(out, "goVersion", "");
    davy_json_object_end(out);
    return davy_prometheus_end(call);
}

davy_status davy_handle_prometheus_metadata(davy_call *call)
{
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_object(out, "data");
    davy_json_array(out, "davy_signal");
    davy_json_object(out, NULL);
    davy_json_text(out, "type", "gauge");
    davy_json_text(out, "help", "Samples of a signal of the plant, in the unit of its label");
    davy_json_text(out, "unit", "");
    davy_json_object_end(out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return davy_prometheus_end(call);
}

static davy_status no_exemplars(davy_call *call)
{
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_array(out, "data");
    davy_json_array_end(out);
    return davy_prometheus_end(call);
}

davy_status davy_handle_prometheus_exemplars(davy_call *call)
{
    return davy_prometheus_with_form(call, no_exemplars);
}
