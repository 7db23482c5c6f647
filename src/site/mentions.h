/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"

/**
 * @file
 * Readers of a name that another part of the file gives: an asset, a signal, a junction.
 *
 * Stage: site. Each writes its index, a size_t, at field->offset, or tells a fault with the nearest
 * name. What is named stands above in the table of the file, so that it is read already.
 */
davy_site_read davy_site_read_asset_mention, davy_site_read_junction_mention;

/** A signal by its path; `with` is NULL, or the unit that its own must be a unit of. */
davy_site_read davy_site_read_signal_mention;
