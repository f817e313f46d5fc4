import {
  AdmitKnockDocument,
  AdmitKnocksDocument,
  type AdmitKnocksMutation,
  CreateMeetingTokenDocument,
  type CreateMeetingTokenInput,
  type CreateMeetingTokenMutation,
  type DecideKnocksInput,
  DenyKnockDocument,
  type DenyKnockInput,
  DenyKnocksDocument,
  EjectParticipantsDocument,
  type EjectParticipantsInput,
  type EjectParticipantsMutation,
  ExplainEntryDocument,
  type ExplainEntryQuery,
  type ExplainEntryQueryVariables,
  type KnockDecisionInput,
  type KnockFieldsFragment,
  type MediaServerFieldsFragment,
  RevokeMeetingTokensDocument,
  type RevokeMeetingTokensInput,
  type RevokeMeetingTokensMutation,
  SetMediaServerDocument,
  type SetMediaServerInput,
  type TypedDocument,
} from './generated/graphql.ts';
import { patiently } from './patience.ts';
import { invalidInput, type Refusal } from './refusal.ts';
import { createRoom, type NewRoom, type Room } from './room.ts';
import type { BackendOptions } from './settings.ts';
import { createSend } from './transport.ts';

type Member<Result, Name> = Extract<Result, { readonly __typename: Name }>;

/** A meeting token as it was issued: the signed token itself is shown here alone. */
export type IssuedMeetingToken = Member<CreateMeetingTokenMutation['createMeetingToken'], 'IssuedMeetingToken'>;
/** How many tokens were revoked that had not been before: none, where an answer got lost and the call was sent again. */
export type MeetingTokensRevoked = Member<RevokeMeetingTokensMutation['revokeMeetingTokens'], 'MeetingTokensRevoked'>;
/** Somebody who asks, or asked, to come in. */
export type KnockRequest = KnockFieldsFragment;
/**
 * Whom this call decided; a knock that somebody else decided first is not among them. Where an answer got lost and the call was sent again, nor is
 * whoever was decided by what was sent first.
 */
export type KnocksDecided = Member<AdmitKnocksMutation['admitKnocks'], 'KnocksDecided'>;
/** Who was put out. */
export type ParticipantsEjected = Member<EjectParticipantsMutation['ejectParticipants'], 'ParticipantsEjected'>;
/** The media server of the domain; `state` says what it answered when it was asked. Its secret is never shown. */
export type MediaServer = MediaServerFieldsFragment;
/** Each rule of entry in its order, and what it said. */
export type EntryExplanation = NonNullable<ExplainEntryQuery['explainEntry']>;

/** Yes or no to one knock; `ban` and `banNetwork` go with a no alone. */
export type Decision =
  | ({ readonly decision: 'ADMIT' } & KnockDecisionInput)
  | ({ readonly decision: 'DENY' } & DenyKnockInput);

/** The same answer to many knocks of a room: those of `knockIds`, or all that were made by `requestedBefore`. */
export type DecisionForMany = { readonly decision: 'ADMIT' | 'DENY' } & DecideKnocksInput;

/**
 * The service as the domain's own backend sees it. A no is a value (`Refusal`), an answer that does not come an exception: each method
 * asks a few times and then throws `VestibuleUnavailableError`, whose `isSafeToRetry` says whether the same call again does nothing twice; it
 * throws `VestibuleSetupError` where asking again would change nothing. A field that is there and undefined is refused: JSON would leave it out,
 * and the call would do more than was meant.
 */
