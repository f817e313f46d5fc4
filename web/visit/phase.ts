import type { Access, LeaveReason, OwnKnock, Refusal } from '../api/shapes.ts';
import type { Stay } from './stay.ts';

/** Where a visitor is. Each phase is a screen. */
export type Phase =
  | { readonly at: 'arriving' }
  | { readonly at: 'trouble' }
  | { readonly at: 'door'; readonly access: Access; readonly hint: DoorHint | null }
  | { readonly at: 'shut'; readonly refusal: Pick<Refusal, 'code' | 'opensAt' | 'retryAfterSeconds'> }
  | { readonly at: 'waiting'; readonly knock: OwnKnock }
  | { readonly at: 'entering'; readonly isFull: boolean }
  | { readonly at: 'turnedAway'; readonly knock: OwnKnock }
  | { readonly at: 'inside'; readonly stay: Stay }
  | { readonly at: 'gone'; readonly reason: LeaveReason; readonly by: string | null };

/** Why the door is another one than a moment ago. */
export type DoorHint = 'nowPublic' | 'nowPrivate';

/** Why a form was not accepted; the person may try again. */
export interface Problem {
  readonly code: string;
  readonly field: 'name' | 'message' | null;
  readonly retryAfterSeconds: number | null;
}
