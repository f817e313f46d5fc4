import type { KnockView } from '../src/room/views.ts';
import type { KnockAlreadyDecided as DecidedKnock } from '../src/rules/admission.ts';
import type {
  RefusalCode as Code,
  Conflict as ConflictShape,
  EntryRefused as EntryRefusedShape,
  Forbidden as ForbiddenShape,
  InputIssue as InputIssueShape,
  InvalidInput as InvalidInputShape,
  NotFound as NotFoundShape,
  RateLimited as RateLimitedShape,
} from '../src/rules/refusal.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { KnockRequest } from './refs.ts';

export const RefusalCode = enumOf<Code>(
  'RefusalCode',
  'Why something was refused. Codes are stable: new codes may be added, but none is ever renamed. Show your own text for codes that you know, and `message` for all others.',
  {
    UNAUTHENTICATED:
      'No credential was sent, or it is unknown, expired or revoked. Get a new one; a retry does not help.',
    FORBIDDEN: 'The credential is valid, but does not allow this. It needs another scope, role or room.',
    INVALID_INPUT: 'The input is invalid or contradicts itself. `issues` names each field. Nothing was changed.',
    NOT_FOUND: 'The object does not exist, or the caller has no access to it. A malformed id gives this code too.',
    NAME_TAKEN: 'A room with this name already exists in the domain. Choose another name, or leave the name out.',
    CONFLICT: 'Another change came first, or the current state does not allow this. Read the state again, then decide.',
    RATE_LIMITED: 'Too many attempts from this address. `retryAfterSeconds` says when to try again.',
    UNAVAILABLE:
      'The service is unavailable right now. A mutation may still have taken effect: try again with the same idempotencyKey, or read the current state.',
    ENTRY_NOT_ALLOWED:
      "The room does not exist, or the caller needs a meeting token. Only the domain's own backend can find out which.",
    ROOM_NOT_OPEN: "The room's nbf is in the future. `opensAt` says when the room opens.",
    ROOM_EXPIRED: "The room's exp has passed. The room will not open again.",
    ROOM_FULL: 'The room has reached maxParticipants. An admission stays valid: try again after somebody has left.',
    TOKEN_INVALID: 'The meeting token is malformed, forged, or from another domain. The caller needs a new one.',
    TOKEN_EXPIRED: "The meeting token's exp has passed. The caller needs a new one.",
    TOKEN_NOT_YET_VALID:
      "The meeting token's nbf, or the iat of a self-signed token, is more than 5 seconds in the future. `opensAt` says when the token becomes valid.",
    TOKEN_REVOKED: 'The meeting token was revoked. The caller needs a new one.',
    TOKEN_USED_UP:
      'The meeting token has already opened maxUses sessions. The caller needs a new one. Coming back to a session does not count.',
    TOKEN_FOR_OTHER_ROOM: 'The meeting token is for another room, or for an earlier room with this name.',
    BANNED: 'This person is banned from the room, and cannot join or knock until the ban ends.',
    KNOCKING_DISABLED: 'The room does not accept knocks: it is public (call `joinRoom`), or knocking is switched off.',
    KNOCK_PENDING: 'The knock has not been answered yet: wait with `myKnock`.',
    KNOCK_DENIED: 'The knock was denied. `knockAgainAt` of the knock says when the person can knock again.',
    KNOCK_CLOSED: 'The knock was withdrawn, it timed out, or its admission has ended. Knock again.',
    KNOCK_ALREADY_DECIDED: 'Somebody else decided this knock first. `knockRequest` shows the decision.',
    OWNER_NOT_IN_ROOM:
      "Only owners and admins who are in the room now, and the domain's backend, may do this. Join the room again, then repeat the call.",
  },
);

interface RefusalShape {
  readonly code: Code;
  readonly message: string;
}

