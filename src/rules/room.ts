import type { DomainId, RoomId } from './ids.ts';
import type { PermissionsPatch } from './permissions.ts';

export type RoomPrivacy = 'PUBLIC' | 'PRIVATE';

/** What a room's makers may set. Null means: the domain's word, or none. */
export interface RoomSettings {
  readonly privacy: RoomPrivacy;
  /** Nobody joins before this. */
  readonly nbf: Date | null;
  /** Nobody joins from this instant on. */
  readonly exp: Date | null;
  readonly maxParticipants: number | null;
  readonly enableKnocking: boolean;
  readonly knockTimeoutSeconds: number;
  readonly knockCooldownSeconds: number;
  readonly lobbyMessage: string | null;
  readonly ownerOnlyBroadcast: boolean;
  readonly enforceUniqueUserIds: boolean | null;
  readonly ejectAtRoomExp: boolean;
  readonly ejectAfterElapsedSeconds: number | null;
  readonly startVideoOff: boolean;
  readonly startAudioOff: boolean;
  readonly enableScreenshare: boolean;
  readonly lang: string | null;
  readonly permissions: PermissionsPatch | null;
}

export type RoomEnd = 'EXPIRED' | 'DELETED';

export interface Room extends RoomSettings {
  readonly id: RoomId;
  readonly domainId: DomainId;
  readonly name: string;
  /** An earlier room of the domain had this name, and tokens that its backend signed for that one may be about. */
  readonly reusesName: boolean;
  /** Guard, order and event sequence in one: the seq of the room's latest event. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** From when on the name was free again and nobody could join. */
  readonly closedAt: Date | null;
  readonly closedBy: RoomEnd | null;
  /** Whether RoomClosed, a room's last event, has been written. */
  readonly isOver: boolean;
}

export const defaultRoomSettings: RoomSettings = {
  privacy: 'PUBLIC',
  nbf: null,
  exp: null,
  maxParticipants: null,
  enableKnocking: false,
  knockTimeoutSeconds: 600,
  knockCooldownSeconds: 60,
  lobbyMessage: null,
  ownerOnlyBroadcast: false,
  enforceUniqueUserIds: null,
  ejectAtRoomExp: false,
  ejectAfterElapsedSeconds: null,
  startVideoOff: false,
  startAudioOff: false,
  enableScreenshare: true,
  lang: null,
  permissions: null,
};

/** The settings that a domain's rooms fall back to. */
export interface DomainDefaults {
  readonly id: DomainId;
  readonly name: string;
  readonly version: number;
  readonly permissions: PermissionsPatch | null;
  readonly enforceUniqueUserIds: boolean;
  readonly lang: string;
}

/** May people knock here? Only a private room takes knocks. */
export function takesKnocks(room: RoomSettings): boolean {
  return room.privacy === 'PRIVATE' && room.enableKnocking;
}

/** From exp on nobody joins and nothing is changed, whether or not the sweep has come by. */
export function hasEnded(room: Room, now: Date): boolean {
  return room.closedAt !== null || (room.exp !== null && room.exp <= now);
}
