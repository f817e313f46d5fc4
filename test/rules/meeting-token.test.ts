import { describe, expect, test } from 'vitest';
import { type CreateMeetingTokenInput, checkMeetingTokenInput, tokenStatus } from '../../src/rules/meeting-token.ts';

const now = new Date('2026-11-24T09:30:00.250Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const day = 86_400;

const check = (input: CreateMeetingTokenInput, lifetimeSeconds: number | null = day) =>
  checkMeetingTokenInput(input, lifetimeSeconds, now);

function fieldsRefused(input: CreateMeetingTokenInput, lifetimeSeconds: number | null = day) {
  const checked = check(input, lifetimeSeconds);
  return checked.ok ? [] : checked.issues.map((issue) => issue.path.join('.'));
}

describe('what a backend asks for', () => {
  test('a room’s name is enough, and gives no more than a guest’s token that expires', () => {
    expect(check({ roomName: 'standup' })).toEqual({
      ok: true,
      value: {
        roomName: 'standup',
        isOwner: false,
        userName: null,
        userId: null,
        nbf: null,
        exp: new Date('2026-11-25T09:30:01.000Z'),
        knocking: false,
        ejectAtTokenExp: null,
        ejectAfterElapsedSeconds: null,
        startVideoOff: null,
        startAudioOff: null,
        enableScreenshare: null,
        lang: null,
        permissions: null,
        maxUses: null,
      },
    });
  });

  test('a token opens every room only when that is said', () => {
    expect(check({ anyRoom: true })).toMatchObject({ ok: true, value: { roomName: null } });
    expect(fieldsRefused({})).toEqual(['input.roomName']);
    expect(fieldsRefused({ anyRoom: false, roomName: null })).toEqual(['input.roomName']);
    const refused = check({});
    expect(!refused.ok && refused.issues[0]?.message).toContain('anyRoom: true');
  });

  test('a token never expires only when the domain has no lifetime, or names its own exp', () => {
    expect(check({ roomName: 'standup' }, null)).toMatchObject({ ok: true, value: { exp: null } });
    expect(check({ roomName: 'standup', exp: later(5) }, null)).toMatchObject({ ok: true, value: { exp: later(5) } });
    expect(check({ roomName: 'standup', exp: later(5) })).toMatchObject({ ok: true, value: { exp: later(5) } });
  });

  test('texts are kept clean', () => {
    const asked = check({ roomName: 'standup', userName: '  Zoe\u0308 ', userId: ' u1 ' });
    expect(asked).toMatchObject({ ok: true, value: { userName: 'Zoë', userId: 'u1' } });
  });

  test('permissions are taken field by field', () => {
    const asked = check({ roomName: 'standup', permissions: { canSend: ['AUDIO', 'AUDIO'] } });
    expect(asked).toMatchObject({ ok: true, value: { permissions: { canSend: ['AUDIO'], canAdmin: null } } });
  });

  test.each<[string, CreateMeetingTokenInput, readonly string[]]>([
    ['both roomName and anyRoom', { roomName: 'standup', anyRoom: true }, ['anyRoom']],
    ['a name that no room can have', { roomName: 'stand up' }, ['roomName']],
    ['an empty name', { roomName: '' }, ['roomName']],
    ['exp at this very instant', { roomName: 'a', exp: now }, ['exp']],
    ['exp in the past', { roomName: 'a', exp: later(-1) }, ['exp']],
    ['exp beyond the year 9999', { roomName: 'a', exp: new Date(8.64e15) }, ['exp']],
    ['exp that is no date', { roomName: 'a', exp: new Date(Number.NaN) }, ['exp']],
    ['nbf before 1970', { roomName: 'a', nbf: new Date(-1) }, ['nbf']],
    ['nbf at exp', { roomName: 'a', nbf: later(9), exp: later(9) }, ['nbf']],
    ['nbf after the domain’s lifetime', { roomName: 'a', nbf: later(2 * day) }, ['nbf']],
    ['maxUses without a room', { anyRoom: true, maxUses: 1 }, ['maxUses']],
    ['no use at all', { roomName: 'a', maxUses: 0 }, ['maxUses']],
    ['half a use', { roomName: 'a', maxUses: 1.5 }, ['maxUses']],
    ['ejection at once', { roomName: 'a', ejectAfterElapsedSeconds: 0 }, ['ejectAfterElapsedSeconds']],
    ['an owner who must knock', { roomName: 'a', isOwner: true, knocking: true }, ['knocking']],
    ['a userId of 37 characters', { roomName: 'a', userId: 'x'.repeat(37) }, ['userId']],
    ['a userName of 129 characters', { roomName: 'a', userName: 'x'.repeat(129) }, ['userName']],
    ['a userName with a direction override', { roomName: 'a', userName: 'a\u202eb' }, ['userName']],
    ['half a surrogate pair', { roomName: 'a', userId: '\ud800' }, ['userId']],
    ['an empty userName', { roomName: 'a', userName: ' ' }, ['userName']],
    ['a lang that is none', { roomName: 'a', lang: 'english please' }, ['lang']],
    [
      'an override for nobody',
      { roomName: 'a', permissions: { canReceive: { overrides: [{ kinds: [] }] } } },
      ['permissions.canReceive.overrides.0'],
    ],
    ['several at once', { maxUses: 0, lang: '-', exp: now }, ['roomName', 'lang', 'exp', 'maxUses', 'maxUses']],
  ])('%s is refused by name', (_name, input, fields) => {
    expect(fieldsRefused(input)).toEqual(fields.map((field) => `input.${field}`));
  });

  test.each<[string, CreateMeetingTokenInput, RegExp]>([
    ['the exp that was sent', { exp: later(9), nbf: later(9) }, /^must be before exp$/],
    ['the lifetime of the domain', { nbf: later(2 * day) }, /meetingTokenLifetimeSeconds.*send exp too/],
  ])('whoever sends an nbf that is too late is told of %s', (_what, input, sentence) => {
    const refused = check({ roomName: 'a', ...input });
    expect(!refused.ok && refused.issues[0]?.message).toMatch(sentence);
  });

  test('36 characters are counted as people count them', () => {
    expect(check({ roomName: 'a', userId: '👋'.repeat(36) })).toMatchObject({ ok: true });
  });
});

describe('the status of a token', () => {
  const token = { nbf: null, exp: null, maxUses: null, uses: 0, revokedAt: null };

  test.each([
    ['ACTIVE', {}],
    ['ACTIVE', { nbf: now, exp: later(0.001), maxUses: 2, uses: 1 }],
    ['ACTIVE', { nbf: later(5) }],
    ['NOT_YET_VALID', { nbf: later(5.001) }],
    ['EXPIRED', { exp: now }],
    ['USED_UP', { maxUses: 2, uses: 2 }],
    ['REVOKED', { revokedAt: now, exp: later(-1), maxUses: 1, uses: 1 }],
    ['EXPIRED', { exp: later(-1), maxUses: 1, uses: 1 }],
    ['USED_UP', { nbf: later(1), maxUses: 1, uses: 1 }],
  ])('is %s with %j', (status, more) => {
    expect(tokenStatus({ ...token, ...more }, now)).toBe(status);
  });
});
