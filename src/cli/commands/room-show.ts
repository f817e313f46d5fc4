import { encodeId } from '../../rules/ids.ts';
import { CliError, type Command } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';

export const roomShow: Command = {
  name: 'room show',
  parameters: ['ROOM'],
  summary: 'Show a room: its settings, who decides, who is inside and who waits.',
  about: `Shows a room as it is now: its settings, how many participants are inside, whether somebody is there who can admit, and how many
people wait. It shows no names; vestibule knock list has the ids of those who wait.`,
  options: [{ name: 'domain', value: 'NAME', about: 'The domain of the room (default: the domain "default").' }],
  examples: ['vestibule room show standup', 'vestibule room show standup --domain acme --json'],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const [name = ''] = call.parameters;
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const caller = operatorOf(installation, domain);
      const { rooms, knocks } = installation.services;
      const seeHelp = 'See: vestibule room show --help';
      const view = granted(await rooms.findByName(caller, name), seeHelp);
      if (view === null) {
        throw new CliError(
          'NOT_FOUND',
          `The domain "${domain.name}" has no room of this name.`,
          'Look at its spelling.',
        );
      }
      const waiting = granted(await knocks.list(caller, name, { first: 1, status: ['PENDING'] }), seeHelp);
      const { id, domainId: _domain, version: _version, reusesName: _reuses, isOver: _over, ...room } = view.room;
      const { participantCount, ownerPresent } = view;
      const shown = {
        id: encodeId('Room', id),
        ...room,
        participantCount,
        ownerPresent,
        waiting: await waiting.totalCount(),
      };
      const lines = Object.entries(shown).map(([key, value]) => `${key}: ${describe(value)}`);
      call.output.result({ text: lines.join('\n'), json: shown });
    }),
};

function describe(value: unknown): string {
  if (value === null) return '—';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
