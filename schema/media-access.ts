import type {
  MediaAccess as MediaAccessShape,
  MediaServerKind as MediaServerKindValue,
} from '../src/rules/media-server.ts';
import { builder } from './builder.ts';
import { enumOf } from './enum.ts';

export const MediaServerKind = enumOf<MediaServerKindValue>(
  'MediaServerKind',
  'The product that carries audio and video.',
  {
    LIVEKIT: 'LiveKit, self-hosted or Cloud. The service carries out every decision on it.',
    JITSI:
      'Jitsi Meet with token authentication. A token admits with the rights of that moment; later decisions take effect at the next entry.',
  },
);

export const MediaAccess = builder.objectRef<MediaAccessShape>('MediaAccess').implement({
  description:
    'How one participant connects to the media server of the domain. It is made for what they may do at that moment.',
  fields: (t) => ({
    kind: t.expose('kind', { type: MediaServerKind, description: 'The product that carries audio and video.' }),
    url: t.exposeString('url', {
      description:
        'Where to connect. LIVEKIT: the URL for `room.connect(url, token)`. JITSI: show `{url}/{room}#jwt={token}`, for example in a frame.',
    }),
    room: t.exposeString('room', {
      description: "The room's name on the media server: the `id` of the Room. The token opens only this room.",
    }),
    token: t.exposeString('token', {
      description:
        'A JWT that the media server verifies. It is a credential: keep it in this browser tab, and never put it into a log.',
    }),
    exp: t.expose('exp', {
      type: 'DateTime',
      description:
        'The token opens a connection until then, 60 seconds after it was made. An open connection stays open. For a new connection, read `media` again.',
    }),
  }),
});
