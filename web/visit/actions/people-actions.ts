import type { Ban, Participant, Session } from '../../../packages/client/src/index.ts';
import type { Denial } from '../../console/queue/queue.ts';
import { tell } from '../../notices.ts';
import type { Followed } from '../../store.ts';
import { textsNow } from '../../texts/language.ts';
import { isDone } from './runner.ts';

export type Switch = 'setAudio' | 'setVideo' | 'setScreenShare';

type Permissions = NonNullable<Parameters<Session['updateParticipant']>[0]['permissions']>;

/** How many people one request may name. */
const ejectedAtOnce = 100;

/** So often it is looked who has come in meanwhile. */
const endingRounds = 3;

/** How long the news of what was done may take. Milliseconds. */
const newsMs = 1_500;

const everything: Permissions = {
  canSend: ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'],
};

/** What owners do with people in the room. */
export class PeopleActions {
  readonly #session: Session;
  readonly #onBan: () => void;

  /** @param onBan called once somebody was banned */
  constructor(session: Session, onBan: () => void = () => undefined) {
    this.#session = session;
    this.#onBan = onBan;
  }

  switchOff({ id: participantId }: Participant, kind: Switch): Promise<boolean> {
    return isDone(this.#session.updateParticipant({ participantId, [kind]: false }));
  }

  async askToUnmute({ id: participantId }: Participant): Promise<boolean> {
    const isAsked = await isDone(this.#session.updateParticipant({ participantId, setAudio: true }));
    if (isAsked) tell(textsNow().told.done);
    return isAsked;
  }

  setMaySend({ id: participantId }: Participant, maySend: boolean): Promise<boolean> {
    const permissions = maySend ? everything : { canSend: [] };
    return isDone(this.#session.updateParticipant({ participantId, permissions }));
  }

  /** A co-host lets people in, mutes and removes, but does nothing to owners. What else somebody administers stays theirs. */
  setCoHost({ id: participantId, permissions }: Participant, isCoHost: boolean): Promise<boolean> {
    const others = permissions.canAdmin.filter((area) => area !== 'PARTICIPANTS');
    const canAdmin: Permissions['canAdmin'] = isCoHost ? [...others, 'PARTICIPANTS'] : others;
    return isDone(this.#session.updateParticipant({ participantId, permissions: { canAdmin } }));
  }

  muteAll(): Promise<boolean> {
    return isDone(this.#session.updateParticipants({ setAudio: false }));
  }

  toLobby({ id }: Participant): Promise<boolean> {
    return isDone(this.#session.returnToLobby(id));
  }

  async eject({ id }: Participant, ban: Denial = {}): Promise<boolean> {
    const isOut = await isDone(this.#session.eject({ participantIds: [id], ...ban }));
    if (isOut && ban.ban === true) this.#onBan();
    return isOut;
  }

  /**
   * Puts everybody else out, and whoever has come in while that was asked for. Answers whether it was done for all.
   * @param others those who are there, as far as is known by then
   */
  async endForAll(others: Followed<readonly Participant[]>): Promise<boolean> {
    const out = new Set<string>();
    for (let round = 0; round < endingRounds; round += 1) {
      const ids = others.get().flatMap(({ id }) => (out.has(id) ? [] : [id]));
      if (ids.length === 0) return true;
      for (let from = 0; from < ids.length; from += ejectedAtOnce) {
        const participantIds = ids.slice(from, from + ejectedAtOnce);
        if (!(await isDone(this.#session.eject({ participantIds })))) return false;
        for (const id of participantIds) out.add(id);
      }
      await untilGone(others, out);
    }
    return true;
  }

  /** @throws VestibuleError */
  readBans(): Promise<readonly Ban[]> {
    return this.#session.readBans();
  }

  liftBan({ id }: Ban): Promise<boolean> {
    return isDone(this.#session.liftBan(id));
  }
}

/** News come in their order: once it is told that they have left, whoever came before that is known too. It is not waited for without end. */
function untilGone(others: Followed<readonly Participant[]>, out: ReadonlySet<string>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (!others.get().some(({ id }) => out.has(id))) resolve();
  };
  const timer = setTimeout(resolve, newsMs);
  const unfollow = others.subscribe(look);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    unfollow();
  });
}
