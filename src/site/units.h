/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Is a text a unit in UCUM's case-sensitive code?
 *
 * Stage: site. The alphabet and the brackets are checked, and the spellings that people use for
 * process signals are told with the right one ("°C" is Cel). The atoms themselves are not looked
 * up: a unit is told to people and never converted here.
 *
 * Source: The Unified Code for Units of Measure, version 2.1, clauses 1-8 and the tables.
 */

/** True for a unit and for "", which means none; else `remedy` tells what to write. */
bool davy_unit_check(const char *text, char *remedy, size_t capacity);
