import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

/** Makes /embed.js beside the page: one script that stands alone, for pages of others. */
export const emitEmbed: Plugin = {
  name: 'emit embed',
  apply: 'build',
  applyToEnvironment: ({ name }) => name === 'client',
  async generateBundle() {
    const made = await build({
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        copyPublicDir: false,
        target: ['chrome120', 'firefox121', 'safari17.4'],
        lib: { entry: fileURLToPath(new URL('embed.ts', import.meta.url)), formats: ['iife'], name: 'vestibule' },
      },
    });
    const [output] = [made].flat();
    const [chunk] = output !== undefined && 'output' in output ? output.output : [];
    if (chunk === undefined) throw new Error('embed.js was not made');
    this.emitFile({ type: 'asset', fileName: 'embed.js', source: chunk.code });
  },
};
