import { CliError, type Command } from '../command.ts';
import { getDomain, withInstallation } from '../installation.ts';

export const keyRotate: Command = {
  name: 'key rotate',
  parameters: [],
  summary: 'Sign meeting tokens and media grants with a new key.',
  about: `Publishes a new signing key for a domain at /.well-known/jwks.json. The new key starts to sign after a minute, when every
verifier can have fetched it. The old key still verifies until the last token that it signed has expired. Nobody is
disconnected.

The service rotates this key by itself every 90 days. To rotate an API key, create a new one, and then revoke the old one.`,
  options: [{ name: 'domain', value: 'NAME', about: 'The domain of the signing key (default: the domain "default").' }],
  examples: ['vestibule key rotate', 'vestibule key rotate --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const key = await installation.keyring.rotate(domain.id, installation.clock.now());
      if (key === null) {
        throw new CliError(
          'CONFLICT',
          'A new key was just published, and does not sign yet.',
          'Try again in a minute.',
        );
      }
      const { kid, activeFrom } = key;
      const text = `Published ${kid}. It starts to sign at ${activeFrom.toISOString()}.`;
      call.output.result({ text, json: { kid, activeFrom } });
    }),
};
