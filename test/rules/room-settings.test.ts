import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applySettings, defaultRoomSettings, type RoomSettings, type RoomSettingsInput } from '../../src/rules/room.ts';
import { at, now } from './facts-kit.ts';

function issuesOf(input: RoomSettingsInput, current: RoomSettings = defaultRoomSettings): readonly string[] {
  const checked = applySettings(current, input, now);
  return checked.ok ? [] : checked.issues.map(({ path }) => path.join('.'));
}

function settingsAfter(input: RoomSettingsInput, current: RoomSettings = defaultRoomSettings): RoomSettings {
  const checked = applySettings(current, input, now);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return checked.settings;
}

describe('each setting is refused by its own name', () => {
  test.each<[keyof RoomSettingsInput, RoomSettingsInput]>([
    ['maxParticipants', { maxParticipants: 0 }],
    ['maxParticipants', { maxParticipants: -1 }],
    ['maxParticipants', { maxParticipants: 100_001 }],
    ['knockTimeoutSeconds', { knockTimeoutSeconds: 0 }],
    ['knockTimeoutSeconds', { knockTimeoutSeconds: 7 * 86_400 + 1 }],
    ['knockCooldownSeconds', { knockCooldownSeconds: -1 }],
    ['knockCooldownSeconds', { knockCooldownSeconds: 30 * 86_400 + 1 }],
    ['ejectAfterElapsedSeconds', { ejectAfterElapsedSeconds: 0 }],
    ['nbf', { nbf: at(20), exp: at(10) }],
    ['nbf', { nbf: at(20), exp: at(20) }],
    ['exp', { exp: now }],
    ['exp', { exp: at(-1) }],
    ['lang', { lang: 'English, please' }],
    ['lang', { lang: '' }],
    ['title', { title: ' ' }],
    ['title', { title: 'x'.repeat(129) }],
    ['title', { title: 'two\nlines' }],
    ['meetingUrl', { meetingUrl: '' }],
    ['meetingUrl', { meetingUrl: 'http://meet.example.com' }],
    ['meetingUrl', { meetingUrl: 'https://meet.example.com/{name}' }],
    ['lobbyMessage', { lobbyMessage: '   ' }],
    ['lobbyMessage', { lobbyMessage: 'x'.repeat(1001) }],
    ['lobbyMessage', { lobbyMessage: 'a\u202eb' }],
    ['lobbyMessage', { lobbyMessage: 'a\u0000b' }],
    ['lobbyMessage', { lobbyMessage: 'a\ud800b' }],
  ])('%s: %j', (field, input) => {
    expect(issuesOf(input)).toEqual([`input.settings.${field}`]);
  });

  test('and all of them together, in one answer', () => {
    const input = { maxParticipants: 0, knockCooldownSeconds: -1, exp: at(-1), lang: '?', lobbyMessage: '\u0007' };
    expect(new Set(issuesOf(input))).toEqual(new Set(Object.keys(input).map((field) => `input.settings.${field}`)));
  });

  test('what contradicts what stands is refused too', () => {
    expect(issuesOf({ nbf: at(20) }, { ...defaultRoomSettings, exp: at(10) })).toEqual(['input.settings.nbf']);
  });

  test('an exp that passed before is not held against another change', () => {
    expect(issuesOf({ maxParticipants: 3 }, { ...defaultRoomSettings, exp: at(-5) })).toEqual([]);
  });
});

test.each(['title', 'lobbyMessage'] as const)('%s: an empty text, as a form sends it, is none', (field) => {
  expect(settingsAfter({ [field]: '' }, { ...defaultRoomSettings, [field]: 'As it was' })[field]).toBeNull();
});

