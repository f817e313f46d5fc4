import type { JitsiServer, LivekitServer, MediaServerKind } from './media-server.ts';
import { findHostProblem, findShownHostProblem, thisMachine } from './page-address.ts';
import type { InputIssue, Maybe } from './refusal.ts';

/** A media server as a client writes it. */
export interface MediaServerInput {
  readonly kind: MediaServerKind;
  readonly url: string;
  readonly apiUrl?: Maybe<string>;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly keyId?: Maybe<string>;
  readonly tenant?: Maybe<string>;
  readonly gate?: Maybe<boolean>;
}

/** What only the network and cryptography know of an input. Half a sentence for people; null: nothing against it. */
export interface MediaServerPolicy {
  readonly findUrlProblem: (url: URL) => string | null;
  /** Of a text that says that it is a PEM. */
  readonly findPemProblem: (pem: string) => string | null;
}

type ToSet<Server> = Omit<
  Server,
  'id' | 'domainId' | 'createdAt' | 'endedAt' | 'checkedAt' | 'lastError' | 'gateHolds'
>;
/** What was given, in the one form in which it is kept. */
type GivenMediaServer = ToSet<LivekitServer> | ToSet<JitsiServer>;

type CheckedMediaServer =
  | { readonly ok: true; readonly server: GivenMediaServer; readonly secret: string }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

const maxUrlCharacters = 2_000;
const maxKeyCharacters = 256;
const maxSecretCharacters = 512;
const maxPemCharacters = 16_384;
/** Every guest has a token from which a shorter one could be guessed. */
const minSecretCharacters = 32;

/** Checks every field of a media server before anything is stored. */
export function checkMediaServer(input: MediaServerInput, policy: MediaServerPolicy): CheckedMediaServer {
  const issues: InputIssue[] = [];
  const say = (field: keyof MediaServerInput, message: string | null) => {
    if (message !== null) issues.push({ path: ['input', field], message });
  };
  const apiUrl = input.apiUrl ?? null;
  const keyId = input.keyId ?? null;
  const tenant = input.tenant ?? null;
  const isPem = input.kind === 'JITSI' && input.apiSecret.includes('-----BEGIN');
  const schemes = schemesOf[input.kind];
  const url = readUrl(input.url, schemes, policy);
  say('url', url.problem ?? (input.kind === 'JITSI' && url.url !== null ? findShownHostProblem(url.url) : null));
  if (apiUrl !== null) say('apiUrl', readUrl(apiUrl, schemes, policy).problem);
  say('apiKey', findWordProblem(input.apiKey, maxKeyCharacters));
  if (isPem) say('apiSecret', findPemProblem(input.apiSecret, policy));
  else if (!isForTrying(input, url.url)) say('apiSecret', findSecretProblem(input.apiSecret));
  if (keyId !== null) say('keyId', findWordProblem(keyId, maxKeyCharacters));
  if (tenant !== null) say('tenant', findWordProblem(tenant, maxKeyCharacters));
  for (const [field, problem] of findMisplaced(input, isPem)) say(field, problem);
  if (issues.length > 0 || url.url === null) return { ok: false, issues };
  const base = { url: kept(url.url), apiKey: input.apiKey };
  const secret = isPem ? `${input.apiSecret.trim()}\n` : input.apiSecret;
  const server: GivenMediaServer =
    input.kind === 'LIVEKIT'
      ? {
          ...{ ...base, kind: 'LIVEKIT', state: 'UNREACHABLE', gate: input.gate ?? false },
          apiUrl: apiUrl === null ? null : kept(new URL(apiUrl)),
        }
      : { ...base, kind: 'JITSI', state: 'NOT_ASKED', keyId, tenant: tenant ?? url.url.hostname };
  return { ok: true, server, secret };
}

const schemesOf: Readonly<Record<MediaServerKind, readonly string[]>> = {
  LIVEKIT: ['wss:', 'ws:', 'https:', 'http:'],
  // It is shown in a frame.
  JITSI: ['https:', 'http:'],
};

/** Without the slash at the end, so that paths may follow. */
function kept(url: URL): string {
  return url.href.replace(/\/+$/, '');
}

function readUrl(
  text: string,
  schemes: readonly string[],
  policy: MediaServerPolicy,
): { readonly url: URL | null; readonly problem: string | null } {
  // What the parser would mend or drop in silence: blanks, line breaks, backslashes for slashes, too few slashes and too many.
  const isPlain = /^[a-z]+:\/\/(?!\/)[\x21-\x7e]+$/i.test(text) && !text.includes('\\');
  const url = isPlain && text.length <= maxUrlCharacters ? URL.parse(text) : null;
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '') {
    const names = schemes.map((scheme) => scheme.slice(0, -1)).join(', ');
    return { url: null, problem: `must be an absolute URL of at most ${maxUrlCharacters} characters (${names})` };
  }
  if (url.username !== '' || url.password !== '') return { url, problem: 'must not contain a user name or password' };
  if (/[?#]/.test(text)) return { url, problem: 'must not contain a query or a fragment' };
  return { url, problem: findHostProblem(url) ?? policy.findUrlProblem(url) };
}

function findWordProblem(text: string, max: number): string | null {
  const isWord = /^[\x21-\x7e]+$/.test(text) && text.length <= max;
  return isWord ? null : `must be 1 to ${max} printable ASCII characters without spaces`;
}

/** What `livekit-server --dev` has, and everybody knows: good enough on the same machine, where nobody else reaches it. */
function isForTrying({ kind, apiKey, apiSecret }: MediaServerInput, url: URL | null): boolean {
  return kind === 'LIVEKIT' && apiKey === 'devkey' && apiSecret === 'secret' && thisMachine.test(url?.hostname ?? '');
}

function findSecretProblem(secret: string): string | null {
  if (secret.length < minSecretCharacters) {
    return `must contain at least ${minSecretCharacters} characters, and contains ${secret.length}: from the token of a guest others could guess a shorter secret`;
  }
  return findWordProblem(secret, maxSecretCharacters);
}

function findPemProblem(pem: string, policy: MediaServerPolicy): string | null {
  if (pem.length > maxPemCharacters) return `must contain at most ${maxPemCharacters} characters`;
  return policy.findPemProblem(pem);
}

/** Fields that belong to the other kind, and one that is missing. */
function findMisplaced(
  { kind, apiUrl, keyId, tenant, gate }: MediaServerInput,
  isPem: boolean,
): readonly (readonly [keyof MediaServerInput, string])[] {
  if (kind === 'LIVEKIT') {
    const message = 'cannot be combined with the kind LIVEKIT: only JITSI has it';
    return [
      ...(keyId == null ? [] : [['keyId', message] as const]),
      ...(tenant == null ? [] : [['tenant', message] as const]),
    ];
  }
  const message = 'cannot be combined with the kind JITSI: only LIVEKIT has it';
  return [
    ...(apiUrl == null ? [] : [['apiUrl', message] as const]),
    ...(gate === true ? [['gate', message] as const] : []),
    ...(isPem && keyId == null
      ? [['keyId', 'is required with an RS256 key: Jitsi finds the public key by it'] as const]
      : []),
    ...(!isPem && keyId != null
      ? [['keyId', 'cannot be combined with a shared secret: only RS256 keys have an id'] as const]
      : []),
  ];
}
