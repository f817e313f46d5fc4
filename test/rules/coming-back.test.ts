import { expect, test } from 'vitest';
import { resume } from '../../src/rules/coming-back.ts';
import type { JoinCommand } from '../../src/rules/join-command.ts';
import { join } from '../../src/rules/joining.ts';
import { admittedOf, at, factsOf, goneOf, idOf, now, participantOf } from './facts-kit.ts';

const command: JoinCommand = {
  ...{ newId: idOf('new'), userName: null, sessionHash: 'session-2', idempotencyHash: null, addressHash: 'address-1' },
  ...{ hidden: false, roomName: 'lobby', token: null, knockId: null, bearerKnockId: null, hashByKey: null },
  resumes: idOf('participant-1'),
};

test.each([
  ['RECONNECTING', 'ParticipantUpdated'],
  ['CONNECTED', 'Internal'],
] as const)('somebody inside who comes back and was %s is news to the others: %s', (connection, type) => {
  for (const knockId of [null, idOf<'KnockRequest'>('knock-1')]) {
    const session = participantOf({ connection, knockId });
    const { changes } = resume(factsOf({ participants: [session] }), session, command, now);
    expect(changes?.events.map((event) => event.type)).toEqual([type]);
    expect(changes?.participants).toEqual([expect.objectContaining({ connection: 'CONNECTED' })]);
  }
});

test('whoever was inside twice and lost the connection comes back as who they were last', () => {
  const knock = admittedOf();
  const sessionOf = (name: string, seconds: number) =>
    participantOf({ id: idOf(name), knockId: knock.id, token: knock.token, joinedAt: at(seconds) });
  const sessions = [goneOf('LEFT', sessionOf('first', -60)), goneOf('CONNECTION_LOST', sessionOf('last', -30))];
  for (const participants of [sessions, sessions.toReversed()]) {
    const facts = factsOf({ knocks: [knock], participants });
    const { answer } = join(facts, { ...command, resumes: null, knockId: knock.id }, now);
    expect(answer).toMatchObject({ kind: 'JOINED', participant: { id: 'last' } });
  }
});
