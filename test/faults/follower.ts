import { decodeCursor } from '../../src/rules/ids.ts';
import type { TestDatabase } from '../support/database.ts';
import type { Subscription } from '../support/graphql-client.ts';
import { bootstrapApiKey } from '../support/server.ts';
import { type WsClient, wsClient } from '../support/ws-client.ts';

const eventsDocument = `subscription ($room: String!, $after: String) {
  roomEvents(roomName: $room, after: $after) { __typename cursor roomId }
}`;

type EventData = {
  readonly roomEvents: { readonly __typename: string; readonly cursor: string; readonly roomId: string };
};

/** A backend's console that follows one room, comes back after its last cursor wherever it is sent, and keeps what it saw. */
export class Follower {
  /** Places in the room's order, as they came. */
  readonly seen: number[] = [];
  readonly roomIds = new Set<string>();
  resyncs = 0;
  #cursor: string | null;
  readonly #roomName: string;
  #client: WsClient | null = null;
  #reading: Promise<void> = Promise.resolve();

  /** @param cursor from where on it follows */
  constructor(roomName: string, cursor: string) {
    this.#roomName = roomName;
    this.#cursor = cursor;
  }

  /** Follows through this process until `leave`, or the connection ends. Settles once it follows. */
  async follow(url: string): Promise<void> {
    await this.leave();
    const client = wsClient(url, bootstrapApiKey);
    this.#client = client;
    const stream = await client.subscribe<EventData>(eventsDocument, { room: this.#roomName, after: this.#cursor });
    this.#reading = this.#read(stream);
  }

  /** Settles with the code with which the connection was closed, whoever did it. */
  async closed(): Promise<number> {
    const end = await this.#client?.closed;
    await this.#reading;
    return end?.code ?? 0;
  }

  async leave(): Promise<void> {
    await this.#client?.close();
    await this.#reading;
    this.#client = null;
  }

  async #read(stream: Subscription<EventData>): Promise<void> {
    for (;;) {
      const message = await stream.next(60_000).catch(() => null);
      if (message === null) return;
      const event = message.data?.roomEvents;
      if (event === undefined) throw new Error(`not an event: ${JSON.stringify(message)}`);
      this.#cursor = event.cursor;
      this.roomIds.add(event.roomId);
      if (event.__typename === 'Resync') this.resyncs += 1;
      else this.seen.push(decodeCursor(event.cursor)?.seq ?? Number.NaN);
    }
  }
}

/** The places of a room's events that a backend is shown, after one. */
export async function placesAfter(
  database: Pick<TestDatabase, 'sql'>,
  roomName: string,
  seq: number,
): Promise<readonly number[]> {
  const rows = await database.sql<{ seq: string }[]>`
    select e.seq from room_events e join rooms r on r.id = e.room_id
    where r.name = ${roomName} and e.seq > ${seq} and e.type <> 0 order by e.seq`;
  return rows.map((row) => Number(row.seq));
}
