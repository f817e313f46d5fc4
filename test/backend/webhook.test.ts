import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  type KnockData,
  type LiveStreamData,
  type ParticipantData,
  type RoomData,
  VestibuleSetupError,
  verifyWebhook,
  type WebhookEventOf,
  type WebhookEventType,
  type WebhookSubjects,
} from '../../packages/backend/src/index.ts';
import { type WebhookEventType as SentType, webhookEventTypes } from '../../src/rules/webhook.ts';
import type { WebhookData } from '../../src/rules/webhook-payload.ts';
import { signatureHeaders } from '../../src/webhooks/signature.ts';
import { events, factsWith, knock, now, webhookOf } from '../webhooks/event-kit.ts';

const key = Buffer.alloc(32, 7);
const secret = `whsec_${key.toString('base64')}`;
const body = JSON.stringify({ type: 'KNOCK_REQUESTED', timestamp: now.toISOString(), text: 'Zoë ✊', data: {} });

/** As the service signs it at that moment. */
const sign = (text: string, { id = 'delivery_1', at = Date.now(), keys = [key] } = {}) =>
  signatureHeaders({ id, timestampSeconds: Math.floor(at / 1000), body: text }, keys);

afterEach(() => {
  vi.useRealTimers();
});

/** What each event tells, beside what all of them do. The compiler misses an event here that the package does not know. */
const subjects: { readonly [Type in keyof WebhookSubjects]: readonly (keyof WebhookSubjects[Type])[] } = {
  KNOCK_REQUESTED: ['knock', 'ownerPresent', 'waiting'],
  KNOCK_DECIDED: ['knock'],
  KNOCK_CLOSED: ['knock'],
  PARTICIPANT_JOINED: ['participant'],
  PARTICIPANT_LEFT: ['participant'],
  ROOM_CREATED: [],
  ROOM_UPDATED: [],
  ROOM_DELETED: [],
  LIVE_STREAM_CHANGED: ['liveStream'],
};

describe('the types of events', () => {
  test('are those that the service sends', () => {
    expect(Object.keys(subjects).toSorted()).toEqual(webhookEventTypes.toSorted());
    expectTypeOf<WebhookEventType>().toEqualTypeOf<SentType>();
  });

  test('have the fields that the service writes', () => {
    expectTypeOf<RoomData>().toEqualTypeOf<WebhookData['room']>();
    expectTypeOf<KnockData>().toEqualTypeOf<NonNullable<WebhookData['knock']>>();
    expectTypeOf<ParticipantData>().toEqualTypeOf<NonNullable<WebhookData['participant']>>();
    expectTypeOf<LiveStreamData>().toEqualTypeOf<NonNullable<WebhookData['liveStream']>>();
    type Actor = NonNullable<WebhookEventOf<'ROOM_UPDATED'>['data']['by']>;
    expectTypeOf<Actor>().toEqualTypeOf<Omit<NonNullable<WebhookData['by']>, 'unseen'>>();
    expectTypeOf<keyof WebhookData>().toEqualTypeOf<keyof UnionOfData>();
  });

  test.each(webhookEventTypes)('%s comes with what its type says, and nothing more', (type) => {
    const told = events.filter(([, its]) => its === type).map(([event]) => webhookOf(event, factsWith([knock]), now));
    expect(told).not.toHaveLength(0);
    for (const news of told) {
      const text = JSON.stringify(news?.data);
      const event = verifyWebhook(text, sign(text), secret);
      expect(event).toEqual({ ...JSON.parse(text), deliveryId: 'delivery_1' });
      expect(Object.keys('data' in event ? event.data : {}).toSorted()).toEqual(
        ['by', 'domain', 'room', ...subjects[type]].toSorted(),
      );
    }
  });

  test('a switch over type narrows the data', () => {
    const event = verifyWebhook(body, sign(body), secret);
    if (event.type !== 'KNOCK_REQUESTED') return expect.unreachable(event.type);
    expectTypeOf(event.data.waiting).toEqualTypeOf<number>();
    return expect(event.text).toBe('Zoë ✊');
  });
});

/** The fields of the data of all events. */
type UnionOfData = {
  [Type in WebhookEventType]: (is: WebhookEventOf<Type>['data']) => void;
}[WebhookEventType] extends (is: infer All) => void
  ? All
  : never;

