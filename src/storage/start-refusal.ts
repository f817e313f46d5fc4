export type StartRefusalCode =
  | 'NOT_A_FOLDER'
  | 'NOT_A_FILE'
  | 'OTHER_OWNER'
  | 'OPEN_TO_OTHERS'
  | 'SILENT'
  | 'DATABASE_LOST'
  | 'RESERVED_NAME'
  | 'MIGRATION_LOCKED'
  | 'MIGRATIONS_MISSING'
  | 'CODE_TOO_OLD'
  | 'SECRETS_LOCKED'
  | 'OTHER_PUBLIC_URL'
  | 'OLD_POSTGRES'
  | 'NO_LIBRARIES'
  | 'STATEMENT_POOLING'
  | 'SESSION_NEEDED'
  | 'OTHER_DATABASE'
  | 'NOT_A_CLUSTER'
  | 'NO_WORKERS'
  | 'HALF_DISTRIBUTED'
  | 'TABLE_IN_THE_WAY'
  | 'ROWS_WITHOUT_PARENT';

/** The service does not start because of something around it that the operator can mend. Nothing was changed. */
export class StartRefusal extends Error {
  override readonly name = 'StartRefusal';
  readonly code: StartRefusalCode;
  readonly found: string;
  /** What to do about it, with the command. */
  readonly hint: string;
  /** What mends it or shows more, for a shell. */
  readonly command: string;

  constructor(
    code: StartRefusalCode,
    says: { readonly found: string; readonly needed: string; readonly command: string },
  ) {
    super(`${says.found}. ${says.needed}: ${says.command}`);
    this.code = code;
    this.found = says.found;
    this.hint = `${says.needed}: ${says.command}`;
    this.command = says.command;
  }
}
