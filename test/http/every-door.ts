import type { Result, Variables } from '../support/graphql-client.ts';
import { wsClient } from '../support/ws-client.ts';

export const operationTypes = ['query', 'mutation', 'subscription'] as const;
export type OperationType = (typeof operationTypes)[number];

export type Question = { readonly query: string; readonly variables?: Variables; readonly bearer?: string };

/** One way for an operation to come in, and the types of operation that it takes. */
export type EveryDoor = {
  readonly takes: readonly OperationType[];
  /** The answer; of a subscription the first one. Whatever was opened for it is closed again. */
  readonly ask: (url: string, question: Question) => Promise<Result>;
};

/** Every door, and every form of answer that one has. */
export const everyDoor = {
  'POST as JSON': { takes: ['query', 'mutation'], ask: post('application/json') },
  'POST as GraphQL’s JSON': { takes: ['query', 'mutation'], ask: post('application/graphql-response+json') },
  'POST in parts': { takes: ['query', 'mutation'], ask: post('multipart/mixed') },
  'POST as events': { takes: operationTypes, ask: post('text/event-stream') },
  'GET as JSON': { takes: ['query'], ask: get('application/json') },
  'GET as events': { takes: ['query', 'subscription'], ask: get('text/event-stream') },
  WebSocket: { takes: operationTypes, ask: askSocket },
} as const satisfies Readonly<Record<string, EveryDoor>>;

/** Each type of operation at each door that takes it. */
export const everyWay = Object.entries<EveryDoor>(everyDoor).flatMap(([door, { takes, ask }]) =>
  takes.map((type) => ({ door, type, ask })),
);

function post(accept: string): EveryDoor['ask'] {
  return (url, { query, variables, bearer }) => {
    const headers = { accept, 'content-type': 'application/json', ...authorization(bearer) };
    return readFirst(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  };
}

function get(accept: string): EveryDoor['ask'] {
  return (url, { query, variables, bearer }) => {
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) });
    return readFirst(`${url}/graphql?${parameters}`, { headers: { accept, ...authorization(bearer) } });
  };
}

async function askSocket(url: string, { query, variables, bearer }: Question): Promise<Result> {
  const client = wsClient(url, bearer);
  try {
    const stream = await client.subscribe<Readonly<Record<string, unknown>>>(query, variables);
    return await stream.next();
  } finally {
    await client.close();
  }
}

const authorization = (bearer: string | undefined) =>
  bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };

/** The first answer that stands in a response: as it is, in an event's data, or in a part. JSON is written on one line. */
async function readFirst(url: string, init: RequestInit): Promise<Result> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal });
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const line = isJson ? undefined : /^(?:data: )?(\{.*\})\r?\n/m.exec(text)?.[1];
    if (line === undefined) continue;
    abort.abort();
    return JSON.parse(line);
  }
  return JSON.parse(text);
}
