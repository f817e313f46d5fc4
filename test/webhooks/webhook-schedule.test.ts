import { describe, expect, test } from 'vitest';
import { checkWebhookUrl, decideAfterAttempt, parseRetryAfter } from '../../src/rules/webhook.ts';

const now = new Date('2030-01-01T12:00:00.000Z');
const answered = (status: number, retryAfter: string | null = null) =>
  ({ kind: 'ANSWERED', status, retryAfter }) as const;
const unreached = { kind: 'UNREACHED', reason: 'ECONNREFUSED' } as const;

describe('what follows from an attempt', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', (status) => {
    expect(decideAfterAttempt(answered(status), 1, 0, now)).toEqual({ kind: 'DELIVERED' });
  });

  test.each([0, 199, 300, 301, 302, 304, 307, 308, 400, 404, 429, 500, 502, 503, 504])(
    '%i is tried again',
    (status) => {
      expect(decideAfterAttempt(answered(status), 1, 0, now)).toMatchObject({ kind: 'RETRY', delaySeconds: 5 });
    },
  );

  test('410 wants nothing more, however often it was tried', () => {
    expect(decideAfterAttempt(answered(410), 1, 0, now)).toEqual({ kind: 'GONE' });
    expect(decideAfterAttempt(answered(410), 10, 0, now)).toEqual({ kind: 'GONE' });
  });

  test('ten attempts over three days, and then no more', () => {
    const delays = Array.from({ length: 9 }, (_, index) => decideAfterAttempt(unreached, index + 1, 0, now));
    const minutes = delays.map((after) => (after.kind === 'RETRY' ? after.delaySeconds / 60 : Number.NaN));
    expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
    expect(decideAfterAttempt(unreached, 10, 0, now)).toEqual({ kind: 'FAILED', restSeconds: 0 });
    expect(decideAfterAttempt(unreached, 11, 0, now)).toEqual({ kind: 'FAILED', restSeconds: 0 });
  });

  test('chance draws a wait out by up to a fifth, and never shortens it', () => {
    expect(decideAfterAttempt(unreached, 2, 0.5, now)).toMatchObject({ delaySeconds: 330 });
    expect(decideAfterAttempt(unreached, 2, 0.999, now)).toMatchObject({ delaySeconds: expect.closeTo(360, 0) });
  });

  test('Retry-After is kept where it asks for more than the schedule', () => {
    expect(decideAfterAttempt(answered(429, '120'), 1, 0, now)).toEqual({
      kind: 'RETRY',
      delaySeconds: 120,
      restSeconds: 120,
    });
    expect(decideAfterAttempt(answered(503, '1'), 2, 0, now)).toMatchObject({ delaySeconds: 300, restSeconds: 1 });
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['99999999999999999999', 86_400],
    ['Tue, 01 Jan 2030 12:01:00 GMT', 60],
    ['Tue, 01 Jan 2030 11:00:00 GMT', 0],
    ['Wed, 01 Jan 2031 12:00:00 GMT', 86_400],
    ['-5', null],
    ['1.5', null],
    ['1e3', null],
    ['soon', null],
    ['2030-01-01', null],
    ['', null],
    [null, null],
  ])('%j is %j seconds', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });
});

describe('the form of a webhook URL', () => {
  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    '/relative',
    'example.com/hook',
    'https://',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://:secret@example.com/',
    'https://example.com/a b',
    'https://example.com/\r\nX-Evil: 1',
    'https://example.com/\u0000',
    ' https://example.com/',
    `https://example.com/${'a'.repeat(2048)}`,
    'http://[fe80::1%25eth0]/',
    'http://1.2.3.4.5/',
  ])('%j is refused', (url) => {
    expect(checkWebhookUrl(url).ok).toBe(false);
  });

  test.each(['https://example.com/hook?a=b', 'http://example.com:8080/', 'https://bücher.example/'])(
    '%s is taken',
    (url) => {
      expect(checkWebhookUrl(url).ok).toBe(true);
    },
  );
});
