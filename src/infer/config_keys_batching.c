/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_tables.h"

static davy_status set_action(const davy_config_binding *b, const davy_config_node *node,
                              void *field)
{
    static const char *const words[] = {"REJECT", "DELAY"};
    size_t found = 0;
    davy_status status = davy_config_choose(b, node, words, 2, &found);

    *(davy_timeout_action *) field = found == 1 ? DAVY_TIMEOUT_DELAY : DAVY_TIMEOUT_REJECT;
    return status;
}

static const davy_config_key queue_keys[] = {
    {.name = "timeout_action", CALL(set_action), AT(davy_queue_policy, action)},
    {.name = "default_timeout_microseconds",
     .kind = DAVY_KEY_U64,
     AT(davy_queue_policy, timeout_us)},
    {.name = "allow_timeout_override",
     .kind = DAVY_KEY_BOOL,
     AT(davy_queue_policy, allow_timeout_override)},
    {.name = "max_queue_size", .kind = DAVY_KEY_SIZE, AT(davy_queue_policy, size_max)},
};
KEYS(queue_message, "a queue policy", queue_keys);

/* It is the policy of every priority that has none of its own; those come after it. */
static davy_status set_queue(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    davy_batching *batching = field;
    davy_status status = davy_config_bind(b, node, &queue_message, &batching->queue);

    for (size_t i = 0; i < DAVY_PRIORITIES_MAX; i++)
        batching->queues[i] = batching->queue;
    return status;
}

/* One entry of a map by number; the value is bound when the key is known. */
struct priority {
    size_t level;
    const davy_config_node *value;
};

static davy_status keep_node(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    (void) b;
    *(const davy_config_node **) field = node;
    return DAVY_OK;
}

static davy_status set_level(const davy_config_binding *b, const davy_config_node *node,
                             void *field)
{
    int64_t level;
    davy_status status = davy_config_whole(b, node, 1, DAVY_PRIORITIES_MAX, &level);

    if (status == DAVY_OK)
        *(size_t *) field = (size_t) level;
    return status;
}

static const davy_config_key priority_keys[] = {
    {.name = "key", CALL(set_level), AT(priority, level)},
    {.name = "value", CALL(keep_node), AT(priority, value)},
};
KEYS(priority_message, "priority_queue_policy", priority_keys);

static davy_status add_priority(const davy_config_binding *b, const davy_config_node *node,
                                void *field)
{
    davy_batching *batching = field;
    struct priority entry = {.level = 0};
    davy_status status = davy_config_bind(b, node, &priority_message, &entry);

    if (status != DAVY_OK)
        return status;
    if (entry.level == 0 || !entry.value)
        return davy_config_fail(b->tree, node->line, "priority_queue_policy has a key and a value");
    batching->queues[entry.level - 1] = (davy_queue_policy){.size_max = 0};
    return davy_config_bind(b, entry.value, &queue_message, &batching->queues[entry.level - 1]);
}

static davy_status add_preferred(const davy_config_binding *b, const davy_config_node *node,
                                 void *field)
{
    davy_batching *batching = field;
    size_t place = batching->preferred_count;
    int64_t size;
    davy_status status = davy_config_whole(b, node, 1, INT32_MAX, &size);

    if (status != DAVY_OK)
        return status;
    if (place == DAVY_PREFERRED_MAX)
        return davy_config_fail(b->tree, node->line, "more than %d preferred sizes",
                                DAVY_PREFERRED_MAX);
    for (; place > 0 && batching->preferred[place - 1] > (size_t) size; place--)
        batching->preferred[place] = batching->preferred[place - 1];
    batching->preferred[place] = (size_t) size;
    batching->preferred_count++;
    return DAVY_OK;
}

static const davy_config_key batching_keys[] = {
    {.name = "preferred_batch_size", CALL(add_preferred), .many = true},
    {.name = "max_queue_delay_microseconds", .kind = DAVY_KEY_U64, AT(davy_batching, delay_us)},
    {.name = "preserve_ordering", .kind = DAVY_KEY_ASIDE},
    {.name = "priority_levels", .kind = DAVY_KEY_UNSIGNED, AT(davy_batching, priority_levels)},
    {.name = "default_priority_level",
     .kind = DAVY_KEY_UNSIGNED,
     AT(davy_batching, priority_default)},
    {.name = "default_queue_policy", CALL(set_queue)},
    {.name = "priority_queue_policy", CALL(add_priority), .many = true},
};
KEYS(batching_message, "dynamic_batching", batching_keys);

davy_status davy_config_set_batching(const davy_config_binding *b, const davy_config_node *node,
                                     void *field)
{
    ((davy_batching *) field)->dynamic = true;
    return davy_config_bind(b, node, &batching_message, field);
}
