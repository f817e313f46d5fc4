import type { LiveStream, Session } from '../../../packages/client/src/index.ts';
import { isDone } from './runner.ts';

/** What owners do with the room itself. */
export class RoomActions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  setPrivacy(privacy: 'PUBLIC' | 'PRIVATE'): Promise<boolean> {
    return isDone(this.#session.setPrivacy(privacy));
  }

  setKnocking(enableKnocking: boolean): Promise<boolean> {
    return isDone(this.#session.updateRoom({ enableKnocking }));
  }

  setBroadcast(ownerOnlyBroadcast: boolean): Promise<boolean> {
    return isDone(this.#session.updateRoom({ ownerOnlyBroadcast }));
  }

  setLobbyMessage(text: string): Promise<boolean> {
    return isDone(this.#session.updateRoom({ lobbyMessage: text.trim() === '' ? null : text }));
  }

  startLive(destination: string): Promise<boolean> {
    return isDone(this.#session.startLiveStream([destination]));
  }

  stopLive({ id }: LiveStream): Promise<boolean> {
    return isDone(this.#session.stopLiveStream(id));
  }
}
