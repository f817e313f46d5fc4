import { expect, test } from 'vitest';
import { eventTypeNumbers } from '../../src/rules/room-event.ts';

test('the numbers of events in the log stay what they are: what was written is read by every version after', () => {
  expect(eventTypeNumbers).toEqual({
    Internal: 0,
    RoomCreated: 1,
    RoomUpdated: 2,
    RoomClosed: 3,
    KnockRequested: 4,
    KnockChanged: 5,
    ParticipantJoined: 6,
    ParticipantUpdated: 7,
    ParticipantLeft: 8,
    MediaRequested: 9,
    LiveStreamChanged: 10,
  });
});