describe('a good signature', () => {
  const headers = sign(body);

  test.each([
    ['text', body],
    ['a Buffer', Buffer.from(body)],
    ['bytes', new TextEncoder().encode(body)],
  ])('is found over %s', (_name, given) => {
    expect(verifyWebhook(given, headers, secret)).toMatchObject({ type: 'KNOCK_REQUESTED', deliveryId: 'delivery_1' });
  });

  test.each([
    ['a record', headers],
    [
      'a record in capitals',
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    ],
    ['Headers', new Headers({ ...headers })],
    ['a Map', new Map(Object.entries(headers))],
    ['a record with lists, as Node has them', { ...headers, 'set-cookie': ['a', 'b'], via: undefined }],
  ])('is found in %s', (_name, given) => {
    const read = given instanceof Map ? { get: (name: string) => given.get(name) ?? null } : given;
    expect(verifyWebhook(body, read, secret)).toMatchObject({ type: 'KNOCK_REQUESTED' });
  });

  test('is one of two while the secret is rotated', () => {
    const both = sign(body, { keys: [Buffer.alloc(32, 9), key] });
    expect(verifyWebhook(body, both, secret)).toMatchObject({ type: 'KNOCK_REQUESTED' });
  });
});

describe('what is no webhook', () => {
  const parsed: unknown = JSON.parse(body);

  test.each([
    ['another secret', body, sign(body, { keys: [Buffer.alloc(32, 9)] }), 'SIGNATURE_WRONG'],
    ['another body', body.replace('✊', '✋'), sign(body), 'SIGNATURE_WRONG'],
    ['another id', body, { ...sign(body), 'webhook-id': 'delivery_2' }, 'SIGNATURE_WRONG'],
    ['a body that was written again', JSON.stringify(parsed, null, 2), sign(body), 'SIGNATURE_WRONG'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe]), sign(body), 'SIGNATURE_WRONG'],
    ['no timestamp', body, { ...sign(body), 'webhook-timestamp': 'now' }, 'SIGNATURE_WRONG'],
    ['an empty signature', body, { ...sign(body), 'webhook-signature': '' }, 'HEADERS_MISSING'],
    ['no headers', body, {}, 'HEADERS_MISSING'],
    ['an hour ago', body, sign(body, { at: Date.now() - 3_600_000 }), 'TIME_WRONG'],
  ])('%s', (_name, given, headers, code) => {
    expect(verifyWebhook(given, headers, secret)).toMatchObject({ type: 'REFUSED', code });
  });

  test('a body that was parsed says so, whatever its type says', () => {
    for (const given of [parsed, undefined, 17, [body]]) {
      const refused: unknown = Reflect.apply(verifyWebhook, null, [given, sign(body), secret]);
      expect(refused).toMatchObject({ type: 'REFUSED', code: 'BODY_PARSED' });
    }
  });

  test.each([
    ['slow', -600, /\b(?:59|60)\d s from now /],
    ['fast', 600, /\b60\d s ago /],
  ])('a machine whose clock is %s is told so, and not that the secret is wrong', (_name, seconds, told) => {
    const headers = sign(body);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
    const refused = verifyWebhook(body, headers, secret);
    // By the message somebody sets the clock: it says which way.
    expect(refused).toMatchObject({ type: 'REFUSED', code: 'TIME_WRONG', message: expect.stringMatching(told) });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - (seconds / 2) * 1000 });
    expect(verifyWebhook(body, headers, secret)).toMatchObject({ type: 'KNOCK_REQUESTED' });
  });
});

test.each([
  ['missing', undefined],
  ['empty', ''],
  ['of another kind', 'vk_0123_abc'],
  ['cut short', 'whsec_'],
  ['not base64', 'whsec_ä'],
])('a secret that is %s is a mistake of the setup, and is not shown', (_name, given) => {
  const error = caught(() => verifyWebhook(body, sign(body), given));
  expect(error).toBeInstanceOf(VestibuleSetupError);
  expect(error).toMatchObject({ code: 'BAD_SECRET', message: expect.stringContaining('whsec_') });
  expect(String(error)).not.toContain(given?.slice(6) || 'nothing of it');
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
