import { readSections } from './pages.ts';

// `npm run docs:llms` writes llms.txt: what there is to read, for programs that read it for people (https://llmstxt.org).

export function writeLlms(): string {
  // Decisions are many, and link each other.
  const [start, ...others] = readSections().filter(({ name }) => name !== 'Decisions');
  const [readme] = start?.pages ?? [];
  const lines = [start, ...others].flatMap((section) => [
    `## ${section?.name}`,
    '',
    ...(section?.pages ?? []).map(
      ({ file, title, about }) => `- [${title}](${file})${about === '' ? '' : `: ${about}`}`,
    ),
    '',
  ]);
  const api =
    '- [The schema](schema/schema.graphql): The whole API in GraphQL’s language, every field described; the service has it at /schema.graphql.';
  const why = '## Optional\n\n- [Decisions](docs/decisions): Why it is as it is, one file a decision.\n';
  return [`# ${readme?.title}`, '', `> ${readme?.about}`, '', '## API', '', api, '', ...lines, why].join('\n');
}

if (import.meta.main) process.stdout.write(writeLlms());
