import type { Caller } from '../rules/caller.ts';
import { isRefusal, refusalIn } from '../rules/refusal.ts';
import type { Services } from './services.ts';

/** What a service decided, in words out of closed sets: nothing of it names a person, a room or a credential. */
export interface Decision {
  /** The operation of the API that asked. */
  readonly operation: string;
  /** What came of it: DONE, a member of the result union, or an access level. */
  readonly outcome: string;
  /** Why it was refused; null: it was not. */
  readonly code: string | null;
  readonly caller: Caller;
}

/** Which methods decide something, and under which name the API has them. */
const deciding = {
  entry: { access: 'access', join: 'joinRoom', leave: 'leaveRoom' },
  knocks: {
    knock: 'knock',
    cancel: 'cancelKnock',
    admit: 'admitKnock',
    deny: 'denyKnock',
    admitMany: 'admitKnocks',
    denyMany: 'denyKnocks',
    reply: 'replyToKnock',
    recall: 'recallAdmission',
  },
  participants: {
    update: 'updateParticipant',
    updateMany: 'updateParticipants',
    eject: 'ejectParticipants',
    returnToLobby: 'returnToLobby',
    updateMyMedia: 'updateMyMedia',
    liftBan: 'liftBan',
  },
  rooms: { create: 'createRoom', update: 'updateRoom', setPrivacy: 'setRoomPrivacy', delete: 'deleteRoom' },
  meetingTokens: { create: 'createMeetingToken', revoke: 'revokeMeetingTokens', validate: 'validateMeetingToken' },
  liveStreams: { start: 'startLiveStream', stop: 'stopLiveStream', report: 'reportLiveStream' },
  domains: {
    update: 'updateDomain',
    createApiKey: 'createApiKey',
    revokeApiKey: 'revokeApiKey',
    addSelfSigningKey: 'addSelfSigningKey',
    revokeSelfSigningKey: 'revokeSelfSigningKey',
  },
  webhooks: {
    create: 'createWebhook',
    update: 'updateWebhook',
    delete: 'deleteWebhook',
    rotateSecret: 'rotateWebhookSecret',
    redeliver: 'redeliverWebhook',
  },
} as const satisfies { readonly [Noun in keyof Services]?: { readonly [Verb in keyof Services[Noun]]?: string } };

/** The same services; each decision is told as it is answered. Whoever is told must not throw. */
export function observeDecisions(services: Services, tell: (decision: Decision) => void): Services {
  const observed = Object.entries(deciding).map(([noun, operations]: [string, Readonly<Record<string, string>>]) => {
    const service: Readonly<Record<string, unknown>> = { ...services[noun as keyof typeof deciding] };
    const methods = Object.entries(operations).map(([verb, operation]) => [
      verb,
      observeMethod(service, verb, operation, tell),
    ]);
    return [noun, { ...service, ...Object.fromEntries(methods) }];
  });
  // The same methods under the same names, with the same answers.
  return { ...services, ...Object.fromEntries(observed) } as Services;
}

function observeMethod(
  service: Readonly<Record<string, unknown>>,
  verb: string,
  operation: string,
  tell: (decision: Decision) => void,
): unknown {
  const method = service[verb];
  if (typeof method !== 'function') return method;
  return async (caller: Caller, ...rest: readonly unknown[]): Promise<unknown> => {
    const answer: unknown = await method.call(service, caller, ...rest);
    tell({ operation, ...readAnswer(answer), caller });
    return answer;
  };
}

function readAnswer(answer: unknown): Pick<Decision, 'outcome' | 'code'> {
  const refused = refusalIn(answer);
  if (refused !== null) return { outcome: refused.refusal, code: refused.code };
  if (typeof answer !== 'object' || answer === null) return { outcome: 'DONE', code: null };
  // Of an access: how far it goes, and with NONE why.
  if ('level' in answer && typeof answer.level === 'string') {
    const refusal = 'refusal' in answer ? answer.refusal : null;
    return { outcome: answer.level, code: isRefusal(refusal) ? refusal.code : null };
  }
  return { outcome: 'kind' in answer && typeof answer.kind === 'string' ? answer.kind : 'DONE', code: null };
}
