import { expect, test } from 'vitest';
import { resume } from '../../src/rules/coming-back.ts';
import type { JoinCommand } from '../../src/rules/join-command.ts';
import { factsOf, idOf, now, participantOf } from './facts-kit.ts';

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
