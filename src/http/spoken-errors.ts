import { GraphQLError, type ValidationContext, type ValidationRule, ValuesOfCorrectTypeRule, validate } from 'graphql';
import type { DoorPlugin } from './door-context.ts';
import { describeInput } from './error-masking.ts';
import { limitExceeded, type ProtocolCode, placeOf, requestError } from './protocol-error.ts';

/**
 * Gives each error of parsing and validation its code, before it is cached: whichever door sees it first, all answer alike.
 * @param hidesSchema leaves out suggestions, which would spell the schema out to somebody who guesses
 */
export function speakErrors({ hidesSchema }: { readonly hidesSchema: boolean }): DoorPlugin {
  const speak = (error: GraphQLError, code: ProtocolCode) => {
    const message = describeInput(error);
    const shown = hidesSchema ? message.replace(/ Did you mean .*\?$/s, '') : message;
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

/** The rule as it is, remembering which errors are its own. */
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
