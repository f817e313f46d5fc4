import { CliError, type Command } from '../command.ts';
import { getDomain, withInstallation } from '../installation.ts';

export const keyRotate: Command = {
  name: 'key rotate',
  parameters: [],
  summary: 'Sign meeting tokens and media grants with a new key.',
  about: `Publishes a new signing key for a domain at /.well-known/jwks.json. It signs from a minute on, so that everybody has it
by then; the key before it goes on verifying until the last token that it signed has expired. Nobody is put out.

The service does this by itself every 90 days. API keys are another thing: make a new one, then revoke the old one.`,
  options: [{ name: 'domain', value: 'NAME', about: 'Whose signing key; left out: default.' }],
  examples: ['vestibule key rotate', 'vestibule key rotate --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const key = await installation.keyring.rotate(domain.id, installation.clock.now());
      if (key === null) {
        throw new CliError('CONFLICT', 'A new key has just been published and does not sign yet.', 'Wait a minute.');
      }
      const { kid, activeFrom } = key;
      const text = `Published ${kid}; it signs from ${activeFrom.toISOString()} on.`;
      call.output.result({ text, json: { kid, activeFrom } });
    }),
};
