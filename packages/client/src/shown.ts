import { createClientOf } from './client.ts';
import type { ConnectionPhase, ServiceConnection } from './connection.ts';
import { VestibuleError } from './refusal.ts';
import { createServiceLink } from './service.ts';
import { createVisit, type Noun, type Visit } from './visit.ts';

/** The nouns of a visit that a page may show. */
export type NounName = {
  [Name in keyof Visit]: Visit[Name] extends Noun<infer _View, infer _Actions> ? Name : never;
}[keyof Visit];

export type ViewOf<Name extends NounName> = Visit[Name] extends Noun<infer View, infer _Actions> ? View : never;
export type ActionsOf<Name extends NounName> = Visit[Name]['actions'];

/** What a page shows of a noun: its view, how the page stands with the service, and why it cannot be asked. */
export type Shown<View extends object> = View & {
  readonly connection: ConnectionPhase;
  /** Its `message` says what to do. */
  readonly error: VestibuleError | null;
};

/** The service's troubles are everybody's. */
export function shownWith<View extends object>(view: View, { state, error }: ServiceConnection): Shown<View> {
  const own = 'error' in view && view.error instanceof VestibuleError ? view.error : null;
  return { ...view, connection: state, error: own ?? error };
}

const outside = 'There is no visit here. Put this component inside of a provider, which names the client and the room.';
let nowhere: Visit | null = null;

/** What is shown outside of every provider: an error that says so, in every framework; nothing is thrown while a page renders. */
export function outsideOfProvider(): Visit {
  const fault = new VestibuleError('NO_PROVIDER', outside);
  nowhere ??= createVisit(createClientOf(createServiceLink({ url: '', fault })), { roomName: '' });
  return nowhere;
}
