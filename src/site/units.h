/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * A unit as people write it, in UCUM's case-sensitive code.
 *
 * Stage: site. The spellings that plants use are taken for their code ("°C" is Cel); of any other
 * text the alphabet and the brackets are checked. The atoms themselves are not looked up: a unit is
 * told to people and never converted here.
 *
 * Source: The Unified Code for Units of Measure, version 2.1, clauses 1-8 and the tables.
 */

/** The code of a unit, "" for none: a constant or `text` itself; NULL when it cannot be one. */
const char *davy_unit_code(const char *text);
