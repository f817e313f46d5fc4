import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AccessToken } from 'livekit-server-sdk';
import { liveKitKey } from './livekit-server.ts';

// Webhooks as livekit-server v1.13.5 sends them: signed by their very bytes, tried again where the receiver is in trouble, and then lost.

export type FakeEvent = { readonly event: string; readonly room: string; readonly more?: object };

/** What happens to one on its way. */
export type FakeTrouble = 'NONE' | 'LOST' | 'DOUBLED' | 'LATE';

const againAfterMs = [1_000, 2_000, 4_000];
const lateMs = 300;

export class FakeWebhooks {
  readonly #urls: readonly string[];
  #count = 0;
  /** Those of one room wait for each other. */
  readonly #lines = new Map<string, Promise<void>>();
  trouble: (event: FakeEvent) => FakeTrouble = () => 'NONE';

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  tell(event: FakeEvent): void {
    const before = this.#lines.get(event.room) ?? Promise.resolve();
    this.#lines.set(
      event.room,
      before.then(() => this.#send(event)),
    );
  }

  async #send({ event, room, more = {} }: FakeEvent): Promise<void> {
    const trouble = this.trouble({ event, room });
    if (trouble === 'LOST') return;
    if (trouble === 'LATE') await pause(lateMs);
    this.#count += 1;
    const createdAt = String(Math.floor(Date.now() / 1000));
    const id = `EV_${process.pid}_${this.#count}`;
    const body = JSON.stringify({ event, id, createdAt, room: { sid: 'RM_1', name: room }, ...more });
    for (const url of this.#urls) {
      await deliver(url, body);
      if (trouble === 'DOUBLED') await deliver(url, body);
    }
  }
}

async function deliver(url: string, body: string): Promise<void> {
  for (const waitMs of [0, ...againAfterMs]) {
    await pause(waitMs);
    const status = await post(url, body);
    // A word against it is the last one; trouble is not.
    if (status !== null && (status < 500 || status === 501)) return;
  }
}

async function post(url: string, body: string): Promise<number | null> {
  const token = new AccessToken(liveKitKey.apiKey, liveKitKey.apiSecret, { ttl: 300 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  const headers = { 'content-type': 'application/webhook+json', authorization: await token.toJwt() };
  const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status ?? null;
}
