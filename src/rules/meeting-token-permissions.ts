import {
  type AdminArea,
  adminAreas,
  checkPermissions,
  type MediaKind,
  mediaKinds,
  type PermissionsPatch,
  type ReceiveOverride,
} from './permissions.ts';

/** A claim that cannot be read; the message says which and why. Caught where the claims of one token are read. */
export class ClaimError extends Error {}

export type Claims = Readonly<Record<string, unknown>>;

type Names<T> = ReadonlyMap<string, T>;

/** Each kind by our name, by the name in Daily's API, and by its abbreviation in Daily's self-signed tokens. */
const kindNames: Names<MediaKind> = new Map<string, MediaKind>([
  ...mediaKinds.map((kind) => [kind, kind] as const),
  ...(
    [
      ['audio', 'a', 'AUDIO'],
      ['video', 'v', 'VIDEO'],
      ['screenAudio', 'sa', 'SCREEN_AUDIO'],
    ] as const
  ).flatMap(both),
  ...(
    [
      ['screenVideo', 'sv', 'SCREEN_VIDEO'],
      ['customAudio', 'ca', 'CUSTOM_AUDIO'],
    ] as const
  ).flatMap(both),
  ...([['customVideo', 'cv', 'CUSTOM_VIDEO']] as const).flatMap(both),
]);

const abbreviations: Readonly<Record<MediaKind, string>> = {
  AUDIO: 'a',
  VIDEO: 'v',
  SCREEN_AUDIO: 'sa',
  SCREEN_VIDEO: 'sv',
  CUSTOM_AUDIO: 'ca',
  CUSTOM_VIDEO: 'cv',
};

/** Kinds by their abbreviations, as `readPermissions` reads them back. */
export function shortKinds(kinds: readonly MediaKind[]): string {
  return kinds.map((kind) => abbreviations[kind]).join(',');
}

const areaNames: Names<AdminArea> = new Map<string, AdminArea>([
  ...adminAreas.map((area) => [area, area] as const),
  ...(
    [
      ['participants', 'p', 'PARTICIPANTS'],
      ['streaming', 's', 'STREAMING'],
    ] as const
  ).flatMap(both),
  ...([['transcription', 't', 'TRANSCRIPTION']] as const).flatMap(both),
]);

function both<T>([long, short, value]: readonly [string, string, T]): readonly (readonly [string, T])[] {
  return [
    [long, value],
    [short, value],
  ];
}

/**
 * Reads the permissions of a token: as this service writes them, as Daily's API writes them, or abbreviated as in Daily's
 * self-signed tokens (`hp`, `cs`, `cr`, `ca`; lists as "v,a"; true for all, false for none).
 * A name that is not known is refused, not passed over: passed over, a restriction would be lost.
 * @throws ClaimError
 */
export function readPermissions(value: unknown): PermissionsPatch {
  const claims = readObject(value, 'permissions', [
    'hasPresence',
    'hp',
    'canSend',
    'cs',
    'canReceive',
    'cr',
    'canAdmin',
    'ca',
  ]);
  const hasPresence = either(claims, 'hasPresence', 'hp');
  if (hasPresence !== undefined && typeof hasPresence !== 'boolean')
    throw new ClaimError('hasPresence must be true or false');
  const canSend = either(claims, 'canSend', 'cs');
  const canReceive = either(claims, 'canReceive', 'cr');
  const canAdmin = either(claims, 'canAdmin', 'ca');
  return {
    hasPresence: hasPresence ?? null,
    canSend: canSend === undefined ? null : readList(canSend, kindNames, mediaKinds, 'canSend'),
    canReceive: canReceive === undefined ? null : readReceive(canReceive),
    canAdmin: canAdmin === undefined ? null : readList(canAdmin, areaNames, adminAreas, 'canAdmin'),
  };
}

