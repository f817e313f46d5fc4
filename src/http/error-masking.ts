import { randomUUID } from 'node:crypto';
import {
  GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import type { DoorPlugin } from './caller-request.ts';
import { hintFor } from './name-hints.ts';
import type { Log } from './ports.ts';
import { limitExceeded, type ProtocolCode, placeOf, requestError } from './protocol-error.ts';

/** Shows errors that were thrown on purpose, and hides all others behind a correlation id, which the log has too. */
export type MaskError = (error: unknown) => GraphQLError;

/**
 * An error with `extensions.code` passes, because the schema, a service or a door threw it on purpose. Malformed variables and arguments
 * become BAD_REQUEST. Everything else is masked, because its text may contain anything.
 */
export function createMaskError(log: Log): MaskError {
  return (error) => {
    const origin = findOrigin(error);
    if (error instanceof GraphQLError && origin instanceof GraphQLError) {
      if (isDeliberate(error)) return withForm(withoutParserText(error));
      if (isAboutInput(error)) return requestError('BAD_REQUEST', describeInput(error), placeOf(error));
    }
    const correlationId = randomUUID();
    const path = error instanceof GraphQLError ? error.path : undefined;
    log.error({ correlationId, path, ...describeSafely(origin) }, 'unexpected error');
    return new GraphQLError('Unexpected error.', {
      ...(error instanceof GraphQLError ? placeOf(error) : {}),
      extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId, unexpected: true },
    });
  };
}

function isDeliberate(error: GraphQLError): boolean {
  return typeof error.extensions.code === 'string';
}

function isAboutInput(error: GraphQLError): boolean {
  return error.path === undefined || error.message.startsWith('Argument "');
}

function findOrigin(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? findOrigin(error.originalError) : error;
}

const requestForm = ' Send JSON of the form {"query": "…", "variables": {…}} to /graphql, with POST.';

const aboutBodies: readonly (readonly [RegExp, string])[] = [
  [/^Must provide query string/, requestForm],
  [/^POST body sent invalid JSON/, requestForm],
  [/^Unexpected parameter/, `${requestForm} What an operation takes belongs into "variables".`],
];

/** What Yoga says of a body that it cannot take, and how one looks that it can. */
function withForm(error: GraphQLError): GraphQLError {
  const [, hint] = aboutBodies.find(([form]) => form.test(error.message)) ?? [];
  if (hint === undefined) return error;
  return new GraphQLError(`${error.message}${hint}`, { ...placeOf(error), extensions: error.extensions });
}

/** Yoga repeats the message of JSON.parse, which quotes the body. */
function withoutParserText(error: GraphQLError): GraphQLError {
  if (error.extensions.originalError === undefined) return error;
  const { originalError: _originalError, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { ...placeOf(error), extensions: { ...extensions, http: { status: 400 } } });
}

/** The kind of an error and where it was thrown. Never its text, which may quote a name, a token or a row. */
export function describeSafely(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    kind: error.name,
    ...(code === undefined ? {} : { code }),
    stack: frames.slice(0, 12).map((line) => line.trim()),
  };
}

/**
 * Says why an input is malformed, without the input itself, which GraphQL writes before the reason. If a scalar gave a reason, it is the
 * end of the message, and the whole message of the error within.
 */
export function describeInput({ message, originalError }: GraphQLError): string {
  if (!originalError || !message.endsWith(`; ${originalError.message}`)) return withoutValues(message);
  const head = message.slice(0, -`; ${originalError.message}`.length);
  return `${withoutValues(head).replace(/\.$/, '')}: ${withoutValues(originalError.message)}`;
}

const longestMessage = 500;

/** GraphQL's own messages quote what was sent, which may be a token in the wrong place. This message only names the place. */
export function withoutValues(message: string): string {
  if (message.startsWith('Syntax Error')) return message.replace(/\b(Name|String|BlockString|Int|Float) ".*$/s, '$1.');
  // The text after the first of these may be as long as a request, so it is cut off before anything searches it.
  return message
    .replace(/^Value ".*" does not exist in/s, 'The value does not exist in')
    .slice(0, longestMessage)
    .replace(/(cannot represent [^:]*?value): .*$/s, '$1.')
    .replace(/, found .*$/s, '.');
}

/**
 * Gives each error of parsing and validation its code before it is cached, so that all doors answer alike.
 * @param hidesSchema leaves out suggestions and hints, from which somebody who guesses could learn the schema
 */
export function speakErrors(schema: GraphQLSchema, { hidesSchema }: { readonly hidesSchema: boolean }): DoorPlugin {
  const speak = (error: GraphQLError, code: ProtocolCode) => {
    const message = describeInput(error);
    const shown = hidesSchema ? message.replace(/ Did you mean .*\?$/s, '') : message + hintFor(schema, message);
    return requestError(code, shown, placeOf(error));
  };
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        if (!(result instanceof GraphQLError) || result.extensions.code !== undefined) return;
        const tokens = /contains more tha\w (\d+) tokens/.exec(result.message)?.[1];
        replaceParseResult(
          tokens === undefined
            ? speak(result, 'GRAPHQL_PARSE_FAILED')
            : limitExceeded('documentTokens', Number(tokens)),
        );
      };
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules, options) => {
        const values = new WeakSet<GraphQLError>();
        const own = rules?.map((rule: ValidationRule) =>
          rule === ValuesOfCorrectTypeRule ? noteErrors(rule, values) : rule,
        );
        const errors = validate(schema, document, own, { ...options, maxErrors: 20 });
        return errors.map((error) => {
          if (values.has(error)) return speak(error, 'BAD_REQUEST');
          return error.extensions.code === undefined ? speak(error, 'GRAPHQL_VALIDATION_FAILED') : error;
        });
      });
    },
  };
}

/** The rule, unchanged, and which errors come from it. */
function noteErrors(rule: ValidationRule, errors: WeakSet<GraphQLError>): ValidationRule {
  return (context) => {
    const noting: ValidationContext = Object.create(context, {
      reportError: {
        value: (error: GraphQLError) => {
          errors.add(error);
          context.reportError(error);
        },
      },
    });
    return rule(noting);
  };
}
