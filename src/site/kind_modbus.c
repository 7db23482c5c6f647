/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"
#include "site/sources.h"

#include <stdio.h>
#include <string.h>

/*
 * Modbus TCP. Addresses are those on the wire, from 0; types and byte orders have Telegraf's names.
 */

static const char *const tables[] = {"coil", "discrete", "holding", "input", NULL};

static const char *const types[] = {"bit",    "int8l",   "int8h",   "uint8l",  "uint8h",
                                    "int16",  "uint16",  "int32",   "uint32",  "int64",
                                    "uint64", "float16", "float32", "float64", NULL};

/* Registers that a value of each type takes. */
static const unsigned widths[] = {1, 1, 1, 1, 1, 1, 1, 2, 2, 4, 4, 1, 2, 4};

_Static_assert(DAVY_ARRAY_LENGTH(types) == DAVY_MODBUS_FLOAT64 + 2, "a name for every type");
_Static_assert(DAVY_ARRAY_LENGTH(widths) == DAVY_MODBUS_FLOAT64 + 1, "a width for every type");

static const char *const orders[] = {"ABCD", "DCBA", "BADC", "CDAB", NULL};

/* "holding 0". False when it is not a table and an address. */
static bool parse_register(const char *text, size_t *table, uint16_t *address)
{
    size_t length = strcspn(text, " ");
    double number;

    for (*table = 0; tables[*table]; (*table)++)
        if (strlen(tables[*table]) == length && memcmp(tables[*table], text, length) == 0)
            break;
    if (!tables[*table] || strspn(text + length, " 0123456789") != strlen(text + length) ||
        davy_number_parse(text + length, &number) != DAVY_OK || number > UINT16_MAX)
        return false;
    *address = (uint16_t) number;
    return true;
}

static void read_register(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    davy_site_from *from = &((davy_site_signal *) object)->from;
    char word[16];
    size_t table;

    if (!text)
        return;
    if (parse_register(text, &table, &from->address)) {
        from->table = (davy_modbus_table) table;
        return;
    }
    (void) snprintf(word, sizeof word, "%.*s", (int) strcspn(text, " "), text);
    if (davy_site_choose(reader, where, node, word, tables, &table))
        davy_site_refuse(reader, where, node,
                         "write the address on the wire, from 0: 'holding 0' is what is often "
                         "called 40001",
                         "'%.60s' does not end with an address from 0 to 65535", text);
}

static bool is_bit_table(const davy_site_from *from)
{
    return from->table == DAVY_MODBUS_COIL || from->table == DAVY_MODBUS_DISCRETE;
}

/* Keys that say nothing about the bits of coils and discrete inputs. */
static void check_bit_table(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_from *from)
{
    if (from->type != DAVY_MODBUS_BIT)
        davy_site_refuse_key(reader, where, node, "type", "leave it out",
                             "a %s is one bit and not of type %s", tables[from->table],
                             types[from->type]);
    for (size_t i = 0; i < 2; i++) {
        const char *key = i ? "order" : "bit";

        if (davy_yaml_get(node, key))
            davy_site_refuse_key(reader, where, node, key, "leave it out",
                                 "'%s' means nothing for a %s", key, tables[from->table]);
    }
}

static void check_word_table(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_from *from)
{
    if (!davy_yaml_get(node, "type"))
        davy_site_refuse(reader, where, node, "add for example 'type: float32'",
                         "'type' is missing: a register says nothing about what it holds");
    else if (from->type == DAVY_MODBUS_BIT && !davy_yaml_get(node, "bit"))
        davy_site_refuse(reader, where, node, "add for example 'bit: 0', the lowest of 16",
                         "'bit' is missing: a register has 16");
    else if (from->type != DAVY_MODBUS_BIT && davy_yaml_get(node, "bit"))
        davy_site_refuse_key(reader, where, node, "bit", "leave it out, or write 'type: bit'",
                             "'bit' means nothing for type %s", types[from->type]);
    if (from->address + widths[from->type] > UINT16_MAX + 1U)
        davy_site_refuse_key(reader, where, node, "register",
                             "registers end at 65535: lower the address",
                             "a value of type %s takes %u registers from %u on", types[from->type],
                             widths[from->type], (unsigned) from->address);
}

static void check_from(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    const davy_site_from *from = &((const davy_site_signal *) object)->from;
    const davy_yaml_node *text = davy_yaml_get(node, "register");
    const davy_yaml_node *type = davy_yaml_get(node, "type");
    uint16_t address;
    size_t table;

    /* Where the register or the type itself is a fault, it is told, and no more is known. */
    if (!text || text->kind != DAVY_YAML_SCALAR || !parse_register(text->text, &table, &address))
        return;
    if (type && (type->kind != DAVY_YAML_SCALAR || strcmp(type->text, types[from->type]) != 0))
        return;
    if (is_bit_table(from))
        check_bit_table(reader, where, node, from);
    else
        check_word_table(reader, where, node, from);
}

static void check_source(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, void *object)
{
    const davy_site_source *source = object;

    if (source->unit_id >= 248 && source->unit_id <= 254)
        davy_site_refuse_key(reader, where, node, "unit_id", "write 1 to 247, 0 or 255",
                             "unit ids 248 to 254 are reserved");
}

static void read_bit(davy_site_reader *reader, const davy_site_where *where,
                     const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    int bit = 0;

    davy_site_read_integer(reader, where, node, field, &bit);
    ((davy_site_signal *) object)->from.bit = (uint8_t) bit;
}

static const davy_site_field source_fields[] = {
    DAVY_SITE_ROWS_OF_SOURCES,
    {"address", davy_site_read_address, .required = true, .with = "tcp://",
     .write = "address: \"tcp://10.0.0.5:502\""},
    {"poll", davy_site_read_duration, DAVY_SITE_SOURCE(poll_ns), .low = 10 * DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "poll: 1s"},
    {"timeout", davy_site_read_duration, DAVY_SITE_SOURCE(timeout_ns), .low = 10 * DAVY_SITE_MS,
     .high = DAVY_SITE_MINUTE, .write = "timeout: 1s"},
    {"unit_id", davy_site_read_integer, DAVY_SITE_SOURCE(unit_id), .low = 0, .high = 255,
     .write = "unit_id: 1"},
};

static const davy_site_field from_fields[] = {
    DAVY_SITE_ROWS_OF_FROM,
    {"register", read_register, .required = true, .write = "register: holding 0"},
    {"type", davy_site_read_choice, DAVY_SITE_FROM(type), .with = types, .write = "type: float32"},
    {"bit", read_bit, .low = 0, .high = 15, .write = "bit: 0"},
    {"order", davy_site_read_choice, DAVY_SITE_FROM(order), .with = orders, .write = "order: CDAB"},
    DAVY_SITE_ROWS_OF_SCALE,
};

const davy_site_kind davy_site_kind_modbus = {
    .name = "modbus",
    .defaults = {.poll_ns = DAVY_NS_PER_S, .timeout_ns = DAVY_NS_PER_S, .unit_id = 1},
    .source = {.what = "modbus source",
               .fields = source_fields,
               .count = DAVY_ARRAY_LENGTH(source_fields),
               .check = check_source},
    .from = {.what = "from of a modbus source",
             .fields = from_fields,
             .count = DAVY_ARRAY_LENGTH(from_fields),
             .check = check_from},
};
