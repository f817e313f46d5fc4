import type { SerialModel } from './linearizable.ts';

/** What somebody asks of a room. Persons knock with a meeting token of their own, which vouches for their userId. */
export type Call =
  | { readonly kind: 'knock'; readonly person: string }
  | { readonly kind: 'admit'; readonly knock: string }
  | { readonly kind: 'deny'; readonly knock: string; readonly ban: boolean }
  /** `token`: which `knock` call gave the credential. */
  | { readonly kind: 'cancel' | 'join'; readonly knock: string; readonly token: number }
  | { readonly kind: 'leave'; readonly participant: string }
  | { readonly kind: 'eject'; readonly person: string; readonly ban: boolean }
  | { readonly kind: 'privacy'; readonly privacy: 'PUBLIC' | 'PRIVATE' }
  | { readonly kind: 'delete' }
  /** The clock goes on until every knock that waits has timed out. */
  | { readonly kind: 'expire' }
  /** What is there in the end. */
  | { readonly kind: 'look' };

/** What was answered: a word for what it was, and what it spoke of. */
export type Output = {
  /** 'OK', 'DECIDED' for KNOCK_ALREADY_DECIDED, or a refusal's code. */
  readonly said: string;
  readonly knock?: string;
  readonly status?: string;
  readonly participant?: string;
  readonly seen?: readonly string[];
};

type Knock = {
  readonly person: string;
  readonly status: string;
  readonly tokens: readonly number[];
  /** Admitted by nobody, but since the room opened. */
  readonly isByOpening?: boolean;
};
type Participant = {
  readonly person: string;
  readonly knock: string;
  readonly is: 'IN' | 'LEFT' | 'OUT';
  readonly wasResumed: boolean;
};

export type RoomState = {
  readonly room: 'PUBLIC' | 'PRIVATE' | 'GONE';
  readonly banned: readonly string[];
  readonly knocks: Readonly<Record<string, Knock>>;
  readonly participants: Readonly<Record<string, Participant>>;
};

/** The credential in an answer that was lost. */
const tokenOfNobody = -1;

const isPending = ({ status }: Knock) => status === 'PENDING';

function withKnock(state: RoomState, id: string, knock: Knock): RoomState {
  return { ...state, knocks: { ...state.knocks, [id]: knock } };
}

function mapKnocks(state: RoomState, change: (knock: Knock, id: string) => Knock): RoomState {
  const entries = Object.entries(state.knocks).map(([id, knock]) => [id, change(knock, id)] as const);
  return { ...state, knocks: Object.fromEntries(entries) };
}

function mapParticipants(state: RoomState, change: (participant: Participant) => Participant): RoomState {
  const entries = Object.entries(state.participants).map(([id, one]) => [id, change(one)] as const);
  return { ...state, participants: Object.fromEntries(entries) };
}

/** Everybody inside of this name is put out, and the admissions that they came in with end. */
function putOut(state: RoomState, person: string): RoomState {
  const used = Object.values(state.participants).filter((one) => one.is === 'IN' && one.person === person);
  const recalled = new Set(used.map(({ knock }) => knock));
  const out = mapParticipants(state, (one) => (one.is === 'IN' && one.person === person ? { ...one, is: 'OUT' } : one));
  return mapKnocks(out, (knock, id) =>
    recalled.has(id) && knock.status === 'ADMITTED' ? { ...knock, status: 'EXPIRED' } : knock,
  );
}

/** Whoever is banned is put out, waits no more, and no admission of theirs counts any more. */
function ban(state: RoomState, person: string): RoomState {
  const out = mapKnocks(putOut(state, person), (one) =>
    isPending(one) && one.person === person ? { ...one, status: 'DENIED' } : one,
  );
  return { ...withoutAdmissions(out, person), banned: [...new Set([...state.banned, person])].sort() };
}

function withoutAdmissions(state: RoomState, person: string): RoomState {
  return mapKnocks(state, (one) =>
    one.person === person && one.status === 'ADMITTED' ? { ...one, status: 'EXPIRED' } : one,
  );
}

/** Does the output, where there is one, say this? */
function says(output: Output | null, expected: Output): boolean {
  if (output === null) return true;
  return output.said === expected.said && (expected.status === undefined || output.status === expected.status);
}

