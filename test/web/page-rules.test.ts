import { isEnumType } from 'graphql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AdminArea } from '../../packages/client/src/generated/graphql.ts';
import { createStore, type Participant, type Session } from '../../packages/client/src/index.ts';
import { schema } from '../../schema/index.ts';
import { linkNameOf } from '../../src/rules/page-data.ts';
import { capture } from '../../web/devices/capture.ts';
import { keptRequest, openRequest } from '../../web/meeting/call-request.ts';
import type { OwnMedium } from '../../web/meeting/call-state.ts';
import { notices } from '../../web/notices.ts';
import { textsNow } from '../../web/texts/language.ts';
import { unitsFor } from '../../web/ui/units.ts';
import { PeopleActions } from '../../web/visit/actions/people-actions.ts';
import { isDone } from '../../web/visit/actions/runner.ts';
import { isDeadToken } from '../../web/visit/phase.ts';
import { crowd, knockOf, stage } from './meeting/scene.ts';

// What the page decides by itself, and what it asks of the service for it.

const texts = textsNow();
const [someone] = stage({ people: crowd(1) }).participants as readonly [Participant];

describe('whoever ends a meeting for all', () => {
  /** Of a service that takes as many people in one request as this one does, and refuses at the given request. */
  function endingFor(count: number, refusedAt = Number.POSITIVE_INFINITY, late: readonly string[] = []) {
    const rounds: string[][] = [];
    const eject: Session['eject'] = async ({ participantIds }) => {
      rounds.push([...(participantIds ?? [])]);
      const isDone = rounds.length !== refusedAt && (participantIds ?? []).length <= 100;
      const refusal = {
        code: 'NETWORK',
        message: '',
        retryAfterSeconds: null,
        opensAt: null,
        issues: [],
        knockRequest: null,
      };
      // The news comes after the answer.
      if (isDone) setTimeout(() => people.set(people.get().filter(({ id }) => !participantIds?.includes(id))));
      return isDone ? { isDone, value: [] } : { isDone, refusal };
    };
    const named = (ids: readonly string[]) => ids.map((id) => ({ ...someone, id }));
    const ids = Array.from({ length: count }, (_, place) => `p-${place}`);
    const people = createStore<readonly Participant[]>(named(ids));
    if (late.length > 0) setTimeout(() => people.set([...people.get(), ...named(late)]));
    return {
      rounds,
      ids,
      done: new PeopleActions({ eject } as Session).endForAll(people),
    };
  }

  test.each([0, 1, 99, 100, 101, 250])(
    'puts out each of %i once, as many at a time as the service takes',
    async (count) => {
      const { rounds, ids, done } = endingFor(count);
      expect(await done).toBe(true);
      expect(rounds.flat()).toEqual(ids);
      expect(Math.max(0, ...rounds.map(({ length }) => length))).toBeLessThanOrEqual(100);
    },
  );

  test('waits for the news of it, and puts out whoever came in just before', async () => {
    const { rounds, done } = endingFor(2, undefined, ['late']);
    expect([await done, rounds]).toEqual([true, [['p-0', 'p-1'], ['late']]]);
  });

  test('stops where it is refused, and says so', async () => {
    const { rounds, done } = endingFor(250, 2);
    expect([await done, rounds.length]).toEqual([false, 2]);
  });
});

describe('what a host asks to be switched on', () => {
  const request = { audio: true, video: false, screenShare: false, by: 'Olga' };
  const off = { isAllowed: true, state: 'off', whyOff: null } as const;
  const microphones: readonly (readonly [string, OwnMedium, kept: boolean, shown: boolean])[] = [
    ['off', off, true, true],
    ['that is just beginning, as on a line that is made anew', { ...off, state: 'starting' }, true, false],
    ['that the system holds back', { ...off, state: 'starting', whyOff: { kind: 'heldBack' } }, true, true],
    ['that is on', { ...off, state: 'on' }, false, false],
    ['that may not be sent', { ...off, isAllowed: false }, false, false],
  ];
  test.each(microphones)('a microphone %s', (_, microphone, isKept, isShown) => {
    const own = { microphone, camera: off, screen: off };
    expect([keptRequest(request, own), openRequest(request, own)]).toEqual([
      isKept ? request : null,
      isShown ? request : null,
    ]);
  });
});

