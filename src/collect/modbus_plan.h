/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Which Modbus requests read all signals of a source: registers that lie together are read
 * together.
 *
 * Stage: collect. A request covers up to 125 registers or 2,000 bits of one table, with gaps
 * between signals of up to DAVY_MODBUS_GAP_REGISTERS, since asking again costs a round trip and a
 * register two bytes. Some devices refuse a block that touches a register they do not have:
 * such a request is cut in two, first at its widest gap, until what is refused stands alone.
 *
 * Source: MODBUS Application Protocol Specification V1.1b3, sections 6.1 to 6.4 (limits).
 */
#define DAVY_MODBUS_REGISTERS_MAX 125
#define DAVY_MODBUS_BITS_MAX      2000
#define DAVY_MODBUS_GAP_REGISTERS 16
#define DAVY_MODBUS_GAP_BITS      128

/** One signal's place in the device. */
typedef struct davy_modbus_item {
    uint32_t index; /* of the source's signals */
    davy_modbus_table table;
    uint32_t address;
    uint16_t width; /* registers or bits */
} davy_modbus_item;

/** Read `count` registers or bits from `address`; serves items[first .. first + items). */
typedef struct davy_modbus_request {
    davy_modbus_table table;
    uint32_t address;
    uint16_t count;
    size_t first, items;
} davy_modbus_request;

/** Zeroed is a valid empty plan. */
typedef struct davy_modbus_plan {
    davy_modbus_item *items; /* by table, address and width */
    size_t item_count;
    davy_modbus_request *requests; /* room for item_count */
    size_t request_count;
} davy_modbus_plan;

/** Plan the signals of a source. DAVY_ERR_INVALID for one that reaches past register 65535. */
DAVY_MUST_CHECK davy_status davy_modbus_plan_init(davy_modbus_plan *plan, const davy_site *site,
                                                  const davy_site_source *config);

/** A plan that was never set up is fine. */
void davy_modbus_plan_clear(davy_modbus_plan *plan);

/** Make the requests anew, forgetting all cuts. */
void davy_modbus_plan_merge(davy_modbus_plan *plan);

/** Cut the request in two, the second following it. False when all its items are in one place. */
bool davy_modbus_plan_split(davy_modbus_plan *plan, size_t request);

/** True for coils and discrete inputs. */
static inline bool davy_modbus_is_bits(davy_modbus_table table)
{
    return table == DAVY_MODBUS_COIL || table == DAVY_MODBUS_DISCRETE;
}
