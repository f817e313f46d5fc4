import {
  type BanFieldsFragment,
  BansDocument,
  EjectParticipantsDocument,
  type EjectParticipantsInput,
  LeaveDocument,
  LiftBanDocument,
  ReturnToLobbyDocument,
  UpdateMyMediaDocument,
  type UpdateMyMediaInput,
  UpdateParticipantDocument,
  type UpdateParticipantInput,
  UpdateParticipantsDocument,
  type UpdateParticipantsInput,
} from './generated/graphql.ts';
import { mapped, type Outcome, outcome } from './refusal.ts';
import { readPages } from './room-reading.ts';
import { type KnockRequest, type Participant, type RoomView, withParticipant } from './room-view.ts';
import type { Source } from './store.ts';
import type { Transport } from './transport.ts';

/** Who is kept out: fields of `Ban` in the schema. */
export type Ban = BanFieldsFragment;

/** What may be done with those who are inside, oneself included. The view shows at once what came of a change. */
export interface ParticipantActions {
  readonly updateParticipant: (input: UpdateParticipantInput) => Promise<Outcome<Participant>>;
  /** Several at once, as in muting all. */
  readonly updateParticipants: (
    input: Omit<UpdateParticipantsInput, 'roomName'>,
  ) => Promise<Outcome<readonly Participant[]>>;
  readonly eject: (input: Omit<EjectParticipantsInput, 'roomName'>) => Promise<Outcome<readonly Participant[]>>;
  readonly returnToLobby: (participantId: string, reply?: string) => Promise<Outcome<KnockRequest>>;
  /** Who is kept out of the room. For owners and admins of participants. @throws {VestibuleError} for others, FORBIDDEN */
  readonly readBans: () => Promise<readonly Ban[]>;
  readonly liftBan: (banId: string) => Promise<Outcome<Ban>>;
  /** Says what oneself sends now, so that others see it. */
  readonly updateMyMedia: (input: UpdateMyMediaInput) => Promise<Outcome<Participant>>;
  /** Also while the page goes away. */
  readonly leave: () => Promise<Outcome<Participant>>;
}

export function createParticipantActions(
  { ask, askAtLast }: Transport,
  name: string,
  view: Source<RoomView>,
): ParticipantActions {
  const one = (done: Outcome<Participant>) => {
    if (done.isDone) view.set(withParticipant(view.get(), done.value));
    return done;
  };
  return {
    updateParticipant: async (input) =>
      one(outcome((await ask(UpdateParticipantDocument, { input })).updateParticipant, 'Participant')),
    updateParticipants: async (change) => {
      const { updateParticipants } = await ask(UpdateParticipantsDocument, { input: { ...change, roomName: name } });
      return mapped(outcome(updateParticipants, 'ParticipantsUpdated'), ({ participants }) => participants);
    },
    eject: async (whom) => {
      const { ejectParticipants } = await ask(EjectParticipantsDocument, { input: { ...whom, roomName: name } });
      return mapped(outcome(ejectParticipants, 'ParticipantsEjected'), ({ participants }) => participants);
    },
    returnToLobby: async (participantId, reply) => {
      const input = { participantId, reply: reply ?? null };
      return outcome((await ask(ReturnToLobbyDocument, { input })).returnToLobby, 'KnockRequest');
    },
    readBans: () => readPages(async (after) => (await ask(BansDocument, { name, after })).room?.bans),
    liftBan: async (banId) => outcome((await ask(LiftBanDocument, { banId })).liftBan, 'Ban'),
    updateMyMedia: async (input) =>
      one(outcome((await ask(UpdateMyMediaDocument, { input })).updateMyMedia, 'Participant')),
    leave: async () => outcome((await askAtLast(LeaveDocument, {})).leaveRoom, 'Participant'),
  };
}
