import pLimit from 'p-limit';
import { type DomainId, decodeId } from '../rules/ids.ts';
import type { MediaRoomStorage } from '../storage/media-room.ts';
import type { MediaReports } from './reports.ts';
import type { AskedServer, MediaServers } from './servers.ts';

export interface MediaUpkeepOptions {
  readonly servers: Pick<MediaServers, 'list'>;
  readonly rooms: Pick<MediaRoomStorage, 'lagSeconds' | 'closeAgain'>;
  readonly reports: MediaReports;
  /** Is it this process that looks through all domains? */
  readonly isOnDuty: () => boolean;
  /** Rooms were found in this domain that have to be closed. */
  readonly onClosing: (domainId: DomainId) => void;
}

/** What has to be done now and then: measuring, and looking for rooms that should not be. */
export interface MediaUpkeep {
  /** Does what has become due since the last time, and waits for nothing: what is still under way is not begun a second time. */
  readonly tick: () => void;
  readonly stop: () => Promise<void>;
}

const measureEveryMs = 5_000;
const listEveryMs = 300_000;
/** A server that swallows connections takes seconds, and the next one need not wait for it. */
const serversAtOnce = 10;

export function createMediaUpkeep(options: MediaUpkeepOptions): MediaUpkeep {
  const { rooms, reports } = options;
  let measureAt = 0;
  // Not all processes of an installation that has just started at once.
  let listAt = performance.now() + listEveryMs * Math.random();
  let isOver = false;
  const measure = async () => {
    if (performance.now() < measureAt) return;
    measureAt = performance.now() + measureEveryMs;
    try {
      reports.lagged(await rooms.lagSeconds());
    } catch (error) {
      reports.lagged(null);
      throw error;
    }
  };
  const close = async () => {
    // What is another's now stays due, and is done at once when it is this one's turn.
    if (performance.now() < listAt || !options.isOnDuty()) return;
    listAt = performance.now() + listEveryMs;
    await pLimit(serversAtOnce).map(await options.servers.list(), async (server) => {
      if (!isOver) await closeLeftOver(server, options).catch(reports.troubled);
    });
  };
  const works = [measure, close].map((work) => oneAtATime(() => work().catch(reports.troubled)));
  return {
    tick: () => {
      if (!isOver) for (const { begin } of works) begin();
    },
    stop: async () => {
      isOver = true;
      await Promise.all(works.map(({ end }) => end()));
    },
  };
}

/** @param work never rejects */
function oneAtATime(work: () => Promise<void>) {
  let running: Promise<void> | null = null;
  return {
    begin: () => {
      running ??= work().then(() => {
        running = null;
      });
    },
    end: async () => running,
  };
}

/** Only rooms of this very domain that are on record as closed: others may use the same server, and what is not known here is theirs. */
export async function closeLeftOver(
  { record, media }: AskedServer,
  { rooms, reports, onClosing }: Pick<MediaUpkeepOptions, 'rooms' | 'reports' | 'onClosing'>,
): Promise<void> {
  const answer = await media.rooms();
  reports.called('LIST_ROOMS', answer.outcome);
  if (answer.outcome !== 'DONE') return;
  const ids = answer.names.flatMap((name) => decodeId('Room', name) ?? []);
  if (ids.length > 0 && (await rooms.closeAgain(record.domainId, record.id, ids)) > 0) onClosing(record.domainId);
}