const Refusal = builder.interfaceRef<RefusalShape>('Refusal').implement({
  description:
    'The interface of every refusal. Always select `... on Refusal { code message }`, because result unions may get new members that implement it. If a union has no member for RATE_LIMITED or UNAVAILABLE, they arrive as a GraphQL error with the same `extensions.code` and `retryAfterSeconds`. Malformed scalars, enums and variables arrive as BAD_REQUEST.',
  fields: (t) => ({
    code: t.expose('code', {
      type: RefusalCode,
      description: 'The stable code of the refusal, which is the same in every language. Use it to decide what to do.',
    }),
    message: t.exposeString('message', {
      description:
        'A sentence in English for people. You can show it if you have no text of your own. Do not parse it; use `code`.',
    }),
  }),
});

const InputIssue = builder.objectRef<InputIssueShape>('InputIssue').implement({
  description: 'One invalid field of the input.',
  fields: (t) => ({
    path: t.field({
      type: ['String'],
      description:
        'The path of the field, for example `["input", "settings", "exp"]`. Positions in lists are numbers from 0, as text.',
      resolve: ({ path }) => path,
    }),
    message: t.exposeString('message', { description: 'What is wrong with the field, and what is allowed.' }),
  }),
});

const InvalidInput = builder.objectRef<InvalidInputShape>('InvalidInput').implement({
  description:
    'The input is malformed, too long, out of range, or contradicts itself. Nothing was changed. Code: INVALID_INPUT.',
  interfaces: [Refusal],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssue],
      description: 'All invalid fields, at least one. You can show them next to the fields of a form.',
      resolve: ({ issues }) => issues,
    }),
  }),
});

const Forbidden = builder.objectRef<ForbiddenShape>('Forbidden').implement({
  description:
    'The caller may not do this. Code: UNAUTHENTICATED (no valid credential), FORBIDDEN (the credential does not allow it), or OWNER_NOT_IN_ROOM (the caller is an owner who has left the room).',
  interfaces: [Refusal],
});

const NotFound = builder.objectRef<NotFoundShape>('NotFound').implement({
  description:
    'The object does not exist, the id is malformed, or the caller has no access to the object. Code: NOT_FOUND.',
  interfaces: [Refusal],
});

const Conflict = builder.objectRef<ConflictShape>('Conflict').implement({
  description:
    'The current state does not allow this. Code: NAME_TAKEN (a room with this name already exists), or CONFLICT.',
  interfaces: [Refusal],
});

const RateLimited = builder.objectRef<RateLimitedShape>('RateLimited').implement({
  description:
    'There were too many attempts from this address, or the person knocked again too soon after a denial. Nothing was changed. Code: RATE_LIMITED.',
  interfaces: [Refusal],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description:
        'How many whole seconds to wait before the next attempt, at least 1. An earlier attempt is refused again.',
    }),
  }),
});

export const EntryRefused = builder.objectRef<EntryRefusedShape>('EntryRefused').implement({
  description:
    'The caller cannot enter the room, or cannot knock. `code` says why: ENTRY_NOT_ALLOWED, ROOM_NOT_OPEN, ROOM_EXPIRED, ROOM_FULL, BANNED, a TOKEN_… or a KNOCK… code.',
  interfaces: [Refusal],
  fields: (t) => ({
    opensAt: t.expose('opensAt', {
      type: 'DateTime',
      nullable: true,
      description: 'With ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: when to try again. Null with every other code.',
    }),
  }),
});

type KnockAlreadyDecidedShape = DecidedKnock<KnockView>;

const KnockAlreadyDecided = builder.objectRef<KnockAlreadyDecidedShape>('KnockAlreadyDecided').implement({
  description:
    'The knock is no longer PENDING: somebody decided it first, the knocker withdrew it, or it expired. Nothing was changed. Code: KNOCK_ALREADY_DECIDED.',
  interfaces: [Refusal],
  fields: (t) => ({
    knockRequest: t.expose('knock', {
      type: KnockRequest,
      description: 'The knock as it is now, with its `status`. Owners, admins and the backend also see `decidedBy`.',
    }),
  }),
});

/** Refusals that may be members of result unions, by the kind that services answer with. */
export const refusalTypes = {
  InvalidInput,
  Forbidden,
  NotFound,
  Conflict,
  RateLimited,
  EntryRefused,
  KnockAlreadyDecided,
} as const;
