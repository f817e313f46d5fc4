import type { ActorKind as ActorKindValue } from '../src/rules/actor.ts';
import { enumOf } from './enum.ts';
import { Actor } from './refs.ts';

const ActorKind = enumOf<ActorKindValue>('ActorKind', 'In which role somebody acted.', {
  PARTICIPANT: 'Somebody in the room: an owner, an admin, or a participant about themselves.',
  KNOCKER: 'Somebody who waited.',
  BACKEND: "The domain's backend, with an API key.",
  SERVICE: 'The service itself: a timer, or a rule.',
});

Actor.implement({
  description: 'Who did something, as it was put on record then: later changes of name do not show here.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ActorKind, description: 'In which role they acted.' }),
    name: t.exposeString('name', {
      nullable: true,
      description: "A person's name, or an API key's; null for the service itself. Show it as text, never as markup.",
    }),
    userId: t.exposeString('userId', {
      nullable: true,
      description: 'The userId that a meeting token vouched for; null for guests, API keys and the service.',
    }),
  }),
});
