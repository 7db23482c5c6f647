/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tables.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------ versions */

static const davy_config_key latest_keys[] = {
    {.name = "num_versions", .kind = DAVY_KEY_SIZE, AT(davy_infer_config, policy_count)},
};
KEYS(latest_message, "latest", latest_keys);

static const davy_config_message all_message = {"all", NULL, 0};

static davy_status set_number(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    int64_t number;
    davy_status status = davy_config_whole(b, node, 1, INT_MAX, &number);

    if (status == DAVY_OK)
        *(unsigned *) field = (unsigned) number;
    return status;
}

static const davy_config_key specific_keys[] = {
    {.name = "versions",
     CALL(set_number),
     .many = true,
     .at = offsetof(davy_infer_config, policy_versions),
     .count_at = offsetof(davy_infer_config, policy_count),
     .size = sizeof(unsigned)},
};
KEYS(specific_message, "specific", specific_keys);

static davy_status set_latest(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_LATEST;
    return davy_config_bind(b, node, &latest_message, field);
}

static davy_status set_all(const davy_config_binding *b, const davy_config_node *node, void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_ALL;
    return davy_config_bind(b, node, &all_message, field);
}

static davy_status set_specific(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    ((davy_infer_config *) field)->policy = DAVY_VERSIONS_SPECIFIC;
    return davy_config_bind(b, node, &specific_message, field);
}

static const davy_config_key policy_keys[] = {
    {.name = "latest", CALL(set_latest)},
    {.name = "all", CALL(set_all)},
    {.name = "specific", CALL(set_specific)},
};
KEYS(policy_message, "version_policy", policy_keys);

static davy_status set_policy(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    if (node->first && node->first->next)
        return davy_config_fail(b->tree, node->line,
                                "version_policy is one of latest, all, "
                                "specific");
    return davy_config_bind(b, node, &policy_message, field);
}

/* ------------------------------------------------------------------------------ the other keys */

static const davy_config_key ensemble_keys[] = {
    {.name = "step", ARRAY(davy_infer_config, steps, step_count), .message = &davy_config_step},
    {.name = "max_inflight_requests", .kind = DAVY_KEY_ASIDE},
};
KEYS(ensemble_message, "ensemble_scheduling", ensemble_keys);

static davy_status set_instance_kind(const davy_config_binding *b, const davy_config_node *node,
                                     void *field)
{
    static const char *const words[] = {"KIND_AUTO", "KIND_CPU", "KIND_MODEL", "KIND_GPU"};
    size_t found = 0;
    davy_status status = davy_config_choose(b, node, words, 4, &found);

    if (status == DAVY_OK && found == 3) /* davy runs it where it is */
        status = davy_config_setters[DAVY_KEY_ASIDE](b, node, field);
    return status;
}

struct group {
    size_t count;
};

static const davy_config_key group_keys[] = {
    {.name = "name", CALL(davy_config_check_text)},
    {.name = "kind", CALL(set_instance_kind)},
    {.name = "count", .kind = DAVY_KEY_SIZE, AT(group, count)},
    {.name = "rate_limiter", .kind = DAVY_KEY_ASIDE},
    {.name = "gpus", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "secondary_devices", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "profile", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "passive", .kind = DAVY_KEY_REFUSED},
    {.name = "host_policy", .kind = DAVY_KEY_ASIDE},
};
KEYS(group_message, "instance_group", group_keys);

static davy_status add_group(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    struct group group = {.count = 1};
    davy_status status = davy_config_bind(b, node, &group_message, &group);

    *(size_t *) field += group.count;
    return status;
}

/* A backend's name stands for a platform where no platform is said. */
static davy_status set_backend(const davy_config_binding *b, const davy_config_node *node,
                               void *field)
{
    const char **platform = field, *text;
    davy_status status = davy_config_text(b, node, &text);

    if (status == DAVY_OK && (*platform)[0] == '\0')
        *platform = text;
    return status;
}

static davy_status check_filename(const davy_config_binding *b, const davy_config_node *node,
                                  void *field)
{
    const char *text;
    davy_status status = davy_config_text(b, node, &text);

    (void) field;
    if (status == DAVY_OK && *text && strcmp(text, "model.onnx") != 0)
        status = davy_config_fail(b->tree, node->line, "davy serves model.onnx, not '%.60s'", text);
    return status;
}

struct parameter {
    const char *key, *text;
    const davy_config_node *value;
};

