// A backend that invites people: it makes a room, and a token for each person whom it knows.
import { createServer } from 'node:http';
import { createBackend, isRefusal } from '@vestibule/backend';

const {
  VESTIBULE_URL: url = 'http://localhost:4000',
  VESTIBULE_API_KEY: apiKey = '',
  PORT: port = '8080',
} = process.env;

const vestibule = createBackend({ url, apiKey });

/** What was asked for. */
function granted(answer) {
  if (isRefusal(answer)) throw new Error(answer.message);
  return answer;
}

const settings = { privacy: 'PRIVATE', enableKnocking: true, title: 'Weekly' };
const room = granted(await vestibule.createRoom({ settings }));

/** Your backend asks its own session who this is; here everybody may say it. */
async function invite(userName) {
  const { joinUrl } = granted(await vestibule.createMeetingToken({ roomName: room.name, isOwner: true, userName }));
  return joinUrl;
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Meetings</title>
<form method="post" action="/invite"><label>Your name <input name="userName" required></label> <button>Come in as the host</button></form>
<p><a href="${room.url}">Knock as a guest</a></p></html>`;

async function answer(request, response) {
  if (request.method === 'POST' && request.url === '/invite') {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    return response.writeHead(303, { location: await invite(form.get('userName') ?? '') }).end();
  }
  response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
  response.end(request.url === '/' ? page : 'Not found.');
}

createServer((request, response) => {
  // Whoever hangs up in the middle of a request, and a no, end this request alone.
  answer(request, response).catch((error) => response.writeHead(500).end(error.message));
}).listen(Number(port), 'localhost', () => process.stdout.write(`open: http://localhost:${port}/\n`));
