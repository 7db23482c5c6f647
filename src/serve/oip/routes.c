/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/handlers.h"
#include "serve/route.h"

/* A route beneath a model, and beneath a version of it. The first variable is {model}: whether the
 * key may use it is asked before the handler. */
#define MODEL_GET(route_path, handler, text, schema)                                  \
    {                                                                                 \
        DAVY_ROUTE_READ(route_path, handler, text, schema),                           \
            .lenient = true, .lane = DAVY_LANE_READ, .more_codes = "404 500 501 503", \
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

const davy_route davy_routes_protocols[] = {
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
        DAVY_ROUTE_READ("/version", davy_handle_mlflow_version, "Version of the program",
                        "text/plain"),
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

const size_t davy_routes_protocols_count = DAVY_ARRAY_LENGTH(davy_routes_protocols);
