/** Why something was refused. The codes are the public contract's: added to, never renamed. */
export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'NAME_TAKEN'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'ENTRY_NOT_ALLOWED'
  | 'ROOM_NOT_OPEN'
  | 'ROOM_EXPIRED'
  | 'ROOM_FULL'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_REVOKED'
  | 'TOKEN_USED_UP'
  | 'TOKEN_FOR_OTHER_ROOM'
  | 'BANNED'
  | 'KNOCKING_DISABLED'
  | 'KNOCK_PENDING'
  | 'KNOCK_DENIED'
  | 'KNOCK_CLOSED'
  | 'KNOCK_ALREADY_DECIDED'
  | 'OWNER_NOT_IN_ROOM';

/** An argument that may be left out. */
export type Maybe<T> = T | null | undefined;

/** One malformed field: its path in the input, and what is wrong with it, in a sentence. */
export interface InputIssue {
  readonly path: readonly string[];
  readonly message: string;
}

interface Base<Kind extends string, Code extends RefusalCode> {
  readonly refusal: Kind;
  readonly code: Code;
  readonly message: string;
}

export type EntryCode = Extract<
  RefusalCode,
  | 'ENTRY_NOT_ALLOWED'
  | 'ROOM_NOT_OPEN'
  | 'ROOM_EXPIRED'
  | 'ROOM_FULL'
  | `TOKEN_${string}`
  | 'BANNED'
  | 'KNOCKING_DISABLED'
  | 'KNOCK_PENDING'
  | 'KNOCK_DENIED'
  | 'KNOCK_CLOSED'
>;

export type InvalidInput = Base<'InvalidInput', 'INVALID_INPUT'> & { readonly issues: readonly InputIssue[] };
export type Forbidden = Base<'Forbidden', 'UNAUTHENTICATED' | 'FORBIDDEN' | 'OWNER_NOT_IN_ROOM'>;
export type NotFound = Base<'NotFound', 'NOT_FOUND'>;
export type Conflict = Base<'Conflict', 'CONFLICT' | 'NAME_TAKEN'>;
export type RateLimited = Base<'RateLimited', 'RATE_LIMITED'> & { readonly retryAfterSeconds: number };
export type EntryRefused = Base<'EntryRefused', EntryCode> & { readonly opensAt: Date | null };
export type Unavailable = Base<'Unavailable', 'UNAVAILABLE'> & {
  readonly retryAfterSeconds: number;
  readonly correlationId?: string;
};

/** A refusal is a value, not an exception: it is returned, and it changes nothing. */
export type Refusal = InvalidInput | Forbidden | NotFound | Conflict | RateLimited | EntryRefused | Unavailable;

/** What a refusal is called, those that carry something with them too; null: nothing was refused. */
export function refusalIn(value: unknown): { readonly refusal: string; readonly code: string } | null {
  if (typeof value !== 'object' || value === null || !('refusal' in value) || !('code' in value)) return null;
  const { refusal, code } = value;
  return typeof refusal === 'string' && typeof code === 'string' ? { refusal, code } : null;
}

const plainRefusals: ReadonlySet<string> = new Set(
  Object.keys({
    InvalidInput: true,
    Forbidden: true,
    NotFound: true,
    Conflict: true,
    RateLimited: true,
    EntryRefused: true,
    Unavailable: true,
  } satisfies Record<Refusal['refusal'], true>),
);

/** True for every refusal that can be handed on as it is. One that carries a knock has to be shown with it first. */
export function isRefusal(value: unknown): value is Refusal {
  return plainRefusals.has(refusalIn(value)?.refusal ?? '');
}

const forbiddenText = {
  UNAUTHENTICATED:
    'The credential that was sent has ended: its session or its knock is over, or its API key was revoked. This needs one that still counts: a session token from `joinRoom`, a knock token from `knock`, or an API key.',
  FORBIDDEN: 'Your credential does not allow this.',
  OWNER_NOT_IN_ROOM:
    "Only owners and admins who are in the room, and the domain's backend, may do this. Join the room first.",
} as const;

