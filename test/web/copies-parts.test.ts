import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Client } from '../../packages/client/src/index.ts';
import { createKept } from '../../web/kept.ts';
import { Copies } from '../../web/visit/copies.ts';
import { createDoor } from '../../web/visit/door.ts';

// The copies of a tab among themselves, without a browser: what they tell each other, and who knows that the place inside is free.

const channels: PlayedChannel[] = [];

/** Whoever sleeps hears nothing. */
class PlayedChannel extends EventTarget {
  readonly said: unknown[] = [];
  isAsleep = false;
  constructor() {
    super();
    channels.push(this);
  }
  postMessage(data: unknown): void {
    this.said.push(data);
    for (const other of channels)
      if (other !== this && !other.isAsleep) other.dispatchEvent(new MessageEvent('message', { data }));
  }
}

let inDocument = new EventTarget();

beforeEach(() => {
  channels.length = 0;
  inDocument = new EventTarget();
  vi.stubGlobal('window', {});
  vi.stubGlobal('sessionStorage', undefined);
  vi.stubGlobal('BroadcastChannel', PlayedChannel);
  vi.stubGlobal('document', inDocument);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** One more copy of the same tab. */
function copy() {
  const kept = createKept('/acme/review');
  kept.set('person', 'the same');
  kept.set('seed', 'seed');
  const news: string[] = [];
  const copies = new Copies({
    kept,
    onNews: (name, value) => news.push(`${name} ${value}`),
    onEntered: () => news.push('inside'),
  });
  const channel = channels.at(-1) as PlayedChannel;
  return { kept, copies, news, channel };
}

/** Somebody knocks in this copy, and the service answers. */
function knock({ kept }: ReturnType<typeof copy>): void {
  kept.answered(kept.attempt);
  kept.set('knock', 'theirs');
}

describe('a copy that was not there when the others were told', () => {
  test('knows the knock and the next key before it asks, and nothing is told on', () => {
    const first = copy();
    const second = copy();
    knock(first);
    const before = first.channel.said.length;
    const late = copy();
    expect([late.kept.attempt, late.kept.get('knock')]).toEqual([first.kept.attempt, 'theirs']);
    expect(late.news).toEqual(['knock theirs', 'round 1']);
    expect(late.channel.said).toEqual([{ name: 'awake', value: null }]);
    expect([first, second].map(({ news }) => news.length)).toEqual([0, 2]);
    expect(first.channel.said.slice(before)).toEqual([
      { name: 'hidden', value: null },
      { name: 'session', value: null },
      { name: 'knock', value: 'theirs' },
      { name: 'media', value: null },
      { name: 'round', value: '1' },
    ]);
  });

  test('since it slept hears of it when it comes on screen', () => {
    const first = copy();
    const asleep = copy();
    asleep.channel.isAsleep = true;
    knock(first);
    expect(asleep.kept.attempt).not.toBe(first.kept.attempt);
    asleep.channel.isAsleep = false;
    inDocument.dispatchEvent(new Event('visibilitychange'));
    expect([asleep.kept.attempt, asleep.kept.get('knock')]).toEqual([first.kept.attempt, 'theirs']);
  });
});

test('a copy that has slept hears what it has missed also where one that is further wakes first', () => {
  const first = copy();
  const asleep = copy();
  asleep.channel.isAsleep = true;
  knock(first);
  asleep.channel.isAsleep = false;
  first.channel.postMessage({ name: 'awake', value: first.kept.get('round') });
  expect([asleep.kept.attempt, asleep.kept.get('knock')]).toEqual([first.kept.attempt, 'theirs']);
});

test.each(['resume', 'joinAsAdmitted'] as const)(
  'a copy that slept has the session of one that has come in meanwhile: %s',
  async (way) => {
    const inside = copy();
    const asleep = copy();
    asleep.channel.isAsleep = true;
    const comesIn = async () => ({ kind: 'JOINED' });
    const client = { resume: comesIn, join: comesIn } as unknown as Client;
    const door = createDoor(client, { domain: 'acme', roomName: 'review' }, inside.kept);
    await door[way]('old');
    inside.kept.set('session', 'new');
    asleep.channel.isAsleep = false;
    inDocument.dispatchEvent(new Event('visibilitychange'));
    expect([asleep.kept.get('session'), asleep.kept.attempt]).toEqual(['new', inside.kept.attempt]);
  },
);

/** Until a copy waits for whoever may come in anew. */
async function untilItWaits(): Promise<void> {
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('whoever waits for the place inside learns that it is free, and not while a page is only loaded again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const [inside, again, other] = [copy(), copy(), copy()];
  expect(await inside.copies.enter(false, () => undefined)).toBe(true);
  expect(other.news).toEqual(['inside']);
  let isFree = false;
  const free = other.copies.untilFree(new AbortController().signal).then(() => {
    isFree = true;
  });
  inside.copies.leave();
  await untilItWaits();
  expect(await again.copies.enter(false, () => undefined)).toBe(true);
  await vi.advanceTimersByTimeAsync(5_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isFree).toBe(false);
  again.copies.leave();
  await untilItWaits();
  await vi.advanceTimersByTimeAsync(5_000);
  await free;
});
