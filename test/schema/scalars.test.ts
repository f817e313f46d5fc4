import { assert, date, property } from 'fast-check';
import { GraphQLError, Kind, parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { dateTime, url } from '../../schema/scalars.ts';

const read = (text: unknown) => dateTime.parseValue(text).toISOString();

describe('DateTime', () => {
  test.each([
    ['UTC', '2026-11-24T09:30:00Z', '2026-11-24T09:30:00.000Z'],
    ['lower case letters', '2026-11-24t09:30:00z', '2026-11-24T09:30:00.000Z'],
    ['a zone ahead', '2026-11-24T09:30:00+01:00', '2026-11-24T08:30:00.000Z'],
    ['a zone behind, over midnight', '2026-12-31T23:30:00-03:30', '2027-01-01T03:00:00.000Z'],
    ['an unknown local offset', '2026-11-24T09:30:00-00:00', '2026-11-24T09:30:00.000Z'],
    ['milliseconds', '2026-11-24T09:30:00.123Z', '2026-11-24T09:30:00.123Z'],
    ['a tenth', '2026-11-24T09:30:00.5Z', '2026-11-24T09:30:00.500Z'],
    ['nanoseconds, cut off', '2026-11-24T09:30:00.999999999Z', '2026-11-24T09:30:00.999Z'],
    ['29 February of a leap year', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['the first year', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['the last millisecond', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('takes %s', (_what, text, instant) => {
    expect(read(text)).toBe(instant);
  });

  test('takes every offset that a clock may have', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => `${hour}`.padStart(2, '0'));
    for (const hour of hours) {
      for (const minute of ['00', '30', '45', '59']) {
        const ms = (Number(hour) * 60 + Number(minute)) * 60_000;
        for (const [sign, way] of [
          ['+', -1],
          ['-', 1],
        ] as const) {
          const instant = new Date(Date.UTC(2026, 10, 24, 9, 30) + way * ms).toISOString();
          expect(read(`2026-11-24T09:30:00${sign}${hour}:${minute}`)).toBe(instant);
        }
      }
    }
  });

  test.each([
    ['no zone', '2026-11-24T09:30:00'],
    ['a date alone', '2026-11-24'],
    ['no seconds', '2026-11-24T09:30Z'],
    ['a blank for the T', '2026-11-24 09:30:00Z'],
    ['a zone without colon', '2026-11-24T09:30:00+0100'],
    ['a zone of 24 hours', '2026-11-24T09:30:00+24:00'],
    ['hour 24', '2026-11-24T24:00:00Z'],
    ['minute 60', '2026-11-24T09:60:00Z'],
    ['second 60', '2026-12-31T23:59:60Z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['31 April with a zone', '2026-04-31T10:00:00+02:00'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['month 0', '2026-00-01T00:00:00Z'],
    ['day 0', '2026-11-00T00:00:00Z'],
    ['year 0', '0000-12-31T00:00:00Z'],
    ['an instant before year 1 by its zone', '0001-01-01T00:00:00+01:00'],
    ['an instant after year 9999 by its zone', '9999-12-31T23:59:59-01:00'],
    ['a year of five figures', '+12026-11-24T09:30:00Z'],
    ['a point without figures', '2026-11-24T09:30:00.Z'],
    ['a blank in front', ' 2026-11-24T09:30:00Z'],
    ['a line break behind', '2026-11-24T09:30:00Z\n'],
    ['words', 'tomorrow'],
    ['nothing', ''],
    ['seconds since 1970', 1_795_512_600],
    ['true', true],
    ['an object', {}],
  ])('refuses %s as BAD_REQUEST', (_what, value) => {
    expect(codeOf(() => dateTime.parseValue(value))).toBe('BAD_REQUEST');
  });

  test('in a document it is text, and nothing else', () => {
    expect(dateTime.parseLiteral(parseValue('"2026-11-24T09:30:00Z"'), {})).toEqual(new Date('2026-11-24T09:30:00Z'));
    for (const node of [
      parseValue('2026'),
      parseValue('[]'),
      { kind: Kind.ENUM, value: '2026-11-24T09:30:00Z' } as const,
    ])
      expect(codeOf(() => dateTime.parseLiteral(node, {}))).toBe('BAD_REQUEST');
  });

  test('what is shown is read as the same instant', () => {
    const range = {
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    };
    assert(
      property(date(range), (instant) => {
        const shown = dateTime.serialize(instant);
        expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(dateTime.parseValue(shown)).toEqual(instant);
      }),
    );
  });

  test.each([
    ['no date', 'tomorrow'],
    ['an invalid date', new Date(Number.NaN)],
    ['year 10000', new Date(253_402_300_800_000)],
  ])('does not show %s', (_what, value) => {
    expect(() => dateTime.serialize(value)).toThrow(GraphQLError);
  });
});

describe('URL', () => {
  test.each([
    'https://meet.example/acme/standup',
    'http://127.0.0.1:4000/graphql?x=1#y',
    'HTTPS://MEET.EXAMPLE',
    'https://[2001:db8::1]:8443/hook',
    'https://münchen.example/straße',
  ])('takes %s, and hands it on as it is', (text) => {
    expect(url.parseValue(text)).toBe(text);
    expect(url.serialize(text)).toBe(text);
  });

  test.each([
    ['no scheme', 'meet.example/room'],
    ['a path', '/acme/standup'],
    ['a scheme alone', 'https://'],
    ['a scheme without slashes', 'https:meet.example'],
    ['another scheme', 'ftp://meet.example'],
    ['a script', 'javascript:alert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['an empty port and no host', 'http://:80'],
    ['a port out of range', 'http://meet.example:65536'],
    ['a blank', 'https://meet.example/a b'],
    ['a blank in front', ' https://meet.example'],
    ['a line break', 'https://meet.example/\r\nHost:x'],
    ['a NUL', 'https://meet.example/\u0000'],
    ['nothing', ''],
    ['a number', 4000],
    ['null in a list', [null]],
  ])('refuses %s as BAD_REQUEST', (_what, value) => {
    expect(codeOf(() => url.parseValue(value))).toBe('BAD_REQUEST');
  });

  test('in a document it is text, and nothing else', () => {
    expect(url.parseLiteral(parseValue('"https://meet.example"'), {})).toBe('https://meet.example');
    expect(codeOf(() => url.parseLiteral(parseValue('meet'), {}))).toBe('BAD_REQUEST');
  });
});

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions.code : error;
  }
  return 'it was taken';
}
