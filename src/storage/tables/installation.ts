import { pgTable, text } from '../postgres/orm.ts';
import { bytes } from './columns.ts';

/** Keys that the whole installation shares and that outlive a master key, sealed. */
export const installationKeys = pgTable('installation_keys', {
  name: text('name').primaryKey(),
  sealed: bytes('sealed').notNull(),
});
