import { TrackSource } from '@livekit/rtc-node';
import { expect, test } from 'vitest';
import { speak } from '../media/worlds.ts';
import { until } from '../support/until.ts';
import { describeMeeting } from './meeting-kit.ts';
import { change, connectBy, join, patience, untilFlow } from './meeting-play.ts';

// A client that is not the page chooses what it sends, and under which name.

describeMeeting('a guest whose client is another one', {}, ({ house, calls }) => {
  test('is heard by their microphone alone, as everybody sees, and once they are muted they send no sound at all', async () => {
    const room = await house().backend.room();
    const host = await room.owner();
    const ben = await join(house(), room, 'Ben');
    const guest = await room.guest();
    const client = await connectBy(guest);
    const sounds = async () => {
      const people = await calls().listParticipants(room.id);
      return people.find(({ identity }) => identity === guest.id)?.tracks ?? [];
    };
    const names = [TrackSource.SOURCE_UNKNOWN, TrackSource.SOURCE_SCREENSHARE_AUDIO, TrackSource.SOURCE_MICROPHONE];
    for (const name of names) await speak(client, name);
    await until(sounds, ({ length }) => length === names.length, patience.timeout);
    await untilFlow(ben, { pictures: 0, voices: 1 });
    const muted = ben.page.locator(`.tile[data-person="${guest.id}"] .mark.muted`);
    expect(await muted.count()).toBe(0);

    await change(host, 'updateParticipant', 'UpdateParticipantInput', { participantId: guest.id, setAudio: false });
    await until(sounds, (tracks) => tracks.every((track) => track.muted), patience.timeout);
    await muted.waitFor(patience);
    await untilFlow(ben, { pictures: 0, voices: 0 });
    expect((await sounds()).length).toBe(names.length);
  });
});
