// What is stored, in one place: drizzle-kit makes migrations from here.
export * from './domain.ts';
export * from './installation.ts';
export * from './media.ts';
export * from './person.ts';
export * from './room.ts';
export * from './webhook.ts';