function knock(state: RoomState, person: string, output: Output | null, index: number): RoomState | null {
  const refusal =
    state.room === 'GONE'
      ? 'ENTRY_NOT_ALLOWED'
      : state.banned.includes(person)
        ? 'BANNED'
        : state.room === 'PUBLIC'
          ? 'KNOCKING_DISABLED'
          : null;
  if (refusal !== null) return says(output, { said: refusal }) ? state : null;
  if (!says(output, { said: 'OK', status: 'PENDING' })) return null;
  const open = Object.entries(state.knocks).find(([, one]) => one.person === person && isPending(one));
  const token = output === null ? tokenOfNobody : index;
  if (open === undefined) {
    const id = output?.knock ?? `?${index}`;
    return id in state.knocks ? null : withKnock(state, id, { person, status: 'PENDING', tokens: [token] });
  }
  const [id, known] = open;
  const again = { ...known, tokens: [...known.tokens, token].slice(-2) };
  if (output?.knock === undefined || output.knock === id) return withKnock(state, id, again);
  // A knock whose answer was lost has its name from here on.
  if (!id.startsWith('?') || output.knock in state.knocks) return null;
  const { [id]: _nameless, ...others } = state.knocks;
  return { ...state, knocks: { ...others, [output.knock]: again } };
}

function decide(state: RoomState, id: string, status: string, output: Output | null): RoomState | null {
  const known = state.knocks[id];
  if (known === undefined) return null;
  if (!isPending(known)) return says(output, { said: 'DECIDED', status: known.status }) ? state : null;
  return says(output, { said: 'OK', status }) ? withKnock(state, id, { ...known, status }) : null;
}

function cancel(state: RoomState, id: string, token: number, output: Output | null): RoomState | null {
  const known = state.knocks[id];
  if (known === undefined) return null;
  // Whose credential is outdated is found out first, and may have been good still when the call came.
  if (!known.tokens.includes(token) && output?.said === 'UNAUTHENTICATED') return state;
  if (known.status === 'CANCELLED') return says(output, { said: 'OK', status: 'CANCELLED' }) ? state : null;
  return decide(state, id, 'CANCELLED', output);
}

function refuseJoin(state: RoomState, known: Knock): string | null {
  if (state.room === 'GONE') return 'ENTRY_NOT_ALLOWED';
  if (state.banned.includes(known.person)) return 'BANNED';
  if (state.room === 'PUBLIC' || known.status === 'ADMITTED') return null;
  return known.status === 'PENDING' || known.status === 'DENIED' ? `KNOCK_${known.status}` : 'KNOCK_CLOSED';
}

function join(state: RoomState, id: string, token: number, output: Output | null, index: number): RoomState | null {
  const known = state.knocks[id];
  if (known === undefined) return null;
  // As with cancel.
  if (!known.tokens.includes(token) && output?.said === 'KNOCK_CLOSED') return state;
  const refusal = refuseJoin(state, known);
  if (refusal !== null) return says(output, { said: refusal }) ? state : null;
  if (!says(output, { said: 'OK' })) return null;
  const session = Object.entries(state.participants).find(
    ([, one]) => one.knock === id && one.is === 'IN' && known.status === 'ADMITTED',
  );
  if (session === undefined) {
    const participant = output?.participant ?? `?${index}`;
    if (participant in state.participants) return null;
    // A knock that was not admitted lends nothing: into a public room its holder comes as anybody.
    const person = known.status === 'ADMITTED' ? known.person : 'nobody';
    const newcomer: Participant = { person, knock: id, is: 'IN', wasResumed: false };
    return withoutWaiting({ ...state, participants: { ...state.participants, [participant]: newcomer } }, person);
  }
  const [own, one] = session;
  const resumed: Participant = { ...one, wasResumed: true };
  if (output?.participant === undefined || output.participant === own) {
    return withoutWaiting({ ...state, participants: { ...state.participants, [own]: resumed } }, known.person);
  }
  if (!own.startsWith('?') || output.participant in state.participants) return null;
  const { [own]: _nameless, ...others } = state.participants;
  return withoutWaiting({ ...state, participants: { ...others, [output.participant]: resumed } }, known.person);
}

/** Who is in no longer waits. */
function withoutWaiting(state: RoomState, person: string): RoomState {
  return mapKnocks(state, (one) => (isPending(one) && one.person === person ? { ...one, status: 'CANCELLED' } : one));
}