static const davy_config_key parameter_value_keys[] = {
    {.name = "string_value", .kind = DAVY_KEY_TEXT, AT(parameter, text)},
};
KEYS(parameter_value_message, "a value of parameters", parameter_value_keys);

static const davy_config_key parameter_keys[] = {
    {.name = "key", .kind = DAVY_KEY_TEXT, AT(parameter, key)},
    {.name = "value", INSIDE(parameter_value_message)},
};
KEYS(parameter_message, "parameters", parameter_keys);

/* Those of davy are read, and those of other backends left aside. */
static davy_status add_parameter(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_infer_config *config = field;
    struct parameter found = {.key = "", .text = ""};
    davy_status status = davy_config_bind(b, node, &parameter_message, &found);
    char *end;

    if (status != DAVY_OK)
        return status;
    if (strcmp(found.key, DAVY_CONFIG_IMAGE) == 0)
        return davy_config_image(b, node->line, found.text, &config->image);
    if (strcmp(found.key, DAVY_CONFIG_BOXES) == 0)
        return davy_config_boxes(b, node->line, found.text, &config->boxes);
    if (strcmp(found.key, DAVY_CONFIG_LATENCY) == 0) {
        config->latency_ms = strtod(found.text, &end);
        return *found.text && *end == '\0' && config->latency_ms > 0 && isfinite(config->latency_ms)
                   ? DAVY_OK
                   : davy_config_fail(b->tree, node->line,
                                      DAVY_CONFIG_LATENCY " is milliseconds above 0, not '%.60s'",
                                      found.text);
    }
    if (strncmp(found.key, "davy.", 5) == 0)
        return davy_config_fail(b->tree, node->line,
                                "'%.60s' is none of davy's parameters: " DAVY_CONFIG_IMAGE
                                ", " DAVY_CONFIG_BOXES ", " DAVY_CONFIG_LATENCY,
                                found.key);
    davy_buffer_printf(b->aside, "%s%.60s", b->aside->length ? ", " : "", found.key);
    return davy_buffer_ok(b->aside);
}

static const davy_config_key root_keys[] = {
    {.name = "name", .kind = DAVY_KEY_TEXT, AT(davy_infer_config, name)},
    {.name = "platform", .kind = DAVY_KEY_TEXT, AT(davy_infer_config, platform)},
    {.name = "backend", CALL(set_backend), AT(davy_infer_config, platform)},
    {.name = "runtime", .kind = DAVY_KEY_ASIDE},
    {.name = "version_policy", CALL(set_policy)},
    {.name = "max_batch_size", .kind = DAVY_KEY_SIZE, AT(davy_infer_config, batch_max)},
    {.name = "input", ARRAY(davy_infer_config, inputs, input_count), .message = &davy_config_input},
    {.name = "output",
     ARRAY(davy_infer_config, outputs, output_count),
     .message = &davy_config_output},
    {.name = "batch_input", .kind = DAVY_KEY_REFUSED},
    {.name = "batch_output", .kind = DAVY_KEY_REFUSED},
    {.name = "optimization", .kind = DAVY_KEY_ASIDE},
    {.name = "dynamic_batching", CALL(davy_config_set_batching), AT(davy_infer_config, batching)},
    {.name = "sequence_batching",
     CALL(davy_config_set_sequencing),
     AT(davy_infer_config, sequencing)},
    {.name = "ensemble_scheduling", INSIDE(ensemble_message)},
    {.name = "instance_group", CALL(add_group), .many = true, AT(davy_infer_config, instances)},
    {.name = "default_model_filename", CALL(check_filename)},
    {.name = "cc_model_filenames", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "metric_tags", .kind = DAVY_KEY_ASIDE, .many = true},
    {.name = "parameters", CALL(add_parameter), .many = true},
    {.name = "model_warmup",
     ARRAY(davy_infer_config, warmups, warmup_count),
     .message = &davy_config_warmup},
    {.name = "model_operations", .kind = DAVY_KEY_REFUSED},
    {.name = "model_transaction_policy", .kind = DAVY_KEY_REFUSED},
    {.name = "model_repository_agents", .kind = DAVY_KEY_REFUSED},
    {.name = "response_cache", .kind = DAVY_KEY_ASIDE},
    {.name = "model_metrics", .kind = DAVY_KEY_ASIDE},
};

const davy_config_message davy_config_root = {"a config", root_keys, DAVY_ARRAY_LENGTH(root_keys)};
