import { describe, expect, test } from 'vitest';
import { checkMediaServer, type MediaServerInput } from '../../src/rules/media-server-input.ts';

const secret = 's'.repeat(32);
const livekit: MediaServerInput = { kind: 'LIVEKIT', url: 'wss://media.example', apiKey: 'APIkey', apiSecret: secret };
const jitsi: MediaServerInput = { ...livekit, kind: 'JITSI', url: 'https://meet.example' };
const pem = '-----BEGIN PRIVATE KEY-----\nrsa\n-----END PRIVATE KEY-----';
const rs256: MediaServerInput = { ...jitsi, apiSecret: pem, keyId: 'vestibule-1' };

const policy = {
  findUrlProblem: ({ hostname }: URL) => (hostname === 'private.example' ? 'must not be private' : null),
  findPemProblem: (text: string) => (text.includes('rsa') ? null : 'must be an RSA key'),
};

/** The fields that are at fault. */
function faultsOf(input: MediaServerInput): readonly string[] {
  const checked = checkMediaServer(input, policy);
  return checked.ok ? [] : checked.issues.map(({ path }) => path.join('.'));
}

const faultyUrls = [
  ...['wss:media.example', 'wss:/media.example', 'wss:///media.example', 'https:media.example'],
  ...['ftp://media.example', 'media.example', 'javascript:alert(1)', '//media.example', '', 'wss://'],
  ...['wss://user@media.example', 'wss://user:pass@media.example', 'wss://media.example?a=b', 'wss://media.example#a'],
  ...[
    'wss://media.example?',
    ' wss://media.example',
    'wss://media.example\n',
    'wss:\\\\media.example',
    'wss://ex ample',
  ],
  ...['wss://media;x.example', 'wss://media,x.example', 'wss://media"x.example', "wss://media'x.example"],
  ...['wss://private.example', `wss://media.example/${'a'.repeat(2_000)}`, 'wss://médiá.example'],
];
const faultyWords = ['', 'two words', 'a\tb', 'a\n', 'é', 'a\u0000', 'k'.repeat(257)];

