import { encodeId } from '../../rules/ids.ts';
import type { CreateMeetingTokenInput } from '../../rules/meeting-token.ts';
import { readCount, readInstant } from '../arguments.ts';
import type { Call, Command } from '../command.ts';
import { granted } from '../failure.ts';
import { getDomain, operatorOf, withInstallation } from '../installation.ts';

export const tokenSign: Command = {
  name: 'token sign',
  parameters: [],
  summary: 'Create a meeting token, as createMeetingToken does.',
  about: `Creates a meeting token, records it, and prints it once. Everybody who has the token can enter the room with it.

The token contains the service's public address: use the same PORT or PUBLIC_URL as the service.`,
  options: [
    { name: 'room', value: 'NAME', about: 'The room that the token is for.' },
    { name: 'any-room', value: null, about: 'Instead of --room: the token is for every room of the domain.' },
    { name: 'owner', value: null, about: 'The holder is an owner.' },
    { name: 'knocking', value: null, about: 'The holder must knock, with a verified identity.' },
    { name: 'user-name', value: 'TEXT', about: 'The name of the holder.' },
    { name: 'user-id', value: 'TEXT', about: "The holder's id in your own system, at most 36 characters." },
    { name: 'exp', value: 'WHEN', about: 'When the token expires: 2h, or a time (default: as the domain says).' },
    { name: 'nbf', value: 'WHEN', about: 'When the token becomes valid: 10m, or a time (default: now).' },
    { name: 'max-uses', value: 'COUNT', about: 'How many sessions the token can open (default: any number).' },
    { name: 'domain', value: 'NAME', about: 'The domain of the token (default: the domain "default").' },
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
      if (joinUrl !== null) call.output.progress(`To join with this token, open ${joinUrl}`);
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
