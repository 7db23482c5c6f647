/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/onnx/importer.h"

/**
 * @file
 * Upgrades: a node of an older operator set says the same in the words of operator set 17.
 *
 * Stage: nn. One function a change; import_rows.c says for which operators and versions.
 */
davy_import_step davy_upgrade_axes;       /* attribute `axes` became an input */
davy_import_step davy_upgrade_split;      /* `split` became an input */
davy_import_step davy_upgrade_slice;      /* `starts`, `ends`, `axes` became inputs */
davy_import_step davy_upgrade_reshape;    /* `shape` became an input */
davy_import_step davy_upgrade_pad;        /* `pads` and `value` became inputs */
davy_import_step davy_upgrade_clip;       /* `min` and `max` became inputs */
davy_import_step davy_upgrade_top_k;      /* `k` became an input */
davy_import_step davy_upgrade_concat;     /* `axis` was 1 by default */
davy_import_step davy_upgrade_scatter;    /* got another name */
davy_import_step davy_upgrade_tile;       /* one axis and one count */
davy_import_step davy_upgrade_cast;       /* types were words */
davy_import_step davy_upgrade_broadcast;  /* `broadcast` and `axis` said how shapes meet */
davy_import_step davy_upgrade_prelu;      /* one slope a channel was a row */
davy_import_step davy_upgrade_gemm;       /* `broadcast` */
davy_import_step davy_upgrade_dropout;    /* `ratio` became an input */
davy_import_step davy_upgrade_resize;     /* no region, corners asymmetric */
davy_import_step davy_upgrade_upsample;   /* became Resize */
davy_import_step davy_upgrade_softmax;    /* worked on a matrix */
davy_import_step davy_upgrade_batch_norm; /* `spatial` */
