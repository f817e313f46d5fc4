import type { CleanedText } from './text.ts';

// Where the pages of a domain may lead: addresses that browsers, proxies and people read alike.

const maxAddressCharacters = 2000;
const tooLong = `must be at most ${maxAddressCharacters} characters long`;

/** http is good enough for a page on the same machine, where nobody is in between. */
export const thisMachine = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Browsers take hosts with marks such as `;` and `,`, which would be read as part of the policies and headers that name them. */
const plainHost = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/;

/** What is wrong with the host of a URL, wherever one is given; null: nothing. */
export function findHostProblem({ hostname }: URL): string | null {
  return plainHost.test(hostname)
    ? null
    : 'must name its host with letters, digits, dots, - and _ alone, or by an address';
}

/** The same where the page itself shows what is there: its policy cannot name an IPv6 address, so that browsers would show nothing. */
export function findShownHostProblem(url: URL): string | null {
  return url.hostname.startsWith('[')
    ? 'must not name its host by an IPv6 address: pages cannot show it'
    : findHostProblem(url);
}

/** What is wrong with an absolute https address (http for this machine); null: nothing. */
export function findAddressProblem(value: string): string | null {
  if (value.length > maxAddressCharacters) return tooLong;
  // Browsers drop blanks and line breaks, and read a backslash as a slash, so that people and programs would see two addresses.
  if (!/^https?:\/\/[^/?#\\]/i.test(value) || /[\s\p{C}\\]/u.test(value) || !URL.canParse(value)) return notAnAddress;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password';
  if (url.protocol === 'http:' && !thisMachine.test(url.hostname)) return notAnAddress;
  return findHostProblem(url);
}

/** The same of a picture that the page shows. */
export function findPictureProblem(value: string): string | null {
  return findAddressProblem(value) ?? findShownHostProblem(new URL(value));
}

const notAnAddress = 'must be an address such as https://app.example.com/start; http is accepted for localhost alone';

const placeholder = /\{([^{}]*)\}/g;

/** What may be filled in where people are led once they are in. */
export const meetingPlaceholders = ['domain', 'room', 'participant', 'credentials'] as const;
/** Who is turned away has no participant, and credentials go nowhere but into the meeting. */
export const exitPlaceholders = ['domain', 'room'] as const;

/** What is wrong with an address that has placeholders such as {room}; null: nothing. */
export function findTemplateProblem(template: string, allowed: readonly string[]): string | null {
  const filled = template.replace(placeholder, 'x');
  if (/[{}]/.test(filled)) return 'must not contain { or } but around the name of a placeholder';
  if (template.length > maxAddressCharacters) return tooLong;
  const problem = findAddressProblem(filled);
  if (problem !== null) return problem;
  const originEnd = endOfOrigin(template);
  const fragmentStart = template.indexOf('#');
  for (const { 0: written, 1: name = '', index } of template.matchAll(placeholder)) {
    if (!allowed.includes(name)) {
      return `must not contain ${written}; it may contain ${allowed.map((one) => `{${one}}`).join(', ')}`;
    }
    if (index < originEnd) return `must not contain ${written} before the path`;
    // Only the fragment is sent to no server, and appears in no log.
    if (name === 'credentials' && (fragmentStart < 0 || index < fragmentStart))
      return 'must contain {credentials} in the fragment alone, behind #';
  }
  return null;
}

/** Where host and port are over: at the path, or at what comes in its place. */
function endOfOrigin(address: string): number {
  const start = address.indexOf('//') + 2;
  const length = address.slice(start).search(/[/?#]/);
  return length < 0 ? address.length : start + length;
}

/**
 * Where somebody goes who is in: the room's own address, or the domain's, filled in for them. `{credentials}` stays: whoever holds
 * the session puts them there. Null: nowhere else.
 */
export function meetingUrlFor(
  { name, meetingUrl }: { readonly name: string; readonly meetingUrl: string | null },
  domain: { readonly name: string; readonly doorPage: { readonly meetingUrl?: string | null } | null },
  participant: string,
): string | null {
  const template = meetingUrl ?? domain.doorPage?.meetingUrl ?? null;
  return template === null ? null : fillTemplate(template, { domain: domain.name, room: name, participant });
}

/** Fills placeholders in. What is not among `values` stays as it is. */
function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(placeholder, (written, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? written : encodeURIComponent(value);
  });
}

// A page's policy cannot name an IPv6 address, nor a host with an empty label: browsers would pass over it.
const origin = /^https?:\/\/(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d{1,5})?$/;

/**
 * A site that may frame the pages, in the form in which browsers name it: `https://app.example.com`, `http://localhost:5173`, or with
 * `*` for the leftmost label before two or more others.
 */
export function cleanFrameOrigin(value: string): CleanedText {
  const refused = { ok: false, problem: notAnOrigin } as const;
  const written = value.toLowerCase();
  const [, wildcard, host = ''] = origin.exec(written) ?? [];
  const named = written.replace('*.', '');
  if (host === '' || value.length > maxAddressCharacters || !URL.canParse(named)) return refused;
  const { protocol, hostname, origin: canonical } = new URL(named);
  // `1.2` is a host to a browser, and another than it seems.
  if (hostname !== host) return refused;
  if (protocol === 'http:' && !thisMachine.test(hostname)) return refused;
  if (wildcard === undefined) return { ok: true, value: canonical };
  const isOfNames = host.includes('.') && !/\d$/.test(host);
  return isOfNames ? { ok: true, value: canonical.replace('://', '://*.') } : refused;
}

const notAnOrigin =
  'must be an origin such as https://app.example.com, or https://*.example.com for all below it; http is accepted for localhost alone, and a path not at all';

/**
 * A room's URL with a meeting token, as one more parameter of its query. Where the template has the room in the fragment, the token stands with
 * it there: whoever keeps the one from servers means to keep the other.
 */
export function withMeetingToken(url: string, template: string, jwt: string): string {
  const hash = url.indexOf('#');
  const isInFragment = template.includes('#') && template.indexOf('#') < template.indexOf('{room}');
  const end = hash === -1 || isInFragment ? url.length : hash;
  const query = url.slice(isInFragment ? hash : 0, end);
  const joint = query.includes('?') ? (/[?&]$/.test(query) ? '' : '&') : '?';
  return `${url.slice(0, end)}${joint}t=${jwt}${url.slice(end)}`;
}
