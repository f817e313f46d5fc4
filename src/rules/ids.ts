declare const noun: unique symbol;

/** A UUID that knows what it names, so that a room's id cannot stand where a knock's is meant. */
export type Id<Noun extends string> = string & { readonly [noun]: Noun };

export type DomainId = Id<'Domain'>;
export type ApiKeyId = Id<'ApiKey'>;
export type SelfSigningKeyId = Id<'SelfSigningKey'>;
export type RoomId = Id<'Room'>;
export type MeetingTokenId = Id<'MeetingToken'>;
export type KnockId = Id<'KnockRequest'>;
export type ParticipantId = Id<'Participant'>;
export type BanId = Id<'Ban'>;
export type LiveStreamId = Id<'LiveStream'>;
export type WebhookId = Id<'Webhook'>;
export type WebhookDeliveryId = Id<'WebhookDelivery'>;
export type MediaServerId = Id<'MediaServer'>;
export type ProcessId = Id<'Process'>;

/** A prefix says what an id names, so that people recognise it in a log, and a knock's cannot stand where a room's is meant. */
const prefixes = {
  Domain: 'domain',
  ApiKey: 'apikey',
  SelfSigningKey: 'signkey',
  Room: 'room',
  MeetingToken: 'token',
  KnockRequest: 'knock',
  Participant: 'participant',
  Ban: 'ban',
  LiveStream: 'stream',
  Webhook: 'webhook',
  WebhookDelivery: 'delivery',
  MediaServer: 'mediaserver',
} as const;

/** The types that have ids. */
export type NodeName = keyof typeof prefixes;

const names: ReadonlyMap<string, NodeName> = new Map(
  // A parsed border: the keys of a constant are its keys.
  Object.entries(prefixes).map(([name, prefix]) => [prefix, name as NodeName]),
);

/** The id as clients hold it: `room_` and 32 hex figures. */
export function encodeId<Name extends NodeName>(name: Name, id: Id<Name>): string {
  return `${prefixes[name]}_${id.replaceAll('-', '')}`;
}

/** What the ids of a type begin with, before the `_`. */
export function prefixOf(name: NodeName): string {
  return prefixes[name];
}

const idForm = /^([a-z]+)_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** What an id names, and its UUID. */
export type NamedId<Name extends NodeName = NodeName> = {
  readonly [Each in Name]: { readonly name: Each; readonly id: Id<Each> };
}[Name];

/** Null for anything that this service never made. */
export function parseId(text: string): NamedId | null {
  const [, prefix = '', ...groups] = idForm.exec(text) ?? [];
  const name = names.get(prefix);
  // A parsed border: the prefix says what the UUID names.
  return name === undefined ? null : ({ name, id: groups.join('-') } as NamedId);
}

/** The UUID in an id of this type; null where it is malformed or names another type, which services answer with NOT_FOUND. */
export function decodeId<Name extends NodeName>(name: Name, text: string): Id<Name> | null {
  const parsed = parseId(text);
  // A parsed border: it names what is asked for.
  return parsed?.name === name ? (parsed.id as Id<Name>) : null;
}

/** Each of them like `decodeId`; left out stays left out. */
export function decodeIds<Name extends NodeName>(
  name: Name,
  texts: readonly string[] | null | undefined,
): readonly (Id<Name> | null)[] | undefined {
  return texts?.map((text) => decodeId(name, text));
}

/** Where a reader of a room's events stands: everything up to and with `seq` has been read. */
export interface Cursor {
  readonly roomId: RoomId;
  readonly seq: number;
}

/** A cursor as clients hold it: the room's id as 32 hex figures, a dot, the seq. One of another room can be told at once. */
export function encodeCursor(roomId: RoomId, seq: number): string {
  return `${roomId.replaceAll('-', '')}.${seq}`;
}

const cursorForm = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.(0|[1-9][0-9]{0,15})$/;

/** Null: it is not a cursor of this service. Whether the room exists, and has come so far, is not looked at. */
export function decodeCursor(text: string): Cursor | null {
  const match = cursorForm.exec(text);
  if (match === null) return null;
  const seq = Number(match[6]);
  // A parsed border: the form was checked, so this is a room's id as storage writes it.
  return Number.isSafeInteger(seq) ? { roomId: match.slice(1, 6).join('-') as RoomId, seq } : null;
}
