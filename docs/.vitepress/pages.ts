import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// What the documentation has, in the order in which one reads it: the site's sidebar and llms.txt are made of this.

export const root: string = join(import.meta.dirname, '../..');

export interface DocumentPage {
  /** The file, from the root of the project. */
  readonly file: string;
  readonly title: string;
  /** Its first sentence. */
  readonly about: string;
}

export interface Section {
  readonly name: string;
  readonly pages: readonly DocumentPage[];
}

const named: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['Start', ['README.md', 'docs/guide.md', 'examples/README.md', 'docs/errors.md', 'docs/glossary.md']],
  [
    'Guide',
    [
      'docs/guide/first-question.md',
      'docs/guide/private-room.md',
      'docs/guide/meeting-token.md',
      'docs/guide/knock.md',
      'docs/guide/in-the-room.md',
      'docs/guide/web-page.md',
      'docs/guide/graphql-clients.md',
      'docs/guide/door.md',
      'docs/guide/own-meeting.md',
      'docs/guide/own-page.md',
    ],
  ],
  ['Packages', ['packages/client/README.md', 'packages/backend/README.md']],
  [
    'Tasks',
    [
      'docs/webhooks.md',
      'docs/media-server.md',
      'docs/livekit-waiting-room.md',
      'docs/livekit-gate.md',
      'docs/moving-from-daily.md',
      'docs/daily-properties.md',
    ],
  ],
  [
    'Running it',
    [
      'docs/operating.md',
      'docs/scaling.md',
      'docs/performance.md',
      'docs/asvs.md',
      'docs/deprecation.md',
      'SECURITY.md',
    ],
  ],
  [
    'Examples',
    [
      'examples/react-urql/README.md',
      'examples/apollo-client/README.md',
      'examples/relay/README.md',
      'examples/ways/README.md',
      'examples/livekit/README.md',
    ],
  ],
  ['Working on it', ['docs/architecture.md', 'CONTRIBUTING.md', 'CHANGELOG.md']],
];

export function readSections(): readonly Section[] {
  const decisions = readdirSync(join(root, 'docs/decisions')).toSorted();
  return [...named, ['Decisions', decisions.map((file) => `docs/decisions/${file}`)] as const].map(([name, files]) => ({
    name,
    pages: files.map(readPage),
  }));
}

function readPage(file: string): DocumentPage {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const title = plain(/^# (.+)$/m.exec(text)?.[1] ?? file);
  const paragraph = /^# .+\n+(?:##+ .+\n+)?((?:[^\n#|-].*\n?)*)/m.exec(text)?.[1] ?? '';
  const [about = ''] = plain(paragraph.replaceAll('\n', ' ')).split(/(?<=[.:!?]) /);
  return { file, title, about: about.trim().replace(/:$/, '.') };
}

/** Without the marks of links, code and emphasis. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
}
