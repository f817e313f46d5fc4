import type { KnockRequest } from '../../packages/client/src/index.ts';
import type { Texts } from '../texts/speak.ts';
import type { Problem } from '../visit/phase.ts';

interface Explanation {
  readonly title: string;
  readonly text: string;
}

/** The reason of a refusal in words. A code that the page does not know gets a general text. */
export function refusalTexts({ refusals }: Texts, code: string): Explanation {
  const known: Readonly<Record<string, Explanation>> = refusals;
  return known[code] ?? refusals.OTHER;
}

/** Why a knock or a join was not taken, in one sentence. */
export function problemText(texts: Texts, { code, field }: Problem): string {
  return field === 'name' ? texts.door.nameBad : refusalTexts(texts, code).text;
}

/** How a knock ended that lets nobody in, in words. */
export function endingTexts({ ended }: Texts, { status, reason }: KnockRequest): Explanation {
  if (status === 'DENIED') return ended.DENIED;
  const known: Readonly<Record<string, Explanation>> = ended;
  return known[reason ?? ''] ?? ended.TIMED_OUT;
}
