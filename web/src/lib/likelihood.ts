// SPDX-License-Identifier: Apache-2.0
/** A probability in words and as a number: either alone is misread. */
import { t } from '../i18n';
import { formatNumber } from './number';

/**
 * Least probability of each word. Source: the calibrated terms of the IPCC's guidance note on
 * uncertainties (Mastrandrea and others, 2010), table 1.
 */
const TERMS = [
  { least: 0.99, name: 'virtuallyCertain' },
  { least: 0.9, name: 'veryLikely' },
  { least: 0.66, name: 'likely' },
  { least: 0.33, name: 'asLikelyAsNot' },
  { least: 0.1, name: 'unlikely' },
  { least: 0.01, name: 'veryUnlikely' },
  { least: -Infinity, name: 'exceptionallyUnlikely' },
] as const;

export type LikelihoodTerm = (typeof TERMS)[number]['name'];

export function likelihoodTerm(p: number): LikelihoodTerm {
  return (TERMS.find((one) => p >= one.least) ?? TERMS[TERMS.length - 1]!).name;
}

export function likelihoodText(p: number | null): string {
  const words = t().emergency;
  if (p === null) return words.noLikelihood;
  const share = p > 0 && p < 0.001 ? p.toExponential(1) : `${formatNumber(p * 100)} %`;
  return `${words.likelihoods[likelihoodTerm(p)]} (${share})`;
}
