import { randomBytes, randomUUID } from 'node:crypto';
import { parseConfig } from '../../config.ts';
import { encodeId, type Id } from '../../rules/ids.ts';
import { describeWebhook } from '../../rules/webhook.ts';
import type { WebhookData, WebhookPayload } from '../../rules/webhook-payload.ts';
import { createEgress } from '../../webhooks/egress.ts';
import { signatureHeaders } from '../../webhooks/signature.ts';
import { type Call, CliError, type Command } from '../command.ts';

// For whoever builds a page or a backend: somebody who knocks, and a webhook, whenever they are needed.

/** @throws {CliError} in production, where whoever waits is somebody, and what a webhook tells has happened */
function requireDevelopment({ environment }: Call, command: string): void {
  if (environment.NODE_ENV !== 'production') return;
  const hint = 'Run it against a service of your own machine, without NODE_ENV=production.';
  throw new CliError('DEVELOPMENT_ONLY', `vestibule ${command} is for development only.`, hint);
}

/** Where the service of these settings can be asked from this machine. */
function serviceAt({ text, environment }: Call): string {
  const given = text('url');
  if (given !== undefined) return given.replace(/\/(?:graphql)?$/, '');
  const { publicUrl, port } = parseConfig(environment);
  return publicUrl ?? `http://localhost:${port}`;
}

const knockMutation = `mutation ($input: KnockInput!) {
  knock(input: $input) { ... on Knocked { knockRequest { id status ownerPresent } } ... on Refusal { code message } }
}`;

interface DevKnockAnswer {
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly data?: {
    readonly knock: {
      readonly code?: string;
      readonly message?: string;
      readonly knockRequest?: { readonly id: string; readonly status: string; readonly ownerPresent: boolean };
    };
  } | null;
}

export const devKnock: Command = {
  name: 'dev knock',
  parameters: ['ROOM'],
  summary: 'Knock at a room of a running service, to try what follows. For development.',
  about: `Asks the service at --url to let somebody into the room, as a guest's page does. The knock is a real one: hosts of the room see it, and
webhooks are sent about it. It ends by itself after 5 minutes, since nobody waits behind it. In production the command refuses.`,
  options: [
    { name: 'user-name', value: 'TEXT', about: 'Who knocks (default: Nora).' },
    { name: 'message', value: 'TEXT', about: 'What they write to the hosts.' },
    { name: 'domain', value: 'NAME', about: 'The domain of the room (default: the only one).' },
    { name: 'url', value: 'URL', about: 'The service (default: PUBLIC_URL, or this machine at PORT).' },
  ],
  examples: ['vestibule dev knock weekly', 'vestibule dev knock weekly --user-name Ben --message "It is me"'],
  run: async (call) => {
    requireDevelopment(call, 'dev knock');
    const [roomName = ''] = call.parameters;
    const url = serviceAt(call);
    const [userName, message, domain] = [call.text('user-name') ?? 'Nora', call.text('message'), call.text('domain')];
    const { knock, errors } = await askToKnock(url, { roomName, userName, message, domain });
    const refusal =
      errors[0] ?? (knock?.code === undefined ? null : { code: knock.code, message: knock.message ?? '' });
    if (refusal !== null)
      throw new CliError(refusal.code, refusal.message, `See the room: vestibule room show ${roomName}`);
    const { id = '', ownerPresent = false } = knock?.knockRequest ?? {};
    const owner = ownerPresent ? 'A host is there to answer.' : 'No host is in the room yet: who comes later sees it.';
    call.output.result({
      text: `${userName} knocks at ${roomName}: ${id}. ${owner}`,
      json: { ...knock?.knockRequest, roomName },
    });
  },
};

async function askToKnock(url: string, input: Readonly<Record<string, string | undefined>>) {
  const body = JSON.stringify({ query: knockMutation, variables: { input } });
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
    // A parsed border: the service answers what the document asks for, or something else listens there, which has none of it.
    const { data, errors = [] } = (await response.json()) as DevKnockAnswer;
    const told = errors.map(({ message, extensions }) => ({ code: extensions?.code ?? 'REFUSED', message }));
    if (!data?.knock && told.length === 0) throw new Error('not the service');
    return { knock: data?.knock ?? null, errors: told };
  } catch {
    const hint = 'Start it with npm start, or name its address with --url.';
    throw new CliError('UNREACHABLE', `The service does not answer at ${url}.`, hint);
  }
}

