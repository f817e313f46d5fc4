import { builder } from './builder.ts';
import { ask } from './guard.ts';
import { ApiKey, KnockRequest, Participant } from './refs.ts';

const Viewer = builder.unionType('Viewer', {
  description: 'Whom a credential belongs to: a backend, somebody in a room, or somebody who waits.',
  types: [ApiKey, Participant, KnockRequest],
  resolveType: (value) => ('participant' in value ? Participant : 'knock' in value ? KnockRequest : ApiKey).name,
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description:
      'Whom the credential belongs to; null without one. An ended session or knock still answers here for a day, with its reason, so that a page can say what happened. An unknown credential is an UNAUTHENTICATED error.',
    resolve: async (_root, args, context) => {
      const viewer = await ask(context, args, () => context.services.viewer.view(context.caller));
      return viewer && ('view' in viewer ? viewer.view : viewer.apiKey);
    },
  }),
);
