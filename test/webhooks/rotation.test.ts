import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/rules/refusal.ts';
import { moveClock } from '../support/database.ts';
import { type Received, samplePayload, startHouse, startReceiver } from './webhook-kit.ts';

const verify = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });

async function openScene() {
  const [house, receiver] = [await startHouse(), await startReceiver()];
  const { webhook, secret } = await house.hook(receiver.url);
  const worker = house.worker();
  return {
    secret,
    rotate: async () => {
      const rotated = await house.service.rotateSecret(house.backend, webhook.id);
      if (isRefusal(rotated)) throw new Error(rotated.message);
      return rotated.secret;
    },
    tellAfter: async (seconds: number) => {
      await moveClock(house.database, { seconds });
      await house.tell(webhook.id);
      worker.poke();
      return receiver.inbox.next();
    },
  };
}

describe('a rotation whose answer was lost', () => {
  test('is asked for again, and the secret that the receiver knows goes on to sign', async () => {
    const { secret: known, rotate, tellAfter } = await openScene();
    const lost = await rotate();
    const newest = await rotate();
    const during = await tellAfter(0);
    for (const secret of [known, lost, newest]) expect(verify(secret, during)).toEqual(samplePayload);
    const after = await tellAfter(24 * 3600 + 1);
    expect(verify(newest, after)).toEqual(samplePayload);
    for (const secret of [known, lost]) expect(() => verify(secret, after)).toThrow(WebhookVerificationError);
  });

  test('signs no longer with what was replaced a day before the next one', async () => {
    const { secret: first, rotate, tellAfter } = await openScene();
    const second = await rotate();
    await tellAfter(24 * 3600 + 1);
    const third = await rotate();
    const received = await tellAfter(24 * 3600 + 2);
    for (const secret of [second, third]) expect(verify(secret, received)).toEqual(samplePayload);
    expect(() => verify(first, received)).toThrow(WebhookVerificationError);
  });

  test('at the same moment as another one: all secrets that were answered sign', async () => {
    const { secret: known, rotate, tellAfter } = await openScene();
    const answered = await Promise.all([rotate(), rotate(), rotate(), rotate()]);
    const received = await tellAfter(0);
    for (const secret of [known, ...answered]) expect(verify(secret, received)).toEqual(samplePayload);
  });

  test('however often, messages are signed with the nine newest secrets', async () => {
    const { secret: known, rotate, tellAfter } = await openScene();
    const secrets: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) secrets.push(await rotate());
    const received = await tellAfter(0);
    for (const secret of secrets.slice(1)) expect(verify(secret, received)).toEqual(samplePayload);
    expect(() => verify(known, received)).toThrow(WebhookVerificationError);
  });
});
