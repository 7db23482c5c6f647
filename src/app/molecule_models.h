/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor.h"

/**
 * @file
 * Models of molecules that stay open from question to question.
 *
 * Stage: app. Opening a model reads, hashes and unpacks its files, which takes a hundred times as
 * long as asking it. One that was opened is kept until its files are others than they were (by
 * inode, size and times, the ctime among them, which nobody sets back) or until it is the one that
 * was not asked for the longest and there is no room. Of models that do not answer for molecules
 * only that is remembered. Any thread; who opens one holds the others up.
 */
typedef struct davy_molecule_models davy_molecule_models;

/** Models that are remembered, and bytes of the files of those that are open: what a small machine
 * can spare. Models in use count and are not closed: then they are more. */
#define DAVY_MOLECULE_MODELS_MAX   ((size_t) 256)
#define DAVY_MOLECULE_MODELS_BYTES ((size_t) 256 << 20)

/** @param bytes_max  of the files of the models that are open; DAVY_MOLECULE_MODELS_BYTES */
DAVY_MUST_CHECK davy_status davy_molecule_models_create(size_t bytes_max,
                                                        davy_molecule_models **out);
/** NULL is fine. Nobody may hold a model any more. */
void davy_molecule_models_destroy(davy_molecule_models *models);

/**
 * The model of a folder, open until it is released.
 *
 * @param out  NULL: it does not answer for molecules
 * @return what davy_predictor_open() returns; a failure is not remembered
 */
DAVY_MUST_CHECK davy_status davy_molecule_models_acquire(davy_molecule_models *models,
                                                         const char *folder,
                                                         const davy_predictor **out);
/** NULL is fine. */
void davy_molecule_models_release(davy_molecule_models *models, const davy_predictor *predictor);
