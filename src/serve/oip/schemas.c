/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

static const davy_schema_field plain_error[] = {{"error", "string", NULL, REQUIRED}};
static const davy_schema_field mlflow_error[] = {
    {"error_code", "string", NULL, REQUIRED},
    {"message", "string", NULL, REQUIRED},
};
static const davy_schema_field vision_error[] = {
    {"success", "boolean", "false", REQUIRED},
    {"error", "string", NULL, REQUIRED},
};
static const davy_schema_field live[] = {{"live", "boolean", NULL, REQUIRED}};
static const davy_schema_field ready[] = {{"ready", "boolean", NULL, REQUIRED}};
static const davy_schema_field server_metadata[] = {
    {"name", "string", NULL, REQUIRED},
    {"version", "string", NULL, REQUIRED},
    {"extensions", "string[]", NULL, REQUIRED},
};
static const davy_schema_field tensor_metadata[] = {
    {"name", "string", NULL, REQUIRED},
    {"datatype", "string", "BOOL, UINT8 ... INT64, FP16, FP32, FP64, BYTES, BF16", REQUIRED},
    {"shape", "integer[]", "-1 where a dimension is free", REQUIRED},
    {"parameters", "object", "signals: names along the last dimension of an input", OPTIONAL},
};
static const davy_schema_field model_metadata[] = {
    {"name", "string", NULL, REQUIRED},
    {"versions", "string[]", NULL, REQUIRED},
    {"platform", "string", NULL, REQUIRED},
    {"inputs", "TensorMetadata[]", NULL, REQUIRED},
    {"outputs", "TensorMetadata[]", NULL, REQUIRED},
};
static const davy_schema_field model_ready[] = {
    {"name", "string", NULL, REQUIRED},
    {"ready", "boolean", NULL, REQUIRED},
};
static const davy_schema_field model_stats[] = {
    {"model_stats", "object[]", "counts and times by version, as Triton tells them", REQUIRED},
};
static const davy_schema_field infer_input[] = {
    {"name", "string", NULL, REQUIRED},
    {"datatype", "string", NULL, REQUIRED},
    {"shape", "integer[]", NULL, REQUIRED},
    {"parameters", "object", "binary_data_size, content_type", OPTIONAL},
    {"data", "any[]", "flat or nested; absent when it comes as bytes", OPTIONAL},
};
static const davy_schema_field infer_wish[] = {
    {"name", "string", NULL, REQUIRED},
    {"parameters", "object", "binary_data, classification", OPTIONAL},
};
static const davy_schema_field infer_request[] = {
    {"id", "string", "comes back", OPTIONAL},
    {"parameters", "object",
     "sequence_id, sequence_start, sequence_end, priority, timeout, binary_data_output, explain, "
     "explain_top_k, content_type",
     OPTIONAL},
    {"inputs", "InferInput[]", NULL, REQUIRED},
    {"outputs", "InferWish[]", "all when absent", OPTIONAL},
};
static const davy_schema_field infer_output[] = {
    {"name", "string", NULL, REQUIRED},
    {"datatype", "string", NULL, REQUIRED},
    {"shape", "integer[]", NULL, REQUIRED},
    {"parameters", "object", "binary_data_size", OPTIONAL},
    {"data", "any[]", "flat; null for a number that is none", OPTIONAL},
};
static const davy_schema_field infer_response[] = {
    {"model_name", "string", NULL, REQUIRED},
    {"model_version", "string", NULL, REQUIRED},
    {"id", "string", NULL, OPTIONAL},
    {"parameters", "object", "abstain, doubt", OPTIONAL},
    {"outputs", "InferOutput[]", NULL, REQUIRED},
};
static const davy_schema_field repository_request[] = {
    {"ready", "boolean", "of the index: those alone", OPTIONAL},
    {"parameters", "object", "config, file:VERSION/NAME (base64), unload_dependents", OPTIONAL},
};
static const davy_schema_field repository_entry[] = {
    {"name", "string", NULL, REQUIRED},    {"version", "string", NULL, REQUIRED},
    {"state", "string", NULL, REQUIRED},   {"reason", "string", NULL, REQUIRED},
    {"aliases", "string", NULL, OPTIONAL},
};
static const davy_schema_field model_names[] = {{"models", "string[]", NULL, REQUIRED}};
static const davy_schema_field model_status[] = {
    {"name", "string", NULL, REQUIRED},
    {"ready", "boolean", NULL, REQUIRED},
    {"model_version_status", "object[]", "version, state, status", REQUIRED},
};
static const davy_schema_field model_signatures[] = {
    {"model_spec", "object", "name, signature_name and version", REQUIRED},
    {"metadata", "object", "signature_def, as TensorFlow Serving has it", REQUIRED},
};
static const davy_schema_field rows_request[] = {
    {"instances", "any[]", "a value for each row", OPTIONAL},
    {"inputs", "any", "a value for each tensor", OPTIONAL},
    {"dataframe_split", "object", "of /invocations: columns and data", OPTIONAL},
    {"dataframe_records", "object[]", "of /invocations", OPTIONAL},
    {"parameters", "object", "explain, explain_top_k", OPTIONAL},
};
static const davy_schema_field rows_response[] = {
    {"predictions", "any", "a value for each row", OPTIONAL},
    {"outputs", "any", "a value for each tensor", OPTIONAL},
    {"explanations", "object[]", NULL, OPTIONAL},
    {"doubts", "object[]", "rows that were not judged, and why", OPTIONAL},
};
static const davy_schema_field vision[] = {
    {"success", "boolean", NULL, REQUIRED},
    {"predictions", "VisionPrediction[]", "the surest first", REQUIRED},
    {"duration", "integer", "0", REQUIRED},
    {"inferenceMs", "integer", NULL, REQUIRED},
};
static const davy_schema_field vision_prediction[] = {
    {"label", "string", NULL, REQUIRED},  {"confidence", "number", NULL, REQUIRED},
    {"x_min", "integer", NULL, REQUIRED}, {"y_min", "integer", NULL, REQUIRED},
    {"x_max", "integer", NULL, REQUIRED}, {"y_max", "integer", NULL, REQUIRED},
};
static const davy_schema_field vision_models[] = {
    {"success", "boolean", NULL, REQUIRED},
    {"models", "string[]", NULL, REQUIRED},
};

