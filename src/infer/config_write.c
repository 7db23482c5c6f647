/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * With Triton's keys, as its GET .../config has them; what davy_infer_config_parse_json() reads
 * again. 64-bit numbers are texts there, as protobuf's JSON has them.
 */
static const char *type_name(davy_type type, char name[32])
{
    const char *datatype = davy_datatype_name(type);

    if (type == DAVY_TYPE_TEXT)
        datatype = "STRING";
    (void) snprintf(name, 32, "TYPE_%s", datatype ? datatype : "INVALID");
    return name;
}

static json_t *write_u64(uint64_t value)
{
    return json_sprintf("%llu", (unsigned long long) value);
}

static json_t *write_dims(const int64_t *dims, int rank)
{
    json_t *list = json_array();

    for (int i = 0; i < rank; i++)
        json_array_append_new(list, json_sprintf("%lld", (long long) dims[i]));
    return list;
}

static json_t *write_port(const davy_port *port)
{
    char type[32];
    json_t *out =
        json_pack("{s:s, s:s, s:o}", "name", port->name, "data_type", type_name(port->type, type),
                  "dims", write_dims(port->dims, port->rank));

    if (port->optional)
        json_object_set_new(out, "optional", json_true());
    return out;
}

static json_t *write_ports(const davy_port *ports, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, write_port(&ports[i]));
    return list;
}

static json_t *write_outputs(const davy_infer_config *config)
{
    json_t *list = write_ports(config->outputs, config->output_count);

    if (config->labels_file && config->output_count > 0)
        json_object_set_new(json_array_get(list, 0), "label_filename",
                            json_string(config->labels_file));
    return list;
}

static json_t *write_policy(const davy_infer_config *config)
{
    json_t *versions;

    if (config->policy == DAVY_VERSIONS_ALL)
        return json_pack("{s:{}}", "all");
    if (config->policy == DAVY_VERSIONS_LATEST)
        return json_pack("{s:{s:I}}", "latest", "num_versions",
                         (json_int_t) (config->policy_count > 0 ? config->policy_count : 1));
    versions = json_array();
    for (size_t i = 0; i < config->policy_count; i++)
        json_array_append_new(versions, write_u64(config->policy_versions[i]));
    return json_pack("{s:{s:o}}", "specific", "versions", versions);
}

static json_t *write_queue(const davy_queue_policy *queue)
{
    return json_pack("{s:s, s:o, s:b, s:I}", "timeout_action",
                     queue->action == DAVY_TIMEOUT_DELAY ? "DELAY" : "REJECT",
                     "default_timeout_microseconds", write_u64(queue->timeout_us),
                     "allow_timeout_override", (int) queue->allow_timeout_override,
                     "max_queue_size", (json_int_t) queue->size_max);
}

static json_t *write_batching(const davy_batching *batching)
{
    json_t *preferred = json_array(), *priorities = json_object(), *out;

    for (size_t i = 0; i < batching->preferred_count; i++)
        json_array_append_new(preferred, json_integer((json_int_t) batching->preferred[i]));
    out = json_pack("{s:o, s:o, s:o, s:o, s:o}", "preferred_batch_size", preferred,
                    "max_queue_delay_microseconds", write_u64(batching->delay_us),
                    "priority_levels", write_u64(batching->priority_levels),
                    "default_priority_level", write_u64(batching->priority_default),
                    "default_queue_policy", write_queue(&batching->queue));
    for (unsigned i = 0; i < batching->priority_levels; i++) {
        char level[16];

        (void) snprintf(level, sizeof level, "%u", i + 1);
        json_object_set_new(priorities, level, write_queue(&batching->queues[i]));
    }
    json_object_set_new(out, "priority_queue_policy", priorities);
    return out;
}

static json_t *write_control(const char *name, const char *kind)
{
    return json_pack("{s:s, s:[{s:s}]}", "name", name, "control", "kind", kind);
}

static json_t *write_sequencing(const davy_sequencing *sequencing)
{
    const struct {
        const char *name, *kind;
    } controls[] = {{sequencing->start, "CONTROL_SEQUENCE_START"},
                    {sequencing->ready, "CONTROL_SEQUENCE_READY"},
                    {sequencing->end, "CONTROL_SEQUENCE_END"},
                    {sequencing->correlation, "CONTROL_SEQUENCE_CORRID"}};
    json_t *inputs = json_array(), *states = json_array();

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(controls); i++)
        if (controls[i].name)
            json_array_append_new(inputs, write_control(controls[i].name, controls[i].kind));
    for (size_t i = 0; i < sequencing->state_count; i++) {
        const davy_sequence_state *state = &sequencing->states[i];
        char type[32];

        json_array_append_new(states, json_pack("{s:s, s:s, s:s, s:o}", "input_name", state->input,
                                                "output_name", state->output, "data_type",
                                                type_name(state->type, type), "dims",
                                                write_dims(state->dims, state->rank)));
    }
    return json_pack("{s:o, s:{s:I}, s:o, s:o}", "max_sequence_idle_microseconds",
                     write_u64(sequencing->idle_us), "oldest", "max_candidate_sequences",
                     (json_int_t) sequencing->sequences_max, "control_input", inputs, "state",
                     states);
}

