import { ask } from '../../api/ask.ts';
import * as documents from '../../api/documents.ts';
import type { Ban, Participant } from '../../api/shapes.ts';
import { tell } from '../../notices.ts';
import { textsNow } from '../../texts/language.ts';
import { withParticipant } from '../stay-state.ts';
import type { BanChoice } from './queue-actions.ts';
import type { Runner, Variables } from './runner.ts';

export type Switch = 'setAudio' | 'setVideo' | 'setScreenShare';

const everything = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];

/** What owners do with those who are in the room. */
export class PeopleActions {
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  switchOff(person: Participant, kind: Switch): Promise<boolean> {
    return this.#change(person, { [kind]: false });
  }

  async askToUnmute(person: Participant): Promise<void> {
    if (await this.#change(person, { setAudio: true })) tell(textsNow().told.done);
  }

  setMaySend(person: Participant, maySend: boolean): Promise<boolean> {
    return this.#change(person, { permissions: { canSend: maySend ? everything : [] } });
  }

  muteAll(): Promise<boolean> {
    const input = { roomName: this.#runner.roomName, setAudio: false };
    return this.#runner.isDone('updateParticipants', documents.updateParticipants, { input });
  }

  toLobby(person: Participant): Promise<boolean> {
    return this.#runner.isDone('returnToLobby', documents.returnToLobby, { input: { participantId: person.id } });
  }

  eject(person: Participant, ban: BanChoice = {}): Promise<boolean> {
    const input = { roomName: this.#runner.roomName, participantIds: [person.id], ...ban };
    return this.#runner.isDone('ejectParticipants', documents.ejectParticipants, { input });
  }

  /** @throws AskError */
  async readBans(): Promise<readonly Ban[]> {
    const { roomName, token } = this.#runner;
    type Found = { readonly room: { readonly bans: { readonly nodes: readonly Ban[] } | null } | null };
    return (await ask<Found>(documents.bans, { roomName }, token)).room?.bans?.nodes ?? [];
  }

  liftBan(ban: Ban): Promise<boolean> {
    return this.#runner.isDone('liftBan', documents.liftBan, { banId: ban.id });
  }

  async #change(person: Participant, change: Variables): Promise<boolean> {
    const input = { participantId: person.id, ...change };
    const result = await this.#runner.run<Participant>('updateParticipant', documents.updateParticipant, { input });
    const { state } = this.#runner;
    if (result !== null) state.set(withParticipant(state.get(), result));
    return result !== null;
  }
}
