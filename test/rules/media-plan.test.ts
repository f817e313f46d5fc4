import { describe, expect, test } from 'vitest';
import { faultOf, type MediaCall, planMedia, type WantedPerson } from '../../src/rules/media-plan.ts';
import {
  areWithin,
  type MediaRights,
  type MediaSource,
  mediaSources,
  toMediaRights,
} from '../../src/rules/media-rights.ts';
import type { SeenPerson, SeenTrack } from '../../src/rules/media-seen.ts';
import type { OwedMute } from '../../src/rules/participant.ts';
import { defaultPermissions } from '../../src/rules/permissions.ts';

const all = toMediaRights(defaultPermissions, false);
const nothing: MediaRights = { ...all, canPublish: false, sources: [] };
const unseen = toMediaRights(defaultPermissions, true);

const wantedOf = (rights = all): WantedPerson => ({ rights, mutesOwed: [] });
const personOf = (identity: string, more: Partial<SeenPerson> = {}): SeenPerson => ({
  identity,
  sid: `PA_${identity}`,
  kind: 'STANDARD',
  state: 'ACTIVE',
  joinedAt: null,
  rights: all,
  tracks: [],
  ...more,
});
const trackOf = (source: MediaSource, muted = false): SeenTrack => ({
  sid: `TR_${source}`,
  source,
  type: source === 'CAMERA' || source === 'SCREEN_SHARE' ? 'VIDEO' : 'AUDIO',
  mimeType: '',
  muted,
});
const callsOf = (...args: Parameters<typeof planMedia>) => planMedia(...args).stages.flat();
/** Which tracks of somebody are muted, if this is owed. */
const mutedOf = (owed: OwedMute, tracks: readonly SeenTrack[]) =>
  callsOf(new Map([['a', { rights: all, mutesOwed: [owed] }]]), [personOf('a', { tracks })]).map((call) =>
    call.kind === 'MUTE' ? call.trackSid : call.kind,
  );

