import { readFile } from 'node:fs/promises';
import type { HeaderFields, WholeAnswer } from './answer.ts';
import { hashesOf } from './page-policy.ts';

// What the service answers at its root in development: the ways on, and a first room. In production there is nothing there.

/** The page at the root, and the pages of the guide that it leads to. Null: none of them was asked for. */
export function createLanding(documents: URL = new URL('../../docs/', import.meta.url)) {
  const read = (path: string) => readFile(new URL(`.${path}`, documents), 'utf8').catch(() => null);
  return async (path: string): Promise<WholeAnswer | null> => {
    if (path === '/') {
      const { html, headers } = landingPage(await read('/guide.md'));
      return { status: 200, headers, body: html };
    }
    const text = /^\/guide(?:\/[a-z-]+)?\.md$/.test(path) ? await read(path) : null;
    return text === null ? null : { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
  };
}

/** The guide's list of tasks, each with its page. It is at hand in a checkout. */
function tasksOf(guide: string): string {
  const links = [...guide.matchAll(/^\[([^\]]+)\]\((guide\/[a-z-]+\.md)\)/gm)];
  const pages = links.map(([, task = '', page = '']) => `<li><a href="/${page}">${task.replaceAll('`', '')}</a></li>`);
  return `<li><a href="/guide.md">The guide</a>, one page a task:<ul>${pages.join('')}</ul></li>`;
}

/** @param guide null: it is not at hand */
function landingPage(guide: string | null): { readonly html: string; readonly headers: HeaderFields } {
  const html = page(guide === null ? '' : tasksOf(guide));
  const policy = [
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; connect-src 'self'",
    `script-src ${hashesOf(html, 'script').join(' ')}`,
    `style-src ${hashesOf(html, 'style').join(' ')}`,
  ].join('; ');
  return { html, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy } };
}

const style = `
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.15rem; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem .75rem; font: inherit; }
button { min-height: 2.75rem; margin-top: .75rem; padding: 0 1.25rem; font: inherit; font-weight: 600; }
output { display: block; }
pre { padding: .75rem 1rem; border: 1px solid; white-space: pre-wrap; }
`;

const script = `
const form = document.querySelector('form');
const told = document.querySelector('output');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  told.textContent = 'One moment…';
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + form.elements.key.value.trim() };
  const ask = async (query, input) => {
    const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) });
    const { data, errors } = await answer.json();
    return (data && data.made) || errors[0];
  };
  const makeRoom = 'mutation ($input: CreateRoomInput!) { made: createRoom(input: $input) { ... on Room { name url } ... on Refusal { message } } }';
  const invite = 'mutation ($input: CreateMeetingTokenInput!) { made: createMeetingToken(input: $input) { ... on IssuedMeetingToken { joinUrl } ... on Refusal { message } } }';
  try {
    const room = await ask(makeRoom, { settings: { privacy: 'PRIVATE', enableKnocking: true } });
    const host = room.url ? await ask(invite, { roomName: room.name, isOwner: true, userName: 'Host' }) : room;
    told.textContent = host.message || '';
    if (!host.joinUrl) return;
    for (const [text, url] of [['Come in as the host', host.joinUrl], ['Knock as a guest, in another window', room.url]]) {
      const link = told.appendChild(document.createElement('p')).appendChild(document.createElement('a'));
      link.href = url;
      link.target = '_blank';
      link.textContent = text;
    }
  } catch {
    told.textContent = 'The service did not answer. Look at its log.';
  }
});
`;

function page(guide: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Vestibule is running</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <h1>Vestibule is running</h1>
      <p>It decides who joins a meeting. This page is here in development only.</p>
      <ul>
        ${guide}
        <li><a href="/graphql">GraphiQL</a>: ask the API. Put your key into its headers: <code>{"authorization": "Bearer vk_…"}</code></li>
        <li><a href="/schema.graphql">The schema</a>, every field described</li>
        <li><a href="/health">Health</a> and <a href="/ready">readiness</a></li>
      </ul>
      <h2>Make a room and open it</h2>
      <form>
        <label for="key">The API key that the first start printed</label>
        <input id="key" name="key" type="password" autocomplete="off" placeholder="vk_…" required>
        <button>Make a room</button>
      </form>
      <output></output>
      <h2>Connect LiveKit</h2>
      <p>What is decided here then happens on your LiveKit server: who is put out is cut off there, who is muted is silent. The command reads the
      secret from standard input:</p>
      <pre>printf %s secret | npm run vestibule -- media set --url ws://localhost:7880 --api-key devkey</pre>
    </main>
    <script>${script}</script>
  </body>
</html>
`;
}
