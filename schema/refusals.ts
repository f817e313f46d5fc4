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
  'Why something was refused. Codes are stable: they are added to, never renamed. Show texts of your own for those you know, and `message` for others.',
  {
    UNAUTHENTICATED:
      'No credential was sent, or it is unknown, expired or revoked. Get a new one; asking again is no use.',
    FORBIDDEN: 'The credential is good, but may not do this: another scope, role or room is needed.',
    INVALID_INPUT: 'The input is malformed or contradicts itself. `issues` names each field; nothing was changed.',
    NOT_FOUND: 'There is no such thing, or the caller may not know of it. A malformed id gives this too.',
    NAME_TAKEN: 'A room of this name lives in the domain. Choose another, or leave the name out.',
    CONFLICT: 'Another change came first, or what stands now does not allow this. Read again, then decide.',
    RATE_LIMITED: 'Too many attempts from here. `retryAfterSeconds` tells when to try again.',
    UNAVAILABLE:
      'The service cannot answer now. A mutation may have been done: ask again with the same idempotencyKey, or read.',
    ENTRY_NOT_ALLOWED:
      "The room is closed to this caller: it needs a meeting token, or does not exist. The two are told apart only to the domain's own backend.",
    ROOM_NOT_OPEN: "The room's nbf lies ahead; `opensAt` says from when on it lets in.",
    ROOM_EXPIRED: "The room's exp has passed. It will not open again.",
    ROOM_FULL: 'The room holds maxParticipants people. An admission stays good: try again when somebody has left.',
    TOKEN_INVALID: 'The meeting token is malformed, forged, or not of this domain. A new one is needed.',
    TOKEN_EXPIRED: "The meeting token's exp has passed. A new one is needed.",
    TOKEN_NOT_YET_VALID:
      "The meeting token's nbf, or the iat of a self-signed one, lies more than 5 seconds ahead; `opensAt` says from when on it lets in.",
    TOKEN_REVOKED: 'The meeting token was revoked by its makers. A new one is needed.',
    TOKEN_USED_UP:
      'The meeting token was used maxUses times. A new one is needed; coming back to a session takes no use.',
    TOKEN_FOR_OTHER_ROOM: 'The meeting token names another room, or an earlier room of this name.',
    BANNED: 'This person was banned from the room, and can neither join nor knock until the ban is lifted.',
    KNOCKING_DISABLED: 'The room takes no knocks: it is public (join at once), or knocking is switched off.',
    KNOCK_PENDING: 'The knock has not been answered yet: wait with `myKnock`.',
    KNOCK_DENIED: 'An owner said no. `knockAgainAt` of the knock says when it may be tried again.',
    KNOCK_CLOSED: 'The knock was withdrawn, timed out, or its admission has ended. Knock anew.',
    KNOCK_ALREADY_DECIDED: 'Somebody decided this knock before; `knockRequest` shows how.',
    OWNER_NOT_IN_ROOM:
      "Only an owner or admin who is in the room at this moment, or the domain's backend, may do this. Join again, then repeat.",
  },
);

interface RefusalShape {
  readonly code: Code;
  readonly message: string;
}

const Refusal = builder.interfaceRef<RefusalShape>('Refusal').implement({
  description:
    'Every refusal can be read through this interface, whatever its type: always select `... on Refusal { code message }`, since result unions may gain members that implement it. RATE_LIMITED and UNAVAILABLE arrive as a GraphQL error with the same `extensions.code` (and `retryAfterSeconds`) where the union has no member for them; malformed scalars, enums and variables as BAD_REQUEST.',
  fields: (t) => ({
    code: t.expose('code', {
      type: RefusalCode,
      description: 'What to decide by: stable, and the same in every language.',
    }),
    message: t.exposeString('message', {
      description:
        'A sentence in English for a person, good enough to show where you have no text of your own. Do not parse it: use `code`.',
    }),
  }),
});

const InputIssue = builder.objectRef<InputIssueShape>('InputIssue').implement({
  description: 'One field of the input that cannot be taken as it is.',
  fields: (t) => ({
    path: t.field({
      type: ['String'],
      description:
        'Where the field stands, for example `["input", "settings", "exp"]`; places in lists are numbers from 0, as text.',
      resolve: ({ path }) => path,
    }),
    message: t.exposeString('message', { description: 'What is wrong with it, and what would be right.' }),
  }),
});

const InvalidInput = builder.objectRef<InvalidInputShape>('InvalidInput').implement({
  description:
    'The input is malformed, too long, out of bounds, or contradicts itself. Nothing was changed. Code: INVALID_INPUT.',
  interfaces: [Refusal],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssue],
      description: 'Every field that has to be mended, at least one, to show beside the fields of a form.',
      resolve: ({ issues }) => issues,
    }),
  }),
});

const Forbidden = builder.objectRef<ForbiddenShape>('Forbidden').implement({
  description:
    'The caller may not do this. Code: UNAUTHENTICATED (no good credential), FORBIDDEN (it may not), or OWNER_NOT_IN_ROOM (an owner who has left the room).',
  interfaces: [Refusal],
});

const NotFound = builder.objectRef<NotFoundShape>('NotFound').implement({
  description:
    "There is no such thing, the id is malformed, or the thing is none of this caller's business. Code: NOT_FOUND.",
  interfaces: [Refusal],
});

const Conflict = builder.objectRef<ConflictShape>('Conflict').implement({
  description: 'What stands now does not allow this. Code: NAME_TAKEN (a room of this name lives), or CONFLICT.',
  interfaces: [Refusal],
});

const RateLimited = builder.objectRef<RateLimitedShape>('RateLimited').implement({
  description:
    'Too many attempts from here, or a denied person who knocks again too soon. Nothing was done. Code: RATE_LIMITED.',
  interfaces: [Refusal],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'Whole seconds, at least 1, to wait before the next attempt. An earlier one is refused again.',
    }),
  }),
});

export const EntryRefused = builder.objectRef<EntryRefusedShape>('EntryRefused').implement({
  description:
    'Somebody may not come in, or may not knock. `code` says why: ENTRY_NOT_ALLOWED, ROOM_NOT_OPEN, ROOM_EXPIRED, ROOM_FULL, BANNED, a TOKEN_… or a KNOCK… code.',
  interfaces: [Refusal],
  fields: (t) => ({
    opensAt: t.expose('opensAt', {
      type: 'DateTime',
      nullable: true,
      description: 'With ROOM_NOT_OPEN and TOKEN_NOT_YET_VALID: from when on to try again. Null with every other code.',
    }),
  }),
});

type KnockAlreadyDecidedShape = DecidedKnock<KnockView>;

const KnockAlreadyDecided = builder.objectRef<KnockAlreadyDecidedShape>('KnockAlreadyDecided').implement({
  description:
    'The knock is no longer PENDING: somebody decided it first, or it was withdrawn or ran out. Nothing was changed. Code: KNOCK_ALREADY_DECIDED.',
  interfaces: [Refusal],
  fields: (t) => ({
    knockRequest: t.expose('knock', {
      type: KnockRequest,
      description: 'The knock as it stands: its `status`, and to owners, admins and the backend `decidedBy`.',
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
