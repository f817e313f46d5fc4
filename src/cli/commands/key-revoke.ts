import { type ApiKeyId, type DomainId, decodeId } from '../../rules/ids.ts';
import { listApiKeys } from '../api-keys.ts';
import { CliError, type Command } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, type Installation, operatorOf, withInstallation } from '../installation.ts';

export const keyRevoke: Command = {
  name: 'key revoke',
  parameters: ['KEY'],
  summary: 'Revoke an API key permanently.',
  about: `Revokes an API key in every process: the service refuses requests with it, and ends its subscriptions within a second.
KEY is the key's id (apikey_…), its first part (everything before the second _, such as vk_3f9a1c2b4d5e6f70), or the key itself.`,
  options: [{ name: 'domain', value: 'NAME', about: 'The domain of the key (default: the domain "default").' }],
  examples: [
    'vestibule key revoke apikey_0190c8a4b1d27c3e9f5a6b7c8d9e0f1a',
    'vestibule key revoke vk_3f9a1c2b4d5e6f70',
  ],
  run: async (call) => {
    const [given = ''] = call.parameters;
    await withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const id = await findKey(installation, domain.id, given);
      const hint = `To see its keys: vestibule key list --domain ${domain.name}`;
      if (id === null) throw new CliError('NOT_FOUND', `The domain ${domain.name} has no such key.`, hint);
      const revoked = await installation.services.domains.revokeApiKey(operatorOf(installation, domain), id);
      const { prefix, name, revokedAt } = granted(revoked, hint);
      call.output.result({ text: `Revoked ${prefix} (${name}).`, json: { prefix, name, revokedAt } });
    });
  },
};

async function findKey(installation: Installation, domainId: DomainId, given: string): Promise<ApiKeyId | null> {
  if (!given.startsWith('vk_')) return decodeId('ApiKey', given);
  const prefix = given.split('_').slice(0, 2).join('_');
  return (await listApiKeys(installation, domainId)).find((key) => key.prefix === prefix)?.id ?? null;
}