describe('what a media server is asked for', () => {
  test('nothing, where it shows what holds', () => {
    expect(planMedia(new Map([['a', wantedOf()]]), [personOf('a')])).toEqual({ stages: [], isIntruded: false });
  });

  test.each<[string, Partial<SeenPerson>]>([
    ['connected', {}],
    ['only connecting', { state: 'JOINING' }],
    ['hidden', { rights: unseen }],
    ['without rights', { rights: nothing }],
  ])('somebody who may not be in is removed: %s', (_how, more) => {
    const plan = planMedia(new Map([['a', wantedOf()]]), [personOf('a'), personOf('b', more)]);
    expect(plan).toEqual({ stages: [[{ kind: 'REMOVE', identity: 'b' }]], isIntruded: true });
  });

  test('a second connection under a name made from the first one is nobody', () => {
    expect(callsOf(new Map([['a', wantedOf()]]), [personOf('a'), personOf('a#x')])).toEqual([
      { kind: 'REMOVE', identity: 'a#x' },
    ]);
  });

  test('recorders, agents and telephones are left alone', () => {
    expect(callsOf(new Map([['a', wantedOf()]]), [personOf('a'), personOf('EG_1', { kind: 'OTHER' })])).toEqual([]);
  });

  test('somebody who is leaving is left to leave, and counts as visible', () => {
    const plan = planMedia(new Map(), [personOf('b', { state: 'DISCONNECTED' })]);
    expect(plan).toEqual({ stages: [], isIntruded: true });
  });

  test('what takes away comes before what gives', () => {
    const wanted = new Map([
      ['grows', wantedOf()],
      ['shrinks', wantedOf(nothing)],
      ['muted', { rights: all, mutesOwed: ['AUDIO'] as const }],
    ]);
    const seen = [
      personOf('grows', { rights: nothing }),
      personOf('muted', { tracks: [trackOf('MICROPHONE')] }),
      personOf('shrinks'),
      personOf('gone'),
    ];
    expect(planMedia(wanted, seen)).toEqual({
      stages: [
        [
          { kind: 'MUTE', identity: 'muted', trackSid: 'TR_MICROPHONE' },
          { kind: 'ALLOW', identity: 'shrinks', rights: nothing },
          { kind: 'REMOVE', identity: 'gone' },
        ],
        [{ kind: 'ALLOW', identity: 'grows', rights: all }],
      ],
      isIntruded: true,
    });
  });

  test('a right that came by an older token is taken back, and is a reason to watch', () => {
    const plan = planMedia(new Map([['a', wantedOf(nothing)]]), [personOf('a')]);
    expect(plan.isIntruded).toBe(true);
  });

  test('somebody who becomes hidden must subscribe again; somebody who becomes visible is told at once', () => {
    expect(callsOf(new Map([['a', wantedOf(unseen)]]), [personOf('a')])).toEqual([{ kind: 'REMOVE', identity: 'a' }]);
    expect(callsOf(new Map([['a', wantedOf()]]), [personOf('a', { rights: unseen })])).toEqual([
      { kind: 'ALLOW', identity: 'a', rights: all },
    ]);
  });

  test('the order of sources makes no difference', () => {
    const seen = personOf('a', { rights: { ...all, sources: all.sources.toReversed() } });
    expect(callsOf(new Map([['a', wantedOf()]]), [seen])).toEqual([]);
  });

  // Every source is somebody's choice, and each has something that mutes it.
  test.each<[string, OwedMute, readonly MediaSource[], readonly MediaSource[]]>([
    ['the microphone, and custom sound', 'AUDIO', mediaSources, ['MICROPHONE', 'UNKNOWN']],
    ['the camera', 'VIDEO', mediaSources, ['CAMERA']],
    ['a screen with its sound', 'SCREEN', mediaSources, ['SCREEN_SHARE', 'SCREEN_SHARE_AUDIO']],
    ['the sound of a screen that nobody sees, as a voice', 'AUDIO', ['SCREEN_SHARE_AUDIO'], ['SCREEN_SHARE_AUDIO']],
    ['the sound of a screen that nobody sees, as a screen', 'SCREEN', ['SCREEN_SHARE_AUDIO'], ['SCREEN_SHARE_AUDIO']],
  ])('muting %s', (_what, owed, sent, muted) => {
    const tracks = [
      ...sent.map((source) => trackOf(source)),
      { ...trackOf(muted[0] ?? raise(), true), sid: 'TR_muted' },
    ];
    expect(mutedOf(owed, tracks)).toEqual(muted.map((source) => `TR_${source}`));
  });

  test.each<[string, SeenTrack, OwedMute]>([
    ['a declared picture', { ...trackOf('UNKNOWN'), type: 'VIDEO' }, 'VIDEO'],
    ['a picture that was declared as sound', { ...trackOf('UNKNOWN'), mimeType: 'video/vp8' }, 'VIDEO'],
    ['sound that was declared as data', { ...trackOf('UNKNOWN'), type: 'DATA', mimeType: 'audio/opus' }, 'AUDIO'],
  ])('a custom track is muted by what it carries: %s', (_what, track, owed) => {
    for (const one of ['AUDIO', 'VIDEO', 'SCREEN'] as const)
      expect(mutedOf(one, [track])).toEqual(one === owed ? ['TR_UNKNOWN'] : []);
  });

  test('a second track of a source is muted like the first, and a screen that is muted is seen by nobody', () => {
    const second = { ...trackOf('MICROPHONE'), sid: 'TR_2' };
    expect(mutedOf('AUDIO', [trackOf('MICROPHONE', true), second])).toEqual(['TR_2']);
    const sound = trackOf('SCREEN_SHARE_AUDIO');
    expect(mutedOf('AUDIO', [trackOf('SCREEN_SHARE', true), sound])).toEqual([sound.sid]);
  });

  test('an empty room is made for who may be in, and a room that is over is closed', () => {
    expect(callsOf(new Map([['a', wantedOf()]]), [])).toEqual([{ kind: 'ENSURE_ROOM' }]);
    expect(callsOf(new Map(), [])).toEqual([]);
    expect(planMedia(null, [personOf('a')])).toEqual({ stages: [[{ kind: 'CLOSE_ROOM' }]], isIntruded: true });
  });
});

