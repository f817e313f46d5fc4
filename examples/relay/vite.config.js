import { defineConfig } from 'vite';

/** In place of babel-plugin-relay: what the compiler has made of an operation is imported where the operation stands. */
const relay = {
  name: 'relay',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/[^/]+\.tsx?$/.test(id) || !code.includes('graphql`')) return null;
    const imports = [];
    const replaced = code.replaceAll(
      /graphql`\s*(?:query|mutation|subscription|fragment) (\w+)[^`]*`/g,
      (_whole, name) => {
        imports.push(`import ${name}_made from './generated/${name}.graphql.ts';`);
        return `${name}_made`;
      },
    );
    return { code: `${imports.join('\n')}\n${replaced}` };
  },
};

export default defineConfig({
  plugins: [relay],
  oxc: { jsx: { runtime: 'automatic' } },
  server: { port: Number(process.env.PORT ?? 5173), strictPort: true },
});
