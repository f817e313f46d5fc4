import { z } from 'zod';
import type { Service } from './ground.ts';
import { type Answer, HttpClient } from './http-client.ts';

const errors = z.array(z.object({ message: z.string() })).optional();

/** The service's public API, as the bench uses it. Whatever is refused unexpectedly ends the run. */
export class ServiceClient {
  readonly url: string;
  readonly apiKey: string;
  readonly http: HttpClient;

  constructor(service: Pick<Service, 'url' | 'apiKey'>, connections = 64) {
    this.url = service.url;
    this.apiKey = service.apiKey;
    this.http = new HttpClient(service.url, connections);
  }

  post(query: string, variables: object, bearer?: string): Promise<Answer> {
    return this.http.post('/graphql', JSON.stringify({ query, variables }), bearer);
  }

  /** The one root field of the operation's answer. @throws where it was refused */
  async ask<Made>(query: string, variables: object, form: z.ZodType<Made>, bearer?: string): Promise<Made> {
    const { status, body } = await this.post(query, variables, bearer);
    const read = z.object({ data: z.record(z.string(), z.unknown()).nullish(), errors }).parse(JSON.parse(body));
    const found = form.safeParse(Object.values(read.data ?? {})[0]);
    if (found.success) return found.data;
    throw new Error(`HTTP ${status}: ${body.slice(0, 500)}`);
  }

  createRoom(name: string, settings: object = waitingRoom): Promise<RoomMade> {
    return this.ask(operations.createRoom, { input: { name, settings } }, roomMade, this.apiKey);
  }

  async deleteRoom(roomName: string): Promise<void> {
    await this.post(operations.deleteRoom, { input: { roomName } }, this.apiKey);
  }

  async createToken(roomName: string, claims: object = {}): Promise<string> {
    const { jwt } = await this.ask(
      operations.createMeetingToken,
      { input: { roomName, ...claims } },
      z.object({ jwt: z.string() }),
      this.apiKey,
    );
    return jwt;
  }

  join(input: object): Promise<Joined> {
    return this.ask(operations.joinRoom, { input }, joined);
  }

  /** Joins with an owner's token; the answer is the session token. */
  async joinAsOwner(roomName: string): Promise<string> {
    const token = await this.createToken(roomName, { isOwner: true, userName: 'Owner' });
    return (await this.join({ roomName, token, hidden: true })).sessionToken;
  }

  knock(roomName: string, userName: string, message?: string): Promise<Knocked> {
    return this.ask(operations.knock, { input: { roomName, userName, message } }, knocked);
  }

  async cancelKnock(knockToken: string): Promise<void> {
    await this.ask(operations.cancelKnock, {}, z.object({ id: z.string() }), knockToken);
  }

  close(): void {
    this.http.close();
  }
}

export const waitingRoom = { privacy: 'PRIVATE', enableKnocking: true };

const roomMade = z.object({ id: z.string(), name: z.string(), cursor: z.string() });
const joined = z.object({ participant: z.object({ id: z.string() }), sessionToken: z.string() });
const knocked = z.object({ knockRequest: z.object({ id: z.string() }), knockToken: z.string() });

export type RoomMade = z.infer<typeof roomMade>;
export type Joined = z.infer<typeof joined>;
export type Knocked = z.infer<typeof knocked>;

const refusal = '... on Refusal { code message }';

/** The documents that are measured, and those that prepare what is. */
export const operations = {
  room: 'query Room($name: String!) { room(name: $name) { id name url privacy createdAt nbf exp maxParticipants ownerPresent participantCount cursor } }',
  createRoom: `mutation ($input: CreateRoomInput!) { createRoom(input: $input) { __typename ... on Room { id name cursor } ${refusal} } }`,
  deleteRoom: `mutation ($input: DeleteRoomInput!) { deleteRoom(input: $input) { __typename ${refusal} } }`,
  createMeetingToken: `mutation ($input: CreateMeetingTokenInput!) { createMeetingToken(input: $input) { __typename ... on IssuedMeetingToken { jwt } ${refusal} } }`,
  joinRoom: `mutation Join($input: JoinRoomInput!) { joinRoom(input: $input) { __typename ... on Joined { participant { id userName isOwner } sessionToken mediaGrant } ${refusal} } }`,
  knock: `mutation Knock($input: KnockInput!) { knock(input: $input) { __typename ... on Knocked { knockRequest { id userName status } knockToken } ${refusal} } }`,
  cancelKnock: `mutation { cancelKnock { __typename ... on KnockRequest { id } ${refusal} } }`,
  admitKnock: `mutation Admit($input: KnockDecisionInput!) { admitKnock(input: $input) { __typename ... on KnockRequest { id status } ${refusal} } }`,
  knockRequested:
    'subscription Knocks { knockRequested { id userName userId verified message status connection requestedAt exp } }',
  myKnock: 'subscription MyKnock { myKnock { id status position reply } }',
  roomEvents:
    'subscription Events($roomName: String, $after: String) { roomEvents(roomName: $roomName, after: $after) { __typename cursor at ... on ParticipantUpdated { participant { id userName audio video screenShare } } ... on KnockRequested { knockRequest { id userName status } } ... on RoomUpdated { room { name privacy lobbyMessage } } } }',
} as const;
