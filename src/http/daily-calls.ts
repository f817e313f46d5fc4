/** Daily's REST calls on admission, by what follows `/v1`, and what does the same here. docs/moving-from-daily.md has them too. */
const calls: readonly (readonly [methods: string, path: RegExp, operation: string])[] = [
  ['POST', /^\/rooms$/, 'createRoom'],
  ['GET', /^\/rooms$/, 'rooms'],
  ['GET', /^\/rooms\/[^/]+$/, 'room'],
  ['POST PUT PATCH', /^\/rooms\/[^/]+$/, 'updateRoom'],
  ['DELETE', /^\/rooms\/[^/]+$/, 'deleteRoom'],
  ['POST', /^\/meeting-tokens$/, 'createMeetingToken'],
  ['GET', /^\/meeting-tokens\/[^/]+$/, 'validateMeetingToken'],
  ['GET', /^(?:\/rooms\/[^/]+)?\/presence$/, 'Room.participants'],
  ['GET', /^\/meetings(?:\/[^/]+\/participants)?$/, 'Room.events'],
  ['POST', /^\/rooms\/[^/]+\/eject$/, 'ejectParticipants'],
  ['POST', /^\/rooms\/[^/]+\/update-permissions$/, 'updateParticipants'],
  ['POST', /^\/rooms\/[^/]+\/live-streaming\/start$/, 'startLiveStream'],
  ['POST', /^\/rooms\/[^/]+\/live-streaming\/stop$/, 'stopLiveStream'],
  ['POST', /^\/webhooks$/, 'createWebhook'],
  ['POST', /^\/$/, 'updateDomain'],
];

const others = /^\/(?:rooms|meeting-tokens|meetings|presence|recordings|transcript|webhooks|dialin|logs|batch)(?:\/|$)/;

/** What to say to somebody who sends one of Daily's calls; null: this is none. */
export function answerDailyCall(method: string, path: string): string | null {
  const [, rest = ''] = /^(?:\/api)?(?:\/v1)?(\/.*)$/.exec(path) ?? [];
  const [, , operation] = calls.find(([methods, form]) => methods.split(' ').includes(method) && form.test(rest)) ?? [];
  if (operation === undefined && !others.test(rest)) return null;
  const counterpart =
    operation === undefined
      ? 'Nothing here does the same'
      : `Here it is \`${operation}\` of the GraphQL API at /graphql`;
  return `This is a call of Daily's REST API. ${counterpart}: see docs/moving-from-daily.md.`;
}
