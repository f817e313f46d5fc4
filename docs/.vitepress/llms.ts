import { readSections } from './pages.ts';

// `npm run docs:llms` writes llms.txt: what there is to read, for programs that read it for people (https://llmstxt.org).

export function writeLlms(): string {
  const [start, ...others] = readSections();
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
  return [`# ${readme?.title}`, '', `> ${readme?.about}`, '', '## API', '', api, '', ...lines].join('\n');
}

if (import.meta.main) process.stdout.write(writeLlms());
