import type { Client, HoldOptions, ServiceConnection, VisitOptions } from '../../../packages/client/src/index.ts';
import type * as hooks from '../../../packages/client/src/react.ts';

/** What the hooks give, whatever the framework. */
export interface Shown {
  readonly access: ReturnType<typeof hooks.useAccess>;
  readonly join: ReturnType<typeof hooks.useJoin>;
  readonly knock: ReturnType<typeof hooks.useKnock>;
  readonly waitingList: ReturnType<typeof hooks.useWaitingList>;
  readonly participants: ReturnType<typeof hooks.useParticipants>;
  readonly room: ReturnType<typeof hooks.useRoom>;
  readonly myPermissions: ReturnType<typeof hooks.useMyPermissions>;
  readonly mediaRequests: ReturnType<typeof hooks.useMediaRequests>;
  readonly connection: ServiceConnection;
}

export interface Opening {
  readonly root: HTMLElement;
  readonly client: Client;
  readonly options: VisitOptions;
  readonly holding: HoldOptions;
  readonly show: (shown: Shown) => void;
}

/** The answer closes what was opened. */
export type Opener = (opening: Opening) => () => void;
