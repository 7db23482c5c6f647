/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/handlers.h"
#include "serve/route.h"

#define FROM                                                             \
    {                                                                    \
        "from", true, "begin: RFC 3339, integer nanoseconds, or seconds" \
    }
#define TO                                         \
    {                                              \
        "to", true, "end, not included: like from" \
    }

/* An action on an alarm: one row each, alike in all but name, role and words. */
#define ALARM_ACTION(name, least, text)                                                         \
    {                                                                                           \
        .method = "POST", .path = "/api/v1/alarms/{id}/" name, .role = (least),                 \
        .body = DAVY_BODY_JSON, .handle = davy_handle_alarm_action, .summary = (text),          \
        .takes = "AlarmAction", .gives = "Alarm", .code = 200, .more_codes = "404 409 413 415", \
    }

#define READ(route_path, handler, text, schema)                                           \
    .method = "GET", .path = (route_path), .role = DAVY_ROLE_VIEWER, .handle = (handler), \
    .summary = (text), .gives = (schema), .code = 200

/* A route beneath a model, and beneath a version of it. The first variable is {model}: whether the
 * key may use it is asked before the handler. */
#define MODEL_GET(route_path, handler, text, schema)                                      \
    {                                                                                     \
        READ(route_path, handler, text, schema), .lenient = true, .lane = DAVY_LANE_READ, \
                                                 .more_codes = "404 500 501 503",         \
    }
#define MODEL_POST(route_path, handler, text, takes_schema, gives_schema)                 \
    {                                                                                     \
        .method = "POST", .path = (route_path), .role = DAVY_ROLE_VIEWER,                 \
        .body = DAVY_BODY_TENSORS, .lane = DAVY_LANE_INFER, .handle = (handler),          \
        .summary = (text), .takes = (takes_schema), .gives = (gives_schema), .code = 200, \
        .lenient = true, .more_codes = "404 413 415 429 500 501 503",                     \
    }
#define REPOSITORY_POST(route_path, least, handler, text, gives_schema)                     \
    {                                                                                       \
        .method = "POST", .path = (route_path), .role = (least), .body = DAVY_BODY_TENSORS, \
        .handle = (handler), .summary = (text), .takes = "RepositoryRequest",               \
        .gives = (gives_schema), .code = 200, .lenient = true,                              \
        .more_codes = "404 413 415 500 503",                                                \
    }
#define VISION_POST(route_path, kind, work_lane, handler, text, takes_schema, gives_schema)   \
    {                                                                                         \
        .method = "POST", .path = (route_path), .role = DAVY_ROLE_VIEWER, .body = (kind),     \
        .lane = (work_lane), .handle = (handler), .summary = (text), .takes = (takes_schema), \
        .gives = (gives_schema), .code = 200, .lenient = true,                                \
        .more_codes = "404 413 415 429 500 501 503",                                          \
    }
#define HEALTH(route_path, handler, text, schema)                                      \
    {                                                                                  \
        .method = "GET", .path = (route_path), .handle = (handler), .summary = (text), \
        .gives = (schema), .code = 200, .lenient = true, .more_codes = "503",          \
    }

