import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/rules/ids.ts';
import { isSameToken, readClaims, type TokenClaims, writeClaims } from '../../src/rules/meeting-token-claims.ts';
import { adminAreas, mediaKinds } from '../../src/rules/permissions.ts';

const iat = 1_796_000_000;
const readOwn = (claims: object) =>
  readClaims({ jti: 'j', iat, ...claims }, { selfSigned: false, signerKid: 'k', signerId: 'key-1', hashJti: 'h_1' });
const readSelfSigned = (claims: object) =>
  readClaims({ iat, ...claims }, { selfSigned: true, signerKid: 'k', signerId: 'key-1', hashJti: 'h_1' });
const permissionsOf = (p: unknown) => {
  const claims = readSelfSigned({ r: 'standup', p });
  return 'refusal' in claims ? 'refused' : claims.permissions;
};

const kinds = fc.subarray([...mediaKinds]);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc
  .stringMatching(/^[A-Za-z0-9 äß👋-]{1,36}$/u)
  .map((value) => [...`x${value.trim()}`].slice(0, 18).join('').normalize('NFC'));
const override = fc.record({ userId: text, participantId: fc.constant(null), kinds });
const receive = fc.record({ base: maybe(kinds), overrides: maybe(fc.array(override, { maxLength: 3 })) });
const date = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
const terms = fc.record({
  jti: fc.uuid(),
  roomName: fc.constant('standup'),
  roomId: fc.uuid().map((id) => id as RoomId),
  isOwner: fc.boolean(),
  userName: maybe(text),
  userId: maybe(text),
  nbf: maybe(date),
  exp: maybe(date),
  knocking: fc.boolean(),
  ejectAtTokenExp: maybe(fc.boolean()),
  ejectAfterElapsedSeconds: maybe(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  startVideoOff: maybe(fc.boolean()),
  startAudioOff: maybe(fc.boolean()),
  enableScreenshare: maybe(fc.boolean()),
  lang: maybe(fc.constantFrom('en', 'pt-BR', 'zh-Hant-TW')),
  permissions: maybe(
    fc.record({
      hasPresence: maybe(fc.boolean()),
      canSend: maybe(kinds),
      canReceive: maybe(receive.filter(({ base, overrides }) => base !== null || overrides !== null)),
      canAdmin: maybe(fc.subarray([...adminAreas])),
    }),
  ),
  maxUses: maybe(fc.integer({ min: 1, max: 1000 })),
});
/** Who owns the room need not be let in: no token says both. */
const token = terms.map((all) => ({ ...all, knocking: all.knocking && !all.isOwner }));

describe('the claims of the service’s own tokens', () => {
  test('say, after a journey as JSON, exactly what was signed', () => {
    fc.assert(
      fc.property(token, (signed) => {
        const claims = readOwn({ ...(JSON.parse(JSON.stringify(writeClaims(signed))) as object), iat });
        expect(claims).toEqual({
          ...signed,
          iat: new Date(iat * 1000),
          selfSigned: false,
          signerKid: 'k',
          signerId: 'key-1',
        });
      }),
    );
  });

  test('say on purpose that a token opens every room', () => {
    fc.assert(
      fc.property(token, (signed) => {
        const claims = writeClaims({ ...signed, roomName: null, roomId: null, maxUses: null });
        expect(claims).toMatchObject({ any_room: true });
        expect(readOwn(claims)).toMatchObject({ roomName: null, roomId: null });
      }),
    );
  });

  test.each([
    ['no jti', { jti: undefined, any_room: true }],
    ['neither room nor any_room', {}],
    ['a room without its id', { room_name: 'standup' }],
    ['Daily’s abbreviation of the room only', { r: 'standup', room_id: '1' }],
  ])('are refused with %s', (_name, claims) => {
    expect(readOwn(claims)).toMatchObject({ refusal: 'TOKEN_INVALID' });
  });
});

describe('the claims of a self-signed token', () => {
  test('are read by Daily’s abbreviations', () => {
    const claims = { r: 'standup', o: false, u: ' Ann ', ud: 'u1', nbf: iat, exp: iat + 1.5, k: true, ss: false };
    expect(readSelfSigned({ ...claims, vo: true, ao: false, ejt: true, eje: 60, uil: 'de', p: { hp: false } })).toEqual(
      {
        jti: 'h_1',
        roomName: 'standup',
        roomId: null,
        isOwner: false,
        userName: 'Ann',
        userId: 'u1',
        nbf: new Date(iat * 1000),
        exp: new Date(iat * 1000 + 1500),
        iat: new Date(iat * 1000),
        knocking: true,
        permissions: { hasPresence: false, canSend: null, canReceive: null, canAdmin: null },
        ejectAtTokenExp: true,
        ejectAfterElapsedSeconds: 60,
        startVideoOff: true,
        startAudioOff: false,
        enableScreenshare: false,
        lang: 'de',
        maxUses: null,
        selfSigned: true,
        signerKid: 'k',
        signerId: 'key-1',
      },
    );
  });

  test('are read by our long names, with what only we have', () => {
    const claims = { jti: 'mine', room_name: 'standup', room_id: '1', user_name: 'Ann', max_uses: 2 };
    expect(readSelfSigned(claims)).toMatchObject({ jti: 'mine', roomId: '1', userName: 'Ann', maxUses: 2 });
  });

  test('may hold what is not known here, an empty name, and null for what is left out', () => {
    const claims = { r: 'standup', er: 'cloud', ctoe: true, rome: 'https://x', u: '', ud: null, exp: null };
    expect(readSelfSigned(claims)).toMatchObject({ userName: null, userId: null, exp: null });
  });

  test('open every room when they name none, or say so', () => {
    expect(readSelfSigned({})).toMatchObject({ roomName: null });
    expect(readSelfSigned({ any_room: true })).toMatchObject({ roomName: null });
  });

  test.each([
    ['no iat', { r: 'a', iat: undefined }],
    ['an owner who must be let in', { r: 'a', o: true, k: true }],
    ['the same by long names', { r: 'a', is_owner: true, knocking: true }],
    ['a room of null', { r: null }],
    ['an empty room', { r: '' }],
    ['a room that is a number', { r: 7 }],
    ['a list of rooms', { r: ['a', 'b'] }],
    ['a room by two names', { r: 'a', room_name: 'b' }],
    ['any_room beside a room', { r: 'a', any_room: true }],
    ['any_room false without a room', { any_room: false }],
    ['an id without a room', { room_id: '1' }],
    ['uses without a room', { max_uses: 1 }],
    ['no use', { r: 'a', max_uses: 0 }],
    ['an owner by text', { r: 'a', o: 'true' }],
    ['an owner by number', { r: 'a', o: 1 }],
    ['knocking by null text', { r: 'a', k: 'null' }],
    ['a name that is an object', { r: 'a', u: {} }],
    ['a name with NUL', { r: 'a', u: 'a\u0000' }],
    ['a name with half a surrogate pair', { r: 'a', u: '\udc00' }],
    ['a name of 129 characters', { r: 'a', u: 'x'.repeat(129) }],
    ['a userId of 37 characters', { r: 'a', ud: 'x'.repeat(37) }],
    ['a userId that is a number', { r: 'a', ud: 5 }],
    ['a jti of 129 characters', { r: 'a', jti: 'x'.repeat(129) }],
    ['exp in text', { r: 'a', exp: '1796000000' }],
    ['exp in milliseconds', { r: 'a', exp: iat * 1000 }],
    ['exp without end', { r: 'a', exp: Number.POSITIVE_INFINITY }],
    ['nbf before 1970', { r: 'a', nbf: -1 }],
    ['iat in milliseconds', { r: 'a', iat: iat * 1000 }],
    ['a fraction of a second to stay', { r: 'a', eje: 0.5 }],
    ['more seconds to stay than can be kept', { r: 'a', eje: 2 ** 31 }],
    ['more uses than can be counted', { r: 'a', max_uses: 2 ** 31 }],
    ['a lang that is none', { r: 'a', uil: '../de' }],
    ['permissions that are a list', { r: 'a', p: [] }],
    ['permissions that are text', { r: 'a', p: 'v,a' }],
  ])('are refused with %s', (_name, claims) => {
    expect(readSelfSigned(claims)).toMatchObject({ refusal: 'TOKEN_INVALID' });
  });

  test('are their own, never what every object has', () => {
    const claims = JSON.parse('{"iat":1,"r":"a","__proto__":{"is_owner":true,"o":true}}') as object;
    expect(readSelfSigned(claims)).toMatchObject({ isOwner: false });
  });
});

describe('permissions in Daily’s form', () => {
  test.each([
    ['nothing', {}, {}],
    ['hidden', { hp: false }, { hasPresence: false }],
    ['all to send', { cs: true }, { canSend: mediaKinds }],
    ['none to send', { cs: false }, { canSend: [] }],
    ['some to send', { cs: 'v,a' }, { canSend: ['AUDIO', 'VIDEO'] }],
    ['the screen to send, with blanks', { cs: ' sv , sa ' }, { canSend: ['SCREEN_AUDIO', 'SCREEN_VIDEO'] }],
    ['an empty list to send', { cs: '' }, { canSend: [] }],
    ['full names to send', { canSend: ['video', 'customAudio'] }, { canSend: ['VIDEO', 'CUSTOM_AUDIO'] }],
    ['all to administer', { ca: true }, { canAdmin: adminAreas }],
    ['some to administer', { ca: 'p,s' }, { canAdmin: ['PARTICIPANTS', 'STREAMING'] }],
    ['full names to administer', { canAdmin: ['transcription'] }, { canAdmin: ['TRANSCRIPTION'] }],
    ['each area by its letter', { ca: 't,s,p' }, { canAdmin: adminAreas }],
    ['nothing to receive', { cr: { b: false } }, { canReceive: { base: [], overrides: null } }],
    ['an empty object to receive', { cr: {} }, { canReceive: null }],
    [
      'a kind not to receive: what is not named stays',
      { cr: { b: { v: false, cv: { '*': false } } } },
      { canReceive: { base: ['AUDIO', 'SCREEN_AUDIO', 'SCREEN_VIDEO', 'CUSTOM_AUDIO'], overrides: null } },
    ],
    [
      'one custom track that is closed closes its kind',
      { cr: { b: { v: false, sv: false, sa: false, cv: false, ca: { '*': true, music: false } } } },
      { canReceive: { base: ['AUDIO'], overrides: null } },
    ],
    [
      'exceptions by user and by participant, laid over the base',
      { cr: { b: false, u: { u1: { a: true } }, p: { p1: true } } },
      {
        canReceive: {
          base: [],
          overrides: [
            { userId: 'u1', participantId: null, kinds: ['AUDIO'] },
            { userId: null, participantId: 'p1', kinds: mediaKinds },
          ],
        },
      },
    ],
    [
      'full names to receive',
      { canReceive: { base: true, byUserId: { u1: false } } },
      { canReceive: { base: mediaKinds, overrides: [{ userId: 'u1', participantId: null, kinds: [] }] } },
    ],
    [
      'the full name for an exception by participant',
      { canReceive: { byParticipantId: { p1: false } } },
      { canReceive: { base: null, overrides: [{ userId: null, participantId: 'p1', kinds: [] }] } },
    ],
    [
      'exceptions without a base: what they do not name stays',
      { cr: { u: { u1: { v: false } }, p: { p1: { v: false } } } },
      {
        canReceive: {
          base: null,
          overrides: [
            { userId: 'u1', participantId: null, kinds: mediaKinds.filter((kind) => kind !== 'VIDEO') },
            { userId: null, participantId: 'p1', kinds: mediaKinds.filter((kind) => kind !== 'VIDEO') },
          ],
        },
      },
    ],
  ])('grant %s', (_name, p, granted) => {
    const nothing = { hasPresence: null, canSend: null, canReceive: null, canAdmin: null };
    expect(permissionsOf(p)).toEqual({ ...nothing, ...granted });
  });

  test.each([
    ['a member that is not known, lest a restriction be lost', { hp: true, cx: false }],
    ['a kind that is not known', { cs: 'v,smell' }],
    ['an area that is not known', { ca: 'p,root' }],
    ['a member of cr that is not known', { cr: { b: true, byTeam: {} } }],
    ['a kind that is neither true nor false', { cr: { b: { v: 'yes' } } }],
    ['a kind that every object has', { cs: ['constructor'] }],
    ['a number', { cs: 1 }],
    ['hp as text', { hp: 'true' }],
    ['two names that contradict each other', { cs: false, canSend: true }],
    ['an exception for nobody', { cr: { u: { '': true } } }],
    [
      'a thousand exceptions',
      { cr: { u: Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`u${at}`, true])) } },
    ],
  ])('are refused with %s', (_name, p) => {
    expect(permissionsOf(p)).toBe('refused');
  });
});

describe('two tokens of one jti', () => {
  const claims = { jti: 'j', r: 'a', ud: 'ann', u: 'Ann' };
  const read = (more: object, signerKid = 'k'): TokenClaims => {
    const source = { selfSigned: true, signerKid, signerId: 'key-1', hashJti: 'h_1' };
    const token = readClaims({ iat, ...claims, ...more }, source);
    return 'refusal' in token ? expect.unreachable(token.why) : token;
  };

  test('are one and the same where they say the same', () => {
    expect(isSameToken(read({}), read({}))).toBe(true);
    const withoutDate = { ...read({}), iat: null };
    expect(isSameToken(withoutDate, { ...withoutDate })).toBe(true);
  });

  test.each<[string, TokenClaims]>([
    ['another jti', read({ jti: 'j2' })],
    ['another signer', read({}, 'k2')],
    ['a later iat', read({ iat: iat + 1 })],
    ['another user', read({ ud: 'mallory' })],
    ['no user', read({ ud: undefined })],
    ['an owner', read({ o: true })],
    ['somebody who must be let in', read({ k: true })],
  ])('are two where one is for %s', (_what, other) => {
    expect(isSameToken(read({}), other)).toBe(false);
    expect(isSameToken(other, read({}))).toBe(false);
  });
});
