import { parsePublicUrl } from '../../setting-urls.ts';
import { type Command, usageError } from '../command.ts';
import { withInstallation } from '../installation.ts';

export const publicUrl: Command = {
  name: 'public-url',
  parameters: ['URL'],
  summary: 'Record a new PUBLIC_URL for the installation.',
  about: `Records the URL at which callers reach the service. Every process with another PUBLIC_URL then refuses to start, so restart all of
them with the new one. It ends the meeting tokens that the service has signed so far, since they name the old URL as their issuer;
people who are inside stay, and API keys, webhooks and self-signed tokens keep working. URLs of rooms, and the iss of media grants,
have the new one.`,
  options: [],
  examples: ['vestibule public-url https://meet.example.com'],
  run: async (call) => {
    const url = parsePublicUrl(call.parameters[0] ?? '');
    if (url === null) {
      throw usageError(
        'URL must be an http(s) URL without a path.',
        'For example: vestibule public-url https://meet.example.com',
      );
    }
    await withInstallation(call, async ({ recordedUrl }) => {
      const before = await recordedUrl.read();
      await recordedUrl.replace(url);
      const text = before === null ? `Recorded ${url}.` : `Recorded ${url} in place of ${before}.`;
      call.output.result({ text, json: { publicUrl: url, before } });
      call.output.progress('Next, restart every process with this PUBLIC_URL.');
    });
  },
};
