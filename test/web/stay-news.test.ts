import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KnockRequest, Participant, RoomEvent, RoomView } from '../../packages/client/src/index.ts';
import { wholeEnglish } from '../../web/texts/en-whole.ts';
import { speakPart } from '../../web/texts/speak.ts';
import { Crowds } from '../../web/visit/crowds.ts';
import { newsOf } from '../../web/visit/stay-news.ts';
import { crowd, stage } from './meeting/scene.ts';
import { knockOf } from './queue-play.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const texts = speakPart(wholeEnglish, {}, 'en');
const { room, participants } = stage({ people: crowd(2) });

function viewOf(me: Participant): RoomView {
  return {
    ...{ room, me, participants: [me], waiting: [], liveStream: null, state: 'OPEN', hearsEvents: true },
    ...{ leaveReason: null, error: null },
  };
}

const speaking = { ...(participants.at(-1) as Participant), audio: true, video: true, screenShare: true };
const silent = { ...speaking, audio: false, video: false, screenShare: false };

test.each([
  ['a host', { kind: 'PARTICIPANT', name: 'Mara', userId: null }, 3],
  ['the backend', { kind: 'BACKEND', name: 'key', userId: null }, 3],
  ['oneself', { kind: 'PARTICIPANT', name: speaking.userName, userId: null }, 0],
  ['nobody: the service has seen it on the media server', { kind: 'SERVICE', name: null, userId: null }, 0],
] as const)('who switched off what one sends is told: %s', (_who, by, expected) => {
  const event = { __typename: 'ParticipantUpdated', cursor: '', at: '', by, participant: silent } as RoomEvent;
  expect(newsOf(event, viewOf(speaking), viewOf(silent), texts)).toHaveLength(expected);
});

describe('of an admission that another host has taken back', () => {
  const by = { kind: 'PARTICIPANT', name: 'Otto', userId: null } as const;
  const [guest, ...others] = participants as [Participant, ...Participant[]];
  const ada: Participant = { ...guest, userName: 'Ada', knockId: 'Ada', isOwner: false };
  const host: Participant = { ...speaking, permissions: { ...speaking.permissions, canAdmin: ['PARTICIPANTS'] } };
  const knockRequest: KnockRequest = { ...knockOf('Ada', 0), status: 'EXPIRED', reason: 'RECALLED' };
  const changed = {
    ...{ cursor: '', at: '', by, __typename: 'KnockChanged', knockRequest },
    ...{ knockStatus: 'EXPIRED', knockReason: 'RECALLED' },
  } as RoomEvent;
  const left = (leaveReason: Participant['leaveReason'], participant = ada) =>
    ({ cursor: '', at: '', by, __typename: 'ParticipantLeft', leaveReason, participant }) as RoomEvent;
  const said = (event: RoomEvent, isInside: boolean, me = host) => {
    const before = { ...viewOf(me), participants: isInside ? [...others, ada, me] : [...others, me] };
    return newsOf(event, before, before, texts).map(({ text }) => text);
  };

  test('hosts are told who did it', () => {
    expect(said(changed, false)).toEqual(['Otto undid letting Ada in.']);
  });

  test('once: of whoever was inside by how they leave', () => {
    const events = [changed, left('RETURNED_TO_LOBBY')];
    expect(events.flatMap((event) => said(event, true))).toEqual(['Otto undid letting Ada in.']);
    expect([changed, left('EJECTED')].flatMap((event) => said(event, true))).toEqual(['Ada left.']);
  });

  test('guests, who see no knocks, are told that they left, and so is everybody of whoever came without one', () => {
    expect(said(left('RETURNED_TO_LOBBY'), true, speaking)).toEqual(['Ada left.']);
    expect(said(left('RETURNED_TO_LOBBY', { ...ada, knockId: null }), true)).toEqual(['Ada left.']);
  });

  test('whoever did it is told nothing', () => {
    expect(said(changed, false, { ...host, userName: 'Otto' })).toEqual([]);
  });
});

test('what happens to many at once is told of the first few, and then as a number', () => {
  const said: string[] = [];
  const tell = vi.fn((text: string) => said.push(text));
  const crowds = new Crowds({ tell, speak: (text) => said.push(text) });
  const knocks = ['Ada', 'Ben', 'Cyd', 'Dan', 'Eva'].map(knockOf);
  const before = { ...viewOf(speaking), waiting: knocks };
  const hear = (event: Partial<RoomEvent>) => {
    for (const news of newsOf({ cursor: '', at: '', ...event } as RoomEvent, before, before, texts)) crowds.tell(news);
  };
  const by = { kind: 'PARTICIPANT', name: 'Otto', userId: null } as const;
  for (const knock of knocks) {
    const knockRequest: KnockRequest = { ...knock, status: 'ADMITTED' };
    hear({ __typename: 'KnockChanged', by, knockRequest, knockStatus: 'ADMITTED' });
    const participant = { ...silent, id: knock.id, userName: knock.userName };
    hear({ __typename: 'ParticipantJoined', by, participant });
  }
  const one = (name: string) => [`Otto let ${name} in.`, `${name} came in.`];
  const some = ['Ada', 'Ben', 'Cyd'].flatMap(one);
  expect(said).toEqual(some);
  vi.advanceTimersByTime(5_000);
  expect(said).toEqual([...some, 'Otto let 5 people in.', '5 people came in.']);
  expect(tell.mock.calls.flat()).toContain('Otto let 5 people in.');
  hear({ __typename: 'ParticipantLeft', by, participant: { ...silent, id: 'Ada', userName: 'Ada' } });
  expect(said.at(-1)).toBe('Ada left.');
});
