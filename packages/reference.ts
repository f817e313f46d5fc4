import { writeFileSync } from 'node:fs';
// The project's own compiler has no interface for programs; the one that tests read the packages' types with has.
import ts from 'typescript-for-consumers';

/** What may be imported, and the file of its declarations. */
export type EntryTypes = { readonly name: string; readonly file: string };

/** Writes a reference in Markdown: every name of every entry point, with its comment and its declaration. */
export function writeReference(title: string, entries: readonly EntryTypes[], file: string): void {
  // Of the platform only what types are made with is read, such as Extract: other names are shown as they are written.
  const options = { module: ts.ModuleKind.NodeNext, lib: ['lib.es5.d.ts'], strict: true, types: [] };
  const program = ts.createProgram({ rootNames: entries.map((entry) => entry.file), options });
  const parts = entries.flatMap((entry) => [`## ${entry.name}`, ...describeEntry(program, entry.file)]);
  writeFileSync(file, `${[`# ${title}: reference`, ...parts].join('\n\n')}\n`);
}

function describeEntry(program: ts.Program, file: string): readonly string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const entry = source && checker.getSymbolAtLocation(source);
  if (entry === undefined) throw new Error(`${file} exports nothing`);
  const names = checker.getExportsOfModule(entry).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return names.map((name) => describeExport(checker, name));
}

function describeExport(checker: ts.TypeChecker, exported: ts.Symbol): string {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return [`### ${exported.name}`, comment, `\`\`\`ts\n${declare(checker, symbol)}\n\`\`\``]
    .filter(Boolean)
    .join('\n\n');
}

/** As it is written; a name for what was made from the schema is written out. */
function declare(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const [declaration] = symbol.declarations ?? [];
  const text = declaration?.getText().replace(/^export (?:declare )?/, '') ?? '';
  if (!/^type \w+ = (?:(?:Extract|NonNullable)<|[^{]*(?:Fragment|Mutation|Query)\b)/.test(text)) return text;
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  return `type ${symbol.name} = ${checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, flags)};`;
}
