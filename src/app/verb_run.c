/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy run SITE.yaml`: the daemon.
 */
#include "app/daemon.h"
#include "app/options.h"
#include "app/verb.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const davy_usage usage = {"run", "SITE.yaml",
                                 "Run the daemon on a site file until it is told to stop.",
                                 "SIGHUP reads the site file and the certificate again and keeps "
                                 "what did not change; SIGINT and\n"
                                 "SIGTERM stop.\n"};

struct settings {
    davy_daemon_options daemon;
    const char *models, *control;
    uint64_t body_max;
    davy_option_list roles;
};

/* Least that --body-max may be: below it hardly a picture fits. */
#define BODY_MAX_LEAST ((uint64_t) 64 * 1024)

static davy_status read_settings(struct settings *settings)
{
    davy_daemon_options *daemon = &settings->daemon;

    daemon->explicit_models = strcmp(settings->control, "explicit") == 0;
    if (!daemon->explicit_models && strcmp(settings->control, "poll") != 0)
        return davy_fail(DAVY_ERR_INVALID, "--model-control is poll or explicit, not '%s'",
                         settings->control);
    if (settings->body_max > 0 && settings->body_max < BODY_MAX_LEAST)
        return davy_fail(DAVY_ERR_INVALID, "--body-max is %llu bytes at least",
                         (unsigned long long) BODY_MAX_LEAST);
    daemon->body_max = (size_t) settings->body_max;
    return DAVY_OK;
}

static int run_daemon(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    char folder[PATH_MAX];
    davy_daemon *daemon;
    davy_status status;

    status = read_settings(settings);
    if (status != DAVY_OK)
        return davy_verb_fail("run", status);
    settings->daemon.site = words->items[0];
    settings->daemon.oidc.roles = settings->roles.items;
    settings->daemon.oidc.role_count = settings->roles.count;
    settings->daemon.registry =
        davy_models_folder(settings->daemon.data, settings->models, folder, sizeof folder);
    davy_daemon_block_signals();
    status = davy_daemon_start(&settings->daemon, &daemon);
    if (status != DAVY_OK)
        return davy_verb_fail("run", status);
    (void) printf("davy answers on %s\n", davy_daemon_url(daemon));
    if (davy_daemon_grpc(daemon))
        (void) printf("gRPC on %s\n", davy_daemon_grpc(daemon));
    (void) fflush(stdout);
    davy_daemon_wait(daemon);
    davy_daemon_stop(daemon);
    return EX_OK;
}

static int run(int argc, char **argv)
{
    struct settings settings = {.daemon = {.data = DAVY_DATA_FOLDER, .listen = DAVY_LISTEN},
                                .control = "poll"};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.daemon.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"repository", DAVY_OPTION_TEXT, &settings.daemon.repository, "DIR",
         "folder of models that are served to others, in Triton's layout (that of --models)"},
        {"model-control", DAVY_OPTION_TEXT, &settings.control, "HOW",
         "poll: serve what appears there (default); explicit: what load requests ask for"},
        {"body-max", DAVY_OPTION_INTEGER, &settings.body_max, "BYTES",
         "longest request to a model (67108864)"},
        {"listen", DAVY_OPTION_TEXT, &settings.daemon.listen, "HOST:PORT",
         "address to answer on (127.0.0.1:8080); port 0 takes a free one"},
        {"grpc", DAVY_OPTION_TEXT, &settings.daemon.grpc, "HOST:PORT",
         "address to answer gRPC on, for clients of models (none)"},
        {"tls-cert", DAVY_OPTION_TEXT, &settings.daemon.tls.certificate, "FILE",
         "certificate in PEM, with those below its authority's: TLS 1.3 and nothing else"},
        {"tls-key", DAVY_OPTION_TEXT, &settings.daemon.tls.key, "FILE",
         "its key, without password"},
        {"tls-client-ca", DAVY_OPTION_TEXT, &settings.daemon.tls.client_ca, "FILE",
         "authorities one of which every client's certificate must come from"},
        {"oidc-issuer", DAVY_OPTION_TEXT, &settings.daemon.oidc.issuer, "URL",
         "take bearer tokens of this OpenID Connect issuer beside keys"},
        {"oidc-audience", DAVY_OPTION_TEXT, &settings.daemon.oidc.audience, "NAME",
         "what its tokens must be for"},
        {"oidc-claim", DAVY_OPTION_TEXT, &settings.daemon.oidc.claim, "CLAIM",
         "claim that says the role, such as realm_access.roles (roles)"},
        {"oidc-role", DAVY_OPTION_WORDS, &settings.roles, "VALUE=ROLE",
         "a value of the claim and its role; may be given again (the roles' own names)"},
        {"audit-inference", DAVY_OPTION_FLAG, &settings.daemon.audit_inference, NULL,
         "keep a record of every question to a model: who, which bytes, which model, the verdict"},
        {"traces", DAVY_OPTION_TEXT, &settings.daemon.traces.url, "URL",
         "send traces of requests to this OpenTelemetry collector (OTLP over HTTP); without a path "
         "/v1/traces"},
        {"traces-sampler", DAVY_OPTION_TEXT, &settings.daemon.traces.sampler, "NAME",
         "which requests: always_on, always_off, traceidratio, or these behind parentbased_ "
         "(parentbased_always_on)"},
        {"traces-sampler-arg", DAVY_OPTION_TEXT, &settings.daemon.traces.share, "SHARE",
         "share of traceidratio, 0 to 1 (1)"},
        {"known", DAVY_OPTION_LIST, &settings.daemon.known, "FILE...",
         "CSV files of molecules that were measured: a structure is told beside the five nearest"},
        {"disk-floor", DAVY_OPTION_INTEGER, &settings.daemon.floor_bytes, "BYTES",
         "room on the disk that is for alarms: with less, samples are refused (a 32nd of the disk, "
         "1 MiB to 256 MiB)"},
        {"insecure", DAVY_OPTION_FLAG, &settings.daemon.insecure, NULL,
         "plain HTTP beyond the loopback: keys cross the network in the clear"},
        {"key-file", DAVY_OPTION_TEXT, &settings.daemon.key_file, "FILE",
         "write the first-run admin key to FILE (mode 0600) and not to the terminal"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, run_daemon,
                          &settings);
}

const davy_verb davy_verb_run = {"run", "run the daemon on a site file", run};
