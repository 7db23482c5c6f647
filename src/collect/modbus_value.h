/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

#include <stdint.h>

/**
 * @file
 * Values out of Modbus registers: types and byte orders.
 *
 * Stage: collect. Modbus itself knows 16-bit registers only; how a float lies in two of them is
 * each maker's own choice. The four orders and the names of types are Telegraf's, whose users' maps
 * can be taken over: ABCD big endian, DCBA little endian, BADC big endian with the bytes of each
 * register swapped, CDAB with the registers in reverse. Orders with swapped bytes swap the bytes of
 * 16-bit and smaller types, too.
 *
 * Source: Telegraf, plugins/inputs/modbus/README.md; IEEE 754-2019 for the floats.
 */

/** Registers (of a coil or discrete input: bits) that a value takes: 1, 2 or 4. */
uint16_t davy_modbus_width(davy_modbus_type type);

/** The raw value in `words`, registers as numbers; a NaN or infinity is given as such. */
double davy_modbus_decode(const davy_site_from *from, const uint16_t *words);