export const devWebhook: Command = {
  name: 'dev webhook',
  parameters: ['URL'],
  summary: 'Send a test webhook to an endpoint, signed as real ones are. For development.',
  about: `Posts one KNOCK_REQUESTED, about a room and a knock that do not exist, and says what the endpoint answered. It is not tried again, and nothing
is recorded. It is signed with WEBHOOK_SECRET, or --secret; without either with a new secret, which is printed. In production the command
refuses.`,
  options: [
    { name: 'secret', value: 'whsec_…', about: 'The secret that the endpoint checks (default: WEBHOOK_SECRET).' },
  ],
  examples: [
    'vestibule dev webhook http://localhost:8080/',
    'WEBHOOK_SECRET=whsec_… vestibule dev webhook http://localhost:8080/',
  ],
  run: async (call) => {
    requireDevelopment(call, 'dev webhook');
    const [url = ''] = call.parameters;
    const given = call.text('secret') ?? call.environment.WEBHOOK_SECRET;
    const secret = given ?? `whsec_${randomBytes(32).toString('base64')}`;
    if (given === undefined) call.output.progress(`Signed with a new secret: ${secret}`);
    const id = `test_${randomUUID()}`;
    const outcome = await post(url, id, readSecret(secret));
    if (outcome.kind === 'UNREACHED') {
      const hint = 'Is the endpoint running there? The address must begin with http:// or https://.';
      throw new CliError('UNREACHABLE', `Nothing answered at ${url} (${outcome.reason}).`, hint);
    }
    const isTaken = outcome.status >= 200 && outcome.status < 300;
    if (!isTaken) {
      const hint = 'An endpoint answers 2xx within 15 seconds. 401 usually means that it checks another secret.';
      throw new CliError('NOT_TAKEN', `The endpoint answered ${outcome.status}.`, hint);
    }
    call.output.result({ text: `The endpoint answered ${outcome.status}.`, json: { id, status: outcome.status } });
  },
};

/** The bytes behind `whsec_`. */
function readSecret(secret: string): Uint8Array {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (secret.startsWith('whsec_') && bytes.length >= 24) return bytes;
  throw new CliError(
    'BAD_SECRET',
    'The secret must be of the form whsec_…',
    'createWebhook and rotateWebhookSecret show it once.',
    2,
  );
}

/** Wherever a developer's endpoint is: nobody else chose the address. */
function post(url: string, id: string, secret: Uint8Array) {
  const body = JSON.stringify(samplePayload(new Date()));
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const headers = { 'content-type': 'application/json', ...signatureHeaders({ id, timestampSeconds, body }, [secret]) };
  const signal = AbortSignal.timeout(20_000);
  return createEgress({ allowPrivate: true }).post({ url, headers, body, signal });
}

/** Ids of things that no service has. */
const nobodys = <Name extends 'Room' | 'KnockRequest'>(name: Name): string =>
  encodeId(name, '00000000-0000-0000-0000-000000000000' as Id<Name>);

function samplePayload(now: Date): WebhookPayload {
  const room: WebhookData['room'] = {
    id: nobodys('Room'),
    name: 'test',
    url: 'https://meet.example.com/default/test',
    privacy: 'PRIVATE',
    enableKnocking: true,
    nbf: null,
    exp: null,
    closedAt: null,
    closedBy: null,
  };
  const knock: WebhookData['knock'] = {
    id: nobodys('KnockRequest'),
    userName: 'Nora',
    userId: null,
    verified: false,
    message: 'This is a test.',
    status: 'PENDING',
    reason: null,
    reply: null,
    requestedAt: now.toISOString(),
    decidedAt: null,
  };
  const data: WebhookData = { domain: 'default', room, by: null, waiting: 1, ownerPresent: false, knock };
  return {
    type: 'KNOCK_REQUESTED',
    timestamp: now.toISOString(),
    text: describeWebhook('KNOCK_REQUESTED', data),
    data,
  };
}
