/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/board.h"
#include "respond/dispatch/ppe.h"

/**
 * @file
 * What the files of the board share.
 *
 * Stage: respond, room dispatch.
 */

/** m: farther than this from its origin is no part of a site, and no zone reaches it. */
#define DAVY_BOARD_FAR_M 1e6
/** Bytes of a name from outside. */
#define DAVY_BOARD_NAME_MAX ((size_t) 256)

/** The protection that the appendix asks for in a toxic zone of an impact. */
davy_ppe davy_board_protection(const json_t *impact);