describe('what a host does to others is asked of the service so:', () => {
  const everything = ['AUDIO', 'VIDEO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO', 'CUSTOM_VIDEO'];
  const ofOne = (more: object) => ['updateParticipant', { participantId: someone.id, ...more }] as const;
  type Deed = (people: PeopleActions) => Promise<boolean>;
  const deeds: readonly (readonly [string, Deed, readonly [string, unknown]])[] = [
    ['mute everybody', (people) => people.muteAll(), ['updateParticipants', { setAudio: false }]],
    ['mute one', (people) => people.switchOff(someone, 'setAudio'), ofOne({ setAudio: false })],
    ['stop one’s camera', (people) => people.switchOff(someone, 'setVideo'), ofOne({ setVideo: false })],
    ['stop one’s screen', (people) => people.switchOff(someone, 'setScreenShare'), ofOne({ setScreenShare: false })],
    ['ask one to unmute', (people) => people.askToUnmute(someone), ofOne({ setAudio: true })],
    ['let one only listen', (people) => people.setMaySend(someone, false), ofOne({ permissions: { canSend: [] } })],
    [
      'let one send everything again',
      (people) => people.setMaySend(someone, true),
      ofOne({ permissions: { canSend: everything } }),
    ],
    ['send one to the lobby', (people) => people.toLobby(someone), ['returnToLobby', someone.id]],
    ['put one out', (people) => people.eject(someone), ['eject', { participantIds: [someone.id] }]],
    [
      'ban one',
      (people) => people.eject(someone, { ban: true, banNetwork: false }),
      ['eject', { participantIds: [someone.id], ban: true, banNetwork: false }],
    ],
  ];
  test.each(deeds)('%s', async (_what, act, asked) => {
    const calls: unknown[] = [];
    const names = ['updateParticipant', 'updateParticipants', 'returnToLobby', 'eject'];
    const noting = (name: string) => async (what: unknown) => {
      calls.push([name, what]);
      return { isDone: true, value: someone };
    };
    const session = Object.fromEntries(names.map((name) => [name, noting(name)])) as unknown as Session;
    expect(await act(new PeopleActions(session))).toBe(true);
    expect(calls).toEqual([asked]);
  });
});

test.each([
  ['ADMITTED', texts.told.admitted('Olga', 'Nora')],
  ['DENIED', texts.told.denied('Olga', 'Nora')],
  ['CANCELLED', texts.told.withdrew('Nora')],
  ['EXPIRED', texts.told.withdrew('Nora')],
] as const)('whoever answers a knock that is %s by then reads what became of it', async (status, says) => {
  const decidedBy = { kind: 'PARTICIPANT', name: 'Olga', userId: null } as const;
  const knockRequest = { ...knockOf('Nora', 0), status, decidedBy };
  const more = { message: '', retryAfterSeconds: null, opensAt: null, issues: [] };
  notices.set([]);
  expect(await isDone(Promise.resolve({ isDone: false, refusal: { code: 'X', knockRequest, ...more } }))).toBe(false);
  expect(notices.get().map(({ text }) => text)).toEqual([texts.told.already(says)]);
});

