import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { settingNames } from '../../src/config.ts';
import { runProgram } from '../cli/command-line.ts';
import { closeAfterwards } from '../support/closers.ts';
import { readDocument } from './markdown.ts';

// Nothing here runs Kubernetes: the manifests are held against its types, and what they name against the service.

const root = join(import.meta.dirname, '../..');
const manifests = parseAllDocuments(await readDocument('examples/operating/kubernetes.yaml')).map((one) =>
  z.looseObject({ kind: z.string() }).parse(one.toJS()),
);

/** Where each kind is described. */
const typesOf: Readonly<Record<string, string>> = {
  Job: 'batch/v1',
  Deployment: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'core/v1',
  NetworkPolicy: 'networking/v1',
};

type Written = { readonly kind: string };

/** Manifests, written down as values of their types. */
const moduleOf = (written: readonly Written[]): string =>
  written
    .map(({ kind, ...rest }, index) => {
      const value = JSON.stringify({ kind, ...rest });
      return `export const one${index}: import('kubernetes-types/${typesOf[kind]}').${kind} = ${value};`;
    })
    .join('\n');

/** What the compiler says of each of these files. */
async function compile(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await mkdir(join(root, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(root, 'dist/kubernetes-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler' };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, types: [] } }));
  const compiler = join(root, 'node_modules/typescript-for-consumers/lib/tsc.js');
  const { stdout } = await runProgram(process.execPath, [compiler, '-p', folder], { cwd: folder, env: {} });
  return stdout.split('\n').filter((line) => line.includes('error TS'));
}

test('every field of the manifests is one that Kubernetes has, and a wrong one would be told', async () => {
  expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(typesOf).toSorted());
  const wrong = [
    { kind: 'Deployment', apiVersion: 'apps/v1', spec: { replica: 2 } },
    { kind: 'Service', apiVersion: 'v1', spec: { ports: [{ port: 'http' }] } },
  ];
  const complaints = await compile({ 'shown.ts': moduleOf(manifests), 'wrong.ts': moduleOf(wrong) });
  expect(complaints.filter((line) => line.startsWith('shown.ts'))).toEqual([]);
  expect(complaints.filter((line) => line.startsWith('wrong.ts')).length).toBeGreaterThanOrEqual(2);
});

const named = z.object({ name: z.string(), value: z.string() });
const probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.string() }),
  periodSeconds: z.number(),
  failureThreshold: z.number().default(3),
});
const container = z.object({
  image: z.string(),
  command: z.tuple([z.literal('vestibule'), z.string()]).optional(),
  env: z.array(named).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
});
const workload = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number().optional(),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const templateOf = (kind: string) => workload.parse(manifests.find((one) => one.kind === kind)).spec.template;

test('they set settings that there are, and wait for the drain and 15 seconds', () => {
  const { spec } = templateOf('Deployment');
  const [{ env }] = spec.containers;
  const set = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  expect(env.length).toBeGreaterThan(3);
  for (const name of Object.keys(set)) expect(settingNames).toContain(name);
  expect(spec.terminationGracePeriodSeconds).toBe(Number(set.DRAIN_SECONDS) + 15);
  // The job migrates, so that no process needs the right to.
  expect(set.MIGRATE_ON_START).toBe('false');
});

test('the job runs a command that there is, of the same image', () => {
  const [job] = templateOf('Job').spec.containers;
  const [deployed] = templateOf('Deployment').spec.containers;
  expect(commands.map(({ name }) => name)).toContain(job.command?.[1]);
  expect(job.image).toBe(deployed.image);
});

test('a pod is asked where the service answers, and gets no request as soon as it says no', () => {
  const [{ ports, startupProbe, readinessProbe, livenessProbe }] = templateOf('Deployment').spec.containers;
  expect(ports).toEqual([
    { name: 'http', containerPort: 4000 },
    { name: 'metrics', containerPort: 9464 },
  ]);
  expect(readinessProbe).toMatchObject({ httpGet: { path: '/ready', port: 'http' }, failureThreshold: 1 });
  expect(livenessProbe?.httpGet).toEqual({ path: '/health', port: 'http' });
  // Longer than a start waits for another session that migrates.
  expect((startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0)).toBeGreaterThan(60);
});

test('service, budget and policy find the pods of the deployment, and none of the job', () => {
  const selectors = [
    z.object({ spec: z.object({ selector: z.record(z.string(), z.string()) }) }),
    z.object({ spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }) }),
    z.object({ spec: z.object({ podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }) }),
  ] as const;
  const [service, budget, policy] = ['Service', 'PodDisruptionBudget', 'NetworkPolicy'].map((kind) =>
    manifests.find((one) => one.kind === kind),
  );
  const asked = [
    selectors[0].parse(service).spec.selector,
    selectors[1].parse(budget).spec.selector.matchLabels,
    selectors[2].parse(policy).spec.podSelector.matchLabels,
  ];
  for (const selector of asked) {
    expect(templateOf('Deployment').metadata.labels).toMatchObject(selector);
    expect(templateOf('Job').metadata.labels).not.toMatchObject(selector);
  }
});
