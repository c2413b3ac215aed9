import type { ValueTransformer } from 'typeorm';

/** A time as text in UTC: types of columns for times differ between databases, and some lose the time zone. */
export const isoTime: ValueTransformer = {
  to: (time: Date) => time.toISOString(),
  from: (text: string) => new Date(text),
};