describe('a media server that is refused, by the fields that are at fault', () => {
  test.each(faultyUrls)('a URL %j', (url) => {
    expect(faultsOf({ ...livekit, url })).toEqual(['input.url']);
    expect(faultsOf({ ...livekit, apiUrl: url })).toEqual(['input.apiUrl']);
    expect(faultsOf({ ...jitsi, url })).toEqual(['input.url']);
  });

  test.each(faultyWords)('a key %j', (word) => {
    expect(faultsOf({ ...livekit, apiKey: word })).toEqual(['input.apiKey']);
    expect(faultsOf({ ...jitsi, apiKey: word, tenant: word })).toEqual(['input.apiKey', 'input.tenant']);
    expect(faultsOf({ ...rs256, keyId: word })).toEqual(['input.keyId']);
  });

  test.each(['', 's'.repeat(31), `${'s'.repeat(31)} `, `${'s'.repeat(40)}\n`, 's'.repeat(513)])(
    'a secret %j',
    (apiSecret) => {
      expect(faultsOf({ ...livekit, apiSecret })).toEqual(['input.apiSecret']);
      expect(faultsOf({ ...jitsi, apiSecret })).toEqual(['input.apiSecret']);
    },
  );

  const development = { apiKey: 'devkey', apiSecret: 'secret' };

  test.each<readonly [string, MediaServerInput]>([
    ['somewhere else', { ...livekit, ...development }],
    ['at an address that only looks like this machine', { ...livekit, ...development, url: 'ws://localhost.example' }],
    ['of Jitsi', { ...jitsi, ...development, url: 'http://localhost:8000' }],
    ['with another secret', { ...livekit, ...development, apiSecret: 'secrets', url: 'ws://localhost:7880' }],
    ['with another key', { ...livekit, apiSecret: 'secret', url: 'ws://localhost:7880' }],
  ])('the key of `livekit-server --dev` %s', (_what, input) => {
    expect(faultsOf(input)).toEqual(['input.apiSecret']);
  });

  test.each(['ws://localhost:7880', 'ws://127.0.0.1:7880', 'http://[::1]:7880'])(
    'and not the key of `livekit-server --dev` on the same machine, %s',
    (url) => {
      expect(faultsOf({ ...livekit, ...development, url })).toEqual([]);
    },
  );

  test.each<readonly [string, MediaServerInput, readonly string[]]>([
    ['LIVEKIT with a keyId', { ...livekit, keyId: 'k' }, ['input.keyId']],
    ['LIVEKIT with a tenant', { ...livekit, tenant: 't' }, ['input.tenant']],
    ['LIVEKIT with a PEM', { ...livekit, apiSecret: pem }, ['input.apiSecret']],
    ['JITSI at a socket', { ...jitsi, url: 'wss://meet.example' }, ['input.url']],
    ['JITSI at an IPv6 address, which no policy can name', { ...jitsi, url: 'https://[2001:db8::1]' }, ['input.url']],
    ['JITSI with an API of its own', { ...jitsi, apiUrl: 'https://api.example' }, ['input.apiUrl']],
    ['JITSI with a gate', { ...jitsi, gate: true }, ['input.gate']],
    ['JITSI with RS256 and no keyId', { ...rs256, keyId: null }, ['input.keyId']],
    ['JITSI with HS256 and a keyId', { ...jitsi, keyId: 'k' }, ['input.keyId']],
    ['JITSI with a PEM of no RSA key', { ...rs256, apiSecret: pem.replace('rsa', 'ec') }, ['input.apiSecret']],
    ['JITSI with a PEM that is too long', { ...rs256, apiSecret: pem + ' '.repeat(16_385) }, ['input.apiSecret']],
    [
      'everything at once',
      { kind: 'LIVEKIT', url: 'x', apiUrl: 'y', apiKey: ' ', apiSecret: '', keyId: 'k', tenant: 't' },
      ['input.url', 'input.apiUrl', 'input.apiKey', 'input.apiSecret', 'input.keyId', 'input.tenant'],
    ],
  ])('%s', (_what, input, faults) => {
    expect(faultsOf(input)).toEqual(faults);
  });
});

describe('a media server that is taken', () => {
  test.each(['wss', 'ws', 'https', 'http'])('at %s, without the slash at the end', (scheme) => {
    const url = `${scheme}://Media.Example:7880/livekit`;
    const checked = checkMediaServer({ ...livekit, url: `${url}/`, apiUrl: `${url}//`, gate: true }, policy);
    const kept = url.replace('Media.Example', 'media.example');
    expect(checked).toEqual({
      ok: true,
      server: { kind: 'LIVEKIT', url: kept, apiUrl: kept, apiKey: 'APIkey', state: 'UNREACHABLE', gate: true },
      secret,
    });
  });

  test.each(['ws://live_kit:7880', 'wss://media.example.'])('at a host as networks name it, %s', (url) => {
    expect(checkMediaServer({ ...livekit, url }, policy)).toMatchObject({ ok: true, server: { url } });
  });

  test('of Jitsi: its tenant is the host where none is named', () => {
    const server = { kind: 'JITSI', url: 'https://meet.example', apiKey: 'APIkey', state: 'NOT_ASKED', keyId: null };
    expect(checkMediaServer(jitsi, policy)).toEqual({
      ok: true,
      server: { ...server, tenant: 'meet.example' },
      secret,
    });
    // A tenant is the host alone, as Prosody names it: a port is no part of it.
    const atPort = checkMediaServer({ ...jitsi, url: 'https://meet.example:8443' }, policy);
    expect(atPort).toMatchObject({ server: { url: 'https://meet.example:8443', tenant: 'meet.example' } });
    const named = checkMediaServer({ ...rs256, tenant: 'acme', gate: false, apiUrl: null }, policy);
    expect(named).toEqual({
      ok: true,
      server: { ...server, tenant: 'acme', keyId: 'vestibule-1' },
      secret: `${pem}\n`,
    });
  });
});
