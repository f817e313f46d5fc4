import { describe, expect, test } from 'vitest';
import {
  cleanFrameOrigin,
  exitPlaceholders,
  findAddressProblem,
  findTemplateProblem,
  meetingPlaceholders,
  meetingUrlFor,
  withMeetingToken,
} from '../../src/rules/page-address.ts';

/** What leads nowhere, or elsewhere than it seems, wherever an address is taken. */
const badAddresses = [
  '',
  'app.example.com',
  '//app.example.com',
  'http://app.example.com',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'ftp://app.example.com',
  'javascript:alert(1)',
  'JavaScript://app.example.com/%0aalert(1)',
  'data:text/html,x',
  'https:app.example.com',
  'https:///app.example.com',
  'https:/\\app.example.com',
  'https://app.example.com\\@evil.example',
  'https://user@app.example.com',
  'https://user:word@app.example.com/',
  'https://',
  'https://app.example.com:99999',
  'https://app example.com',
  ' https://app.example.com',
  'https://app.example.com/a\nb',
  'https://app.example.com/\u202eb',
  'https://app.example.com/\u0000',
  `https://app.example.com/${'a'.repeat(2000)}`,
  // Hosts to a browser, and more than a host in a header.
  ...'!"$&\'()*+,;=`{}~'.split('').map((mark) => `https://app${mark}x.example.com/`),
  'https://app.example.com%3bx/',
];

const goodAddresses = [
  'https://app.example.com',
  'HTTPS://App.Example.com/Start?a=b&c=d#e',
  'https://app.example.com:8443/',
  'https://xn--mller-kva.example',
  'https://müller.example/straße',
  'http://localhost:5173/room',
  'http://127.0.0.1/',
  'http://[::1]:8080/',
  'http://team.localhost/',
  'https://my_app.example.com/',
  'https://app.example.com./start',
];

describe('an address', () => {
  test.each(goodAddresses)('%s is taken', (address) => {
    expect(findAddressProblem(address)).toBeNull();
    expect(findTemplateProblem(address, meetingPlaceholders)).toBeNull();
  });

  test.each(badAddresses)('%j is refused', (address) => {
    expect(findAddressProblem(address)).toMatch(/^must /);
    expect(findTemplateProblem(address, exitPlaceholders)).toMatch(/^must /);
  });
});

describe('an address with placeholders', () => {
  test.each([
    'https://meet.example.com/{domain}/{room}?who={participant}#{credentials}',
    'https://meet.example.com?room={room}',
    'https://meet.example.com#{room}',
    'http://localhost:5173/#at={room}&{credentials}',
  ])('%s is taken', (template) => {
    expect(findTemplateProblem(template, meetingPlaceholders)).toBeNull();
  });

  test.each([
    'https://{room}.example.com/',
    'https://meet.example.com:{room}/',
    'https://meet.example.com{room}',
    '{room}',
    '{domain}://meet.example.com/',
    'https://meet.example.com/{name}',
    'https://meet.example.com/{ROOM}',
    'https://meet.example.com/{}',
    'https://meet.example.com/{room',
    'https://meet.example.com/room}',
    'https://meet.example.com/{{room}}',
    'https://meet.example.com/{credentials}',
    'https://meet.example.com/?t={credentials}',
    'https://meet.example.com/{credentials}#{credentials}',
  ])('%s is refused', (template) => {
    expect(findTemplateProblem(template, meetingPlaceholders)).toMatch(/^must /);
  });

  test.each(['#{credentials}', '{participant}'])('%s is refused where people go who are not in', (end) => {
    expect(findTemplateProblem(`https://example.com/${end}`, exitPlaceholders)).toMatch(/^must /);
    expect(findTemplateProblem('https://example.com/{domain}/{room}', exitPlaceholders)).toBeNull();
  });

  test('is filled in so that nothing that is filled in reads as a part of the address', () => {
    const domain = {
      name: 'acme',
      doorPage: { meetingUrl: 'https://a.example/{domain}/{room}?p={participant}#{credentials}' },
    };
    const room = { name: 'stand-up', meetingUrl: null };
    expect(meetingUrlFor(room, domain, 'a/b?c#d=')).toBe(
      'https://a.example/acme/stand-up?p=a%2Fb%3Fc%23d%3D#{credentials}',
    );
    expect(meetingUrlFor({ ...room, meetingUrl: 'https://b.example/{room}' }, domain, 'x')).toBe(
      'https://b.example/stand-up',
    );
    expect(meetingUrlFor(room, { ...domain, doorPage: null }, 'x')).toBeNull();
    expect(meetingUrlFor(room, { ...domain, doorPage: {} }, 'x')).toBeNull();
  });
});

