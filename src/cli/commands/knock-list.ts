import { encodeId } from '../../rules/ids.ts';
import type { Command } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';

export const knockList: Command = {
  name: 'knock list',
  parameters: [],
  summary: 'List the people who wait in a domain, or in one of its rooms.',
  about: `Lists at most 100 knocks that wait for a decision, the oldest first: id, room, since when, and until when. It shows no names. To see
why somebody could not come in, ask the API for explainEntry.`,
  options: [
    { name: 'domain', value: 'NAME', about: 'The domain (default: the domain "default").' },
    { name: 'room', value: 'ROOM', about: 'Only the knocks at this room.' },
  ],
  examples: ['vestibule knock list', 'vestibule knock list --domain acme --room standup --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const args = { first: 100, status: ['PENDING'] as const };
      const asked = installation.services.knocks.list(
        operatorOf(installation, domain),
        call.text('room') ?? null,
        args,
      );
      const { items } = granted(await asked, 'See: vestibule knock list --help');
      const knocks = items.map(({ item: { knock, roomName } }) => ({
        id: encodeId('KnockRequest', knock.id),
        roomName,
        requestedAt: knock.requestedAt,
        exp: knock.status === 'PENDING' ? knock.exp : null,
      }));
      const lines = knocks.map(
        ({ id, roomName, requestedAt, exp }) =>
          `${id}  ${roomName}  since ${requestedAt.toISOString()}  until ${exp?.toISOString() ?? '—'}`,
      );
      call.output.result({ text: lines.length === 0 ? 'Nobody waits.' : lines.join('\n'), json: knocks });
    }),
};
