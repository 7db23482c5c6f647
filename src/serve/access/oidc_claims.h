/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/jwt.h"
#include "serve/access/oidc.h"

/**
 * @file
 * What a token claims, held against what is wanted of it. Pure.
 *
 * Stage: serve.
 */

/** Clocks of two machines may differ by so much. */
#define DAVY_OIDC_LEEWAY_S 60

/** Check the options' words: the mapping names roles, the issuer may be asked. */
DAVY_MUST_CHECK davy_status davy_oidc_check_options(const davy_oidc_options *options);

/** Who a verified token speaks for; DAVY_ERR_DENIED, with a sentence, when it is not for us or not
 * now. */
DAVY_MUST_CHECK davy_status davy_oidc_read_claims(const davy_oidc_options *options,
                                                  const json_t *claims, int64_t wall_ns,
                                                  davy_oidc_who *who);
