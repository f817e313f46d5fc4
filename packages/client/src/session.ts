import {
  AdmitKnockDocument,
  AdmitKnocksDocument,
  DenyKnockDocument,
  DenyKnocksDocument,
  EjectParticipantsDocument,
  type EjectParticipantsInput,
  type JoinedFieldsFragment,
  LeaveDocument,
  MyMediaGrantDocument,
  type RefusalFieldsFragment,
  ReplyToKnockDocument,
  ReturnToLobbyDocument,
  UpdateMyMediaDocument,
  type UpdateMyMediaInput,
  UpdateParticipantDocument,
  type UpdateParticipantInput,
} from './generated/graphql.ts';
import { type Refusal, toRefusal, VestibuleError } from './refusal.ts';
import { createRoomView, type Participant, type RoomEvent, type RoomView } from './room-view.ts';
import type { Store } from './store.ts';
import type { Transport } from './transport.ts';
import { createWaitingList, type KnockRequest, type WaitingList } from './waiting-list.ts';

/** What was asked for, or why not. */
export type Outcome<Done> =
  | { readonly isDone: true; readonly value: Done }
  | { readonly isDone: false; readonly refusal: Refusal };

/** Somebody in a room, and all that they may do there. */
export interface Session {
  /** The credential of this participant: keep it for this tab, and hand it to nobody. */
  readonly sessionToken: string;
  readonly participant: Participant;
  /** For the media server, as it was when joining; `freshMediaGrant` gets a new one. */
  readonly mediaGrant: string;
  readonly freshMediaGrant: () => Promise<string>;
  /** The room and who is in it, kept up to date. */
  readonly view: Store<RoomView>;
  /** Who waits: for owners and admins of participants. */
  readonly waitingList: Store<WaitingList>;
  /** Calls back with each event, while `view` is followed. The answer ends it. */
  readonly onEvent: (listener: (event: RoomEvent) => void) => () => void;
  readonly admit: (knockId: string, reply?: string) => Promise<Outcome<KnockRequest>>;
  readonly deny: (knockId: string, options?: DenyOptions) => Promise<Outcome<KnockRequest>>;
  /** Exactly these: the ones that the owner has seen. */
  readonly admitAll: (knockIds: readonly string[], reply?: string) => Promise<Outcome<readonly KnockRequest[]>>;
  readonly denyAll: (knockIds: readonly string[], reply?: string) => Promise<Outcome<readonly KnockRequest[]>>;
  /** Writes back to somebody who waits, without deciding. */
  readonly reply: (knockId: string, reply: string) => Promise<Outcome<KnockRequest>>;
  readonly updateParticipant: (input: UpdateParticipantInput) => Promise<Outcome<Participant>>;
  readonly eject: (input: Omit<EjectParticipantsInput, 'roomName'>) => Promise<Outcome<readonly Participant[]>>;
  readonly returnToLobby: (participantId: string, reply?: string) => Promise<Outcome<KnockRequest>>;
  /** Says what oneself sends now, so that others see it. */
  readonly updateMyMedia: (input: UpdateMyMediaInput) => Promise<Outcome<Participant>>;
  readonly leave: () => Promise<Outcome<Participant>>;
}

export interface DenyOptions {
  readonly reply?: string;
  /** Also keep this person from knocking and joining again. */
  readonly ban?: boolean;
}

/** @param transport with the session's own credential */
export function createSession(transport: Transport, joined: JoinedFieldsFragment): Session {
  const listeners = new Set<(event: RoomEvent) => void>();
  const tell = (event: RoomEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    sessionToken: joined.sessionToken,
    participant: joined.participant,
    mediaGrant: joined.mediaGrant,
    freshMediaGrant: () => readMediaGrant(transport),
    view: createRoomView(transport, joined, tell),
    waitingList: createWaitingList(transport),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...createKnockActions(transport, joined.room.name),
    ...createParticipantActions(transport, joined.room.name),
  };
}

async function readMediaGrant(transport: Transport): Promise<string> {
  const { viewer } = await transport.ask(MyMediaGrantDocument, {});
  const grant = viewer && 'mediaGrant' in viewer ? viewer.mediaGrant : null;
  if (grant === null || grant === undefined) throw new VestibuleError('UNAUTHENTICATED', 'The session has ended.');
  return grant;
}

function createKnockActions({ ask }: Transport, roomName: string) {
  return {
    admit: async (knockId: string, reply?: string) => {
      const input = { knockId, reply: reply ?? null };
      return outcome((await ask(AdmitKnockDocument, { input })).admitKnock, 'KnockRequest');
    },
    deny: async (knockId: string, { reply, ban }: DenyOptions = {}) => {
      const input = { knockId, reply: reply ?? null, ban: ban ?? null };
      return outcome((await ask(DenyKnockDocument, { input })).denyKnock, 'KnockRequest');
    },
    admitAll: async (knockIds: readonly string[], reply?: string) => {
      const input = { roomName, knockIds: [...knockIds], reply: reply ?? null };
      return mapped(
        outcome((await ask(AdmitKnocksDocument, { input })).admitKnocks, 'KnocksDecided'),
        (one) => one.knockRequests,
      );
    },
    denyAll: async (knockIds: readonly string[], reply?: string) => {
      const input = { roomName, knockIds: [...knockIds], reply: reply ?? null };
      return mapped(
        outcome((await ask(DenyKnocksDocument, { input })).denyKnocks, 'KnocksDecided'),
        (one) => one.knockRequests,
      );
    },
    reply: async (knockId: string, reply: string) =>
      outcome((await ask(ReplyToKnockDocument, { input: { knockId, reply } })).replyToKnock, 'KnockRequest'),
  };
}

function createParticipantActions({ ask }: Transport, roomName: string) {
  return {
    updateParticipant: async (input: UpdateParticipantInput) =>
      outcome((await ask(UpdateParticipantDocument, { input })).updateParticipant, 'Participant'),
    eject: async (input: Omit<EjectParticipantsInput, 'roomName'>) => {
      const { ejectParticipants } = await ask(EjectParticipantsDocument, { input: { ...input, roomName } });
      return mapped(outcome(ejectParticipants, 'ParticipantsEjected'), (one) => one.participants);
    },
    returnToLobby: async (participantId: string, reply?: string) => {
      const input = { participantId, reply: reply ?? null };
      return outcome((await ask(ReturnToLobbyDocument, { input })).returnToLobby, 'KnockRequest');
    },
    updateMyMedia: async (input: UpdateMyMediaInput) =>
      outcome((await ask(UpdateMyMediaDocument, { input })).updateMyMedia, 'Participant'),
    leave: async () => outcome((await ask(LeaveDocument, {})).leaveRoom, 'Participant'),
  };
}

type Named = { readonly __typename: string };

/** The member of a result union that means success, or the refusal that came in its place. */
export function outcome<Result extends Named, Name extends Result['__typename']>(
  result: Result,
  success: Name,
): Outcome<Extract<Result, { readonly __typename: Name }>> {
  if (result.__typename === success) {
    // Narrowed by the comparison above, which TypeScript does not carry over to a type parameter.
    return { isDone: true, value: result as Extract<Result, { readonly __typename: Name }> };
  }
  return { isDone: false, refusal: toRefusal(result as unknown as RefusalFieldsFragment) };
}

function mapped<From, To>(from: Outcome<From>, map: (value: From) => To): Outcome<To> {
  return from.isDone ? { isDone: true, value: map(from.value) } : from;
}
