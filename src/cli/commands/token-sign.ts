import { encodeId } from '../../rules/ids.ts';
import type { CreateMeetingTokenInput } from '../../rules/meeting-token.ts';
import { readCount, readInstant } from '../arguments.ts';
import type { Call, Command } from '../command.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';
import { granted } from '../refused.ts';

export const tokenSign: Command = {
  name: 'token sign',
  parameters: [],
  summary: 'Make a meeting token, as createMeetingToken does.',
  about: `Makes a meeting token, puts it on record and prints it, once. Whoever has it comes in as it says.

It is signed for the service's public address: give the same PORT or PUBLIC_URL as the service has.`,
  options: [
    { name: 'room', value: 'NAME', about: 'The room that it opens.' },
    { name: 'any-room', value: null, about: 'In place of --room: it opens every room of the domain.' },
    { name: 'owner', value: null, about: 'Its holder is an owner.' },
    { name: 'knocking', value: null, about: 'Its holder must be let in, and knocks under a verified identity.' },
    { name: 'user-name', value: 'TEXT', about: 'Its holder enters under this name.' },
    { name: 'user-id', value: 'TEXT', about: "The application's own id of its holder, at most 36 characters." },
    { name: 'exp', value: 'WHEN', about: "When it ends: 2h, or an instant; left out: the domain's default." },
    { name: 'nbf', value: 'WHEN', about: 'From when on it opens anything.' },
    { name: 'max-uses', value: 'COUNT', about: 'How many sessions may be opened with it; left out: any number.' },
    { name: 'domain', value: 'NAME', about: 'Whose token; left out: default.' },
  ],
  examples: [
    'vestibule token sign --room weekly --owner --user-name Olga --exp 2h',
    'curl -d "{\\"jwt\\": \\"$(vestibule token sign --room weekly)\\"}" …',
  ],
  run: (call) =>
    withInstallation(call, async (installation) => {
      const domain = await getDomain(installation, call.text('domain') ?? 'default');
      const input = readInput(call, installation.clock.now());
      const answer = await installation.services.meetingTokens.create(operatorOf(installation, domain), input);
      const { meetingToken, jwt, joinUrl } = granted(answer, 'See: vestibule token sign --help');
      const { jti, exp } = meetingToken;
      const id = encodeId('MeetingToken', meetingToken.id);
      call.output.result({ text: jwt, json: { id, jti, exp, jwt, joinUrl } });
      if (joinUrl !== null) call.output.progress(`To join with it: ${joinUrl}`);
    }),
};

function readInput(call: Call, now: Date): CreateMeetingTokenInput {
  return {
    roomName: call.text('room'),
    anyRoom: call.isGiven('any-room'),
    isOwner: call.isGiven('owner'),
    knocking: call.isGiven('knocking'),
    userName: call.text('user-name'),
    userId: call.text('user-id'),
    exp: readInstant('exp', call.text('exp'), now),
    nbf: readInstant('nbf', call.text('nbf'), now),
    maxUses: readCount('max-uses', call.text('max-uses')),
  };
}
