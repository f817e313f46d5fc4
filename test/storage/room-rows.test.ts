import { describe, expect, test } from 'vitest';
import { admit, type Knock } from '../../src/rules/knock-request.ts';
import { endParticipant, type Participant } from '../../src/rules/participant.ts';
import type { ColumnList } from '../../src/storage/postgres/columns.ts';
import {
  knockColumns,
  participantColumns,
  readKnock,
  readParticipant,
  writeKnock,
  writeParticipant,
} from '../../src/storage/room-rows.ts';
import {
  at,
  claimsOf,
  deniedOf,
  goneOf,
  idOf,
  knockIn,
  knockOf,
  owner,
  participantOf,
  waitingRoomOf,
} from '../rules/facts-kit.ts';

const statuses = ['PENDING', 'ADMITTED', 'DENIED', 'CANCELLED', 'EXPIRED'] as const satisfies Knock['status'][];
const waits = knockOf({
  token: claimsOf({ userId: 'u1' }),
  reply: 'A moment',
  attachedTo: [idOf('process-1')],
  connection: 'RECONNECTING',
  previousTokenHash: 'previous',
  spareTokenHashes: ['spare'],
});
const knocks: readonly (readonly [string, Knock])[] = [
  ...statuses.map((status) => [status, knockIn(status, waits)] as const),
  [
    'ADMITTED by opening',
    admit(waits, 'ROOM_OPENED', { kind: 'BACKEND', name: 'key', userId: null }, waitingRoomOf(), at(1)),
  ],
  ['DENIED for a while', deniedOf({ knockAgainAt: at(60) })],
];

const sends = participantOf({ audio: true, video: true, screenShare: true, attachedTo: [idOf('process-1')] });
const people: readonly (readonly [string, Participant])[] = [
  ['is inside', sends],
  ['is away', { ...sends, connection: 'RECONNECTING', token: claimsOf() }],
  ['has left', goneOf('LEFT', sends)],
  ['was put out', endParticipant(owner, 'EJECTED', at(3))],
];

/** As a row comes back from JSON. */
const stored = (row: object): object => JSON.parse(JSON.stringify(row));
/** What the statement that writes a room fills in itself. */
const filledIn = new Set(['domainId', 'roomId', 'version', 'changedAt', 'isShown', 'decidesKnocks']);
const columnsOf = ({ columns }: ColumnList) => columns.map(({ key }) => key).filter((key) => !filledIn.has(key));

describe('what is taken apart into a row is put together again', () => {
  test.each(knocks)('a knock that is %s', (_state, knock) => {
    const row = writeKnock(knock);
    expect(readKnock(stored(row))).toEqual(knock);
    for (const key of columnsOf(knockColumns)) expect(row, key).toHaveProperty(key);
  });

  test.each(people)('somebody who %s', (_state, participant) => {
    const row = writeParticipant(participant);
    expect(readParticipant(stored(row))).toEqual(participant);
    for (const key of columnsOf(participantColumns)) expect(row, key).toHaveProperty(key);
  });
});

describe('queries find by columns what a state says', () => {
  test.each(knocks)('a knock that is %s', (_state, knock) => {
    const isOver = knock.status !== 'PENDING' && knock.status !== 'ADMITTED';
    expect(writeKnock(knock)).toMatchObject({
      endedAt: isOver ? knock.decided.at : null,
      exp: knock.status === 'PENDING' ? knock.exp : knock.status === 'ADMITTED' ? knock.letsInUntil : null,
      attachedTo: knock.status === 'PENDING' ? [idOf('process-1')] : [],
      ...(isOver ? { connection: 'LEFT' } : {}),
    });
  });

  test.each(people)('somebody who %s', (_state, participant) => {
    const { left } = participant;
    const gone = { connection: 'LEFT', attachedTo: [], audio: false, video: false, screenShare: false };
    expect(writeParticipant(participant)).toMatchObject({
      leftAt: left?.at ?? null,
      leaveReason: left?.reason ?? null,
      ...(left === null ? {} : gone),
    });
  });
});
