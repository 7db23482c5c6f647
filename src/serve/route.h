/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/call.h"

/**
 * @file
 * Routes: one constant table of what the server answers, who may ask, and how it is described.
 *
 * Stage: serve. The table at the end of routes.c is the only list: the router matches it, OpenAPI
 * is written from it, and the tests take their matrix from it. What is not in it is denied.
 */

/** How a body is read. */
typedef enum davy_body_kind {
    DAVY_BODY_NONE,
    DAVY_BODY_JSON,     /* an object of texts, at most DAVY_HTTP_JSON_MAX */
    DAVY_BODY_DOCUMENT, /* the same with a file as text in it, at most DAVY_HTTP_DOCUMENT_MAX */
    DAVY_BODY_LINES,    /* line protocol, gzip welcome, at most DAVY_HTTP_WRITE_MAX */
    DAVY_BODY_TENSORS, /* JSON, or JSON with bytes behind it; gzip and deflate welcome, at most what
                        * davy_server_options.body_max says */
    DAVY_BODY_FORM,    /* multipart/form-data with a picture; as long as that */
    DAVY_BODY_FIELDS,  /* parameters as a web form has them, at most DAVY_HTTP_TARGET_MAX */
    DAVY_BODY_FILE     /* written to the disk while it comes, at most DAVY_HTTP_UPLOAD_MAX */
} davy_body_kind;

/** Which threads run it. */
typedef enum davy_lane {
    DAVY_LANE_READ,
    DAVY_LANE_WRITE, /* waits for the disk of ingest */
    DAVY_LANE_INFER, /* waits for a model; many, so that requests meet in one batch */
    DAVY_LANE_NONE   /* the event loop itself: it never waits */
} davy_lane;

/** A parameter of the query, for the router (others are refused) and OpenAPI. */
typedef struct davy_route_parameter {
    const char *name;
    bool required;
    const char *about;
} davy_route_parameter;

#define DAVY_ROUTE_PARAMETERS_MAX 8
#define DAVY_ROUTE_VARIABLES_MAX  2

typedef struct davy_route {
    const char *method; /* GET answers HEAD too */
    const char *path; /* "/api/v1/alarms/{id}", "/v1/models/{model}:predict", at most two variables;
                       * literal rows stand before templates, longer templates before shorter */
    davy_role role;   /* least role; DAVY_ROLE_NONE: no key needed */
    davy_body_kind body;
    davy_lane lane;
    davy_status (*handle)(davy_call *call);
    const char *summary;    /* one line for OpenAPI */
    const char *takes;      /* schema of a JSON body; NULL for none */
    const char *gives;      /* schema of the 200 answer, or its media type when it has a '/' */
    unsigned code;          /* of success: 200, 201 or 204 */
    bool needs_room;        /* leaves much on the disk: refused while the last room is for alarms */
    bool lenient;           /* leaves unknown query parameters aside, as InfluxDB does */
    const char *more_codes; /* other answers beyond 400, 401, 403: "404 409" */
    davy_route_parameter parameters[DAVY_ROUTE_PARAMETERS_MAX]; /* ends at a NULL name */
} davy_route;

/** Of a row that a viewer may read. */
#define DAVY_ROUTE_READ(route_path, handler, text, schema)                                \
    .method = "GET", .path = (route_path), .role = DAVY_ROLE_VIEWER, .handle = (handler), \
    .summary = (text), .gives = (schema), .code = 200

/* routes.c, davy's own; oip/routes.c, those of others' protocols. */
extern const davy_route davy_routes_own[], davy_routes_protocols[];
extern const size_t davy_routes_own_count, davy_routes_protocols_count;

/** All of them, in an order that does not change while the program runs. */
size_t davy_route_count(void);
const davy_route *davy_route_at(size_t index);
size_t davy_route_index(const davy_route *route);

typedef struct davy_route_match {
    const davy_route *route; /* NULL: no such path, or not with this method */
    const char *id;          /* first variable of the template; borrowed from the target */
    const char *version;     /* second one; NULL when there is none */
    char allow[64];          /* methods of the path, "GET, HEAD"; "" when there is no such path */
    bool console;            /* a path of the console's files */
} davy_route_match;

/** Find the route of a method and a target, whose segment is cut where a variable ends in it. */
void davy_route_find(const char *method, davy_target *target, davy_route_match *match);

/** True for a route of one model: its first variable is `{model}`, the model's name. */
bool davy_route_is_of_model(const davy_route *route);

/** Bytes that the body of a route may have. @param tensors_max  as the server was told */
size_t davy_route_body_max(const davy_route *route, size_t tensors_max);

/** How a failure is told on a path: of our own API, or as a protocol of others says. */
typedef enum davy_error_form {
    DAVY_ERROR_PROBLEM, /* RFC 9457 */
    DAVY_ERROR_PLAIN,   /* {"error": "..."}: Open Inference Protocol, KServe, TensorFlow Serving */
    DAVY_ERROR_MLFLOW,  /* {"error_code": "BAD_REQUEST", "message": "..."} */
    DAVY_ERROR_VISION,  /* {"success": false, "error": "..."}: DeepStack */
    DAVY_ERROR_PROMETHEUS /* {"status": "error", "errorType": "bad_data", "error": "..."} */
} davy_error_form;

davy_error_form davy_route_error_form(const davy_target *target);

/** True when the query has only parameters that the route knows, and all it needs; else why not
 * is davy_error(). */
DAVY_MUST_CHECK davy_status davy_route_check_query(const davy_route *route,
                                                   const davy_target *target);