describe('a number may be as large, and as small, as is promised', () => {
  test.each<[keyof RoomSettingsInput, number, number]>([
    ['maxParticipants', 1, 100_000],
    ['knockTimeoutSeconds', 1, 7 * 86_400],
    ['knockCooldownSeconds', 0, 30 * 86_400],
    ['ejectAfterElapsedSeconds', 1, 365 * 86_400],
  ])('%s: from %i to %i', (field, least, most) => {
    for (const value of [least, most]) expect(settingsAfter({ [field]: value })).toMatchObject({ [field]: value });
    for (const value of [least - 1, most + 1])
      expect(issuesOf({ [field]: value })).toEqual([`input.settings.${field}`]);
  });
});

describe('what may stand together', () => {
  test.each<[string, RoomSettingsInput]>([
    ['knocking switched on in a public room: it counts once the room is private', { enableKnocking: true }],
    ['no cool-down at all', { knockCooldownSeconds: 0 }],
    ['a room for one', { maxParticipants: 1 }],
    ['the shortest timeout', { knockTimeoutSeconds: 1 }],
    ['an nbf in the past', { nbf: at(-10), exp: at(10) }],
    ['a title of 128 characters, counted as people count them', { title: '😀'.repeat(128) }],
    ['a meeting on the same machine', { meetingUrl: 'http://localhost:5173/{room}#{credentials}' }],
    ['a lobby message of several lines', { lobbyMessage: 'Welcome.\nPlease wait.' }],
    ['1000 characters, counted as people count them', { lobbyMessage: '😀'.repeat(1000) }],
    ...['de', 'yue', 'pt-BR', 'es-419', 'zh-Hant-TW', 'ca-valencia', 'sl-rozaj-biske', 'sr-Latn-ekavsk'].map(
      (lang): [string, RoomSettingsInput] => [`the language ${lang}`, { lang }],
    ),
  ])('%s', (_what, input) => {
    expect(issuesOf(input)).toEqual([]);
  });
});

const anySettings: fc.Arbitrary<RoomSettingsInput> = fc.record(
  {
    privacy: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const, null),
    maxParticipants: fc.option(fc.integer({ min: 1, max: 100 }), { nil: null }),
    enableKnocking: fc.option(fc.boolean(), { nil: null }),
    knockTimeoutSeconds: fc.option(fc.integer({ min: 1, max: 900 }), { nil: null }),
    lobbyMessage: fc.option(fc.constantFrom('Hi', 'Wait'), { nil: null }),
    ejectAtRoomExp: fc.option(fc.boolean(), { nil: null }),
    enableScreenshare: fc.option(fc.boolean(), { nil: null }),
    exp: fc.option(fc.constantFrom(at(10), at(20)), { nil: null }),
    permissions: fc.option(fc.record({ hasPresence: fc.boolean() }), { nil: null }),
  },
  { requiredKeys: [] },
);

describe('left out stays, null resets', () => {
  test('each field on its own', () => {
    fc.assert(
      fc.property(anySettings, anySettings, (first, second) => {
        const before = settingsAfter(first);
        const after = settingsAfter(second, before);
        for (const [field, value] of Object.entries(defaultRoomSettings)) {
          const read = (settings: RoomSettings) => Object.entries(settings).find(([name]) => name === field)?.[1];
          const given: unknown = Object.entries(second).find(([name]) => name === field)?.[1];
          if (given === undefined) expect(read(after), field).toEqual(read(before));
          else if (given === null) expect(read(after), field).toEqual(value);
          else if (field !== 'permissions') expect(read(after), field).toEqual(given);
        }
      }),
    );
  });

  test('the same change twice is the same as once', () => {
    fc.assert(
      fc.property(anySettings, (input) => {
        const once = settingsAfter(input);
        expect(settingsAfter(input, once)).toEqual(once);
      }),
    );
  });

  test('nothing given changes nothing', () => {
    expect(settingsAfter({})).toEqual(defaultRoomSettings);
    expect(applySettings(defaultRoomSettings, null, now)).toEqual({ ok: true, settings: defaultRoomSettings });
  });
});
