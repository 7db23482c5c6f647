/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * Likelihood: how likely an alarm means a release, by Bayes, with the prior said aloud.
 *
 * Stage: hazard, room risk. A release is rare and a detector that alarms falsely once a week is
 * not: without a prior the score of an alarm says nothing about a release. Bad at: alarms that are
 * not independent of each other, such as two detectors in one cloud; a prior that nobody knows.
 *
 * Source: Bayes' rule for two kinds of events that come at random; T. Sellke, M. J. Bayarri, J. O.
 * Berger, "Calibration of p Values for Testing Precise Null Hypotheses", The American Statistician
 * 55(1), 2001.
 */

/**
 * Of an alarm of a detector whose limit is calibrated to a budget of false alarms: the probability
 * that a release is behind it.
 *
 * @param releases   per year, of what the detector watches: the prior
 * @param detection  share of the releases that it alarms on
 * @param false_alarms  per day, the budget
 */
davy_answer davy_likelihood_of_alarm(double releases, double detection, double false_alarms);

/**
 * Of a score with a calibrated p-value, how likely something is behind it at most: no alternative
 * whatever gives more.
 *
 * @param prior  probability before the score was seen
 * @param p      share of normal scores that are at least as high; above 0
 */
davy_answer davy_likelihood_at_most(double prior, double p);
