import type { DoorPagePatch } from './door-page.ts';
import type { DomainId, RoomId } from './ids.ts';
import type { MediaServerRef } from './media-server.ts';
import { findTemplateProblem, meetingPlaceholders } from './page-address.ts';
import { checkPermissions, type PermissionsInput, type PermissionsPatch } from './permissions.ts';
import type { InputIssue, Maybe } from './refusal.ts';
import { cleanMessage, cleanText, isLanguageTag } from './text.ts';

export type RoomPrivacy = 'PUBLIC' | 'PRIVATE';

/** What a room's makers may set. Null means: the domain's word, or none. */
export interface RoomSettings {
  /** What people call the meeting. */
  readonly title: string | null;
  /** Where people go once they are in, with placeholders, in place of the domain's. */
  readonly meetingUrl: string | null;
  readonly privacy: RoomPrivacy;
  /** Nobody joins before this. */
  readonly nbf: Date | null;
  /** Nobody joins at this instant or later. */
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
  /** Since when the name has been free again, and nobody could join. */
  readonly closedAt: Date | null;
  readonly closedBy: RoomEnd | null;
  /** Whether RoomClosed, a room's last event, has been written. */
  readonly isOver: boolean;
}

export const defaultRoomSettings: RoomSettings = {
  title: null,
  meetingUrl: null,
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
  /** The media server that is connected; null: none is. */
  readonly mediaServer: MediaServerRef | null;
  readonly doorPage: DoorPagePatch | null;
}

/** May people knock here? Only a private room takes knocks. */
export function takesKnocks(room: RoomSettings): boolean {
  return room.privacy === 'PRIVATE' && room.enableKnocking;
}

/** Once its exp has come nobody joins and nothing is changed, whether or not the sweep has come by. */
export function hasEnded(room: Room, now: Date): boolean {
  return room.closedAt !== null || (room.exp !== null && room.exp <= now);
}

/** Permissions are laid over each other one by one; any other setting has one value. */
type PlainSetting = Exclude<keyof RoomSettings, 'permissions'>;

const plainSettings = Object.keys(defaultRoomSettings).filter((name): name is PlainSetting => name !== 'permissions');

/** Settings as a client writes them: left out stays as it is, null resets to the default. */
export type RoomSettingsInput = { readonly [Name in PlainSetting]?: Maybe<NonNullable<RoomSettings[Name]>> } & {
  readonly permissions?: Maybe<PermissionsInput>;
};

export type CheckedSettings =
  | { readonly ok: true; readonly settings: RoomSettings }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

const day = 86_400;
const bounds = {
  maxParticipants: [1, 100_000],
  knockTimeoutSeconds: [1, 7 * day],
  knockCooldownSeconds: [0, 30 * day],
  ejectAfterElapsedSeconds: [1, 365 * day],
} as const;

/** Texts that people read, and how many characters they may have. */
const texts = [
  { field: 'title', longest: 128, clean: cleanText },
  { field: 'lobbyMessage', longest: 1000, clean: cleanMessage },
] as const;

/**
 * Lays what a client wrote over what stands, and checks the whole: bounds, text, and what contradicts itself.
 * @param now an exp that has passed is refused only where it is being set
 */
export function applySettings(
  current: RoomSettings,
  input: Maybe<RoomSettingsInput>,
  now: Date,
  path: readonly string[] = ['input', 'settings'],
): CheckedSettings {
  if (!input) return { ok: true, settings: current };
  const { patch, issues: permissionIssues } = checkPermissions(input.permissions, [...path, 'permissions']);
  const laid: RoomSettings = {
    ...overlay(current, input),
    ...(input.permissions === undefined ? {} : { permissions: patch }),
  };
  const { settings, issues: textIssues } = cleanTexts(laid, input, path);
  const issues = [...permissionIssues, ...textIssues, ...findContradictions(settings, input, now, path)];
  return issues.length > 0 ? { ok: false, issues } : { ok: true, settings };
}

function overlay(current: RoomSettings, input: RoomSettingsInput): RoomSettings {
  const { permissions } = current;
  const laid = plainSettings.map((name) => {
    const given = input[name];
    return [name, given === undefined ? current[name] : (given ?? defaultRoomSettings[name])];
  });
  return { ...(Object.fromEntries(laid) as RoomSettings), permissions };
}

/** Only what is being set is looked at: what stands was looked at when it was set. */
function cleanTexts(
  laid: RoomSettings,
  input: RoomSettingsInput,
  path: readonly string[],
): { readonly settings: RoomSettings; readonly issues: readonly InputIssue[] } {
  let settings = laid;
  const issues: InputIssue[] = [];
  for (const { field, longest, clean } of texts) {
    const given = input[field];
    if (given === undefined || given === null) continue;
    // What a form sends where nothing was written.
    const text = given === '' ? ({ ok: true, value: null } as const) : clean(given, longest);
    if (text.ok) settings = { ...settings, [field]: text.value };
    else issues.push({ path: [...path, field], message: text.problem });
  }
  return { settings, issues };
}

function findContradictions(
  settings: RoomSettings,
  input: RoomSettingsInput,
  now: Date,
  path: readonly string[],
): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  const say = (field: string, message: string) => issues.push({ path: [...path, field], message });
  for (const field of [
    'maxParticipants',
    'knockTimeoutSeconds',
    'knockCooldownSeconds',
    'ejectAfterElapsedSeconds',
  ] as const) {
    const value = settings[field];
    const [low, high] = bounds[field];
    if (value !== null && (value < low || value > high)) say(field, `must be from ${low} to ${high}`);
  }
  if (input.meetingUrl !== undefined && input.meetingUrl !== null) {
    const problem = findTemplateProblem(input.meetingUrl, meetingPlaceholders);
    if (problem !== null) say('meetingUrl', problem);
  }
  if (settings.nbf && settings.exp && settings.nbf >= settings.exp) say('nbf', 'must be before exp');
  if (input.exp && input.exp <= now) say('exp', 'must be in the future');
  if (settings.lang !== null && !isLanguageTag(settings.lang))
    say('lang', 'must be a language tag such as en or pt-BR');
  return issues;
}