describe('a site that may frame the pages', () => {
  test.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['https://APP.example.com:443', 'https://app.example.com'],
    ['https://app.example.com:8443', 'https://app.example.com:8443'],
    ['https://*.example.com', 'https://*.example.com'],
    ['https://*.eu.example.com:8443', 'https://*.eu.example.com:8443'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['https://192.0.2.7', 'https://192.0.2.7'],
  ])('%s is taken as %s', (written, kept) => {
    expect(cleanFrameOrigin(written)).toEqual({ ok: true, value: kept });
  });

  test.each([
    '',
    '*',
    'null',
    "'self'",
    'https://*',
    'https://*.com',
    'https://*.*.example.com',
    'https://app.*.com',
    'https://a*.example.com',
    'https://*example.com',
    'https://*.192.0.2.7',
    'https://*.127.1',
    'https://app.example.com/',
    'https://app.example.com/start',
    'https://app.example.com?a',
    'https://app.example.com#a',
    'https://app.example.com https://evil.example',
    "https://app.example.com; script-src 'unsafe-inline'",
    'https://app.example.com,https://evil.example',
    'https://app.example.com\n',
    'https://user@app.example.com',
    'http://app.example.com',
    'http://*.localhost.example.com',
    'ftp://app.example.com',
    'data:',
    'javascript:',
    'app.example.com',
    'https://',
    'https://1.2',
    'http://[::1]:3000',
    'https://[2001:db8::1]',
    'https://app.example.com:99999',
    'https://app..example.com',
    'https://.example.com',
    'https://app.example.com.',
    'https://*.example.com.',
    'http://localhost.',
    `https://${'a'.repeat(2000)}.example.com`,
  ])('%j is refused', (written) => {
    expect(cleanFrameOrigin(written)).toEqual({ ok: false, problem: expect.stringMatching(/^must /) });
  });
});

describe('the link of a meeting token', () => {
  test.each([
    ['https://meet.example.com/acme/{room}', 'https://meet.example.com/acme/daily?t=eyJ.a_b.c-d'],
    ['https://meet.example.com/join?room={room}', 'https://meet.example.com/join?room=daily&t=eyJ.a_b.c-d'],
    ['https://meet.example.com/{room}?', 'https://meet.example.com/daily?t=eyJ.a_b.c-d'],
    ['https://meet.example.com/{room}?lang=de&', 'https://meet.example.com/daily?lang=de&t=eyJ.a_b.c-d'],
    ['https://meet.example.com/{room}#in', 'https://meet.example.com/daily?t=eyJ.a_b.c-d#in'],
    ['https://meet.example.com/j?r={room}#a?b', 'https://meet.example.com/j?r=daily&t=eyJ.a_b.c-d#a?b'],
    // An app that reads its path behind the #.
    ['https://meet.example.com/#/rooms/{room}', 'https://meet.example.com/#/rooms/daily?t=eyJ.a_b.c-d'],
    ['https://meet.example.com/?v=2#/join?r={room}', 'https://meet.example.com/?v=2#/join?r=daily&t=eyJ.a_b.c-d'],
  ])('joins what %s has', (template, link) => {
    expect(withMeetingToken(template.replace('{room}', 'daily'), template, 'eyJ.a_b.c-d')).toBe(link);
  });
});
