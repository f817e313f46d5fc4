import type { KnockRequest } from '../../packages/client/src/index.ts';
import type { Texts } from '../texts/en.ts';

interface Explanation {
  readonly title: string;
  readonly text: string;
}

/** A reason for people; codes that the page does not know get a general one. */
export function refusalTexts({ refusals }: Texts, code: string): Explanation {
  const known: Readonly<Record<string, Explanation>> = refusals;
  return known[code] ?? refusals.OTHER;
}

/** What became of a knock that lets nobody in. */
export function endingTexts({ ended }: Texts, { status, reason }: KnockRequest): Explanation {
  if (status === 'DENIED') return ended.DENIED;
  const known: Readonly<Record<string, Explanation>> = ended;
  return known[reason ?? ''] ?? ended.TIMED_OUT;
}