function readReceive(value: unknown): PermissionsPatch['canReceive'] {
  const claims = readObject(value, 'canReceive', ['base', 'b', 'overrides', 'byUserId', 'u', 'byParticipantId', 'p']);
  const given = either(claims, 'base', 'b');
  const base = given === undefined ? null : readKinds(given, mediaKinds);
  const overrides = [
    ...readOverrides(own(claims, 'overrides')),
    ...readOverridesBy('userId', either(claims, 'byUserId', 'u'), base ?? mediaKinds),
    ...readOverridesBy('participantId', either(claims, 'byParticipantId', 'p'), base ?? mediaKinds),
  ];
  const { patch, issues } = checkPermissions({ canReceive: { overrides } }, ['permissions']);
  const [issue] = issues;
  if (issue) throw new ClaimError(`${issue.path.join('.')} ${issue.message}`);
  const says = ['overrides', 'byUserId', 'u', 'byParticipantId', 'p'].some((name) => Object.hasOwn(claims, name));
  return base === null && !says ? null : { base, overrides: says ? (patch?.canReceive?.overrides ?? null) : null };
}

function readOverrides(value: unknown): readonly ReceiveOverride[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ClaimError('overrides must be a list');
  return value.map((item: unknown) => {
    const claims = readObject(item, 'an override', ['userId', 'participantId', 'kinds']);
    return {
      userId: readId(own(claims, 'userId')),
      participantId: readId(own(claims, 'participantId')),
      kinds: readList(own(claims, 'kinds'), kindNames, mediaKinds, 'kinds'),
    };
  });
}

function readId(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new ClaimError('userId and participantId in an override must be text');
  return value;
}

function readOverridesBy(
  whom: 'userId' | 'participantId',
  value: unknown,
  base: readonly MediaKind[],
): readonly ReceiveOverride[] {
  if (value === undefined) return [];
  return Object.entries(readObject(value, `canReceive by ${whom}`, null)).map(([id, kinds]) => ({
    userId: whom === 'userId' ? id : null,
    participantId: whom === 'participantId' ? id : null,
    kinds: readKinds(kinds, base),
  }));
}

/** An object says yes or no by kind; a kind that it does not name is as in `below`, as Daily lays them over each other. */
function readKinds(value: unknown, below: readonly MediaKind[]): readonly MediaKind[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return readList(value, kindNames, mediaKinds, 'canReceive');
  }
  const kinds = new Set(below);
  for (const [name, says] of Object.entries(value)) {
    const kind = known(name, kindNames, 'canReceive');
    if (allows(says)) kinds.add(kind);
    else kinds.delete(kind);
  }
  return mediaKinds.filter((kind) => kinds.has(kind));
}

/** Custom tracks can be named one by one at Daily. Here they are one kind, so one that is closed closes them all. */
function allows(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const tracks = Object.values(readObject(value, 'a kind in canReceive', null));
  if (tracks.some((track) => typeof track !== 'boolean')) throw new ClaimError('a track must be true or false');
  return tracks.every((track) => track === true);
}

function readList<T>(value: unknown, names: Names<T>, all: readonly T[], field: string): readonly T[] {
  if (typeof value === 'boolean') return value ? all : [];
  const items: unknown = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (!Array.isArray(items)) throw new ClaimError(`${field} must be true, false or a list`);
  const chosen = new Set(items.filter((item) => item !== '').map((item: unknown) => known(item, names, field)));
  return all.filter((item) => chosen.has(item));
}

function known<T>(name: unknown, names: Names<T>, field: string): T {
  const value = typeof name === 'string' ? names.get(name) : undefined;
  if (value === undefined) throw new ClaimError(`${field} contains an unknown value`);
  return value;
}

/** @param names the members it may have; null: any */
function readObject(value: unknown, field: string, names: readonly string[] | null): Claims {
  if (!isClaims(value)) throw new ClaimError(`${field} must be an object`);
  const unknown = names === null ? undefined : Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new ClaimError(`${field} has an unknown member`);
  return value;
}

/** Is it an object of JSON, and not a list? */
export function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member itself, never one that the object inherits. */
export function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** What stands under the long or the short name; under both: only if they say the same. */
export function either(claims: Claims, long: string, short: string): unknown {
  const [first, second] = [own(claims, long), own(claims, short)];
  if (first !== undefined && second !== undefined && JSON.stringify(first) !== JSON.stringify(second)) {
    throw new ClaimError(`${long} and ${short} must have the same value`);
  }
  return first ?? second;
}
