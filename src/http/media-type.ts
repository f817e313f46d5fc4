const offered = ['application/graphql-response+json', 'application/json'] as const;

export type MediaType = (typeof offered)[number];

const choices = new Map<string, MediaType | null>();
const mostChoices = 200;

/**
 * Which form of answer an Accept header gets for a single result, by Yoga's own reading of it: the first type listed that
 * can be served wins, and a wildcard means `application/json`. Null: none that is served here.
 */
export function chooseMediaType(accept: string | undefined): MediaType | null {
  const header = accept === undefined || accept === '' ? '*/*' : accept;
  const known = choices.get(header);
  if (known !== undefined) return known;
  const choice = choose(header);
  // Clients send a handful of different headers; who sends more of them is not remembered.
  if (choices.size < mostChoices && header.length < 200) choices.set(header, choice);
  return choice;
}

function choose(header: string): MediaType | null {
  for (const accepted of header.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = accepted.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset=')) ?? 'charset=utf-8';
    if (charset !== 'charset=utf-8') continue;
    if (type === '*/*' || type === 'application/*') return 'application/json';
    const match = offered.find((mediaType) => mediaType === type);
    if (match !== undefined) return match;
  }
  return null;
}
