import { subscribe } from 'node:diagnostics_channel';

// Whatever a test makes the service send in this process is looked at after its file: the statement that breaks a rule is told by the
// file that sent it. The rules and the lists of what is known stand in test/storage.

const known = new Set<string>();
let fresh: string[] = [];

subscribe('vestibule:statement', (text) => {
  // Tests ask for the plans of statements that were sent before.
  if (typeof text !== 'string' || known.has(text) || text.startsWith('explain')) return;
  known.add(text);
  fresh.push(text);
});

/** Looks at the statements that no file of this process has sent before. @throws where one breaks a rule and stands in no list */
export async function judgeStatements(): Promise<void> {
  const sent = fresh;
  fresh = [];
  if (sent.length === 0) return;
  const { loadParser } = await import('../storage/statement-rules.ts');
  const { judge } = await import('../storage/statement-judge.ts');
  await loadParser();
  const complaints = sent.flatMap((text) => judge(text).complaints);
  if (complaints.length > 0)
    throw new Error(`statements that break a rule of test/storage/statement-rules.ts:\n${complaints.join('\n')}`);
}
