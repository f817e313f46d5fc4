import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { allOperations } from './callers-operations.ts';
import { type CallerName, expectedAnswers } from './callers-policy.ts';
import { fieldsOf, nodeTypes, readersOf, things } from './fields-policy.ts';

const scopes = ['ADMIN', 'ROOMS', 'TOKENS', 'ADMISSION', 'WEBHOOKS', 'READ'] as const;

/** The scopes that a description promises to be enough; null: it speaks of none. ADMIN holds every scope. */
function promisedBy(description: string | null | undefined): readonly string[] | null {
  const text = description ?? '';
  if (/\bany scope\b/.test(text)) return scopes;
  const named = /\bscope ([A-Z]{4,})\b/i.exec(text)?.[1] ?? /\bbackend \(([A-Z]{4,})\)/i.exec(text)?.[1];
  return named === undefined ? null : scopes.filter((scope) => scope === 'ADMIN' || scope === named);
}

/** The keys that are answered like one that may do everything. What the tables say is what the service does: their own tests see to it. */
function openedBy(answers: Readonly<Record<CallerName, string>>): readonly string[] {
  return scopes.filter((scope) => answers[`key ${scope}`] === answers['key ADMIN']);
}

/** Where every key is answered alike, nothing needs to be said. */
function expectPromise(description: string | null | undefined, answers: Readonly<Record<CallerName, string>>): void {
  const opened = openedBy(answers);
  expect(promisedBy(description) ?? scopes, description ?? 'no description').toEqual(opened);
}

function descriptionOf(typeName: string, fieldName?: string): string | null | undefined {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`there is no ${typeName}`);
  return fieldName === undefined ? type.description : type.getFields()[fieldName]?.description;
}

const rootOf = (name: string) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].find((type) =>
    Object.hasOwn(type?.getFields() ?? {}, name),
  );

describe('the scope that a description names is the one that is asked for', () => {
  it.each(allOperations.map(({ name, policy, allowed }) => ({ name, policy, allowed })))(
    '$name',
    ({ name, policy, allowed }) => {
      const [field = '', inner] = name.split('.');
      const description =
        inner === undefined ? rootOf(field)?.getFields()[field]?.description : descriptionOf('Room', inner);
      expectPromise(description, expectedAnswers(policy, allowed));
    },
  );

  it.each(nodeTypes)('%s, and its fields with rights of their own', (type) => {
    const wholes = Object.values(things).filter(([name]) => name === type);
    for (const [, audience] of wholes) expectPromise(descriptionOf(type), readersOf(audience));
    for (const [field, audience] of fieldsOf(type)) {
      const [, whole] = wholes[0] ?? [type, 'anyKey' as const];
      // Whoever may not see the thing is not asked about its fields.
      if (audience === null || openedBy(readersOf(whole)).length < scopes.length) continue;
      expectPromise(descriptionOf(type, field), readersOf(audience));
    }
  });
});

it('a description that names no scope, or another, is noticed', () => {
  expect(promisedBy('Backend only (scope TOKENS).')).toEqual(['ADMIN', 'TOKENS']);
  expect(promisedBy('Owners, or the backend (ADMISSION).')).toEqual(['ADMIN', 'ADMISSION']);
  expect(promisedBy('Backend only (any scope).')).toEqual(scopes);
  expect(promisedBy('Anybody may ask.')).toBeNull();
});
