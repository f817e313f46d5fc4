import { printSchema } from 'graphql';
import { parseConfig } from '../../src/config.ts';
import { createHttpServer, type HttpConfig, type HttpDoor, type HttpServerOptions } from '../../src/http/server.ts';
import { closeAfterwards } from '../support/closers.ts';
import { Seen, schema } from './test-schema.ts';

export type LogLine = { readonly level: 'info' | 'warn' | 'error'; readonly fields: object; readonly message: string };

export type TestDoor = {
  readonly url: string;
  readonly port: number;
  readonly door: HttpDoor;
  readonly seen: Seen;
  readonly logged: readonly LogLine[];
};

type Options = Partial<Omit<HttpServerOptions, 'config'>> & { readonly config?: Partial<HttpConfig> };

/** As in production: no introspection, no GraphiQL. */
const productionConfig: HttpConfig = {
  ...parseConfig({}),
  port: 0,
  host: '127.0.0.1',
  publicUrl: null,
  allowedOrigins: ['https://app.example.com'],
  acceptsLocalPages: false,
  trustedProxies: [],
  rateLimits: true,
  introspection: false,
  graphiql: false,
  metricsPort: null,
};

/** Starts the doors before the tests' own schema, on a free port. */
export async function openDoor({ config, ...options }: Options = {}): Promise<TestDoor> {
  const seen = new Seen();
  const logged: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: object, message: string) =>
    logged.push({ level, fields, message });
  const door = createHttpServer({
    schema,
    createContext: async (request) => ({ request, seen }),
    readiness: async () => ({ ready: true, problems: [] }),
    jwks: async () => ({ keys: [] }),
    printedSchema: printSchema(schema),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    ...options,
    // Whatever machine the tests run on has files for these, and nothing is said of it.
    limits: { connections: 5000, ...options.limits },
    config: { ...productionConfig, ...config },
  });
  closeAfterwards(() => door.close({ graceMs: 500 }));
  return { ...(await door.listen()), door, seen, logged };
}
