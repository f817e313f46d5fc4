import type { Caller } from '../src/rules/caller.ts';
import { type Id, type NamedId, type NodeName, parseId } from '../src/rules/ids.ts';
import { invalidInput, isRefusal, type Refusal } from '../src/rules/refusal.ts';
import type { Services } from '../src/services/services.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { ask, toError } from './guard.ts';

/** Which type the things are that `node` found: a value does not say it of itself. */
const foundNames = new WeakMap<object, NodeName>();

export const Node = builder.interfaceRef<object>('Node').implement({
  description: 'Something with an id. You can read it again with `node(id:)`.',
  resolveType: (value) => foundNames.get(value),
  fields: (t) => ({
    id: t.id({
      description:
        'An opaque id that is unique across all types, and never changes. Its prefix names the type, such as `room_…`; do not parse the rest.',
    }),
  }),
});

type Finder<Name extends NodeName> = (
  services: Services,
  caller: Caller,
  id: Id<Name>,
) => Promise<object | null | Refusal>;

const finders: { readonly [Name in NodeName]: Finder<Name> } = {
  Domain: async ({ domains }, caller, id) => {
    const domain = await domains.own(caller);
    return isRefusal(domain) || domain.id === id ? domain : null;
  },
  ApiKey: ({ domains }, caller, id) => domains.findApiKey(caller, id),
  SelfSigningKey: ({ domains }, caller, id) => domains.findSelfSigningKey(caller, id),
  Room: ({ rooms }, caller, id) => rooms.findById(caller, id),
  MeetingToken: ({ meetingTokens }, caller, id) => meetingTokens.findById(caller, id),
  KnockRequest: ({ knocks }, caller, id) => knocks.findById(caller, id),
  Participant: ({ participants }, caller, id) => participants.findById(caller, id),
  Ban: ({ participants }, caller, id) => participants.findBan(caller, id),
  LiveStream: ({ liveStreams }, caller, id) => liveStreams.findById(caller, id),
  Webhook: ({ webhooks }, caller, id) => webhooks.findById(caller, id),
  MediaServer: ({ mediaServers }, caller, id) => mediaServers.findById(caller, id),
  WebhookDelivery: ({ webhooks }, caller, id) => webhooks.findDelivery(caller, id),
};

function find<Name extends NodeName>(services: Services, caller: Caller, { name, id }: NamedId<Name>) {
  return finders[name](services, caller, id);
}

async function findNode(context: Context, globalId: string): Promise<object | null> {
  const parsed = parseId(globalId);
  if (parsed === null) return null;
  const { services, caller } = context;
  const node = await ask(context, {}, async () => {
    const found = await find(services, caller, parsed);
    // What is none of the caller's business looks like what is not there.
    return isRefusal(found) && found.code === 'FORBIDDEN' ? null : found;
  });
  if (node !== null) foundNames.set(node, parsed.name);
  return node;
}

const maxIds = 100;

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description:
      'Reads one object by its id. Null: it does not exist, or the caller has no access to it. Without a credential: an UNAUTHENTICATED error.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of any object of this API.' }) },
    resolve: (_root, args, context) => ask(context, args, () => findNode(context, args.id)),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Reads several objects by their ids, in the order of the ids. An object that `node` would not find is null.',
    args: {
      ids: t.arg.idList({ required: true, description: `At most ${maxIds} ids. More are an INVALID_INPUT error.` }),
    },
    resolve: (_root, args, context) => ask(context, args, async () => findNodes(context, args.ids)),
  }),
}));

function findNodes(context: Context, ids: readonly string[]): readonly Promise<object | null>[] {
  if (ids.length > maxIds)
    throw toError(invalidInput([{ path: ['ids'], message: `must contain at most ${maxIds} ids` }]));
  return ids.map((id) => findNode(context, id));
}
