import { createSigner } from 'fast-jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/postgres/database.ts';
import { createRetentionStorage } from '../../src/storage/retention.ts';
import { act, codeOf, type House, openHouse } from '../api/admission-kit.ts';
import { closeAfterwards } from '../support/closers.ts';
import { moveClock } from '../support/database.ts';
import type { RoomSeed } from '../support/seed.ts';

// Whatever is forgotten, no right comes back. A token that a backend signs itself and that names no exp is good for as long as its domain says,
// and the domain may say something else once the token's record is gone.

const days = 30;

let house: House;
let room: RoomSeed;
let sign: (claims: object) => string;

beforeAll(async () => {
  house = await openHouse();
  room = await house.backend.room({ privacy: 'PRIVATE' });
  const { secret: key = '' } = await act(house.backend, 'addSelfSigningKey', { algorithm: 'HS256' });
  sign = (claims) => createSigner({ key: key ?? '', algorithm: 'HS256' })({ d: 'default', r: room.name, ...claims });
});

const join = async (token: string) => codeOf(await act(house.anybody, 'joinRoom', { roomName: room.name, token }));
const revoke = async (input: object) =>
  expect(codeOf(await act(house.backend, 'revokeMeetingTokens', { ...input }))).toBe('MeetingTokensRevoked');
const inAYear = () => Math.floor(Date.now() / 1000) + 365 * 86_400;

/** What takes a right away, and a token that it was taken from; each was shown and is on record. */
const cases: Readonly<Record<string, { readonly take: () => Promise<string>; readonly answer: string }>> = {
  'revoked by its jti': {
    take: async () => {
      const token = sign({ jti: 'by-jti' });
      await join(token);
      await revoke({ jtis: ['by-jti'] });
      return token;
    },
    answer: 'TOKEN_REVOKED',
  },
  'revoked with all of its user': {
    take: async () => {
      const token = sign({ jti: 'by-user', ud: 'gone' });
      await join(token);
      await revoke({ userId: 'gone' });
      return token;
    },
    answer: 'TOKEN_REVOKED',
  },
  'revoked before it was shown': {
    take: async () => {
      const token = sign({ jti: 'unseen' });
      await revoke({ jtis: ['unseen'] });
      await join(token);
      return token;
    },
    answer: 'TOKEN_REVOKED',
  },
  'revoked by the jti that it shares with a shorter one': {
    take: async () => {
      await join(sign({ jti: 'shared', exp: Math.floor(Date.now() / 1000) + 60 }));
      const token = sign({ jti: 'shared', exp: inAYear() });
      await revoke({ jtis: ['shared'] });
      return token;
    },
    answer: 'TOKEN_REVOKED',
  },
  'used up': {
    take: async () => {
      const token = sign({ jti: 'once', max_uses: 1 });
      expect(await join(token)).toBe('Joined');
      return token;
    },
    answer: 'TOKEN_USED_UP',
  },
  'never taken away': {
    take: async () => {
      const token = sign({ jti: 'good' });
      await join(token);
      return token;
    },
    answer: 'Joined',
  },
};

describe('a token without an end of its own, long after all that is forgotten was forgotten', () => {
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    for (const [name, { take }] of Object.entries(cases)) tokens.set(name, await take());
    const count = () => house.database.sql`select 1 from meeting_tokens where self_signed`;
    expect((await count()).length).toBeGreaterThan(3);
    await moveClock(house.database, { seconds: (days + 10) * 86_400 });
    const pool = openDatabase({ url: house.database.url, poolSize: 1 });
    closeAfterwards(pool.close);
    await createRetentionStorage(pool, days, (error) => expect.unreachable(String(error))).sweep();
    expect((await count()).length).toBe(0);
    expect(codeOf(await act(house.backend, 'updateDomain', { meetingTokenLifetimeSeconds: null }))).toBe('Domain');
  });

  test.each(Object.keys(cases))('that was %s', async (name) => {
    expect(await join(tokens.get(name) ?? '')).toBe(cases[name]?.answer);
  });
});
