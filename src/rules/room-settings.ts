import { checkPermissions, type PermissionsInput } from './permissions.ts';
import type { InputIssue } from './refusal.ts';
import { defaultRoomSettings, type RoomPrivacy, type RoomSettings } from './room.ts';
import { cleanMessage, isLanguageTag } from './text.ts';

type Maybe<T> = T | null | undefined;

/** Settings as a client writes them: left out stays as it is, null resets to the default. */
export interface RoomSettingsInput {
  readonly privacy?: Maybe<RoomPrivacy>;
  readonly nbf?: Maybe<Date>;
  readonly exp?: Maybe<Date>;
  readonly maxParticipants?: Maybe<number>;
  readonly enableKnocking?: Maybe<boolean>;
  readonly knockTimeoutSeconds?: Maybe<number>;
  readonly knockCooldownSeconds?: Maybe<number>;
  readonly lobbyMessage?: Maybe<string>;
  readonly ownerOnlyBroadcast?: Maybe<boolean>;
  readonly enforceUniqueUserIds?: Maybe<boolean>;
  readonly ejectAtRoomExp?: Maybe<boolean>;
  readonly ejectAfterElapsedSeconds?: Maybe<number>;
  readonly startVideoOff?: Maybe<boolean>;
  readonly startAudioOff?: Maybe<boolean>;
  readonly enableScreenshare?: Maybe<boolean>;
  readonly lang?: Maybe<string>;
  readonly permissions?: Maybe<PermissionsInput>;
}

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
  const text = laid.lobbyMessage === null || !input.lobbyMessage ? null : cleanMessage(laid.lobbyMessage, 1000);
  const settings = text?.ok ? { ...laid, lobbyMessage: text.value } : laid;
  const issues = [
    ...permissionIssues,
    ...(text && !text.ok ? [{ path: [...path, 'lobbyMessage'], message: text.problem }] : []),
    ...findContradictions(settings, input, now, path),
  ];
  return issues.length > 0 ? { ok: false, issues } : { ok: true, settings };
}

function overlay(current: RoomSettings, input: RoomSettingsInput): RoomSettings {
  const pick = <K extends Exclude<keyof RoomSettings, 'permissions'>>(key: K): RoomSettings[K] => {
    const given = input[key];
    if (given === undefined) return current[key];
    return given === null ? defaultRoomSettings[key] : (given as RoomSettings[K]);
  };
  return {
    privacy: pick('privacy'),
    nbf: pick('nbf'),
    exp: pick('exp'),
    maxParticipants: pick('maxParticipants'),
    enableKnocking: pick('enableKnocking'),
    knockTimeoutSeconds: pick('knockTimeoutSeconds'),
    knockCooldownSeconds: pick('knockCooldownSeconds'),
    lobbyMessage: pick('lobbyMessage'),
    ownerOnlyBroadcast: pick('ownerOnlyBroadcast'),
    enforceUniqueUserIds: pick('enforceUniqueUserIds'),
    ejectAtRoomExp: pick('ejectAtRoomExp'),
    ejectAfterElapsedSeconds: pick('ejectAfterElapsedSeconds'),
    startVideoOff: pick('startVideoOff'),
    startAudioOff: pick('startAudioOff'),
    enableScreenshare: pick('enableScreenshare'),
    lang: pick('lang'),
    permissions: current.permissions,
  };
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
  if (settings.nbf && settings.exp && settings.nbf >= settings.exp) say('nbf', 'must lie before exp');
  if (input.exp && input.exp <= now) say('exp', 'lies in the past');
  if (settings.lang !== null && !isLanguageTag(settings.lang))
    say('lang', 'must be a language tag such as en or pt-BR');
  return issues;
}
