import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdtemp, realpath, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { closeAfterwards } from './closers.ts';
import { findProgram } from './programs.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A small Debian, which .ci/run makes with debootstrap. */
const debian = join(homedir(), '.cache/vestibule-tests/debian');

/** What builds and runs an image here, without a container engine; null: this machine has not all of it, or does not let this process mount. */
export async function findImageTools(): Promise<string | null> {
  const worked = (done: Promise<unknown>) =>
    done.then(
      () => true,
      () => false,
    );
  const hasDebian = await worked(access(join(debian, 'etc/debian_version')));
  const mayMount = await worked(run('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]));
  return hasDebian && mayMount && process.getuid?.() === 0 ? findProgram('buildah') : null;
}

/** What the image says of how it is run. */
const configOf = z.object({
  User: z.string(),
  Env: z.array(z.string()),
  Cmd: z.array(z.string()),
  WorkingDir: z.string(),
  Volumes: z.record(z.string(), z.unknown()),
  Healthcheck: z.object({ Test: z.tuple([z.literal('CMD')], z.string()) }),
});

export type Image = { readonly files: string; readonly config: z.infer<typeof configOf> };

/** Builds the Dockerfile of this checkout on what stands for its base image: the small Debian, and the Node and npm of this machine. */
export async function buildImage(buildah: string): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-image-'));
  closeAfterwards(() => rm(folder, { recursive: true, force: true }));
  const driver = await chooseDriver(folder);
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', driver];
  const call = async (...words: readonly string[]) => {
    const options = { cwd: root, env: { ...process.env, BUILDAH_ISOLATION: 'chroot' }, maxBuffer: 64_000_000 };
    return (await run(buildah, [...store, ...words], options)).stdout.trim();
  };
  await makeBase(call);
  // What npm has fetched before is not fetched again.
  const cache = `${join(homedir(), '.npm')}:/root/.npm`;
  await call('build', '--pull-never', '--format', 'docker', '--volume', cache, '--tag', 'vestibule', '.');
  const inspected = z
    .object({ Docker: z.object({ config: configOf }) })
    .parse(JSON.parse(await call('inspect', '--type', 'image', 'vestibule')));
  const container = await call('from', '--pull-never', 'vestibule');
  // What is mounted cannot be removed; the driver mounts its own folder as well.
  closeAfterwards(() =>
    call('umount', container)
      .then(() => run('umount', [join(folder, 'store', driver)]))
      .catch(() => undefined),
  );
  return { files: await call('mount', container), config: inspected.Docker.config };
}

/** Layers that the kernel lays over each other, where it may; else each layer is a whole copy, which takes half as long again. */
async function chooseDriver(folder: string): Promise<'overlay' | 'vfs'> {
  const [lower, upper, work, place] = ['lower', 'upper', 'work', 'place'].map((name) => join(folder, 'trial', name));
  const script = `mkdir -p ${lower} ${upper} ${work} ${place} && mount -t overlay overlay -o lowerdir=${lower},upperdir=${upper},workdir=${work} ${place}`;
  return run('unshare', ['--mount', 'sh', '-c', script]).then(
    () => 'overlay',
    () => 'vfs',
  );
}

/** What the Dockerfile begins with, under its name. */
async function makeBase(call: (...words: readonly string[]) => Promise<string>): Promise<void> {
  const container = await call('from', 'scratch');
  const npm = dirname(dirname(await realpath((await findProgram('npm')) ?? '')));
  const trusted = process.env.NODE_EXTRA_CA_CERTS;
  await call('copy', container, debian, '/');
  await call('copy', container, process.execPath, '/usr/local/bin/node');
  await call('copy', container, npm, '/usr/local/lib/node_modules/npm');
  if (trusted !== undefined) await call('copy', container, trusted, '/usr/local/share/trusted.pem');
  const link = 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm';
  await call(
    'run',
    container,
    '--',
    'sh',
    '-c',
    `${link}; groupadd --gid 1000 node; useradd --uid 1000 --gid node node`,
  );
  const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: root });
  const env = [
    'PATH=/usr/local/bin:/usr/bin:/bin',
    `NPM_CONFIG_REGISTRY=${registry.trim()}`,
    ...(trusted === undefined ? [] : ['NODE_EXTRA_CA_CERTS=/usr/local/share/trusted.pem']),
  ];
  await call('config', ...env.flatMap((one) => ['--env', one]), container);
  await call('commit', '--rm', container, 'docker.io/library/node:24-bookworm-slim');
}

/**
 * Runs a program in the image as an engine would with `read_only`: by the image's user, in its folder, with its settings and these; its
 * files cannot be written, but for its volumes and /tmp. It shares the network of this machine.
 */
export function runInImage(
  { files, config }: Image,
  words: readonly string[],
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const places = [...Object.keys(config.Volumes), '/tmp'];
  const owned = 'uid=1000,gid=1000,mode=700';
  const script = [
    `mount --bind ${files} ${files}`,
    `mount -o remount,ro,bind ${files}`,
    ...places.map((place) => `mount -t tmpfs -o ${owned} tmpfs ${files}${place}`),
    `mount --rbind /dev ${files}/dev`,
    `mount -t proc proc ${files}/proc`,
    // In place of the shell: signals reach the program.
    `exec chroot --userspec=${config.User} ${files} env --chdir=${config.WorkingDir} "$@"`,
  ].join(' && ');
  const env = Object.fromEntries(config.Env.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
  return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...words], {
    env: { ...env, PATH: `${env.PATH}:/usr/sbin:/sbin`, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
