// What is stored, in one place: drizzle-kit makes migrations from here.
export * from './tables/domain.ts';
export * from './tables/person.ts';
export * from './tables/room.ts';
export * from './tables/webhook.ts';
