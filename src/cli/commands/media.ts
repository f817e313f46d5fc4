import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { encodeId } from '../../rules/ids.ts';
import { type MediaServerKind, type MediaServerRecord, mediaServerKinds } from '../../rules/media-server.ts';
import { type Call, CliError, type CliOption, type Command, usageError } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, type Installation, operatorOf, withInstallation } from '../installation.ts';

const ofDomain: CliOption = { name: 'domain', value: 'NAME', about: 'The domain (default: the domain "default").' };
const seeSet = 'See: vestibule media set --help';

export const mediaSet: Command = {
  name: 'media set',
  parameters: [],
  summary: 'Connect a media server to a domain, as setMediaServer does.',
  about: `Stores where the media server is and the key for it, and then asks it once whether it accepts the key. The command reads the
secret from standard input, or from a file; never write it into the command itself, where other users of the machine and the
shell's history can see it. The secret is encrypted in the database.

If the domain has a media server already, the new one replaces it: the rooms on the old one are closed.`,
  options: [
    { name: 'kind', value: 'KIND', about: 'LIVEKIT or JITSI (default: LIVEKIT).' },
    { name: 'url', value: 'URL', about: 'Where clients connect, for example wss://livekit.example.com.' },
    { name: 'api-url', value: 'URL', about: "LIVEKIT: where the service reaches the server's API, if not at --url." },
    { name: 'api-key', value: 'KEY', about: 'LIVEKIT: the API key. JITSI: the application id.' },
    { name: 'secret-file', value: 'FILE', about: 'The file with the secret (default: standard input).' },
    { name: 'key-id', value: 'ID', about: 'JITSI with an RS256 key: the key id.' },
    { name: 'tenant', value: 'NAME', about: 'JITSI: the tenant (default: the host of --url).' },
    { name: 'gate', value: null, about: 'LIVEKIT: a reverse proxy asks the gate before each connection.' },
    ofDomain,
  ],
  examples: [
    'vestibule media set --url wss://livekit.example.com --api-key APIkey --secret-file /run/secrets/livekit',
    'printf %s "$LIVEKIT_SECRET" | vestibule media set --url wss://livekit.example.com --api-key APIkey',
  ],
  run: (call) =>
    withDomain(call, async ({ services }, caller) => {
      const input = {
        kind: readKind(call.text('kind') ?? 'LIVEKIT'),
        url: required(call, 'url'),
        apiUrl: call.text('api-url'),
        apiKey: required(call, 'api-key'),
        apiSecret: await readSecret(call.text('secret-file')),
        keyId: call.text('key-id'),
        tenant: call.text('tenant'),
        gate: call.isGiven('gate'),
      };
      tell(call, granted(await services.mediaServers.set(caller, input), seeSet));
    }),
};

export const mediaShow: Command = {
  name: 'media show',
  parameters: [],
  summary: 'Show the media server of a domain.',
  about: 'Prints where the media server is, and what the last call to it showed. It never prints the secret.',
  options: [ofDomain],
  examples: ['vestibule media show', 'vestibule media show --domain acme --json'],
  run: (call) =>
    withDomain(call, async ({ services }, caller, domain) => {
      const server = granted(await services.mediaServers.ofDomain(caller, domain), seeSet);
      tell(call, server ?? refuseNone(domain.name));
    }),
};

export const mediaCheck: Command = {
  name: 'media check',
  parameters: [],
  summary: 'Ask the media server of a domain whether it accepts the key.',
  about: `Asks the media server one question, for at most 5 seconds, and records the answer. The exit code is 1 if it does not answer, or
does not accept the key. Jitsi is never asked.`,
  options: [ofDomain],
  examples: ['vestibule media check', 'vestibule media check --domain acme --json'],
  run: (call) =>
    withDomain(call, async ({ services }, caller, { name }) => {
      const answer = await services.mediaServers.check(caller);
      const server = 'refusal' in answer && answer.refusal === 'NotFound' ? refuseNone(name) : granted(answer, seeSet);
      if (server.state === 'UNREACHABLE' || server.state === 'REFUSED')
        throw new CliError(server.state, server.lastError ?? 'The media server did not answer.', seeSet);
      tell(call, server);
    }),
};

export const mediaRemove: Command = {
  name: 'media remove',
  parameters: [],
  summary: 'Disconnect the media server of a domain, as removeMediaServer does.',
  about: 'The rooms on the media server are closed. Participants stay in their rooms here.',
  options: [ofDomain],
  examples: ['vestibule media remove', 'vestibule media remove --domain acme'],
  run: (call) =>
    withDomain(call, async ({ services }, caller, { name }) => {
      const answer = await services.mediaServers.remove(caller);
      if ('refusal' in answer && answer.refusal === 'NotFound') refuseNone(name);
      granted(answer, seeSet);
      call.output.result({ text: `The domain "${name}" has no media server any more.`, json: { mediaServer: null } });
    }),
};

function withDomain(
  call: Call,
  work: (
    installation: Installation,
    caller: ReturnType<typeof operatorOf>,
    domain: Awaited<ReturnType<typeof getDomain>>,
  ) => Promise<void>,
): Promise<void> {
  return withInstallation(call, async (installation) => {
    const domain = await getDomain(installation, call.text('domain') ?? 'default');
    await work(installation, operatorOf(installation, domain), domain);
  });
}

function refuseNone(name: string): never {
  throw new CliError('NOT_FOUND', `The domain "${name}" has no media server.`, seeSet);
}

function readKind(text: string): MediaServerKind {
  const kind = mediaServerKinds.find((one) => one === text.toUpperCase());
  if (kind === undefined) throw usageError(`--kind must be one of ${mediaServerKinds.join(', ')}.`, seeSet);
  return kind;
}

function required(call: Call, option: string): string {
  const value = call.text(option);
  if (value === undefined) throw usageError(`--${option} is missing.`, seeSet);
  return value;
}

/** Without the line break that editors and `echo` leave at the end. */
async function readSecret(file: string | undefined): Promise<string> {
  if (file === undefined && process.stdin.isTTY === true) {
    throw usageError('There is no secret: send it to standard input, or name a file with --secret-file.', seeSet);
  }
  const read = file === undefined ? readAll(process.stdin) : readFile(file, 'utf8');
  const secret = await read.catch(() => {
    throw new CliError('NOT_FOUND', `The file "${file}" cannot be read.`, 'Name a file that this user may read.');
  });
  return secret.trimEnd();
}

function tell({ output }: Call, server: MediaServerRecord): void {
  const { kind, url, apiKey, state, lastError, checkedAt } = server;
  const id = encodeId('MediaServer', server.id);
  const gate = server.kind === 'LIVEKIT' && server.gate;
  const text = `${kind} at ${url}, key ${apiKey}: ${state}${lastError === null ? '' : `. ${lastError}`}`;
  output.result({ text, json: { id, kind, url, apiKey, state, lastError, checkedAt, gate } });
}
