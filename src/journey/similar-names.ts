/** How people take names for the same: without case, spaces, punctuation and marks. */
const folded = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[\p{M}\s\p{P}\p{S}]/gu, '')
    .toLowerCase();

/** Whether two names are the same, or easily taken for each other. */
export const isSimilar = (one: string, other: string): boolean =>
  one === other || (folded(one) !== '' && folded(one) === folded(other));