function leave(state: RoomState, id: string, output: Output | null): RoomState | null {
  const one = state.participants[id];
  if (one === undefined) return null;
  // After a return to the session its older token has ended, sooner or later.
  if (output?.said === 'UNAUTHENTICATED' && one.wasResumed) return state;
  if (one.is === 'OUT') return says(output, { said: 'UNAUTHENTICATED' }) ? state : null;
  if (!says(output, { said: 'OK' })) return null;
  return { ...state, participants: { ...state.participants, [id]: { ...one, is: 'LEFT' } } };
}

function eject(state: RoomState, person: string, withBan: boolean, output: Output | null): RoomState | null {
  if (state.room === 'GONE') return says(output, { said: 'NOT_FOUND' }) || says(output, { said: 'OK' }) ? state : null;
  if (!says(output, { said: 'OK' })) return null;
  return withBan ? ban(state, person) : withoutAdmissions(putOut(state, person), person);
}

function setPrivacy(state: RoomState, privacy: 'PUBLIC' | 'PRIVATE', output: Output | null): RoomState | null {
  if (state.room === 'GONE') return says(output, { said: 'NOT_FOUND' }) ? state : null;
  if (!says(output, { said: 'OK' })) return null;
  const next = { ...state, room: privacy };
  if (privacy === 'PUBLIC') {
    return mapKnocks(next, (one) => (isPending(one) ? { ...one, status: 'ADMITTED', isByOpening: true } : one));
  }
  if (state.room === 'PRIVATE') return next;
  // Who waited when the room was opened, and has not come in, must be let in after all.
  const used = new Set(Object.values(state.participants).flatMap((one) => (one.is === 'IN' ? [one.knock] : [])));
  return mapKnocks(next, (one, id) =>
    one.status === 'ADMITTED' && one.isByOpening && !used.has(id) ? { ...one, status: 'EXPIRED' } : one,
  );
}

function remove(state: RoomState, output: Output | null): RoomState | null {
  if (state.room === 'GONE') return says(output, { said: 'NOT_FOUND' }) ? state : null;
  if (!says(output, { said: 'OK' })) return null;
  const closed = mapKnocks(state, (one) =>
    isPending(one) || one.status === 'ADMITTED' ? { ...one, status: 'EXPIRED' } : one,
  );
  return { ...mapParticipants(closed, (one) => (one.is === 'IN' ? { ...one, is: 'OUT' } : one)), room: 'GONE' };
}

/** What anybody could see of the room: whose knocks have which status, and who is inside. */
export function look(state: RoomState): readonly string[] {
  return [
    ...Object.values(state.knocks).map(({ person, status }) => `${person} ${status}`),
    ...Object.values(state.participants).flatMap(({ person, is }) => (is === 'IN' ? [`${person} IN`] : [])),
  ].sort();
}

function step(state: RoomState, call: Call, output: Output | null, index: number): RoomState | null {
  switch (call.kind) {
    case 'knock':
      return knock(state, call.person, output, index);
    case 'admit':
      return decide(state, call.knock, 'ADMITTED', output);
    case 'deny': {
      const denied = decide(state, call.knock, 'DENIED', output);
      const person = state.knocks[call.knock]?.person;
      return denied === null || denied === state || person === undefined || !call.ban ? denied : ban(denied, person);
    }
    case 'cancel':
      return cancel(state, call.knock, call.token, output);
    case 'join':
      return join(state, call.knock, call.token, output, index);
    case 'leave':
      return leave(state, call.participant, output);
    case 'eject':
      return eject(state, call.person, call.ban, output);
    case 'privacy':
      return setPrivacy(state, call.privacy, output);
    case 'delete':
      return remove(state, output);
    case 'expire':
      return mapKnocks(state, (one) => (isPending(one) ? { ...one, status: 'EXPIRED' } : one));
    case 'look':
      return look(state).join() === output?.seen?.join() ? state : null;
    default:
      return call satisfies never;
  }
}

/** In an order of their own. What nobody knows the name of is what it is: which of the lost calls made it does not matter. */
const sorted = <T>(record: Readonly<Record<string, T>>) =>
  Object.entries(record)
    .map(([id, one]) => JSON.stringify(id.startsWith('?') ? one : [id, one]))
    .sort();

/** The room that the contract describes, as it would be if everything happened one after the other. */
export const roomModel: SerialModel<RoomState, Call, Output> = {
  initial: { room: 'PRIVATE', banned: [], knocks: {}, participants: {} },
  step,
  keyOf: ({ room, banned, knocks, participants }) =>
    JSON.stringify([room, banned, sorted(knocks), sorted(participants)]),
};
