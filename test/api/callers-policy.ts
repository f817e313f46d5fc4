/** Everybody who may call, in the order of the policy's columns. Room A is the one that is asked about. */
export const callerNames = [
  'nobody',
  'unknown credential',
  'knocker at A',
  'guest in A',
  'admin in A',
  'owner in A',
  'owner in B',
  'owner who left A',
  'key ADMIN',
  'key ROOMS',
  'key TOKENS',
  'key ADMISSION',
  'key WEBHOOKS',
  'key READ',
  'key of another domain',
] as const;
export type CallerName = (typeof callerNames)[number];

/** What each letter of the policy stands for; `+` is the answer to who may, which the operation names. */
const letters: Readonly<Record<string, string>> = {
  U: 'UNAUTHENTICATED',
  F: 'FORBIDDEN',
  N: 'NOT_FOUND',
  O: 'OWNER_NOT_IN_ROOM',
  I: 'INVALID_INPUT',
  P: 'KNOCK_PENDING',
  M: 'MustKnock',
  '-': 'null',
};

/** One row an operation: nobody, unknown, knocker, guest, admin, owner, owner of B, ex-owner; the keys; the other domain. */
const rows = {
  anybody: '+ + + + + + + +  + + + + + +  +',
  looks: '+ + + + + + + +  + + + + + +  +',
  // A key lets nobody in: it belongs where tokens are made.
  entry: '+ + + + + + + +  I I I I I I  I',
  joining: 'M M P + + + M M  I I I I I I  I',
  viewer: '- U + + + + + +  + + + + + +  +',
  readsRoom: 'U U F + + + - U  + + + + + +  -',
  readsNode: 'U U - + + + - U  + + + + + +  -',
  readsRecord: 'U U F F + + - U  + + + + + +  -',
  readsLobby: 'U U F F + + - U  + F F + F F  -',
  readsTokens: 'U U F F + + - U  + F + F F F  -',
  decides: 'U U F F + + N O  + F F + F F  N',
  streams: 'U U F F F + N O  + F F + F F  N',
  changesRoom: 'U U F F F + N O  + + F F F F  N',
  ownMedia: 'U U F + + + + U  F F F F F F  F',
  heartbeat: 'U U + + + + + U  F F F F F F  F',
  // Leaving twice is the same as once.
  leaving: 'U U F + + + + +  F F F F F F  F',
  ownKnock: 'U U + F F F F U  F F F F F F  F',
  // Asked when all participants have left.
  ownKnockAtLast: 'U U + U U U U U  F F F F F F  F',
  followsRoom: 'U U F + + + N U  + + + + + +  N',
  anyKey: 'U U F F F F F U  + + + + + +  +',
  admin: 'U U F F F F F U  + F F F F F  +',
  rooms: 'U U F F F F F U  + + F F F F  +',
  tokens: 'U U F F F F F U  + F + F F F  +',
  webhooks: 'U U F F F F F U  + F F F + F  +',
  ownWebhook: 'U U F F F F F U  + F F F + F  N',
  mediaSide: 'U U F F F F F U  + F F + F F  N',
} as const;
export type Policy = keyof typeof rows;

/** What each caller is answered under a policy, where `allowed` is what those get who may. */
export function expectedAnswers(policy: Policy, allowed: string): Readonly<Record<CallerName, string>> {
  const cells = rows[policy].split(/ +/).map((letter) => (letter === '+' ? allowed : letters[letter]));
  // Each row has as many cells as there are callers; the test of the table sees to it.
  return Object.fromEntries(callerNames.map((name, index) => [name, cells[index]])) as Record<CallerName, string>;
}
