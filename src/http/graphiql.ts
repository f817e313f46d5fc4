import type { HeaderFields, WholeAnswer } from './answer.ts';
import { type AskedFor, answerWithFile, makeStaticFile, type StaticFile } from './static-file.ts';

/** GraphiQL as the service itself has it, out of a package: nothing is fetched from elsewhere, on the page where people paste keys. */
export interface Graphiql {
  readonly page: (request: AskedFor) => Promise<WholeAnswer>;
  /** Null: it has no such file. */
  readonly file: (path: string, request: AskedFor) => Promise<WholeAnswer | null>;
}

const folder = '/assets/graphiql/';
const files = { script: `${folder}graphiql.js`, style: `${folder}graphiql.css`, icon: `${folder}icon.ico` } as const;
const workers = {
  editorWorkerService: `${folder}editor.js`,
  json: `${folder}json.js`,
  graphql: `${folder}graphql.js`,
} as const;

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>GraphiQL</title>
    <link rel="icon" href="${files.icon}" />
    <link rel="stylesheet" href="${files.style}" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script src="${files.script}"></script>
  </body>
</html>
`;

const before = `const workers = ${JSON.stringify(workers)};
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => workers[label] };
`;
const after = `;
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), { title: 'GraphiQL', subscriptionsProtocol: 'WS' });
`;

const revalidated = { 'cache-control': 'no-cache' };
const script = { 'content-type': 'text/javascript; charset=utf-8', ...revalidated };

export function createGraphiql(): Graphiql {
  // Nine megabytes: read by whoever opens it first, and not at the start.
  let read: Promise<ReadonlyMap<string, StaticFile>> | undefined;
  return {
    page: async (request) => answerWithFile(await makeStaticFile(html, htmlHeaders, ''), request),
    file: async (path, request) => {
      if (!path.startsWith(folder)) return null;
      read ??= readFiles();
      const found = (await read).get(path);
      return found === undefined ? null : answerWithFile(found, request);
    },
  };
}

const htmlHeaders: HeaderFields = { 'content-type': 'text/html; charset=utf-8' };

async function readFiles(): Promise<ReadonlyMap<string, StaticFile>> {
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  const icon = Buffer.from(parts.favicon.slice(parts.favicon.indexOf(',') + 1), 'base64');
  const texts: readonly (readonly [string, string | Uint8Array, HeaderFields])[] = [
    [files.script, `${before}${parts.js}${after}`, script],
    [files.style, parts.css, { 'content-type': 'text/css; charset=utf-8', ...revalidated }],
    [files.icon, icon, { 'content-type': 'image/x-icon', ...revalidated }],
    [workers.editorWorkerService, parts.editorWorkerService, script],
    [workers.json, parts.jsonWorker, script],
    [workers.graphql, parts.graphqlWorker, script],
  ];
  const made = texts.map(
    async ([path, content, headers]) => [path, await makeStaticFile(content, headers, 'gzip')] as const,
  );
  return new Map(await Promise.all(made));
}
