import { RoomServiceClient } from 'livekit-server-sdk';
import { beforeAll, describe } from 'vitest';
import { liveKitKey } from '../media/livekit-server.ts';
import type { RoomSeed } from '../support/seed.ts';
import {
  type Attendee,
  type ComeOptions,
  canPlay,
  type HouseOptions,
  join,
  type MeetingHouse,
  openMeetingHouse,
  untilFlow,
} from './meeting-play.ts';

/** What tests of a meeting begin with. */
interface Kit {
  readonly house: () => MeetingHouse;
  /** What LiveKit itself says, and does. */
  readonly calls: () => RoomServiceClient;
  /** Anna and Ben, in a room of their own, who see and hear each other. */
  readonly meet: (options?: ComeOptions) => Promise<Meeting>;
}

export interface Meeting {
  readonly room: RoomSeed;
  readonly anna: Attendee;
  readonly ben: Attendee;
}

/** Tests of a meeting, in a house that is opened before the first of them. Without LiveKit and nginx on this machine they are skipped. */
export function describeMeeting(what: string, options: HouseOptions, tests: (kit: Kit) => void): void {
  describe.skipIf(!canPlay)(what, { timeout: 300_000 }, () => {
    let opened: MeetingHouse | null = null;
    beforeAll(async () => {
      opened = await openMeetingHouse(options);
    }, 120_000);
    const house = () => {
      if (opened === null) throw new Error('the house is there within tests alone');
      return opened;
    };
    tests({
      house,
      calls: () => new RoomServiceClient(house().livekit.apiUrl, liveKitKey.apiKey, liveKitKey.apiSecret),
      meet: (how) => meet(house(), how),
    });
  });
}

export async function meet(house: MeetingHouse, options: ComeOptions = {}): Promise<Meeting> {
  const room = await house.backend.room();
  const come = (name: string) => join(house, room, name, options);
  const [anna, ben] = await Promise.all([come('Anna'), come('Ben')]);
  await untilBothMeet(anna, ben);
  return { room, anna, ben };
}

/** Each sees and hears the other one. */
export async function untilBothMeet(...both: readonly Attendee[]): Promise<void> {
  await Promise.all(both.map((one) => untilFlow(one, { pictures: 1, voices: 1 })));
}
