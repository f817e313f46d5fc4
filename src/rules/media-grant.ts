import type { Permissions } from './permissions.ts';

/** Who was admitted, where, and with which permissions at this moment: what a media server is told. */
export interface MediaGrant {
  readonly participantId: string;
  readonly roomName: string;
  readonly roomId: string;
  readonly userName: string;
  readonly userId: string | null;
  readonly isOwner: boolean;
  /** In the room, but not shown and not counted. */
  readonly hidden: boolean;
  readonly permissions: Permissions;
}
