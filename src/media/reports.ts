import type { DomainId, MediaServerId, RoomId } from '../rules/ids.ts';
import type { Offender } from '../rules/media-following.ts';
import type { MediaCall } from '../rules/media-plan.ts';
import type { MediaOutcome } from './port.ts';

/** Which room on which media server. */
export interface MediaPlace {
  readonly domainId: DomainId;
  readonly roomId: RoomId;
  readonly mediaServerId: MediaServerId;
}

export type MediaCallName = MediaCall['kind'] | 'LOOK' | 'LIST_ROOMS' | 'LIST_STREAMS' | 'START_STREAM' | 'STOP_STREAM';

/** What operators are told, for log and metrics: ids and codes, never a name, an address, or what a media server wrote. */
export interface MediaReports {
  readonly called: (call: MediaCallName, outcome: MediaOutcome['outcome']) => void;
  /** A room was looked at, and all that followed was done or was not. */
  readonly passed: (report: MediaPlace & { readonly isDone: boolean; readonly seconds: number }) => void;
  /** Somebody sent what they may not, and may send less from now on. */
  readonly offended: (report: MediaPlace & Offender) => void;
  /** A media server answers again, or does not any more. `error`: a sentence of ours. */
  readonly changed: (
    report: Pick<MediaPlace, 'domainId' | 'mediaServerId'> & { readonly state: string; readonly error: string | null },
  ) => void;
  readonly lagged: (seconds: number | null) => void;
  /** Something that will be tried again did not work, most often because the database did not answer. */
  readonly troubled: (error: unknown) => void;
}