export function forbidden(code: Forbidden['code'], message: string = forbiddenText[code]): Forbidden {
  return { refusal: 'Forbidden', code, message };
}

export function invalidInput(issues: readonly InputIssue[]): InvalidInput {
  const [first] = issues;
  const message = first ? `${first.path.join('.')}: ${first.message}` : 'The input is invalid.';
  return { refusal: 'InvalidInput', code: 'INVALID_INPUT', message, issues };
}

export function notFound(message = 'This does not exist, or you have no access to it.'): NotFound {
  return { refusal: 'NotFound', code: 'NOT_FOUND', message };
}

export function conflict(code: Conflict['code'], message: string): Conflict {
  return { refusal: 'Conflict', code, message };
}

/** @param retryAfterSeconds whole seconds, at least 1 */
export function rateLimited(retryAfterSeconds: number, message = 'Too many attempts. Try again later.'): RateLimited {
  return {
    refusal: 'RateLimited',
    code: 'RATE_LIMITED',
    message,
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterSeconds)),
  };
}

/** @param correlationId under which the log has why */
export function unavailable(correlationId?: string): Unavailable {
  const message =
    'The service is unavailable right now. A change may still have been made: try again, or read the current state.';
  const refused = { refusal: 'Unavailable', code: 'UNAVAILABLE', message, retryAfterSeconds: 1 } as const;
  return correlationId === undefined ? refused : { ...refused, correlationId };
}

const entryText: Readonly<Record<EntryCode, string>> = {
  ENTRY_NOT_ALLOWED: 'This room does not exist, or you need a meeting token to enter it.',
  ROOM_NOT_OPEN: 'This room is not open yet.',
  ROOM_EXPIRED: 'This room has closed.',
  ROOM_FULL: 'This room is full.',
  TOKEN_INVALID: 'This meeting token is not valid here. Ask for a new one.',
  TOKEN_EXPIRED: 'This meeting token has expired. Ask for a new one.',
  TOKEN_NOT_YET_VALID: 'This meeting token is not valid yet.',
  TOKEN_REVOKED: 'This meeting token was revoked. Ask for a new one.',
  TOKEN_USED_UP: 'This meeting token has no uses left. Ask for a new one.',
  TOKEN_FOR_OTHER_ROOM: 'This meeting token is for another room.',
  BANNED: 'You are banned from this room.',
  KNOCKING_DISABLED: 'This room does not accept knocks.',
  KNOCK_PENDING: 'Your knock has not been answered yet.',
  KNOCK_DENIED: 'Your knock was denied.',
  KNOCK_CLOSED: 'Your knock is over: it was withdrawn, it expired, or its admission has ended.',
};

/** @param opensAt with ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: when it opens */
export function entryRefused(code: EntryCode, opensAt: Date | null = null): EntryRefused {
  return { refusal: 'EntryRefused', code, message: entryText[code], opensAt };
}

/** What came of an operation: DONE, a member of the result union, or an access level. `code`: why it was refused; null: it was not. */
export interface ToldOutcome {
  readonly outcome: string;
  readonly code: string | null;
}

/** What came of an operation that decides something, read off its answer, in words out of closed sets. */
export function outcomeOf(answer: unknown): ToldOutcome {
  const refused = refusalIn(answer);
  if (refused !== null) return { outcome: refused.refusal, code: refused.code };
  if (typeof answer !== 'object' || answer === null) return { outcome: 'DONE', code: null };
  // Of an access: how far it goes, and with NONE why.
  if ('level' in answer && typeof answer.level === 'string') {
    const refusal = 'refusal' in answer ? answer.refusal : null;
    return { outcome: answer.level, code: isRefusal(refusal) ? refusal.code : null };
  }
  return { outcome: 'kind' in answer && typeof answer.kind === 'string' ? answer.kind : 'DONE', code: null };
}
