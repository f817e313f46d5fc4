import type { Domain } from '../../rules/domain.ts';
import { type Call, CliError, type Command } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, type Installation, operatorOf, withInstallation } from '../installation.ts';

export const keyRotate: Command = {
  name: 'key rotate',
  parameters: [],
  summary: 'Sign meeting tokens and media grants with a new key.',
  about: `Publishes a new signing key for a domain at /.well-known/jwks.json. The new key starts to sign after a minute, when every
verifier can have fetched it. The old key still verifies until the last token that it signed has expired. Nobody is
disconnected.

With --leaked the new key signs, and the old keys end: within a second every process signs with it, and refuses what
they signed, good tokens and forged ones alike. People inside stay, and cannot come back. People who wait are no longer
verified.

The service rotates this key by itself every 90 days. To rotate an API key, create a new one, and then revoke the old one.`,
  options: [
    { name: 'domain', value: 'NAME', about: 'The domain of the signing key (default: the domain "default").' },
    { name: 'leaked', value: null, about: 'End the old keys at once, with everything that they signed.' },
  ],
  examples: ['vestibule key rotate', 'vestibule key rotate --domain acme --json', 'vestibule key rotate --leaked'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      if (call.isGiven('leaked')) return replaceLeaked(call, installation, domain);
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

async function replaceLeaked(call: Call, installation: Installation, domain: Domain): Promise<void> {
  const again = 'The old keys have ended. Run the command again, to end what rests on their tokens.';
  const replaced = granted(
    await installation.services.signingKeys.replaceLeaked(operatorOf(installation, domain)),
    again,
  );
  const { kid, activeFrom } = replaced.key;
  const ended = replaced.ended.map((one) => one.kid);
  const text = `Signs with ${kid} now. Old keys that are good for nothing any more: ${ended.join(', ') || 'none'}.`;
  call.output.result({ text, json: { kid, activeFrom, ended } });
}