static json_t *write_map(const davy_ensemble_map *maps, size_t count)
{
    json_t *out = json_object();

    for (size_t i = 0; i < count; i++)
        json_object_set_new(out, maps[i].model, json_string(maps[i].ensemble));
    return out;
}

static json_t *write_steps(const davy_infer_config *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config->step_count; i++) {
        const davy_ensemble_step *step = &config->steps[i];

        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o}", "model_name", step->model, "model_version",
                            *step->version ? step->version : "-1", "input_map",
                            write_map(step->inputs, step->input_count), "output_map",
                            write_map(step->outputs, step->output_count)));
    }
    return json_pack("{s:o}", "step", list);
}

static json_t *write_warmup_input(const davy_warmup_input *input)
{
    char type[32];
    json_t *out = json_pack("{s:s, s:o}", "data_type", type_name(input->port.type, type), "dims",
                            write_dims(input->port.dims, input->port.rank));

    if (input->file)
        json_object_set_new(out, "input_data_file", json_string(input->file));
    else
        json_object_set_new(out, input->random ? "random_data" : "zero_data", json_true());
    return out;
}

static json_t *write_warmups(const davy_infer_config *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config->warmup_count; i++) {
        const davy_warmup *warmup = &config->warmups[i];
        json_t *inputs = json_object();

        for (size_t k = 0; k < warmup->input_count; k++)
            json_object_set_new(inputs, warmup->inputs[k].port.name,
                                write_warmup_input(&warmup->inputs[k]));
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:o}", "name", warmup->name,
                                              "batch_size", (json_int_t) warmup->batch, "count",
                                              (json_int_t) warmup->count, "inputs", inputs));
    }
    return list;
}

static json_t *write_image(const davy_image_input *image)
{
    return json_sprintf("input=%s size=%zux%zu layout=%s colour=%s mean=%.9g,%.9g,%.9g "
                        "deviation=%.9g,%.9g,%.9g fit=%s",
                        image->input, image->width, image->height,
                        image->channels_first ? "nchw" : "nhwc", image->bgr ? "bgr" : "rgb",
                        (double) image->mean[0], (double) image->mean[1], (double) image->mean[2],
                        (double) image->deviation[0], (double) image->deviation[1],
                        (double) image->deviation[2], image->letterbox ? "letterbox" : "stretch");
}

static json_t *write_boxes(const davy_box_output *boxes)
{
    return json_sprintf("output=%s layout=%s box=%s objectness=%s scale=%s score=%.17g "
                        "overlap=%.17g most=%zu",
                        boxes->output, boxes->columns ? "columns" : "rows",
                        boxes->corners ? "corners" : "centre", boxes->objectness ? "yes" : "no",
                        boxes->relative ? "relative" : "pixels", boxes->score, boxes->overlap,
                        boxes->most);
}

static json_t *write_parameters(const davy_infer_config *config)
{
    json_t *out = json_object();

    if (config->image.input)
        json_object_set_new(out, DAVY_CONFIG_IMAGE,
                            json_pack("{s:o}", "string_value", write_image(&config->image)));
    if (config->boxes.output)
        json_object_set_new(out, DAVY_CONFIG_BOXES,
                            json_pack("{s:o}", "string_value", write_boxes(&config->boxes)));
    if (config->latency_ms > 0)
        json_object_set_new(
            out, DAVY_CONFIG_LATENCY,
            json_pack("{s:o}", "string_value", json_sprintf("%.17g", config->latency_ms)));
    return out;
}

void davy_infer_config_write(const davy_infer_config *config, davy_buffer *out)
{
    json_t *root = json_pack(
        "{s:s, s:s, s:o, s:I, s:o, s:o}", "name", config->name ? config->name : "", "platform",
        config->platform ? config->platform : "", "version_policy", write_policy(config),
        "max_batch_size", (json_int_t) config->batch_max, "input",
        write_ports(config->inputs, config->input_count), "output", write_outputs(config));
    char *text;

    if (config->batching.dynamic)
        json_object_set_new(root, "dynamic_batching", write_batching(&config->batching));
    if (config->sequencing.on)
        json_object_set_new(root, "sequence_batching", write_sequencing(&config->sequencing));
    if (config->step_count > 0)
        json_object_set_new(root, "ensemble_scheduling", write_steps(config));
    if (config->instances > 0)
        json_object_set_new(root, "instance_group",
                            json_pack("[{s:I}]", "count", (json_int_t) config->instances));
    if (config->warmup_count > 0)
        json_object_set_new(root, "model_warmup", write_warmups(config));
    json_object_set_new(root, "parameters", write_parameters(config));
    text = json_dumps(root, JSON_COMPACT);
    if (text)
        davy_buffer_append_text(out, text);
    else
        out->failed = true;
    free(text);
    json_decref(root);
}
