/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "core/status.h"
#include "site/faults.h"

#include <sysexits.h>

/**
 * @file
 * The verbs of the command line: one file each, one constant each, one table in main.c.
 *
 * Stage: app. A verb returns its exit code, from sysexits.h.
 */
typedef struct davy_verb {
    const char *name;
    const char *summary;               /* one line for `davy help` */
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
} davy_verb;

extern const davy_verb davy_verb_alarms;
extern const davy_verb davy_verb_backup;
extern const davy_verb davy_verb_check;
extern const davy_verb davy_verb_chemical;
extern const davy_verb davy_verb_data;
extern const davy_verb davy_verb_demo;
extern const davy_verb davy_verb_evaluate;
extern const davy_verb davy_verb_handover;
extern const davy_verb davy_verb_impact;
extern const davy_verb davy_verb_import;
extern const davy_verb davy_verb_incidents;
extern const davy_verb davy_verb_infer;
extern const davy_verb davy_verb_key;
extern const davy_verb davy_verb_models;
extern const davy_verb davy_verb_prooftest;
extern const davy_verb davy_verb_query;
extern const davy_verb davy_verb_replay;
extern const davy_verb davy_verb_restore;
extern const davy_verb davy_verb_run;
extern const davy_verb davy_verb_storage;
extern const davy_verb davy_verb_train;
extern const davy_verb davy_verb_verify;
extern const davy_verb davy_verb_version;

/** What a verb does once its options are read. @return exit code */
typedef int (*davy_verb_body)(void *settings, const davy_option_list *words);

/**
 * Read the options, check the number of positional words, run the body, give the lists back.
 *
 * @return the body's exit code, EX_OK after --help, or EX_USAGE after saying what is wrong
 */
int davy_verb_call(const davy_usage *usage, const davy_option *options, size_t option_count,
                   size_t words_min, size_t words_max, int argc, char **argv, davy_verb_body body,
                   void *settings);

/** Print "davy VERB: the last failure's sentence" and give the exit code of its status. */
int davy_verb_fail(const char *verb, davy_status status);

/**
 * End a verb that read a file: print its faults to standard error, or else what has failed, and
 * clear them.
 *
 * @return exit code of the status
 */
int davy_verb_faults(const char *verb, davy_status status, davy_site_faults *faults);

/** Who calls: the name of the system's user, or its number. */
const char *davy_verb_user(char *text, size_t capacity);

/** Folder of a daemon's data when --data is not given. */
#define DAVY_DATA_FOLDER "davy-data"

/** Address a daemon answers on when --listen is not given: this machine only. */
#define DAVY_LISTEN "127.0.0.1:8080"

/** "DATA/models" or the folder the caller named. */
const char *davy_models_folder(const char *data, const char *models, char *text, size_t capacity);
