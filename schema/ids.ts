import { type BearerForm, formOf } from '../src/rules/caller.ts';
import { encodeId, type Id, type NodeName, parseId, prefixOf } from '../src/rules/ids.ts';
import { type InputIssue, invalidInput, isRefusal } from '../src/rules/refusal.ts';
import type { Types } from './builder.ts';

/** The `id` field of a type that is a Node. It answers at once: a promise for each of a long list would be felt. */
export function idField<Shape, Name extends NodeName>(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, Shape>,
  name: Name,
  idOf: (value: Shape) => Id<Name>,
) {
  return t.id({
    description: `The global id of this ${name}: opaque and stable. \`node\` accepts it, and so does every argument that names this ${name}.`,
    resolve: (value) => encodeId(name, idOf(value)),
  });
}

// An id of the wrong kind is answered like an unknown one, NOT_FOUND. What it says teaches: which kind arrived, and which is needed.

/** What each argument with an id names, by its name without "Id" or "Ids". */
const namedBy: Readonly<Record<string, NodeName>> = {
  apiKey: 'ApiKey',
  ban: 'Ban',
  delivery: 'WebhookDelivery',
  knock: 'KnockRequest',
  liveStream: 'LiveStream',
  participant: 'Participant',
  selfSigningKey: 'SelfSigningKey',
  webhook: 'Webhook',
};

/** Which kind of thing an argument, or a field of an input, takes the id of. Null: it takes none, or one of any kind. */
export function kindTakenBy(argument: string): NodeName | null {
  const [, noun = ''] = /^(\w+?)Ids?$/.exec(argument) ?? [];
  return Object.hasOwn(namedBy, noun) ? (namedBy[noun] ?? null) : null;
}

/**
 * The answer, or, where nothing was found by what cannot be an id of its kind, the same with a message that says so. An id deep within
 * an input is INVALID_INPUT, and its issue says so.
 */
export function teachIds<Answer>(answer: Answer, args: Readonly<Record<string, unknown>>): Answer {
  if (!isRefusal(answer)) return answer;
  if (answer.refusal === 'NotFound') {
    const message = explain(args, '', []);
    return message === null ? answer : { ...answer, message };
  }
  return answer.refusal === 'InvalidInput' ? { ...answer, ...invalidInput(answer.issues.map(taught)) } : answer;

  function taught(issue: InputIssue): InputIssue {
    // At the top the whole input stands, whatever the issue is about.
    const wrong = issue.path.length < 3 ? null : explain(valueAt(args, issue.path), issue.path.at(-1) ?? '', []);
    return wrong === null ? issue : { ...issue, message: `${issue.message}. At ${wrong}` };
  }
}

function valueAt(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  return typeof value === 'object' && value !== null && first in value
    ? valueAt(Object.entries(value).find(([key]) => key === first)?.[1], rest)
    : undefined;
}

/** The first that is wrong, said by its place and its kind alone: what arrived may be a secret. */
function explain(value: unknown, field: string, path: readonly string[]): string | null {
  if (typeof value === 'string') {
    const wrong = field === 'roomName' ? explainRoomName(value) : explainId(value, kindTakenBy(field));
    return wrong === null ? null : `${path.join('.')}: ${wrong}`;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return null;
  const isList = Array.isArray(value);
  for (const [key, held] of Object.entries(value)) {
    const found = explain(held, isList ? field : key, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

function explainId(text: string, needed: NodeName | null): string | null {
  if (needed === null) return null;
  const arrived = parseId(text);
  if (arrived?.name === needed) return null;
  const need = `This needs the id of a ${needed}, which begins with "${prefixOf(needed)}_".`;
  return arrived === null ? `${noIds[formOf(text)]} ${need}` : `The id of a ${arrived.name} arrived. ${need}`;
}

const noIds: Readonly<Record<BearerForm, string>> = {
  API_KEY: 'An API key arrived.',
  SESSION_TOKEN: 'A session token arrived.',
  KNOCK_TOKEN: 'A knock token arrived.',
  JWT: 'A JWT arrived.',
  NO_VALUE: 'What arrived is what a program writes where it has no value, such as `undefined`.',
  OTHER_SCHEME: 'What arrived is not an id of this service.',
  OTHER: 'What arrived is not an id of this service.',
};

function explainRoomName(text: string): string | null {
  const need = 'This needs the name of the room, as `Room.name` has it.';
  const arrived = parseId(text);
  if (arrived !== null) return `The id of a ${arrived.name} arrived. ${need}`;
  return /^https?:/i.test(text) ? `An address arrived. ${need}` : null;
}