const davy_route davy_routes[] = {
    {
        .method = "GET",
        .path = "/health/live",
        .lane = DAVY_LANE_NONE,
        .handle = davy_handle_live,
        .summary = "The process answers",
        .gives = "Health",
        .code = 200,
    },
    {
        .method = "GET",
        .path = "/health/ready",
        .handle = davy_handle_ready,
        .summary = "Samples are kept and watched; 503 with the reason when not",
        .gives = "Health",
        .code = 200,
        .more_codes = "503",
    },
    {READ("/metrics", davy_handle_metrics, "Figures for Prometheus", "text/plain")},
    {READ("/api/openapi.json", davy_handle_openapi, "This description", "application/json")},
    {READ("/api/v1/me", davy_handle_me, "Who the key belongs to", "Me")},
    {
        .method = "POST",
        .path = "/api/v1/session",
        .role = DAVY_ROLE_VIEWER,
        .handle = davy_handle_session_open,
        .summary = "Open a browser's session: its cookie stands for the key from now on",
        .gives = "Session",
        .code = 201,
        .more_codes = "413 503",
    },
    {READ("/api/v1/session", davy_handle_session, "Who the session belongs to", "Session")},
    {
        .method = "DELETE",
        .path = "/api/v1/session",
        .role = DAVY_ROLE_VIEWER,
        .handle = davy_handle_session_close,
        .summary = "Close the session",
        .code = 204,
    },
    {READ("/api/v1/sites", davy_handle_sites, "The site", "Sites")},
    {READ("/api/v1/assets", davy_handle_assets, "Assets with their worst alarm", "Assets")},
    {
        READ("/api/v1/signals", davy_handle_signals,
             "Signals with limits and newest value; scores of detectors too", "Signals"),
        .parameters = {{"pattern", false, "paths, with * and **, separated by commas"}},
    },
    {READ("/api/v1/sources", davy_handle_sources, "Sources and how they do", "Sources")},
    {
        READ("/api/v1/samples", davy_handle_samples,
             "Samples of signals: raw, or summarised by step or pixels", "Samples"),
        .more_codes = "404 503",
        .parameters = {{"signals", true, "paths, with * and **, separated by commas"},
                       FROM,
                       TO,
                       {"step", false, "length of a step, for example 10s"},
                       {"pixels", false, "most steps; in place of step"}},
    },
    {READ("/api/v1/detectors", davy_handle_detectors, "Detectors and how they do", "Detectors")},
    {
        READ("/api/v1/detectors/{name}", davy_handle_detector,
             "One detector with the contributions of its latest row", "DetectorDetail"),
        .more_codes = "404",
    },
    {
        READ("/api/v1/alarms", davy_handle_alarms,
             "Alarms; those that stand when no state is given", "Alarms"),
        .parameters = {{"state", false, "standing, active, shelved or all"}},
    },
    {
        READ("/api/v1/alarms/history", davy_handle_alarm_history,
             "Transitions of alarms, the newest of the time in order", "Transitions"),
        .parameters = {FROM,
                       TO,
                       {"signal", false, "path of one signal"},
                       {"limit", false, "most transitions, 1000 when not given"}},
    },
    {
        READ("/api/v1/alarms/kpi", davy_handle_alarm_kpi,
             "Figures of the alarms by operator position, beside the targets of IEC 62682; the "
             "last 30 days when no time is given",
             "AlarmKpi"),
        .more_codes = "404 503",
        .parameters = {{"from", false, "begin of the range: RFC 3339, nanoseconds, or seconds"},
                       {"to", false, "end, not included; now when not given"},
                       {"position", false, "name of one operator position"}},
    },
    {
        READ("/api/v1/alarms/flood", davy_handle_alarm_flood,
             "Floods of alarms that are now, each with its first-out and causal order",
             "AlarmFloods"),
        .more_codes = "503",
    },
    {
        READ("/api/v1/alarms/{id}", davy_handle_alarm, "One alarm", "Alarm"),
        .more_codes = "404",
    },
    {
        READ("/api/v1/alarms/{id}/related", davy_handle_alarm_related,
             "What went before an alarm: events of the ten minutes before it last began, the "
             "nearest first",
             "RelatedEvents"),
        .more_codes = "404",
    },
    ALARM_ACTION("acknowledge", DAVY_ROLE_OPERATOR, "I have seen it"),
    ALARM_ACTION("reset", DAVY_ROLE_OPERATOR, "Reset a latched alarm that has returned"),
    ALARM_ACTION("comment", DAVY_ROLE_OPERATOR, "Add a comment"),
    ALARM_ACTION("shelve", DAVY_ROLE_OPERATOR, "Set aside for a time, or until it returns"),
    ALARM_ACTION("unshelve", DAVY_ROLE_OPERATOR, "Bring back before the time is over"),
    ALARM_ACTION("out-of-service", DAVY_ROLE_ENGINEER,
                 "Take out of service for a reason, to an end"),
    ALARM_ACTION("judge", DAVY_ROLE_OPERATOR,
                 "Answer whether the newest occurrence was true, false or known work"),
    ALARM_ACTION("return-to-service", DAVY_ROLE_ENGINEER, "Return to service before the end"),
    {
        READ("/api/v1/receivers", davy_handle_receivers,
             "Who is told of alarms, what waits for them and what went wrong last", "Receivers"),
    },
    {
        READ("/api/v1/receivers/{name}/messages", davy_handle_receiver_messages,
             "Messages of a receiver, the newest first", "ReceiverMessages"),
        .more_codes = "404",
        .parameters = {{"limit", false, "most messages, 100 when not given"}},
    },
    {
        .method = "POST",
        .path = "/api/v1/receivers/{name}/test",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_receiver_test,
        .summary = "Send a drill to a receiver, behind what is due to it",
        .gives = "ReceiverTest",
        .code = 201,
        .more_codes = "404 413 415",
    },
    {
        READ("/api/v1/handover", davy_handle_handover,
             "What the next shift of an operator position must know", "Handover"),
        .more_codes = "404",
        .parameters = {{"position", false, "name of an operator position; site when not given"}},
    },
    {
        READ("/api/v1/handovers", davy_handle_handovers, "Past handovers, the newest first",
             "Handovers"),
        .more_codes = "404",
        .parameters = {{"position", false, "name of an operator position; site when not given"},
                       {"limit", false, "most of them, 30 when not given"}},
    },
    {
        READ("/api/v1/handovers/{id}", davy_handle_handover_signed, "The page as it was given",
             "Handover"),
        .more_codes = "404",
        .parameters = {{"position", false, "name of an operator position; site when not given"}},
    },
    {
        .method = "POST",
        .path = "/api/v1/handovers",
        .role = DAVY_ROLE_OPERATOR,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_handover_give,
        .summary = "Give the page of now to the next shift",
        .takes = "HandoverAction",
        .gives = "HandoverSigned",
        .code = 201,
        .more_codes = "404 413 415",
    },
    {
        .method = "POST",
        .path = "/api/v1/handovers/{id}/take",
        .role = DAVY_ROLE_OPERATOR,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_handover_take,
        .summary = "Take it, with another key than the one that gave it",
        .takes = "HandoverAction",
        .gives = "HandoverSigned",
        .code = 200,
        .more_codes = "404 409 413 415",
    },
    {
        READ("/api/v1/changes", davy_handle_changes,
             "Changes of the alarms' settings, the newest first, with their reasons", "Changes"),
        .parameters = {{"limit", false, "most of them, 100 when not given"}},
    },
    {
        .method = "POST",
        .path = "/api/v1/changes",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_change_reason,
        .summary = "Keep a what-if as the reason of a change to come",
        .takes = "ChangeReason",
        .gives = "ChangeKept",
        .code = 201,
        .more_codes = "413 415",
    },
    {
        READ("/api/v1/prooftests", davy_handle_prooftests,
             "Proof tests, the newest first, without their items", "ProofTests"),
        .more_codes = "503",
        .parameters = {{"limit", false, "most of them, 20 when not given"}},
    },
    {
        READ("/api/v1/prooftests/{id}", davy_handle_prooftest,
             "One proof test with what became of each condition", "ProofTest"),
        .more_codes = "404 503",
    },
    {
        .method = "POST",
        .path = "/api/v1/prooftests",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_prooftest_start,
        .summary = "Send marked deviations through the whole path and see where they arrive",
        .takes = "NewProofTest",
        .gives = "ProofTestStarted",
        .code = 201,
        .more_codes = "404 409 413 415 503",
    },
    {
        READ("/api/v1/events", davy_handle_events,
             "Live events: alarm, score, source, model, prooftest, gap (Server-sent events)",
             "text/event-stream"),
        .more_codes = "503",
    },
    {
        .method = "GET",
        .path = "/api/v1/keys",
        .role = DAVY_ROLE_ADMIN,
        .handle = davy_handle_keys,
        .summary = "Keys, without their secrets",
        .gives = "Keys",
        .code = 200,
    },
    {
        .method = "POST",
        .path = "/api/v1/keys",
        .role = DAVY_ROLE_ADMIN,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_key_create,
        .summary = "Make a key; its text is in this answer and never again",
        .takes = "NewKey",
        .gives = "CreatedKey",
        .code = 201,
        .more_codes = "409 413 415",
    },
    {
        .method = "DELETE",
        .path = "/api/v1/keys/{name}",
        .role = DAVY_ROLE_ADMIN,
        .handle = davy_handle_key_revoke,
        .summary = "Revoke a key",
        .code = 204,
        .more_codes = "404 409",
    },
    {
        READ("/api/v1/models/{model}/drift", davy_handle_drift,
             "Whether what it is asked and answers is still what it was made on", "Drift"),
        .more_codes = "404 503",
    },
    {
        READ("/api/v1/models/{model}/traffic", davy_handle_traffic,
             "How requests are shared among versions, and what was seen of it", "Traffic"),
        .more_codes = "404 503",
    },
    {
        .method = "POST",
        .path = "/api/v1/models/{model}/traffic",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_traffic_set,
        .summary = "Give a version a share of the requests, or let it run beside; {} ends both",
        .takes = "NewTraffic",
        .gives = "Traffic",
        .code = 200,
        .more_codes = "404 413 415 503",
    },
    {
        .method = "POST",
        .path = "/api/v1/uploads",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_FILE,
        .lane = DAVY_LANE_WRITE,
        .handle = davy_handle_upload,
        .summary = "Send a CSV file to train on; it is kept for a day",
        .takes = "text/csv",
        .gives = "Upload",
        .code = 201,
        .more_codes = "413 415 503 507",
    },
    {
        .method = "GET",
        .path = "/api/v1/jobs",
        .role = DAVY_ROLE_ENGINEER,
        .handle = davy_handle_jobs,
        .summary = "Training jobs, the newest first, without their logs",
        .gives = "Jobs",
        .code = 200,
        .more_codes = "503",
    },
    {
        .method = "POST",
        .path = "/api/v1/jobs",
        .role = DAVY_ROLE_ENGINEER,
        .body = DAVY_BODY_JSON,
        .handle = davy_handle_job_start,
        .summary = "Train a model on an upload or on stored signals",
        .takes = "NewJob",
        .gives = "Job",
        .code = 201,
        .more_codes = "404 413 415 503",
    },
    {
        .method = "GET",
        .path = "/api/v1/jobs/{id}/report",
        .role = DAVY_ROLE_ENGINEER,
        .handle = davy_handle_job_report,
        .summary = "The page about the model that a job has made",
        .gives = "text/html",
        .code = 200,
        .more_codes = "404 503",
    },
    {
        .method = "GET",
        .path = "/api/v1/jobs/{id}",
        .role = DAVY_ROLE_ENGINEER,
        .handle = davy_handle_job,
        .summary = "A training job: how far it is, and the end of its log",
        .gives = "Job",
        .code = 200,
        .more_codes = "404 503",
    },
    {
        .method = "DELETE",
        .path = "/api/v1/jobs/{id}",
        .role = DAVY_ROLE_ENGINEER,
        .handle = davy_handle_job_cancel,
        .summary =
            "Cancel a job; a network keeps what it has learnt and goes on with the same order",
        .gives = "Job",
        .code = 200,
        .more_codes = "404 409 503",
    },
    {
        .method = "POST",
        .path = "/api/v2/write",
        .role = DAVY_ROLE_OPERATOR,
        .body = DAVY_BODY_LINES,
        .lane = DAVY_LANE_WRITE,
        .handle = davy_handle_write,
        .summary = "Samples in line protocol, plain or gzip; answered after the sync",
        .takes = "text/plain",
        .code = 204,
        .lenient = true,
        .more_codes = "413 415 503 507",
        .parameters = {{"precision", false, "unit of the times: ns, us, ms or s"},
                       {"bucket", false, "left aside"},
                       {"org", false, "left aside"}},
    },

    /* -- Open Inference Protocol ---------------------------------------------------------------
     */
    HEALTH("/v2/health/live", davy_handle_oip_live, "The process answers", "Live"),
    HEALTH("/v2/health/ready", davy_handle_oip_ready, "Models are served", "Ready"),
    MODEL_GET("/v2", davy_handle_oip_server, "The server and its extensions", "ServerMetadata"),
    MODEL_GET("/v2/models/stats", davy_handle_oip_stats, "Counts and times of all models",
              "ModelStats"),
    MODEL_GET("/v2/models/{model}", davy_handle_oip_model, "Inputs and outputs", "ModelMetadata"),
    MODEL_GET("/v2/models/{model}/ready", davy_handle_oip_model_ready, "May it be asked",
              "ModelReady"),
    MODEL_GET("/v2/models/{model}/config", davy_handle_oip_config, "How it is served",
              "application/json"),
    MODEL_GET("/v2/models/{model}/stats", davy_handle_oip_stats, "Counts and times", "ModelStats"),
    MODEL_POST("/v2/models/{model}/infer", davy_handle_infer, "Ask", "InferRequest",
               "InferResponse"),
    MODEL_GET("/v2/models/{model}/versions/{version}", davy_handle_oip_model,
              "Inputs and outputs of a version or label", "ModelMetadata"),
    MODEL_GET("/v2/models/{model}/versions/{version}/ready", davy_handle_oip_model_ready,
              "May a version or label be asked", "ModelReady"),
    MODEL_GET("/v2/models/{model}/versions/{version}/config", davy_handle_oip_config,
              "How a version or label is served", "application/json"),
    MODEL_GET("/v2/models/{model}/versions/{version}/stats", davy_handle_oip_stats,
              "Counts and times of a version", "ModelStats"),
    MODEL_POST("/v2/models/{model}/versions/{version}/infer", davy_handle_infer,
               "Ask a version or label", "InferRequest", "InferResponse"),
    REPOSITORY_POST("/v2/repository/index", DAVY_ROLE_VIEWER, davy_handle_oip_index,
                    "Models, loaded or not", "RepositoryEntry[]"),
    REPOSITORY_POST("/v2/repository/models/{model}/load", DAVY_ROLE_ENGINEER, davy_handle_oip_load,
                    "Load what the folder has now, or what is given", "application/json"),
    REPOSITORY_POST("/v2/repository/models/{model}/unload", DAVY_ROLE_ENGINEER,
                    davy_handle_oip_unload, "Unload", "application/json"),

    /* -- KServe V1 and TensorFlow Serving ------------------------------------------------------
     */
    MODEL_GET("/v1/models", davy_handle_v1_models, "Names of models that are ready", "ModelNames"),
    MODEL_POST("/v1/models/{model}:predict", davy_handle_v1_predict, "Ask", "RowsRequest",
               "RowsResponse"),
    MODEL_POST("/v1/models/{model}:explain", davy_handle_v1_explain, "Ask, and why", "RowsRequest",
               "RowsResponse"),
    MODEL_GET("/v1/models/{model}/metadata", davy_handle_v1_metadata, "Signature of a model",
              "ModelSignatures"),
    MODEL_GET("/v1/models/{model}/versions/{version}/metadata", davy_handle_v1_metadata,
              "Signature of a version", "ModelSignatures"),
    MODEL_GET("/v1/models/{model}/labels/{label}/metadata", davy_handle_v1_metadata,
              "Signature of a label", "ModelSignatures"),
    MODEL_GET("/v1/models/{model}", davy_handle_v1_status, "States of the versions", "ModelStatus"),
    MODEL_POST("/v1/models/{model}/versions/{version}:predict", davy_handle_v1_predict,
               "Ask a version", "RowsRequest", "RowsResponse"),
    MODEL_POST("/v1/models/{model}/versions/{version}:explain", davy_handle_v1_explain,
               "Ask a version, and why", "RowsRequest", "RowsResponse"),
    MODEL_GET("/v1/models/{model}/versions/{version}", davy_handle_v1_status, "State of a version",
              "ModelStatus"),
    MODEL_POST("/v1/models/{model}/labels/{label}:predict", davy_handle_v1_predict, "Ask a label",
               "RowsRequest", "RowsResponse"),
    MODEL_POST("/v1/models/{model}/labels/{label}:explain", davy_handle_v1_explain,
               "Ask a label, and why", "RowsRequest", "RowsResponse"),
    MODEL_GET("/v1/models/{model}/labels/{label}", davy_handle_v1_status, "State of a label",
              "ModelStatus"),

    /* -- MLflow --------------------------------------------------------------------------------
     */
    HEALTH("/ping", davy_handle_mlflow_ping, "The process answers", "text/plain"),
    {
        READ("/version", davy_handle_mlflow_version, "Version of the program", "text/plain"),
        .lenient = true,
    },
    {
        .method = "POST",
        .path = "/invocations",
        .role = DAVY_ROLE_VIEWER,
        .body = DAVY_BODY_TENSORS,
        .lane = DAVY_LANE_INFER,
        .handle = davy_handle_mlflow_invocations,
        .summary = "Ask the only model, or the one that the query names",
        .takes = "RowsRequest",
        .gives = "RowsResponse",
        .code = 200,
        .lenient = true,
        .more_codes = "404 413 415 429 500 501 503",
        .parameters = {{"model", false, "name"}, {"version", false, "version or label"}},
    },

    /* -- DeepStack -----------------------------------------------------------------------------
     */
    VISION_POST("/v1/vision/detection", DAVY_BODY_FORM, DAVY_LANE_INFER,
                davy_handle_vision_detection, "Ask the model named detection about a picture",
                "multipart/form-data", "Vision"),
    VISION_POST("/v1/vision/custom/list", DAVY_BODY_TENSORS, DAVY_LANE_READ,
                davy_handle_vision_list, "Models that take a picture", NULL, "VisionModels"),
    VISION_POST("/v1/vision/custom/{model}", DAVY_BODY_FORM, DAVY_LANE_INFER,
                davy_handle_vision_custom, "Ask a model about a picture", "multipart/form-data",
                "Vision"),
};

const size_t davy_route_count = DAVY_ARRAY_LENGTH(davy_routes);
