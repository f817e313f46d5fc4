import { Agent, request } from 'node:http';

/**
 * A process of its own, so that whoever measures is not slowed down by the flood that it makes: so many anonymous requests in
 * flight, each as dear as a document may be, or dearer. Usage: document-flood.ts <url> <in flight> <shape>
 */
const many = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** The text of the nth request; one that does not change is known to the service after the first. */
const shapes: Readonly<Record<string, (index: number) => string>> = {
  known: () => '{ __typename }',
  overlapping: (index) =>
    `{ domain { ${many(28, () => 'webhooks { deliveries(first: 1) { nodes { id } } }')} } } # ${index}`,
  'overlapping, beyond what may pass': (index) =>
    `query Q${index} { domain { ${many(30, () => `webhooks { ${many(10, () => 'deliveries(first: 1) { nodes { id } }')} }`)} } }`,
  literals: (index) => `{ node(id: [${many(3800, () => '1')}]) { id } } # ${index}`,
  operations: (index) => many(350, (number) => `query Q${index}x${number} { __typename }`),
};

const [url = '', width = '20', shape = ''] = process.argv.slice(2);
const textOf = shapes[shape];
if (textOf === undefined) throw new Error(`no shape of this name: ${shape}`);
const agent = new Agent({ keepAlive: true, maxSockets: Number(width) });
let sent = 0;
let answered = 0;

function ask(): void {
  sent += 1;
  const body = JSON.stringify({ query: textOf?.(sent) });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // From a few addresses, so that no budget of one of them is what holds the flood back.
    'x-forwarded-for': `198.51.100.${sent % 10}`,
  };
  const asked = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
    response.resume().once('end', () => {
      answered += 1;
      if (answered === Number(width)) process.stdout.write('flooding\n');
      ask();
    });
  });
  asked.once('error', () => setTimeout(ask, 50)).end(body);
}

for (let index = 0; index < Number(width); index += 1) ask();
