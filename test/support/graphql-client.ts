import { closeAfterwards } from './closers.ts';
import { Inbox } from './inbox.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** What a GraphQL answer, or one message of a stream, holds. */
export type Result<Data = Readonly<Record<string, unknown>>> = {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>> & { readonly code?: string };
  }[];
};

export type Answer<Data> = { readonly status: number; readonly headers: Headers; readonly body: Result<Data> };

export type GraphqlClient = <Data>(query: string, variables?: Variables) => Promise<Answer<Data>>;

/** One subscription's messages, over whichever door. */
export type Subscription<Data> = Inbox<Result<Data>> & {
  /** Ends it from this side. */
  stop(): Promise<void>;
};

/** Asks by plain JSON POST, as `curl` would. */
export function graphqlClient(url: string, bearer?: string): GraphqlClient {
  return async <Data>(query: string, variables: Variables = {}) => {
    const response = await post(url, bearer, 'application/json', { query, variables });
    const text = await response.text();
    // The caller says what it asked for; its assertions say whether it came.
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as Result<Data> };
  };
}

export type SseClient = {
  subscribe<Data>(
    query: string,
    variables?: Variables,
    operationName?: string,
  ): Promise<Subscription<Data> & { readonly response: Response }>;
};

/** Subscribes over server-sent events, one request a subscription. */
export function sseClient(url: string, bearer?: string): SseClient {
  return {
    async subscribe<Data>(query: string, variables: Variables = {}, operationName?: string) {
      const abort = new AbortController();
      const operation = { query, variables, operationName };
      const response = await post(url, bearer, 'text/event-stream', operation, abort.signal);
      const inbox = new Inbox<Result<Data>>();
      const reading = readEvents(response, inbox).finally(() => inbox.finish());
      const stop = async () => {
        abort.abort();
        await reading.catch(() => undefined);
      };
      // A connection that breaks ends the stream: that is what a test sees of it.
      reading.catch(() => undefined);
      closeAfterwards(stop);
      return Object.assign(inbox, { stop, response });
    },
  };
}

function post(url: string, bearer: string | undefined, accept: string, body: unknown, signal?: AbortSignal) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function readEvents<Data>(response: Response, inbox: Inbox<Result<Data>>): Promise<void> {
  if (response.body === null) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split(/\r?\n/)
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
          .join('\n');
      if (field('event') === 'next') inbox.put(JSON.parse(field('data')) as Result<Data>);
      if (field('event') === 'complete') return;
    }
  }
}
