import type { ActorKind as ActorKindValue } from '../src/rules/actor.ts';
import { enumOf } from './enum.ts';
import { Actor } from './refs.ts';

const ActorKind = enumOf<ActorKindValue>('ActorKind', 'The role in which somebody acted.', {
  PARTICIPANT: 'Somebody in the room: an owner, an admin, or a participant about themselves.',
  KNOCKER: 'Somebody who knocked and waited.',
  BACKEND: "The domain's backend, with an API key.",
  SERVICE: 'The service itself, because of a timer or a rule.',
});

Actor.implement({
  description: 'Who did something, as recorded at that time. Later changes of name do not show here.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ActorKind, description: 'The role in which they acted.' }),
    name: t.exposeString('name', {
      nullable: true,
      description:
        'The name of the person or of the API key. Null for the service itself. Show it as text, never as markup.',
    }),
    userId: t.exposeString('userId', {
      nullable: true,
      description: 'The userId that a meeting token confirmed. Null for guests, API keys and the service.',
    }),
  }),
});
