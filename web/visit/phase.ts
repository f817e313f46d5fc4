import type { Access, KnockRequest, LeaveReason, Refusal } from '../../packages/client/src/index.ts';
import type { Stay } from './stay.ts';

/** Where a visitor is. Each phase is a screen. */
export type Phase =
  | { readonly at: 'arriving' }
  | { readonly at: 'trouble' }
  | { readonly at: 'door'; readonly access: Access; readonly hint: DoorHint | null }
  | { readonly at: 'shut'; readonly refusal: Shut }
  | { readonly at: 'waiting'; readonly knock: KnockRequest }
  | { readonly at: 'entering'; readonly isFull: boolean }
  | { readonly at: 'turnedAway'; readonly knock: KnockRequest }
  | { readonly at: 'inside'; readonly stay: Stay }
  | { readonly at: 'gone'; readonly reason: LeaveReason; readonly by: string | null };

/** Why the door has just changed. */
export type DoorHint = 'nowPublic' | 'nowPrivate';

/** Why the door is shut: the service's code, or one of this page's own. */
export interface Shut extends Pick<Refusal, 'retryAfterSeconds' | 'opensAt' | 'issues'> {
  readonly code: string;
}

export function shutBy(code: string, more: Partial<Shut> = {}): Shut {
  return { code, retryAfterSeconds: null, opensAt: null, issues: [], ...more };
}

/** Why a form was not accepted; the person may try again. */
export interface Problem {
  readonly code: string;
  readonly field: 'name' | 'message' | null;
  readonly retryAfterSeconds: number | null;
}

export function problemOf({ code, retryAfterSeconds, issues }: Shut): Problem {
  const path = issues[0]?.path ?? [];
  const field = path.includes('userName') ? 'name' : path.includes('message') ? 'message' : null;
  return { code, field, retryAfterSeconds };
}