export interface Backend {
  /**
   * Makes a room; without a name an unguessable one. Scope ROOMS. Asked again with the same `idempotencyKey` it finds the room that it made; a
   * `name` that was given is taken then (Conflict, NAME_TAKEN). Without either another call makes another room.
   */
  readonly createRoom: (room?: NewRoom) => Promise<Room | Refusal>;
  /** Signs a meeting token for one person. Scope TOKENS. Asked again it makes another one, and nobody has seen the first. */
  readonly createMeetingToken: (token: CreateMeetingTokenInput) => Promise<IssuedMeetingToken | Refusal>;
  /**
   * Revokes all meeting tokens that match all that is given; with `eject` whoever came in with them is put out. Scope TOKENS. Asked again it
   * revokes nothing twice.
   */
  readonly revoke: (tokens: RevokeMeetingTokensInput) => Promise<MeetingTokensRevoked | Refusal>;
  /**
   * Says yes or no to a knock, whoever is in the room. Scope ADMISSION. A knock is decided once: asked again, or after somebody else, the
   * answer is KnockAlreadyDecided, whose `knockRequest` shows how.
   */
  readonly decide: (decision: Decision) => Promise<KnockRequest | Refusal>;
  /**
   * The same for many knocks of a room. Scope ADMISSION. Asked again it decides those that are still PENDING, and tells of no others: after an
   * answer that got lost it may tell of nobody. Read the knocks where you need to know whom it decided.
   */
  readonly decideMany: (decision: DecisionForMany) => Promise<KnocksDecided | Refusal>;
  /** Puts people out, by participant or by user id, and with `ban` keeps them out. Scope ADMISSION. Asked again it does nothing twice. */
  readonly eject: (people: EjectParticipantsInput) => Promise<ParticipantsEjected | Refusal>;
  /**
   * Connects a media server, or replaces the one that is connected. Scope ADMIN. It is stored, and asked once whether it takes the key: look at
   * `state` and `lastError`. Asked again it stores the same.
   */
  readonly setMediaServer: (server: SetMediaServerInput) => Promise<MediaServer | Refusal>;
  /** Why can somebody not come in? Checks each rule, now or `at` another moment, and changes nothing. */
  readonly explainEntry: (entry: ExplainEntryQueryVariables) => Promise<EntryExplanation | Refusal>;
  /**
   * Everything else in the API: any query or mutation, with its variables. The answer's `data`, or a refusal where all of it was refused;
   * refusals in a union are members of the data, as the document asks for them. It is sent once, since it is not known what it does twice.
   * A field of a query that the key may not read is null among others. One that the service could not read is not: then the whole query throws
   * `VestibuleUnavailableError`, since null would say that there is nothing.
   */
  readonly ask: <Data = unknown, Variables = Readonly<Record<string, unknown>>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ) => Promise<Data | Refusal>;
}

/** A comment is taken whole or not at all: one that could be taken in many ways would hold up the process for as many attempts. */
const queryForm = /^\s*(?:#[^\r\n]*[\r\n]\s*)*(?:query\b|\{)/;

/**
 * Asks nothing yet.
 * @throws {VestibuleSetupError} BAD_URL, BAD_KEY: at once, so that a server with a wrong setting does not start
 */
export function createBackend(options: BackendOptions): Backend {
  const send = createSend(options);
  const { attempts = 3 } = options;
  /** Sends what does nothing twice until it is answered, and takes the operation's one field out of the answer. */
  const call = <Data extends object, Variables, Name extends keyof Data>(
    name: Name,
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data[Name] | Refusal> =>
    patiently({ attempts }, async () => {
      const asked = await send(document, variables, true);
      return asked.isAnswered ? asked.data[name] : asked.refusal;
    });
  return {
    createRoom: (room = {}) => createRoom(room, { send, attempts }),
    createMeetingToken: (input) => call('createMeetingToken', CreateMeetingTokenDocument, { input }),
    revoke: (input) => call('revokeMeetingTokens', RevokeMeetingTokensDocument, { input }),
    decide: async ({ decision, ...input }) => {
      if (decision === 'ADMIT') return call('admitKnock', AdmitKnockDocument, { input });
      return decision === 'DENY' ? call('denyKnock', DenyKnockDocument, { input }) : refuseDecision(decision);
    },
    decideMany: async ({ decision, ...input }) => {
      if (decision === 'ADMIT') return call('admitKnocks', AdmitKnocksDocument, { input });
      return decision === 'DENY' ? call('denyKnocks', DenyKnocksDocument, { input }) : refuseDecision(decision);
    },
    eject: (input) => call('ejectParticipants', EjectParticipantsDocument, { input }),
    setMediaServer: (input) => call('setMediaServer', SetMediaServerDocument, { input }),
    explainEntry: async (entry) => {
      const explained = await call('explainEntry', ExplainEntryDocument, entry);
      // The field is nullable only so that an error on it leaves others standing, and there are no others here.
      if (explained === null) throw new TypeError('explainEntry was neither answered nor refused');
      return explained;
    },
    ask: async (document, variables) => {
      const isQuery = queryForm.test(document);
      const asked = await send(document, variables, isQuery);
      if (!asked.isAnswered) return asked.refusal;
      // A mutation's own field is null only where it failed, and what it did beside that is not to be lost.
      if (isQuery && asked.lacking !== null) throw asked.lacking;
      return asked.data;
    },
  };
}

/** Without a type checker anything may come, and what is not a clear yes must not become one. */
function refuseDecision(_decision: never): Refusal {
  return invalidInput(['decision'], "must be 'ADMIT' or 'DENY'");
}
