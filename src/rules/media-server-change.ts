import type { Actor } from './actor.ts';
import { type Decision, inside, type RoomFacts } from './facts.ts';
import { notOnMediaServer } from './participant.ts';

/** The domain has another media server, or none any more: nobody is there yet, and everybody is told to read how to connect. */
export function changeMediaServer(facts: RoomFacts, by: Actor): Decision<null> {
  const participants = inside(facts).map((participant) => ({ ...participant, ...notOnMediaServer }));
  const events = participants.map((participant) => ({ type: 'ParticipantUpdated', by, participant }) as const);
  return events.length === 0 ? { answer: null } : { answer: null, changes: { participants, events } };
}
