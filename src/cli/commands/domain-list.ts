import { encodeId } from '../../rules/ids.ts';
import type { Command } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const domainList: Command = {
  name: 'domain list',
  parameters: [],
  summary: 'List all domains, by name.',
  about: 'Lists every domain: id, name, and when it was created.',
  options: [],
  examples: ['vestibule domain list', 'vestibule domain list --json'],
  run: (call) =>
    withInstallation(call, async ({ storage }) => {
      const found = await Promise.all((await storage.sealed.listDomains()).map(storage.domains.findById));
      const domains = found
        .flatMap((domain) => (domain === null ? [] : [domain]))
        .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
        .map(({ id, name, createdAt }) => ({ id: encodeId('Domain', id), name, createdAt }));
      const text = domains.map(({ id, name, createdAt }) => `${id}  ${name}  created ${createdAt.toISOString()}`);
      call.output.result({ text: text.join('\n'), json: domains });
    }),
};
