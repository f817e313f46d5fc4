import { VestibuleSetupError } from './errors.ts';

/** How the service is reached. */
export interface BackendOptions {
  /** Where the service is, for example https://meet.example.com. */
  readonly url: string | undefined;
  /** `vk_…`, from `vestibule key create`. It never leaves your servers. */
  readonly apiKey: string | undefined;
  /** In place of the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long one attempt may take, in milliseconds; left out: 15,000. */
  readonly timeoutMs?: number;
  /** How often at most a call is sent whose answer does not come; left out: 3. 1 leaves it to you. */
  readonly attempts?: number;
}

const keyForm = /^vk_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{22,256}$/;

/** @throws {VestibuleSetupError} BAD_KEY. The message never holds the key. */
export function checkApiKey(apiKey: unknown): string {
  if (typeof apiKey === 'string' && keyForm.test(apiKey)) return apiKey;
  const needed = 'It must be an API key, vk_<id>_<secret>: make one with `vestibule key create`.';
  throw new VestibuleSetupError('BAD_KEY', `apiKey is ${describe(apiKey)}. ${needed}`);
}

function describe(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'missing (is its environment variable set?)';
  if (typeof value !== 'string') return `a ${typeof value}`;
  if (value !== value.trim()) return 'surrounded by white space or a line break';
  if (value.startsWith('ey')) return 'a meeting token or another JWT';
  if (value.startsWith('vs_')) return 'the session token of a participant';
  if (value.startsWith('vq_')) return 'the knock token of a guest';
  if (value.startsWith('whsec_')) return 'the secret of a webhook';
  return value.startsWith('vk_') ? 'cut short, or has characters that no key has' : 'no API key';
}

/** The address that operations are sent to. @throws {VestibuleSetupError} BAD_URL */
export function checkUrl(url: unknown): string {
  const parsed = typeof url === 'string' ? URL.parse(url.trim()) : null;
  const needed = 'It must be the address of the service, such as https://meet.example.com.';
  if (parsed === null) {
    const arrived =
      typeof url === 'string' && url !== '' ? JSON.stringify(url) : 'missing (is its environment variable set?)';
    throw new VestibuleSetupError('BAD_URL', `url is ${arrived}. ${needed}`);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new VestibuleSetupError('BAD_URL', `url begins with ${parsed.protocol}, not with https: or http:. ${needed}`);
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new VestibuleSetupError('BAD_URL', `url has a user, a query or a fragment. ${needed}`);
  }
  return `${parsed.origin}${parsed.pathname.replace(/(?:\/graphql)?\/*$/, '')}/graphql`;
}
