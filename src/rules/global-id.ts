import type { Id } from './ids.ts';

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

const form = /^([a-z]+)_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** What an id names, and its UUID; null for anything that this service never made. */
export function parseId(text: string): { readonly name: NodeName; readonly id: string } | null {
  const [, prefix = '', ...groups] = form.exec(text) ?? [];
  const name = names.get(prefix);
  return name === undefined ? null : { name, id: groups.join('-') };
}

/** The UUID in an id of this type; null where it is malformed or names another type, which services answer with NOT_FOUND. */
export function decodeId(name: NodeName, text: string): string | null {
  const parsed = parseId(text);
  return parsed?.name === name ? parsed.id : null;
}

/** Each of them like `decodeId`; left out stays left out. */
export function decodeIds(
  name: NodeName,
  texts: readonly string[] | null | undefined,
): readonly (string | null)[] | undefined {
  return texts?.map((text) => decodeId(name, text));
}
