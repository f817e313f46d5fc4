import { z } from 'zod';

/** A mutation with one argument `input`, and the member of its result union that means success. */
export type Operation<Made> = {
  readonly field: string;
  readonly document: string;
  readonly success: z.ZodType<Made>;
};

function operation<Made>(field: string, input: string, selection: string, success: z.ZodType<Made>): Operation<Made> {
  const document = `mutation ($input: ${input}!) {
    ${field}(input: $input) { __typename ${selection} ... on Refusal { code message } ... on InvalidInput { issues { path message } } }
  }`;
  return { field, document, success };
}

const room = z.object({ id: z.string(), name: z.string(), url: z.string() });
export type RoomMade = z.infer<typeof room>;

export const createRoom = operation('createRoom', 'CreateRoomInput', '... on Room { id name url }', room);

export const createApiKey = operation(
  'createApiKey',
  'CreateApiKeyInput',
  '... on CreatedApiKey { apiKey { id } secret }',
  z.object({ apiKey: z.object({ id: z.string() }), secret: z.string() }),
);

const issued = z.object({
  jwt: z.string(),
  joinUrl: z.string().nullable(),
  meetingToken: z.object({ id: z.string(), jti: z.string() }),
});
export type Issued = z.infer<typeof issued>;

export const createMeetingToken = operation(
  'createMeetingToken',
  'CreateMeetingTokenInput',
  '... on IssuedMeetingToken { jwt joinUrl meetingToken { id jti } }',
  issued,
);

export const joinRoom = operation(
  'joinRoom',
  'JoinRoomInput',
  '... on Joined { participant { id } sessionToken mediaGrant } ... on MustKnock { roomName }',
  z.object({ participant: z.object({ id: z.string() }), sessionToken: z.string(), mediaGrant: z.string() }),
);

export const knock = operation(
  'knock',
  'KnockInput',
  '... on Knocked { knockRequest { id } knockToken }',
  z.object({ knockRequest: z.object({ id: z.string() }), knockToken: z.string() }),
);
