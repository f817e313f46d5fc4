// URLs and host names as settings hold them. Null: it is none that can be used.

function parseUrl(text: string, protocols: readonly string[]): URL | null {
  const url = URL.parse(text);
  return url !== null && protocols.includes(url.protocol) && url.hostname !== '' ? url : null;
}

/** No path, no query, and user and password percent-encoded, so that nothing of them can be taken for something else. */
export function parseEventsUrl(text: string): string | null {
  const url = parseUrl(text, ['nats:', 'tls:']);
  return url !== null && /^\/?$/.test(url.pathname) && url.search === '' && isSpelledOut(url) ? text : null;
}

function isSpelledOut({ username, password, hash, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return hash === '';
  } catch {
    return false;
  }
}

/** An origin: the service's pages and its API stand at the root of their host. */
export function parsePublicUrl(text: string): string | null {
  const url = parseUrl(text, ['http:', 'https:']);
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.href === `${url.origin}/` ? url.origin : null;
}

export function parseRoomUrlTemplate(text: string): string | null {
  const filled = text
    .replaceAll('{PUBLIC_URL}', 'http://localhost')
    .replaceAll('{domain}', 'domain')
    .replaceAll('{room}', 'room');
  const isWhole = text.includes('{room}') && !/[{}]/.test(filled);
  const url = isWhole ? parseUrl(filled, ['http:', 'https:']) : null;
  // The meeting token of a link is the parameter `t`: with another before it, nobody would find it.
  return url !== null && !/[?&#]t=/.test(url.search + url.hash) ? text : null;
}

export function parseOrigin(text: string): string | null {
  const url = parseUrl(text, ['http:', 'https:']);
  return url !== null && url.origin === text && !text.includes('*') ? text : null;
}

const hostName = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;

/** In lower case. Figures and dots alone are an address, or a slip of the pen that would allow nothing. */
export function parseHostName(text: string): string | null {
  return hostName.test(text) && text.length <= 253 && !/^[\d.]+$/.test(text) ? text.toLowerCase() : null;
}
