import { encodeId } from '../../rules/ids.ts';
import { isRoomName } from '../../rules/text.ts';
import { makeDomain } from '../../services/bootstrap.ts';
import { CliError, type Command, usageError } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const domainCreate: Command = {
  name: 'domain create',
  parameters: ['NAME'],
  summary: 'Make a tenant with rooms, keys and webhooks of its own.',
  about: `Makes a domain: nothing of it is seen from another. Its name stands in the URLs of its rooms; callers without a
credential give it as "domain". It has no key yet: vestibule key create --domain NAME makes one.`,
  options: [],
  examples: ['vestibule domain create acme', 'vestibule key create --domain acme --scope ADMIN'],
  run: async (call) => {
    const [name = ''] = call.parameters;
    if (!isRoomName(name)) {
      throw usageError(`"${name}" cannot be a domain's name.`, 'Use 1 to 128 of A-Z a-z 0-9 - _, for example acme.');
    }
    await withInstallation(call, async ({ storage, secrets, clock }) => {
      const domain = await makeDomain({ storage: storage.domains, secrets, clock }, name);
      if (domain === null) {
        throw new CliError(
          'NAME_TAKEN',
          `There is a domain "${name}" already.`,
          'Choose another name, or use that one.',
        );
      }
      const id = encodeId('Domain', domain.id);
      call.output.result({ text: `Made the domain ${name} (${id}).`, json: { id, name } });
      call.output.progress(`Next, a key for its backend: vestibule key create --domain ${name}`);
    });
  },
};
