/** Where the service itself answers. Room pages stand at /{domain}/{room}, so no domain can have the first part of one of these as its name. */
export const ownPaths = {
  graphql: '/graphql',
  health: '/health',
  ready: '/ready',
  metrics: '/metrics',
  jwks: '/.well-known/jwks.json',
  schema: '/schema.graphql',
  assets: '/assets/',
  embed: '/embed.js',
  mediaGate: '/media/gate',
} as const;

/** The first parts of these paths. */
export const ownSegments: ReadonlySet<string> = new Set(
  Object.values(ownPaths).map((path) => path.split('/')[1] ?? ''),
);
