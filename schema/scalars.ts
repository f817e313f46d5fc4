import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const dateTimeForm =
  /^(?<date>\d{4}-\d{2}-\d{2})T(?<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const firstInstant = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

export const dateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'A time in the format of RFC 3339. Answers are always in UTC with milliseconds, for example `2026-11-24T09:30:00.000Z`. ' +
    'Inputs must have a time zone (`Z` or an offset such as `+01:00`) and a year from 0001 to 9999. Digits below a millisecond are ignored. ' +
    'All other inputs are refused as BAD_REQUEST.',
  serialize: writeDateTime,
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(textOf(node)),
});

export const url = new GraphQLScalarType<string, string>({
  name: 'URL',
  description:
    'An absolute http or https URL, for example `https://meet.example/acme/standup`. The service returns it exactly as you sent it. All other inputs are refused as BAD_REQUEST.',
  serialize: readUrl,
  parseValue: readUrl,
  parseLiteral: (node) => readUrl(textOf(node)),
});

function writeDateTime(value: unknown): string {
  if (!(value instanceof Date) || !isInRange(value.getTime()))
    throw new GraphQLError('DateTime cannot show this value.');
  return value.toISOString();
}

function readDateTime(value: unknown): Date {
  const match = typeof value === 'string' ? dateTimeForm.exec(value) : null;
  if (match === null)
    throw refuse(
      'A DateTime must be an RFC 3339 time with a time zone, such as 2026-11-24T09:30:00Z, and not a number.',
    );
  const { date, time } = match.groups ?? {};
  // Date takes 30 February for 2 March: the day exists only where it comes out as it went in.
  const day = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(`${date}T${time}`))
    throw refuse('A DateTime must be a day that exists in the calendar.');
  const instant = Date.parse(match[0].toUpperCase());
  if (!isInRange(instant)) throw refuse('A DateTime must have a year from 0001 to 9999.');
  return new Date(instant);
}

/** False for NaN too. */
function isInRange(instant: number): boolean {
  return instant >= firstInstant && instant <= lastInstant;
}

function readUrl(value: unknown): string {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s\u0000-\u001f\u007f]+$/i.test(value) || !URL.canParse(value))
    throw refuse('A URL must be an absolute http or https URL.');
  return value;
}

function textOf(node: ValueNode): unknown {
  return node.kind === Kind.STRING ? node.value : null;
}

function refuse(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
