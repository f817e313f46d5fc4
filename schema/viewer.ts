import { builder } from './builder.ts';
import { ask } from './guard.ts';
import { ApiKey, KnockRequest, Participant } from './refs.ts';

const Viewer = builder.unionType('Viewer', {
  description: 'The owner of a credential: a backend, a participant, or somebody who waits.',
  types: [ApiKey, Participant, KnockRequest],
  resolveType: (value) => ('participant' in value ? Participant : 'knock' in value ? KnockRequest : ApiKey).name,
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description:
      "The owner of the caller's credential. Null: the caller sent none. An ended session or knock still answers here for a day with its reason, so that a page can say what happened. An unknown credential gets an UNAUTHENTICATED error.",
    resolve: async (_root, args, context) => {
      const viewer = await ask(context, args, () => context.services.viewer.view(context.caller));
      return viewer && ('view' in viewer ? viewer.view : viewer.apiKey);
    },
  }),
);