describe('tracks that carry something else than they say', () => {
  const track = (source: MediaSource, type: SeenTrack['type'], mimeType: string): SeenTrack => ({
    sid: 'TR_1',
    muted: false,
    ...{ source, type, mimeType },
  });
  test.each([
    ['a camera', track('CAMERA', 'VIDEO', 'video/vp8'), null],
    ['a microphone', track('MICROPHONE', 'AUDIO', 'audio/opus'), null],
    ['a screen with sound', track('SCREEN_SHARE_AUDIO', 'AUDIO', 'audio/red'), null],
    ['a camera called a microphone', track('MICROPHONE', 'VIDEO', 'video/vp8'), 'LIE'],
    ['a microphone called a camera', track('CAMERA', 'AUDIO', 'audio/opus'), 'LIE'],
    ['sound declared as video', track('CAMERA', 'VIDEO', 'audio/opus'), 'LIE'],
    ['video declared as sound', track('MICROPHONE', 'AUDIO', 'video/h264'), 'LIE'],
    ['a screen called its sound', track('SCREEN_SHARE_AUDIO', 'VIDEO', 'video/vp9'), 'LIE'],
    ['nothing known yet but a type that fits', track('CAMERA', 'VIDEO', ''), null],
    ['nothing known yet but a type that does not', track('CAMERA', 'AUDIO', ''), 'LIE'],
    ['data', track('UNKNOWN', 'DATA', ''), null],
    ['media declared as data', track('UNKNOWN', 'DATA', 'video/vp8'), 'LIE'],
    ['custom sound, which is allowed', track('UNKNOWN', 'AUDIO', 'audio/opus'), null],
    ['custom video, which is not', track('UNKNOWN', 'VIDEO', 'video/vp8'), 'SURPLUS'],
  ])('%s', (_what, seen, fault) => {
    expect(faultOf(seen, ['AUDIO'])).toBe(fault);
  });

  test('whoever may send no custom track at all loses one by the source, and has done nothing', () => {
    expect(faultOf(track('UNKNOWN', 'VIDEO', 'video/vp8'), [])).toBeNull();
    expect(faultOf(track('UNKNOWN', 'AUDIO', 'video/vp8'), [])).toBe('LIE');
  });
});

// A media server as far as planning sees it, people who come and go meanwhile, and calls that are lost.

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const names = ['a', 'b', 'c', 'd', 'a#x'];
const choices = [all, nothing, unseen, { ...all, canSubscribe: false }, { ...all, sources: ['MICROPHONE'] as const }];

function play(seed: number) {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] ?? raise();
  const wanted = new Map<string, WantedPerson>();
  const there = new Map<string, SeenPerson>();
  /** Old tokens, with the rights of their time. */
  const tokens: (readonly [string, MediaRights])[] = [];
  const thrownOut: string[] = [];
  const joins = (name: string, rights: MediaRights) => {
    wanted.set(name, wantedOf(rights));
    tokens.push([name, rights]);
  };
  const connects = ([name, rights]: readonly [string, MediaRights]) =>
    there.set(name, personOf(name, { rights, state: pick(['JOINING', 'ACTIVE']) }));
  const moves = [
    () => joins(pick(names.slice(0, 4)), pick(choices)),
    () => wanted.delete(pick(names)),
    () => tokens.length > 0 && connects(pick(tokens)),
    () => there.delete(pick(names)),
    () => connects(['a#x', all]),
    // The server has forgotten everything.
    () => random() < 0.1 && there.clear(),
  ];
  const meanwhile = () => random() < 0.5 && pick(moves)();
  const call = (one: MediaCall) => {
    if (one.kind === 'CLOSE_ROOM') there.clear();
    if (one.kind === 'REMOVE') there.delete(one.identity);
    const person = one.kind === 'ALLOW' ? there.get(one.identity) : undefined;
    if (one.kind === 'ALLOW' && person) there.set(one.identity, { ...person, rights: one.rights });
  };
  const pass = (isQuiet: boolean) => {
    const seen = [...there.values()];
    // Whoever joins and connects between the list and the reading is not in the list, and is left alone.
    const newcomer = `new-${tokens.length}`;
    if (!isQuiet) {
      joins(newcomer, all);
      connects([newcomer, all]);
      meanwhile();
    }
    const read = new Map(wanted);
    for (const one of planMedia(read, seen).stages.flat()) {
      if (one.kind === 'REMOVE' && read.has(one.identity)) thrownOut.push(one.identity);
      if (one.kind === 'ALLOW' && !areWithin(one.rights, read.get(one.identity)?.rights ?? nothing)) raise();
      // A call may be lost.
      if (isQuiet || random() < 0.8) call(one);
      if (!isQuiet) meanwhile();
    }
  };
  return { pass, wanted, there, thrownOut };
}

function raise(): never {
  throw new Error('more was given than holds');
}

test.each(Array.from({ length: 300 }, (_, seed) => seed + 1))(
  'whatever happens, two quiet looks later it shows what holds, and nobody who may be in was put out (seed %i)',
  (seed) => {
    const { pass, wanted, there, thrownOut } = play(seed);
    for (let step = 0; step < 30; step += 1) pass(false);
    pass(true);
    pass(true);
    for (const [identity, { rights }] of there) {
      expect(wanted.has(identity), identity).toBe(true);
      expect(rights).toEqual(wanted.get(identity)?.rights);
    }
    expect(
      planMedia(wanted, [...there.values()])
        .stages.flat()
        .filter(({ kind }) => kind !== 'ENSURE_ROOM'),
    ).toEqual([]);
    // Only whoever became unseen has to come anew.
    expect(thrownOut.filter((identity) => wanted.get(identity)?.rights === all)).toEqual([]);
  },
);
