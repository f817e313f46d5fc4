import { expect, test } from 'vitest';
import { encodeId } from '../../src/rules/ids.ts';
import { wasAdmission } from '../../src/rules/knock-request.ts';
import { settle } from '../../src/rules/room-life.ts';
import { createWebhookOf } from '../../src/rules/webhook-payload.ts';
import { admittedOf, at, factsOf, knockOf } from './facts-kit.ts';

// Somebody whose admission is over is not somebody whom nobody answered, wherever it is told.

const webhookOf = createWebhookOf({ roomUrl: (domain, room) => `https://meet.example/${domain}/${room}`, encodeId });
const longAgo = new Date(0);
const host = { kind: 'PARTICIPANT', name: 'Olga', userId: null } as const;

test.each([
  [
    'an admission that is over',
    admittedOf({ letsInUntil: at(60), decided: { at: at(-5), by: host, reason: 'DECIDED' } }),
    true,
    /^The admission of .+ has ended$/,
  ],
  ['a knock that nobody answered', knockOf({ exp: at(60) }), false, /no longer waits/],
])('%s is told as what it was', (_what, knock, isAdmission, text) => {
  const facts = factsOf({ knocks: [knock] });
  const changes = settle(facts, at(60), longAgo);
  const [ended] = changes?.knocks ?? [];
  expect(ended).toMatchObject({ status: 'EXPIRED', decided: { reason: 'TIMED_OUT' } });
  expect(ended && wasAdmission(ended)).toBe(isAdmission);
  const told = (changes?.events ?? []).flatMap((event) => webhookOf(event, facts, at(60))?.data.text ?? []);
  expect(told).toEqual([expect.stringMatching(text)]);
});