describe('making somebody a co-host', () => {
  const every: readonly (readonly AdminArea[])[] = [
    ...[[], ['PARTICIPANTS'], ['STREAMING'], ['TRANSCRIPTION'], ['STREAMING', 'TRANSCRIPTION']],
    ...[
      ['PARTICIPANTS', 'STREAMING'],
      ['TRANSCRIPTION', 'PARTICIPANTS', 'STREAMING'],
    ],
  ] as readonly AdminArea[][];

  test.each(every.map((areas) => [areas.join(' and ') || 'nothing', areas] as const))(
    'or not leaves what else they administer: %s',
    async (_what, areas) => {
      const before = [...areas];
      for (const isCoHost of [true, false]) {
        const sent: unknown[] = [];
        const updateParticipant = async ({ permissions }: { permissions?: { canAdmin?: unknown } }) => {
          sent.push(permissions?.canAdmin);
          return { isDone: true, value: someone };
        };
        const person = { ...someone, permissions: { ...someone.permissions, canAdmin: before } };
        await new PeopleActions({ updateParticipant } as unknown as Session).setCoHost(person, isCoHost);
        const others = before.filter((area) => area !== 'PARTICIPANTS');
        expect(sent.map((one) => [...(one as string[])].toSorted())).toEqual([
          [...others, ...(isCoHost ? ['PARTICIPANTS'] : [])].toSorted(),
        ]);
      }
    },
  );
});

describe('a camera or microphone that was chosen', () => {
  afterEach(() => void vi.unstubAllGlobals());

  /** As browsers choose: what must be so is, or there is nothing; what is wished is, where it can be. */
  const choose = (there: readonly string[]) => async (wanted: MediaStreamConstraints) => {
    const asked = wanted.audio ?? wanted.video;
    const { exact, ideal } = (typeof asked === 'object' ? asked.deviceId : {}) as ConstrainDOMStringParameters;
    const found =
      exact === undefined ? (there.find((id) => id === ideal) ?? there[0]) : there.find((id) => id === exact);
    if (found === undefined) throw new DOMException('', exact === undefined ? 'NotFoundError' : 'OverconstrainedError');
    return { getTracks: () => [found] };
  };

  test.each(['audio', 'video'] as const)(
    'is taken where it is there, and another where it is not: %s',
    async (kind) => {
      vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: choose(['built in', 'headset']) } });
      expect(await capture(kind, 'headset')).toEqual({ track: 'headset', trouble: null });
      expect(await capture(kind, 'unplugged since')).toEqual({ track: 'built in', trouble: null });
      expect(await capture(kind, undefined)).toEqual({ track: 'built in', trouble: null });
      vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: choose([]) } });
      expect(await capture(kind, 'headset')).toEqual({ track: null, trouble: kind === 'audio' ? 'noMic' : 'noCamera' });
    },
  );
});

describe('an invitation that the service refuses', () => {
  const type = schema.getType('RefusalCode');
  const codes = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];

  test('works here no more, whatever is wrong with it, unless it is too early', () => {
    const ofTokens = codes.filter((code) => code.startsWith('TOKEN_'));
    expect(ofTokens.length).toBeGreaterThan(4);
    expect(ofTokens.filter((code) => !isDeadToken(code))).toEqual(['TOKEN_NOT_YET_VALID']);
  });

  test('is good still where something else shuts the door', () => {
    expect(codes.filter((code) => !code.startsWith('TOKEN_') && isDeadToken(code))).toEqual([]);
  });
});

describe.each([
  ['of the first plane', 'n'],
  ['beyond the first plane', '\u{20bb7}'],
  ['of both', 'n\u{20bb7}'],
])('a name of letters %s', (_which, letters) => {
  const whole = letters.repeat(128 / [...letters].length);

  test('is typed letter by letter up to its longest, and no further', () => {
    let written = '';
    for (const letter of `${whole}${whole}`)
      if (written.length + letter.length <= unitsFor(written, 128)) written += letter;
    expect(written).toBe(whole);
  });

  test('is filled in by a link as far as it may be long, and no letter is cut in two', () => {
    expect(linkNameOf(`?lang=fr&name=${encodeURIComponent(`  ${whole}`)}`)).toBe(whole);
    expect(linkNameOf(`?name=${encodeURIComponent(whole + whole)}`)).toBe(whole);
    expect(linkNameOf('?lang=fr')).toBe('');
  });
});
