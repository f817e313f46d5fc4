import { expect, test } from 'vitest';
import type { Participant, RoomEvent, RoomView } from '../../packages/client/src/index.ts';
import { en } from '../../web/texts/en.ts';
import { speakBy } from '../../web/texts/speak.ts';
import { newsOf } from '../../web/visit/stay-news.ts';
import { crowd, stage } from './meeting/scene.ts';

const texts = speakBy(en, 'en');
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
