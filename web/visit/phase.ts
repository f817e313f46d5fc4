import type { VNode } from 'preact';
import {
  type Access,
  type KnockRequest,
  type LeaveReason,
  type Refusal,
  VestibuleError,
} from '../../packages/client/src/index.ts';
import type { PageData } from '../../src/rules/page-data.ts';

/** Where a visitor is. Each phase is a screen. */
export type Phase =
  | { readonly at: 'arriving' }
  | { readonly at: 'trouble' }
  | { readonly at: 'door'; readonly access: Access; readonly hint: DoorHint | null }
  | { readonly at: 'shut'; readonly refusal: Shut }
  /** No room can have the name in the address. */
  | { readonly at: 'misnamed'; readonly lookedFor: string }
  | { readonly at: 'waiting'; readonly knock: KnockRequest }
  /** On the way in: let in by a host, or through a door that was open. */
  | { readonly at: 'entering'; readonly isLetIn: boolean; readonly isFull: boolean; readonly goesTo: Address | null }
  | { readonly at: 'turnedAway'; readonly knock: KnockRequest; readonly goesTo: Address | null }
  /** Another copy of this tab is inside, or was until a moment ago. */
  | { readonly at: 'otherTab'; readonly isFree: boolean }
  | { readonly at: 'inside'; readonly inside: Inside }
  | { readonly at: 'gone'; readonly reason: LeaveReason; readonly by: string | null };

/** Where the page leads on. It may hold credentials: it is shown nowhere. */
export type Address = string;

/** The room from inside, as `inside.tsx` brings it. */
export interface Inside {
  readonly start: () => void;
  /** Looks at it no more, and leaves nothing. */
  readonly stop: () => void;
  /** Sends what was decided and could still be taken back, and leaves. */
  readonly leave: () => Promise<unknown>;
  readonly Screen: (props: { readonly isConnected: boolean }) => VNode;
}

/** What somebody without a credential finds here, by what the service says of it. Without `access` it has not said anything yet. */
export function strangersPhase({ access, misnamed }: Pick<PageData, 'access' | 'misnamed'>): Phase {
  if (misnamed !== null) return { at: 'misnamed', lookedFor: misnamed };
  if (access === null) return { at: 'arriving' };
  if (access.level !== 'NONE') return { at: 'door', access, hint: null };
  return { at: 'shut', refusal: asStranger(shutByAccess(access)) };
}

/** A visitor without a credential is known only by the network, so a ban that shuts them out is a ban of the network. */
export function asStranger(shut: Shut): Shut {
  return shut.code === 'BANNED' ? { ...shut, code: 'BANNED_NETWORK' } : shut;
}

/** Why the door has just changed. */
export type DoorHint = 'nowPublic' | 'nowPrivate';

/** Why the door is shut: the service's code, or one of this page's own. */
export interface Shut extends Pick<Refusal, 'retryAfterSeconds' | 'opensAt' | 'issues'> {
  readonly code: string;
}

export function shutBy(code: string, more: Partial<Shut> = {}): Shut {
  return { code, retryAfterSeconds: null, opensAt: null, issues: [], ...more };
}

const deadTokens: readonly string[] = [
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'TOKEN_USED_UP',
  'TOKEN_FOR_OTHER_ROOM',
];

/** An invitation that will not work here any more, however long one waits. */
export function isDeadToken(code: string): boolean {
  return deadTokens.includes(code);
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

/** How the service could not be asked. */
export function codeOf(error: unknown): string {
  return error instanceof VestibuleError ? error.code : 'OTHER';
}

/** What a door that has changed says of it, to whom it opened or closed. */
export function hintFor(level: 'FULL' | 'LOBBY', hint: DoorHint | null): DoorHint | null {
  if (hint === 'nowPublic') return level === 'FULL' ? hint : null;
  return level === 'LOBBY' ? hint : null;
}

/** Why this door is shut. */
export function shutByAccess({ refusal }: Access): Shut {
  const opensAt = refusal?.opensAt ? new Date(refusal.opensAt) : null;
  return shutBy(refusal?.code ?? 'ENTRY_NOT_ALLOWED', { opensAt });
}
