import { mediaConnectionOf } from '../src/rules/participant.ts';
import { builder } from './builder.ts';
import { ConnectionState } from './enum.ts';
import { ask } from './guard.ts';
import { MediaAccess } from './media-access.ts';
import { Participant } from './refs.ts';

// How a participant comes to whatever carries audio and video, and whether they are there.

builder.objectFields(Participant, (t) => ({
  mediaGrant: t.string({
    nullable: true,
    description:
      "A new grant each time you read it, see `Joined.mediaGrant`. Only for the caller's own session; null for all others.",
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.participants.mediaGrant(context.caller, view)),
  }),
  media: t.field({
    type: MediaAccess,
    nullable: true,
    description:
      "Fresh access each time you read it, see `Joined.media`. Read it again for each new connection to the media server. Only for the caller's own session; null for all others.",
    resolve: (view, args, context) =>
      ask(context, args, () => context.services.participants.media(context.caller, view)),
  }),
  meetingUrl: t.string({
    nullable: true,
    description: "See `Joined.meetingUrl`. Only for the caller's own session while it lasts; null for all others.",
    resolve: (view, args, context) =>
      ask(context, args, async () => context.services.participants.meetingUrl(context.caller, view)),
  }),
  mediaConnection: t.field({
    type: ConnectionState,
    nullable: true,
    description:
      'Whether they are connected to the media server. LEFT: they are not, or not yet. Null: the domain has no media server that tells.',
    resolve: ({ participant, domain }) => mediaConnectionOf(participant, domain),
  }),
}));
