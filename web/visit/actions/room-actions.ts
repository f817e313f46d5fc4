import * as documents from '../../api/documents.ts';
import type { LiveStream, Privacy, Room } from '../../api/shapes.ts';
import type { Runner, Variables } from './runner.ts';

/** What owners do with the room itself. */
export class RoomActions {
  readonly #runner: Runner;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  setPrivacy(privacy: Privacy): Promise<boolean> {
    return this.#change('setRoomPrivacy', { privacy });
  }

  setKnocking(enableKnocking: boolean): Promise<boolean> {
    return this.#change('updateRoom', { settings: { enableKnocking } });
  }

  setBroadcast(ownerOnlyBroadcast: boolean): Promise<boolean> {
    return this.#change('updateRoom', { settings: { ownerOnlyBroadcast } });
  }

  setLobbyMessage(text: string): Promise<boolean> {
    return this.#change('updateRoom', { settings: { lobbyMessage: text.trim() === '' ? null : text } });
  }

  startLive(destination: string): Promise<boolean> {
    const input = { roomName: this.#runner.roomName, destinations: [destination] };
    return this.#stream('startLiveStream', documents.startLiveStream, { input });
  }

  stopLive(stream: LiveStream): Promise<boolean> {
    return this.#stream('stopLiveStream', documents.stopLiveStream, { liveStreamId: stream.id });
  }

  async #stream(field: string, document: string, variables: Variables): Promise<boolean> {
    const liveStream = await this.#runner.run<LiveStream>(field, document, variables);
    const { state } = this.#runner;
    if (liveStream !== null) state.set({ ...state.get(), liveStream });
    return liveStream !== null;
  }

  async #change(field: 'setRoomPrivacy' | 'updateRoom', change: Variables): Promise<boolean> {
    const input = { roomName: this.#runner.roomName, ...change };
    const document = field === 'updateRoom' ? documents.updateRoom : documents.setRoomPrivacy;
    const room = await this.#runner.run<Room>(field, document, { input });
    const { state } = this.#runner;
    if (room !== null) state.set({ ...state.get(), room });
    return room !== null;
  }
}
