/*
 * What a reverse proxy asks the gate for one connection to LiveKit. Whoever connects writes the request, the proxy passes it on as it came,
 * and LiveKit reads it with Go's parser. So the gate takes only what every parser reads in the same way, and refuses the rest without
 * looking at it any further: a token that the gate reads must be the token that LiveKit reads.
 */

/** Names and values by turns, as they came: doubled headers stand there twice. */
export type RawHeaders = readonly string[];

/** How proxies hand over what they were asked. A snippet of ours sets one pair and clears the other. */
const pairs = [
  { uri: 'x-original-uri', method: 'x-original-method' },
  { uri: 'x-forwarded-uri', method: 'x-forwarded-method' },
] as const;

/** Go reads the parts of such a body as if they stood in the URL, whatever the method. */
const bodyHeaders = ['content-type', 'transfer-encoding'] as const;

/** `#`, `;`, `\`, controls and everything beyond ASCII are where parsers part. Phones send the names of devices. */
const targetForm = /^\/rtc(?:\/v1)?(?:\/validate)?(?:\?([A-Za-z0-9_.~%=&+/:,!'()*@$?-]*))?$/;
const bearerForm = /^Bearer ([^ ]+)$/;
const compactForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The one token by which this connection asks to be let in, not yet verified. Null: the request is not one that any client of LiveKit sends. */
export function readGateToken(raw: RawHeaders): string | null {
  const headers = gather(raw);
  if (bodyHeaders.some((name) => headers.has(name)) || !isEmptyLength(headers.get('content-length'))) return null;
  const target = readTarget(headers);
  const query = target === null ? null : targetForm.exec(target);
  const fields = query === null ? null : readQuery(query[1] ?? '');
  if (fields === null || fields.some(({ name }) => name.toLowerCase() === 'publish')) return null;
  const shown = [
    ...(headers.get('authorization') ?? []).map((value) => bearerForm.exec(value)?.[1] ?? ''),
    ...fields.filter(({ name }) => name === 'access_token').map(({ value }) => value),
  ];
  const [token] = shown;
  return token !== undefined && shown.length === 1 && compactForm.test(token) ? token : null;
}

function gather(raw: RawHeaders): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), raw[at + 1] ?? '']);
  }
  return headers;
}

/** A proxy that takes the body away may still say that it has none. */
function isEmptyLength(values: readonly string[] = []): boolean {
  return values.every((value) => value === '' || value === '0');
}

/** What was asked, with GET, as exactly one proxy says once. Whoever connects may have sent any other header of these. */
function readTarget(headers: ReadonlyMap<string, readonly string[]>): string | null {
  const told = pairs.filter(({ uri, method }) => headers.has(uri) || headers.has(method));
  const [pair] = told;
  if (pair === undefined || told.length > 1) return null;
  const [[uri, ...moreUris], [method, ...moreMethods]] = [headers.get(pair.uri) ?? [], headers.get(pair.method) ?? []];
  if (uri === undefined || method !== 'GET' || moreUris.length + moreMethods.length > 0) return null;
  return uri;
}

interface QueryField {
  readonly name: string;
  readonly value: string;
}

/** Null where anything in it is malformed: Go leaves such a pair out, and reads the next of the same name. */
function readQuery(query: string): readonly QueryField[] | null {
  try {
    return query.split('&').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return { name: decode(name), value: decode(value.join('=')) };
    });
  } catch {
    return null;
  }
}

/** @throws URIError for an escape that is malformed, or that is not UTF-8 */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
