import type { MediaServerState as MediaServerStateValue } from '../src/rules/media-server.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';
import { ask, resultOf } from './guard.ts';
import { idField } from './ids.ts';
import { MediaServerKind } from './media-access.ts';
import { Node } from './node.ts';
import { Domain, MediaServer } from './refs.ts';

const MediaServerState = enumOf<MediaServerStateValue>(
  'MediaServerState',
  'What the last call to a media server showed.',
  {
    OK: 'It answered, and it accepts the key.',
    UNREACHABLE:
      'It does not answer. The service keeps its decisions, and carries them out when the media server answers again.',
    REFUSED: 'It answered, and it does not accept the key.',
    NOT_ASKED: 'The service never calls a media server of this kind.',
  },
);

MediaServer.implement({
  description:
    'The media server of a domain. The service carries out its decisions there. Its secret is encrypted in the database, and is never shown. Backend only (scope ADMIN).',
  interfaces: [Node],
  fields: (t) => ({
    id: idField(t, 'MediaServer', ({ id }) => id),
    kind: t.expose('kind', { type: MediaServerKind, description: 'The product that carries audio and video.' }),
    url: t.exposeString('url', { description: 'Where clients connect, without a slash at the end.' }),
    apiKey: t.exposeString('apiKey', {
      description: 'LIVEKIT: the API key. JITSI: the application id. It is not a secret: every token contains it.',
    }),
    state: t.expose('state', { type: MediaServerState, description: 'What the last call to it showed.' }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description:
        'Why the last call failed: one sentence of this service, with the HTTP status if there was one. Null: it did not fail.',
    }),
    checkedAt: t.expose('checkedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the service last called it. Null: never.',
    }),
    webhookUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        "The URL to which the media server must send its webhooks. Set it in the media server's configuration. Null: this kind sends none.",
      resolve: (server, args, context) => ask(context, args, () => context.services.mediaServers.webhookUrl(server)),
    }),
    gateUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'The URL that a reverse proxy before the media server must ask about each connection. Null: this kind has no gate.',
      resolve: (server, args, context) => ask(context, args, async () => context.services.mediaServers.gateUrl(server)),
    }),
    gate: t.boolean({
      description:
        'True: connections pass the gate, so that an old token opens nothing. False: somebody who was removed and comes back is cut off again within a second.',
      resolve: (server) => server.kind === 'LIVEKIT' && server.gate,
    }),
    gateHolds: t.boolean({
      nullable: true,
      description:
        'What the last look at the gate from outside showed: true if it refuses a token of nobody. Null: no gate is set up, or it cannot be reached from here; rooms are then watched as without a gate.',
      resolve: (server) => (server.kind === 'LIVEKIT' && server.gate ? server.gateHolds : null),
    }),
  }),
});

builder.objectField(Domain, 'mediaServer', (t) =>
  t.field({
    type: MediaServer,
    nullable: true,
    description:
      'The media server on which the service carries out its decisions. Scope ADMIN; FORBIDDEN without it. Null: none is connected, and your own media server verifies mediaGrant.',
    resolve: (domain, args, context) =>
      ask(context, args, () => context.services.mediaServers.ofDomain(context.caller, domain)),
  }),
);

const SetMediaServerInput = builder.inputType('SetMediaServerInput', {
  description: 'Where the media server is, and the key with which the service signs tokens for it.',
  fields: (t) => ({
    kind: t.field({
      type: MediaServerKind,
      required: true,
      description: 'The product that carries audio and video.',
    }),
    url: t.string({
      required: true,
      description:
        'Where clients connect. LIVEKIT: a wss, ws, https or http URL. JITSI: an https or http URL. Without user, query or fragment. A private address must be in MEDIA_ALLOW_PRIVATE.',
    }),
    apiUrl: t.string({
      description: "LIVEKIT: where this service reaches the server's API, if not at `url`. The same rules apply.",
    }),
    apiKey: t.string({
      required: true,
      description:
        'LIVEKIT: the API key. JITSI: the application id. At most 256 printable ASCII characters without spaces.',
    }),
    apiSecret: t.string({
      required: true,
      description:
        'LIVEKIT: the API secret. JITSI: the application secret (HS256), or an RSA private key in PEM (RS256), of at least 2048 bits. A secret has at least 32 characters, without spaces; the key and secret of `livekit-server --dev` are accepted if `url` is of the same machine. The service encrypts it, and never shows it.',
    }),
    keyId: t.string({ description: 'JITSI with RS256: the key id. Required there, and not allowed elsewhere.' }),
    tenant: t.string({
      description:
        "JITSI: the tenant, which is the token's `sub`. Default: the host of `url`. Not allowed with LIVEKIT.",
    }),
    gate: t.boolean({
      description:
        'LIVEKIT: true if a reverse proxy asks `gateUrl` about each connection. The service looks from outside whether that is so. Default: false.',
    }),
  }),
});

const SetMediaServerResult = resultOf('SetMediaServerResult', {
  description: 'The media server, with the state that the first call showed, or the refusal.',
  success: [MediaServer],
  refusals: ['InvalidInput', 'Forbidden'],
});
const RemoveMediaServerResult = resultOf('RemoveMediaServerResult', {
  description: 'The domain without its media server, or the refusal. NotFound: none is connected.',
  success: [Domain],
  refusals: ['Forbidden', 'NotFound'],
});

builder.mutationFields((t) => ({
  setMediaServer: t.field({
    type: SetMediaServerResult.type,
    description:
      "Connects a media server to the caller's domain, or replaces the one that is connected. The service stores it, and then asks it once, for at most 5 seconds, whether it accepts the key: see `state`. The rooms on the old one are closed, and clients must read `media` again. Backend only (scope ADMIN).",
    args: {
      input: t.arg({ type: SetMediaServerInput, required: true, description: 'Where it is, and the key for it.' }),
    },
    resolve: (_root, args, context) =>
      SetMediaServerResult.answer(context, args, () => context.services.mediaServers.set(context.caller, args.input)),
  }),
  removeMediaServer: t.field({
    type: RemoveMediaServerResult.type,
    description:
      'Disconnects the media server. The rooms on it are closed; participants stay in their rooms here. Backend only (scope ADMIN).',
    resolve: (_root, args, context) =>
      RemoveMediaServerResult.answer(context, args, () => context.services.mediaServers.remove(context.caller)),
  }),
}));