const davy_schema davy_model_schemas[] = {
    SCHEMA("Error", plain_error),
    SCHEMA("MlflowError", mlflow_error),
    SCHEMA("VisionError", vision_error),
    SCHEMA("Live", live),
    SCHEMA("Ready", ready),
    SCHEMA("ServerMetadata", server_metadata),
    SCHEMA("TensorMetadata", tensor_metadata),
    SCHEMA("ModelMetadata", model_metadata),
    SCHEMA("ModelReady", model_ready),
    SCHEMA("ModelStats", model_stats),
    SCHEMA("InferInput", infer_input),
    SCHEMA("InferWish", infer_wish),
    SCHEMA("InferRequest", infer_request),
    SCHEMA("InferOutput", infer_output),
    SCHEMA("InferResponse", infer_response),
    SCHEMA("RepositoryRequest", repository_request),
    SCHEMA("RepositoryEntry", repository_entry),
    SCHEMA("ModelNames", model_names),
    SCHEMA("ModelStatus", model_status),
    SCHEMA("ModelSignatures", model_signatures),
    SCHEMA("RowsRequest", rows_request),
    SCHEMA("RowsResponse", rows_response),
    SCHEMA("Vision", vision),
    SCHEMA("VisionPrediction", vision_prediction),
    SCHEMA("VisionModels", vision_models),
};

const size_t davy_model_schema_count = DAVY_ARRAY_LENGTH(davy_model_schemas);
