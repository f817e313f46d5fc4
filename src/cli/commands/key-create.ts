import { type ApiKeyScope, apiKeyScopes } from '../../rules/domain.ts';
import { encodeId } from '../../rules/ids.ts';
import { readInstant } from '../arguments.ts';
import { type Command, usageError } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';

export const keyCreate: Command = {
  name: 'key create',
  parameters: [],
  summary: "Create an API key for a domain's backend.",
  about: `Creates an API key and prints it once. The service keeps only its hash. The backend sends it as "Authorization: Bearer …".

Scopes: ADMIN: everything, including keys. ROOMS: rooms. TOKENS: meeting tokens. ADMISSION: see and decide knocks, manage
participants. WEBHOOKS: webhooks. READ: read rooms, and nothing else. Give a backend only the scopes that it uses.`,
  options: [
    { name: 'domain', value: 'NAME', about: 'The domain of the key (default: the domain "default").' },
    { name: 'name', value: 'TEXT', about: 'The name of the key in lists and records (default: command line).' },
    { name: 'scope', value: 'SCOPE', isRepeatable: true, about: 'What the key may do (default: ADMIN).' },
    { name: 'exp', value: 'WHEN', about: 'When the key expires: 90d, or a time (default: never).' },
  ],
  examples: [
    'vestibule key create',
    'vestibule key create --domain acme --name "booking service" --scope ROOMS --scope TOKENS --exp 90d',
    'API_KEY=$(vestibule key create --scope READ)',
  ],
  run: async (call) => {
    const scopes = readScopes(call.texts('scope'));
    const name = call.text('name') ?? 'command line';
    await withInstallation(call, async (installation) => {
      const { services, clock } = installation;
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const exp = readInstant('exp', call.text('exp'), clock.now()) ?? null;
      const made = await services.domains.createApiKey(operatorOf(installation, domain), { name, scopes, exp });
      const { apiKey, secret } = granted(made, 'See: vestibule key create --help');
      const id = encodeId('ApiKey', apiKey.id);
      call.output.result({ text: secret, json: { id, name, scopes, exp, domain: domain.name, secret } });
      call.output.progress(`This key is shown only once. To revoke it: vestibule key revoke ${id}`);
    });
  },
};

function readScopes(texts: readonly string[]): readonly ApiKeyScope[] {
  const given = texts.flatMap((text) => text.toUpperCase().split(','));
  const scopes = apiKeyScopes.filter((scope) => given.includes(scope));
  const unknown = given.find((text) => !apiKeyScopes.some((scope) => scope === text));
  if (unknown !== undefined)
    throw usageError(`"${unknown}" is not a scope.`, `The scopes are ${apiKeyScopes.join(', ')}.`);
  return scopes.length === 0 ? ['ADMIN'] : scopes;
}
